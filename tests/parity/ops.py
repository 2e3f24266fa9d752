"""Ops of the language, one small network a case, against PyTorch.

    python tests/parity/ops.py ./resnetc [--bless]

1. `resnetc run` on every target given must give PyTorch's numbers in float64 within 3e-6 of the largest.
2. tests/golden/ops.txt holds some of these numbers for weights and inputs that the tests make themselves; they compare
   the reference interpreter with them and need no Python for it. --bless rewrites it.
"""
import argparse
from functools import partial
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch
import torch.nn.functional as F
from timm import layers
from timm.layers.cbam import CbamModule
from timm.models import _efficientnet_blocks as efficientnet, convnext, regnet, res2net, resnest, resnet
from torch import nn

from parity import normal, rc_hash, uniform, write_safetensors

M64 = (1 << 64) - 1
Seed = 1
Limit = 3e-6
Values = 8                                   # of each case in the golden file


def noise(count):
    i = np.arange(count, dtype=np.uint64) * np.uint64(2654435761) & np.uint64(0xffffffff)
    return (i >> np.uint64(24)).astype(np.float64) / 128 - 1


def weights(shapes, norms=(), quiet=()):
    """as compiler/weights/random.c makes them; norms: layers whose weight is a factor near 1; quiet: those before an addition"""
    made = {}
    for name, shape in shapes.items():
        s, n = rc_hash(name.encode()) ^ (Seed * 0x2545f4914f6cdd1d & M64), int(np.prod(shape))
        layer, _, kind = name.rpartition(".")
        if not layer:
            v = 0.5 + uniform(s, n)
        elif kind == "running_var" or (kind == "weight" and layer in norms):
            v = (0.25 if kind == "weight" and layer in quiet else 1) * (0.8 + 0.4 * uniform(s, n))
        elif kind == "weight" and "prelu" in layer:
            v = 0.5 * uniform(s, n)
        elif kind == "weight":
            v = normal(s, n) * np.sqrt((1 if len(shape) == 2 and "mlp" not in layer else 2) / (n / shape[0]))
        else:
            v = 0.1 * normal(s, n)
        made[name] = torch.from_numpy(v.astype(np.float32).astype(np.float64)).reshape(shape)
    return made


def shuffle(x, r):                           # ONNX DepthToSpace, mode DCR
    n, c, h, w = x.shape
    return x.reshape(n, r, r, c // (r * r), h, w).permute(0, 3, 4, 1, 5, 2).reshape(n, c // (r * r), h * r, w * r)


def unshuffle(x, r):                         # ONNX SpaceToDepth
    n, c, h, w = x.shape
    return x.reshape(n, c, h // r, r, w // r, r).permute(0, 3, 5, 1, 2, 4).reshape(n, c * r * r, h // r, w // r)


def timm_layer(make, scope=""):              # its result, with the weights of that scope
    def run(x, w):
        layer = make(x.shape[1]).double().eval()
        layer.load_state_dict({k[len(scope):]: v for k, v in w.items()}, strict=False)
        return layer(x)
    return run


def timm_shapes(make, channels, scope=""):
    return {scope + k: list(v.shape) for k, v in make(channels).state_dict().items() if not k.endswith("num_batches_tracked")}


def timm_norms(shapes):                      # layers with statistics, and norms of other kinds
    return [k.rsplit(".", 1)[0] for k in shapes if k.endswith("running_var") or k.endswith("norm.weight")]


def timm_case(shape, body, make, scope="", quiet=(), norms=()):
    shapes = timm_shapes(make, shape[0], scope)
    return shape, body, timm_layer(make, scope), shapes, timm_norms(shapes) + list(norms), quiet


def global_context(c):
    return layers.GlobalContext(c, fuse_add=False, fuse_scale=True)


def downsample(i, o, stride):
    return nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o))


