/* charts.js - times, roofline and memory, drawn anew for the width that there is */

function clear(id, width, height) {
  const svg = $(id);
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.style.height = height + "px";
  return svg;
}

const widthOf = id => Math.max(300, $(id).clientWidth || $(id).parentNode.clientWidth - 32);

/* nice - steps of 1, 2, 5 up to most */
function nice(most, count) {
  const raw = most/count, ten = 10 ** Math.floor(Math.log10(raw)), step = [1, 2, 5, 10].map(s => s*ten).find(s => s >= raw), out = [];
  for (let v = 0; v <= most*1.0001; v += step) out.push(v);
  return out;
}

function drawTimes() {
  const W = widthOf("times"), small = W < 560, left = small ? 120 : 210, right = 64, R = 17, top = 6, svg = clear("times", W, top + layers.length*R + 22);
  const most = Math.max(...layers.map(l => l.ms)), x = v => left + v/most*(W - left - right), bottom = top + layers.length*R;
  for (const v of nice(most, small ? 3 : 6)) {
    el(svg, "path", { class: "axis", d: `M ${x(v)} ${top} V ${bottom}` });
    el(svg, "text", { class: "soft", x: x(v), y: bottom + 15, "text-anchor": "middle" }, digits(v) + (v ? "" : " ms"));
  }
  layers.forEach((l, i) => {
    const g = el(svg, "g"), y = top + i*R;
    el(g, "rect", { x: 0, y, width: W, height: R, fill: "transparent" });
    el(g, "text", { class: "mono", x: left - 8, y: y + 12, "text-anchor": "end" }, cut(l.name, small ? 17 : 30));
    el(g, "rect", { class: "box", x: left, y: y + 3, width: Math.max(1, x(l.ms) - left), height: R - 6, rx: 2, style: `fill: ${color(l)}; stroke: none` });
    if (l.bound_ms > 0) el(g, "path", { d: `M ${x(l.bound_ms)} ${y + 1} V ${y + R - 1}`, style: "stroke: var(--mark); stroke-width: 2; fill: none" });
    el(g, "text", { class: "soft", x: x(l.ms) + 5, y: y + 12 }, digits(l.ms));
    hit(g, i);
  });
  $("times-hint").textContent = `Medians of ${data.rounds} rounds on ${data.threads} thread${data.threads > 1 ? "s" : ""}, in the order of the run. The mark in a bar: what its multiply-adds take at the measured peak.`;
}

