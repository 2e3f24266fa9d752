/*
** int8.c - networks of bytes. Emitted code against the reference, to the last bit, on every target, for any number of
** threads and however the caller rounds; then from pictures to a program.
*/
#include <dlfcn.h>
#include <fenv.h>

#include "../compiler/fuzz/fuzz.h"
#include "../runtime/rc_threads.h"
#include "tests.h"

/* --- every op, every target --- */

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

/* --- from pictures --- */

#define CIFAR "examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors"

static const char *
file_text(const char *name, size_t *len)
{
	return file_map(in_dir(name), len);
}

START_TEST(two_steps_are_one)
{
	size_t a, b;
	const char *x, *y;

	ck_assert_int_eq(resnetc("quantize " CIFAR " --calibrate examples/images -q -o %s", in_dir("w.q.safetensors")).status, 0);
	ck_assert_int_eq(resnetc("compile examples/cifar_resnet20.lua -w %s -q -o %s", in_dir("w.q.safetensors"), in_dir("two")).status, 0);
	ck_assert_int_eq(resnetc("compile " CIFAR " --int8 --calibrate examples/images -q -o %s", in_dir("one")).status, 0);
	x = file_text("one/cifar_resnet20.weights", &a);
	y = file_text("two/cifar_resnet20.weights", &b);
	ck_assert_uint_eq(a, b);
	ck_assert_mem_eq(x, y, a);
	x = file_text("w.q.safetensors", &b);
	ck_assert_uint_lt(3*b, 1094272);         /* the weights of floats */
	ck_assert_int_eq(resnetc("quantize " CIFAR " --calibrate examples/images --target scalar -q -o %s", in_dir("s.q.safetensors")).status, 0);
	ck_assert_mem_eq(x, file_text("s.q.safetensors", &a), b);    /* whatever the target */
	ck_assert_uint_eq(a, b);
	x = file_text("one/cifar_resnet20.weights", &a);
	ck_assert_int_eq(resnetc("pack examples/cifar_resnet20.lua -w %s -q -o %s", in_dir("w.q.safetensors"), in_dir("packed")).status, 0);
	ck_assert_mem_eq(file_text("packed", &b), x, a);
}
END_TEST

/* verify, on two targets; the photographs are recognised as before */
START_TEST(bytes_know_the_photographs)
{
	static const char *const classes[] = { "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck" };
	Ran r;

	resnetc("quantize " CIFAR " --calibrate examples/images -q -o %s", in_dir("p.q.safetensors"));
	for (int i = 0; i < 2; i++) {
		r = resnetc("verify examples/cifar_resnet20.lua -w %s --int8 --target %s", in_dir("p.q.safetensors"), i ? "scalar" : "native");
		ck_assert_msg(r.status == 0 && strstr(r.out, "\nverified\n"), "%s%s", r.out, r.err);
	}
	r = resnetc("run examples/cifar_resnet20.lua -w %s -i examples/images", in_dir("p.q.safetensors"));
	for (int i = 0; i < 10; i++) {
		const char *at = strstr(r.out, arena_text("%s.png\n", classes[i]));
		ck_assert_msg(at && strstr(at, classes[i] ) && !strncmp(at + strlen(classes[i]) + 5, arena_text("  %5d  %s", i, classes[i]), 8 + strlen(classes[i])),
		              "%s: %s", classes[i], r.out);
	}
}
END_TEST

/* Winograd where the cost model finds it faster, which explain weighs; direct sums alone where the tiles cannot be had */
START_TEST(winograd_is_weighed)
{
	Ran r;

	resnetc("quantize " CIFAR " --calibrate examples/images -q -o %s", in_dir("x.q.safetensors"));
	r = resnetc("explain examples/cifar_resnet20.lua layer1.0.conv1 -w %s --target avx2", in_dir("x.q.safetensors"));
	ck_assert_msg(r.status == 0 && strstr(r.out, "  direct  ") && strstr(r.out, "\n  Winograd F(2x4, 3x3)  "), "%s%s", r.out, r.err);
	ck_assert_msg(strstr(strstr(r.out, "  Winograd F(4x4, 3x3)"), " cycles  <- chosen\n"), "%s", r.out);
	r = resnetc("explain examples/cifar_resnet20.lua -w %s --target avx2 --exact", in_dir("x.q.safetensors"));
	ck_assert_msg(strstr(r.out, " winograd4x4 "), "%s%s", r.out, r.err);
	r = resnetc("explain examples/cifar_resnet20.lua -w %s --target scalar", in_dir("x.q.safetensors"));
	ck_assert_msg(r.status == 0 && !strstr(r.out, " winograd"), "%s%s", r.out, r.err);
}
END_TEST

