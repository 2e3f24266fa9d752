"""README's table of speed, from what bench.py --keep wrote: one row for a network, its batch and its threads on each machine.

    python3 tests/bench/table.py > table.md
    python3 tests/bench/table.py --write README.md      between its lines <!-- bench --> and <!-- /bench -->

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


def table():
    lines = ["| machine | network | batch | threads | ours ms | least | `--exact` | fastest peer / ours | next | error |", "|---|---|---|---|---|---|---|---|---|---|"]
    for file in sorted((here / "results").glob("*.json")):
        kept = json.loads(file.read_text())
        lines += [line(kept["machine"], row) for row in sorted(kept["rows"], key=lambda r: (r["batch"], r["network"], r["threads"]))]
    return "\n".join(lines) + "\n"


if sys.argv[1:2] == ["--write"]:
    readme = pathlib.Path(sys.argv[2])
    text = readme.read_text()
    before, rest = text.split("<!-- bench -->\n")
    readme.write_text(before + "<!-- bench -->\n" + table() + "<!-- /bench -->\n" + rest.split("<!-- /bench -->\n")[1])
else:
    print(table(), end="")