function drawRoof() {
  const W = widthOf("roof"), H = Math.min(420, Math.max(280, W*0.5)), left = 52, right = 16, top = 12, bottom = H - 36, svg = clear("roof", W, H);
  const points = layers.map((l, i) => ({ i, l, ai: 2*l.work/l.moved_bytes, perf: 2*l.work/l.ms/1e6 })).filter(p => p.l.work > 0);
  const lo = Math.min(0.5, ...points.map(p => p.ai))/1.3, hi = Math.max(100, ...points.map(p => p.ai))*1.3;
  const floor = Math.min(...points.map(p => p.perf), data.peak_gflops/20)/1.4, roof = data.peak_gflops*1.5;
  const lx = v => left + Math.log(v/lo)/Math.log(hi/lo)*(W - left - right), ly = v => bottom - Math.log(v/floor)/Math.log(roof/floor)*(bottom - top);
  for (let v = 10 ** Math.ceil(Math.log10(lo)); v <= hi; v *= 10) {
    el(svg, "path", { class: "axis", d: `M ${lx(v)} ${top} V ${bottom}` });
    el(svg, "text", { class: "soft", x: lx(v), y: bottom + 15, "text-anchor": "middle" }, digits(v));
  }
  for (let v = 10 ** Math.ceil(Math.log10(floor)); v <= roof; v *= 10) {
    el(svg, "path", { class: "axis", d: `M ${left} ${ly(v)} H ${W - right}` });
    el(svg, "text", { class: "soft", x: left - 6, y: ly(v) + 4, "text-anchor": "end" }, digits(v));
  }
  el(svg, "text", { class: "soft", x: W - right, y: bottom + 30, "text-anchor": "end" }, "FLOP a byte");
  el(svg, "text", { class: "soft", x: 4, y: top + 2 }, "GFLOP/s");
  const line = (gbs, name, below) => {
    const from = Math.max(lo, floor/gbs), knee = Math.min(hi, data.peak_gflops/gbs), at = Math.sqrt(from*knee);
    el(svg, "path", { d: `M ${lx(from)} ${ly(from*gbs)} L ${lx(knee)} ${ly(knee*gbs)}`, style: "stroke: var(--soft); stroke-width: 1.5; fill: none" });
    if (below) el(svg, "text", { class: "soft", x: lx(at) + 8, y: ly(at*gbs) + 8 }, `${name} ${digits(gbs)} GB/s`);
    else el(svg, "text", { class: "soft", x: Math.max(lx(at) - 6, left + 88), y: ly(at*gbs) - 6, "text-anchor": "end" }, `${name} ${digits(gbs)} GB/s`);
  };
  line(data.memory_gbs*data.threads, "memory", true);
  line(data.cache_gbs*data.threads, "cache", false);
  el(svg, "path", { d: `M ${lx(Math.max(lo, data.peak_gflops/data.cache_gbs/data.threads))} ${ly(data.peak_gflops)} H ${W - right}`, style: "stroke: var(--mark); stroke-width: 2; fill: none" });
  el(svg, "text", { x: W - right, y: ly(data.peak_gflops) - 6, "text-anchor": "end" }, `peak ${digits(data.peak_gflops)} GFLOP/s`);
  for (const p of points.sort((a, b) => b.l.ms - a.l.ms))
    hit(el(svg, "circle", { class: "box", cx: lx(p.ai), cy: ly(Math.max(p.perf, floor)), r: 3.5 + 9*Math.sqrt(share(p.l)/100), style: `fill: ${color(p.l)}; fill-opacity: .7` }), p.i,
      () => `${p.l.name}\n${digits(p.perf)} GFLOP/s of its own multiply-adds at ${digits(p.ai)} FLOP a byte\n${digits(p.l.ms)} ms`);
  $("roof-hint").textContent = "Each layer by the multiply-adds its algorithm makes and the bytes it reads and writes; larger circles took longer. Above the memory line: what it read was still in a cache.";
}

function drawArena() {
  const W = widthOf("arena"), H = Math.min(420, Math.max(240, W*0.4)), left = 58, right = 10, top = 10, bottom = H - 24, svg = clear("arena", W, H), n = layers.length;
  const x = i => left + i/n*(W - left - right), y = b => bottom - b/data.arena_bytes*(bottom - top);
  const unit = data.arena_bytes >= 1 << 20 ? 1 << 20 : data.arena_bytes >= 1024 ? 1024 : 1;
  for (const v of nice(data.arena_bytes/unit, 4).map(v => v*unit)) {
    el(svg, "path", { class: "axis", d: `M ${left} ${y(v)} H ${W - right}` });
    el(svg, "text", { class: "soft", x: left - 6, y: y(v) + 4, "text-anchor": "end" }, bytes(Math.round(v)));
  }
  layers.forEach((l, i) => {
    if (!l.bytes) return;
    const end = Math.min(n, l.last + 1), r = el(svg, "rect", { class: "box", x: x(i), y: y(l.at + l.bytes), width: Math.max(1.5, x(end) - x(i) - 0.5), height: Math.max(1, y(l.at) - y(l.at + l.bytes)),
      style: `fill: ${color(l)}; fill-opacity: .55`, rx: 1 });
    hit(r, i, () => `${l.name}\n${bytes(l.bytes)} at byte ${l.at.toLocaleString("en")}${l.over ? "\nin place of " + l.over : ""}\nstep ${i + 1} to ${end}`);
  });
  el(svg, "text", { class: "soft", x: W - right, y: H - 6, "text-anchor": "end" }, "step of the run");
  $("arena-hint").textContent = `One block of ${bytes(data.arena_bytes)} holds every result; across: from the layer that makes it to the last that reads it. The most that is alive at once is ${bytes(data.live_bytes)}, at ${data.live_at}.`;
}