/* steps_of_line - does the dump's line of this layer say a step? */
static int
steps_of_line(const char *dump, const char *layer)
{
	const char *at = strstr(dump, arena_text("name = \"%s\"", layer)), *step;

	ck_assert_ptr_nonnull(at);
	step = strstr(at, "step = ");
	return step && step < strchr(at, '\n');
}

/* layers kept on floats, ranges, ops that have no form on bytes, between nodes that dumps show; the dump is a model again */
START_TEST(what_stays_on_floats_is_shown)
{
	static const char text[] = "local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 12, 12 },\n"
		"quantize = { keep = { \"c2\", \"d*\" }, ranges = \"minmax\", act = \"u7\", bias = false }, body = function(x)\n"
		"local a = nn.relu(nn.bn(nn.conv(x, { 16, kernel = 3, name = \"c1\" })))\n"
		"local b = nn.silu(nn.conv(nn.relu(nn.conv(a, { 16, kernel = 3, name = \"c2\" })), { 16, kernel = 3, name = \"c3\" }))\n"
		"return nn.linear(nn.flatten(nn.global_avg_pool(nn.relu(nn.conv(b, { 8, kernel = 1, name = \"c4\" }) + nn.conv(a, { 8, kernel = 1, name = \"d1\" })))), { 5 }), "
		"nn.conv(a, { 4, kernel = 1, name = \"e1\" })\n"
		"end }\n";
	const char *file = model_file(text);
	Ran r = resnetc("quantize %s -w random --calibrate random -q -o %s", file, in_dir("m.q.safetensors"));

	ck_assert_msg(r.status == 0, "%s", r.err);
	r = resnetc("verify %s -w %s", file, in_dir("m.q.safetensors"));
	ck_assert_msg(r.status == 0 && strstr(r.out, "\nverified\n"), "%s%s", r.out, r.err);
	r = resnetc("compile %s -w %s --dump=quantize --stop-after=quantize", file, in_dir("m.q.safetensors"));
	ck_assert(strstr(r.out, "nn.dequantize(") && strstr(r.out, "nn.quantize(") && strstr(r.out, "c3.sum") && strstr(r.out, "nn.silu("));
	ck_assert_int_eq(steps_of_line(r.out, "c1"), 1);
	ck_assert_int_eq(steps_of_line(r.out, "c2"), 0);
	put_file("again.lua", r.out, strlen(r.out));
	/* with all that native's words for bytes need, though no file of weights says that it is one of bytes */
	ck_assert_int_eq(resnetc("compile %s -w random -q -o %s", in_dir("again.lua"), in_dir("again")).status, 0);
	ck_assert_int_eq(system(arena_text("cd '%s' && cc -fsyntax-only m.c", in_dir("again"))), 0);
	r = resnetc("verify %s -w random", in_dir("again.lua"));
	ck_assert_msg(r.status == 0 && strstr(r.out, "\nverified\n"), "%s%s", r.out, r.err);
}
END_TEST

