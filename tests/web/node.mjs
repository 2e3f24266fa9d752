// node.mjs - the page's network in Node: node node.mjs PAGE BUILD THREADS PICTURE... prints the classes and all digits
// of the outputs. A picture is a file of its height and width, 32 bits each, and then four bytes a pixel.
import { readFileSync } from 'node:fs';
import { Worker, isMainThread, workerData } from 'node:worker_threads';
import { Network, imports, rank } from '../../examples/web/network.js';

const [folder, build, threads, ...pictures] = process.argv.slice(2);

// a thread as helper.js has it
if (!isMainThread) {
	const { exports } = await WebAssembly.instantiate(workerData.module, imports(workerData.memory));
	exports.__stack_pointer.value = workerData.stack;
	exports.help();
}

function help(module, memory, stack) {
	new Worker(new URL(import.meta.url), { workerData: { module, memory, stack }, argv: process.argv.slice(2) });
}

// in pieces of odd sizes, as a network brings them
function* pieces(bytes) {
	for (let at = 0, size = 1; at < bytes.length; at += size, size = size*3 % 100003)
		yield bytes.subarray(at, at + size);
}

let told = 0;
const network = await Network.load(readFileSync(`${folder}/${build}.wasm`),
	pieces(readFileSync(`${folder}/${build.replace('-threads', '')}.weights`)), (done, all) => { told = done/all; });
if (told !== 1)
	throw new Error(`progress: want 1 at the end, got ${told}`);
if (threads > 1)
	network.share(Number(threads), help);
if (network.exports.selftest())
	throw new Error('the self test fails');
for (const file of pictures) {
	const bytes = readFileSync(file), head = new DataView(bytes.buffer, bytes.byteOffset);
	network.prepare(bytes.subarray(8), head.getInt32(0, true), head.getInt32(4, true));
	const values = network.run(), { took, layers } = network.measure(1);
	if (!(took > 0) || !layers.length || !layers.every(l => l.name && l.took >= 0))
		throw new Error('times are missing');
	while (threads > 1 && network.exports.helped() < 1000) {
		await new Promise(go => setTimeout(go, 1));
		if (network.run().some((v, i) => v !== values[i]))
			throw new Error('threads change bits');
	}
	console.log(rank(values, network.classes)[0].name, Buffer.from(values.buffer).toString('hex'));
}
process.exit();
