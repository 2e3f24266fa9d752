"""Every network of examples/ against PyTorch, in two ways.

    /usr/bin/python3 tests/parity/parity.py ./resnetc [network ...]

1. With PyTorch's own fixed-seed weights and batch norm statistics taken from data, exported as
   safetensors: `resnetc run` must give every logit within 1e-5 of the largest, at batch 1 and 3, on every
   target given.
   PyTorch's own float32 result is shown beside it; a network so badly conditioned that PyTorch itself
   is off by more than half of that may be off by twice as much as PyTorch.
2. With the weights `resnetc` makes from a seed, generated here a second time: PyTorch's logits in
   float64 are the golden files of tests/golden, which the tests compare with and need no Python for.
   They are rewritten with --bless.
"""
import argparse
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

import numpy as np
import torch

from networks import Preact, networks, renamed

Seed = 7
Limit = 1e-5


# --- resnetc's random weights, from their description in compiler/weights/random.c and runtime/rc.c

M64 = (1 << 64) - 1


def rc_hash(data):
    prime = 0x100000001b3
    h = [0xcbf29ce484222325, 0x84222325cbf29ce4, 0x9ae16a3b2f90404f, 0xc3a5c85c97cb3127]
    while len(data) >= 32:
        for i in range(4):
            h[i] = (h[i] ^ int.from_bytes(data[8 * i:8 * i + 8], "little")) * prime & M64
            h[i] ^= h[i] >> 29
        data = data[32:]
    i = 0
    while data:
        word = int.from_bytes(data[:8], "little")
        h[i] = (h[i] ^ word ^ (len(data) << 56 & M64)) * prime & M64
        data, i = data[8:], i + 1
    for i in range(1, 4):
        h[0] = (h[0] ^ h[i] ^ h[0] >> 32) * prime & M64
    return h[0] ^ h[0] >> 31


def uniform(state, count):
    with np.errstate(over="ignore"):
        z = np.uint64(state) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9e3779b97f4a7c15)
        z = (z ^ z >> np.uint64(30)) * np.uint64(0xbf58476d1ce4e5b9)
        z = (z ^ z >> np.uint64(27)) * np.uint64(0x94d049bb133111eb)
        return ((z ^ z >> np.uint64(31)) >> np.uint64(11)).astype(np.float64) / 9007199254740992.0


def normal(state, count):
    u = uniform(state, 2 * count)
    return np.sqrt(-2 * np.log(1 - u[0::2])) * np.cos(6.283185307179586 * u[1::2])


def seeded(model, rename=lambda name: name):
    """A state dict as `-w random:Seed` makes it; rename: our names to those in the weight file."""
    last = {}
    for name, m in model.named_modules():      # the batch norms whose results go into a skip addition
        if hasattr(m, "conv2") and hasattr(m, "bn2") and getattr(m, "kind", "B") != "none" and not isinstance(m, Preact):
            if not hasattr(m, "se"):
                last[f"{name}.bn3" if hasattr(m, "bn3") else f"{name}.bn2"] = True
            if getattr(m, "downsample", None) is not None:
                last[f"{name}.downsample.{len(m.downsample) - 1}"] = True
    state = {}
    for name, t in model.state_dict().items():
        layer, kind = name.rsplit(".", 1)
        if kind == "num_batches_tracked":
            continue
        s = rc_hash(rename(name).encode()) ^ (Seed * 0x2545f4914f6cdd1d & M64)
        n, norm = t.numel(), isinstance(model.get_submodule(layer), torch.nn.BatchNorm2d)
        if kind == "weight" and norm:
            v = (0.25 if layer in last else 1) * (0.8 + 0.4 * uniform(s, n))
        elif kind == "weight":
            v = normal(s, n) * np.sqrt((1 if t.dim() == 2 else 2) / (t.numel() / t.shape[0]))
        elif kind == "running_var":
            v = 0.8 + 0.4 * uniform(s, n)
        else:
            v = 0.1 * normal(s, n)
        state[name] = torch.from_numpy(v.astype(np.float32)).reshape(t.shape)
    return state


