// page.js - the page: pictures come in by a button, a sample, the clipboard, a drop or the camera; the worker
// classifies them; what it answers is drawn.

const $ = id => document.getElementById(id);
const worker = new Worker('worker.js', { type: 'module' });
const Names = { float: 'Floats', int8: 'Bytes', relaxed: 'Relaxed' };
const Shown = 5, Measure = 300;      // classes; milliseconds
const MostThreads = 16;              // of threads.h

const known = new Map();             // builds to what the worker told of them
let build;                           // the one that is chosen
let picture;                         // { pixels, height, width }, the last one
let stream;                          // the camera's
let busy = false, again;             // is the worker busy? what it is to do then

// --- what is drawn ---

function element(name, properties = {}, ...children) {
	const e = Object.assign(document.createElement(name), properties);
	e.append(...children);
	return e;
}

// A row of a list: name, bar, value; length from 0 to 1
function row(name, length, value) {
	const bar = element('span');
	bar.style.width = `${(100*length).toFixed(2)}%`;
	return element('li', {}, element('span', { className: 'name', title: name }, name),
		element('span', { className: 'bar', ariaHidden: 'true' }, bar), element('span', { className: 'value' }, value));
}

function say(text, wrong = false) {
	$('status').textContent = text;
	$('status').classList.toggle('wrong', wrong);
}

const three = v => `${Number(v.toPrecision(3))}`;    // digits
const milliseconds = t => `${three(t)} ms`;
const size = n => n < 1e6 ? `${three(n/1e3)} KB` : `${three(n/1e6)} MB`;

function drawFacts({ facts, code }) {
	$('progress').hidden = true;
	$('facts').textContent = `${facts.height} × ${facts.width} pixels, ${facts.classes.length} classes, ` +
		`${three(facts.macs/1e6)} million multiply-adds; ${size(facts.weights)} of weights, ` +
		`${size(facts.workspace)} of workspace, ${size(code)} of code. ` +
		'Pictures stay in this page.';
	say(picture ? '' : 'Ready: choose a picture.');
}

function drawClasses(ranked, once) {
	const rows = ranked.slice(0, Shown).map(r => row(r.name, r.share, `${(100*r.share).toFixed(1)} %`));
	$('classes').replaceChildren(...rows);
	$('time').textContent = stream ? `this frame ${milliseconds(once)}` : '';
	if (!stream)
		$('said').textContent = `${ranked[0].name}, ${(100*ranked[0].share).toFixed(0)} percent`;
	say('');
}

function drawLayers({ took, calls, rounds, layers, timed }) {
	const most = Math.max(...layers.map(l => l.took));
	$('time').textContent = `${milliseconds(took)} a call, in the best of ${rounds} rounds of ${calls}`;
	$('layers-hint').textContent = `${layers.length} layers, ${milliseconds(timed)} with a clock between them`;
	$('layers').replaceChildren(...layers.map(l => row(l.name, l.took/most, `${l.took.toFixed(3)} ms`)));
}

// --- the worker ---

worker.onmessage = ({ data }) => {
	document.dispatchEvent(new CustomEvent('answer', { detail: data }));      // for whoever looks on
	if (data.facts)
		known.set(data.build, data);
	if (data.idle) {
		busy = false;
		again?.();
	} else if (data.build !== build)
		return;
	else if (data.failed)
		fail(data.failed);
	else if (data.facts)
		drawFacts(data);
	else if (data.ranked)
		drawClasses(data.ranked, data.once);
	else if (data.measured)
		drawLayers(data.measured);
	else {
		$('progress').hidden = false;
		$('progress').value = data.done/data.all;
		say(`Weights: ${size(data.done)} of ${size(data.all)}`);
	}
};

worker.onerror = e => fail(e.message ?? 'the worker cannot be started: pages are to come from a web server');

function fail(text) {
	$('progress').hidden = true;
	say(text, true);
}

// classify - the last picture, if there is one; of what is asked while the worker is busy the last counts
function classify(measure = Measure) {
	again = busy ? () => classify(measure) : null;
	if (again)
		return;
	busy = true;
	worker.postMessage({ build, threads: Number($('threads').value), ...picture, measure });
}

