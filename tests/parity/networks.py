"""The networks of examples/ as PyTorch modules: torchvision's own where it has them, else written from
the papers, independently of resnetc."""
import types

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


class SE(nn.Module):
    def __init__(self, channels, squeeze):
        super().__init__()
        self.fc1, self.fc2 = nn.Conv2d(channels, squeeze, 1), nn.Conv2d(squeeze, channels, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.fc2(F.relu(self.fc1(x.mean((2, 3), keepdim=True)))))


def se_resnet50():
    """torchvision's ResNet-50 with timm's squeeze-excite before each addition."""
    net = torchvision.models.resnet50(weights=None)
    for block in net.modules():
        if isinstance(block, torchvision.models.resnet.Bottleneck):
            channels = block.bn3.num_features
            block.se = SE(channels, max(8, channels // 16))

            def forward(b, x):
                y = F.relu(b.bn1(b.conv1(x)))
                y = b.se(b.bn3(b.conv3(F.relu(b.bn2(b.conv2(y))))))
                return F.relu(y + (x if b.downsample is None else b.downsample(x)))
            block.forward = types.MethodType(forward, block)     # which a deep copy copies, too
    return net


class Preact(nn.Module):
    """Pre-activation block of He et al. 2016: the shortcut starts behind the first bn-relu where it projects."""

    def __init__(self, cin, width, stride):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(cin), conv3(cin, width, stride)
        self.bn2, self.conv2 = nn.BatchNorm2d(width), conv3(width, width)
        if stride != 1 or cin != width:
            self.downsample = nn.Sequential(conv1(cin, width, stride))

    def forward(self, x):
        a = F.relu(self.bn1(x))
        y = self.conv2(F.relu(self.bn2(self.conv1(a))))
        return y + (self.downsample(a) if hasattr(self, "downsample") else x)


class PreactNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, cin = nn.Conv2d(3, 64, 7, 2, 3, bias=False), 64
        for s, width in enumerate(ImageNet):
            blocks = [Preact(cin, width, 2 if s else 1), Preact(width, width, 1)]
            setattr(self, f"layer{s + 1}", nn.Sequential(*blocks))
            cin = width
        self.norm, self.fc = nn.BatchNorm2d(cin), nn.Linear(cin, 1000)

    def forward(self, x):
        x = F.max_pool2d(self.conv1(x), 3, 2, 1)
        for s in range(4):
            x = getattr(self, f"layer{s + 1}")(x)
        return self.fc(F.relu(self.norm(x)).mean((2, 3)))


class MlperfTiny(nn.Module):
    """MLPerf Tiny ResNet-8: TensorFlow's padding, convolutions with bias, eps 1e-3, bare shortcuts with bias."""

    def __init__(self):
        super().__init__()
        def conv(cin, cout, k=3, stride=1):
            return nn.Conv2d(cin, cout, k, stride, k // 2 if stride == 1 else 0)
        def bn(c):
            return nn.BatchNorm2d(c, eps=1e-3)
        self.conv1, self.bn1 = conv(3, 16), bn(16)
        for s, (cin, cout, stride) in enumerate(((16, 16, 1), (16, 32, 2), (32, 64, 2))):
            block = nn.Module()
            block.conv1, block.bn1, block.conv2, block.bn2 = conv(cin, cout, 3, stride), bn(cout), conv(cout, cout), bn(cout)
            if stride > 1:
                block.downsample = nn.Sequential(conv(cin, cout, 1, stride))
            block.stride = stride
            setattr(self, f"layer{s + 1}", nn.Sequential(block))
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        for s in range(3):
            b = getattr(self, f"layer{s + 1}")[0]
            if b.stride == 1:
                y = b.conv1(x)
            else:                                  # "same": one row and column more at the end, on even sizes
                y = b.conv1(F.pad(x, (0, 1, 0, 1)) if x.shape[2] % 2 == 0 else F.pad(x, (1, 1, 1, 1)))
                x = b.downsample(x)
            x = F.relu(b.bn2(b.conv2(F.relu(b.bn1(y)))) + x)
        return self.fc(x.mean((2, 3)))


def keras_names(name):
    """Our names to those of the Keras file, as examples/mlperf_tiny_resnet8.lua maps them."""
    layers = dict(zip(("conv1", "layer1.0.conv1", "layer1.0.conv2", "layer2.0.conv1", "layer2.0.conv2", "layer2.0.downsample.0",
                       "layer3.0.conv1", "layer3.0.conv2", "layer3.0.downsample.0"), ("",) + tuple(f"_{i}" for i in range(1, 9))))
    norms = dict(zip(("bn1", "layer1.0.bn1", "layer1.0.bn2", "layer2.0.bn1", "layer2.0.bn2", "layer3.0.bn1", "layer3.0.bn2"),
                     ("",) + tuple(f"_{i}" for i in range(1, 7))))
    layer, kind = name.rsplit(".", 1)
    if layer == "fc":
        return "dense/" + ("kernel" if kind == "weight" else kind)
    if layer in norms:
        return f"batch_normalization{norms[layer]}/" + {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean",
                                                        "running_var": "moving_variance"}[kind]
    return f"conv2d{layers[layer]}/" + ("kernel" if kind == "weight" else kind)


def cifar(depth, shortcut):
    return Net("cifar", (16, 32, 64), ((depth - 2) // 6,) * 3, 1, shortcut, 10)


ImageNet = (64, 128, 256, 512)

# models whose weights have other names than their PyTorch module's
renamed = {"mlperf_tiny_resnet8": keras_names}

# model file -> (builder, input sizes)
networks = {
    "resnext50_32x4d": (lambda: torchvision.models.resnext50_32x4d(weights=None), [(224, 224), (97, 131)]),
    "wide_resnet50_2": (lambda: torchvision.models.wide_resnet50_2(weights=None), [(224, 224), (97, 131)]),
    "se_resnet50": (se_resnet50, [(224, 224), (97, 131)]),
    "preact_resnet18": (PreactNet, [(224, 224), (97, 131)]),
    "mlperf_tiny_resnet8": (MlperfTiny, [(32, 32), (45, 45)]),
    "resnet18": (lambda: torchvision.models.resnet18(weights=None), [(224, 224), (97, 131)]),
    "resnet34": (lambda: torchvision.models.resnet34(weights=None), [(224, 224), (97, 131)]),
    "resnet50": (lambda: torchvision.models.resnet50(weights=None), [(224, 224), (97, 131)]),
    "resnet101": (lambda: torchvision.models.resnet101(weights=None), [(224, 224), (97, 131), (96, 96)]),
    "resnet152": (lambda: torchvision.models.resnet152(weights=None), [(224, 224), (97, 131), (96, 96)]),
    "resnet50_v1": (lambda: Net("imagenet", ImageNet, (3, 4, 6, 3), 4, "B", 1000, v1=True), [(224, 224), (97, 131)]),
    "resnet50d": (lambda: Net("deep", ImageNet, (3, 4, 6, 3), 4, "D", 1000), [(224, 224), (97, 131)]),
    "xresnet18": (lambda: Net("deep", ImageNet, (2, 2, 2, 2), 1, "D", 1000), [(224, 224), (75, 90)]),
    "xresnet50": (lambda: Net("deep", ImageNet, (3, 4, 6, 3), 4, "D", 1000), [(224, 224), (97, 131), (160, 160)]),
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