def random_input(count):
    """verify's default input: sums of four values of an LCG."""
    state, out = 42, np.empty(count)
    for i in range(count):
        total = -2.0
        for _ in range(4):
            state = (state * 6364136223846793005 + 1442695040888963407) & M64
            total += (state >> 33) / 2147483648.0
        out[i] = total * 1.7320508
    return out.astype(np.float32)


# --- files

def write_safetensors(path, tensors):
    head, body = {}, b""
    for name, t in tensors.items():
        raw = t.detach().float().contiguous().numpy().tobytes()
        head[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [len(body), len(body) + len(raw)]}
        body += raw
    text = json.dumps(head).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def logits(model, x, kind=torch.float64):
    with torch.no_grad():
        return model.to(kind).eval()(torch.from_numpy(x).to(kind)).double().numpy()


def realistic(model, size):
    """Batch norm statistics from data: running averages over random images, weights off their 1 and 0."""
    torch.manual_seed(1)
    for m in model.modules():
        if isinstance(m, torch.nn.BatchNorm2d):
            m.momentum = None
            torch.nn.init.uniform_(m.weight, 0.5, 1.2)
            torch.nn.init.normal_(m.bias, 0, 0.2)
    for m in model.modules():                  # the last of a block scales its residual: small in trained networks
        if hasattr(m, "conv2") and hasattr(m, "bn2") and not isinstance(m, Preact):
            torch.nn.init.uniform_((m.bn3 if hasattr(m, "bn3") else m.bn2).weight, 0.1, 0.6)
    model.train()
    with torch.no_grad():
        model(torch.randn(8, 3, *size))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("resnetc", type=pathlib.Path)
    ap.add_argument("names", nargs="*")
    ap.add_argument("--targets", default="native,scalar")
    ap.add_argument("--bless", action="store_true")
    a = ap.parse_args()
    root = pathlib.Path(__file__).resolve().parent.parent.parent
    worst, failed, count = 0, 0, 0

    for name in a.names or networks:
        build, sizes = networks[name]
        for size in sizes:
            rename = renamed.get(name, lambda n: n)
            x = random_input(9 * size[0] * size[1]).reshape(3, 3, *size)
            stem = f"{name}_{size[0]}x{size[1]}"
            torch.manual_seed(0)
            model = build()
            realistic(model, size)
            with tempfile.TemporaryDirectory() as tmp:
                tmp = pathlib.Path(tmp)
                write_safetensors(tmp / "w.safetensors", {rename(k): v for k, v in model.state_dict().items() if "num_b" not in k})
                np.save(tmp / "x.npy", x)
                single = logits(model, x, torch.float32)
                want = logits(model, x)
                torch_error = np.abs(single - want).max() / np.abs(want).max()
                limit = max(Limit, 2 * torch_error)
                for target, batch in [(t, b) for t in a.targets.split(",") for b in (1, 3)]:
                    subprocess.run([a.resnetc.resolve(), "run", root / f"examples/{name}.lua", "-w", tmp / "w.safetensors",
                                    "--input", f"{size[0]}x{size[1]}", "-i", tmp / "x.npy", "-o", tmp / "y.npy", "-q",
                                    "--batch", str(batch), "--target", target], check=True)
                    error = np.abs(np.load(tmp / "y.npy") - want).max() / np.abs(want).max()
                    worst, count = max(worst, error), count + 1
                    failed += not error <= limit
                    print(f"{stem:32} {target:8} batch {batch} {error:.2e}  torch float32 {torch_error:.2e}"
                          f"{'' if error <= limit else '  WRONG'}", flush=True)
            model = build()
            model.load_state_dict(seeded(model, rename), strict=False)
            golden = root / f"tests/golden/{stem}.npy"
            if not golden.exists() and not a.bless:
                continue
            want = logits(model, x[:1]).astype(np.float32)
            if a.bless:
                np.save(golden, want)
            error = np.abs(np.load(golden) - want).max() / np.abs(want).max()
            failed += not error <= 1e-6
            print(f"{stem:32} golden   {error:.2e}{'' if error <= 1e-6 else '  STALE'}", flush=True)
    print(f"{count} comparisons, worst {worst:.2e} of the largest logit, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
