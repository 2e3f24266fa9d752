"""resnetc beside other runtimes on one machine: same weights, same input, interleaved rounds, one process each.

    make bench                                    resnet18, resnet50 at batch 1
    .venv/bin/python tests/bench/bench.py ./resnetc --models resnet34,cifar_resnet20 --batch 8

Every answer is checked against PyTorch's in float64 before its time counts. A ratio is of medians over all
rounds. The peak is of fused multiply-adds, measured in every round. Writes build/bench/bench.md and bench.svg.
"""
import argparse
import importlib.metadata
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import numpy as np

here = pathlib.Path(__file__).resolve().parent
root = here.parent.parent
Peers = {"onnxruntime": "onnxruntime", "openvino": "openvino", "torch_frozen": "torch", "torch_inductor": "torch", "ncnn": "ncnn",
         "iree": "iree-base-runtime", "tvm": "apache-tvm"}
Names = {"resnetc": "resnetc", "exact": "resnetc --exact", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO", "torch_frozen": "PyTorch frozen",
         "torch_inductor": "PyTorch Inductor", "ncnn": "ncnn", "iree": "IREE", "tvm": "TVM, untuned"}


class Worker:
    """A process that runs one network on one runtime when told to."""

    def __init__(self, name, command):
        self.name, self.times, self.load, self.rss = name, [], None, None
        start = time.perf_counter()
        self.p = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if not self.p.stdout.readline().startswith("ready"):
            raise RuntimeError((self.p.stderr.read().strip().splitlines() or ["no answer"])[-1])
        self.load = (time.perf_counter() - start) * 1e3

    def run(self, count, keep=True):
        print("run", count, file=self.p.stdin, flush=True)
        times = [float(t) for t in self.p.stdout.readline().split()]
        if keep:
            self.times += times

    def quit(self):
        print("quit", file=self.p.stdin, flush=True)
        self.rss = int(self.p.stdout.readline()) / 1024
        self.p.wait()


def ours(resnetc, name, batch, folder, kind, threads):
    """Emitted code in its own program; returns the command that starts it and the bytes to ship."""
    out = folder / kind
    if not (out / "app").exists():
        subprocess.run([resnetc, root / f"examples/{name}.lua", "-w", folder / f"{name}.safetensors", "--batch", str(batch), "--name", "net",
                        "-o", out, "-q"] + (["--exact"] if kind == "exact" else []), check=True)
        cc = next(c for c in ("clang-19", "clang", "gcc") if shutil.which(c))
        subprocess.run([cc, "-O2", f"-I{out}", *sorted(out.glob("*.c")), here / "app.c", "-lpthread", "-o", out / "app"], check=True)
    command = [out / "app", out / "net.weights", folder / "x.bin", folder / f"{kind}.{threads}.bin", str(threads)]
    return command, (out / "app").stat().st_size + (out / "net.weights").stat().st_size


def package_bytes(package):
    files = importlib.metadata.files(package) or []
    return sum(f.locate().stat().st_size for f in files if f.locate().exists())


