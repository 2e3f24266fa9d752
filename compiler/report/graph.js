/* graph.js - the network as a column in the order of the run, results that wait longer as arcs beside it */

const node = { high: 46, gap: 18, wide: 330, left: 26 };
const nodeTop = i => 16 + i*(node.high + node.gap);

/* edgeKind - what input k of l is: a skip is added, a gate is multiplied */
function edgeKind(l, k) {
  if (l.op === "mul") {
    const size = j => layers[j].shape.reduce((a, b) => a*b), other = l.inputs[1 - k];
    return l.inputs.length === 2 && (size(l.inputs[k]) < size(other) || (size(l.inputs[k]) === size(other) && k === 1)) ? "gate" : "edge";
  }
  return k === 1 && (l.op === "conv2d" || l.op === "linear" || l.op === "add") ? "skip" : "edge";
}

/* drawBlocks - layers whose names begin alike, "layer1.0", in a frame */
function drawBlocks(g) {
  const blocks = new Map(), X = node.left;
  layers.forEach((l, i) => {
    const m = l.name.match(/^(.+?\.\d+)\./);
    if (m) blocks.set(m[1], [...(blocks.get(m[1]) || []), i]);
  });
  for (const [name, of] of blocks) {
    const top = nodeTop(of[0]), middle = top + node.high/2;
    el(g, "rect", { class: "block", x: X - 14, y: top - 8, width: node.wide + 28, height: nodeTop(of.at(-1)) - top + node.high + 16, rx: 10 });
    el(g, "text", { class: "soft", x: X - 18, y: middle, transform: `rotate(-90 ${X - 18} ${middle})`, "text-anchor": "end" }, name);
  }
}

/* drawEdges - how far the arcs reach out */
function drawEdges(g) {
  const deep = layers.map(() => 0), right = node.left + node.wide;
  let widest = 0;
  layers.forEach((l, i) => l.inputs.forEach((j, k) => {
    const kind = edgeKind(l, k), attrs = { class: "edge " + kind, "marker-end": `url(#tip-${kind})` };
    if (j === i - 1) {
      el(g, "path", { ...attrs, d: `M ${node.left + node.wide/2} ${nodeTop(j) + node.high} V ${nodeTop(i)}` });
      return;
    }
    /* the arc goes as far out as it spans, and past the arcs it encloses */
    let out = 0;
    for (let n = j; n < i; n++) out = Math.max(out, deep[n]);
    for (let n = j; n < i; n++) deep[n] = out + 1;
    const bend = right + 26 + 15*out, top = nodeTop(j) + node.high - 10, bottom = nodeTop(i) + 12 + 6*k;
    widest = Math.max(widest, bend - right);
    el(g, "path", { ...attrs, d: `M ${right} ${top} C ${bend} ${top}, ${bend} ${top}, ${bend} ${top + 22} V ${bottom - 22} ` +
      `C ${bend} ${bottom}, ${bend} ${bottom}, ${right + 2} ${bottom}` });
  }));
  return widest;
}

function drawNode(over, l, i) {
  const X = node.left, y = nodeTop(i), right = X + node.wide - 8;
  const g = el(over, "g", { id: "node-" + i, role: "option", "aria-selected": false, "aria-label": `${l.name}, ${l.parts.join(" ")}, ${shape(l)}` });
  el(g, "rect", { class: "box", x: X, y, width: node.wide, height: node.high, rx: 7 });
  el(g, "rect", { x: X, y, width: 5, height: node.high, rx: 2, fill: color(l) });
  el(g, "text", { class: "mono", x: X + 13, y: y + 16 }, cut(l.name, 30));
  el(g, "text", { class: "soft", x: right, y: y + 16, "text-anchor": "end" }, shape(l));
  let x = X + 13;
  for (const part of l.parts) {
    const w = 10 + 6.3*part.length;
    el(g, "rect", { class: "chip", x, y: y + 23, width: w, height: 17, rx: 4 });
    el(g, "text", { x: x + w/2, y: y + 35, "text-anchor": "middle" }, part);
    x += w + 4;
  }
  if (measured) el(g, "text", { class: "soft", x: right, y: y + 36, "text-anchor": "end" }, digits(l.ms) + " ms");
  hit(g, i);
}