/* squeeze and excitation: the gate's floats, one a channel, become bytes, and no float stands at all pixels */
START_TEST(gates_multiply_bytes)
{
	static const char text[] = "local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 12, 12 },\n%s body = function(x)\n"
		"local a = nn.squeeze_excite(nn.relu(nn.conv(x, { 16, kernel = 3, name = \"c1\" })), { channels = 8, gate = \"hard_sigmoid\" })\n"
		"local b = nn.conv(a, { 16, kernel = 3, name = \"c2\" }) + a\n"
		"return nn.linear(nn.flatten(nn.global_avg_pool(nn.relu(b))), { 5 })\nend }\n";
	const char *file = model_file(arena_text(text, ""));
	Ran r = resnetc("quantize %s -w random --calibrate random -q -o %s", file, in_dir("g.q.safetensors"));

	ck_assert_msg(r.status == 0, "%s", r.err);
	r = resnetc("verify %s -w %s", file, in_dir("g.q.safetensors"));
	ck_assert_msg(r.status == 0 && strstr(r.out, "\nverified\n"), "%s%s", r.out, r.err);
	r = resnetc("compile %s -w %s --dump=quantize --stop-after=quantize", file, in_dir("g.q.safetensors"));
	ck_assert_int_eq(steps_of_line(r.out, "mul1"), 1);
	ck_assert_msg(strstr(r.out, "name = \"se.fc2.quantize\"") && !strstr(r.out, "mul1.dequantize") && !strstr(r.out, "c1.dequantize"), "%s", r.out);
	file = model_file(arena_text(text, "quantize = { keep = { \"mul1\" } },"));
	ck_assert_int_eq(resnetc("quantize %s -w random --calibrate random -q -o %s", file, in_dir("g.q.safetensors")).status, 0);
	r = resnetc("compile %s -w %s --dump=quantize --stop-after=quantize", file, in_dir("g.q.safetensors"));
	ck_assert_int_eq(steps_of_line(r.out, "mul1"), 0);
}
END_TEST

/* put_npy12 - a picture of 12 x 12 pixels, N C H W */
static void
put_npy12(const char *name)
{
	float *v = numbers(3*12*12, 7);

	for (int i = 0; i < 3*12*12; i++)
		v[i] = rintf(fminf(fmaxf(128 + 60*v[i], 0), 255));
	npy_write(in_dir(name), v, 4, (int64_t[]){ 1, 3, 12, 12 });
	free(v);
}

/* a small network with these words in nn.model, its weights quantised in m.q.safetensors once */
static const char *
two_outputs(const char *quantize, const char *last)
{
	return model_file(arena_text("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 12, 12, dtype = 'u8', layout = 'HWC' },\n%s body = function(x)\n"
		"local a = nn.relu(nn.bn(nn.conv(x, { 16, kernel = 3, stride = 2, name = \"c1\" })))\n"
		"return nn.linear(nn.flatten(nn.global_avg_pool(a)), { 5, name = \"fc\" }), %s\nend }\n", quantize, last));
}

