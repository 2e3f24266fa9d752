// web_peers.mjs - networks from ONNX files on other runtimes in WebAssembly, one thread: onnxruntime-web as it is, and
// TensorFlow.js's wasm backend, for which the file's convolutions become its fused ones. Each is a function
// (file, input) -> { run, values }: run makes one call, values gives what the last one said.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

export async function onnxruntime(modules, file, x, shape) {
	const dist = `${modules}/onnxruntime-web/dist`;
	const ort = await import(pathToFileURL(`${dist}/ort.wasm.mjs`));
	ort.env.wasm.numThreads = 1;
	ort.env.wasm.wasmPaths = `${pathToFileURL(dist)}/`;
	const session = await ort.InferenceSession.create(readFileSync(file), { executionProviders: ['wasm'] });
	const feed = { [session.inputNames[0]]: new ort.Tensor('float32', x, shape) };
	let last;
	return { run: async () => { last = await session.run(feed); }, values: async () => last[session.outputNames[0]].data };
}

// --- ONNX files, as far as these networks go ---

const Model = `syntax = "proto3";
message Attribute { string name = 1; float f = 2; int64 i = 3; bytes s = 4; Tensor t = 5; repeated float floats = 7;
	repeated int64 ints = 8; }
message Node { repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
	repeated Attribute attribute = 5; }
message Tensor { repeated int64 dims = 1; int32 data_type = 2; repeated float float_data = 4;
	repeated int64 int64_data = 7; string name = 8; bytes raw_data = 9; }
message Value { string name = 1; }
message Graph { repeated Node node = 1; string name = 2; repeated Tensor initializer = 5; repeated Value input = 11;
	repeated Value output = 12; }
message Model { Graph graph = 7; }`;

function read(modules, file) {
	const protobuf = createRequire(`${modules}/x.js`)('protobufjs');
	const type = protobuf.parse(Model, { keepCase: true }).root.lookupType('Model');
	return type.toObject(type.decode(readFileSync(file)), { longs: Number, defaults: true, arrays: true }).graph;
}

function numbers(t) {
	const raw = Uint8Array.from(t.raw_data).buffer, most = 2**31 - 1;
	if (t.data_type === 1)
		return t.float_data.length ? Float32Array.from(t.float_data) : new Float32Array(raw);
	const whole = t.int64_data.length ? t.int64_data : Array.from(new BigInt64Array(raw), Number);
	return whole.map(v => Math.max(-most, Math.min(most, v)));
}

const attribute = a => a.ints.length ? a.ints : a.t ?? (a.f || a.i);
const attributes = n => Object.fromEntries(n.attribute.map(a => [a.name, attribute(a)]));
const pads = p => p.some(v => v) ? [[0, 0], [p[0], p[2]], [p[1], p[3]], [0, 0]] : 'valid';
const Axes = [0, 3, 1, 2];           // of NCHW, in NHWC

// the whole numbers of a parameter
const list = t => t.list ??= Array.from(t.dataSync());

function slice(tf, [x, starts, ends, axes, steps]) {
	const begin = x.shape.map(() => 0), end = x.shape.slice(), strides = x.shape.map(() => 1);
	if (list(steps)[0] === -1)
		return tf.reverse(x, list(axes));
	list(axes).forEach((axis, i) => {
		const at = x.shape.length === 4 ? Axes[axis] : axis;
		[begin[at], end[at], strides[at]] = [list(starts)[i], Math.min(list(ends)[i], x.shape[at]), list(steps)[i]];
	});
	return tf.stridedSlice(x, begin, end, strides);
}

// What each node does: of the tensors that it reads, NHWC where they have four axes, and its attributes
const ops = tf => ({
	Conv: ([x, filter, bias], a, relu) => tf.fused.conv2d({ x, filter, bias, strides: a.strides, pad: pads(a.pads),
		activation: relu ? 'relu' : 'linear' }),
	Relu: ([x]) => tf.relu(x),
	Add: ([x, y]) => tf.add(x, y),
	MaxPool: ([x], a) => tf.maxPool(x, a.kernel_shape, a.strides, pads(a.pads)),
	GlobalAveragePool: ([x]) => tf.mean(x, [1, 2], true),
	ReduceMean: ([x], a) => tf.mean(x, [1, 2], a.keepdims),
	Flatten: ([x]) => tf.reshape(x, [x.shape[0], -1]),
	Gemm: ([x, y, bias], a) => tf.add(tf.matMul(x, y, false, a.transB), bias),
	Pad: ([x, p]) => tf.pad(x, [0, 2, 3, 1].map(axis => [list(p)[axis], list(p)[4 + axis]])),
	Slice: t => slice(tf, t),
	ConstantOfShape: ([s]) => tf.zeros(list(s), 'int32'),
	Concat: (t, a) => tf.concat(t, a.axis),
	Reshape: ([x, s]) => tf.reshape(x, list(s)),
	Transpose: ([x], a) => tf.transpose(x, a.perm),
	Cast: ([x]) => tf.clone(x),
});

// A parameter as the kernels want it: a filter h w in out
function parameter(tf, t) {
	const v = numbers(t), y = tf.tensor(v, t.dims, v instanceof Float32Array ? 'float32' : 'int32');
	return t.dims.length === 4 ? tf.transpose(y, [2, 3, 1, 0]) : y;
}

// relus that follow a convolution which nothing else reads become part of it
function fuse(nodes) {
	const readers = new Map();
	for (const n of nodes)
		n.input.forEach(i => readers.set(i, [...readers.get(i) ?? [], n]));
	for (const n of nodes.filter(n => n.op_type === 'Conv')) {
		const [next, other] = readers.get(n.output[0]) ?? [];
		if (next?.op_type === 'Relu' && !other) {
			n.relu = true;
			n.output = next.output;
			next.gone = true;
		}
	}
	return nodes.filter(n => !n.gone);
}

export async function tensorflow(modules, file, x, shape) {
	const require = createRequire(`${modules}/x.js`);
	const tf = require('@tensorflow/tfjs-core'), wasm = require('@tensorflow/tfjs-backend-wasm');
	wasm.setWasmPaths(`${modules}/@tensorflow/tfjs-backend-wasm/dist/`);
	wasm.setThreadsCount(1);
	await tf.setBackend('wasm');
	const graph = read(modules, file), does = ops(tf);
	const kept = new Map(graph.initializer.map(t => [t.name, parameter(tf, t)])), work = [];
	for (const n of fuse(graph.node).map(n => ({ ...n, a: attributes(n) })))
		if (n.op_type === 'Constant')
			kept.set(n.output[0], parameter(tf, n.a.value));
		else if (n.input.every(i => kept.has(i)))        // once and for all
			kept.set(n.output[0], does[n.op_type](n.input.map(i => kept.get(i)), n.a));
		else
			work.push(n);
	kept.set(graph.input[0].name, tf.transpose(tf.tensor(x, shape), [0, 2, 3, 1]));
	let last;
	const run = async () => {
		last?.dispose();
		last = tf.tidy(() => {
			const at = new Map(kept);
			for (const n of work)
				at.set(n.output[0], does[n.op_type](n.input.map(i => at.get(i)), n.a, n.relu));
			return at.get(graph.output[0].name);
		});
		last.dataSync();
	};
	return { run, values: async () => last.dataSync() };
}
