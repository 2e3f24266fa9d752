/* verbs.c - what the looking verbs print: bench, explain, diff, dot, run, tune, dumps; their JSON is JSON. */
#include <json-c/json.h>

#include "tests.h"

static struct json_object *
json(const char *text)
{
	struct json_object *o = json_tokener_parse(text);

	ck_assert_msg(o != NULL, "not JSON: %.300s", text);
	return o;
}

static struct json_object *
member(struct json_object *o, const char *name)
{
	struct json_object *v;

	ck_assert_msg(json_object_object_get_ex(o, name, &v), "no %s", name);
	return v;
}

/* unwrapped - sentences in one line each */
static const char *
unwrapped(char *text)
{
	char *to = text;

	for (const char *s = text; *s; s++)
		if (*s != ' ' && *s != '\n')
			*to++ = *s;
		else if (to == text || to[-1] != ' ')
			*to++ = ' ';
	*to = 0;
	return text;
}

START_TEST(bench_times_every_layer)
{
	struct json_object *all = json(resnetc("bench examples/mlperf_tiny_resnet8.lua --rounds 3 --threads 2 --json").out), *layers = member(all, "layers");
	Ran r = resnetc("bench examples/mlperf_tiny_resnet8.lua --rounds 3");

	ck_assert_uint_eq(json_object_array_length(layers), 12);
	for (size_t i = 0; i < json_object_array_length(layers); i++)
		ck_assert_double_gt(json_object_get_double(member(json_object_array_get_idx(layers, i), "ms")), 0);
	ck_assert_int_eq(json_object_get_int(member(all, "threads")), 2);
	ck_assert_int_eq(r.status, 0);
	ck_assert(strstr(r.out, "layer2.0.conv1") && strstr(unwrapped(r.out), "of the measured peak"));
	json_object_put(all);
}
END_TEST

START_TEST(explain_tells_a_layer)
{
	Ran r = resnetc("explain examples/cifar_resnet20.lua layer1.0.conv1 --target avx512");

	ck_assert_int_eq(r.status, 0);
	ck_assert(strstr(r.out, "conv2d 'layer1.0.conv1'") && strstr(r.out, "layer1.0.bn1 + relu") && strstr(r.out, "2.36 M MACs"));
	ck_assert(strstr(r.out, "<- chosen") && strstr(unwrapped(r.out), "of the largest result, measured in float32"));
	r = resnetc("explain examples/cifar_resnet20.lua layer1.0.conv1 --exact");
	ck_assert(!strstr(r.out, "measured in float32"));
	json_object_put(json(resnetc("explain examples/cifar_resnet20.lua --json").out));
}
END_TEST