/* bytes are what the same network's floats are nearest to, or where they end; the header says what they stand for */
START_TEST(outputs_are_bytes_where_asked_for)
{
	const char *floats = two_outputs("", "nn.softmax(nn.conv(a, { 7, kernel = 1, name = \"d\" }))"), *bytes, *header;
	Npy y[2];
	double step[2];
	int zero[2];
	size_t len;
	Ran r = resnetc("quantize %s -w random --calibrate random -q -o %s", floats, in_dir("o.q.safetensors"));

	ck_assert_msg(r.status == 0, "%s", r.err);
	put_npy12("pixels.npy");
	for (int i = 0; i < 2; i++) {
		bytes = two_outputs(i ? "quantize = { outputs = \"u8\" }," : "", "nn.softmax(nn.conv(a, { 7, kernel = 1, name = \"d\" }))");
		r = resnetc("run %s -w %s -i %s -q -o %s", bytes, in_dir("o.q.safetensors"), in_dir("pixels.npy"), in_dir("o.npy"));
		ck_assert_msg(r.status == 0, "%s", r.err);
		y[i] = npy_read(in_dir("o.npy"));
	}
	r = resnetc("verify %s -w %s", bytes, in_dir("o.q.safetensors"));
	ck_assert_msg(r.status == 0 && strstr(r.out, "\nverified\n"), "%s%s", r.out, r.err);
	ck_assert_int_eq(resnetc("compile %s -w %s -q -o %s", bytes, in_dir("o.q.safetensors"), in_dir("o")).status, 0);
	header = file_text("o/m.h", &len);
	ck_assert(strstr(header, "#define M_OUTPUT_BYTES     257\n") && strstr(header, "const unsigned char *input, unsigned char *output, void *workspace"));
	for (int o = 0, at = 0; o < 2; o++) {
		const char *scale = strstr(header, arena_text("M_OUTPUT_%d_SCALE ", o));
		ck_assert_ptr_nonnull(scale);
		ck_assert_int_eq(sscanf(scale, "M_OUTPUT_%*d_SCALE %lff\n#define M_OUTPUT_%*d_ZERO %d", &step[o], &zero[o]), 2);
		for (int i = 0; i < (o ? 7*36 : 5); i++, at++) {
			double got = (double)y[1].data[at]/step[o] + zero[o], want = (double)y[0].data[at]/step[o] + zero[o];
			ck_assert_msg(fabs(got - rint(got)) < 1e-3 && rint(got) >= 0 && rint(got) <= 255, "%d: %g", at, got);
			ck_assert_msg(fabs(rint(got) - fmin(fmax(want, 0), 255)) <= 0.5001, "%d: byte %g, float %g", at, got, want);
		}
	}
	r = resnetc("compile %s -w %s --dump=quantize --stop-after=quantize", bytes, in_dir("o.q.safetensors"));
	ck_assert_msg(strstr(r.out, arena_text("name = \"fc\", out = 5, bias = false, step = %.7f", step[0])) && strstr(strstr(r.out, "\"fc\""), arena_text(", zero = %d,", zero[0])),
	              "%.9g %d: %s", step[0], zero[0], r.out);
	header = file_text("o/m.c", &len);       /* pixels go in as they are */
	ck_assert(strstr(header, " = x[(i*12 + j)*3 + c];") && !strstr(header, "rc_byte("));
	r = resnetc("compile %s -w random --int8 --calibrate random -q -o %s", two_outputs("quantize = { outputs = \"u8\" },", "nn.top_k(nn.flatten(nn.global_avg_pool(a)), { 3 })"),
	            in_dir("none"));
	ck_assert_msg(r.status == 1 && strstr(r.err, "want outputs that can be bytes (quantize = { outputs = \"u8\" }), got positions"), "%s", r.err);
}
END_TEST

/* normalised floats are pixels again, on every target: rows of whole vectors and some more, channels the other way round, two pictures at once;
   three channels lie side by side, each with a zero of its own around them */
START_TEST(floats_are_pixels_again)
{
	static const float mean[] = { 0.485f, 0.456f, 0.406f }, std[] = { 0.229f, 0.224f, 0.225f };
	const char *file = model_file("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 5, 37, mean = { 0.485, 0.456, 0.406 }, std = { 0.229, 0.224, 0.225 }, "
	                              "order = \"BGR\" },\nbody = function(x) return nn.relu(nn.conv(x, { 8, kernel = 7, name = \"c1\" })) end }\n");
	float *v = numbers(8*3*5*37, 3);

	for (int i = 0; i < 8*3*5*37; i++)
		v[i] = (rintf(fminf(fmaxf(128 + 90*v[i], 0), 255))/255 - mean[i/(5*37)%3])/std[i/(5*37)%3];
	npy_write(in_dir("again.npy"), v, 4, (int64_t[]){ 8, 3, 5, 37 });
	npy_write(in_dir("two.npy"), v, 4, (int64_t[]){ 2, 3, 5, 37 });
	free(v);
	ck_assert_int_eq(resnetc("quantize %s -w random --calibrate %s -q -o %s", file, in_dir("again.npy"), in_dir("again.q.safetensors")).status, 0);
	for (int t = 0; t < ntargets; t++) {
		Ran r;
		if (!target_runs_here(&targets[t]) && !other_machine(&targets[t]))
			continue;
		r = resnetc("verify %s -w %s -i %s --batch 2 --target %s", file, in_dir("again.q.safetensors"), in_dir("two.npy"), targets[t].name);
		ck_assert_msg(r.status == 0 && strstr(r.out, "\nverified\n"), "%s: %s%s", targets[t].name, r.out, r.err);
	}
	ck_assert_int_eq(resnetc("compile %s -w %s --target scalar -q -o %s", file, in_dir("again.q.safetensors"), in_dir("again")).status, 0);
	ck_assert_int_eq(system(arena_text("grep -q '^pixels_3x5x37' '%s'", in_dir("again/m.c"))), 0);
}
END_TEST

