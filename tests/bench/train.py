"""A step of training, resnetc beside PyTorch (default, channels_last, Inductor) and JAX: interleaved rounds, one process each.

    .venv/bin/python tests/bench/train.py ./resnetc
    .venv/bin/python tests/bench/train.py ./resnetc --models resnet18 --threads 1 --rounds 3

Networks: resnet20 and resnet56 of CIFAR-10 at batch 128, resnet18 of ImageNet at batch 16, each once more with
nn.train { recompute = true }. Each round is a step of every process in turn; the first round does not count. Medians and
least times in ms, the peak of each process's memory; ratios are of the fastest of the others to resnetc. What does not install
or run is left out. --large-pages: all of them have their memory in pages of 2 MB where the system gives them.
"""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).resolve().parent
root = here.parent.parent
Networks = {"resnet20": (["examples/train/degradation.lua", "-D", "depth=20"], 128, 3*32*32),
            "resnet56": (["examples/train/degradation.lua", "-D", "depth=56"], 128, 3*32*32),
            "resnet18": (["examples/resnet18.lua"], 16, 3*224*224)}
LargePages = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
Peers = {"PyTorch": "default", "channels_last": "channels_last", "Inductor": "inductor", "JAX": "jax"}


def recomputing(model, folder):
    """The same model, which keeps less for the way back."""
    text = (root/model).read_text()
    where = "nn.train {" if "nn.train {" in text else "nn.model {"
    what = " recompute = true," if where == "nn.train {" else " train = nn.train { recompute = true },"
    copy = folder/pathlib.Path(model).name
    copy.write_text(text.replace(where, where + what, 1))
    return copy


def program(resnetc, name, folder, threads, recompute=False):
    """The compiled step of a network, with memory for so many threads."""
    (model, *options), batch, pixels = Networks[name]
    folder.mkdir()
    subprocess.run([resnetc, recomputing(model, folder) if recompute else model, *options, "--train", "--batch", str(batch),
                    "--threads", threads, "-w", "random", "-q", "-o", folder], cwd=root, check=True)
    train = (folder/f"{name}_train.h").read_text()
    words = {word: re.search(rf"_TRAIN_{word}_BYTES +(\d+)", train)[1] for word in ("STATE", "WORKSPACE")}
    compiler = next(c for c in ("clang-19", "clang", "cc") if subprocess.run(["which", c], capture_output=True).returncode == 0)
    define = [f"-DNAME={name}", f'-DHEADER="{name}_train.h"', f"-DBATCH={batch}", f"-DPIXELS={pixels}",
              *(f"-D{word}={bytes}" for word, bytes in words.items())]
    files = [here/"train_app.c", *(folder/f for f in (f"{name}_train.c", "rc.c", "rc_train.c", "rc_threads.c"))]
    subprocess.run([compiler, "-O2", "-w", *define, f"-I{folder}", *files, "-o", folder/"step", "-lm", "-pthread"], check=True)
    return folder/"step"


def step(process):
    process.stdin.write("\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def measure(commands, rounds, pages):
    """Milliseconds of every round and MB of each of the commands, by name; None for one that cannot run."""
    processes = {}
    for name, command in commands.items():
        p = subprocess.Popen([str(c) for c in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                             text=True, env={**os.environ, **pages})
        if p.stdout.readline() == "ready\n":
            processes[name] = p
        else:
            p.kill()
    times = [{name: step(p) for name, p in processes.items()} for _ in range(rounds + 1)][1:]
    return {name: ([t[name] for t in times], float(processes[name].communicate()[0])) if name in processes else None for name in commands}


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("resnetc", type=pathlib.Path)
    args.add_argument("--models", default=",".join(Networks))
    args.add_argument("--threads", default="1,2")
    args.add_argument("--rounds", type=int, default=5)
    args.add_argument("--large-pages", action="store_true")
    a = args.parse_args()
    print("| network, threads | resnetc ms (least) | " + " | ".join(Peers) + " | ratio | MB resnetc | " + " | ".join(Peers) + " |")
    print("|" + "---|"*(2*len(Peers) + 4))
    for name in a.models.split(","):
        for threads in a.threads.split(","):
            with tempfile.TemporaryDirectory() as folder:
                own = {row: program(a.resnetc.resolve(), name, pathlib.Path(folder)/row, threads, row == "recompute")
                       for row in ("resnetc", "recompute")}
                peer = [sys.executable, here/"train_peer.py", name, Networks[name][1], threads]
                cores = ["taskset", "-c", f"0-{int(threads) - 1}"]
                commands = {**{row: [step, threads] for row, step in own.items()},
                            **{title: peer + [how] for title, how in Peers.items() if how != "jax"},
                            "JAX": [*cores, sys.executable, here/"train_jax.py", name, Networks[name][1]]}
                results = measure(commands, a.rounds, LargePages if a.large_pages else {})
            for row in own:
                if not results[row]:
                    sys.exit(f"{name}: resnetc's step does not run")
                titles = [row, *Peers]
                median = {k: statistics.median(results[k][0]) for k in titles if results[k]}
                cells = [f"{median[k]:.0f} ({min(results[k][0]):.0f})" if k in median else "-" for k in titles]
                others = [v for k, v in median.items() if k != row]
                ratio = f"{min(others)/median[row]:.2f}" if others else "-"
                print(f"| {name}, {threads}{', recompute' if row == 'recompute' else ''} | {' | '.join(cells)} | {ratio} | ", end="")
                print(" | ".join(f"{results[k][1]:.0f}" if results[k] else "-" for k in titles) + " |", flush=True)


main()
