/* tables.js - every layer in a table that sorts and is searched, sums by kind and stage, the weights */

const number = (v, unit = "") => v === null || v === undefined ? "" : digits(v) + unit;
const columns = [
  { head: "#", value: (l, i) => i, show: (l, i) => i + 1, title: "in the order of the run" },
  { head: "layer", value: l => l.name, show: l => esc(l.name), text: true },
  { head: "algorithm", value: l => l.algorithm, show: l => `<i class="dot" style="background:${color(l)}"></i>${esc(l.algorithm)}`, text: true },
  { head: "result", value: l => l.shape.reduce((a, b) => a*b), show: shape },
  { head: "MACs", value: l => l.macs, show: l => l.macs ? macs(l.macs) : "", title: "multiply-adds of one image, as a direct convolution has them" },
  { head: "ms", value: l => l.ms, show: l => number(l.ms), timed: true },
  { head: "share", value: l => share(l), show: l => number(share(l), " %"), timed: true, title: "of the time of all layers" },
  { head: "of peak", value: l => ofPeak(l), show: l => number(ofPeak(l), " %"), timed: true, title: "MACs a second against the measured peak; " + aboveHundred(layers.some(l => l.on_bytes)) },
  { head: "of bound", value: l => ofBound(l), show: l => number(ofBound(l), " %"), timed: true, title: "the multiply-adds that its algorithm makes, at the peak, against its time" },
  { head: "moved", value: l => l.moved_bytes, show: l => bytes(l.moved_bytes), title: "bytes of inputs, weights and result" },
  { head: "weights", value: l => l.weights_bytes, show: l => l.weights_bytes ? bytes(l.weights_bytes) : "", title: "bytes in the blob" },
].filter(c => measured || !c.timed);

let sortedBy = 0, downwards = false;

function drawLayers() {
  const order = layers.map((l, i) => i), by = columns[sortedBy];
  order.sort((a, b) => {
    const x = by.value(layers[a], a) ?? -1, y = by.value(layers[b], b) ?? -1;
    return (by.text ? String(x).localeCompare(y, "en", { numeric: true }) : x - y)*(downwards ? -1 : 1) || a - b;
  });
  $("layers").innerHTML = "<thead><tr>" + columns.map((c, k) => {
    const sort = k !== sortedBy ? "" : ` aria-sort="${downwards ? "descending" : "ascending"}"`;
    return `<th class="${c.text ? "" : "num"}"${sort}><button title="${esc(c.title || "sort")}">${c.head}<span>${k !== sortedBy ? "" : downwards ? "\u25be" : "\u25b4"}</span></button></th>`;
  }).join("") + "</tr></thead><tbody>" + order.map(i => `<tr data-layer="${i}">` +
    columns.map(c => `<td class="${c.text ? "" : "num"}">${c.show(layers[i], i)}</td>`).join("") + "</tr>").join("") + "</tbody>";
  $("layers").querySelectorAll("th button").forEach((b, k) => b.onclick = () => {
    downwards = k === sortedBy ? !downwards : !columns[k].text && k > 0;         /* numbers: the largest first */
    sortedBy = k;
    drawLayers();
    $("layers").querySelectorAll("th button")[k].focus();
  });
  rowsChoose($("layers"));
  find();
  mark();
}

/* rowsChoose - a row stands for its layer, for the mouse and the keyboard */
function rowsChoose(table) {
  for (const tr of table.querySelectorAll("tr[data-layer]")) {
    const go = () => { choose(Number(tr.dataset.layer)); reveal(chosen); };
    tr.tabIndex = 0;
    tr.onclick = go;
    tr.onkeydown = e => {
      const next = e.key === "ArrowDown" ? tr.nextElementSibling : e.key === "ArrowUp" ? tr.previousElementSibling : null;
      if (e.key === "Enter" || e.key === " ") go();
      else if (next) next.focus();
      else return;
      e.preventDefault();
    };
  }
}

