"""Networks of other libraries beside ONNX Runtime: exported by PyTorch, imported, compiled, timed in interleaved rounds.

    .venv/bin/python tests/bench/architectures.py ./resnetc [--only TEXT] [--threads N] [--write MACHINE]

Networks and their random weights are those of tests/parity/architectures.py, 224 pixels a side. A time counts when the
results agree to 1e-3 of the largest. Ratios are ONNX Runtime's time divided by ours: of medians, and of the least times,
which neighbours on the machine move less. --write keeps the table in tests/bench/architectures.md, a section for a machine.
"""
import argparse
import contextlib
import io
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import warnings

import numpy as np

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here))
from bench import Worker, version

Most = 1e-3
Networks = """timm/resnetaa34d timm/dla34 timm/resnetv2_18 timm/resnet18d timm/seresnet34 timm/seresnext26d_32x4d timm/ecaresnet26t
              timm/mobilenetv2_100 timm/mobilenetv3_small_100 timm/mobilenetv3_large_100 timm/hrnet_w18_small timm/regnetx_004 timm/regnety_002
              timm/ese_vovnet19b_dw timm/convnext_atto timm/convnext_femto timm/efficientnet_b0 timm/densenet121 timm/repvgg_a0 timm/ghostnet_100
              timm/cspresnet50 timm/darknet53 tv/shufflenet_v2_x1_0 tv/googlenet tv/squeezenet1_0 tv/vgg11_bn""".split()


def exported(name, folder):
    """net.onnx, x.npy and x.bin."""
    import importlib.util
    spec = importlib.util.spec_from_file_location("parity_architectures", here.parent / "parity/architectures.py")
    parity = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(parity)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parity.export(f"{name}@224", folder / "net.onnx")
    x = np.load(folder / "net.npz")["x"]
    np.save(folder / "x.npy", x)
    x.tofile(folder / "x.bin")


def compiled(resnetc, folder):
    subprocess.run([resnetc, "import", folder / "net.onnx", "--name", "net", "-o", folder / "lua", "-q"], check=True, capture_output=True)
    subprocess.run([resnetc, folder / "lua/net.lua", "-w", folder / "lua/net.safetensors", "-o", folder / "c", "-q"], check=True, capture_output=True)
    cc = next(c for c in ("clang-19", "clang", "gcc") if shutil.which(c))
    subprocess.run([cc, "-O2", f"-I{folder}/c", *sorted((folder / "c").glob("*.c")), here / "app.c", "-lm", "-lpthread", "-o", folder / "app"],
                   check=True, capture_output=True)


def measure(a, name, folder):
    """Median and least ms of both, and how far the results are apart."""
    exported(name, folder)
    compiled(a.resnetc, folder)
    both = [Worker("resnetc", [folder / "app", folder / "c/net.weights", folder / "x.bin", folder / "y.bin", str(a.threads)], folder / "resnetc.err"),
            Worker("onnxruntime", [sys.executable, here / "peer.py", "onnxruntime", folder, "net", str(a.threads)], folder / "onnxruntime.err")]
    got, want = np.fromfile(folder / "y.bin", np.float32), np.load(folder / f"onnxruntime.{a.threads}.npy").ravel()
    error = float(np.abs(got[:want.size] - want).max() / np.abs(want).max())
    for r in range(a.rounds + 1):
        for w in both:
            w.run(a.runs, keep=r > 0)
    for w in both:
        w.quit()
    if not error < Most:
        raise RuntimeError(f"results differ by {error:.1e}")
    return [(statistics.median(w.times), min(w.times)) for w in both], error


def keep(machine, lines):
    """A section for a machine, in place of an earlier one of it."""
    file = here / "architectures.md"
    sections = re.split(r"(?m)^(?=## )", file.read_text())
    head, rest = sections[0], [s for s in sections[1:] if not s.startswith(f"## {machine}\n")]
    section = f"## {machine}\n\nONNX Runtime {version('onnxruntime')}.\n\n" + "\n".join(lines) + "\n"
    file.write_text(head + "\n".join(s.rstrip("\n") + "\n" for s in [section, *rest]))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("resnetc")
    p.add_argument("--only", default="")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--rounds", type=int, default=4)
    p.add_argument("--runs", type=int, default=8, help="runs a round")
    p.add_argument("--write", metavar="MACHINE")
    a = p.parse_args()
    lines = ["| network | resnetc ms | least | ONNX Runtime ms | least | ratio | of the least |", "|---|---|---|---|---|---|---|"]
    print("\n".join(lines))
    for name in (n for n in Networks if re.search(a.only, n)):
        with tempfile.TemporaryDirectory() as folder:
            try:
                ((ours, least), (theirs, their_least)), _ = measure(a, name, pathlib.Path(folder))
                lines.append(f"| {name} | {ours:.3g} | {least:.3g} | {theirs:.3g} | {their_least:.3g} | **{theirs / ours:.2f}** | {their_least / least:.2f} |")
            except Exception as e:                              # told of, not hidden
                said = (getattr(e, "stderr", None) or b"").decode().strip().splitlines() or [str(e)]
                lines.append(f"| {name} | - | | | | | {said[0][:100].replace('|', '/')} |")
        print(lines[-1], flush=True)
    if a.write:
        keep(f"{a.write}, {a.threads} thread{'s' if a.threads > 1 else ''}", lines)


if __name__ == "__main__":
    main()