// --- pictures ---

// draw - what drawImage takes, onto the stage: its pixels as the file has them, what is transparent on white
function draw(image, width, height, label) {
	const canvas = $('canvas'), at = canvas.getContext('2d', { willReadFrequently: true });
	canvas.width = width;
	canvas.height = height;
	canvas.setAttribute('aria-label', label);
	canvas.classList.toggle('small', Math.max(width, height) < 128);
	$('stage').classList.add('filled');
	at.fillStyle = '#fff';
	at.fillRect(0, 0, width, height);
	at.drawImage(image, 0, 0);
	picture = { pixels: at.getImageData(0, 0, width, height).data, height, width };
}

// mark - the sample that is shown; none: another picture is
function mark(sample) {
	for (const button of $('samples').children)
		button.setAttribute('aria-pressed', button === sample);
}

async function show(blob, label, sample) {
	try {
		const image = await createImageBitmap(blob, { colorSpaceConversion: 'none' });
		stopCamera();
		draw(image, image.width, image.height, label);
		mark(sample);
		classify();
	} catch {
		fail(`${label}: want a picture that this browser reads`);
	}
}

function stopCamera() {
	stream?.getTracks().forEach(t => t.stop());
	stream = null;
	$('camera').setAttribute('aria-pressed', 'false');
}

function frame() {
	const video = $('video');
	if (!stream)
		return;
	if (!busy && video.videoWidth) {
		draw(video, video.videoWidth, video.videoHeight, 'The camera');
		classify(0);
	}
	requestAnimationFrame(frame);
}

async function toggleCamera() {
	if (stream) {
		stopCamera();
		return classify();
	}
	try {
		stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
		$('video').srcObject = stream;
		await $('video').play();
		$('camera').setAttribute('aria-pressed', 'true');
		mark();
		frame();
	} catch (e) {
		stopCamera();
		fail(`camera: ${e.message || e.name || 'this browser gives none to this page'}`);
	}
}

function dropped(e) {
	e.preventDefault();
	$('stage').classList.toggle('over', e.type === 'dragover');
	if (e.type === 'drop' && e.dataTransfer.files[0])
		show(e.dataTransfer.files[0], e.dataTransfer.files[0].name);
}

// --- the start ---

function choose(id) {
	build = id;
	$('layers').replaceChildren();
	$('layers-hint').textContent = 'Layer by layer, once a picture was classified.';
	if (known.has(id))
		drawFacts(known.get(id));
	else
		say('Loading…');
	classify();
}

function addBuild(id) {
	const onchange = () => choose(id);
	const input = element('input', { type: 'radio', name: 'build', value: id, checked: id === build, onchange });
	$('builds').append(element('label', {}, input, Names[id] ?? id));
}

// addThreads - as many as there are processors, one at first; only an isolated page may share memory
function addThreads() {
	const most = Math.min(MostThreads, navigator.hardwareConcurrency || 1);
	$('threads').append(...Array.from({ length: most }, (_, i) => element('option', { value: i + 1 }, `${i + 1}`)));
	$('threads').onchange = () => classify();
	$('parallel').hidden = !crossOriginIsolated;
}

function addSample(url) {
	const label = decodeURIComponent(url.split('/').pop()).replace(/\.\w+$/, '');
	const button = element('button', { type: 'button', title: label }, element('img', { src: url, alt: label }));
	button.onclick = async () => show(await (await fetch(url)).blob(), label, button);
	$('samples').append(button);
}

async function start() {
	const made = await (await fetch('page.json')).json();
	document.title = $('name').textContent = made.name;
	build = made.builds[0];
	made.builds.forEach(addBuild);
	addThreads();
	made.pictures.forEach(addSample);
	$('pick').onclick = () => $('file').click();
	$('file').onchange = e => e.target.files[0] && show(e.target.files[0], e.target.files[0].name);
	$('camera').onclick = toggleCamera;
	document.onpaste = e => e.clipboardData.files[0] && show(e.clipboardData.files[0], 'Pasted picture');
	for (const type of ['dragover', 'dragleave', 'drop'])
		document.addEventListener(type, dropped);
	choose(build);
}

start().catch(e => fail(e.message));
