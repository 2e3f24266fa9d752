// wrong.mjs - what network.js says to wrong weights, pictures and modules, a line each: node wrong.mjs PAGE
import { readFileSync } from 'node:fs';
import { Network } from '../../examples/web/network.js';

const [folder] = process.argv.slice(2);
const code = readFileSync(`${folder}/float.wasm`), weights = readFileSync(`${folder}/float.weights`);
const damaged = Uint8Array.from(weights), foreign = Uint8Array.from(weights);
damaged[weights.length - 1] ^= 1;
foreign[24] ^= 1;                    // a byte of the plan's hash

async function said(act) {
	try {
		await act();
		console.log('nothing');
	} catch (e) {
		console.log(e.message);
	}
}

for (const chunks of [[weights.subarray(1)], [weights, new Uint8Array(1)], [damaged], [foreign]])
	await said(() => Network.load(code, chunks));
const network = await Network.load(code, [weights]);
await said(() => network.prepare(new Uint8Array(0), 5, 0));
await said(() => Network.load(code.subarray(0, 20), [weights]));