/* a budget: what is told is what NAME.h and the blob say; what doesn't fit is refused and not written; what would fit does */
START_TEST(budget)
{
	const char *net = "examples/mlperf_tiny_resnet8.lua --target cortex-m4";
	Ran r = resnetc("explain %s --budget flash=512K,ram=160552,stack=1K", net);
	size_t flash, told, arena;

	compile_quickly();               /* what is calibrated with */
	ck_assert_msg(r.status == 0 && strstr(r.out, "\nram   160552 of 160552 bytes (100.0 %): workspace 148224, input 12288, output 40\n") &&
	              strstr(r.out, "\nstack 1024 of 1024 bytes"), "%s%s", r.out, r.err);
	ck_assert_int_eq(sscanf(strstr(r.out, "\nflash "), "\nflash %zu of 524288 bytes (%*f %%): weights %zu, code", &flash, &told), 2);
	ck_assert(told == 313008 && flash > told + 10000 && flash < told + 40000);
	r = resnetc("explain %s --int8 --calibrate random --budget ram=50408", net);         /* without weights too it's bytes */
	ck_assert_msg(r.status == 0 && strstr(r.out, "\nram   50408 of 50408 bytes"), "%s%s", r.out, r.err);
	r = resnetc("%s -w random --budget ram=160551,stack=1K -o %s", net, in_dir("chip"));
	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_str_eq(r.err, "examples/mlperf_tiny_resnet8.lua: --budget: want ram of at most 160551 bytes, got 160552; what would fit: "
		"--int8 (ram 49384, stack 1024), or --input 24x24 (ram 93736, stack 1024)\n");
	ck_assert_int_ne(access(in_dir("chip"), F_OK), 0);
	ck_assert_int_eq(resnetc("%s -w random --budget ram=49384,stack=1K --int8 --calibrate random -q -o %s", net, in_dir("chip")).status, 0);
	ck_assert_int_eq(resnetc("%s -w random --budget flash=93K,ram=55K --int8 --calibrate random -q -o %s", net, in_dir("chip")).status, 0);
	ck_assert_int_eq(resnetc("explain %s --budget ram=93736,stack=1K --input 24x24", net).status, 0);
	ck_assert_int_eq(resnetc("explain %s --budget ram=93735,stack=1K --input 24x24", net).status, ExitInput);
	r = resnetc("explain %s --budget ram=160551 --winograd", net);         /* its stack is in the RAM too */
	ck_assert_msg(strstr(r.err, "got 332") == NULL && strstr(r.err, "--int8 (ram 50408)"), "%s", r.err);
	r = resnetc("explain %s --budget ram=161576 --winograd", net);
	ck_assert_msg(strstr(r.err, "what would fit: --exact (ram 161576), or --int8 "), "%s", r.err);
	/* small, for all that is tried is compiled */
	r = resnetc("explain %s --target cortex-m4 --budget ram=1K,flash=1", body_model(3, 32, 32, "return nn.conv(x, { 8, kernel = 3 })"));
	ck_assert_msg(strstr(r.err, "want flash of at most 1, ram of at most 1024 bytes, got ") && strstr(r.err, "; not even --int8 --input 16x16 (flash "), "%s", r.err);
	r = resnetc("explain %s --budget flash=256K", net);
	ck_assert_msg(strstr(r.err, "; what would fit: --store f16 (flash "), "%s", r.err);
	struct json_object *all = json(resnetc("explain %s --budget ram=200K --json", net).out), *part;
	ck_assert(json_object_object_get_ex(all, "budget", &part) && json_object_object_get_ex(part, "ram", &part) && json_object_object_get_ex(part, "bytes", &part));
	arena = (size_t)json_object_get_int(part);
	ck_assert_uint_eq(arena, 161576);
	json_object_put(all);
}
END_TEST

/* in_map - bytes of the sections of these objects in a linker's map, those that it placed */
static size_t
in_map(const char *file)
{
	size_t len, sum = 0, at, bytes;
	const char *s = strstr(file_map(file, &len), "Linker script and memory map"), *hex;
	char object[300];

	for (hex = strstr(s, " 0x"); hex; hex = strstr(hex + 1, " 0x"))
		if (sscanf(hex, " 0x%zx 0x%zx %299[^\n]", &at, &bytes, object) == 3 && at && (strstr(object, "/m.o") || strstr(object, "/rc.o")))
			sum += bytes;
	return sum;
}

/* code is what a linker keeps of a program that runs a network: the same bytes but those of a program's own start */
START_TEST(budget_is_what_is_linked)
{
	static const char program[] = "#include \"m.h\"\nint main(void) { return m_check(0, 0) + m_run(0, 0, 0, 0, 0); }\n";
	const char *model = body_model(3, 16, 16, "return nn.conv(nn.conv(x, { 8, kernel = 3 }), { 8, kernel = 1 })"), *dir = in_dir("linked");
	size_t flash, weights, code, kept;
	Ran r = resnetc("explain %s --budget flash=9M --target scalar", model);

	ck_assert_msg(r.status == 0 && sscanf(strstr(r.out, "\nflash "), "\nflash %zu of 9437184 bytes (%*f %%): weights %zu, code", &flash, &weights) == 2, "%s%s", r.out, r.err);
	ck_assert_int_eq(resnetc("%s -w random --target scalar -q -o %s", model, dir).status, 0);
	put_file("linked/main.c", program, strlen(program));
	ck_assert_int_eq(system(arena_text("cd '%s' && for f in main m rc; do %s -std=c11 -O2 -w -ffunction-sections -fdata-sections -c $f.c || exit; done; "
		"%s -Wl,--gc-sections -Wl,-Map=map -o app ./main.o ./m.o ./rc.o -lm", dir, host_compiler(), host_compiler())), 0);
	code = flash - weights;
	kept = in_map(in_dir("linked/map"));
	ck_assert_msg(code > 2000 && code < kept + kept/16 && kept < code + code/16, "%zu told, %zu kept", code, kept);
}
END_TEST

