"""The ways of convolutions that are faster on this processor than the cost model's choice: the rows that resnetc carries.

    python3 tests/bench/measured.py ./resnetc --models resnet18,resnet50 -o compiler/measured/zen_4.tsv

Each network is tuned on one thread (resnetc tune): all ways of a shape are timed inside the network. The fastest is kept where it
took at least 3 % less than the model's own, but Strassen's products, whose weights are 1.75 times as large, on small maps: there
memory brings them too late on two threads. Rows of shapes that are not measured here stay as they are. Compare whole networks
then, and take out what makes one slower.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

root = pathlib.Path(__file__).resolve().parent.parent.parent
Head = "# cpu\tcompiler\ttarget\tthreads\tshape\twinograd\ttile\tmicroseconds\n"
Shape = 4                            # a column
SmallMap = 100                       # pixels


def pixels(shape):
    """Of the result, by a row's text: 1x256x14x14-1024-k1x1-s1x1-..."""
    (_, _, h, w), _, _, stride = (part.lstrip("ks").split("x") for part in shape.split("-")[:4])
    return int(h)//int(stride[0])*(int(w)//int(stride[1]))


def rows(resnetc, model, options, folder):
    """A row of every shape of the network, or None where the model's own way is best."""
    file = folder/f"{model}.tuned"
    run = subprocess.run([resnetc, "tune", root/"examples"/f"{model}.lua", *options, "--json", "-o", file], check=True,
                         capture_output=True, text=True)
    where = file.read_text().splitlines()[1].split("\t")[:4]
    for shape in json.loads(run.stdout)["shapes"]:
        ways = [way for way in shape["ways"] if way["algorithm"] != "strassen" or pixels(shape["shape"]) >= SmallMap]
        way = min(ways, key=lambda way: way["us"])
        row = [*where, shape["shape"], way["algorithm"], "x".join(map(str, way["tile"])), f"{way['us']:.2f}"]
        yield shape["shape"], "\t".join(row) if way["us"] <= 0.97*shape["us"] else None


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("resnetc")
    ap.add_argument("--models", default="resnet18,resnet50,resnet50d,se_resnet50,resnext50_32x4d,preact_resnet18,cifar_resnet20,"
                    "mlperf_tiny_resnet8")
    ap.add_argument("--int8", action="store_true", help="the networks on bytes")
    ap.add_argument("-o", required=True, help="the file of rows")
    a = ap.parse_args()
    known, out = {}, pathlib.Path(a.o)
    if out.exists():
        known = {row.split("\t")[Shape]: row for row in out.read_text().splitlines() if row and not row.startswith("#")}
    measured, options = {}, ["--int8", "--calibrate", "random"] if a.int8 else []
    with tempfile.TemporaryDirectory() as folder:
        for model in a.models.split(","):
            for shape, row in rows(a.resnetc, model, options, pathlib.Path(folder)):
                measured.setdefault(shape, row)
            print(f"{model}: {len(measured)} shapes, {sum(row is not None for row in measured.values())} with a row", flush=True)
    known = {shape: row for shape, row in {**known, **measured}.items() if row}
    out.write_text(Head + "".join(row + "\n" for _, row in sorted(known.items())))


if __name__ == "__main__":
    main()
