"use strict";

const data = JSON.parse(document.getElementById("data").textContent), layers = data.layers;
const $ = id => document.getElementById(id);
const measured = data.ms !== undefined;

/* --- words and numbers --- */

const kinds = { winograd: "Winograd convolution", conv: "direct convolution, linear", grouped: "grouped convolution", pool: "pool", map: "element by element", copy: "copy, reshape" };
const kindOf = l => kinds[l.family] ? l.family : /pool|adaptive/.test(l.family) ? "pool" : /act|add|mul|bn|softmax|top_k/.test(l.family) ? "map" : "copy";
const color = l => `var(--${kindOf(l)})`;
const digits = (v, n = 3) => v === null || v === undefined ? "-" : v === 0 ? "0" : Math.abs(v) >= 10 ** n ? Math.round(v).toLocaleString("en") : String(Number(v.toPrecision(n)));
const bytes = v => v >= 1 << 20 ? digits(v/1048576) + " MB" : v >= 1024 ? digits(v/1024) + " KB" : v + " bytes";
const macs = v => v >= 1e9 ? digits(v/1e9) + " G" : v >= 1e6 ? digits(v/1e6) + " M" : digits(v/1e3) + " k";
const shape = l => l.shape.slice(1).join(" \u00d7 ");
const esc = s => String(s).replace(/[&<>"]/g, c => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
const share = l => 100*l.ms/layers.reduce((s, x) => s + x.ms, 0);

function el(parent, name, attrs = {}, text) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const k in attrs) e.setAttribute(k, attrs[k]);
  if (text !== undefined) e.textContent = text;
  parent.append(e);
  return e;
}

/* --- tips and choosing --- */

function tell(e, text) {
  const t = $("tip");
  t.textContent = text;
  t.hidden = false;
  t.style.left = Math.max(4, Math.min(e.clientX + 14, innerWidth - t.offsetWidth - 8)) + "px";
  t.style.top = Math.max(4, Math.min(e.clientY + 14, innerHeight - t.offsetHeight - 8)) + "px";
}

function brief(l) {
  let s = `${l.name}\n${l.parts.join(" ")}\n${shape(l)}, ${macs(l.macs)} MACs, ${bytes(l.moved_bytes)} moved`;
  if (measured) s += `\n${digits(l.ms)} ms, ${digits(share(l))} % of all`;
  return s;
}

function hit(e, i, text) {
  e.classList.add("hit");
  e.dataset.layer = i;
  e.addEventListener("pointermove", ev => tell(ev, text ? text() : brief(layers[i])));
  e.addEventListener("pointerleave", () => $("tip").hidden = true);
  e.addEventListener("click", () => choose(i));
}

function row(name, value) { return value === "" || value === null ? "" : `<tr><th>${name}</th><td>${value}</td></tr>`; }

function choose(i) {
  const l = layers[i], lines = data.lua.split("\n");
  for (const e of document.querySelectorAll("[data-layer]")) e.classList.toggle("chosen", Number(e.dataset.layer) === i);
  $("layer-name").textContent = l.name;
  $("facts").innerHTML = "<table>" +
    row("what", l.parts.map(p => `<i class="part">${esc(p)}</i>`).join(" ") + (l.fused !== "-" ? `<br><span class="hint">fused: ${esc(l.fused)}</span>` : "")) +
    row("reads", l.inputs.map(j => `${esc(layers[j].name)} (${shape(layers[j])})`).join("<br>")) +
    row("result", `${shape(l)}${l.block > 1 ? `, blocks of ${l.block} channels` : ""}, halo ${l.halo.join(" ")}`) +
    row("algorithm", l.winograd[0] ? `Winograd F(${l.winograd.join("\u00d7")}, 3\u00d73)` : kinds[kindOf(l)]) +
    row("register tile", l.tile[0] ? `${l.tile[0]} vectors \u00d7 ${l.tile[1]} pixels` : "") +
    row("kernel", `<code>${esc(l.kernel)}</code>`) +
    row("work", `${macs(l.macs)} MACs an image${l.work && l.family === "winograd" ? `, ${macs(l.work)} multiplied` : ""}`) +
    row("parameters", l.parameters ? l.parameters.toLocaleString("en") + `, ${bytes(l.weights_bytes)} packed` : "") +
    row("moves", `${bytes(l.moved_bytes)}, ${digits(l.intensity)} FLOP a byte`) +
    row("memory", `${bytes(l.bytes)} at byte ${l.at.toLocaleString("en")}${l.over ? `, in place of ${esc(l.over)}` : ""}; dead after ${l.last < layers.length ? esc(layers[l.last].name) : "the end (an output)"}`) +
    (measured ? row("measured", `${digits(l.ms)} ms, ${digits(share(l))} % of all${l.gflops ? `; ${digits(l.gflops)} GFLOP/s` : ""}`) +
      row("predicted", l.cycles ? `${digits(l.predicted_ms)} ms by the cost model` : "") +
      row("at the peak", l.bound_ms ? `${digits(l.bound_ms)} ms, so ${Math.round(100*l.bound_ms/l.ms)} % of it` : "") : row("predicted", l.cycles ? digits(l.cycles) + " cycles" : "")) +
    row("Lua", `line ${l.line} of ${esc(data.file)}`) + "</table>";
  $("c").innerHTML = `<span class="here"><span class="note">${String(l.line).padStart(3)}  </span>${esc((lines[l.line - 1] || "").trim())}</span>\n\n` + (data.c[l.kernel] || "").split("\n").map(s => /^\s*(\/\*|\*\*|\*\/)/.test(s) ? `<span class="note">${esc(s)}</span>` : esc(s)).join("\n");
  $("lua").innerHTML = lines.map((s, n) => `<span class="${n + 1 === l.line ? "here" : ""}"><span class="note">${String(n + 1).padStart(3)}  </span>${esc(s)}</span>`).join("\n");
  showLine();
}