START_TEST(explain_runs)
{
	Ran r = resnetc("explain examples/mlperf_tiny_resnet8.lua layer2.0.conv1 --run --rounds 3");
	struct json_object *all, *layers;

	ck_assert_int_eq(r.status, 0);
	unwrapped(r.out);
	ck_assert(strstr(r.out, "ms measured on 1 thread, ") && strstr(r.out, "predicted by the cost model") && strstr(r.out, "% of the roof"));
	all = json(resnetc("explain examples/mlperf_tiny_resnet8.lua --run --rounds 3 --json").out);
	layers = member(all, "layers");
	ck_assert_double_gt(json_object_get_double(member(all, "cache_gbs")), 0.5);
	for (size_t i = 0; i < json_object_array_length(layers); i++) {
		struct json_object *l = json_object_array_get_idx(layers, i);
		ck_assert_double_gt(json_object_get_double(member(l, "ms")), 0);
		/* no convolution is faster than its multiply-adds at the peak, with a fifth for a noisy peak */
		ck_assert_double_gt(json_object_get_double(member(l, "ms"))*1.2, json_object_get_double(member(l, "bound_ms")));
	}
	json_object_put(all);
	all = json(resnetc("explain examples/mlperf_tiny_resnet8.lua layer2.0.conv1 --json").out);
	ck_assert_int_eq(json_object_get_int(member(all, "macs")), 1179648);
	json_object_put(all);
}
END_TEST

/* parameters of torchvision's resnet50 and of timm's resnet50d; what only one has is told */
START_TEST(diff_tells_what_differs)
{
	Ran r = resnetc("diff examples/resnet50.lua examples/resnet50d.lua");
	struct json_object *both;
	size_t len;

	ck_assert_int_eq(r.status, 0);
	ck_assert(strstr(r.out, "25557032         25576264"));
	ck_assert(strstr(r.out, "conv1.3                -      "));
	ck_assert(strstr(r.out, "layer4.0.downsample.0") && !strstr(r.out, "layer1.1.conv2"));
	ck_assert(strstr(r.out, "52 layers are the same\n"));
	r = resnetc("diff examples/cifar_plain20.lua examples/cifar_plain20.lua");
	ck_assert(strstr(r.out, "layers are the same\n") && strstr(r.out, "x 1.000"));
	ck_assert_int_eq(system(arena_text("./resnetc diff examples/mlperf_tiny_resnet8.lua examples/cifar_resnet20.lua --run --rounds 2 --json > '%s'", in_dir("both.json"))), 0);
	both = json(file_map(in_dir("both.json"), &len));
	ck_assert_double_gt(json_object_get_double(member(member(both, "b"), "ms")), json_object_get_double(member(member(both, "a"), "ms")));
	json_object_put(both);
	r = resnetc("diff examples/resnet50.lua");
	ck_assert_int_eq(r.status, ExitUsage);
	ck_assert_str_eq(r.err, "resnetc: diff: want two model files, got one\ntry: resnetc --help\n");
}
END_TEST

static void
fits(const char *text, int columns)
{
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
		ck_assert_msg((int)strcspn(line, "\n") <= columns || strcspn(line, " ") > strcspn(line, "\n"), "%.*s",
		              (int)strcspn(line, "\n"), line);              /* a name alone may be longer */
}