def convnext_first(c):                       # the first block of a stage, with what comes before it
    stage = convnext.ConvNeXtStage(c, 2*c, depth=1, norm_layer=layers.LayerNorm2d, norm_layer_cl=layers.LayerNorm, ls_init_value=1)
    block = stage.blocks[0]
    block.downsample, forward = stage.downsample, block.forward
    block.forward = lambda x: forward(block.downsample(x))
    return block


def self_attention(x, w):
    q, k, v = (a.reshape(1, 2, a.shape[1] // 2, -1).mT for a in F.conv2d(x, w["qkv.weight"]).chunk(3, 1))
    return F.scaled_dot_product_attention(q, k, v).mT


# (input shape, Lua body, PyTorch of x and weights w, shapes of the weights)
cases = [
    ((6, 5, 4), "return nn.reshape(x, { shape = { 10, 4, -1 } })", lambda x, w: x.reshape(-1, 10, 4, 3), {}),
    ((6, 5, 4), 'return nn.permute(x, { order = "hwc" })', lambda x, w: x.permute(0, 2, 3, 1), {}),
    ((6, 5, 4), 'return nn.permute(x, { order = "whc" })', lambda x, w: x.permute(0, 3, 2, 1), {}),
    ((6, 5, 4), 'return nn.permute(x, { order = "wch" })', lambda x, w: x.permute(0, 3, 1, 2), {}),
    ((8, 3, 4), "return nn.pixel_shuffle(x, { factor = 2 })", lambda x, w: F.pixel_shuffle(x, 2), {}),
    ((8, 3, 4), "return nn.pixel_shuffle(x, { factor = 2, depth_first = true })", lambda x, w: shuffle(x, 2), {}),
    ((3, 6, 9), "return nn.pixel_unshuffle(x, { factor = 3 })", lambda x, w: F.pixel_unshuffle(x, 3), {}),
    ((3, 6, 9), "return nn.pixel_unshuffle(x, { factor = 3, depth_first = true })", lambda x, w: unshuffle(x, 3), {}),
    ((12, 2, 3), "return nn.channel_shuffle(x, { groups = 3 })", lambda x, w: F.channel_shuffle(x, 3), {}),
    ((6, 4, 3), "return nn.group_norm(x, { groups = 3 })", lambda x, w: F.group_norm(x, 3, w["group_norm1.weight"], w["group_norm1.bias"]),
     {"group_norm1.weight": [6], "group_norm1.bias": [6]}, ["group_norm1"]),
    ((6, 4, 3), "return nn.instance_norm(x, { eps = 1e-3 })", lambda x, w: F.instance_norm(x, eps=1e-3), {}),
    ((40, 2, 3), "return nn.layer_norm(x)",
     lambda x, w: F.layer_norm(x.permute(0, 2, 3, 1), (40,), w["layer_norm1.weight"], w["layer_norm1.bias"], 1e-6).permute(0, 3, 1, 2),
     {"layer_norm1.weight": [40], "layer_norm1.bias": [40]}, ["layer_norm1"]),
    ((5, 4, 3), "return nn.gelu(x*x*x)", lambda x, w: F.gelu(x**3), {}),
    ((5, 4, 3), 'return nn.gelu(x + x + x, { approximate = "tanh" })', lambda x, w: F.gelu(3 * x, approximate="tanh"), {}),
    ((5, 1, 3), "return nn.avg_pool(x, { kernel = 2, ceil_mode = true })", lambda x, w: F.avg_pool2d(x, 2, ceil_mode=True), {}),
    ((5, 2, 1), "return nn.avg_pool(x, { kernel = 3, stride = 2, padding = 1, ceil_mode = true })",
     lambda x, w: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True), {}),
    ((5, 1, 2), "return nn.max_pool(x, { kernel = 2, ceil_mode = true })", lambda x, w: F.max_pool2d(x, 2, ceil_mode=True), {}),
    ((5, 4, 3), "return nn.tanh(x + x)", lambda x, w: torch.tanh(2 * x), {}),
    ((5, 4, 3), "return nn.erf(x + x)", lambda x, w: torch.erf(2 * x), {}),
    ((5, 4, 3), "return nn.exp(20*x - 1)", lambda x, w: torch.exp(20 * x - 1), {}),
    ((5, 4, 3), "return nn.log(x*x + 1e-4)", lambda x, w: torch.log(x * x + 1e-4), {}),
    ((5, 4, 3), "return nn.sqrt(x*x + x + 0.26)", lambda x, w: torch.sqrt(x * x + x + 0.26), {}),
    ((5, 4, 3), "return nn.abs(x - 0.25)", lambda x, w: torch.abs(x - 0.25), {}),
    ((5, 4, 3), "return nn.mish(x + x)", lambda x, w: F.mish(2 * x), {}),
    ((5, 4, 3), "return nn.elu(x, { alpha = 1.5 })", lambda x, w: F.elu(x, 1.5), {}),
    ((5, 4, 3), "return nn.softplus(x, { beta = 2 })", lambda x, w: F.softplus(x, 2), {}),
    ((5, 4, 3), "return nn.hardtanh(x, { min_val = -0.5, max_val = 0.25 })", lambda x, w: F.hardtanh(x, -0.5, 0.25), {}),
    ((5, 4, 3), "return (2*x - 1)/(3 + x)", lambda x, w: (2 * x - 1) / (3 + x), {}),
    ((5, 4, 3), "return 1/(x + 2) - -x/4", lambda x, w: 1 / (x + 2) + x / 4, {}),
    ((5, 4, 3), "return nn.global_avg_pool(x) - nn.slice(x, { channels = { 1, 2 } })",
     lambda x, w: x.mean((2, 3), keepdim=True) - x[:, 1:2], {}),
    ((5, 4, 3), "return nn.maximum(x, nn.global_avg_pool(x)) + nn.minimum(x, 0.25 - x)",
     lambda x, w: torch.maximum(x, x.mean((2, 3), keepdim=True)) + torch.minimum(x, 0.25 - x), {}),
    ((5, 4, 3), 'return nn.pad(x, { padding = { 3, 1, 2, 2 }, mode = "reflect" })', lambda x, w: F.pad(x, (1, 2, 3, 2), "reflect"), {}),
    ((5, 4, 3), 'return nn.pad(x, { padding = { 3, 1, 2, 4 }, mode = "replicate" })', lambda x, w: F.pad(x, (1, 4, 3, 2), "replicate"), {}),
    ((5, 4, 3), "return nn.pad(x, { padding = 1, channels = { 2, 1 }, value = 0.5 })", lambda x, w: F.pad(x, (1, 1, 1, 1, 2, 1), value=0.5), {}),
    ((5, 6, 7), 'return nn.conv(x, { 4, kernel = 5, stride = 2, padding_mode = "reflect" })',
     lambda x, w: F.conv2d(F.pad(x, (2, 2, 2, 2), "reflect"), w["conv1.weight"], stride=2), {"conv1.weight": (4, 5, 5, 5)}),
    ((5, 4, 3), "return nn.layer_scale(x)", lambda x, w: x * w["layer_scale1"][:, None, None], {"layer_scale1": [5]}),
    ((5, 4, 3), "return nn.layer_scale(2*nn.conv(0.5*x, { 6, kernel = 3, bias = true }) - 1)*3",
     lambda x, w: (2 * F.conv2d(x / 2, w["conv1.weight"], w["conv1.bias"], padding=1) - 1) * 3 * w["layer_scale1"][:, None, None],
     {"conv1.weight": [6, 5, 3, 3], "conv1.bias": [6], "layer_scale1": [6]}),
    ((5, 4, 3), "return nn.prelu(x)", lambda x, w: F.prelu(x, w["prelu1.weight"]), {"prelu1.weight": (5,)}),
    ((5, 4, 3), "return nn.prelu(nn.conv(x, { 9, kernel = 3 }))", lambda x, w: F.prelu(F.conv2d(x, w["conv1.weight"], padding=1), w["prelu1.weight"]),
     {"conv1.weight": (9, 5, 3, 3), "prelu1.weight": (9,)}),
    ((5, 4, 3), "return nn.prelu(x, { shared = true })", lambda x, w: F.prelu(x, w["prelu1.weight"]), {"prelu1.weight": (1,)}),
    ((5, 4, 3), "return nn.clip(x, { lo = 0.125 })", lambda x, w: x.clamp(min=0.125), {}),
    ((12, 2, 3), "return nn.softmax(x, { groups = 3 })", lambda x, w: x.reshape(1, 3, 4, 6).softmax(2), {}),
    ((4, 3, 5), 'return nn.softmax(x, { axis = "width" })', lambda x, w: x.softmax(3), {}),
    ((4, 3, 5), 'return nn.softmax(x, { axis = "height" })', lambda x, w: x.softmax(2), {}),
    ((4, 3, 5), 'return nn.softmax(x, { axis = "image" })', lambda x, w: x.reshape(1, 4, 15).softmax(2), {}),
    ((7, 3, 5), "return nn.reduce(x)", lambda x, w: x.mean(1, True), {}),
    ((7, 3, 5), 'return nn.reduce(x, { reduction = "sum", axis = "image" })', lambda x, w: x.sum((2, 3), True), {}),
    ((7, 3, 5), 'return nn.reduce(x, { reduction = "max", axis = "height" })', lambda x, w: x.amax(2, True), {}),
    ((7, 3, 5), 'return nn.reduce(x, { reduction = "min", axis = "width" })', lambda x, w: x.amin(3, True), {}),
    ((12, 3, 5), 'return nn.reduce(x, { reduction = "l2", groups = 3 })', lambda x, w: x.reshape(1, 3, 4, 3, 5).norm(dim=2), {}),
    ((7, 3, 5), "return nn.l2_normalize(x)", lambda x, w: F.normalize(x), {}),
    ((4, 3, 5), 'return nn.upsample(x, { size = {8, 10}, mode = "bicubic" })', lambda x, w: F.interpolate(x, (8, 10), mode="bicubic"), {}),
    ((4, 6, 5), 'return nn.upsample(x, { size = {3, 9}, mode = "bicubic", align_corners = true })',
     lambda x, w: F.interpolate(x, (3, 9), mode="bicubic", align_corners=True), {}),
    ((6, 2, 3), "return nn.matmul(x, nn.relu(x), { scale = 0.5 })", lambda x, w: 0.5 * x.flatten(2) @ x.relu().flatten(2), {}),
    ((6, 2, 3), "return nn.matmul(x, nn.relu(x), { transpose_b = true, heads = 2 })",
     lambda x, w: torch.cat([a.flatten(2) @ a.relu().flatten(2).mT for a in x.split(3, 1)], 1), {}),
    ((12, 3, 4), "return nn.matmul(x, nn.softmax(nn.matmul(x, nn.sigmoid(x), { transpose_a = true, heads = 3, scale = 0.5 }), "
     "{ groups = 3 }), { heads = 3 })",
     lambda x, w: F.scaled_dot_product_attention(*(a.reshape(1, 3, 4, 12).mT for a in (x.sigmoid(), x, x)), scale=0.5).mT, {}),
    ((16, 3, 4), 'return nn.matmul(x, nn.softmax(nn.slice(x, { channels = { 3, 4 } }), { axis = "image" }), { transpose_b = true })',
     lambda x, w: x.flatten(2) @ x[:, 3:4].flatten(2).softmax(2).mT, {}),
    ((6, 4, 5), "return nn.conv_transpose2d(x, { 8, kernel = {3, 4}, stride = {2, 3}, padding = 1, output_padding = 1, groups = 2, bias = true })",
     lambda x, w: F.conv_transpose2d(x, w["conv_transpose1.weight"], w["conv_transpose1.bias"], (2, 3), 1, 1, 2),
     {"conv_transpose1.weight": [6, 4, 3, 4], "conv_transpose1.bias": [8]}),
    ((6, 4, 5), 'return nn.bn(nn.conv_transpose2d(x, { 9, kernel = 3, stride = 2, dilation = 2, groups = 3 }), { name = "b" })',
     lambda x, w: F.batch_norm(F.conv_transpose2d(x, w["conv_transpose1.weight"], None, 2, 0, 0, 3, 2), w["b.running_mean"], w["b.running_var"],
                               w["b.weight"], w["b.bias"]),
     {"conv_transpose1.weight": [6, 3, 3, 3], "b.weight": [9], "b.bias": [9], "b.running_mean": [9], "b.running_var": [9]}, ["b"]),
    timm_case((16, 3, 4), "return nn.global_context(x)", global_context),
    timm_case((16, 3, 4), 'return nn.global_context(x, { name = "se" })', global_context, "se."),
    ((8, 3, 4), "return nn.self_attention(x, { heads = 2 })", self_attention, {"qkv.weight": [24, 8, 1, 1]}),
    timm_case((64, 5, 4), "return nn.eca(x)", layers.EcaModule, "se."),
    timm_case((9, 5, 4), "return nn.eca(x, { kernel = 5 })", lambda c: layers.EcaModule(kernel_size=5), "se."),
    timm_case((32, 5, 6), "return nn.cbam(x, { reduction = 8 })", lambda c: CbamModule(c, rd_ratio=1 / 8), "se."),
    timm_case((12, 7, 6), "return nn.sk(x, 20, { stride = 2 })", lambda c: layers.SelectiveKernel(c, 20, stride=2, split_input=False), "conv2."),
    timm_case((12, 7, 6), "return nn.sk(x, 16, { branches = 3, split = true, groups = 2 })",
              lambda c: layers.SelectiveKernel(c, 16, [3, 5, 7], groups=2), "conv2."),
    timm_case((16, 7, 6), "return nn.split_attention(x, 16)",
              lambda c: layers.SplitAttn(c, c, norm_layer=nn.BatchNorm2d), "conv2."),
    timm_case((16, 7, 6), "return nn.split_attention(x, 24, { stride = 2, groups = 2, radix = 4 })",
              lambda c: layers.SplitAttn(c, 24, stride=2, groups=2, radix=4, norm_layer=nn.BatchNorm2d), "conv2."),
    timm_case((16, 7, 6), "return nn.bottleneck(x, 8, { conv = function(y, c, o) o.pool = true return nn.split_attention(y, c, o) end, stride = 2 })",
              lambda c: resnest.ResNestBottleneck(c, 8, 2, downsample(c, 32, 2), radix=2, avd=True), quiet=("bn3", "downsample.1")),
    timm_case((32, 7, 6), "return nn.bottleneck(x, 8, { gate = nn.eca })",
              lambda c: resnet.Bottleneck(c, 8, attn_layer=layers.EcaModule)),
    timm_case((16, 7, 6), "return nn.res2(x, 16, { stride = 2 })", lambda c: res2net.Bottle2neck(c, 16, 2, downsample(c, 64, 2), norm_layer=nn.BatchNorm2d,
                                                                                           act_layer=nn.ReLU), quiet=("bn3", "downsample.1")),
    timm_case((64, 7, 6), "return nn.res2(x, 16, { scale = 3, base_width = 32, groups = 2 })",
              lambda c: res2net.Bottle2neck(c, 16, cardinality=2, base_width=32, scale=3, norm_layer=nn.BatchNorm2d, act_layer=nn.ReLU), quiet=("bn3",)),
    timm_case((12, 8, 9), "return nn.convnext(x, 12)", lambda c: convnext.ConvNeXtBlock(c, ls_init_value=1)),
    timm_case((12, 8, 10), "return nn.convnext(x, 24, { stride = 2 })", convnext_first, norms=("downsample.0",)),
    timm_case((12, 8, 9), "return nn.convnext(x, 12, { response = true, scale = false, expansion = 2, kernel = 3 })",
              lambda c: convnext.ConvNeXtBlock(c, ls_init_value=None, use_grn=True, mlp_ratio=2, kernel_size=3)),
    timm_case((16, 7, 6), "return nn.regnet(x, 32, { stride = 2, group_width = 8, se = 4 })",
              lambda c: regnet.Bottleneck(c, 32, 2, group_size=8), quiet=("conv3.bn", "downsample.bn")),
    timm_case((16, 7, 6), "return nn.regnet(x, 16, { group_width = 8 })", lambda c: regnet.Bottleneck(c, 16, group_size=8, se_ratio=0), quiet=("conv3.bn",)),
    timm_case((12, 7, 6), "return nn.inverted_residual(x, 12)", lambda c: efficientnet.InvertedResidual(c, c, exp_ratio=6, act_layer=nn.ReLU6), quiet=("bn3",)),
    timm_case((12, 7, 6), "return nn.inverted_residual(x, 16, { stride = 2, kernel = 5, expansion = 4, se = 4, act = 'silu' })",
              lambda c: efficientnet.InvertedResidual(c, 16, 5, 2, exp_ratio=4, act_layer=nn.SiLU,
                                                      se_layer=partial(efficientnet.SqueezeExcite, rd_ratio=1 / 16))),
    timm_case((12, 7, 6), "return nn.inverted_residual(x, 12, { expansion = 1 })",
              lambda c: efficientnet.DepthwiseSeparableConv(c, c, act_layer=nn.ReLU6), quiet=("bn2",)),
]


def network(shape, body):
    c, h, w = shape
    return (f'local nn = require "resnet"\nreturn nn.model {{ name = "m", input = nn.image {{ {c}, {h}, {w} }}, '
            f"body = function(x)\n{body}\nend }}\n")


def measured(resnetc, tmp, shape, body, target, x, w, want):
    (tmp / "m.lua").write_text(network(shape, body))
    np.save(tmp / "x.npy", x.astype(np.float32))
    write_safetensors(tmp / "w.safetensors", w)
    subprocess.run([resnetc.resolve(), "run", tmp / "m.lua", "-w", tmp / "w.safetensors", "-i", tmp / "x.npy", "-o", tmp / "y.npy",
                    "-q", "--target", target], check=True)
    got = np.load(tmp / "y.npy").reshape(-1)
    return np.abs(got - want).max() / np.abs(want).max()


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("resnetc", type=pathlib.Path)
    ap.add_argument("--targets", default="native,scalar")
    ap.add_argument("--bless", action="store_true")
    a = ap.parse_args()
    golden, lines, failed = pathlib.Path(__file__).resolve().parents[1] / "golden/ops.txt", [], 0

    for shape, body, reference, shapes, *norms in cases:
        w = weights(shapes, *norms)
        x = noise(int(np.prod(shape))).reshape(1, *shape)
        with torch.no_grad():
            want = reference(torch.from_numpy(x), w).contiguous().numpy().reshape(-1)
        for target in a.targets.split(","):
            with tempfile.TemporaryDirectory() as tmp:
                error = measured(a.resnetc, pathlib.Path(tmp), shape, body, target, x, w, want)
            failed += not error <= Limit
            print(f"{target:8} {error:.2e}  {body}{'' if error <= Limit else '  WRONG'}", flush=True)
        some = " ".join(f"{want[i * len(want) // Values]:.12g}" for i in range(Values))
        lines.append(f"{shape[0]} {shape[1]} {shape[2]}|{body}|{some}\n")
    if a.bless:
        golden.write_text("".join(lines))
    stale = golden.read_text() != "".join(lines)
    print(f"{len(cases)} cases, {failed} failed{', tests/golden/ops.txt is stale' if stale else ''}")
    sys.exit(failed > 0 or stale)


if __name__ == "__main__":
    main()