function showLine() {
  const here = $("lua").querySelector(".here");
  if (here) $("lua").scrollTop = here.offsetTop - $("lua").offsetTop - 80;
}

function openTab(name) {
  for (const b of document.querySelectorAll(".tabs button")) b.classList.toggle("on", b.dataset.tab === name);
  for (const t of document.querySelectorAll(".tab")) t.hidden = t.id !== name;
  showLine();
}

for (const b of document.querySelectorAll(".tabs button")) b.onclick = () => openTab(b.dataset.tab);

/* --- the graph: a column in the order of the run, results that wait longer as arcs beside it --- */

function drawGraph() {
  const svg = $("graph"), H = 46, GAP = 18, W = 330, X = 26, deep = layers.map(() => 0);
  const y = i => 16 + i*(H + GAP), under = el(svg, "g"), arcs = el(svg, "g"), over = el(svg, "g");

  /* blocks and stages: layers whose names begin alike, "layer1.0" */
  const blocks = new Map();
  layers.forEach((l, i) => {
    const m = l.name.match(/^(.+?\.\d+)\./);
    if (m) blocks.set(m[1], [...(blocks.get(m[1]) || []), i]);
  });
  for (const [name, of] of blocks) {
    el(under, "rect", { class: "block", x: X - 14, y: y(of[0]) - 8, width: W + 28, height: y(of.at(-1)) - y(of[0]) + H + 16, rx: 10 });
    el(under, "text", { class: "soft", x: X - 18, y: y(of[0]) + H/2, transform: `rotate(-90 ${X - 18} ${y(of[0]) + H/2})`, "text-anchor": "end" }, name);
  }
  let widest = 0;
  layers.forEach((l, i) => l.inputs.forEach((j, k) => {
    const skip = k === 1 && (l.op === "conv2d" || l.op === "linear" || l.op === "add" || l.op === "mul");
    if (j === i - 1) {
      el(arcs, "path", { class: "edge" + (skip ? " skip" : ""), d: `M ${X + W/2} ${y(j) + H} V ${y(i)}`, "marker-end": "url(#tip-" + (skip ? "skip" : "edge") + ")" });
      return;
    }
    /* the arc goes as far out as it spans, and past the arcs it encloses */
    let out = 0;
    for (let n = j; n < i; n++) out = Math.max(out, deep[n]);
    for (let n = j; n < i; n++) deep[n] = out + 1;
    const bend = 26 + 15*out, top = y(j) + H - 10, bottom = y(i) + 12 + 6*k;
    widest = Math.max(widest, bend);
    el(arcs, "path", { class: "edge" + (skip ? " skip" : ""), "marker-end": "url(#tip-" + (skip ? "skip" : "edge") + ")",
      d: `M ${X + W} ${top} C ${X + W + bend} ${top}, ${X + W + bend} ${top}, ${X + W + bend} ${top + 22} V ${bottom - 22} C ${X + W + bend} ${bottom}, ${X + W + bend} ${bottom}, ${X + W + 2} ${bottom}` });
  }));
  layers.forEach((l, i) => {
    const g = el(over, "g");
    el(g, "rect", { class: "box", x: X, y: y(i), width: W, height: H, rx: 7 });
    el(g, "rect", { x: X, y: y(i), width: 5, height: H, rx: 2, fill: color(l) });
    el(g, "text", { class: "mono", x: X + 13, y: y(i) + 16 }, l.name.length > 30 ? l.name.slice(0, 29) + "\u2026" : l.name);
    el(g, "text", { class: "soft", x: X + W - 8, y: y(i) + 16, "text-anchor": "end" }, shape(l));
    let x = X + 13;
    for (const part of l.parts) {
      const w = 10 + 6.3*part.length;
      el(g, "rect", { class: "chip", x, y: y(i) + 23, width: w, height: 17, rx: 4 });
      el(g, "text", { x: x + w/2, y: y(i) + 35, "text-anchor": "middle" }, part);
      x += w + 4;
    }
    if (measured) el(g, "text", { class: "soft", x: X + W - 8, y: y(i) + 36, "text-anchor": "end" }, digits(l.ms) + " ms");
    hit(g, i);
  });
  const defs = el(svg, "defs");
  for (const [id, c] of [["edge", "var(--copy)"], ["skip", "var(--skip)"]]) {
    const m = el(defs, "marker", { id: "tip-" + id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" });
    el(m, "path", { d: "M 0 0.5 L 8 4 L 0 7.5 z", style: `fill: ${c}` });
  }
  panAndZoom(svg, X + W + widest + 24, y(layers.length));
  const seen = new Set(layers.map(kindOf));
  $("legend").innerHTML = Object.keys(kinds).filter(k => seen.has(k)).map(k => `<li><i style="background:var(--${k})"></i>${kinds[k]}</li>`).join("") +
    `<li><i style="background:var(--skip)"></i>skip</li>`;
}

function panAndZoom(svg, width, height) {
  const view = { x: 0, y: 0, scale: 1 }, pointers = new Map();
  let last = null;
  const show = () => {
    const w = svg.clientWidth/view.scale, h = svg.clientHeight/view.scale;
    view.x = Math.max(Math.min(0, width - w), Math.min(view.x, Math.max(0, width - w)));
    view.y = Math.max(-8, Math.min(view.y, Math.max(-8, height - h + 8)));
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${w} ${h}`);
  };
  const fit = () => { view.scale = Math.min(1.15, svg.clientWidth/width); view.x = Math.min(0, (width - svg.clientWidth/view.scale)/2); view.y = 0; show(); };
  const zoom = (by, cx, cy) => {
    const before = { x: view.x + cx/view.scale, y: view.y + cy/view.scale };
    view.scale = Math.max(0.08, Math.min(4, view.scale*by));
    view.x = before.x - cx/view.scale;
    view.y = before.y - cy/view.scale;
    show();
  };
  const at = e => { const r = svg.getBoundingClientRect(); return { x: e.clientX - r.left, y: e.clientY - r.top }; };
  svg.addEventListener("wheel", e => {
    const p = at(e);
    if (!e.ctrlKey && !e.metaKey) return;        // the page's
    e.preventDefault();
    zoom(Math.exp(-e.deltaY/300), p.x, p.y);
  }, { passive: false });
  svg.addEventListener("pointerdown", e => { pointers.set(e.pointerId, at(e)); last = null; });
  svg.addEventListener("pointermove", e => {
    if (!pointers.has(e.pointerId)) return;
    const now = at(e), was = pointers.get(e.pointerId);
    pointers.set(e.pointerId, now);
    if (pointers.size === 1) { view.x -= (now.x - was.x)/view.scale; view.y -= (now.y - was.y)/view.scale; show(); }
    else {
      const [a, b] = [...pointers.values()], apart = Math.hypot(a.x - b.x, a.y - b.y);
      if (last) zoom(apart/last, (a.x + b.x)/2, (a.y + b.y)/2);
      last = apart;
    }
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) svg.addEventListener(name, e => pointers.delete(e.pointerId));
  $("in").onclick = () => zoom(1.3, svg.clientWidth/2, svg.clientHeight/2);
  $("out").onclick = () => zoom(1/1.3, svg.clientWidth/2, svg.clientHeight/2);
  $("fit").onclick = fit;
  addEventListener("resize", show);
  fit();
}

/* --- charts --- */

function clear(id, width, height) {
  const svg = $(id);
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.style.height = height + "px";
  return svg;
}

const widthOf = id => Math.max(300, $(id).clientWidth || $(id).parentNode.clientWidth - 32);
const cut = (s, n) => s.length > n ? s.slice(0, n - 1) + "\u2026" : s;

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
  for (const v of nice(data.arena_bytes, 4)) {
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

function drawWeights() {
  const rows = layers.map((l, i) => ({ l, i })).filter(r => r.l.weights);
  $("weights").innerHTML = "<tr><th>tensor</th><th>values</th><th>least</th><th>largest</th><th>mean</th><th>deviation</th><th>zeros</th><th>NaN</th><th>distribution</th></tr>" +
    rows.map(({ l, i }) => {
      const w = l.weights, most = Math.max(...w.bins);
      const bars = w.bins.map((b, k) => b ? `<rect x="${k*4}" y="${20 - 20*Math.sqrt(b/most)}" width="3.4" height="${20*Math.sqrt(b/most)}" fill="${color(l)}"/>` : "").join("");
      return `<tr data-layer="${i}"><td>${esc(w.name)}</td><td>${w.count.toLocaleString("en")}</td><td>${digits(w.min)}</td><td>${digits(w.max)}</td><td>${digits(w.mean)}</td>` +
        `<td>${digits(w.std)}</td><td>${w.zeros}</td><td>${w.nan}</td><td><svg viewBox="0 0 128 20" style="width:128px;height:20px;display:inline-block">${bars}</svg></td></tr>`;
    }).join("");
  for (const tr of $("weights").querySelectorAll("tr[data-layer]")) tr.onclick = () => choose(Number(tr.dataset.layer));
}

/* --- the page --- */

function drawAll() {
  if (measured) { drawTimes(); drawRoof(); }
  drawArena();
}

$("name").textContent = data.model;
$("what").textContent = `${shape(layers[0])} on ${data.target}${data.cpu ? ", " + data.cpu : ""}${data.compiler ? ", " + data.compiler : ""}`;
const tiles = [[macs(data.macs), "multiply-adds an image"], [macs(data.parameters), "parameters"], [bytes(data.weights_bytes), "packed weights"], [bytes(data.arena_bytes), "arena"], [layers.length, "layers in " + data.functions + " kernels"]];
if (measured) tiles.unshift([digits(data.ms) + " ms", `a run, ${data.threads} thread${data.threads > 1 ? "s" : ""}`],
  [digits(2*data.macs*layers[0].shape[0]/data.ms/1e6) + " GFLOP/s", `${Math.round(100*2*data.macs*layers[0].shape[0]/data.ms/1e6/data.peak_gflops)} % of the measured peak ${digits(data.peak_gflops)}`]);
$("tiles").innerHTML = tiles.map(([b, s]) => `<div class="tile"><b>${esc(b)}</b><span>${esc(s)}</span></div>`).join("");
$("foot").textContent = `resnetc ${data.version}: ${data.command}`;
if (data.note) $("foot").textContent += ` - note: ${data.note}`;
if (!measured)
  for (const id of ["times", "roof"]) $(id).parentNode.hidden = true;
const dark = matchMedia("(prefers-color-scheme: dark)"), setTheme = d => document.documentElement.dataset.theme = d ? "dark" : "light";
setTheme(dark.matches);
dark.addEventListener("change", e => setTheme(e.matches));
$("theme").onclick = () => setTheme(document.documentElement.dataset.theme !== "dark");
drawGraph();
drawWeights();
drawAll();
/* report.html#layer1.0.conv1 or #layer1.0.conv1/c opens there; otherwise the layer that takes longest */
const [asked, tab] = decodeURIComponent(location.hash.slice(1)).split("/"), found = layers.findIndex(l => l.name === asked);
if (["facts", "c", "lua"].includes(tab)) openTab(tab);
choose(found >= 0 ? found : layers.reduce((best, l, i) => (measured ? l.ms > layers[best].ms : l.macs > layers[best].macs) ? i : best, 0));
let timer = 0;
addEventListener("resize", () => { clearTimeout(timer); timer = setTimeout(drawAll, 150); });