/* in 80 columns, or as many as COLUMNS says; what is too long loses its middle, and every column starts at one place */
START_TEST(tables_fit)
{
	static const char *const commands[] = { "explain examples/resnet50.lua", "explain examples/resnet50.lua layer1.0.conv2", "explain examples/cifar_resnet20.lua",
		"diff examples/resnet50.lua examples/resnet50d.lua", "bench examples/mlperf_tiny_resnet8.lua --rounds 1", "verify examples/mlperf_tiny_resnet8.lua",
		"explain examples/mlperf_tiny_resnet8.lua --run --rounds 1", "tune %s -o /dev/null", "weights %s" };
	const char *model = model_file("local nn = require \"resnet\"\nlocal long = (\"a_name_of_forty_letters_and_more_than_that.\"):rep(3)\n"
		"return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, body = function(x)\n"
		"x = nn.conv(x, { 4, kernel = 3, name = long .. \"begin.end\" }) return nn.adaptive_avg_pool(x, { name = long .. \"pool\" }) end }");
	DslOptions none = { 0 };
	Graph *g = dsl_load(model, &none);
	const char *command = commands[_i];
	Ran r;

	if (!strstr(command, "--rounds"))    /* those measure the machine's peak too */
		compile_quickly();
	bind_random(g, 1);
	File f = safetensors_file(g, "long.safetensors");
	put_file("long.safetensors", f.data, f.len);
	unsetenv("COLUMNS");
	if (strstr(command, "%s"))
		command = arena_text(command, *command == 't' ? model : in_dir("long.safetensors"));
	r = resnetc("%s", command);
	ck_assert_msg(r.status == 0, "%s: %s", command, r.err);
	fits(r.out, 80);
	if (_i)
		return;
	ck_assert_ptr_nonnull(strstr(r.out, "\nlayer1.0.conv3  conv1x1              256x56x56   51.38    64     9  bn skip relu\n"));
	r = resnetc("explain %s", model);
	ck_assert_ptr_nonnull(strstr(r.out, "~"));
	fits(r.out, 80);
	setenv("COLUMNS", "64", 1);
	fits(resnetc("explain examples/resnet18.lua").out, 80);    /* the sentences below the table too */
	r = resnetc("diff examples/resnet18.lua examples/resnet34.lua");
	fits(strstr(r.out, "\nlayer "), 64);
	setenv("COLUMNS", "400", 1);
	ck_assert_ptr_null(strstr(resnetc("explain %s", model).out, "~"));
}
END_TEST

START_TEST(run_and_tune_in_json)
{
	struct json_object *all, *top;

	compile_quickly();
	all = json(resnetc("run examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors -i examples/images/cat.png --json").out);
	top = json_object_array_get_idx(member(json_object_array_get_idx(member(all, "images"), 0), "top"), 0);
	ck_assert_str_eq(json_object_get_string(member(top, "name")), "cat");
	ck_assert_double_eq_tol(json_object_get_double(member(top, "share")), 1, 1e-3);
	json_object_put(all);
	all = json(resnetc("tune %s --json -o %s", body_model(8, 12, 12, "return nn.conv(nn.conv(x, { 8, kernel = 3 }), { 16, kernel = 1 })"), in_dir("t.tuned")).out);
	ck_assert_uint_eq(json_object_array_length(member(all, "shapes")), 2);
	ck_assert_double_gt(json_object_get_double(member(all, "tuned_ms")), 0);
	json_object_put(all);
}
END_TEST

static int64_t
whole(struct json_object *o, const char *name)
{
	return json_object_get_int64(member(o, name));
}

static size_t
bytes_in(const char *file)
{
	size_t len;

	file_map(file, &len);
	return len;
}