function drawGraph() {
  const svg = $("graph"), under = el(svg, "g"), arcs = el(svg, "g"), over = el(svg, "g"), defs = el(svg, "defs");
  const used = new Set(layers.flatMap(l => l.inputs.map((j, k) => edgeKind(l, k)))), seen = new Set(layers.map(kindOf));

  drawBlocks(under);
  const widest = drawEdges(arcs);
  layers.forEach((l, i) => drawNode(over, l, i));
  for (const [id, c] of [["edge", "var(--copy)"], ["skip", "var(--skip)"], ["gate", "var(--gate)"]]) {
    const m = el(defs, "marker", { id: "tip-" + id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" });
    el(m, "path", { d: "M 0 0.5 L 8 4 L 0 7.5 z", style: `fill: ${c}` });
  }
  panAndZoom(svg, node.left + node.wide + widest + 24, nodeTop(layers.length));
  const item = (c, text) => `<li><i style="background:var(--${c})"></i>${text}</li>`;
  $("legend").innerHTML = Object.keys(kinds).filter(k => seen.has(k)).map(k => item(k, kinds[k])).join("") +
    (used.has("skip") ? item("skip", "skip (added)") : "") + (used.has("gate") ? item("gate", "gate (multiplied)") : "");
}

/*
** panAndZoom - a window on the drawing. The wheel and one finger are the page's; a mouse drags, two fingers move and
** zoom, ctrl + wheel zooms; with the keyboard, arrows walk from layer to layer.
*/
function panAndZoom(svg, width, height) {
  const view = { x: 0, y: 0, scale: 1 };
  let drag = null, moved = false, pinch = null;
  const show = () => {
    const w = svg.clientWidth/view.scale, h = svg.clientHeight/view.scale;
    view.x = Math.max(Math.min(0, width - w), Math.min(view.x, Math.max(0, width - w)));
    view.y = Math.max(-8, Math.min(view.y, Math.max(-8, height - h + 8)));
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${w} ${h}`);
  };
  const fit = () => {
    view.scale = Math.min(1.15, svg.clientWidth/width);
    view.x = Math.min(0, (width - svg.clientWidth/view.scale)/2);
    view.y = 0;
    show();
  };
  const zoom = (by, cx, cy) => {
    const before = { x: view.x + cx/view.scale, y: view.y + cy/view.scale };
    view.scale = Math.max(0.08, Math.min(4, view.scale*by));
    view.x = before.x - cx/view.scale;
    view.y = before.y - cy/view.scale;
    show();
  };
  const middle = by => zoom(by, svg.clientWidth/2, svg.clientHeight/2);
  const pan = (dx, dy) => { view.x -= dx/view.scale; view.y -= dy/view.scale; show(); };
  const at = e => { const r = svg.getBoundingClientRect(); return { x: e.clientX - r.left, y: e.clientY - r.top }; };

  svg.addEventListener("wheel", e => {
    if (!e.ctrlKey && !e.metaKey) return;
    const p = at(e);
    e.preventDefault();
    zoom(Math.exp(-e.deltaY/300), p.x, p.y);
  }, { passive: false });
  svg.addEventListener("pointerdown", e => { if (e.pointerType !== "touch") { drag = at(e); moved = false; } });
  svg.addEventListener("pointermove", e => {
    if (!drag) return;
    const now = at(e);
    moved = moved || Math.hypot(now.x - drag.x, now.y - drag.y) > 4;
    if (!moved) return;
    pan(now.x - drag.x, now.y - drag.y);
    drag = now;
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) svg.addEventListener(name, () => drag = null);
  svg.addEventListener("click", e => { if (moved) { e.stopPropagation(); moved = false; } }, true);    /* the end of a drag chooses nothing */
  const fingers = e => {
    const [a, b] = [at(e.touches[0]), at(e.touches[1])];
    return { x: (a.x + b.x)/2, y: (a.y + b.y)/2, apart: Math.hypot(a.x - b.x, a.y - b.y) };
  };
  svg.addEventListener("touchstart", e => { if (e.touches.length === 2) { e.preventDefault(); pinch = fingers(e); } }, { passive: false });
  svg.addEventListener("touchmove", e => {
    if (e.touches.length !== 2 || !pinch) return;
    const now = fingers(e);
    e.preventDefault();
    pan(now.x - pinch.x, now.y - pinch.y);
    zoom(now.apart/pinch.apart, now.x, now.y);
    pinch = now;
  }, { passive: false });
  svg.addEventListener("touchend", () => pinch = null);

  reveal = i => {
    const h = svg.clientHeight/view.scale, top = nodeTop(i);
    if (top < view.y || top + node.high > view.y + h) { view.y = top - (h - node.high)/2; show(); }
  };
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -layers.length, End: layers.length };
  svg.addEventListener("keydown", e => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key in steps) {
      const i = Math.max(0, Math.min(layers.length - 1, chosen + steps[e.key]));
      choose(i);
      reveal(i);
    } else if (e.key === "+" || e.key === "=") middle(1.3);
    else if (e.key === "-") middle(1/1.3);
    else if (e.key === "0") fit();
    else return;
    e.preventDefault();
  });
  $("in").onclick = () => middle(1.3);
  $("out").onclick = () => middle(1/1.3);
  $("fit").onclick = fit;
  addEventListener("resize", show);
  fit();
}
