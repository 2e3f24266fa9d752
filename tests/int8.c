/*
** int8.c - networks of bytes. Emitted code against the reference, to the last bit, on every target, for any number of
** threads and however the caller rounds.
*/
#include <dlfcn.h>
#include <fenv.h>

#include "../compiler/fuzz/fuzz.h"
#include "../runtime/rc_threads.h"
#include "tests.h"

static const struct {
	int c, h, w, batch;
	const char *body;            /* q: the input as bytes */
} rows[] = {
	{ 3, 9, 8, 1, "return nn.conv(q, { 10, kernel = 3 })" },
	{ 17, 7, 9, 2, "local a = nn.conv(q, { 33, kernel = 3, act = 'relu', step = 0.05 }) return nn.conv(a, { 16, kernel = 1 })" },
	/* pair-safe, a skip in its own steps, another zero, several blocks, strides, dilation, uneven padding */
	{ 32, 9, 31, 1, "local a = nn.conv(q, { 48, kernel = 3, pair_safe = true, step = 0.03, zero = 100 }) "
	  "local b = nn.conv2d(q, a, { 48, kernel = 1, padding = 0, act = 'relu', step = 0.04, zero = 7 }) "
	  "return nn.conv(b, { 20, kernel = 3, stride = 2, dilation = 2, padding = { 1, 2, 0, 1 } }), nn.dequantize(a)" },
	{ 64, 7, 7, 2, "local a = nn.conv(q, { 64, kernel = 1, act = 'relu6', step = 0.04 }) "
	  "return nn.dequantize(nn.conv2d(a, a, { 64, kernel = 1, padding = 0, pair_safe = true, step = 0.07 }))" },
	{ 24, 5, 6, 1, "return nn.conv(nn.conv(q, { 24, kernel = 3, groups = 24, step = 0.05, zero = 128 }), { 36, kernel = 3, groups = 3 }),"
	  " nn.conv(q, { 48, kernel = 3, groups = 6, act = 'clip', lo = -0.5, hi = 0.25 })" },
	{ 130, 1, 1, 3, "return nn.linear(nn.flatten(q, { step = 0.02, zero = 120 }), { 33, act = 'relu' })" },
	{ 40, 6, 5, 2, "local a = nn.conv(q, { 40, kernel = 3, step = 0.05, zero = 50 }) local b = nn.add(q, a, { step = 0.06, zero = 80, act = 'relu' }) "
	  "return nn.dequantize(b), nn.dequantize(nn.add(b, b, { step = 0.1, zero = 3 })), nn.conv(b, { 9, kernel = 5 })" },
	{ 20, 9, 7, 2, "local p = nn.max_pool(q, { kernel = 3, stride = 2, padding = 1, step = 0.02, zero = 120 }) "
	  "return nn.conv(p, { 7, kernel = 3 }), nn.dequantize(nn.adaptive_max_pool(q, { size = { 2, 3 }, step = 0.02, zero = 120 }))" },
	{ 20, 9, 7, 1, "local function mean(o) o.kernel, o.step, o.zero = 3, 0.015, 110 return nn.dequantize(nn.avg_pool(q, o)) end "
	  "return mean { padding = 1 }, mean { stride = 2, padding = 1, ceil_mode = true, count_include_pad = false }, "
	  "nn.dequantize(nn.adaptive_avg_pool(q, { step = 0.002, zero = 128 })), nn.dequantize(nn.adaptive_avg_pool(q, { size = 5, step = 0.02 }))" },
	{ 21, 6, 5, 2, "local a, o = nn.conv(q, { 16, kernel = 1, step = 0.07, zero = 9 }), { step = 0.02, zero = 120 } "
	  "local s = nn.slice(q, { channels = { 2, 13 }, rows = { 1, 6, 2 }, step = 0.02, zero = 120 }) "
	  "local c = nn.concat(q, a, nn.pad(nn.slice(q, { channels = { 0, 16 }, cols = { 0, 3, 1 }, step = 0.02, zero = 120 }), "
	  "{ padding = { top = 0, right = 2 }, channels = { 5, 0 }, step = 0.02, zero = 120 }), { step = 0.05, zero = 99 }) "
	  "return nn.conv(s, { 8, kernel = 3 }), nn.conv(c, { 8, kernel = 3 }), nn.linear(nn.flatten(s, o), { 5 })" },
	/* as ONNX Runtime: zeros at either end, a bound of its own, signed bytes */
	{ 40, 6, 5, 2, "local o = { step = 0.021, zero = 0, requant = 'onnx_u8' } local r = nn.quantize(x, { step = 0.023, zero = 77, requant = 'onnx_u8' }) "
	  "return nn.dequantize(nn.add(q, r, o)), nn.dequantize(nn.add(q, r, { step = 0.037, zero = 200, requant = 'onnx_s8', act = 'relu' })), "
	  "nn.dequantize(nn.adaptive_avg_pool(r, { step = 0.0021, zero = 255, requant = 'onnx_s8' })), nn.conv(nn.add(r, r, o), { 8, kernel = 3 })" },
	/* Winograd in every tile: skips, floats as results, images that tiles hang over, several, uneven padding;
	   row 12 is built without passes, as every third, and has none of them */
	{ 24, 9, 11, 2, "local function w(x, z, o) o.kernel, o.step, o.zero = 3, o.step or 0.03, 90 return z and nn.conv2d(x, z, o) or nn.conv(x, o) end "
	  "local a = w(q, nil, { 33, winograd = { 4, 4 } }) local b = w(a, a, { 33, winograd = { 4, 2 }, act = 'relu' }) "
	  "local c = w(b, a, { 33, winograd = { 2, 4 }, act = 'relu6' }) local d = w(c, b, { 33, winograd = { 2, 2 }, step = 0.04 }) "
	  "return nn.dequantize(d), nn.conv(c, { 9, kernel = 3, winograd = { 4, 4 }, padding = { 0, 2, 1, 0 } }), "
	  "nn.conv(d, { 17, kernel = 3, winograd = { 2, 2 }, act = 'relu' }), nn.conv2d(q, d, { 33, kernel = 3, winograd = { 4, 4 } })" },
	{ 260, 14, 3, 1, "return nn.conv(nn.conv(q, { 136, kernel = 1, act = 'relu', step = 0.05 }), { 40, kernel = 3, pair_safe = true })" },
	{ 8, 30, 47, 1, "local a = nn.conv(q, { 80, kernel = 3, winograd = { 4, 4 }, step = 0.05, act = 'relu' }) "
	  "return nn.conv(a, { 8, kernel = 3, winograd = { 4, 4 } }), nn.dequantize(nn.conv(a, { 64, kernel = 3, winograd = { 2, 4 }, step = 0.2 }))" },
	/* as ONNX Runtime: products and sums as its operators make them and as floats between bytes; steps that make ties */
	{ 19, 6, 5, 1, "local q = nn.quantize(x, { step = 0.3, zero = 120 }) local g = nn.adaptive_max_pool(q, { step = 0.3, zero = 120 }) "
	  "local y = { nn.conv(nn.mul(g, q, { step = 0.3, zero = 1, requant = 'onnx_s8' }), { 8, kernel = 3 }) } "
	  "for _, f in ipairs { nn.mul, nn.add } do for _, r in ipairs { 'onnx_u8', 'onnx_s8', 'onnx_float' } do "
	  "y[#y + 1] = nn.dequantize(f(q, g, { step = f == nn.mul and 0.18 or 0.6, zero = 77, requant = r })) "
	  "y[#y + 1] = nn.dequantize(f(q, q, { step = f == nn.mul and 0.18 or 1.2, zero = 129, act = 'relu', requant = r })) end end return table.unpack(y)" },
	/* gates of channels, pixels, the image, on either side; of floats made bytes; sums likewise */
	{ 40, 6, 5, 2, "local g = nn.quantize(nn.sigmoid(nn.dequantize(nn.adaptive_avg_pool(q, { step = 0.002, zero = 128 }))), { step = 1/255 }) "
	  "local function m(a, b, o) o.step = o.step or 0.015 return nn.dequantize(nn.mul(a, b, o)) end local s = { channels = { 3, 4 }, step = 0.02, zero = 120 } "
	  "local p = nn.slice(q, s) local i = nn.slice(nn.adaptive_max_pool(q, { step = 0.02, zero = 120 }), s) "
	  "return m(q, g, { zero = 128 }), m(g, q, { act = 'relu' }), m(p, q, { zero = 90, step = 0.03 }), m(q, i, { step = 0.04, zero = 255 }), m(g, i, { step = 0.004, zero = 3 }), "
	  "m(q, q, { step = 0.02 }), m(p, g, { zero = 100 }), nn.conv(nn.mul(q, g, { step = 0.01, zero = 128, act = 'relu6' }), { 7, kernel = 3 }), "
	  "nn.dequantize(nn.add(p, q, { step = 0.03, zero = 120 })), nn.dequantize(nn.add(q, g, { step = 0.02, zero = 100, act = 'relu' }))" },
	{ 96, 5, 4, 2, "local s = nn.conv(nn.adaptive_avg_pool(q, { step = 0.001, zero = 120 }), { 8, kernel = 1, act = 'relu', step = 0.02 }) "
	  "local g = nn.quantize(nn.hard_sigmoid(nn.conv(s, { 96, kernel = 1 })), { step = 1/255 }) "
	  "return nn.conv(nn.mul(q, g, { step = 0.02, zero = 120 }), { 24, kernel = 1 })" },
	/* the nearest pixels of images made larger, smaller, both; whole blocks of channels and odd ones, several images */
	{ 20, 5, 7, 2, "local function up(x, o) o.step, o.zero = 0.02, 120 return nn.upsample_nearest(x, o) end "
	  "local s = nn.slice(q, { channels = { 0, 16 }, step = 0.02, zero = 120 }) local u = up(s, { size = { 10, 14 } }) "
	  "return nn.conv(u, { 9, kernel = 3 }), nn.dequantize(up(q, { size = { 11, 4 }, coords = 'asymmetric', rounding = 'ceil' })), "
	  "nn.dequantize(up(up(s, { size = { 3, 9 }, coords = 'align_corners', rounding = 'round_prefer_ceil' }), { size = 5 })), nn.conv(up(q, { size = { 6, 7 } }), { 3, kernel = 1 })" },
	{ 64, 3, 4, 1, "local a = nn.conv(q, { 64, kernel = 3, act = 'relu', step = 0.05 }) return nn.conv(nn.concat(nn.upsample_nearest(a, { size = { 6, 8 }, step = 0.05, "
	  "zero = 0 }), nn.upsample_nearest(q, { size = { 6, 8 }, step = 0.02, zero = 120 }), { step = 0.05, zero = 60 }), { 24, kernel = 3 })" },
	/* few channels, which lie side by side: rows of windows that end within a product, neighbours that no one proved */
	{ 1, 9, 5, 2, "return nn.conv(q, { 16, kernel = 5, padding = 1, pair_safe = true }), nn.conv(q, { 40, kernel = 5, stride = 2 })" },
	/* windows' means as ONNX Runtime has them: of floats one after the other, ties, zeros whose sums with ties are even, either count */
	{ 35, 9, 7, 2, "local q, k = nn.quantize(x, { step = 0.125, zero = 121 }), nn.quantize(x, { step = 0.0117, zero = 133 }) "
	  "local function m(q, o) o.kernel, o.zero, o.requant = o.kernel or 2, o.zero or 77, o.requant or 'onnx_u8' return nn.dequantize(nn.avg_pool(q, o)) end "
	  "return m(q, { step = 0.0625 }), m(q, { step = 0.25, zero = 120, requant = 'onnx_s8' }), m(q, { step = 0.0625, padding = 1, stride = 1, count_include_pad = false }), "
	  "m(k, { step = 0.0117, kernel = 3, padding = 1, requant = 'onnx_s8' }), m(k, { step = 0.004, kernel = { 9, 7 } }), "
	  "nn.conv(nn.avg_pool(k, { step = 0.01, zero = 90, kernel = 3, stride = 2, ceil_mode = true, requant = 'onnx_u8' }), { 8, kernel = 3 })" },
	{ 2, 7, 5, 1, "return nn.conv(q, { 16, kernel = 7, padding = 3 })" },
	{ 3, 11, 21, 2, "return nn.conv(q, { 33, kernel = 7, stride = 2, padding = { 2, 3, 1, 0 } }), nn.conv(q, { 8, kernel = 7, padding = 0 })" },
	{ 229, 6, 5, 1, "return nn.conv(q, { 16, kernel = 3, winograd = { 4, 4 } }), nn.conv(q, { 16, kernel = 3, winograd = { 4, 2 } }), "
	  "nn.dequantize(nn.conv(q, { 8, kernel = 3, winograd = { 2, 2 }, step = 5, act = 'relu' }))" },
};
enum { NRows = sizeof rows/sizeof *rows, Most = NRows - 1 };    /* whose weights and bytes are all the largest */

