"""resnetc beside ONNX Runtime, in interleaved rounds on one machine, and the compile budgets.

    make bench            (needs python3-torch and python3-torchvision of Debian, and onnxruntime from PyPI)

Both get the same weights; ours is checked against ONNX Runtime's answer before it is timed. Ratios are of
medians over all rounds. The peak is of multiply-adds, measured by `resnetc bench` in the same minutes.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

Export = """
import sys, torch, torchvision, warnings
warnings.filterwarnings("ignore")
torch.manual_seed(0)
m = getattr(torchvision.models, sys.argv[1])(weights=None).eval()
torch.onnx.export(m, torch.randn(1, 3, 224, 224), sys.argv[2] + ".onnx", opset_version=13)
sys.path.insert(0, sys.argv[3])
from parity import write_safetensors
import pathlib
write_safetensors(pathlib.Path(sys.argv[2] + ".safetensors"), {k: v for k, v in m.state_dict().items() if "num_b" not in k})
"""


def ours(resnetc, model, weights, threads, rounds):
    r = subprocess.run([resnetc, "bench", model, "-w", weights, "--threads", str(threads), "--rounds", str(rounds), "--json", "-q"],
                       check=True, capture_output=True, text=True)
    return json.loads(r.stdout)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("resnetc")
    ap.add_argument("--models", default="resnet18,resnet50")
    ap.add_argument("--threads", default="1,2")
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--runs", type=int, default=15, help="runs a round")
    a = ap.parse_args()
    import onnxruntime as ort

    root = pathlib.Path(__file__).resolve().parent.parent.parent
    rows, budgets = [], []
    with tempfile.TemporaryDirectory() as tmp:
        tmp = pathlib.Path(tmp)
        x = np.random.default_rng(0).standard_normal((1, 3, 224, 224)).astype(np.float32)
        np.save(tmp / "x.npy", x)
        for name in a.models.split(","):
            stem, model = tmp / name, root / f"examples/{name}.lua"
            subprocess.run(["/usr/bin/python3", "-c", Export, name, stem, root / "tests/parity"], check=True, stderr=subprocess.DEVNULL)
            weights = f"{stem}.safetensors"

            start = time.perf_counter()
            subprocess.run([a.resnetc, model, "-w", weights, "-o", tmp / "out", "-q"], check=True)
            made = time.perf_counter() - start
            start = time.perf_counter()
            subprocess.run(["clang", "-O2", "-c", tmp / f"out/{name}.c", "-o", tmp / "out/o.o"], check=True)
            built = time.perf_counter() - start
            budgets.append((name, made, built, (tmp / f"out/{name}.c").stat().st_size / 1e3, (tmp / "out/o.o").stat().st_size / 1e3))

            for threads in map(int, a.threads.split(",")):
                so = ort.SessionOptions()
                so.intra_op_num_threads = threads
                s = ort.InferenceSession(f"{stem}.onnx", so, providers=["CPUExecutionProvider"])
                feed = {s.get_inputs()[0].name: x}
                want = s.run(None, feed)[0]
                subprocess.run([a.resnetc, "run", model, "-w", weights, "-i", tmp / "x.npy", "-o", tmp / "y.npy", "-q"], check=True)
                error = np.abs(np.load(tmp / "y.npy") - want).max() / np.abs(want).max()
                if not error < 1e-4:
                    sys.exit(f"{name}: off by {error:.1e} of ONNX Runtime's largest logit")
                t_ort, t_our, peak = [], [], 0
                for _ in range(a.rounds):
                    for i in range(a.runs + 2):
                        start = time.perf_counter()
                        s.run(None, feed)
                        if i >= 2:
                            t_ort.append((time.perf_counter() - start) * 1e3)
                    r = ours(a.resnetc, model, weights, threads, a.runs)
                    t_our.append(r["ms"])
                    peak = max(peak, r["peak_gflops"])
                    flops = r["gflops"] * r["ms"]
                m_ort, m_our = statistics.median(t_ort), statistics.median(t_our)
                rows.append((name, threads, m_our, m_ort, m_ort / m_our, flops / m_our / peak))

    print("| network, batch 1, 224x224 | threads | resnetc ms | ONNX Runtime ms | ratio | of measured peak |\n|---|---|---|---|---|---|")
    for r in rows:
        print(f"| {r[0]} | {r[1]} | {r[2]:.1f} | {r[3]:.1f} | {r[4]:.2f} | {100 * r[5]:.0f} % |")
    print("\n| network | to C and blob s | clang -O2 s | C KB | object KB |\n|---|---|---|---|---|")
    for b in budgets:
        print(f"| {b[0]} | {b[1]:.2f} | {b[2]:.2f} | {b[3]:.0f} | {b[4]:.0f} |")


if __name__ == "__main__":
    main()