/* the files that are told are those that are there; the plan's hash is that of the header and of other weights */
START_TEST(written_in_json)
{
	const char *model = "examples/mlperf_tiny_resnet8.lua", *dir = in_dir("told"), *hash, *header;
	struct json_object *all = json(resnetc("%s -w random --json --embed -o %s --budget ram=1M", model, dir).out), *files = member(all, "files"), *of;
	size_t len;

	ck_assert_str_eq(json_object_get_string(member(all, "folder")), dir);
	ck_assert_int_eq(count_files(dir), (int)json_object_array_length(files));
	for (size_t i = 0; i < json_object_array_length(files); i++) {
		of = json_object_array_get_idx(files, i);
		ck_assert_int_eq(whole(of, "bytes"), (int64_t)bytes_in(arena_text("%s/%s", dir, json_object_get_string(member(of, "name")))));
	}
	ck_assert_int_eq(whole(all, "weights_bytes"), (int64_t)bytes_in(arena_text("%s/mlperf_tiny_resnet8.weights", dir)));
	header = file_map(arena_text("%s/mlperf_tiny_resnet8.h", dir), &len);
	hash = json_object_get_string(member(all, "plan_hash"));
	ck_assert(strstr(header, "PLAN_HASH") && strstr(header, arena_text(" %su\n", hash)));
	ck_assert(strstr(header, arena_text("WORKSPACE_BYTES  %d\n", (int)whole(all, "arena_bytes"))));
	ck_assert_int_gt(whole(member(member(all, "budget"), "ram"), "bytes"), whole(all, "arena_bytes"));
	of = json(resnetc("pack %s -w random:7 --json -o %s", model, in_dir("told.weights")).out);
	ck_assert_str_eq(json_object_get_string(member(of, "file")), in_dir("told.weights"));
	ck_assert_str_eq(json_object_get_string(member(of, "plan_hash")), hash);
	ck_assert_int_eq(whole(of, "bytes"), (int64_t)bytes_in(in_dir("told.weights")));
	json_object_put(of);
	json_object_put(all);
	all = json(resnetc("report %s --target cortex-m4 --json -q -o %s", model, in_dir("told.html")).out);
	ck_assert_int_eq(whole(all, "bytes"), (int64_t)bytes_in(in_dir("told.html")));
	ck_assert_int_eq(whole(all, "layers"), 12);
	ck_assert(json_object_object_get_ex(all, "ms", &of) && !of);      /* it does not run here */
	json_object_put(all);
}
END_TEST

/* the table's numbers; what is kept adds up */
START_TEST(explain_train_in_json)
{
	const char *model = "examples/mlperf_tiny_resnet8.lua";
	struct json_object *all = json(resnetc("explain --train %s --json", model).out), *nodes = member(all, "nodes"), *plan = member(all, "as_it_is");
	const char *table;
	int64_t kept = 0;

	setenv("COLUMNS", "400", 1);
	table = unwrapped(resnetc("explain --train %s", model).out);

	for (size_t i = 0; i < json_object_array_length(nodes); i++) {
		struct json_object *n = json_object_array_get_idx(nodes, i), *last;
		ck_assert(strstr(table, json_object_get_string(member(n, "name"))));
		ck_assert(json_object_object_get_ex(n, "last_read_by", &last) && !last == !json_object_get_boolean(member(n, "kept")));
		kept += json_object_get_boolean(member(n, "kept")) ? whole(n, "bytes") : 0;
	}
	ck_assert_int_gt(kept, 0);
	ck_assert_int_eq(kept, whole(plan, "kept_bytes"));
	ck_assert(strstr(table, arena_text("kept for the way back %d bytes, workspace %d bytes, state %d bytes; %d floats learn", (int)kept,
	                                   (int)whole(plan, "workspace_bytes"), (int)whole(all, "state_bytes"), (int)whole(all, "learned"))));
	ck_assert(strstr(table, arena_text("G multiply-adds, workspace %d bytes", (int)whole(member(all, "with_recompute"), "workspace_bytes"))));
	ck_assert(!json_object_get_boolean(member(all, "recompute")));
	json_object_put(all);
}
END_TEST

