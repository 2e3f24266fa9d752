"""resnetc beside other runtimes on one machine: same weights, same input, interleaved rounds, one process each.

    make bench                                    resnet18, resnet50 at batch 1
    .venv/bin/python tests/bench/bench.py ./resnetc --models resnet34,cifar_resnet20 --batch 8
    .venv/bin/python tests/bench/bench.py ./resnetc --quiet-check --keep "Zen 5"
    .venv/bin/python tests/bench/bench.py ./resnetc --int8        as bytes: resnet18, resnet50, cifar_resnet20, mlperf_tiny_resnet8

Every answer is checked against PyTorch's in float64 before its time counts. A ratio is of medians over all
rounds of one run; the least times stand beside them. The peak is of fused multiply-adds, measured in every round.
Instructions of one call, which no neighbour can change, are counted by valgrind (as AVX2 code: it knows no AVX-512).
--quiet-check measures first how much of the processor others take, and refuses a noisy machine.
--int8 compares networks of bytes: ONNX Runtime quantises the network once, with unsigned and with signed bytes, and
"same integers" is resnetc on that file, imported: whose every byte is exact. Wrong bytes are those of a peer's output that
are not these, of the same file; peers that quantise for themselves have none to compare with. Errors are those of bytes.
ncnn is not among them: what quantises for it is not in its package.
Writes build/bench/bench.md and bench.svg; with --keep MACHINE also tests/bench/results/MACHINE.json, of which
table.py makes the README's table: a network's row there is of one run, never of two.
"""
import argparse
import importlib.metadata
import json
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import time

import numpy as np

here = pathlib.Path(__file__).resolve().parent
root = here.parent.parent
Peers = {"onnxruntime": "onnxruntime", "openvino": "openvino", "torch_frozen": "torch", "torch_inductor": "torch", "ncnn": "ncnn",
         "mnn": "MNN", "executorch": "executorch", "tract": "tract", "iree": "iree-base-runtime", "tvm": "apache-tvm"}
Names = {"resnetc": "resnetc", "exact": "resnetc --exact", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO", "torch_frozen": "PyTorch frozen",
         "torch_inductor": "PyTorch Inductor", "ncnn": "ncnn", "mnn": "MNN", "executorch": "ExecuTorch XNNPACK", "tract": "tract",
         "iree": "IREE", "tvm": "TVM, untuned"}
Bytes = {"ort_u8s8": "onnxruntime", "ort_s8s8": "onnxruntime", "openvino_u8s8": "openvino", "openvino_nncf": "openvino", "torch_int8": "torchao", "mnn_int8": "MNN"}
Peers_of_bytes = {"int8": "resnetc --int8", "same_u8s8": "resnetc, same integers u8s8", "same_s8s8": "resnetc, same integers s8s8", "ort_u8s8": "ONNX Runtime u8s8",
                  "ort_s8s8": "ONNX Runtime s8s8", "openvino_u8s8": "OpenVINO u8s8", "openvino_nncf": "OpenVINO NNCF", "torch_int8": "PyTorch Inductor int8", "mnn_int8": "MNN"}
Ours = ("resnetc", "exact", "int8", "same_u8s8", "same_s8s8")
Small = ("cifar_resnet20", "mlperf_tiny_resnet8")              # whose instructions are counted: others take minutes


class Worker:
    """A process that runs one network on one runtime when told to."""

    def __init__(self, name, command, errors):
        self.name, self.times, self.load, self.rss, self.wrong = name, [], None, None, None
        start = time.perf_counter()
        with open(errors, "w") as f:                            # a file: a pipe that nobody reads fills up and stops its writer
            self.p = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=f, text=True)
        if not self.p.stdout.readline().startswith("ready"):
            self.p.wait()
            raise RuntimeError((errors.read_text().strip().splitlines() or ["no answer"])[-1])
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
    model, weights, options = root / f"examples/{name}.lua", folder / f"{name}.safetensors", ["--exact"] if kind == "exact" else []
    if kind.startswith("same_") and not (out / "app").exists():
        subprocess.run([resnetc, "import", folder / f"{name}.{kind[5:]}.onnx", "--name", "net", "-o", out, "-q"], check=True)
        model, weights = out / "net.lua", out / "net.q.safetensors"
    elif kind == "int8":
        options = ["--int8", "--calibrate", folder / "calibrate.npy"]
    if not (out / "app").exists():
        subprocess.run([resnetc, model, "-w", weights, "--batch", str(batch), "--name", "net", "-o", out, "-q", *options], check=True)
        cc = next(c for c in ("clang-19", "clang", "gcc") if shutil.which(c))
        subprocess.run([cc, "-O2", f"-I{out}", *sorted(out.glob("*.c")), here / "app.c", "-lpthread", "-o", out / "app"], check=True)
    command = [out / "app", out / "net.weights", folder / "x.bin", folder / f"{kind}.{threads}.bin", str(threads)]
    return command, (out / "app").stat().st_size + (out / "net.weights").stat().st_size