/* a folder a class; a loss that is too large is refused, and nothing written */
START_TEST(accuracy_is_compared)
{
	char labels[144] = "\x93NUMPY\x01\x00\x76\x00{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }";  /* as NumPy makes them */
	float *tiny = numbers(2*3*32*32, 1);
	Ran r;

	ck_assert_int_eq(system(arena_text("for f in examples/images/*.png; do c=$(basename $f .png); mkdir -p '%s'/$c && cp $f '%s'/$c; done",
	                                   in_dir("labelled"), in_dir("labelled"))), 0);
	r = resnetc("quantize " CIFAR " --calibrate examples/images --accuracy %s --max-loss 0 -o %s", in_dir("labelled"), in_dir("a.q"));
	ck_assert_msg(r.status == 0 && strstr(r.out, "accuracy over 10 pictures: 100.00 % with floats, 100.00 % with bytes"), "%s%s", r.out, r.err);
	for (int i = 0; i < 2*3*32*32; i++)
		tiny[i] *= 0.01f;                /* a grey picture: ranges for nothing else */
	npy_write(in_dir("tiny.npy"), tiny, 4, (int64_t[]){ 2, 3, 32, 32 });
	memset(labels + strlen(labels + 10) + 10, ' ', 128 - 10 - strlen(labels + 10));
	put_file("two.npy", labels, sizeof labels);
	r = resnetc("quantize " CIFAR " --calibrate %s --accuracy %s,%s -o %s", in_dir("tiny.npy"), in_dir("tiny.npy"), in_dir("two.npy"), in_dir("a.q"));
	ck_assert_msg(r.status == 0 && strstr(r.out, "accuracy over 2 pictures: "), "%s%s", r.out, r.err);
	r = resnetc("quantize " CIFAR " --calibrate %s -q --accuracy %s --max-loss 0.5 -o %s", in_dir("tiny.npy"), in_dir("labelled"), in_dir("lost.q"));
	ck_assert_msg(r.status == 1 && strstr(r.err, "want a loss of at most 0.5 points, got ") && strstr(r.err, "keep = { \""), "%s%s", r.out, r.err);
	ck_assert_int_ne(system(arena_text("test -e '%s'", in_dir("lost.q"))), 0);
	free(tiny);
}
END_TEST

/* scale_numbers - numbers from..from + step*count of a tensor of floats in a file that is in memory */
static void
scale_numbers(const Weights *w, const char *name, size_t from, size_t step, size_t count, float by)
{
	for (int t = 0; t < w->count; t++)
		for (size_t i = 0; !strcmp(w->tensors[t].name, name) && i < count; i++) {
			unsigned char *at = (unsigned char *)(uintptr_t)w->tensors[t].data + 4*(from + i*step);
			float v;
			memcpy(&v, at, sizeof v);
			v *= by;
			memcpy(at, &v, sizeof v);
		}
}

