"""Networks in training against PyTorch: `resnetc compile --train`, built with cc, called by ctypes.

    python tests/parity/train.py ./resnetc [network ...] [--steps 20] [--target native]

From the same weights and pictures: the whole gradient of three batches against PyTorch in float64, with PyTorch's own float32
beside it; where the sign of one ReLU near 0 flips, either is off by some thousandths, so the best of the three counts
(every node by itself is held to 1e-5 by `resnetc verify --train`); the losses of so many steps of SGD, and the running
statistics behind them, against torch.optim.SGD in float64, in brackets how far float32 takes PyTorch itself from it: steps are
chaotic, each ReLU whose sign flips makes another path; so each of the steps is also made by PyTorch in float64 from the
emitted code's own parameters, which holds its loss to 1e-5, and what it makes of the running statistics to 1e-5 or, where
rounding adds up through many layers to statistics of few numbers, to three times what PyTorch's float32 is off; and the
same bits for 1, 2, 3 and 7 threads.
"""
import argparse
import copy
import ctypes
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
import torch
import torch.nn.functional as F

from networks import Preact, networks

Nets = {                                     # batch, side
    "cifar_resnet20": (16, 32), "cifar_plain20": (16, 32), "resnet18": (4, 64), "resnet50": (4, 64), "resnext50_32x4d": (4, 64),
    "preact_resnet18": (4, 32), "cifar_resnet56": (8, 32), "xresnet18": (4, 64),
    "se_resnet50": (4, 64),
}
Rate, Momentum, Decay = 0.01, 0.9, 1e-4
# other options than the defaults: what the model says, what PyTorch is told
Options_of_model = """train = nn.train { loss = nn.cross_entropy { label_smoothing = 0.1 }, freeze = { "stem", "layer1" },
    optimizer = nn.sgd { momentum = 0.8, nesterov = true, weight_decay = 5e-3, decay = "weights" } },
  head """


# layers that no network above has, by the model file and by PyTorch
Layers_model = """local nn = require "resnet"
return nn.model { name = "layers", input = nn.image { 3, 16, 16 }, body = function(x)
    local y = nn.gelu(nn.group_norm(nn.conv(x, { 16, kernel = 3, name = "conv" }), { groups = 4, name = "gn" }))
    y = nn.relu6(nn.bn(nn.depthwise(y, { kernel = 3, stride = 2, name = "dw" }), { name = "bn" }))
    y = nn.instance_norm(nn.conv(y, { 24, kernel = 1, bias = true, name = "pw" }), { affine = true, name = "inst" })
    y = nn.prelu(y, { name = "act" })
    local a = nn.softmax(nn.conv(y, { 24, kernel = 1, name = "att" }), { axis = "image" })
    y = y + nn.layer_scale(nn.layer_norm(64*y*a, { name = "ln" }), { name = "gamma" })
    y = nn.mish(nn.hard_swish(y) + nn.silu(nn.softplus(nn.gelu(y, { approximate = "tanh" }))))
    y = nn.elu(nn.maximum(y, nn.l2_normalize(y)) - nn.minimum(nn.reduce(y, { reduction = "max", axis = "image" }), 1))
    y = nn.upsample(nn.conv_transpose2d(y, { 12, kernel = 4, stride = 2, padding = 1, name = "up" }), { scale = 2, mode = "bicubic" })
    return nn.linear(nn.flatten(nn.adaptive_avg_pool(y, { size = 1 })), { 10, name = "fc" })
end, train = nn.train { bn = { groups = GROUPS, frozen = FROZEN } } }
"""


