"""The networks of examples/ as PyTorch modules: torchvision's own where it has them, else written from
the papers, independently of resnetc."""
import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision


def conv3(cin, cout, stride=1):
    return nn.Conv2d(cin, cout, 3, stride, 1, bias=False)


def conv1(cin, cout, stride=1):
    return nn.Conv2d(cin, cout, 1, stride, 0, bias=False)


class Block(nn.Module):
    """Basic (expansion 1) or bottleneck (4); shortcut A, B, D or none; v1 puts the stride on the first 1x1."""

    def __init__(self, cin, width, stride, expansion, shortcut, v1=False):
        super().__init__()
        cout, self.expansion, self.kind, self.stride = width * expansion, expansion, shortcut, stride
        if expansion == 1:
            self.conv1, self.bn1 = conv3(cin, width, stride), nn.BatchNorm2d(width)
            self.conv2, self.bn2 = conv3(width, width), nn.BatchNorm2d(width)
        else:
            first, second = (stride, 1) if v1 else (1, stride)
            self.conv1, self.bn1 = conv1(cin, width, first), nn.BatchNorm2d(width)
            self.conv2, self.bn2 = conv3(width, width, second), nn.BatchNorm2d(width)
            self.conv3, self.bn3 = conv1(width, cout), nn.BatchNorm2d(cout)
        self.zeros = cout - cin
        if stride != 1 or cin != cout:
            if shortcut == "B":
                self.downsample = nn.Sequential(conv1(cin, cout, stride), nn.BatchNorm2d(cout))
            if shortcut == "D":
                pool = nn.AvgPool2d(2, stride, ceil_mode=True, count_include_pad=False) if stride > 1 else nn.Identity()
                self.downsample = nn.Sequential(pool, conv1(cin, cout), nn.BatchNorm2d(cout))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.expansion > 1:
            y = self.bn3(self.conv3(F.relu(y)))
        if self.kind == "none":
            return F.relu(y)
        if hasattr(self, "downsample"):
            x = self.downsample(x)
        elif self.kind == "A" and self.stride > 1:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.zeros // 2, self.zeros - self.zeros // 2))
        return F.relu(y + x)


class Net(nn.Module):
    def __init__(self, stem, widths, blocks, expansion, shortcut, classes, v1=False):
        super().__init__()
        cin = widths[0]
        if stem == "cifar":
            self.conv1, self.bn1 = conv3(3, cin), nn.BatchNorm2d(cin)
        elif stem == "imagenet":
            self.conv1, self.bn1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64)
        else:
            self.conv1 = nn.Sequential(conv3(3, 32, 2), nn.BatchNorm2d(32), nn.ReLU(),
                                       conv3(32, 32), nn.BatchNorm2d(32), nn.ReLU(), conv3(32, 64))
            self.bn1 = nn.BatchNorm2d(64)
        self.pool = stem != "cifar"
        self.stages = len(widths)
        for s, (width, count) in enumerate(zip(widths, blocks)):
            layer = []
            for b in range(count):
                layer.append(Block(cin, width, 2 if b == 0 and s > 0 else 1, expansion, shortcut, v1))
                cin = width * expansion
            setattr(self, f"layer{s + 1}", nn.Sequential(*layer))
        self.fc = nn.Linear(cin, classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        if self.pool:
            x = F.max_pool2d(x, 3, 2, 1)
        for s in range(self.stages):
            x = getattr(self, f"layer{s + 1}")(x)
        return self.fc(x.mean((2, 3)))


def get_model():
    """Chapter 14 of the fast.ai book."""
    def block(cin, cout):
        return nn.Sequential(nn.Conv2d(cin, cout, 3, 2, 1, bias=False), nn.BatchNorm2d(cout), nn.ReLU())
    return nn.Sequential(block(3, 16), block(16, 32), block(32, 64), block(64, 128), block(128, 256),
                         nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(256, 10))


def cifar(depth, shortcut):
    return Net("cifar", (16, 32, 64), ((depth - 2) // 6,) * 3, 1, shortcut, 10)


ImageNet = (64, 128, 256, 512)

# model file -> (builder, input sizes)
networks = {
    "resnet18": (lambda: torchvision.models.resnet18(weights=None), [(224, 224)]),
    "resnet34": (lambda: torchvision.models.resnet34(weights=None), [(224, 224)]),
    "resnet50": (lambda: torchvision.models.resnet50(weights=None), [(224, 224), (97, 131)]),
    "resnet101": (lambda: torchvision.models.resnet101(weights=None), [(96, 96)]),
    "resnet152": (lambda: torchvision.models.resnet152(weights=None), [(96, 96)]),
    "resnet50_v1": (lambda: Net("imagenet", ImageNet, (3, 4, 6, 3), 4, "B", 1000, v1=True), [(224, 224)]),
    "resnet50d": (lambda: Net("deep", ImageNet, (3, 4, 6, 3), 4, "D", 1000), [(224, 224)]),
    "xresnet18": (lambda: Net("deep", ImageNet, (2, 2, 2, 2), 1, "D", 1000), [(224, 224), (75, 90)]),
    "xresnet50": (lambda: Net("deep", ImageNet, (3, 4, 6, 3), 4, "D", 1000), [(160, 160)]),
    "cifar_resnet20": (lambda: cifar(20, "A"), [(32, 32)]),
    "cifar_resnet32": (lambda: cifar(32, "A"), [(32, 32)]),
    "cifar_resnet44": (lambda: cifar(44, "A"), [(32, 32)]),
    "cifar_resnet56": (lambda: cifar(56, "A"), [(32, 32)]),
    "cifar_resnet110": (lambda: cifar(110, "A"), [(32, 32)]),
    "cifar_resnet20_b": (lambda: cifar(20, "B"), [(32, 32)]),
    "cifar_plain20": (lambda: cifar(20, "none"), [(32, 32)]),
    "cifar_plain56": (lambda: cifar(56, "none"), [(32, 32)]),
    "fastbook_get_model": (get_model, [(128, 128), (97, 131), (33, 65)]),
}