static void *library;

/* row_graph - weights of every other one at their ends, so that sums are as large as they can be, all at the lower one, or
   such that two pairs of neighbours together may be just too large; a channel without a neighbour counts alone */
static Graph *
row_graph(int r)
{
	DslOptions o = { .name = arena_text("row%d", r), .batch = rows[r].batch };
	Graph *g = dsl_load(body_model(rows[r].c, rows[r].h, rows[r].w,
	                               arena_text("local q = nn.quantize(x, { step = 0.02, zero = 120 }) %s", rows[r].body)), &o);

	bind_random(g, 1);
	for (int i = 0; i < g->count && (r%2 || r == Most); i++) {
		const Param *p = &g->nodes[i]->p[P_weight];
		size_t taps = (size_t)(g->nodes[i]->a.kernel.h*g->nodes[i]->a.kernel.w), c = g->nodes[i]->nin ? (size_t)g->nodes[i]->in[0]->shape.c : 1;
		for (size_t k = 0; k < p->count; k++) {
			bool below = r%8 == 5 || (p->data[k] < 0 && r != Most), safe = g->nodes[i]->a.pair_safe && (c%2 == 0 || k/taps%c < c - 1);
			double size = !safe ? (below ? 128 : 127) : r%4 == 3 ? 32 + (double)(k%2) : 64;
			p->data[k] = below ? -size : size;
		}
	}
	return g;
}