class Layers(torch.nn.Module):
    def __init__(self):
        super().__init__()
        nn = torch.nn
        self.conv, self.gn = nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.GroupNorm(4, 16)
        self.dw, self.bn = nn.Conv2d(16, 16, 3, stride=2, padding=1, groups=16, bias=False), nn.BatchNorm2d(16)
        self.pw, self.inst = nn.Conv2d(16, 24, 1), nn.InstanceNorm2d(24, affine=True)
        self.act, self.att, self.ln = nn.PReLU(24), nn.Conv2d(24, 24, 1, bias=False), nn.LayerNorm(24, eps=1e-6)
        self.gamma = nn.Parameter(torch.full((24,), 0.5))
        self.up, self.fc = nn.ConvTranspose2d(24, 12, 4, stride=2, padding=1, bias=False), nn.Linear(12, 10)

    def forward(self, x):
        y = F.gelu(self.gn(self.conv(x)))
        y = F.relu6(self.bn(self.dw(y)))
        y = self.act(self.inst(self.pw(y)))
        a = self.att(y).flatten(2).softmax(2).view_as(y)
        y = y + self.ln((64 * y * a).permute(0, 2, 3, 1)).permute(0, 3, 1, 2) * self.gamma.view(1, -1, 1, 1)
        y = F.mish(F.hardswish(y) + F.silu(F.softplus(F.gelu(y, approximate="tanh"))))
        y = F.elu(torch.maximum(y, F.normalize(y)) - y.amax((2, 3), keepdim=True).clamp(max=1))
        y = F.interpolate(self.up(y), scale_factor=2, mode="bicubic", align_corners=False)
        return self.fc(y.mean((2, 3)))


class Options(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("parallel_for", ctypes.c_void_p), ("parallel_user", ctypes.c_void_p),
                ("threads", ctypes.c_int), ("layer", ctypes.c_void_p), ("layer_user", ctypes.c_void_p),
                ("target", ctypes.c_char_p)]


class How(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("rate", ctypes.c_float), ("augment", ctypes.c_int), ("seed", ctypes.c_uint64)]


class Loss(ctypes.Structure):
    _fields_ = [("loss", ctypes.c_double), ("correct", ctypes.c_int32), ("count", ctypes.c_int32)]


def aligned(size):
    raw = ctypes.create_string_buffer(size + 64)
    return raw, (ctypes.addressof(raw) + 63) & ~63


class Trained:
    """Emitted code, with its state."""

    def __init__(self, resnetc, model, weights, folder, args):
        subprocess.run([resnetc, model, "-w", weights, "--train", "-o", folder, "-q", *args], check=True)
        self.name, self.folder = pathlib.Path(model).stem, folder
        sources = [f"{folder}/{f}" for f in (f"{self.name}_train.c", "rc_train.c", "rc.c", "rc_threads.c")]
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", *sources, "-o", f"{folder}/train.so", "-lpthread"], check=True)
        self.lib = ctypes.CDLL(f"{folder}/train.so")
        header = pathlib.Path(f"{folder}/{self.name}_train.h").read_text()
        value = lambda word: int(re.search(rf"TRAIN_{word} +(\d+)", header).group(1))
        self.batch, self.floats = value("BATCH"), value("GRADIENT_FLOATS")
        self.order = [(int(a), int(n), name) for a, n, name in re.findall(r"^\*\* +(\d+) +(\d+)  (\S+)", header, re.M)]
        self.source = pathlib.Path(f"{folder}/{self.name}_train.c").read_text()
        self.state_raw, self.state = aligned(value("STATE_BYTES"))
        self.work_len = value("WORKSPACE_BYTES")
        self.work_raw, self.work = aligned(self.work_len)
        self.params = pathlib.Path(f"{folder}/{self.name}.params").read_bytes()
        self.load()

    def pool(self, what):
        version = re.search(r"RC_SYMBOL\(name\) +name##(\S+)", pathlib.Path(f"{self.folder}/rc.h").read_text()).group(1)
        return getattr(self.lib, f"rc_pool_{what}{version}")

    def call(self, what, *args):
        f = getattr(self.lib, f"{self.name}_train_{what}")
        status = f(*args)
        assert status == 0, (what, status)

    def load(self):
        self.call("load", ctypes.c_void_p(self.state), self.params, ctypes.c_size_t(len(self.params)))

    def step(self, what, x, y, threads=1):
        how, loss, options = How(ctypes.sizeof(How), Rate, 0, 0), Loss(), Options(ctypes.sizeof(Options))
        if threads > 1:
            pool = ctypes.create_string_buffer(1 << 16)
            self.pool("start")(pool, threads)
            options.parallel_for = ctypes.cast(self.pool("for"), ctypes.c_void_p)
            options.parallel_user, options.threads = ctypes.addressof(pool), threads
        self.call(what, ctypes.byref(options), ctypes.c_void_p(self.state), x.ctypes.data_as(ctypes.c_void_p),
                  y.ctypes.data_as(ctypes.c_void_p), ctypes.byref(how), ctypes.c_void_p(self.work),
                  ctypes.c_size_t(self.work_len), ctypes.byref(loss))
        if threads > 1:
            self.pool("stop")(pool)
        return loss.loss

    def floats_at(self, first, count):
        return np.ctypeslib.as_array((ctypes.c_float * count).from_address(self.state + 256 + 4 * first)).copy()

    def gradient(self):
        f = getattr(self.lib, f"{self.name}_train_gradient")
        f.restype = ctypes.c_void_p
        return np.ctypeslib.as_array((ctypes.c_float * self.floats).from_address(f(ctypes.c_void_p(self.state)))).copy()

    def running(self):
        for name, at, count in re.findall(r'\{ "(\S+running_\S+)", (\d+), (\d+),', self.source):
            yield name, self.floats_at(int(at), int(count))


