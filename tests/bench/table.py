"""README's tables of speed, from what bench.py --keep wrote: one row for a network, its batch and its threads on each machine.

    python3 tests/bench/table.py > tables.md
    python3 tests/bench/table.py --write README.md      between its lines <!-- bench --> and <!-- /bench -->, of bytes <!-- bytes -->

Every ratio is of medians of one run's interleaved rounds. Needs nothing but Python.
"""
import json
import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent
Ours = ("resnetc", "resnetc --exact")


def line(machine, row):
    found = {r["name"]: r for r in row["runtimes"]}
    ours, peers = found["resnetc"], sorted((r for r in row["runtimes"] if r["name"] not in Ours), key=lambda r: r["median_ms"])
    ratio = f"**{peers[0]['median_ms'] / ours['median_ms']:.2f}** ({peers[0]['name']} {peers[0]['median_ms']:.3g})" if peers else "-"
    second = f"{peers[1]['median_ms'] / ours['median_ms']:.2f} ({peers[1]['name']})" if len(peers) > 1 else "-"
    return (f"| {machine} | {row['network']} | {row['batch']} | {row['threads']} | **{ours['median_ms']:.3g}** | {ours['least_ms']:.3g} "
            f"| {found['resnetc --exact']['median_ms']:.3g} | {ratio} | {second} | {ours['error']:.0e} |")


def line_of_bytes(machine, row):
    found = {r["name"]: r for r in row["runtimes"]}
    ours, peers = found["resnetc --int8"], sorted((r for r in row["runtimes"] if not r["name"].startswith("resnetc")), key=lambda r: r["median_ms"])
    said = [f"{r['median_ms'] / ours['median_ms']:.2f} ({r['name']} {r['median_ms']:.3g}{', %d wrong' % r['wrong_bytes'] if r.get('wrong_bytes') else ''})" for r in peers[:3]]
    return (f"| {machine} | {row['network']} | {row['threads']} | **{ours['median_ms']:.3g}** | {ours['least_ms']:.3g} "
            f"| {found['resnetc, floats']['median_ms'] / ours['median_ms']:.2f} | " + " | ".join((said + ["-", "-", "-"])[:3]) + " |")


Heads = {False: "| machine | network | batch | threads | ours ms | least | `--exact` | fastest peer / ours | next | error |",
         True: "| machine | network | threads | bytes ms | least | our floats / bytes | fastest peer / ours | next | next |"}


def table(in_bytes):
    lines = [Heads[in_bytes], "|---" * (Heads[in_bytes].count("|") - 1) + "|"]
    for file in sorted((here / "results").glob("*.json")):
        kept = json.loads(file.read_text())
        rows = (r for r in kept["rows"] if r.get("bytes", False) == in_bytes)
        lines += [(line_of_bytes if in_bytes else line)(kept["machine"], row) for row in sorted(rows, key=lambda r: (r["batch"], r["network"], r["threads"]))]
    return "\n".join(lines) + "\n"


def put(text, mark, table):
    before, rest = text.split(f"<!-- {mark} -->\n")
    return before + f"<!-- {mark} -->\n" + table + f"<!-- /{mark} -->\n" + rest.split(f"<!-- /{mark} -->\n")[1]


if sys.argv[1:2] == ["--write"]:
    readme = pathlib.Path(sys.argv[2])
    readme.write_text(put(put(readme.read_text(), "bench", table(False)), "bytes", table(True)))
else:
    print(table(False), table(True), sep="\n", end="")