static Model *
row_model(int r, const char *target)
{
	return compiled(row_graph(r), target, r%3 ? 0 : (1u << npasses) - 1);
}

/* emulated rows run whole, once, before Check forks */
static JobResult elsewhere[NRows];

/* row_input - the bytes are 0 and 255 mostly in every other one */
static float *
row_input(int r, size_t count)
{
	float *in = numbers(count, (unsigned)r);

	for (size_t i = 0; i < count && (r%2 || r == Most); i++)
		in[i] = r == Most ? 100 : 100*in[i];
	return in;
}

static void
run_elsewhere(const Machine *machine, const char *dir, const Target *target)
{
	const char *names[NRows];
	Job jobs[NRows];

	for (int r = 0; r < NRows; r++) {
		Model *m = row_model(r, target->name);
		File *blob = NEW(File);
		names[r] = arena_text("row%d", r);
		*blob = emit_blob(m);
		jobs[r] = (Job){ .network = r, .threads = 1 + r%3, .blob = blob, .in = row_input(r, count_of(m->g->nodes[0]->out->shape)),
			.in_bytes = input_bytes(m->g), .out_bytes = outputs_of(m->g)*sizeof(float), .workspace = m->g->arena };
	}
	machine_compile(machine, dir, "all.c rc.c", "-O1", names, NRows);
	machine_run(machine, dir, jobs, NRows, elsewhere);
}

