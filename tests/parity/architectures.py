"""Residual networks and their neighbours, as their libraries make them: exported to ONNX by PyTorch, imported, run, and
compared with PyTorch.

    python tests/parity/architectures.py ./resnetc [--only TEXT] [--keep DIR] [--table FILE] [--import-only]

architectures.txt names them, a line each: LIBRARY/NETWORK[@SIZE], 64 pixels a side where no size is given. Libraries that
are not installed are left out: timm, tv torchvision, hf transformers, fai fastai, smp segmentation_models_pytorch, cv
pytorchcv, face facenet_pytorch and an ArcFace network that is written here. Weights are random, batch norm statistics are
those of noise, so that no layer's results vanish. An error is the largest difference divided by the largest result. Where it
is above 1e-4 PyTorch's network is run in float64 too: right is then what is not four times further from that than PyTorch's
own float32, for some random networks are so badly conditioned. Says of each network whether it comes as nn.stage's blocks,
with functions for what comes several times, or flat.
--keep keeps exported files in DIR and takes what is there; --table writes tests/parity/architectures.md."""
import argparse
import contextlib
import io
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import torch
from torch import nn

here = pathlib.Path(__file__).resolve().parent
Limit = 1e-4                                 # of the largest result: float32 against float32, in another order
Times = 4                                    # PyTorch's own error, where that is large


# --- the networks

