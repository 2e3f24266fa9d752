/* page.js - the head of the page, light and dark, and its start */

function drawHead() {
  const tiles = [[macs(data.macs), "multiply-adds an image"], [macs(data.parameters), "parameters"], [bytes(data.weights_bytes), "packed weights"],
    [bytes(data.arena_bytes), "arena"], [layers.length, `layers, ${data.functions} emitted functions`]];
  if (measured) {
    const gflops = 2*data.macs*batch/data.ms/1e6, percent = Math.round(100*gflops/data.peak_gflops);
    tiles.unshift([digits(data.ms) + " ms", `a run, ${data.threads} thread${data.threads > 1 ? "s" : ""}`],
      [digits(gflops) + " GFLOP/s", `${percent} % of the measured peak ${digits(data.peak_gflops)}${percent > 100 ? ": " + aboveHundred(layers.some(l => l.on_bytes)) : ""}`]);
  }
  $("name").textContent = data.model;
  $("what").textContent = [`${shape(layers[0])} on ${data.target}`, data.cpu, data.compiler].filter(s => s).join(", ");
  $("tiles").innerHTML = tiles.map(([b, s]) => `<div class="tile"><b>${esc(b)}</b><span>${esc(s)}</span></div>`).join("");
  $("foot").textContent = `resnetc ${data.version}: ${data.command}${data.note ? ` - note: ${data.note}` : ""}`;
}

/* kept - what a click on the light chose before, on this machine; storage may be refused */
const kept = {
  get() { try { return localStorage.getItem("resnetc-theme"); } catch { return null; } },
  set(theme) { try { localStorage.setItem("resnetc-theme", theme); } catch { /* then not */ } },
};

function startTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)"), set = theme => document.documentElement.dataset.theme = theme;
  set(kept.get() || (dark.matches ? "dark" : "light"));
  dark.addEventListener("change", e => kept.get() || set(e.matches ? "dark" : "light"));
  $("theme").onclick = () => kept.set(set(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
}

function drawCharts() {
  if (measured) { drawTimes(); drawRoof(); }
  drawArena();
  mark();
}

startTheme();
drawHead();
if (!measured)
  for (const id of ["times", "roof"]) $(id).parentNode.hidden = true;
drawGraph();
drawSums();
drawLayers();
drawWeights();
drawCharts();
/* without a layer in the address, the one that costs most */
if (!visit()) {
  const most = layers.reduce((best, l, i) => cost(l) > cost(layers[best]) ? i : best, 0);
  choose(most, true);
  reveal(most);
}
addEventListener("hashchange", visit);
let timer = 0;
addEventListener("resize", () => { clearTimeout(timer); timer = setTimeout(drawCharts, 150); });