def package_bytes(package):
    files = importlib.metadata.files(package) or []
    return sum(f.locate().stat().st_size for f in files if f.locate().exists())


def wrong_bytes(folder, w, file, threads):
    """How many outputs are not those of the same file's integers, computed exactly; each is a byte times the output's step."""
    exact = folder / f"same_{file}.{threads}.bin"
    if not exact.exists() or w is None:
        return None
    want = np.fromfile(exact, np.float32)
    return int((np.abs(want - w.ravel()) > 1e-4 * np.abs(want).max()).sum())


def measure(a, name, batch, folder, threads):
    want = np.load(folder / "y.npy")
    workers, skipped, sizes = [], [], {}
    for kind in ("resnetc", "int8" if a.int8 else "exact", *(("same_u8s8", "same_s8s8") if a.int8 else ()), *a.peers.split(",")):
        try:
            if kind in Ours:
                command, sizes[kind] = ours(a.resnetc, name, batch, folder, kind, threads)
                w = Worker(kind, command, folder / f"{kind}.err")
                got = np.fromfile(folder / f"{kind}.{threads}.bin", np.float32).reshape(want.shape)
            else:
                w = Worker(kind, [sys.executable, here / "peer.py", kind, folder, name, str(threads)], folder / f"{kind}.err")
                sizes[kind] = package_bytes({**Peers, **Bytes}[kind]) + (folder / f"{name}.onnx").stat().st_size
                got = np.load(folder / f"{kind}.{threads}.npy").reshape(want.shape)
            w.error = np.abs(got - want).max() / np.abs(want).max()
            if a.int8 and kind.rsplit("_")[-1] in ("u8s8", "s8s8"):
                w.wrong = wrong_bytes(folder, got, kind[-4:], threads)
            if not w.error < (0.5 if a.int8 and kind != "resnetc" else 1e-3):
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
        w.ms, w.least, w.size = statistics.median(w.times), min(w.times), sizes[w.name]
        w.of_peak = flops / (w.ms * 1e-3) / 1e9 / statistics.median(peaks)
    return workers, skipped, statistics.median(peaks)


def base_of(workers):
    """The time that others are compared with: of resnetc's bytes where bytes are compared."""
    return next((w for w in workers if w.name == "int8"), workers[0]).ms


def markdown(results):
    lines = ["| network | batch | threads | runtime | median ms | least ms | ratio | of FMA peak | error | wrong bytes | load ms | peak MB | disk MB |",
             "|---|---|---|---|---|---|---|---|---|---|---|---|---|"]
    for (name, batch, threads), (workers, skipped, peak) in results.items():
        base = base_of(workers)
        for w in sorted(workers, key=lambda w: w.ms):
            bold = "**" if w.ms == base else ""
            lines.append(f"| {name} | {batch} | {threads} | {bold}{Names[w.name]}{bold} | {w.ms:.3g} | {w.least:.3g} | {w.ms / base:.2f} | {100 * w.of_peak:.0f} % | {w.error:.0e} | {'' if w.wrong is None else w.wrong} "
                         f"| {w.load:.0f} | {w.rss:.0f} | {w.size / 1e6:.1f} |")
        for kind, why in skipped:
            lines.append(f"| {name} | {batch} | {threads} | {Names[kind]} | - | | | | {why.replace('|', '/')} | | | | |")
    return "\n".join(lines) + "\n"


def svg(results):
    """Bars of time relative to resnetc, a group for each network and thread count."""
    bar, gap, left, wide = 16, 30, 170, 600
    y, body = 44, []
    for (name, batch, threads), (workers, _, peak) in results.items():
        base = base_of(workers)
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


def quiet(seconds=3):
    """How much of the machine others take: shares of stolen and of busy time, and how far the same work spreads."""
    def ticks():
        return list(map(int, open("/proc/stat").readline().split()[1:9]))
    before = ticks()
    time.sleep(seconds)
    took = [b - a for a, b in zip(before, ticks())]
    work = []
    for _ in range(200):
        start = time.perf_counter()
        sum(range(20000))
        work.append(time.perf_counter() - start)
    return {"stolen": took[7] / sum(took), "busy": 1 - (took[3] + took[4] + took[7]) / sum(took), "spread": statistics.median(work) / min(work) - 1}


