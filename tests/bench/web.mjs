// web.mjs - networks in WebAssembly beside onnxruntime-web and TensorFlow.js's wasm backend, all on one thread in one
// process, in interleaved rounds. "make bench-web" makes what it measures:
//
//	node --experimental-wasm-relaxed-simd web.mjs MODULES ROUNDS FOLDER...
//
// MODULES: where npm put the others. FOLDER: NAME/NAME.onnx, x.npy and y.npy of export.py, and page, of examples/web
// with the same weights. Prints a table; every answer is compared with PyTorch's in float64 first. Times: the median
// and the least of rounds, each the mean of calls for about 200 ms.
import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Network } from '../../examples/web/network.js';
import { onnxruntime, tensorflow } from './web_peers.mjs';

const [modules, ...folders] = process.argv.slice(2).filter((_, i) => i !== 1).map(f => resolve(f));
const rounds = Number(process.argv[3]);
const Round = 200;                   // milliseconds
const Names = { float: 'resnetc', relaxed: 'resnetc, relaxed-simd', int8: 'resnetc, bytes',
	onnxruntime: 'onnxruntime-web', tensorflow: 'TensorFlow.js wasm' };
const { version } = process;

// floats of an array that NumPy wrote, as little-endian 32 or 64 bits
function array(file) {
	const bytes = readFileSync(file), length = bytes.readUInt16LE(8), head = bytes.toString('latin1', 10, 10 + length);
	const data = bytes.buffer.slice(bytes.byteOffset + 10 + length, bytes.byteOffset + bytes.length);
	const shape = /'shape': \(([^)]*)\)/.exec(head)[1].split(',').filter(s => s.trim()).map(Number);
	return { values: head.includes('<f8') ? new Float64Array(data) : new Float32Array(data), shape };
}

async function ours(folder, build, x) {
	const page = `${folder}/page/${build}`;
	const network = await Network.load(readFileSync(`${page}.wasm`), [readFileSync(`${page}.weights`)]);
	new Float32Array(network.exports.memory.buffer, network.exports.input(), x.length).set(x);
	let last;
	return { run: async () => { last = network.run(); }, values: async () => last };
}

function error(got, want) {
	const most = want.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
	return want.reduce((a, b, i) => Math.max(a, Math.abs(b - got[i])), 0)/most;
}

// milliseconds of a call: the mean of as many as fit into a round
async function time(runtime) {
	const start = performance.now();
	let calls = 0, now;
	do {
		await runtime.run();
		calls++;
		now = performance.now();
	} while (now - start < Round);
	return (now - start)/calls;
}

async function load(folder, x, y) {
	const file = `${folder}/${basename(folder)}.onnx`, runtimes = [];
	const kinds = { ...Object.fromEntries(['float', 'relaxed', 'int8'].filter(b => existsSync(`${folder}/page/${b}.wasm`))
		.map(b => [b, () => ours(folder, b, x.values)])),
		onnxruntime: () => onnxruntime(modules, file, x.values, x.shape),
		tensorflow: () => tensorflow(modules, file, x.values, x.shape) };
	for (const [name, make] of Object.entries(kinds)) {
		const r = { name, times: [], ...await make() };
		await r.run();
		r.error = error(await r.values(), y.values);
		if (name !== 'int8' && !(r.error < 1e-3))
			throw new Error(`${name}: wrong by ${r.error}`);
		runtimes.push(r);
	}
	return runtimes;
}

const median = v => v.slice().sort((a, b) => a - b)[v.length >> 1];

console.log(`Node ${version}\n\n| network | runtime | median ms | least ms | of ours | error |`);
console.log('|---|---|---|---|---|---|');
for (const folder of folders) {
	const runtimes = await load(folder, array(`${folder}/x.npy`), array(`${folder}/y.npy`));
	for (let i = 0; i <= rounds; i++)
		for (const r of runtimes) {
			const t = await time(r);
			if (i)
				r.times.push(t);
		}
	const base = median(runtimes[0].times);
	for (const r of runtimes)
		console.log(`| ${basename(folder)} | ${Names[r.name]} | ${median(r.times).toPrecision(3)} | ` +
			`${Math.min(...r.times).toPrecision(3)} | ${(median(r.times)/base).toFixed(2)} | ${r.error.toExponential(0)} |`);
}
process.exit();
