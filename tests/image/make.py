"""Makes the pictures here and what Pillow, torchvision and PyTorch say of them: python3 make.py, with pillow 13, torchvision and numpy.

*.png *.jpg   one of every kind that the formats have
pixels.npy    their pixels after Image.open(f).convert("RGB"), one picture after the other in the order of their names
resize.txt    h w channels to_h to_w filter (1 bilinear, 2 bicubic) crc32, of Image.resize
input.txt     h w channels resize crop_h crop_w crc32, of Resize(resize) and CenterCrop((crop_h, crop_w))
classes.txt   picture class probability, of cifar_resnet20 for these pictures and those of examples/images

The pictures of the two tables are made_up(), which the test has in C.
"""
import io
import json
import pathlib
import random
import struct
import sys
import warnings
import zlib

import numpy as np
import torch
from PIL import Image, ImageCms
from torchvision.transforms import functional as F

warnings.simplefilter("ignore")
H, W = 17, 21


def wave(channels, top):
    y, x, c = np.mgrid[0:H, 0:W, 0:channels]
    v = (np.sin(x*(0.3 + 0.2*c) + c) + np.cos(y*(0.4 - 0.1*c)) + 2)/4
    return np.rint(v*top).astype(int)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(a, bits):
    """rows of a, each after a filter byte of 0"""
    if bits == 16:
        rows = a.astype(">u2").reshape(len(a), -1).view(np.uint8)
    elif bits == 8:
        rows = a.astype(np.uint8).reshape(len(a), -1)
    else:
        each = (a[:, :, 0, None] >> np.arange(bits - 1, -1, -1)) & 1
        rows = np.packbits(each.reshape(len(a), -1).astype(np.uint8), axis=1)
    return b"".join(b"\0" + r.tobytes() for r in rows)


def png(name, color, bits, chunks=(), palette=0, interlaced=False):
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    a = wave(channels, 2**bits - 1)
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    parts = [a[y::dy, x::dx] for x, y, dx, dy in passes] if interlaced else [a]
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", W, H, bits, color, 0, 0, interlaced))
    if palette:
        chunks = [(b"PLTE", bytes((i*37 + k*91) % 256 for i in range(palette) for k in range(3)))] + list(chunks)
    data += b"".join(chunk(k, d) for k, d in chunks)
    data += chunk(b"IDAT", zlib.compress(b"".join(packed(p, bits) for p in parts), 9)) + chunk(b"IEND", b"")
    open(name + ".png", "wb").write(data)


