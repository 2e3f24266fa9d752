/*
** quantize.c - from pictures to a program of bytes: what calibration writes, what stays on floats, what bytes go in and come
** out; options, pictures and files of quantised weights that are refused.
*/
#include "tests.h"

#define CIFAR "examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors"

static const char *
file_text(const char *name, size_t *len)
{
	return file_map(in_dir(name), len);
}

/* lightly - where calibrating takes longer than optimizing a little */
static void
lightly(void)
{
	setenv("CC", quick_compiler(":", "-O1"), 1);
}

START_TEST(two_steps_are_one)
{
	size_t a, b;
	const char *x, *y;

	lightly();
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

	lightly();
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

SUITE(quantize)
{
	TCase *t = part("pictures");

	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_test(t, two_steps_are_one);
	tcase_add_test(t, bytes_know_the_photographs);
	tcase_add_test(t, winograd_is_weighed);
	tcase_add_test(t, what_stays_on_floats_is_shown);
	tcase_add_test(t, gates_multiply_bytes);
	tcase_add_test(t, floats_are_pixels_again);
	tcase_add_test(t, outputs_are_bytes_where_asked_for);
	t = part("wrong");
	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_test(t, bad_input_is_refused);
	tcase_add_test(t, files_that_lie_are_refused);
}