def gradient_of(net, x, y, dtype):
    net = net.to(dtype).train()
    net.zero_grad()
    loss = F.cross_entropy(net(x.to(dtype)), y)
    loss.backward()
    return loss.item(), {k: p.grad.double().numpy().ravel() for k, p in net.named_parameters()}


def flat(order, by_name, size):
    whole = np.zeros(size)
    for at, count, name in order:
        whole[at:at + count] = by_name[name]
    return whole


def torch_steps(net, x, y, steps, dtype):
    """Losses of so many steps, and the statistics behind them."""
    net = copy.deepcopy(net).to(dtype).train()
    sgd = torch.optim.SGD(net.parameters(), Rate, momentum=Momentum, weight_decay=Decay)
    losses = []
    for _ in range(steps):
        sgd.zero_grad()
        loss = F.cross_entropy(net(x.to(dtype)), y)
        loss.backward()
        sgd.step()
        losses.append(loss.item())
    return losses, {k: v.double().numpy() for k, v in net.state_dict().items()}


def one_step(net, state, x, y, dtype):
    """The loss from these parameters, and the running statistics behind it."""
    net = copy.deepcopy(net).to(dtype).train()
    own = net.state_dict()
    for k, v in state.items():
        own[k].copy_(torch.from_numpy(v).view(own[k].shape))
    with torch.no_grad():
        loss = F.cross_entropy(net(torch.from_numpy(x).to(dtype)), torch.from_numpy(y).long()).item()
    return loss, {k: v.double().numpy() for k, v in net.state_dict().items() if "running" in k}


def from_own(ours, net, x, y, steps):
    """The largest error of a step's loss and running statistics, each step from the emitted code's own parameters; PyTorch's
    in float32 from the same ones."""
    worst = np.zeros((2, 2))
    for _ in range(steps):
        before = {k: ours.floats_at(at, n) for at, n, k in ours.order} | dict(ours.running())
        want, exact = one_step(net, before, x, y, torch.float64)
        single = one_step(net, before, x, y, torch.float32)
        scale = {k: v if k.endswith("var") else np.sqrt(exact[k.replace("mean", "var")]) for k, v in exact.items()}
        for i, (loss, stats) in enumerate(((ours.step("step", x, y), dict(ours.running())), single)):
            off = max((np.abs(stats[k] - exact[k]) / scale[k]).max() for k in stats)
            worst[i] = np.maximum(worst[i], (abs(loss - want) / max(want, 1e-2), off))
    return worst