/* a channel that is much larger than all others beside it, which the next layer makes small again: all others are lost */
START_TEST(what_loses_most_is_named)
{
	static const char named[] = "quantize = { keep = { \"layer2.1.conv1\", \"layer2.1.conv2\"";
	size_t len;
	const char *map = file_map("examples/weights/cifar_resnet20.safetensors", &len);
	unsigned char *own = malloc(len);
	Weights *w;
	Ran r;

	ck_assert_int_eq(system(arena_text("for f in examples/images/*.png; do c=$(basename $f .png); mkdir -p '%s'/$c && cp $f '%s'/$c; done && "
		"sed 's/^  head/  quantize = { keep = { \"layer2.1.conv1\", \"layer2.1.conv2\" } }, head/' examples/cifar_resnet20.lua > '%s'",
		in_dir("known"), in_dir("known"), in_dir("kept.lua"))), 0);
	memcpy(own, map, len);
	w = safetensors_open("uneven", own, len);
	scale_numbers(w, "layer2.1.bn1.weight", 5, 1, 1, 3e4F);
	scale_numbers(w, "layer2.1.bn1.bias", 5, 1, 1, 3e4F);
	for (size_t o = 0; o < 32; o++)
		scale_numbers(w, "layer2.1.conv2.weight", (o*32 + 5)*9, 1, 9, 1/3e4F);
	put_file("uneven.safetensors", own, len);
	r = resnetc("quantize examples/cifar_resnet20.lua -w %s --calibrate examples/images -q --accuracy %s --max-loss 1 -o %s",
	            in_dir("uneven.safetensors"), in_dir("known"), in_dir("uneven.q"));
	ck_assert_msg(r.status == 1 && strstr(r.err, named), "%s%s", r.out, r.err);
	r = resnetc("quantize %s -w %s --calibrate examples/images -q --accuracy %s --max-loss 1 -o %s", in_dir("kept.lua"),
	            in_dir("uneven.safetensors"), in_dir("known"), in_dir("uneven.q"));
	ck_assert_msg(r.status == 0, "%s%s", r.out, r.err);
	free(own);
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
	ck_assert_int_eq(resnetc("compile " CIFAR " --int8 --calibrate random -q --input 28x28 --target avx512-vnni -o %s", in_dir("lint")).status, 0);
	ck_assert_int_eq(system(arena_text("cd '%s' && %s -O2 -S cifar_resnet20.c && awk '/^\\.L/ { dots = moves = 0 } /vpdpbusd/ { dots++ } /zmm.*\\(%%r[sb]p\\)|\\(%%r[sb]p\\), *%%zmm/ { moves++ } "
		"/^\tj/ { if (dots) { loops++; if (moves) exit bad = 1 } dots = moves = 0 } END { exit bad || loops < 12 }' cifar_resnet20.s", in_dir("lint"), compilers[_i])), 0);
}
END_TEST

/* --- what is wrong --- */

static void
put_npy(const char *name, int images, int h, float value, bool black)
{
	float *v = numbers((size_t)(images*3*h*h), 1);

	for (int i = 0; i < images*3*h*h && black; i++)
		v[i] = value;
	npy_write(in_dir(name), v, 4, (int64_t[]){ images, 3, h, h });
	free(v);
}

