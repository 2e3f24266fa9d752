"""Error by epoch of several runs in one picture: plot_logs.py OUT.svg NAME=LOG.csv ...  Thin: training, bold: test."""
import csv
import sys

W, H, LEFT, RIGHT, TOP, BOTTOM = 640, 400, 50, 100, 20, 44
COLOURS = ["#c2552d", "#8c1d40", "#6ea8f0", "#2563b8", "#2e8a57", "#8a5bb5"]


def main():
    runs = [(a.partition("=")[0], list(csv.DictReader(open(a.partition("=")[2])))) for a in sys.argv[2:]]
    epochs = max(int(r["epoch"]) for _, rows in runs for r in rows)
    x = lambda e: LEFT + e / epochs * (W - LEFT - RIGHT)
    y = lambda error: H - BOTTOM - min(error, 0.8) / 0.8 * (H - TOP - BOTTOM)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {W} {H}" font-family="DejaVu Sans, Helvetica, sans-serif" font-size="12">',
           f'<rect width="{W}" height="{H}" fill="#fff"/>']
    for tick in range(0, 9):
        out.append(f'<path d="M{LEFT} {y(tick / 10):.1f}H{W - RIGHT}" stroke="#d9dbd6"/>'
                   f'<text x="{LEFT - 6}" y="{y(tick / 10) + 4:.1f}" text-anchor="end" fill="#5d646b">{10 * tick} %</text>')
    for e in range(0, epochs + 1, max(1, epochs // 10)):
        out.append(f'<text x="{x(e):.1f}" y="{H - BOTTOM + 18}" text-anchor="middle" fill="#5d646b">{e}</text>')
    out.append(f'<text x="{(LEFT + W - RIGHT) / 2}" y="{H - 6}" text-anchor="middle" fill="#5d646b">epoch; error in training (thin) and on test pictures</text>')
    ends = []
    for k, (name, rows) in enumerate(runs):
        for column, width in (("train_error", 1), ("test_error", 2.2)):
            points = [(x(int(r["epoch"])), y(float(r[column]))) for r in rows if r[column]]
            path = "L".join(f"{a:.1f} {b:.1f}" for a, b in points)
            out.append(f'<path d="M{path}" fill="none" stroke="{COLOURS[k % 6]}" stroke-width="{width}" stroke-linejoin="round"/>')
            out += [f'<circle cx="{px:.1f}" cy="{py:.1f}" r="{width}" fill="{COLOURS[k % 6]}"/>' for px, py in points]
        ends.append([points[-1][1], name, COLOURS[k % 6]])
    ends.sort()
    for k, (at, name, colour) in enumerate(ends):
        at = max(at, ends[k - 1][0] + 15) if k else at
        ends[k][0] = at
        out.append(f'<text x="{W - RIGHT + 8}" y="{at + 4:.1f}" fill="{colour}">{name}</text>')
    open(sys.argv[1], "w").write("\n".join(out + ["</svg>\n"]))


if __name__ == "__main__":
    main()