def measure(a, name, batch, folder, threads):
    want = np.load(folder / "y.npy")
    workers, skipped, sizes = [], [], {}
    for kind in ("resnetc", "exact", *a.peers.split(",")):
        try:
            if kind in ("resnetc", "exact"):
                command, sizes[kind] = ours(a.resnetc, name, batch, folder, kind, threads)
                w = Worker(kind, command)
                got = np.fromfile(folder / f"{kind}.{threads}.bin", np.float32).reshape(want.shape)
            else:
                w = Worker(kind, [sys.executable, here / "peer.py", kind, folder, name, str(threads)])
                sizes[kind] = package_bytes(Peers[kind]) + (folder / f"{name}.onnx").stat().st_size
                got = np.load(folder / f"{kind}.{threads}.npy").reshape(want.shape)
            w.error = np.abs(got - want).max() / np.abs(want).max()
            if not w.error < 1e-3:
                raise RuntimeError(f"wrong by {w.error:.1e}")
            workers.append(w)
        except Exception as e:                                  # a peer that cannot run this is told of, not hidden
            skipped.append((kind, str(e)[:100]))
    peaks, flops = [], None
    for r in range(a.rounds + 1):
        for w in workers:
            time.sleep(0.3)                                     # until the threads of the one before no longer spin
            w.run(a.runs if r else max(2, a.runs // 4), keep=r > 0)
        if r:
            b = json.loads(subprocess.run([a.resnetc, "bench", root / f"examples/{name}.lua", "--batch", str(batch), "--threads", str(threads),
                                           "--rounds", "1", "--json", "-q"], check=True, capture_output=True, text=True).stdout)
            peaks.append(b["peak_gflops"])
            flops = b["gflops"] * b["ms"] * 1e6
    for w in workers:
        w.quit()
        w.ms, w.size = statistics.median(w.times), sizes[w.name]
        w.of_peak = flops / (w.ms * 1e-3) / 1e9 / statistics.median(peaks)
    return workers, skipped, statistics.median(peaks)


def markdown(results):
    lines = ["| network | batch | threads | runtime | ms | ratio | of FMA peak | error | load ms | peak MB | disk MB |", "|---|---|---|---|---|---|---|---|---|---|---|"]
    for (name, batch, threads), (workers, skipped, peak) in results.items():
        base = next(w for w in workers if w.name == "resnetc").ms
        for w in sorted(workers, key=lambda w: w.ms):
            bold = "**" if w.name == "resnetc" else ""
            lines.append(f"| {name} | {batch} | {threads} | {bold}{Names[w.name]}{bold} | {w.ms:.3g} | {w.ms / base:.2f} | {100 * w.of_peak:.0f} % | {w.error:.0e} "
                         f"| {w.load:.0f} | {w.rss:.0f} | {w.size / 1e6:.1f} |")
        for kind, why in skipped:
            lines.append(f"| {name} | {batch} | {threads} | {Names[kind]} | - | | | {why.replace('|', '/')} | | | |")
    return "\n".join(lines) + "\n"


def svg(results):
    """Bars of time relative to resnetc, a group for each network and thread count."""
    bar, gap, left, wide = 16, 30, 170, 600
    y, body = 44, []
    for (name, batch, threads), (workers, _, peak) in results.items():
        base = next(w for w in workers if w.name == "resnetc").ms
        body.append(f'<text x="12" y="{y}" class="h">{name}, batch {batch}, {threads} thread{"s" if threads > 1 else ""}</text>')
        y += 8
        most = min(4, max(w.ms for w in workers) / base)
        for w in sorted(workers, key=lambda w: w.ms):
            length = min(w.ms / base, most) / most * wide
            kind = "o" if w.name == "resnetc" else "e" if w.name == "exact" else "p"
            cut = " (cut)" if w.ms / base > most else ""
            body.append(f'<text x="{left - 8}" y="{y + 12}" class="n">{Names[w.name]}</text><rect x="{left}" y="{y}" width="{length:.1f}" height="{bar - 3}" class="{kind}"/>'
                        f'<text x="{left + length + 6:.1f}" y="{y + 11}" class="v">{w.ms:.4g} ms, {w.ms / base:.3g}x{cut}</text>')
            y += bar
        y += gap
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 {y}" font-family="Helvetica, Arial, sans-serif">'
            '<style>text{font-size:12px;fill:#333}.h{font-weight:bold;font-size:13px}.n{text-anchor:end}.v{fill:#555}.o{fill:#1f6f8b}.e{fill:#7fb3c4}.p{fill:#c9c4b8}'
            '@media (prefers-color-scheme:dark){text{fill:#ddd}.v{fill:#bbb}.p{fill:#6b675f}}</style>'
            '<text x="12" y="20" class="h">Time of one call; shorter is better</text>' + "".join(body) + "</svg>\n")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("resnetc")
    ap.add_argument("--models", default="resnet18,resnet50")
    ap.add_argument("--batch", type=int, default=1)
    ap.add_argument("--threads", default="1,2")
    ap.add_argument("--peers", default=",".join(Peers))
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--runs", type=int, default=12, help="runs a round")
    a = ap.parse_args()
    out, results = root / "build/bench", {}
    for name in a.models.split(","):
        folder = out / f"{name}_{a.batch}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        subprocess.run(["/usr/bin/python3", here / "export.py", name, str(a.batch), folder], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        np.load(folder / "x.npy").tofile(folder / "x.bin")
        for threads in map(int, a.threads.split(",")):
            results[name, a.batch, threads] = measure(a, name, a.batch, folder, threads)
            print(markdown({(name, a.batch, threads): results[name, a.batch, threads]}), flush=True)
        shutil.rmtree(folder, ignore_errors=True)
    (out / "bench.md").write_text(markdown(results))
    (out / "bench.svg").write_text(svg(results))


if __name__ == "__main__":
    main()