START_TEST(bad_input_is_refused)
{
	static const struct { const char *command, *want; int status; } wrong[] = {
		{ "quantize " CIFAR " --calibrate %s/empty", "empty: want a folder with .png or .jpg pictures, got none in it", 1 },
		{ "quantize " CIFAR " --calibrate %s/wide.npy", "wide.npy: want shape Nx3x32x32 or 3x32x32, got 2x3x33x33", 1 },
		{ "quantize " CIFAR " --calibrate %s/black.npy", "black.npy: want pictures with something on them, got one colour", 1 },
		{ "quantize " CIFAR " --calibrate %s/nan.npy", "nan.npy: want finite values to calibrate with, got NaN or infinity", 1 },
		{ "quantize " CIFAR " --calibrate %s/huge.npy", "huge.npy: layer 'avgpool': want finite values to calibrate with, got NaN or infinity", 1 },
		{ "quantize %s/keep.lua -w examples/weights/cifar_resnet20.safetensors --calibrate random",
		  "keep.lua: model: quantize: keep: want the name of a layer, as explain tells them, got 'layer4.*'", 1 },
		{ "quantize examples/cifar_resnet20.lua -w %s/b.q.safetensors --calibrate random", "b.q.safetensors', which are quantised", 2 },
		{ "quantize " CIFAR, "quantize: want pictures (--calibrate FOLDER, FILE.npy or random), got none", 2 },
		{ "quantize examples/cifar_resnet20.lua --calibrate random", "quantize: want weights (-w FILE or -w random), got none", 2 },
		{ "compile " CIFAR " --int8 -o %s/no", "--int8: want --calibrate FOLDER|x.npy|random, or weights that resnetc quantize wrote, got neither", 2 },
		{ "compile " CIFAR " --int8 --calibrate random --no-fuse -o %s/no", "--no-fuse: want this pass for a network of bytes, whose weights were made after it", 2 },
		{ "compile " CIFAR " --calibrate random -o %s/no", "--calibrate: want --int8 too, got no wish for bytes", 2 },
		{ "compile " CIFAR " --int8 --accuracy random -o %s/no", "--accuracy: want pictures to calibrate with too (--calibrate FOLDER), got none", 2 },
		{ "quantize " CIFAR " --calibrate random --max-loss 1", "--max-loss: want labelled pictures too (--accuracy FOLDER), got none", 2 },
		{ "quantize " CIFAR " --calibrate random -q --accuracy %s/empty -o %s/no", "empty: want folders in it, one a class, got none", 1 },
		{ "quantize " CIFAR " --calibrate random -q --accuracy %s/one.npy,%s/nan.label.npy", "nan.label.npy: want whole numbers from 0 on, the classes, got nan", 1 },
		{ "quantize " CIFAR " --calibrate random -q --accuracy %s/one.npy,%s/ten.npy", "one.npy: want a class below 10, got 10", 1 },
		{ "quantize " CIFAR " --calibrate random -q --accuracy %s/nowhere --max-loss x", "--max-loss: want points from 0 to 100, got 'x'", 2 },
	};

	ck_assert_int_eq(system(arena_text("mkdir -p '%s'", in_dir("empty"))), 0);
	put_npy("wide.npy", 2, 33, 0, false);
	put_npy("black.npy", 2, 32, 0, true);
	put_npy("nan.npy", 2, 32, NAN, true);
	ck_assert_int_eq(system(arena_text("sed 's/nn.model {/nn.model { quantize = { keep = { \"conv1\", \"layer4.*\" } },/' examples/cifar_resnet20.lua > '%s'", in_dir("keep.lua"))), 0);
	ck_assert_int_eq(resnetc("quantize " CIFAR " --calibrate random -q -o %s", in_dir("b.q.safetensors")).status, 0);
	put_npy("huge.npy", 2, 32, 3e38f, true);
	put_npy("one.npy", 1, 32, 0, false);
	npy_write(in_dir("nan.label.npy"), (float[]){ NAN }, 1, (int64_t[]){ 1 });
	npy_write(in_dir("ten.npy"), (float[]){ 10 }, 1, (int64_t[]){ 1 });
	for (size_t i = 0; i < sizeof wrong/sizeof *wrong; i++) {
		Ran r = resnetc(wrong[i].command, in_dir(""), in_dir(""));
		ck_assert_msg(r.status == wrong[i].status && strstr(r.err, wrong[i].want), "%s: %d: %s", wrong[i].command, r.status, r.err);
	}
	ck_assert_int_ne(system(arena_text("test -e '%s'", in_dir("no"))), 0);
	Ran r = resnetc("quantize " CIFAR " --calibrate %s -o %s", in_dir("one.npy"), in_dir("one.q"));
	ck_assert_msg(r.status == 0 && strstr(r.err, "want 8 pictures or more to calibrate with, got 1"), "%s", r.err);
}
END_TEST

/* broken - the file with one text in its head for another of the same length */
static void
broken(const char *from, const char *to, const char *want)
{
	size_t len;
	const char *text = file_text("b.q.safetensors", &len);
	char *copy = malloc(len);
	char *at;
	Ran r;

	memcpy(copy, text, len);
	for (at = copy; at < copy + len - strlen(from) && memcmp(at, from, strlen(from)); at++)
		;
	ck_assert_msg(at < copy + len - strlen(from), "%s", from);
	memcpy(at, to, strlen(to));
	put_file("broken.q.safetensors", copy, len);
	free(copy);
	r = resnetc("compile examples/cifar_resnet20.lua -w %s -q -o %s", in_dir("broken.q.safetensors"), in_dir("broken"));
	ck_assert_msg(r.status == 1 && strstr(r.err, want), "%s: %d: %.1500s", to, r.status, r.err);
}

