// page.mjs - the page in Chromium: node page.mjs PAGE PROFILE [PICTURES] clicks through it and prints, for each build
// and each picture to try, what it answers and all digits of the outputs; what else is to be right throws. PICTURES:
// a folder for pictures of the screen.
import { writeFileSync } from 'node:fs';
import { open } from './chromium.mjs';
import { serve } from '../../examples/web/serve.js';

const [folder, profile, shots] = process.argv.slice(2);
const server = await serve(folder), plain = await serve(folder, 0, {}), page = await open(profile);
const $ = id => `document.getElementById('${id}')`;
const query = selector => `document.querySelector('${selector}')`;
const Keys = { ArrowRight: 39, Enter: 13 };

function want(right, what) {
	if (!right)
		throw new Error(`want ${what}`);
}

async function screen(name, width, height, scheme) {
	await page.tell('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
	await page.tell('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
	want(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth'),
		`a page no wider than ${width} pixels`);
	if (!shots)
		return;
	const { data } = await page.tell('Page.captureScreenshot', { captureBeyondViewport: true });
	writeFileSync(`${shots}/${name}.png`, Buffer.from(data, 'base64'));
}

async function press(key) {
	const what = { key, code: key, windowsVirtualKeyCode: Keys[key], text: key === 'Enter' ? '\r' : undefined };
	await page.tell('Input.dispatchKeyEvent', { type: 'keyDown', ...what });
	await page.tell('Input.dispatchKeyEvent', { type: 'keyUp', ...what });
}

// act, and the numbers that came of it once the worker has done with it
async function answer(act) {
	const done = 'answers.filter(a => a.idle).length', before = await page.evaluate(done);
	await act();
	await page.until(`${done} > ${before}`);
	return page.evaluate('answers.findLast(a => a.values)');
}

const click = selector => page.evaluate(`${query(selector)}.click()`);
const digits = a => Buffer.from(new Float32Array(a.values).buffer).toString('hex');

// an event on the page with a file of the server's
function give(type, member, url) {
	return page.evaluate(`(async () => {
		const t = new DataTransfer(), blob = await (await fetch('${url}')).blob();
		t.items.add(new File([blob], 'given.png', { type: 'image/png' }));
		document.body.dispatchEvent(new ${type}, { ${member}: t, bubbles: true, cancelable: true }));
	})()`);
}
const drop = url => give("DragEvent('drop'", 'dataTransfer', url);
const paste = url => give("ClipboardEvent('paste'", 'clipboardData', url);

async function visit(url) {
	await page.tell('Page.navigate', { url });
	await page.until(`location.href === '${url}' && typeof answers === 'object' && answers.some(a => a.idle)`);
}

async function arrive() {
	await page.tell('Page.enable');
	await page.tell('Emulation.setScrollbarsHidden', { hidden: true });
	await page.tell('Page.addScriptToEvaluateOnNewDocument', { source: `const answers = [];
		document.addEventListener('answer', ({ detail: d }) => answers.push({ ...d, values: d.values && [...d.values] }))` });
	await visit(server.url);
	want(await page.evaluate('answers.some(a => a.done === a.all) && !answers.some(a => a.done > a.all)'), 'progress'); // pieces are the network's
	await screen('empty', 1200, 700, 'light');
}

// every build by its button, every picture by its button
async function clickAll() {
	const builds = await page.evaluate('[...document.querySelectorAll("input[name=build]")].map(e => e.value)');
	const samples = await page.evaluate('[...document.querySelectorAll("#samples button")].map(e => e.title)');
	want(builds.length > 1 && samples.length, 'builds and pictures');
	for (const build of builds) {
		if (build !== builds[0])
			await answer(() => click(`input[value=${build}]`));
		for (const name of samples) {
			const a = await answer(() => click(`#samples button[title="${name}"]`));
			console.log(build, name, a.ranked[0].name, digits(a));
		}
	}
	want(await page.evaluate(`${$('classes')}.children.length`) === 5, 'five classes');
	want(await page.evaluate('[...document.querySelectorAll("#samples [aria-pressed=true]")].map(e => e.title).join()') ===
		samples.at(-1), 'the sample that is shown marked, and no other');
	want(await page.evaluate(`/^${samples.at(-1)}, [0-9]+ percent$/.test(${$('said')}.textContent)`), 'the class said');
	want(await page.evaluate(`${$('layers')}.children.length`) > 5, 'bars of layers');
	want(await page.evaluate(`/[0-9.]+ ms a call/.test(${$('time')}.textContent)`), 'milliseconds');
	return { builds, samples };
}

// a dropped file, a pasted one, and keys give what the button gave
async function otherWays({ builds, samples }) {
	const url = `pictures/${samples[0]}.png`, same = digits(await answer(() => drop(url)));
	want(await page.evaluate(`!${$('parallel')}.hidden && ${$('threads')}.options.length > 0`), 'a choice of threads');
	const more = `(e => { e.append(new Option('5')); e.value = '5'; e.onchange() })(${$('threads')})`;
	want(digits(await answer(() => page.evaluate(more))) === same, 'the same bits from five threads');
	await answer(() => click(`#samples button[title="${samples[1]}"]`));
	want(digits(await answer(() => paste(url))) === same, 'drop and paste alike');
	await answer(() => click(`#samples button[title="${samples[1]}"]`));
	await page.evaluate(`${query('#samples button')}.focus()`);
	want(digits(await answer(() => press('Enter'))) === same, 'a picture by the Enter key');
	await page.evaluate(`${query('input[name=build]:checked')}.focus()`);
	const next = await answer(() => press('ArrowRight'));
	want(next.build === builds[0], `the arrow key to choose ${builds[0]}, got ${next.build}`);
	await drop('page.json');
	await page.until(`/want a picture/.test(${$('status')}.textContent)`);
}

async function camera() {
	const frames = 'answers.filter(a => a.values).length', pressed = `${$('camera')}.getAttribute('aria-pressed')`;
	await click('#camera');
	await page.until(`${pressed} === 'true' && /this frame [0-9.]+ ms/.test(${$('time')}.textContent)`);
	const before = await page.evaluate(frames);
	await page.until(`${frames} > ${before} + 5`);
	await screen('camera', 1200, 900, 'dark');
	await click('#camera');
	await page.until(`${pressed} === 'false'`);
}

// a page that is not isolated, and so has one thread; builds are chosen, there and back, before there is a picture
async function alone({ builds, samples }) {
	await visit(plain.url);
	const facts = await page.evaluate(`${$('facts')}.textContent`);
	await answer(() => click(`input[value=${builds[1]}]`));
	want(await page.evaluate(`${$('facts')}.textContent`) !== facts, 'what the other build is');
	await answer(() => click(`input[value=${builds[0]}]`));
	want(await page.evaluate(`${$('facts')}.textContent`) === facts, 'what the first build is');
	want(await page.evaluate(`/^Ready/.test(${$('status')}.textContent)`), 'a page that is ready');
	want(await page.evaluate(`${$('parallel')}.hidden && !crossOriginIsolated`), 'no choice of threads');
	const a = await answer(() => click(`#samples button[title="${samples[0]}"]`));
	console.log('alone', samples[0], a.ranked[0].name, digits(a));
}

try {
	await arrive();
	const what = await clickAll();
	await screen('wide', 1200, 900, 'light');
	await screen('dark', 1200, 900, 'dark');
	await screen('narrow', 360, 1500, 'dark');
	await otherWays(what);
	await camera();
	await alone(what);
} finally {
	await page.close();
	server.close();
	plain.close();
}
