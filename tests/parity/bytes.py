"""Random quantised ONNX models, imported, compiled and run beside ONNX Runtime: every byte has to be the same. A model is drawn
as layers between tensors of bytes and written with QuantizeLinear and DequantizeLinear around operators on floats (qdq), or
with operators on bytes (qlinear); steps are powers of two in every third, so that sums lie on ties. Prints what
differs, and after which layer it begins; exits 1 if anything does.
usage: python tests/parity/bytes.py [--count N] [--seed N] [--keep DIR]; needs numpy, onnx, onnxruntime, a C compiler, and
a processor with VNNI, without which ONNX Runtime saturates"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto as T
from onnx import helper as H
from onnx import numpy_helper as NH

top = pathlib.Path(__file__).resolve().parents[2]
onnxruntime.set_default_logger_severity(4)
MS = "com.microsoft"


class Tensor:
    """Bytes: what they are called, how many they are, what they stand for."""

    def __init__(self, name, shape, scale, zero, kind):
        self.name, self.shape, self.scale, self.zero, self.kind = name, tuple(shape), np.float32(scale), zero, kind


class Writer:
    """An ONNX graph in the making."""

    def __init__(self, form, r):
        self.form, self.r, self.nodes, self.initializers, self.floats, self.count = form, r, [], [], {}, 0

    def fresh(self, base):
        self.count += 1
        return f"{base}{self.count}"

    def constant(self, value, base="k"):
        name = self.fresh(base)
        self.initializers.append(NH.from_array(np.asarray(value), name))
        return name

    def node(self, op, inputs, base=None, domain="", **attributes):
        y = base or self.fresh("t")
        self.nodes.append(H.make_node(op, inputs, [y], name="n_" + y, domain=domain, **attributes))
        return y

    def steps(self, t):
        return [self.constant(t.scale, "s"), self.constant(np.array(t.zero, t.kind), "z")]

    def as_floats(self, t, shared):
        if not shared:
            return self.node("DequantizeLinear", [t.name, *self.steps(t)])
        if t.name not in self.floats:
            self.floats[t.name] = self.node("DequantizeLinear", [t.name, *self.steps(t)])
        return self.floats[t.name]

    def model(self, x, outputs, shapes):
        ins = [H.make_tensor_value_info("x", T.FLOAT, x)]
        outs = [H.make_tensor_value_info(o, T.FLOAT, s) for o, s in zip(outputs, shapes)]
        graph = H.make_graph(self.nodes, "g", ins, outs, self.initializers)
        return H.make_model(graph, opset_imports=[H.make_opsetid("", 17), H.make_opsetid(MS, 1)], ir_version=9)


class Layer:
    """One layer: its operator, what it reads and makes, its weights."""

    def __init__(self, op, ins, **options):
        self.op, self.ins, self.y, self.act = op, ins, None, None
        self.w = self.w_scale = self.w_zero = self.bias = self.b_scale = None
        self.options = options

    # --- as an operator on floats ---

    def weights(self, w, axis):
        per = np.size(self.w_scale) > 1
        return w.node("DequantizeLinear", [w.constant(self.w, "w"), w.constant(self.w_scale, "s"), w.constant(self.w_zero, "z")],
                      **({"axis": axis} if per else {}))

    def biases(self, w):
        if self.bias is None:
            return []
        if self.bias.dtype == np.float32:
            return [w.constant(self.bias, "b")]
        return [w.node("DequantizeLinear", [w.constant(self.bias, "b"), w.constant(self.b_scale, "s"), w.constant(np.zeros(np.shape(self.b_scale), np.int32), "z")],
                       **({"axis": 0} if np.size(self.b_scale) > 1 else {}))]

    def float_node(self, w, x):
        o = dict(self.options)
        if self.op == "Conv":
            return w.node("Conv", [*x, self.weights(w, 0), *self.biases(w)], **o)
        if self.op == "Gemm":
            return w.node("Gemm", [*x, self.weights(w, 0), *self.biases(w)], transB=1)
        if self.op == "MatMul":
            return w.node("MatMul", [*x, self.weights(w, 1)])
        if self.op == "Resize":
            return w.node("Resize", [*x, "", w.constant(np.array(o.pop("scales"), np.float32))], **o)
        if self.op == "Pad":
            return w.node("Pad", [*x, w.constant(np.array(o["pads"], np.int64))])
        if self.op == "Slice":
            return w.node("Slice", [*x, *(w.constant(np.array(o[k], np.int64)) for k in ("starts", "ends", "axes", "steps"))])
        return w.node(self.op, x, **o)

    def activated(self, w, v):
        if self.act is None:
            return v
        if self.act == "Clip":
            return w.node("Clip", [v, w.constant(np.float32(0)), w.constant(np.float32(6))])
        return w.node(self.act, [v])

    # --- as an operator on bytes; None: there is none ---

    def bytes_node(self, w):
        x, y, o = [t.name for t in self.ins], self.y, dict(self.options)
        first = [x[0], *w.steps(self.ins[0])]
        if self.act or (self.bias is not None and self.bias.dtype == np.float32):
            return None
        if self.op == "Conv":
            inputs = [*first, w.constant(self.w), w.constant(self.w_scale), w.constant(self.w_zero), *w.steps(y)]
            return w.node("QLinearConv", inputs + ([] if self.bias is None else [w.constant(self.bias)]), y.name, **o)
        if self.op == "MatMul":
            return w.node("QLinearMatMul", [*first, w.constant(self.w), w.constant(self.w_scale), w.constant(self.w_zero), *w.steps(y)], y.name)
        if self.op == "Gemm":
            inputs = [*first, w.constant(self.w), w.constant(self.w_scale), w.constant(self.w_zero), "" if self.bias is None else w.constant(self.bias), *w.steps(y)]
            return w.node("QGemm", inputs, y.name, MS, transB=1)
        if self.op in ("Add", "Mul"):
            return w.node("QLinear" + self.op, [*first, x[1], *w.steps(self.ins[1]), *w.steps(y)], y.name, MS)
        if self.op == "Concat":
            return w.node("QLinearConcat", w.steps(y) + [k for t in self.ins for k in (t.name, *w.steps(t))], y.name, MS, **o)
        if self.op in ("GlobalAveragePool", "AveragePool", "LeakyRelu", "Sigmoid"):
            return w.node("QLinear" + self.op, [*first, *w.steps(y)], y.name, MS, **o)
        if self.op in ("MaxPool", "Flatten"):
            return w.node(self.op, [x[0]], y.name, **o)
        if self.op == "Resize":
            return w.node("Resize", [x[0], "", w.constant(np.array(o.pop("scales"), np.float32))], y.name, **o)
        return None

    def write(self, w, shared=True):
        if w.form == "qlinear" and self.bytes_node(w):
            return
        v = self.activated(w, self.float_node(w, [w.as_floats(t, shared) for t in self.ins]))
        w.node("QuantizeLinear", [v, *w.steps(self.y)], self.y.name)


def session(model, whole=True):
    o = onnxruntime.SessionOptions()
    o.intra_op_num_threads = 1
    if not whole:
        o.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(model.SerializeToString(), o, providers=["CPUExecutionProvider"])


class Network:
    """Layers one after the other, drawn from a seed."""

    def __init__(self, seed):
        r = self.r = np.random.default_rng(seed)
        self.form = "qlinear" if r.integers(2) else "qdq"
        self.kind = np.int8 if r.integers(2) else np.uint8
        self.ties = seed % 3 == 0
        self.shared = bool(r.integers(2))
        shape = (1, int(r.choice([1, 3, 4, 8, 13, 16, 32, 40])), int(r.integers(1, 13)), int(r.integers(1, 13)))
        self.x = (r.standard_normal(shape) * 1.5).astype(np.float32)
        self.layers, self.all = [], [self.tensor(shape, self.x)]
        if self.ties:
            self.x = (np.round(self.x / self.all[0].scale * 2) / 2 * self.all[0].scale).astype(np.float32)
        for _ in range(int(r.integers(1, 8))):
            self.draw()

    def tensor(self, shape, values):
        """Bytes for these values, whose ends they clip more or less."""
        lo, hi = min(float(values.min()), 0), max(float(values.max()), 0)
        share = self.r.choice([0.6, 1, 1, 1.3])
        scale = max((hi - lo) / 255 * share, 1e-6)
        if self.ties:
            scale = 2.0 ** np.round(np.log2(scale))
        zero = int(np.clip(round(-lo / scale), 0, 255)) - (128 if self.kind == np.int8 else 0)
        if self.r.integers(6) == 0:
            zero = int(self.r.choice([0, 255, 128, 1, 254])) - (128 if self.kind == np.int8 else 0)
        return Tensor(f"q{len(self.all) if hasattr(self, 'all') else 0}", shape, scale, zero, self.kind)

    def values(self, layer):
        """What the layer makes as floats."""
        w = Writer("qdq", self.r)
        w.node("QuantizeLinear", ["x", *w.steps(self.all[0])], self.all[0].name)
        for k in self.layers:
            k.write(w)
        v = layer.activated(w, layer.float_node(w, [w.as_floats(t, True) for t in layer.ins]))
        return session(w.model(self.x.shape, [v], [None]), False).run(None, {"x": self.x})[0]

    def weigh(self, layer, shape, axis):
        r, oc = self.r, shape[axis]
        per = bool(r.integers(2)) and layer.op != "MatMul"
        unsigned = not per and self.kind == np.uint8 and r.integers(4) == 0
        layer.w = r.integers(0, 256, shape).astype(np.uint8) if unsigned else r.integers(-127, 128, shape).astype(np.int8)
        if r.integers(4) == 0:
            layer.w = np.where(layer.w < (128 if unsigned else 0), 0 if unsigned else -128 if r.integers(2) else -127, 255 if unsigned else 127).astype(layer.w.dtype)
        scale = r.uniform(0.3, 1, oc if per else ()) / 127 / np.sqrt(np.prod(shape) / oc)
        layer.w_scale = (2.0 ** np.round(np.log2(scale)) if self.ties else scale).astype(np.float32)
        layer.w_zero = np.full(np.shape(scale), int(r.integers(100, 150)) if unsigned else 0, layer.w.dtype)
        layer.b_scale = (layer.ins[0].scale * layer.w_scale).astype(np.float32)
        if layer.op != "MatMul" and r.integers(4):
            layer.bias = r.integers(-20000, 20000, oc).astype(np.int32)
            if self.form == "qdq" and r.integers(4) == 0:
                layer.bias = (layer.bias * layer.b_scale).astype(np.float32)

    def draw(self):
        r = self.r
        x = self.all[-1] if r.integers(4) else self.all[int(r.integers(len(self.all)))]
        image = len(x.shape) == 4
        ops = ["Conv"] * 4 + ["Add", "Mul", "Add", "Mul", "MaxPool", "AveragePool", "GlobalAveragePool", "Concat", "Resize", "Flatten", "Relu", "Sigmoid",
                              "LeakyRelu", "Pad", "Slice", "HardSigmoid"] if image else ["Gemm", "MatMul", "Add", "Mul", "Relu", "Sigmoid"]
        op = str(r.choice(ops))
        layer = getattr(self, "draw_" + op.lower(), self.draw_plain)(op, x)
        if layer is None:
            return
        if layer.op in ("Conv", "Gemm", "Add", "Mul") and r.integers(3) == 0:
            layer.act = str(r.choice(["Relu", "Clip"]))
            if self.form == "qlinear":
                layer.act = None
        try:
            v = self.values(layer)
        except Exception:
            return                           # an image too small for it
        if v.size > 40000 or v.size == 0:
            return
        layer.y = self.tensor(v.shape, v)
        if layer.op in ("MaxPool", "Flatten", "Resize", "Pad", "Slice") and (self.form == "qlinear" or r.integers(5)):
            layer.y.scale, layer.y.zero = x.scale, x.zero
        self.layers.append(layer)
        self.all.append(layer.y)

    def draw_plain(self, op, x):
        return Layer(op, [x])

    def draw_conv(self, op, x):
        r, c = self.r, x.shape[1]
        groups = int(r.choice([1, 1, 1, c, 2 if c % 2 == 0 else 1]))
        out = int(r.choice([1, 2, 3, 5, 8, 16, 17, 32, 48])) if groups == 1 else c * int(r.integers(1, 3))
        kernel = int(r.choice([1, 1, 3, 3, 3, 5, 2]))
        layer = Layer(op, [x], kernel_shape=[kernel] * 2, strides=[int(r.choice([1, 1, 1, 2]))] * 2, dilations=[int(r.choice([1, 1, 1, 2]))] * 2, group=groups,
                      pads=[int(v) for v in (r.integers(0, kernel, 4) if r.integers(3) == 0 else [kernel // 2] * 4)])
        self.weigh(layer, (out, c // groups, kernel, kernel), 0)
        return layer

    def draw_gemm(self, op, x):
        layer = Layer(op, [x])
        self.weigh(layer, (int(self.r.choice([1, 4, 10, 33])), x.shape[1]), 0)
        return layer

    def draw_matmul(self, op, x):
        layer = Layer(op, [x])
        self.weigh(layer, (x.shape[1], int(self.r.choice([1, 4, 10, 33]))), 1)
        return layer

    def draw_add(self, op, x):
        gates = [t for t in self.all if t.shape == x.shape or (len(x.shape) == 4 and t.shape == (1, x.shape[1], 1, 1))]
        z = gates[int(self.r.integers(len(gates)))]
        return Layer(op, [x, z] if self.r.integers(2) or z.shape != x.shape else [z, x])

    draw_mul = draw_add

    def draw_concat(self, op, x):
        beside = [t for t in self.all if len(t.shape) == 4 and t.shape[2:] == x.shape[2:]]
        return Layer(op, [x] + [beside[int(self.r.integers(len(beside)))] for _ in range(int(self.r.integers(1, 3)))], axis=1)

    def draw_maxpool(self, op, x):
        k = int(self.r.integers(1, 4))
        return Layer(op, [x], kernel_shape=[k] * 2, strides=[int(self.r.integers(1, 3))] * 2, pads=[k // 2] * 4, ceil_mode=int(self.r.integers(2)))

    def draw_averagepool(self, op, x):
        layer = self.draw_maxpool(op, x)
        # of windows that hang over the padding ONNX Runtime counts what is not there, too
        layer.options.update(count_include_pad=0 if layer.options["ceil_mode"] else int(self.r.integers(2)))
        if self.r.integers(4) == 0:
            layer.options.update(kernel_shape=[int(v) for v in x.shape[2:]], pads=[0] * 4)
        return layer

    def draw_resize(self, op, x):
        r = self.r
        return Layer(op, [x], scales=[1, 1, float(r.choice([0.5, 1, 2, 1.5, 3, 0.7])), float(r.choice([0.5, 2, 2, 1.5, 2.4]))], mode="nearest",
                     coordinate_transformation_mode=str(r.choice(["asymmetric", "half_pixel", "align_corners", "pytorch_half_pixel"])),
                     nearest_mode=str(r.choice(["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"])))

    def draw_pad(self, op, x):
        return Layer(op, [x], pads=[0, 0, *(int(v) for v in self.r.integers(0, 3, 2)), 0, 0, *(int(v) for v in self.r.integers(0, 3, 2))])

    def draw_slice(self, op, x):
        r, c, h = self.r, x.shape[1], x.shape[2]
        return Layer(op, [x], starts=[int(r.integers(0, c)), int(r.integers(0, h))], ends=[c, h], axes=[1, 2], steps=[1, int(r.integers(1, 3))])

    def draw_leakyrelu(self, op, x):
        return Layer(op, [x], alpha=0.1)

    def written(self, taps):
        w = Writer(self.form, self.r)
        w.node("QuantizeLinear", ["x", *w.steps(self.all[0])], self.all[0].name)
        for k in self.layers:
            k.write(w, self.shared)
        read = {t.name for k in self.layers for t in k.ins}
        outs = [t for t in self.all[1:] if taps or t.name not in read]
        names = [w.node("DequantizeLinear", [t.name, *w.steps(t)], "y" + t.name) for t in outs]
        return w.model(self.x.shape, names, [t.shape for t in outs]), outs

    def text(self, k):
        return f"{k.op} {' '.join(t.name for t in k.ins)} -> {k.y.name}{' ' + k.act if k.act else ''} {k.options} " \
            f"{'' if k.w is None else f'{k.w.dtype}, {np.size(k.w_scale)} scales, bias {None if k.bias is None else k.bias.dtype}'}"


def ours(model, x, folder):
    """What the imported and compiled model gives for x, output by output; or what resnetc says instead."""
    onnx.save(model, folder / "m.onnx")
    np.save(folder / "x.npy", x)
    for args in (lambda: ["import", "m.onnx", "-o", "model", "-q"],
                 lambda: ["run", "model/m.lua", "-w", next(folder.glob("model/*.safetensors")), "-i", "x.npy", "-q", "-o", "y.npz"]):
        p = subprocess.run([top / "resnetc", *args()], cwd=folder, capture_output=True, text=True)
        if p.returncode:
            return p.stderr
    with np.load(folder / "y.npz") as y:
        return [y[k].ravel() for k in y.files]


def compare(network, taps, folder):
    """Layers whose bytes differ: their tensor, how many bytes do, by how much at most, and what they are."""
    model, outs = network.written(taps)
    try:
        want = session(model).run(None, {"x": network.x})
    except onnxruntime.capi.onnxruntime_pybind11_state.RuntimeException:
        return "ONNX Runtime to run it"     # scales too far apart for it
    got = ours(model, network.x, folder)
    if isinstance(got, str):
        return got
    wrong = []
    for t, a, b in zip(outs, want, got):
        off = np.abs(a.ravel() / t.scale - b / t.scale)
        if (a.ravel() != b).any():
            wrong.append((t.name, int((a.ravel() != b).sum()), a.size, float(off.max())))
    return wrong


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--count", type=int, default=100)
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--keep")
    o = p.parse_args()
    refused, bad, compared = {}, 0, 0
    with tempfile.TemporaryDirectory() as d:
        quick = pathlib.Path(d, "cc")
        quick.write_text('#!/bin/sh\nexec cc "$@" -O0\n')
        quick.chmod(0o755)
        os.environ["CC"] = str(quick)
        for seed in range(o.seed, o.seed + o.count):
            network = Network(seed)
            if not network.layers:
                continue
            folder = pathlib.Path(o.keep or d, str(seed))
            folder.mkdir(parents=True, exist_ok=True)
            wrong = compare(network, False, folder)
            if isinstance(wrong, str):
                refused.setdefault(wrong.split("want ", 1)[-1][:100], []).append(seed)
                continue
            compared += 1
            if not wrong:
                continue
            bad += 1
            taps = compare(network, True, folder)
            print(f"seed {seed}: {network.form}, {network.kind.__name__}{', ties' if network.ties else ''}: {wrong}; with all as outputs {taps}")
            for k in network.layers:
                print(f"    {network.text(k)}")
            sys.stdout.flush()
    for why, seeds in refused.items():
        print(f"refused {len(seeds)} times, seed {seeds[0]}: {why}")
    print(f"{compared} models compared, {bad} differ")
    return bad > 0


sys.exit(main())
