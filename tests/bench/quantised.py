"""The network of DIR as bytes, as ONNX Runtime quantises it: NAME.u8s8.onnx and NAME.s8s8.onnx, by channel, over the 16 pictures
that it leaves in calibrate.npy. Run by bench.py --int8.

    quantised.py NAME DIR
"""
import pathlib
import sys

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

name, folder = sys.argv[1], pathlib.Path(sys.argv[2])
x = np.load(folder / "x.npy")
pictures = np.random.default_rng(1).standard_normal((16, *x.shape[1:])).astype(np.float32)
pictures[0] = x[0]
np.save(folder / "calibrate.npy", pictures)
quant_pre_process(str(folder / f"{name}.onnx"), str(folder / "prepared.onnx"))
feed = onnx.load(folder / f"{name}.onnx").graph.input[0].name


class Pictures(CalibrationDataReader):
    def __init__(self):
        self.all = iter(pictures)

    def get_next(self):
        c = next(self.all, None)
        return None if c is None else {feed: c[None]}


for kind, activations in (("u8s8", QuantType.QUInt8), ("s8s8", QuantType.QInt8)):
    quantize_static(str(folder / "prepared.onnx"), str(folder / f"{name}.{kind}.onnx"), Pictures(), quant_format=QuantFormat.QDQ, per_channel=True,
                    activation_type=activations, weight_type=QuantType.QInt8)