class Iresnet(nn.Module):
    """ArcFace's iresnet: batch norm first, PReLU, an embedding of 512."""

    class Block(nn.Module):
        def __init__(self, cin, cout, stride):
            super().__init__()
            self.bn1, self.conv1 = nn.BatchNorm2d(cin), nn.Conv2d(cin, cout, 3, 1, 1, bias=False)
            self.bn2, self.prelu = nn.BatchNorm2d(cout), nn.PReLU(cout)
            self.conv2, self.bn3 = nn.Conv2d(cout, cout, 3, stride, 1, bias=False), nn.BatchNorm2d(cout)
            self.downsample = None
            if stride > 1 or cin != cout:
                self.downsample = nn.Sequential(nn.Conv2d(cin, cout, 1, stride, bias=False), nn.BatchNorm2d(cout))

        def forward(self, x):
            y = self.bn3(self.conv2(self.prelu(self.bn2(self.conv1(self.bn1(x))))))
            return y + (self.downsample(x) if self.downsample else x)

    def __init__(self, blocks, size):
        super().__init__()
        self.conv1, self.bn1, self.prelu = nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.PReLU(64)
        layers, cin = [], 64
        for width, count in zip((64, 128, 256, 512), blocks):
            layers += [self.Block(cin if i == 0 else width, width, 2 if i == 0 else 1) for i in range(count)]
            cin = width
        self.layers, self.bn2 = nn.Sequential(*layers), nn.BatchNorm2d(512)
        self.fc, self.features = nn.Linear(512 * (size // 16) ** 2, 512), nn.BatchNorm1d(512)

    def forward(self, x):
        x = self.bn2(self.layers(self.prelu(self.bn1(self.conv1(x)))))
        return self.features(self.fc(torch.flatten(x, 1)))


def of_torchvision(name, _):
    import torchvision.models as tv
    if name.startswith("fpn_"):
        return tv.detection.backbone_utils.resnet_fpn_backbone(backbone_name=name[4:], weights=None)
    if name.startswith(("fcn", "deeplab", "lraspp")):
        return getattr(tv.segmentation, name)(weights=None, weights_backbone=None)
    more = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
    return getattr(tv, name)(weights=None, **more)


def of_transformers(name, _):
    import transformers as hf
    if name == "regnet":
        return hf.RegNetForImageClassification(hf.RegNetConfig(hidden_sizes=[32, 64, 160, 384], depths=[1, 1, 2, 1], groups_width=16))
    if name == "mobilenet_v2":
        return hf.MobileNetV2ForImageClassification(hf.MobileNetV2Config())
    if name == "bit":
        return hf.BitForImageClassification(hf.BitConfig(depths=[1, 1, 1, 1]))
    basic = name == "resnet18"
    return hf.ResNetForImageClassification(hf.ResNetConfig(
        layer_type="basic" if basic else "bottleneck", depths=[2, 2, 2, 2] if basic else [3, 4, 6, 3],
        hidden_sizes=[64, 128, 256, 512] if basic else [256, 512, 1024, 2048]))


def of_fastai(name, size):
    import fastai.layers as layers
    import torchvision.models as tv
    from fastai.vision import learner, models
    import fastai.vision.models.xresnet as x
    if name.startswith("unet"):
        body = learner.create_body(tv.resnet18(weights=None), cut=-2)
        return models.unet.DynamicUnet(body, 2, (size, size), self_attention=name.endswith("_sa"))
    if name.startswith("learner"):
        body = learner.create_body(tv.resnet18(weights=None), cut=-2)
        return nn.Sequential(body, learner.create_head(512, 10))
    arch, _, how = name.partition("_")
    if how and arch in ("xresnet18",):
        return {"deep": x.xresnet18_deep, "sa": lambda **k: x.xresnet18(sa=True, **k),
                "mish": lambda **k: x.xresnet18(act_cls=layers.Mish, **k)}[how](n_out=10)
    return getattr(x, name)(n_out=10)


def of_segmentation(name, _):
    import segmentation_models_pytorch as smp
    arch, encoder = name.split("-")
    return getattr(smp, arch)(encoder, encoder_weights=None, classes=2)


def of_pytorchcv(name, size):
    from pytorchcv.model_provider import get_model
    return get_model(name, pretrained=False, **({} if "cifar" in name else {"in_size": (size, size)}))


def of_faces(name, size):
    if name == "iresnet50":
        return Iresnet([3, 4, 14, 3], size)
    import facenet_pytorch
    return facenet_pytorch.InceptionResnetV1(pretrained=None, classify=False)


def of_timm(name, _):
    import timm
    return timm.create_model(name, pretrained=False, **({"img_size": _} if name.startswith("test_vit") else {}))


libraries = {"timm": of_timm, "tv": of_torchvision, "hf": of_transformers, "fai": of_fastai, "smp": of_segmentation,
             "cv": of_pytorchcv, "face": of_faces}


class Tensors(nn.Module):
    """Of a model's dictionary, tuple or output object: the tensors that are results."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        y = self.model(x)
        y = getattr(y, "logits", y)
        if isinstance(y, dict):
            return tuple(v for k, v in y.items() if k != "aux")
        return y


def spread(model, x):
    """Statistics of noise, and no parameter that hides a layer."""
    torch.manual_seed(7)
    for name, p in model.named_parameters():
        if p.abs().max() < 1e-3 and not name.endswith("bias"):
            nn.init.uniform_(p, 0.5, 1)
        elif p.dim() == 1:
            p.data += torch.randn_like(p) * 0.1
    norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    for m in norms:
        m.momentum = 1.0
    model.eval()
    for m in norms:
        m.train()
    model(torch.randn(4, *x.shape[1:]))
    model.eval()


def made(name):
    """The network and its input, always the same."""
    library, _, rest = name.partition("/")
    arch, _, size = rest.partition("@")
    side = int(size or (32 if "cifar" in arch else 64))
    torch.manual_seed(1)
    x = torch.randn(1, 3, side, side)
    model = Tensors(libraries[library](arch, side)).eval()
    spread(model, x)
    return model, x


def flat(y):
    return np.concatenate([v.numpy().ravel() for v in ([y] if torch.is_tensor(y) else y)])


def export(name, file):
    """The file, the input and PyTorch's outputs."""
    with torch.no_grad():
        model, x = made(name)
        y = model(x)
        torch.onnx.export(model, (x,), file, opset_version=17, dynamo=False)
    y = [y] if torch.is_tensor(y) else list(y)
    np.savez(file.with_suffix(".npz"), x=x.numpy(), **{f"y{i}": v.numpy() for i, v in enumerate(y)})


def against_float64(name, y):
    """Errors of y and of PyTorch's float32."""
    with torch.no_grad(), contextlib.redirect_stdout(io.StringIO()):
        model, x = made(name)
        own = flat(model(x))
        exact = flat(model.double()(x.double()))
    most = np.abs(exact).max()
    return [float(np.abs(v - exact).max() / most) for v in (y, own)]


# --- one network

def last_line(text):
    lines = [re.sub(r"^\S*?:(\d+: )?", "", line) for line in text.strip().splitlines() if line.strip()]
    return "; ".join(dict.fromkeys(lines))[:300] if lines else "nothing said"


def check(resnetc, name, folder, import_only):
    """How it imports, the error or a reason."""
    file = folder / (re.sub(r"[^A-Za-z0-9_]", "_", name) + ".onnx")
    if not file.with_suffix(".npz").exists():
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                export(name, file)
        except ImportError as e:
            return "not installed", str(e).splitlines()[0]
        except Exception as e:
            return "not exported", f"{type(e).__name__}: {str(e).splitlines()[0] if str(e) else ''}"[:100]
    with tempfile.TemporaryDirectory() as out:
        done = subprocess.run([resnetc, "import", file, "-o", out, "-q"], capture_output=True, text=True)
        if done.returncode:
            return ("refused" if done.returncode == 1 else "crash"), last_line(done.stderr)
        lua = next(pathlib.Path(out).glob("*.lua"))
        text = lua.read_text()
        kind = "blocks" if re.search(r"nn\.stage\b", text) else "functions" if "local function" in text else "flat"
        if import_only:
            return kind, ""
        data = np.load(file.with_suffix(".npz"))
        np.save(f"{out}/x.npy", data["x"])
        done = subprocess.run([resnetc, "run", lua, "-w", lua.with_suffix(".safetensors"), "-i", f"{out}/x.npy", "-o", f"{out}/y.npy", "-q"],
                              capture_output=True, text=True)
        if done.returncode:
            return ("refused" if done.returncode == 1 else "crash"), last_line(done.stderr)
        y, want = np.load(f"{out}/y.npy").ravel(), np.concatenate([data[k].ravel() for k in data if k != "x"])
        if y.size != want.size:
            return "wrong", f"{y.size} results instead of {want.size}"
        error = float(np.abs(y - want).max() / np.abs(want).max())
        if error <= Limit:
            return kind, f"{error:.1e}"
        error, own = against_float64(name, y)
        return (kind if error <= max(Limit, Times * own) else "wrong"), f"{error:.1e} against float64, PyTorch itself {own:.1e}"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("resnetc")
    p.add_argument("--only", default="")
    p.add_argument("--keep", type=pathlib.Path)
    p.add_argument("--table", type=pathlib.Path)
    p.add_argument("--import-only", action="store_true")
    o = p.parse_args()
    names = [n for n in (here / "architectures.txt").read_text().split() if re.search(o.only, n)]
    with tempfile.TemporaryDirectory() as scratch:
        folder = o.keep or pathlib.Path(scratch)
        rows, counts = [], {}
        for name in names:
            how, what = check(os.path.abspath(o.resnetc), name, folder, o.import_only)
            counts[how] = counts.get(how, 0) + 1
            rows.append((name, how, what))
            print(f"{name:34} {how:9} {what}", flush=True)
    print(", ".join(f"{n} {k}" for k, n in sorted(counts.items())))
    if o.table:
        o.table.write_text("# Networks of other libraries, exported by PyTorch\n\nWritten by `architectures.py --table`, which says what "
                           "is compared: " + ", ".join(f"{n} {k}" for k, n in sorted(counts.items())) +
                           ".\n\n| network | imports as | error against PyTorch |\n|---|---|---|\n" +
                           "".join(f"| {n} | {h} | {w.replace('|', '/')} |\n" for n, h, w in rows))
    return any(k in counts for k in ("wrong", "crash"))


if __name__ == "__main__":
    sys.exit(main())
