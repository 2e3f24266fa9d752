"""compiler/resample.c against ONNX Runtime and PyTorch: every size from 1 to 64 made every size from 1 to 64, in every
coordinate and nearest mode, by scales and by sizes. Prints what differs, exits 1 if anything does.
usage: python tests/parity/resize.py [MOST]; needs numpy, onnx, onnxruntime, torch and a C compiler"""
import ctypes
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import helper as H

top = pathlib.Path(__file__).resolve().parents[2]
COORDS = ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric", "tf_half_pixel_for_nn"]
ROUNDINGS = ["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"]
SHIM = """
#include <stdlib.h>
#include "compiler/resample.c"
void die_at(const char *file, int line, const char *format, ...) { abort(); }
void table(int nearest, int coords, int rounding, double scale, int in, int out, int *from, int *to, double *share)
{
	Attr a = { .coords = coords, .rounding = rounding, .scale_h = scale };
	for (int i = 0; i < out; i++) {
		Sample s = sample_at(&a, nearest, true, in, out, i);
		from[i] = s.from, to[i] = s.to, share[i] = s.share;
	}
}
"""


def shim():
    with tempfile.TemporaryDirectory() as d:
        c, so = pathlib.Path(d, "shim.c"), pathlib.Path(d, "shim.so")
        c.write_text(SHIM)
        subprocess.run([os.environ.get("CC", "cc"), "-std=c11", "-O2", "-w", "-shared", "-fPIC", "-I", top, "-I", top / "compiler", c, "-o", so, "-lm"],
                       check=True)
        return ctypes.CDLL(so)


lib = shim()
lib.table.argtypes = [ctypes.c_int] * 3 + [ctypes.c_double] + [ctypes.c_int] * 2 + [ctypes.c_void_p] * 3


def places(nearest, coords, rounding, scale, n, m):
    """where the pixels of the result lie in the source: what resizing 0, 1, 2 ... gives"""
    a, b, t = np.zeros(m, np.int32), np.zeros(m, np.int32), np.zeros(m)
    lib.table(nearest, COORDS.index(coords), ROUNDINGS.index(rounding), scale, n, m, a.ctypes.data, b.ctypes.data, t.ctypes.data)
    return a * (1 - t) + b * t


def session(mode, coords, rounding, by, opset=13):
    old = {"nearest_mode": rounding} if mode == "nearest" else {}
    attributes = {"mode": mode, **({"coordinate_transformation_mode": coords, **old} if opset > 10 else {})}
    inputs = ["x", "k"] if opset == 10 else ["x", "", "k"] if by == "scales" else ["x", "", "", "k"]
    graph = H.make_graph([H.make_node("Resize", inputs, ["y"], **attributes)], "g",
                         [H.make_tensor_value_info("x", 1, [1, 1, None, 1]), H.make_tensor_value_info("k", 1 if by == "scales" else 7, [4])],
                         [H.make_tensor_value_info("y", 1, None)])
    o = onnxruntime.SessionOptions()
    o.log_severity_level, o.intra_op_num_threads = 4, 1
    model = H.make_model(graph, opset_imports=[H.make_opsetid("", opset)], ir_version=8)
    return onnxruntime.InferenceSession(model.SerializeToString(), o, providers=["CPUExecutionProvider"])


def ramp(n):
    return np.arange(n, dtype=np.float32).reshape(1, 1, n, 1)


def compare(title, most, pairs):
    """pairs(n, m): what the reference gives, and what we do; None: the reference refuses"""
    count, wrong = 0, []
    for n in range(1, most + 1):
        for m in range(1, most + 1):
            got = pairs(n, m)
            if got:
                count += 1
                if len(got[0]) != len(got[1]) or np.abs(got[0] - got[1]).max() > 1e-6 * n:
                    wrong.append((n, m))
    print(f"{title}: {count} sizes, {len(wrong)} differ {wrong[:3] if wrong else ''}", flush=True)
    return len(wrong)


def onnx_rule(mode, coords, rounding, by, opset=13):
    s = session(mode, coords, rounding, by, opset)

    def pairs(n, m):
        scale = np.float32(m / n) if by == "scales" else np.float32(m) / np.float32(n)
        out = int(np.float32(n) * scale) if by == "scales" else m      # the importer's rule, ops_resize.c
        if not out:
            return None
        k = np.array([1, 1, scale, 1], np.float32) if by == "scales" else np.array([1, 1, m, 1], np.int64)
        rule = rounding if opset > 10 else "ceil" if scale < 1 else "floor"
        y = s.run(None, {"x": ramp(n), "k": k})[0].ravel()
        return y, np.arange(n) if out == n else places(mode == "nearest", coords, rule, float(scale), n, out)

    return pairs


def torch_rule(mode, coords, **options):
    def pairs(n, m):
        y = F.interpolate(torch.from_numpy(ramp(n)), size=(m, 1), mode=mode, **options).numpy().ravel()
        return y, places(mode == "nearest", coords, "floor", 0, n, m)

    return pairs


most, wrong = int(sys.argv[1]) if len(sys.argv) > 1 else 64, 0
for by in ["scales", "sizes"]:
    for c in COORDS:
        for r in ROUNDINGS:
            wrong += compare(f"onnxruntime nearest {c} {r}, by {by}", most, onnx_rule("nearest", c, r, by))
        wrong += compare(f"onnxruntime linear {c}, by {by}", most, onnx_rule("linear", c, "floor", by))
wrong += compare("onnxruntime nearest, opset 10", most, onnx_rule("nearest", "asymmetric", "", "scales", 10))
wrong += compare("onnxruntime linear, opset 10", most, onnx_rule("linear", "asymmetric", "floor", "scales", 10))
wrong += compare("torch nearest", most, torch_rule("nearest", "asymmetric"))
wrong += compare("torch bilinear", most, torch_rule("bilinear", "half_pixel", align_corners=False))
wrong += compare("torch bilinear, align_corners", most, torch_rule("bilinear", "align_corners", align_corners=True))
sys.exit(wrong > 0)
