"""Graphs in the language of tests/graphs.c and what ONNX Runtime makes of them: rewrites what stands behind => in
graphs.txt. A line is GRAPH => SHAPE: 8 values of the output, evenly spaced, the largest, and a sum weighted with noise;
several outputs are separated by |. The input is noise.
usage: python tests/import/graphs.py [--check]; needs numpy, onnx, onnxruntime"""
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import helper as H
from onnx import numpy_helper as NH

here = pathlib.Path(__file__).resolve().parent
KINDS = {"i": np.int64, "z": np.int64, "v": np.float32, "s": np.float32, "b": bool, "f": np.float32, "r": np.float32, "h": np.float16,
         "c": np.int8, "u": np.uint8, "d": np.float64, "U": np.uint8, "C": np.int8, "L": np.int32}


def noise(count, first=0):
    i = np.arange(first, first + count, dtype=np.uint64)
    return ((i * 2654435761 % 2**32) >> 24) / 128 - 1


def tensor(name, letter, text):
    numbers = [float(v) for v in text.replace(",", " ").split()]
    if letter == "t":
        return H.make_tensor(name, onnx.TensorProto.STRING, [1], [b"text"])
    if letter in "frhcud":
        shape = [int(v) for v in numbers]
        count = int(np.prod(shape))
        v = np.arange(count) % 7 / 4 if letter == "f" else np.trunc(noise(count) * 128) if letter == "c" else \
            noise(count) * 128 + 128 if letter == "u" else noise(count, 7)
        return NH.from_array(v.reshape(shape).astype(KINDS[letter]), name)
    return NH.from_array(np.array(numbers[0] if letter in "zs" or (letter in "UCL" and len(numbers) == 1) else numbers).astype(KINDS[letter]), name)


def attribute(node, text):
    at = min(i for i, c in enumerate(text) if c in "?~='^@:")
    name, kind, value = text[:at], text[at], text[at + 1:]
    a = node.attribute.add()
    a.name = name
    a.type = {"=": 2, "~": 1, "'": 3, "@": 4, "^": 6, ":": 7}[kind]
    if kind == "=":
        a.i = int(value or 0)
    elif kind == "~":
        a.f = float(value or 0)
    elif kind == "'":
        a.s = value.encode()
    elif kind == "@":
        a.t.CopyFrom(tensor("t", value[0], value[2:]))
    else:
        getattr(a, "floats" if kind == "^" else "ints").extend([(float if kind == "^" else int)(v) for v in value.split(",") if v])


def model(text):
    nodes, init, outputs, shapes, opset, last = [], [], [], [], 17, None
    x = H.make_tensor_value_info("x", 1, [1, 3, 4, 5])
    for s in text.split(";"):
        name, rest = s.split("=", 1)
        if name == "opset":
            opset = int(rest)
        elif name == "out":
            outputs = rest.split()
        elif name == "shape":
            y, *dims = rest.split()
            shapes.append(H.make_tensor_value_info(y, 1, [int(d) or None for d in dims]))
        elif name == "x" and rest[:2] in ("I ", "U ", "H "):
            x = H.make_tensor_value_info("x", {"I": 1, "U": 2, "H": 10}[rest[0]], [int(d) or None for d in rest[2:].split()])
        elif rest[0] in KINDS | {"t": 0} and rest[1:2] in ("", " "):
            init.append(tensor(name, rest[0], rest[2:]))
            last = name
        else:
            words, _, attributes = rest.partition(" | ")
            op, *inputs = words.split()
            ours, _, op = op.rpartition(".")
            node = H.make_node(op, ["" if i == "_" else i for i in inputs], ["" if o == "_" else o for o in name.split(",")],
                               domain="com.microsoft" if ours == "ms" or op == "QGemm" or op[:7] == "QLinear" and op not in ("QLinearConv", "QLinearMatMul") else "")
            for a in attributes.split():
                attribute(node, a)
            nodes.append(node)
            last = node.output[0]
    outs = [H.make_tensor_value_info(o, 0, None) for o in outputs or [last]]
    for o in outs:
        o.ClearField("type")
    m = H.make_model(H.make_graph(nodes, "g", [x], outs, init, value_info=shapes), opset_imports=[H.make_opsetid("", opset), H.make_opsetid("com.microsoft", 1)], ir_version=8)
    return m, x


def told(y):
    v = y.astype(np.float64).ravel()
    some = [v[i * (v.size - 1) // 7] for i in range(8)] if v.size > 8 else list(v)
    return f"{'x'.join(map(str, y.shape))}: {' '.join(f'{a:.6g}' for a in some)}; {np.abs(v).max():.6g} {float(noise(v.size) @ v):.6g}"


def run(text):
    m, x = model(text)
    o = onnxruntime.SessionOptions()
    o.log_severity_level, o.intra_op_num_threads = 4, 1
    level = onnxruntime.GraphOptimizationLevel      # of what is quantised it calculates with integers only when it optimises
    o.graph_optimization_level = level.ORT_ENABLE_ALL if "QuantizeLinear" in text else level.ORT_DISABLE_ALL
    s = onnxruntime.InferenceSession(m.SerializeToString(), o, providers=["CPUExecutionProvider"])
    t = x.type.tensor_type
    shape = [d.dim_value or 1 for d in t.shape.dim]
    v = noise(int(np.prod(shape)))
    v = v * 128 + 128 if t.elem_type == 2 else v
    return " | ".join(told(y) for y in s.run(None, {"x": v.reshape(shape).astype({1: np.float32, 2: np.uint8, 10: np.float16}[t.elem_type])}))


if __name__ == "__main__":
    old, new = (here / "graphs.txt").read_text(), []
    for line in old.splitlines():
        graph = line.split(" => ")[0].rstrip()
        try:
            new.append(line if not graph or graph[0] == "#" else f"{graph} => {run(graph)}")
        except Exception as e:
            sys.exit(f"{graph}: {e}")
    new = "\n".join(new) + "\n"
    if "--check" in sys.argv:
        sys.exit("graphs.txt differs" if new != old else 0)
    (here / "graphs.txt").write_text(new)