static void
build_rows(void)
{
	const Target *target = target_named(this_part());
	const Machine *machine = other_machine(target);
	const char *dir = in_dir("rows"), *cc = getenv("CC");
	File files[24];
	FILE *f;

	write_files(dir, files, runtime_files(&target, 1, files));
	if (!machine)
		emulate(dir, target->name);
	f = fopen(in_dir("rows/all.c"), "w");
	for (int r = 0; r < NRows; r++) {
		Model *m = row_model(r, target->name);
		File header = emit_header(m);
		write_files(dir, &header, 1);
		write_source_beside_others(f, m);
	}
	ck_assert_int_eq(fclose(f), 0);
	if (machine) {
		run_elsewhere(machine, dir, target);
		return;
	}
	/* optimized for the best target alone, in half the time */
	ck_assert_int_eq(system(arena_text("cd '%s' && %s -std=c11 %s -w%s -fPIC -shared all.c rc.c -o all.so -lm", dir, cc ? cc : "cc",
	                                   !strcmp(target->name, target_for_bytes(target_named("native"))->name) ? "-O1" : "-O0", target_runs_here(target) ? "" : " -march=native -Wno-psabi")), 0);
	library = dlopen(arena_text("%s/all.so", dir), RTLD_NOW);
	ck_assert_msg(library != NULL, "%s", dlerror());
}

static void *
symbol(int r, const char *what)
{
	void *p = dlsym(library, arena_text("row%d_%s", r, what));

	ck_assert_ptr_nonnull(p);
	return p;
}

/* want_exact - of the outputs of a row */
static void
want_exact(int r, int threads, const float *in, const float *out)
{
	const Graph *g = row_graph(r);
	double **values = interp(g, doubles(in, count_of(g->nodes[0]->out->shape)));

	for (int i = 0; i < g->noutputs; i++)
		for (size_t k = 0; k < count_of(g->outputs[i]->shape); k++, out++)
			ck_assert_msg((double)*out == value_in(values, g->outputs[i])[k], "%s, %d threads: %s: output %d, %zu: want %.9g, got %.9g",
			              this_part(), threads, rows[r].body, i, k, value_in(values, g->outputs[i])[k], (double)*out);
}

/* where the target's code runs: in an emulator */
START_TEST(row_is_exact_elsewhere)
{
	const Graph *g = row_graph(_i);

	if (!other_machine(target_named(this_part())))
		return;
	ck_assert_int_eq(elsewhere[_i].check, RC_OK);
	ck_assert_int_eq(elsewhere[_i].status, RC_OK);
	ck_assert(elsewhere[_i].whole);
	want_exact(_i, 1 + _i%3, row_input(_i, count_of(g->nodes[0]->out->shape)), elsewhere[_i].out);
}
END_TEST

