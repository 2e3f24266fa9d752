/* report.c - the page of resnetc report, in a browser where there is one. */
#include "tests.h"

/* what a reader does, done by a script behind the page's own; what came of it is an attribute of the body */
static const char reader[] =
	"<script>(async () => {\n"
	"const said = [], send = (e, event) => (e.dispatchEvent(event), event.defaultPrevented), graph = $('graph'), rows = () => [...$('layers').rows].slice(1).filter(r => !r.hidden);\n"
	"const key = (e, k) => send(e, new KeyboardEvent('keydown', { key: k, bubbles: true, cancelable: true }));\n"
	"const wheel = ctrlKey => send(graph, new WheelEvent('wheel', { deltaY: 100, ctrlKey, bubbles: true, cancelable: true }));\n"
	"const touch = n => { const touches = [...Array(n).keys()].map(i => new Touch({ identifier: i, target: graph, clientX: 50*i, clientY: 9 }));\n"
	"	return ['touchstart', 'touchmove'].map(t => send(graph, new TouchEvent(t, { touches, bubbles: true, cancelable: true }))).join(); };\n"
	"said.push('wheel ' + wheel(false) + ' ' + wheel(true), 'touch ' + touch(1) + ' ' + touch(2));\n"
	"key(graph, 'ArrowUp');\n"
	"said.push('up ' + layers[chosen].name + ' ' + location.hash + ' ' + graph.getAttribute('aria-activedescendant'));\n"
	"const changed = new Promise(r => addEventListener('hashchange', () => setTimeout(r)));\n"
	"location.hash = '#conv1'; await changed;\n"
	"said.push('link ' + $('layer-name').textContent + ' ' + document.querySelectorAll('#layers tr.chosen').length);\n"
	"const ms = [...$('layers').querySelectorAll('th')].findIndex(t => /^ms/.test(t.textContent));\n"
	"$('layers').querySelectorAll('th button')[ms].click();\n"
	"const times = rows().map(r => layers[r.dataset.layer].ms);\n"
	"said.push('sorted ' + times.every((t, i) => !i || t <= times[i - 1]) + ' ' + $('layers').querySelectorAll('th')[ms].getAttribute('aria-sort'));\n"
	"$('search').value = 'Layer1.1 relu'; send($('search'), new Event('input')); key($('search'), 'Enter');\n"
	"said.push('found ' + rows().length + ' ' + $('found').textContent + ' ' + (layers.length - document.querySelectorAll('#graph .faded').length) + ' ' + layers[chosen].name);\n"
	"const was = document.documentElement.dataset.theme; $('theme').click();\n"
	"said.push('theme ' + (was !== document.documentElement.dataset.theme) + ' ' + (localStorage.getItem('resnetc-theme') === document.documentElement.dataset.theme));\n"
	"said.push('gates ' + document.querySelectorAll('path.gate').length + ' of ' + layers.filter(l => l.op === 'mul').length + ', muls among skips ' +\n"
	"	layers.filter(l => l.op === 'mul' && l.inputs.some((j, k) => edgeKind(l, k) === 'skip')).length);\n"
	"const sum = [...$('sums').querySelectorAll('tr')].reduce((s, r) => s + Number(r.cells[1].textContent), 0);\n"
	"said.push('sums ' + (sum === 2*layers.length) + ' ' + [...$('sums').querySelectorAll('th')].slice(-4).map(t => t.textContent).join(' '));\n"
	"document.body.dataset.said = said.join('; ');\n"
	"})().catch(e => document.body.dataset.said = e);</script></body>";

/* the page asks for nothing outside of it, no text of the model can end its script, a browser draws every layer six times and obeys */
START_TEST(report_is_one_page)
{
	const char *lua = arena_text("local nn = require \"resnet\" -- <!-- <script> </script><script>document.title = 'taken'</script>\nreturn nn.model { name = \"m\", "
		"input = nn.image { 3, 16, 16 }, stem = nn.stem.cifar { 16 }, stages = { nn.stage { nn.basic, blocks = 2, width = 16 }, nn.stage { nn.basic, width = 16, se = 4 } }, head = nn.classifier { 10 } }\n");
	Ran r;
	const char *page, *drawn;
	size_t len;

	put_file("r.lua", lua, strlen(lua));
	r = resnetc("report %s --rounds 2 -o %s", in_dir("r.lua"), in_dir("r.html"));
	ck_assert_msg(r.status == 0, "%s", r.err);
	page = file_map(in_dir("r.html"), &len);
	ck_assert(!strstr(page, "http://www.w3.org/1999") && !strstr(page, "https://") && !strstr(page, "<link") && !strstr(page, " src="));
	ck_assert(!strstr(page, "<!--"));
	ck_assert_int_eq(count_in(page, "</script>"), 2);
	ck_assert(strstr(page, "conv3x3_16to16_16x16") || strstr(page, "winograd"));
	if (system("command -v chromium > /dev/null 2>&1"))
		return;
	page = arena_text("%.*s%s</html>", (int)(strstr(page, "</body>") - page), page, reader);
	put_file("r.html", page, strlen(page));
	ck_assert_int_eq(system(arena_text("HOME='%s' timeout 100 chromium --headless=new --no-sandbox --disable-gpu --virtual-time-budget=3000 --dump-dom 'file://%s#layer1.1.conv2/c' > '%s' 2> '%s'",
		in_dir("home"), in_dir("r.html"), in_dir("drawn"), in_dir("said"))), 0);
	drawn = file_map(in_dir("drawn"), &len);
	ck_assert(strstr(drawn, "<title>m - resnetc report</title>"));
	ck_assert_int_eq(count_in(strstr(drawn, "id=\"graph\""), "data-layer=\"5\""), 6);       /* graph, layers, times, roofline, arena, weights */
	ck_assert(strstr(drawn, "class=\"edge skip\""));
	drawn = strstr(drawn, "data-said=\"");
	ck_assert_str_eq(arena_text("%.*s", (int)strcspn(drawn + 11, "\""), drawn + 11), "wheel false true; touch false,false true,true; "
		"up layer1.1.conv1 #layer1.1.conv1/c node-4; link conv1 1; sorted true descending; found 2 2 of 15 2 layer1.1.conv1; theme true true; "
		"gates 1 of 1, muls among skips 0; sums true stem layer1 layer2 head");
}
END_TEST

SUITE(report)
{
	TCase *t = part("report");

	tcase_add_test(t, report_is_one_page);
}
