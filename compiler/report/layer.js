/* layer.js - the layer that is chosen: its facts, C and Lua; the page's address names it */

let chosen = 0, tab = "facts", reveal = () => {};

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

/* hit - e stands for layer i: it tells of it and chooses it */
function hit(e, i, text) {
  e.classList.add("hit");
  e.dataset.layer = i;
  e.addEventListener("pointermove", ev => ev.pointerType === "touch" || tell(ev, text ? text() : brief(layers[i])));
  e.addEventListener("pointerleave", () => $("tip").hidden = true);
  e.addEventListener("click", () => choose(i));
}

/* mark - in every drawing */
function mark() {
  for (const e of document.querySelectorAll("[data-layer]")) {
    const is = Number(e.dataset.layer) === chosen;
    e.classList.toggle("chosen", is);
    if (e.hasAttribute("aria-selected")) e.setAttribute("aria-selected", is);
  }
  $("graph").setAttribute("aria-activedescendant", "node-" + chosen);
}

const row = (name, value) => value === "" || value === null ? "" : `<tr><th>${name}</th><td>${value}</td></tr>`;

function measuredRows(l) {
  if (!measured) return row("predicted", l.cycles ? digits(l.cycles) + " cycles" : "");
  const peak = ofPeak(l), rate = l.gflops ? `; ${digits(l.gflops)} GFLOP/s, ${Math.round(peak)} % of the peak` : "";
  return row("measured", `${digits(l.ms)} ms, ${digits(share(l))} % of all${rate}${peak > 100 ? ` (${aboveHundred(l.on_bytes)})` : ""}`) +
    row("predicted", l.cycles ? `${digits(l.predicted_ms)} ms by the cost model` : "") +
    row("bound", l.bound_ms ? `${digits(l.bound_ms)} ms for its own multiply-adds at the peak: ${Math.round(ofBound(l))} % of it reached` : "");
}

function factsOf(l) {
  const parts = l.parts.map(p => `<i class="part">${esc(p)}</i>`).join(" ");
  const dead = l.last < layers.length ? esc(layers[l.last].name) : "the end (an output)";
  return "<table>" +
    row("what", parts + (l.fused !== "-" ? `<br><span class="hint">fused: ${esc(l.fused)}</span>` : "")) +
    row("reads", l.inputs.map(j => `<a href="#${encodeURIComponent(layers[j].name)}">${esc(layers[j].name)}</a> (${shape(layers[j])})`).join("<br>")) +
    row("result", `${shape(l)}${l.block > 1 ? `, blocks of ${l.block} channels` : ""}, halo ${l.halo.join(" ")}`) +
    row("algorithm", l.winograd[0] ? `Winograd F(${l.winograd.join("\u00d7")}, 3\u00d73)` : kinds[kindOf(l)]) +
    row("register tile", l.tile[0] ? `${l.tile[0]} vectors \u00d7 ${l.tile[1]} pixels` : "") +
    row("kernel", `<code>${esc(l.kernel)}</code>`) +
    row("work", l.macs ? `${macs(l.macs)} MACs an image${l.work && l.family === "winograd" ? `, ${macs(l.work)} multiplied` : ""}` : "") +
    row("parameters", l.parameters ? l.parameters.toLocaleString("en") + `, ${bytes(l.weights_bytes)} packed` : "") +
    row("moves", `${bytes(l.moved_bytes)}${l.intensity ? `, ${digits(l.intensity)} FLOP a byte` : ""}`) +
    row("memory", `${bytes(l.bytes)} at byte ${l.at.toLocaleString("en")}${l.over ? `, in place of ${esc(l.over)}` : ""}; dead after ${dead}`) +
    measuredRows(l) +
    row("Lua", `line ${l.line} of ${esc(data.file)}`) + "</table>";
}

function choose(i, quiet) {
  const l = layers[i], lines = data.lua.split("\n");
  const numbered = (s, n, here) => `<span class="${here ? "here" : ""}"><span class="note">${String(n).padStart(3)}  </span>${esc(s)}</span>`;
  const soft = s => /^\s*(\/\*|\*\*|\*\/)/.test(s) ? `<span class="note">${esc(s)}</span>` : esc(s);

  chosen = i;
  mark();
  $("layer-name").textContent = l.name;
  $("facts").innerHTML = factsOf(l);
  $("c").innerHTML = numbered((lines[l.line - 1] || "").trim(), l.line, true) + "\n\n" + (data.c[l.kernel] || "").split("\n").map(soft).join("\n");
  $("lua").innerHTML = lines.map((s, n) => numbered(s, n + 1, n + 1 === l.line)).join("\n");
  showLine();
  if (!quiet) address();
}

/* address - #layer1.0.conv1 or #layer1.0.conv1/c is a link to what is shown */
function address() {
  history.replaceState(null, "", "#" + encodeURIComponent(layers[chosen].name) + (tab === "facts" ? "" : "/" + tab));
}

/* visit - what the address says; false: no layer */
function visit() {
  const [name, part] = location.hash.slice(1).split("/"), found = layers.findIndex(l => encodeURIComponent(l.name) === name || l.name === name);
  if (["facts", "c", "lua"].includes(part)) openTab(part);
  if (found < 0) return false;
  choose(found, true);
  reveal(found);
  return true;
}

function showLine() {
  const here = $("lua").querySelector(".here");
  if (here) $("lua").scrollTop = here.offsetTop - $("lua").offsetTop - 80;
}

function openTab(name) {
  tab = name;
  for (const b of document.querySelectorAll(".tabs button")) {
    b.classList.toggle("on", b.dataset.tab === name);
    b.setAttribute("aria-selected", b.dataset.tab === name);
  }
  for (const t of document.querySelectorAll(".tab")) t.hidden = t.id !== name;
  showLine();
}

for (const b of document.querySelectorAll(".tabs button")) b.onclick = () => { openTab(b.dataset.tab); address(); };
