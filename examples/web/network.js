// network.js - a network compiled to WebAssembly (module.c): its weights streamed into it, pictures classified, layers
// timed. The page's worker and Node use it alike.

// A text of the module's, which ends in a zero; null stays null.
function text(exports, at) {
	if (!at)
		return null;
	const bytes = new Uint8Array(exports.memory.buffer);
	return new TextDecoder().decode(bytes.slice(at, bytes.indexOf(0, at)));
}

// The memory that a module of several threads imports, of the sizes that its imports say; null: it has its own.
function shared(code) {
	const bytes = new Uint8Array(code);
	let at = 8;
	const number = () => {
		let v = 0, byte;
		for (let bit = 1; bit === 1 || byte & 128; bit *= 128)
			v += ((byte = bytes[at++]) & 127)*bit;
		return v;
	};
	const skip = count => { at += count; };
	for (let end; at < bytes.length; at = end) {
		const section = bytes[at++], length = number();
		end = at + length;
		for (let imports = section === 2 ? number() : 0; imports; imports--) {
			skip(number());          // its module and its name
			skip(number());
			const kind = bytes[at++], what = number();
			if (kind === 2 && what === 3)
				return new WebAssembly.Memory({ initial: number(), maximum: number(), shared: true });
		}
	}
	return null;
}

export const imports = memory => ({ page: { now: () => performance.now() }, env: { memory } });

export class Network {
	#helpers = 0;

	// code: the module's bytes; chunks: the weights, piece by piece; progress(done, all) is told of each in bytes.
	static async load(code, chunks, progress = () => {}) {
		if (!WebAssembly.validate(code))
			throw new Error('this browser lacks the instructions that this build uses');
		const module = await WebAssembly.compile(code), memory = shared(code);
		const network = new Network(module, await WebAssembly.instantiate(module, imports(memory)), memory);
		await network.#fill(chunks, progress);
		network.#want(network.exports.check());
		return network;
	}

	constructor(module, instance, memory) {
		const exports = { ...instance.exports, memory: memory ?? instance.exports.memory };
		this.module = module;
		this.exports = exports;
		this.classes = Array.from({ length: exports.output_floats() },
			(_, i) => text(exports, exports.class_name(i)) ?? `class ${i}`);
	}

	get facts() {
		const e = this.exports;
		return { classes: this.classes, height: e.height(), width: e.width(), macs: e.macs(), weights: e.weights_bytes(),
			workspace: e.workspace_bytes() };
	}

	async #fill(chunks, progress) {
		const at = this.exports.weights(), all = this.exports.weights_bytes();
		let done = 0;
		for await (const chunk of chunks) {
			if (done + chunk.length > all)
				throw new Error(`weights: want ${all} bytes, got more`);
			new Uint8Array(this.exports.memory.buffer).set(chunk, at + done);
			progress(done += chunk.length, all);
		}
		if (done < all)
			throw new Error(`weights: want ${all} bytes, got ${done}`);
	}

	// Of a module with a shared memory: start(module, memory, stack) begins a worker that helps (helper.js).
	share(threads, start) {
		for (; this.#helpers < threads - 1; this.#helpers++)
			start(this.module, this.exports.memory, this.exports.stack(this.#helpers));
		this.exports.set_threads(threads);
	}

	#want(status) {
		if (status)
			throw new Error(text(this.exports, this.exports.words(status)));
	}

	// A picture of four bytes a pixel becomes the input.
	prepare(pixels, height, width) {
		const at = this.exports.pixels(height, width);
		if (!at)
			throw new Error(`a picture of ${width} x ${height} pixels finds no memory`);
		new Uint8Array(this.exports.memory.buffer).set(pixels, at);
		this.#want(this.exports.prepare(height, width));
	}

	// The first output's numbers.
	run() {
		this.#want(this.exports.run());
		return new Float32Array(this.exports.memory.buffer, this.exports.output(), this.exports.output_floats()).slice();
	}

	// Milliseconds a call, for so many of them: clocks of browsers are coarse, sums of many calls are not.
	#round(call, calls) {
		const start = performance.now();
		for (let i = 0; i < calls; i++)
			this.#want(call());
		return (performance.now() - start)/calls;
	}

	#timed(calls) {
		const e = this.exports;
		e.forget_times();
		const took = this.#round(e.run_timed, calls);
		return { took, layers: Array.from({ length: e.layer_count() }, (_, i) => e.layer_took(i)/calls) };
	}

	// Milliseconds of a call: in the best of rounds of some calls, which go on for so many milliseconds; and of each
	// layer: in the mean of those rounds, with a clock in them, that nothing disturbed.
	measure(milliseconds = 300) {
		const e = this.exports, once = Math.min(...[1, 1, 1].map(n => this.#round(e.run, n))), rounds = [];
		const calls = Math.max(1, Math.round(4/Math.max(once, 0.1)));
		let took = Infinity;
		for (const start = performance.now(); !rounds.length || performance.now() - start < milliseconds;) {
			took = Math.min(took, this.#round(e.run, calls));
			rounds.push(this.#timed(calls));
		}
		const timed = Math.min(...rounds.map(r => r.took)), calm = rounds.filter(r => r.took <= 1.2*timed);
		const layers = calm[0].layers.map((_, i) => ({ name: text(e, e.layer_name(i)),
			took: calm.reduce((a, r) => a + r.layers[i], 0)/calm.length }));
		return { took, calls, rounds: rounds.length, timed, layers };
	}
}

// The largest first, as shares of 1: the softmax of logits; what is shares already stays as it is.
export function rank(values, classes) {
	const sum = values.reduce((a, b) => a + b, 0), most = Math.max(...values);
	const shares = values.every(v => v >= 0) && Math.abs(sum - 1) < 1e-3;
	const weights = Array.from(values, v => shares ? v : Math.exp(v - most));
	const all = weights.reduce((a, b) => a + b, 0);
	return weights.map((w, i) => ({ name: classes[i], share: w/all })).sort((a, b) => b.share - a.share);
}
