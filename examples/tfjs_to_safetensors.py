"""TensorFlow.js's layers format (model.json and its shards) to safetensors, names and axes as they are.

    python3 examples/tfjs_to_safetensors.py MODEL.json OUT.safetensors

Needs nothing but Python. resnetc sees by the shapes that kernels are h, w, in, out.
"""
import json
import pathlib
import struct
import sys

source, target = map(pathlib.Path, sys.argv[1:3])
head, body = {}, bytearray()
for group in json.loads(source.read_text())["weightsManifest"]:
    data, at = b"".join((source.parent / path).read_bytes() for path in group["paths"]), 0
    for weight in group["weights"]:
        if weight["dtype"] != "float32" or "quantization" in weight:
            sys.exit(f"{source}: {weight['name']}: want float32, got {weight}")
        count = 1
        for d in weight["shape"]:
            count *= d
        head[weight["name"]] = {"dtype": "F32", "shape": weight["shape"], "data_offsets": [len(body), len(body) + 4 * count]}
        body += data[at:at + 4 * count]
        at += 4 * count
    if at != len(data):
        sys.exit(f"{source}: want {at} bytes of weights, got {len(data)}")
text = json.dumps(head).encode()
text += b" " * (-len(text) % 8)
target.write_bytes(struct.pack("<Q", len(text)) + text + body)