START_TEST(row_is_exact)
{
	Model *m = row_model(_i, this_part());
	const Graph *g = m->g;
	size_t outputs = outputs_of(g);
	float *in = row_input(_i, count_of(g->nodes[0]->out->shape)), *out = malloc(outputs*sizeof *out);
	File blob = emit_blob(m);
	char *ws = aligned_alloc(64, selftest_bytes(g) + 64);
	rc_options o = { .struct_size = sizeof o };
	rc_pool pool;
	const char *layer;
	int (*run)(const rc_options *, const void *, const float *, float *, void *, size_t);
	int (*ready)(const void *, size_t), (*selftest)(const void *, void *, size_t, const char **);

	*(void **)&run = symbol(_i, "run_with");
	*(void **)&ready = symbol(_i, "check");
	*(void **)&selftest = symbol(_i, "selftest");
	if (target_runs_here(m->g->target))      /* else its words are emulated, and it asks this processor */
		ck_assert_int_eq(ready(blob.data, blob.len), RC_OK);
	ck_assert_int_eq(rc_pool_start(&pool, 2), RC_OK);
	for (int threads = 1; threads < 9; threads += threads == 3 ? 4 : 1) {
		o.parallel_for = rc_pool_for;
		o.parallel_user = &pool;
		o.threads = threads;
		memset(ws, 0xa5, g->arena);
		fesetround(threads == 2 ? FE_DOWNWARD : threads == 3 ? FE_UPWARD : FE_TONEAREST);
		ck_assert_int_eq(run(&o, blob.data, in, out, ws, g->arena), RC_OK);
		fesetround(FE_TONEAREST);
		want_exact(_i, threads, in, out);
	}
	rc_pool_stop(&pool);
	ck_assert_msg(selftest(blob.data, ws, selftest_bytes(g), &layer) == RC_OK, "%s: selftest: %s", rows[_i].body, layer);
}
END_TEST

/* what the self test expects of layers of bytes is one thing on all targets */
START_TEST(checksums_are_one)
{
	const Model *m = row_model(2, "scalar");
	File first = emit_blob(m);

	for (int t = 0; t < ntargets; t++) {
		const Model *other = row_model(2, targets[t].name);
		File blob = emit_blob(other);
		ck_assert_mem_eq((const char *)first.data + m->selftest_at, (const char *)blob.data + other->selftest_at, first.len - m->selftest_at);
	}
}
END_TEST

/* in loops: where the taps of a row share a pixel's load there are many weights beside them */
START_TEST(sums_stay_in_registers)
{
	static const char *const compilers[] = { "gcc", "clang" };

#if !defined(__x86_64__)
	return;
#endif
	if (lacking(compilers[_i]))
		return;
	ck_assert_int_eq(resnetc("compile examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors --int8 --calibrate random -q --input 28x28 --target avx512-vnni -o %s", in_dir("lint")).status, 0);
	ck_assert_int_eq(system(arena_text("cd '%s' && %s -O2 -S cifar_resnet20.c && awk '/^\\.L/ { dots = moves = 0 } /vpdpbusd/ { dots++ } /zmm.*\\(%%r[sb]p\\)|\\(%%r[sb]p\\), *%%zmm/ { moves++ } "
		"/^\tj/ { if (dots) { loops++; if (moves) exit bad = 1 } dots = moves = 0 } END { exit bad || loops < 12 }' cifar_resnet20.s", in_dir("lint"), compilers[_i])), 0);
}
END_TEST

/* same_words_first - is the row the first one with its vector words */
static bool
same_words_first(int row)
{
	for (int i = 0; i < row; i++)
		if (!strcmp(targets[i].simd, targets[row].simd))
			return false;
	return true;
}

SUITE(int8)
{
	TCase *t;

	for (int i = 0; i < ntargets; i++) {
		bool emulated = !target_runs_here(&targets[i]) && machine_of(&targets[i]);
		if (emulated && !same_words_first(i))
			continue;            /* everywhere runs their bytes */
		t = part(targets[i].name);
		tcase_add_unchecked_fixture(t, build_rows, NULL);
		if (emulated)
			tcase_add_loop_test(t, row_is_exact_elsewhere, 0, NRows);
		else
			tcase_add_loop_test(t, row_is_exact, 0, NRows);
	}
	t = part("words");
	tcase_add_test(t, checksums_are_one);
	tcase_add_loop_test(t, sums_stay_in_registers, 0, 2);
}