/* matches - every word of what is searched for stands in the layer's name, kernel, algorithm, stage or what was fused */
function matches(i) {
  const l = layers[i], text = [l.name, l.kernel, l.op, l.algorithm, l.fused, stages[i], kinds[kindOf(l)], ...l.parts].join(" ").toLowerCase();
  return $("search").value.toLowerCase().split(/\s+/).every(w => text.includes(w));
}

/* find - shows the rows that match, fades the nodes that do not; the first match, or -1 */
function find() {
  const yes = layers.map((l, i) => matches(i)), count = yes.filter(v => v).length;
  for (const tr of $("layers").querySelectorAll("tr[data-layer]")) tr.hidden = !yes[tr.dataset.layer];
  layers.forEach((l, i) => $("node-" + i).classList.toggle("faded", !yes[i]));
  $("found").textContent = $("search").value.trim() ? `${count} of ${layers.length}` : "";
  return yes.indexOf(true);
}

function sums(of) {
  const sum = new Map();
  layers.forEach((l, i) => { const s = sum.get(of(l, i)) || { cost: 0, count: 0, l }; s.cost += cost(l); s.count++; sum.set(of(l, i), s); });
  return [...sum];
}

function drawSums() {
  const unit = v => measured ? digits(v) + " ms" : macs(v) + " MACs";
  const table = (title, list, paint) => `<table class="sums"><caption>${title}</caption>` + list.map(([name, s]) =>
    `<tr><th>${esc(name)}</th><td class="num">${s.count}</td><td class="num">${unit(s.cost)}</td><td class="num">${digits(allCosts ? 100*s.cost/allCosts : 0)} %</td>` +
    `<td class="bar"><i style="width:${allCosts ? 100*s.cost/allCosts : 0}%;background:${paint(s)}"></i></td></tr>`).join("") + "</table>";
  $("sums").innerHTML = table("by kind", sums(l => kinds[kindOf(l)]).sort((a, b) => b[1].cost - a[1].cost), s => color(s.l)) +
    table("by stage", sums((l, i) => stages[i]), () => "var(--soft)");
  $("sums-title").textContent = measured ? "Time by kind and by stage" : "Multiply-adds by kind and by stage";
}

function drawWeights() {
  const rows = layers.map((l, i) => ({ l, i })).filter(r => r.l.weights);
  const heads = ["tensor", "values", "least", "largest", "mean", "deviation", "zeros", "NaN", "distribution"];
  $("weights").innerHTML = "<tr>" + heads.map(h => `<th>${h}</th>`).join("") + "</tr>" + rows.map(({ l, i }) => {
    const w = l.weights, most = Math.max(...w.bins), high = b => 20*Math.sqrt(b/most);
    const bars = w.bins.map((b, k) => b ? `<rect x="${k*4}" y="${20 - high(b)}" width="3.4" height="${high(b)}" fill="${color(l)}"/>` : "").join("");
    const cells = [esc(w.name), w.count.toLocaleString("en"), digits(w.min), digits(w.max), digits(w.mean), digits(w.std), w.zeros, w.nan,
      `<svg viewBox="0 0 128 20" style="width:128px;height:20px;display:inline-block">${bars}</svg>`];
    return `<tr data-layer="${i}">${cells.map(c => `<td>${c}</td>`).join("")}</tr>`;
  }).join("");
  rowsChoose($("weights"));
}

$("search").addEventListener("input", find);
$("search").addEventListener("keydown", e => {
  const first = e.key === "Enter" ? find() : -1;
  if (first >= 0) { choose(first); reveal(first); }
  if (e.key === "Escape") { $("search").value = ""; find(); }
});
addEventListener("keydown", e => {
  if (e.key !== "/" || e.ctrlKey || e.metaKey || /INPUT|TEXTAREA/.test(document.activeElement.tagName)) return;
  e.preventDefault();
  $("search").focus();
});