def compare(resnetc, name, steps, target):
    batch, side = Nets[name]
    torch.manual_seed(3)
    make = networks[name][0] if name in networks else lambda: Preact()
    net = make()
    with tempfile.TemporaryDirectory() as folder:
        torch.save(net.state_dict(), f"{folder}/w.pth")
        ours = Trained(resnetc, f"examples/{name}.lua", f"{folder}/w.pth", folder,
                       ["--batch", str(batch), "-i", f"{side}x{side}", "--target", target])
        classes = list(net.modules())[-1].out_features if hasattr(list(net.modules())[-1], "out_features") else net.fc.out_features
        rng = np.random.default_rng(1)
        x = rng.standard_normal((batch, 3, side, side)).astype(np.float32)
        y = rng.integers(0, classes, batch).astype(np.int32)
        tx, ty = torch.from_numpy(x), torch.from_numpy(y).long()
        errors = []
        for batch_at in range(3):
            if batch_at:
                x[:] = rng.standard_normal(x.shape)
            want_loss, want = gradient_of(copy.deepcopy(net), tx, ty, torch.float64)
            _, torch32 = gradient_of(copy.deepcopy(net), tx, ty, torch.float32)
            ours.load()
            got_loss = ours.step("grad", x, y)
            got, whole = ours.gradient(), flat(ours.order, want, ours.floats)
            size = np.linalg.norm(whole)
            errors.append((np.linalg.norm(got - whole) / size, np.linalg.norm(flat(ours.order, torch32, ours.floats) - whole) / size))
        error, torch_error = min(e for e, _ in errors), max(e for _, e in errors)
        same = []
        for threads in (2, 3, 7):
            ours.load()
            ours.step("grad", x, y, threads)
            same.append(np.array_equal(got.view(np.uint32), ours.gradient().view(np.uint32)))
        ours.load()
        exact, single = torch_steps(net, tx, ty, steps, torch.float64), torch_steps(net, tx, ty, steps, torch.float32)
        mine = [ours.step("step", x, y) for _ in range(steps)]
        last = list(ours.running())
        ours.load()
        (own_loss, own_stats), (torch_loss, torch_own) = from_own(ours, net, x, y, steps)
        apart = lambda losses: max(abs(u - v) for u, v in zip(losses, exact[0])) / exact[0][0]
        off = lambda values: max(np.abs(v - exact[1][k]).max() / np.abs(exact[1][k]).max() for k, v in values)
        stats, torch_stats = off(last), off((k, v) for k, v in single[1].items() if "running" in k)
        ok = error <= max(3 * torch_error, 1e-5) and abs(got_loss - want_loss) < 1e-4 and all(same) and own_loss < 1e-5 and own_stats <= max(3 * torch_own, 1e-5)
        print(f"{name:18} batch {batch:2} {side:3}: gradient {error:.1e} (PyTorch float32 {torch_error:.1e}), loss "
              f"{abs(got_loss - want_loss):.0e}; {steps} steps: losses {apart(mine):.1e} ({apart(single[0]):.1e}), running statistics "
              f"{stats:.1e} ({torch_stats:.1e}), each from its own parameters: {own_loss:.1e}, {own_stats:.1e} "
              f"({torch_loss:.1e}, {torch_own:.1e}); "
              f"threads {'the same bits' if all(same) else 'DIFFER'}{'' if ok else '  WRONG'}", flush=True)
        return ok


def with_options(resnetc, steps, target):
    """ResNet-20 with label smoothing, Nesterov's momentum, decay of weights alone, and the first stage frozen."""
    batch, side = Nets["cifar_resnet20"]
    torch.manual_seed(3)
    net = networks["cifar_resnet20"][0]()
    with tempfile.TemporaryDirectory() as folder:
        text = pathlib.Path("examples/cifar_resnet20.lua").read_text().replace("head ", Options_of_model, 1)
        pathlib.Path(f"{folder}/cifar_resnet20.lua").write_text(text)
        torch.save(net.state_dict(), f"{folder}/w.pth")
        ours = Trained(resnetc, f"{folder}/cifar_resnet20.lua", f"{folder}/w.pth", folder, ["--batch", str(batch), "--target", target])
        rng = np.random.default_rng(1)
        x = rng.standard_normal((batch, 3, side, side)).astype(np.float32)
        y = rng.integers(0, 10, batch).astype(np.int32)
        frozen = [m for k, m in net.named_children() if k in ("conv1", "bn1", "layer1")]
        learning = {k: p for k, p in net.named_parameters() if not k.startswith(("conv1", "bn1", "layer1"))}
        weights = [p for k, p in learning.items() if p.dim() > 1]
        sgd = torch.optim.SGD([{"params": weights, "weight_decay": 5e-3}, {"params": [p for p in learning.values() if p.dim() == 1]}],
                              Rate, momentum=0.8, nesterov=True)
        worst = 0
        for _ in range(steps):
            net.train()
            for part in frozen:
                part.eval()
            sgd.zero_grad()
            loss = F.cross_entropy(net(torch.from_numpy(x)), torch.from_numpy(y).long(), label_smoothing=0.1)
            loss.backward()
            sgd.step()
            worst = max(worst, abs(ours.step("step", x, y) - loss.item()) / loss.item())
        values = {k: ours.floats_at(at, n) for at, n, k in ours.order}
        pairs = [(values[k], p.detach().numpy().ravel()) for k, p in net.named_parameters()]
        error = np.linalg.norm(np.concatenate([a - b for a, b in pairs])) / np.linalg.norm(np.concatenate([b for _, b in pairs]))
        ok = worst < 1e-4 and error < 1e-5
        print(f"options: {steps} steps: losses within {worst:.1e}, parameters {error:.1e}{'' if ok else '  WRONG'}", flush=True)
        return ok


