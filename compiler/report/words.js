"use strict";
/* words.js - the data of the page, and how numbers and layers are written */

const data = JSON.parse(document.getElementById("data").textContent), layers = data.layers;
const $ = id => document.getElementById(id);
const measured = data.ms !== undefined, batch = layers[0].shape[0];

const kinds = {
  winograd: "Winograd convolution", conv: "direct convolution, matrix product", grouped: "grouped convolution", pool: "pool",
  map: "arithmetic of elements, norms", copy: "copy, reshape",
};
const kindOfFamily = { transposed: "conv", matmul: "conv", adaptive: "pool", act: "map", binary: "map", bn: "map", group_norm: "map",
                       layer_norm: "map", layer_scale: "map", softmax: "map", top_k: "map", reduce: "map", add: "map", quantize: "map",
                       dequantize: "map" };
const kindOf = l => { const family = l.family.replace(/_int8$/, ""); return kinds[family] ? family : kindOfFamily[family] || "copy"; };

/* stages - of each layer: "layer1", "blocks.2"; what comes before all of them is the stem, the rest the head */
const stages = (() => {
  const named = layers.map(l => l.name.match(/^([^.]*\d)\./) || l.name.match(/^([^.]+\.\d+)\./)), first = named.findIndex(m => m);
  return named.map((m, i) => m ? m[1] : first >= 0 && i > first ? "head" : "stem");
})();

const color = l => `var(--${kindOf(l)})`;
const shape = l => l.shape.slice(1).join(" \u00d7 ");
const cut = (s, n) => s.length <= n ? s : s.slice(0, Math.ceil(n/2) - 1) + "\u2026" + s.slice(s.length - Math.floor(n/2));
const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const esc = s => String(s).replace(/[&<>"]/g, c => entities[c]);

function digits(v, n = 3) {
  if (v === null || v === undefined) return "-";
  if (v === 0) return "0";
  return Math.abs(v) >= 10 ** n ? Math.round(v).toLocaleString("en") : String(Number(v.toPrecision(n)));
}

const bytes = v => v >= 1 << 20 ? digits(v/1048576) + " MB" : v >= 1024 ? digits(v/1024) + " KB" : v + " bytes";
const macs = v => v >= 1e9 ? digits(v/1e9) + " G" : v >= 1e6 ? digits(v/1e6) + " M" : digits(v/1e3) + " k";

/* what a layer costs: its time, or its multiply-adds where nothing was measured */
const cost = l => measured ? l.ms : l.macs;
const allCosts = layers.reduce((s, l) => s + cost(l), 0);
const share = l => allCosts ? 100*cost(l)/allCosts : 0;
const ofPeak = l => measured && l.macs ? 100*2*l.macs*batch/l.ms/1e6/data.peak_gflops : null;
const ofBound = l => measured && l.bound_ms > 0 ? 100*l.bound_ms/l.ms : null;
const aboveHundred = ofBytes => "above 100 %: " + (ofBytes ? "the peak is of floats, bytes multiply faster" : "Winograd multiplies less than is counted");

function el(parent, name, attrs = {}, text) {
  const e = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const k in attrs) e.setAttribute(k, attrs[k]);
  if (text !== undefined) e.textContent = text;
  parent.append(e);
  return e;
}