def instructions(a, name, folder):
    """Of one call, by valgrind: those of eleven calls less those of one, a tenth."""
    out = folder / "counted"
    subprocess.run([a.resnetc, root / f"examples/{name}.lua", "-w", folder / f"{name}.safetensors", "--name", "net", "--target", "avx2", "-o", out, "-q"], check=True)
    subprocess.run(["cc", "-O2", f"-I{out}", *sorted(out.glob("*.c")), here / "app.c", "-lpthread", "-o", out / "app"], check=True)

    def count(runs):
        r = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", out / "app", out / "net.weights", folder / "x.bin", folder / "counted.bin", "1"],
                           input=f"run {runs}\nquit\n", capture_output=True, text=True)
        return int(re.search(r"Collected : (\d+)", r.stderr).group(1))
    return (count(11) - count(1)) // 10


def keep(machine, results, noise, in_bytes):
    """One file for a machine; a row for each network, batch and number of threads, in floats and in bytes, which a later run of the same replaces."""
    file = here / "results" / (re.sub(r"[^a-z0-9]+", "_", machine.lower()).strip("_") + ".json")
    file.parent.mkdir(exist_ok=True)
    all_ = json.loads(file.read_text()) if file.exists() else {"machine": machine, "rows": []}
    for (name, batch, threads), (workers, skipped, peak) in results.items():
        row = {"network": name, "batch": batch, "threads": threads, "peak_gflops": round(peak, 1), "noise": {k: round(v, 3) for k, v in noise.items()},
               "runtimes": [{"name": Names[w.name], "version": version(w.name), "median_ms": round(w.ms, 5), "least_ms": round(w.least, 5), "error": float(f"{w.error:.2g}"),
                             "load_ms": round(w.load), "peak_mb": round(w.rss), "disk_mb": round(w.size / 1e6, 1), **({} if w.wrong is None else {"wrong_bytes": w.wrong})}
                            for w in workers],
               "left_out": {Names[k]: why for k, why in skipped}}
        if counts.get((name, batch)):
            row["instructions"] = counts[name, batch]
        if in_bytes:
            row["bytes"] = True
        all_["rows"] = [r for r in all_["rows"] if (r["network"], r["batch"], r["threads"], r.get("bytes", False)) != (name, batch, threads, in_bytes)] + [row]
    file.write_text(json.dumps(all_, indent=1) + "\n")


def version(kind):
    return importlib.metadata.version({**Peers, **Bytes}[kind]) if kind in {**Peers, **Bytes} else ""


counts = {}


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("resnetc")
    ap.add_argument("--models", default="resnet18,resnet50")
    ap.add_argument("--batch", type=int, default=1)
    ap.add_argument("--threads", default="1,2")
    ap.add_argument("--peers", default=",".join(Peers))
    ap.add_argument("--rounds", type=int, default=3)
    ap.add_argument("--runs", type=int, default=12, help="runs a round")
    ap.add_argument("--int8", action="store_true", help="networks of bytes")
    ap.add_argument("--quiet-check", action="store_true", help="refuse a machine that others use")
    ap.add_argument("--keep", metavar="MACHINE", help="write results/MACHINE.json")
    a = ap.parse_args()
    if a.int8:
        Names.update(Peers_of_bytes, resnetc="resnetc, floats")
        a.models += ",cifar_resnet20,mlperf_tiny_resnet8" if a.models == ap.get_default("models") else ""
        a.peers = ",".join(Bytes) if a.peers == ap.get_default("peers") else a.peers
    noise = quiet()
    if a.quiet_check and (noise["stolen"] > 0.01 or noise["busy"] > 0.05 or noise["spread"] > 0.1):
        sys.exit("too noisy: " + ", ".join(f"{100 * v:.0f} % {k}" for k, v in noise.items()) + "; want at most 1, 5 and 10 %")
    out, results = root / "build/bench", {}
    for name in a.models.split(","):
        folder = out / f"{name}_{a.batch}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        subprocess.run(["/usr/bin/python3", here / "export.py", name, str(a.batch), folder], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        np.load(folder / "x.npy").tofile(folder / "x.bin")
        if a.int8:
            subprocess.run([sys.executable, here / "quantised.py", name, folder], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if shutil.which("valgrind") and name in Small and not a.int8:
            counts[name, a.batch] = instructions(a, name, folder)
            print(f"{name}: {counts[name, a.batch]} instructions a call (AVX2)", flush=True)
        for threads in map(int, a.threads.split(",")):
            results[name, a.batch, threads] = measure(a, name, a.batch, folder, threads)
            print(markdown({(name, a.batch, threads): results[name, a.batch, threads]}), flush=True)
        shutil.rmtree(folder, ignore_errors=True)
    if a.keep:
        keep(a.keep, results, noise, a.int8)
    (out / "bench.md").write_text(markdown(results))
    (out / "bench.svg").write_text(svg(results))


if __name__ == "__main__":
    main()
