"""A step of training in PyTorch, timed, for every line read: NETWORK BATCH THREADS default|channels_last|inductor.

Prints "ready", milliseconds a line, and at the end of its input the most memory it had, in MB. The networks are those of
examples/train/degradation.lua and examples/resnet18.lua; SGD with momentum and weight decay, as nn.train's default. Inductor
compiles forward and backward, channels last, before "ready".
"""
import resource
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

network, batch, threads, how = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
torch.set_num_threads(threads)
torch.set_flush_denormal(True)
torch.manual_seed(1)


class Block(nn.Module):
    def __init__(self, c, o, stride, option):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(c, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o)
        self.conv2, self.bn2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        self.widens, self.option = c != o, option
        if self.widens and option == "B":
            self.down = nn.Sequential(nn.Conv2d(c, o, 1, stride, bias=False), nn.BatchNorm2d(o))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.widens:
            n = self.conv1.in_channels//2
            x = self.down(x) if self.option == "B" else F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, n, n))
        return F.relu(y + x)


def stages(widths, blocks, first, option):
    c, out = first, []
    for i, width in enumerate(widths):
        for j in range(blocks):
            out.append(Block(c, width, 2 if i and not j else 1, option))
            c = width
    return out + [nn.AdaptiveAvgPool2d(1), nn.Flatten()]


if network == "resnet18":
    side, classes = 224, 1000
    model = nn.Sequential(nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
                          *stages((64, 128, 256, 512), 2, 64, "B"), nn.Linear(512, classes))
else:
    side, classes = 32, 10
    model = nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(),
                          *stages((16, 32, 64), (int(network[6:]) - 2)//6, 16, "A"), nn.Linear(64, classes))
x, labels = torch.rand(batch, 3, side, side), torch.arange(batch)%10
if how != "default":
    model, x = model.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=1e-4)
if how == "inductor":
    model = torch.compile(model)


def step():
    optimizer.zero_grad(set_to_none=True)
    F.cross_entropy(model(x), labels).backward()
    optimizer.step()


step()
print("ready", flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    step()
    print("%.3f" % ((time.perf_counter() - start)*1e3), flush=True)
print("%.1f" % (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/1024))
