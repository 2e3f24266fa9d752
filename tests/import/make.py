"""Small networks exported to ONNX by PyTorch, with an input and the logits in float64: what tests/import.c
reads. Run with /usr/bin/python3 (Debian's python3-torch)."""
import pathlib
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision

here = pathlib.Path(__file__).resolve().parent


class Flat(nn.Module):
    """Made of what no stage is: padding, slices, concat, resize, gates, several activations."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 8, 3, 2), nn.Conv2d(8, 8, 3, 1, 2, dilation=2, groups=4)
        self.c, self.d = nn.Conv2d(16, 8, 1), nn.Linear(32, 5)
        self.fc1, self.fc2 = nn.Conv2d(8, 4, 1), nn.Conv2d(4, 8, 1)

    def forward(self, x):
        x = F.leaky_relu(self.a(F.pad(x, (0, 1, 0, 1))), 0.1)
        y = F.silu(self.b(x))
        y = y * torch.sigmoid(self.fc2(F.relu6(self.fc1(y.mean((2, 3), keepdim=True)))))
        z = F.interpolate(F.max_pool2d(y, 2), scale_factor=2, mode="bilinear", align_corners=False)
        w = F.interpolate(F.avg_pool2d(y, 2), scale_factor=2, mode="nearest")
        y = self.c(torch.cat((z, w), 1)) * 0.5 + 0.25
        y = F.hardswish(y[:, :, 1:, :-1]).clamp(-1, 2)
        return F.softmax(self.d(F.avg_pool2d(y[:, :, ::2, ::2], 2).flatten(1)), 1)


def resnet(block, **options):
    return torchvision.models.ResNet(block, [2, 1, 1, 1], num_classes=7, **options)


def small(net):
    """Fewer channels: the files stay small."""
    for name, m in list(net.named_modules()):
        parent = net.get_submodule(name.rsplit(".", 1)[0]) if "." in name else net
        last = name.rsplit(".", 1)[-1]
        if isinstance(m, nn.Conv2d):
            cin = 3 if m.in_channels == 3 else m.in_channels // 16
            setattr(parent, last, nn.Conv2d(cin, m.out_channels // 16, m.kernel_size, m.stride, m.padding, m.dilation, m.groups, m.bias is not None))
        if isinstance(m, nn.BatchNorm2d):
            setattr(parent, last, nn.BatchNorm2d(m.num_features // 16))
        if isinstance(m, nn.Linear):
            setattr(parent, last, nn.Linear(m.in_features // 16, m.out_features))
    return net


basic, bottleneck = torchvision.models.resnet.BasicBlock, torchvision.models.resnet.Bottleneck
nets = {
    "basic_bn": (lambda: small(resnet(basic)), 48, False),
    "bottleneck_folded": (lambda: small(resnet(bottleneck)), 48, True),
    "flat": (Flat, 20, True),
}

for name, (build, size, fold) in nets.items():
    torch.manual_seed(1)
    net = build().eval()
    for m in net.modules():
        if isinstance(m, nn.BatchNorm2d):
            nn.init.uniform_(m.weight, 0.5, 1.2), nn.init.normal_(m.bias, 0, 0.2)
            nn.init.normal_(m.running_mean, 0, 0.2), nn.init.uniform_(m.running_var, 0.5, 2)
    x = torch.randn(1, 3, size, size)
    options = {} if fold else {"training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False}
    torch.onnx.export(net, x, here / f"{name}.onnx", opset_version=14, **options)
    np.save(here / f"{name}.in.npy", x.numpy())
    with torch.no_grad():
        np.save(here / f"{name}.out.npy", net.double()(x.double()).float().numpy())