/* what is not a number is null; an error is the same number in the table and in JSON */
START_TEST(verify_in_json)
{
	struct json_object *all, *error, *given;
	const char *model = body_model(3, 4, 4, "return nn.relu(x)");
	float want[48] = { 0 };
	int64_t dim[4] = { 1, 3, 4, 4 };
	Ran r;

	compile_quickly();
	all = json(resnetc("verify examples/mlperf_tiny_resnet8.lua --json").out);
	ck_assert_uint_eq(json_object_array_length(member(all, "layers")), 12);
	error = member(json_object_array_get_idx(member(all, "layers"), 1), "error");
	ck_assert(json_object_get_double(error) > 0 && json_object_get_double(error) < 1e-5);
	ck_assert(json_object_object_get_ex(all, "expected", &given) && !given);
	ck_assert(json_object_get_boolean(member(all, "ok")));
	json_object_put(all);
	all = json(resnetc("verify --train examples/mlperf_tiny_resnet8.lua --json").out);
	ck_assert_uint_gt(json_object_array_length(member(all, "nodes")), 50);
	error = member(json_object_array_get_idx(member(all, "nodes"), 1), "error");
	ck_assert(json_object_get_double(error) > 0 && json_object_get_double(error) < 1e-5);
	ck_assert(json_object_get_boolean(member(all, "strips")) && json_object_get_boolean(member(all, "ok")));
	json_object_put(all);
	want[5] = NAN;
	npy_write(in_dir("nan.npy"), want, 4, dim);
	r = resnetc("verify '%s' --json --expect %s", model, in_dir("nan.npy"));
	ck_assert_int_eq(r.status, ExitInput);
	all = json(r.out);
	ck_assert(json_object_object_get_ex(all, "expected", &given) && !given && strstr(r.out, "\"expected\": null"));
	ck_assert_double_lt(json_object_get_double(member(all, "outputs")), 1e-5);
	ck_assert(!json_object_get_boolean(member(all, "ok")));
	json_object_put(all);
}
END_TEST

START_TEST(dot_is_a_graph)
{
	Ran r = resnetc("dot examples/cifar_resnet20.lua"), before = resnetc("dot examples/cifar_resnet20.lua --stop-after=fold_bn");

	ck_assert_int_eq(r.status, 0);
	ck_assert(!strncmp(r.out, "digraph \"cifar_resnet20\" {", 26) && strstr(r.out, "[style=dashed, label=\"skip\"]"));
	ck_assert(strstr(before.out, "add1") && !strstr(r.out, "add1"));
	put_file("g.dot", r.out, strlen(r.out));
	if (!system("command -v dot > /dev/null 2>&1"))
		ck_assert_int_eq(system(arena_text("dot -Tsvg '%s' -o '%s'", in_dir("g.dot"), in_dir("g.svg"))), 0);
}
END_TEST


START_TEST(dumps)
{
	Ran r = resnetc("examples/mlperf_tiny_resnet8.lua -w random --dump=all --stop-after=plan");

	ck_assert(strstr(r.out, "after input:") && strstr(r.out, "after fold_bn:") && strstr(r.out, "after plan:"));
	r = resnetc("examples/mlperf_tiny_resnet8.lua -w random --dump=fuse --dot --stop-after=plan");
	ck_assert(!strncmp(r.out, "digraph \"mlperf_tiny_resnet8\"", 29) && strstr(r.out, "style=dashed, label=\"skip\""));
	ck_assert(strstr(resnetc("examples/mlperf_tiny_resnet8.lua -w random --times --stop-after=plan").err, "choose"));
	/* an image's own words, and classes, come through a dump */
	const char *model = model_file("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 8, 8, dtype = \"u8\", layout = \"HWC\", "
		"order = \"BGR\", mean = { 0.5, 0.4, 0.3 }, std = { 0.2, 0.3, 0.4 }, normalize = true }, classes = { \"a \\\"b\\\"\", \"c\" }, ignore = { \"x*\" }, "
		"head = nn.classifier { 2 } }\n");
	r = resnetc("%s -w random --dump=input --stop-after=plan", model);
	ck_assert_int_eq(r.status, 0);
	put_file("dumped.lua", r.out, strlen(r.out));
	ck_assert_str_eq(resnetc("%s -w random --dump=input --stop-after=plan", in_dir("dumped.lua")).out, r.out);
}
END_TEST

SUITE(verbs)
{
	TCase *t = part("verbs");

	tcase_add_test(t, bench_times_every_layer);
	tcase_add_test(t, explain_tells_a_layer);
	tcase_add_test(t, budget);
	tcase_add_test(t, budget_is_what_is_linked);
	tcase_add_test(t, explain_runs);
	tcase_add_test(t, diff_tells_what_differs);
	tcase_add_loop_test(t, tables_fit, 0, 9);
	tcase_add_test(t, run_and_tune_in_json);
	tcase_add_test(t, written_in_json);
	tcase_add_test(t, explain_train_in_json);
	tcase_add_test(t, verify_in_json);
	tcase_add_test(t, dot_is_a_graph);
	tcase_add_test(t, dumps);
}