def pngs():
    for bits in (1, 2, 4, 8, 16):
        png(f"grey{bits}", 0, bits)
    for bits in (1, 2, 4, 8):
        png(f"palette{bits}", 3, bits, palette=2**bits)
    for bits in (8, 16):
        png(f"rgb{bits}", 2, bits)
        png(f"grey_alpha{bits}", 4, bits)
        png(f"rgb_alpha{bits}", 6, bits)
    png("palette_short", 3, 4, palette=9)        # pixels beyond it are black
    png("palette_clear", 3, 8, [(b"tRNS", bytes(range(0, 256, 8)))], palette=256)
    png("grey_clear", 0, 8, [(b"tRNS", struct.pack(">H", 128))])
    png("rgb_clear", 2, 8, [(b"tRNS", struct.pack(">HHH", 128, 64, 32))])
    png("grey1_interlaced", 0, 1, interlaced=True)
    png("palette4_interlaced", 3, 4, palette=16, interlaced=True)
    png("rgb8_interlaced", 2, 8, interlaced=True)
    gamma = lambda v: (b"gAMA", struct.pack(">I", v))
    chroma = (b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    png("gamma100000", 2, 8, [gamma(100000)])
    png("gamma45455_grey16", 0, 16, [gamma(45455)])
    png("srgb_chroma", 2, 8, [(b"sRGB", b"\0"), gamma(45455), chroma])
    png("chroma_gamma", 2, 8, [gamma(55556), chroma])
    png("profile", 2, 8, [(b"iCCP", b"p\0\0" + zlib.compress(profile, 9))])
    png("significant", 2, 8, [(b"sBIT", b"\5\6\5")])


def jpegs():
    rgb = Image.fromarray(wave(3, 255).astype(np.uint8))
    grey = Image.fromarray(wave(1, 255)[:, :, 0].astype(np.uint8))
    cmyk = Image.fromarray(wave(4, 255).astype(np.uint8), "CMYK")

    def jpg(name, image, change=lambda data: data, **how):
        to = io.BytesIO()
        image.save(to, "JPEG", **how)
        open(name + ".jpg", "wb").write(change(to.getvalue()))

    jpg("grey", grey)
    for s in ("4:4:4", "4:2:2", "4:2:0"):
        jpg("rgb" + s.replace(":", ""), rgb, subsampling=s)
    jpg("progressive", rgb, progressive=True)
    jpg("restart", rgb, restart_marker_blocks=1)
    jpg("not_ycc", rgb, keep_rgb=True)
    jpg("cmyk", cmyk)
    jpg("cmyk_progressive", cmyk, progressive=True)

    def ycck(data):                              # the same samples, told to be YCCK: Adobe's transform is 2
        at = data.index(b"Adobe") + 11
        assert data[at] == 0
        return data[:at] + b"\2" + data[at + 1:]

    jpg("ycck", cmyk, ycck)
    jpg("stray", rgb, lambda d: d[:-2] + b"\0\1stray bytes\xff\0\x12" + d[-2:])
    jpg("stray_between", rgb, lambda d: d[:2] + b"\xff\xff" + d[2:])
    jpg("stray_progressive", rgb, lambda d: d[:-2] + b"stray" + d[-2:], progressive=True)
    jpg("stray_after", rgb, lambda d: d + b"more")
    exif = Image.Exif()
    exif[0x0112] = 6                             # turned on its side: not applied
    jpg("turned", rgb, exif=exif)


def made_up(h, w, channels):
    i = np.arange(h*w*channels, dtype=np.uint32)*np.uint32(2654435761) + np.uint32(12345)
    i = (i ^ i >> np.uint32(15))*np.uint32(2246822519)
    v = (i >> np.uint32(24)).astype(np.uint8)
    return Image.fromarray(v.reshape(h, w, 3) if channels == 3 else v.reshape(h, w))


def tables():
    r = random.Random(1)
    side = lambda: r.choice((r.randint(1, 9), r.randint(1, 40), r.randint(1, 300)))
    with open("resize.txt", "w") as f:
        for k in range(120):
            h, w, c, th, tw, filt = side(), side(), r.choice((1, 3)), side(), side(), r.choice((1, 2))
            if k % 10 == 0:
                tw = w
            got = made_up(h, w, c).resize((tw, th), {1: Image.BILINEAR, 2: Image.BICUBIC}[filt])
            f.write(f"{h} {w} {c} {th} {tw} {filt} {zlib.crc32(np.asarray(got).tobytes()):08x}\n")
    with open("input.txt", "w") as f:
        for k in range(120):
            h, w, c, s = side() + 3, side() + 3, r.choice((1, 3)), r.randint(1, 64)
            ch = r.choice((s, max(1, s - r.randint(0, 9)), r.randint(1, 64)))
            cw = ch if k % 2 else r.randint(1, 64)
            got = F.center_crop(F.resize(made_up(h, w, c), s), (ch, cw))
            f.write(f"{h} {w} {c} {s} {ch} {cw} {zlib.crc32(np.asarray(got).tobytes()):08x}\n")


def classes(names, top):
    sys.path.insert(0, str(top / "tests/parity"))
    from networks import cifar
    data = (top / "examples/weights/cifar_resnet20.safetensors").read_bytes()
    start = 8 + struct.unpack("<Q", data[:8])[0]
    head = {k: v for k, v in json.loads(data[8:start]).items() if v.get("dtype") == "F32"}
    weights = {k: torch.frombuffer(bytearray(data[start + v["data_offsets"][0]:start + v["data_offsets"][1]]), dtype=torch.float32)
               .reshape(v["shape"]) for k, v in head.items()}
    net = cifar(20, "A").eval()
    assert all(k.endswith("num_batches_tracked") for k in sum(net.load_state_dict(weights, strict=False), []))
    mean, std = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
    said = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
    with open("classes.txt", "w") as f, torch.no_grad():
        for n in names:
            x = F.center_crop(F.resize(Image.open(top / n).convert("RGB"), 32), 32)
            p = torch.softmax(net(F.normalize(F.to_tensor(x), mean, std)[None])[0].double(), 0)
            f.write(f"{n} {said[p.argmax()]} {p.max():.6f}\n")


if __name__ == "__main__":
    here = pathlib.Path(__file__).resolve().parent
    top = here.parent.parent
    pngs()
    jpegs()
    names = sorted(p.name for p in here.glob("*") if p.suffix in (".png", ".jpg"))
    np.save("pixels.npy", np.concatenate([np.asarray(Image.open(n).convert("RGB")).reshape(-1) for n in names]))
    tables()
    classes([f"tests/image/{n}" for n in names] + sorted(str(p.relative_to(top)) for p in top.glob("examples/images/*.png")), top)