def with_layers(resnetc, steps, target, groups, frozen):
    """Layers of all kinds, batch norms by the statistics of each of so many groups, or frozen, against float64."""
    torch.manual_seed(5)
    net = Layers()
    net.bn.running_mean.uniform_(-0.2, 0.2)
    net.bn.running_var.uniform_(0.5, 2)
    batch = 8
    with tempfile.TemporaryDirectory() as folder:
        text = Layers_model.replace("GROUPS", str(groups)).replace("FROZEN", "true" if frozen else "false")
        pathlib.Path(f"{folder}/layers.lua").write_text(text)
        torch.save(net.state_dict(), f"{folder}/w.pth")
        ours = Trained(resnetc, f"{folder}/layers.lua", f"{folder}/w.pth", folder, ["--batch", str(batch), "--target", target])
        net = net.double()
        rng = np.random.default_rng(1)
        x = rng.standard_normal((batch, 3, 16, 16)).astype(np.float32)
        y = rng.integers(0, 10, batch).astype(np.int32)
        sgd = torch.optim.SGD(net.parameters(), Rate, momentum=Momentum, weight_decay=Decay)
        worst = 0
        for _ in range(steps):
            net.train()
            if frozen:
                net.bn.eval()
            sgd.zero_grad()
            start, made, want = copy.deepcopy(net.bn.state_dict()), [], 0
            for part in range(groups):
                net.bn.load_state_dict({**net.bn.state_dict(), **{k: v for k, v in start.items() if "running" in k}})
                at = slice(part * batch // groups, (part + 1) * batch // groups)
                loss = F.cross_entropy(net(torch.from_numpy(x[at]).double()), torch.from_numpy(y[at]).long()) / groups
                loss.backward()
                made.append(copy.deepcopy(net.bn.state_dict()))
                want += loss.item()
            for name in ("running_mean", "running_var"):
                getattr(net.bn, name).copy_(sum(m[name] for m in made) / groups)
            sgd.step()
            worst = max(worst, abs(ours.step("step", x, y) - want) / want)
        values = {k: ours.floats_at(at, n) for at, n, k in ours.order} | dict(ours.running())
        pairs = [(values[k], p.detach().numpy().ravel()) for k, p in net.state_dict().items() if "num_batches" not in k]
        error = max(np.abs(a - b).max() / np.abs(b).max() for a, b in pairs)
        ok = worst < 1e-5 and error < 1e-4
        print(f"layers, groups {groups}{', frozen' if frozen else ''}: {steps} steps: losses within {worst:.1e}, parameters and "
              f"statistics {error:.1e}{'' if ok else '  WRONG'}", flush=True)
        return ok


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("resnetc")
    args.add_argument("network", nargs="*")
    args.add_argument("--steps", type=int, default=20)
    args.add_argument("--target", default="native")
    a = args.parse_args()
    results = [compare(a.resnetc, name, a.steps, a.target) for name in a.network or Nets if name not in ("options", "layers")]
    if not a.network or "options" in a.network:
        results.append(with_options(a.resnetc, min(a.steps, 3), a.target))
    if not a.network or "layers" in a.network:
        results += [with_layers(a.resnetc, a.steps, a.target, g, f) for g, f in ((1, False), (4, False), (1, True))]
    sys.exit(0 if all(results) else 1)


main()
