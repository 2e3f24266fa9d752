"""One network of examples/ for all that are measured: NAME.onnx, NAME.pt (TorchScript), NAME.safetensors, x.npy and
the float64 answer y.npy. Run by bench.py with Debian's python3-torch and python3-torchvision.

    /usr/bin/python3 tests/bench/export.py NAME BATCH DIR
"""
import pathlib
import sys
import warnings

warnings.filterwarnings("ignore")
here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parent / "parity"))

import numpy as np
import torch

from networks import networks, renamed
from parity import logits, realistic, write_safetensors

name, batch, out = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3])
build, sizes = networks[name]
size = sizes[0]
torch.manual_seed(0)
model = build()
realistic(model, size)
model.eval()
x = np.random.default_rng(0).standard_normal((batch, 3, *size)).astype(np.float32)
torch.onnx.export(model, torch.from_numpy(x), str(out / f"{name}.onnx"), opset_version=13)
torch.jit.trace(model, torch.from_numpy(x)).save(str(out / f"{name}.pt"))
rename = renamed.get(name, lambda n: n)
write_safetensors(out / f"{name}.safetensors", {rename(k): v for k, v in model.state_dict().items() if "num_b" not in k})
np.save(out / "x.npy", x)
np.save(out / "y.npy", logits(model, x))
