"""A step of training, resnetc beside PyTorch (default and channels_last): interleaved rounds, one process each.

    .venv/bin/python tests/bench/train.py ./resnetc
    .venv/bin/python tests/bench/train.py ./resnetc --models resnet18 --threads 1 --rounds 3

Networks: resnet20 and resnet56 of CIFAR-10 at batch 128, resnet18 of ImageNet at batch 16. Each round is a step of every
process in turn; the first round does not count. Medians and least times in ms, the peak of each process's memory; ratios
are of the faster of PyTorch's two to resnetc.
"""
import argparse
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


def program(resnetc, name, folder):
    """The compiled step of a network."""
    model, batch, pixels = Networks[name]
    subprocess.run([resnetc, *model, "--train", "--batch", str(batch), "-w", "random", "-q", "-o", folder], cwd=root, check=True)
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


def measure(commands, rounds):
    """Milliseconds of every round and MB of each of the commands."""
    pipes = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    processes = [subprocess.Popen([str(c) for c in command], **pipes) for command in commands]
    for p in processes:
        if p.stdout.readline() != "ready\n":
            sys.exit(f"{p.args}: not ready")
    times = [[step(p) for p in processes] for _ in range(rounds + 1)][1:]
    return [([t[i] for t in times], float(p.communicate()[0])) for i, p in enumerate(processes)]


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("resnetc", type=pathlib.Path)
    args.add_argument("--models", default=",".join(Networks))
    args.add_argument("--threads", default="1,2")
    args.add_argument("--rounds", type=int, default=5)
    a = args.parse_args()
    print("| network, threads | resnetc ms (least) | PyTorch | channels_last | ratio | MB resnetc | PyTorch | channels_last |")
    print("|---|---|---|---|---|---|---|---|")
    for name in a.models.split(","):
        with tempfile.TemporaryDirectory() as folder:
            own = program(a.resnetc.resolve(), name, pathlib.Path(folder))
            for threads in a.threads.split(","):
                peer = [sys.executable, here/"train_peer.py", name, Networks[name][1], threads]
                results = measure([[own, threads], peer + ["default"], peer + ["channels_last"]], a.rounds)
                medians = [statistics.median(times) for times, _ in results]
                cells = [f"{m:.0f} ({min(times):.0f})" for m, (times, _) in zip(medians, results)]
                ratio = min(medians[1:])/medians[0]
                print(f"| {name}, {threads} | {' | '.join(cells)} | {ratio:.2f} | " +
                      " | ".join(f"{mb:.0f}" for _, mb in results) + " |", flush=True)


main()
