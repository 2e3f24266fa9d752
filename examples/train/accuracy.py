"""Accuracy of examples/weights/cifar_resnet20.safetensors on the 10,000 test images of CIFAR-10, by PyTorch
and by emitted code, and on how many images the two say the same.

    python3 accuracy.py package ../../resnetc
"""
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch
from safetensors.torch import load_file

from cifar_resnet20 import ResNet20, load, logits, normalise

data, resnetc = map(pathlib.Path, sys.argv[1:])
here = pathlib.Path(__file__).resolve().parent
weights = here.parent / "weights/cifar_resnet20.safetensors"
_, _, x, y = load(data)
model = ResNet20().to(memory_format=torch.channels_last)
model.load_state_dict(load_file(weights))
want = logits(model, x).numpy()
with tempfile.TemporaryDirectory() as tmp:
    np.save(f"{tmp}/x.npy", np.ascontiguousarray(normalise(x).numpy()))
    for target in "native", "scalar":
        subprocess.run([resnetc.resolve(), "run", here.parent / "cifar_resnet20.lua", "-w", weights, "-i", f"{tmp}/x.npy",
                        "-o", f"{tmp}/y.npy", "-q", "--target", target], check=True)
        got = np.load(f"{tmp}/y.npy")
        print(f"{target}: PyTorch {100 * (want.argmax(1) == y.numpy()).mean():.2f} %, emitted code "
              f"{100 * (got.argmax(1) == y.numpy()).mean():.2f} %, same class on {(want.argmax(1) == got.argmax(1)).sum()} of {len(x)}, "
              f"largest difference of a logit {np.abs(want - got).max():.1e}")
