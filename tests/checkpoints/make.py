"""Small checkpoints as PyTorch and NumPy write them: what tests/weights.c reads. Run with python3 (torch, numpy).

Every file holds the same convolution and batch norm, the values k/8 for k = 0, 1, 2, ... in the order of NAMES.
"""
import collections
import pathlib
import sys

import numpy as np
import torch

here = pathlib.Path(__file__).resolve().parent
NAMES = {"conv1.weight": (2, 3, 1, 2), "bn1.weight": (2,), "bn1.bias": (2,), "bn1.running_mean": (2,), "bn1.running_var": (2,)}

state, at = collections.OrderedDict(), 0
for name, shape in NAMES.items():
    n = int(np.prod(shape))
    state[name] = (torch.arange(at, at + n, dtype=torch.float32) / 8).reshape(shape)
    at += n
state["bn1.num_batches_tracked"] = torch.tensor(3)

torch.save(state, here / "zip.pth")
torch.save(state, here / "legacy.pth", _use_new_zipfile_serialization=False)
half = {k: v.half() if v.is_floating_point() else v for k, v in state.items()}
torch.save({"epoch": 7, "best_prec1": 91.5, "best_acc": torch.tensor(0.5),
            "state_dict": {"module." + k: v for k, v in half.items()}}, here / "checkpoint.pth")
# a view of a transposed tensor, and parameters that share one storage
odd = dict(state)
odd["conv1.weight"] = state["conv1.weight"].permute(3, 2, 1, 0).contiguous().permute(3, 2, 1, 0)
flat = torch.cat([state[k].reshape(-1) for k in NAMES if k.startswith("bn1")])
for i, k in enumerate(k for k in NAMES if k.startswith("bn1")):
    odd[k] = flat[2 * i:2 * i + 2]
torch.save({"model": {k: v.bfloat16() if k == "bn1.bias" else v for k, v in odd.items()}}, here / "strided.pt")
torch.save({"net": {k: v.double() for k, v in odd.items() if v.is_floating_point()}}, here / "strided_legacy.pt",
           _use_new_zipfile_serialization=False)
arrays = {k: v.numpy() for k, v in state.items()}
np.savez_compressed(here / "arrays.npz", **arrays)
keras = {k: v for k, v in arrays.items()}
keras["conv1.weight"] = np.asfortranarray(arrays["conv1.weight"].transpose(2, 3, 1, 0))
np.savez(here / "keras.npz", **keras)
