// worker.js - networks beside the page, which never waits: it says { build, threads }, perhaps with { pixels, height,
// width, measure }, and hears of progress, facts, results and failures, and each time at the end that it is idle.
// Threads want a page that is isolated from all others, of which module.c and threads.h make modules of their own.
import { Network, rank } from './network.js';

const loaded = new Map();            // builds to promises of networks

async function fetched(url) {
	const answer = await fetch(url);
	if (!answer.ok)
		throw new Error(`${url}: ${answer.status} ${answer.statusText}`);
	return answer;
}

async function* chunks(stream) {
	const reader = stream.getReader();
	for (let part; !(part = await reader.read()).done;)
		yield part.value;
}

async function load(build) {
	const code = await (await fetched(`${build}${crossOriginIsolated ? '-threads' : ''}.wasm`)).arrayBuffer();
	const weights = await fetched(`${build}.weights`);
	const network = await Network.load(code, chunks(weights.body), (done, all) => postMessage({ build, done, all }));
	postMessage({ build, facts: network.facts, code: code.byteLength });
	return network;
}

function help(module, memory, stack) {
	new Worker('helper.js', { type: 'module' }).postMessage({ module, memory, stack });
}

async function answer({ build, threads, pixels, height, width, measure }) {
	if (!loaded.has(build))
		loaded.set(build, load(build).catch(e => { loaded.delete(build); throw e; }));
	const network = await loaded.get(build);
	if (crossOriginIsolated)
		network.share(threads, help);
	if (!pixels)
		return;
	network.prepare(pixels, height, width);
	const start = performance.now(), values = network.run(), once = performance.now() - start;
	postMessage({ build, values, ranked: rank(values, network.classes), once });
	if (measure)
		postMessage({ build, measured: network.measure(measure) });
}

onmessage = async ({ data }) => {
	try {
		await answer(data);
	} catch (e) {
		postMessage({ build: data.build, failed: e.message });
	}
	postMessage({ build: data.build, idle: true });
};