/* broken_step - the file with this for what a step of the weights of conv1's third channel is */
static void
broken_step(float step, const char *want)
{
	size_t len, from, to;
	const char *text = file_text("b.q.safetensors", &len), *at = strstr(text + 8, "\"conv1.weight_step\":");
	uint64_t head;
	char *copy = malloc(len);
	Ran r;

	ck_assert_msg(at && sscanf(strstr(at, "\"data_offsets\":"), "\"data_offsets\":[%zu,%zu]", &from, &to) == 2 && to - from == 64, "%.100s", at);
	memcpy(&head, text, 8);
	memcpy(copy, text, len);
	memcpy(copy + 8 + head + from + 2*sizeof step, &step, sizeof step);
	put_file("step.q.safetensors", copy, len);
	free(copy);
	r = resnetc("compile examples/cifar_resnet20.lua -w %s -q -o %s", in_dir("step.q.safetensors"), in_dir("broken"));
	ck_assert_msg(r.status == 1 && strstr(r.err, want), "%g: %d: %.1500s", (double)step, r.status, r.err);
}

START_TEST(files_that_lie_are_refused)
{
	resnetc("quantize " CIFAR " --calibrate examples/images -q -o %s", in_dir("b.q.safetensors"));
	broken("\"resnetc.int8\":\"1\"", "\"resnetc.int8\":\"2\"", "want quantised weights of format 1, got '2'");
	broken("\"conv1\":\"step=0.", "\"conv1\":\"step=-.", "layer 'conv1': want a step that is a normal float above 0");
	broken("\"conv1\":\"step=0.", "\"conv1\":\"step=na", "layer 'conv1': want a step that is a normal float above 0");
	broken("\"conv1\":\"step=0.0", "\"conv1\":\"step=1e-", "layer 'conv1': want a step that is a normal float above 0");
	broken("\"conv1\":\"step=0.", "\"conv1\":\"step=0,", "layer 'conv1': want a step that is a normal float above 0");
	broken("\"conv1\":\"step=0.0", "\"conv1\":\"step=inf", "layer 'conv1': want a step that is a normal float above 0");
	broken(" zero=0 ", " zero=-1", "want a zero of 0 to 255");
	broken(" zero=0 no", " zero=256 ", "want a zero of 0 to 255");
	broken(" zero=0 no", " zero=0.5 ", "want a zero of 0 to 255");
	broken(" zero=0 no", " zero=nan ", "want a zero of 0 to 255");
	broken(" weights pair_safe", " weighty pair_safe", "want tensor");
	broken("\"dtype\":\"I8\"", "\"dtype\":\"U8\"", "want tensor 'conv1.weight' as I8, got U8");
	broken_step(0, "got 0 for channel 2");
	broken_step(-0.01f, "got -0.01 for channel 2");
	broken_step(1e-40f, "got 9.99995e-41 for channel 2");
	broken_step(NAN, "got nan for channel 2");
	broken_step(INFINITY, "got inf for channel 2");
	broken_step(1e36f, "want steps of about one size, got a factor of ");
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
	t = part("pictures");
	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_test(t, checksums_are_one);
	tcase_add_test(t, two_steps_are_one);
	tcase_add_test(t, bytes_know_the_photographs);
	tcase_add_test(t, winograd_is_weighed);
	tcase_add_test(t, what_stays_on_floats_is_shown);
	tcase_add_test(t, gates_multiply_bytes);
	tcase_add_test(t, accuracy_is_compared);
	tcase_add_test(t, what_loses_most_is_named);
	tcase_add_test(t, floats_are_pixels_again);
	tcase_add_test(t, outputs_are_bytes_where_asked_for);
	tcase_add_loop_test(t, sums_stay_in_registers, 0, 2);
	t = part("wrong");
	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_test(t, bad_input_is_refused);
	tcase_add_test(t, files_that_lie_are_refused);
}
