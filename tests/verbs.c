/* verbs.c - what the looking verbs print: bench, explain, doc, init, dumps; their JSON is JSON. */
#include <json-c/json.h>
#include <lauxlib.h>

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

START_TEST(doc_knows_every_op_and_attribute)
{
	Ran r = resnetc("doc");

	for (int i = 0; i < NLanguageOps; i++)
		ck_assert_msg(strstr(r.out, arena_text("nn.%s  (", op_rows[i].name)), "%s", op_rows[i].name);
	for (int i = 0; i < NAttrs; i++)
		ck_assert_msg(strstr(r.out, arena_text(" %s ", attr_rows[i].name)), "%s", attr_rows[i].name);
}
END_TEST

/* 80 columns of help for every verb; a word of the language by itself */
START_TEST(help_and_doc_of_a_word)
{
	static const struct { const char *word, *first, *holds; } rows[] = {
		{ "conv2d", "nn.conv2d  (", "    kernel " }, { "nn.conv", "nn.conv2d  (", "    groups " }, { "nn.stage", "nn.stage(o)\n", "n blocks named 0" },
		{ "stem.cifar", "nn.stem.cifar(o)\n", "3x3 conv-bn-relu" }, { "shortcut", "nn.shortcut(x, ", "\"bare\"" }, { "padding", "padding\n", "conv2d" },
		{ "nn.arg", "nn.arg\n", "-D KEY=VALUE" }, { "crop", "nn.image(o)\n", "NAME_RESIZE" }, { "nn.classes", "nn.model(m)\n", "airplane" },
	};
	Ran r;

	for (int i = -1; i < NVerbs; i++) {
		r = resnetc("%s --help", i < 0 ? "" : verbs[i].name);
		ck_assert_int_eq(r.status, 0);
		ck_assert(i < 0 || strstr(r.out, verbs[i].name));
		for (const char *line = r.out; *line; line += strcspn(line, "\n") + 1)
			ck_assert_msg(strcspn(line, "\n") <= 80, "%.100s", line);
	}
	ck_assert(strstr(resnetc("run --help").out, "--input") && !strstr(resnetc("run --help").out, "--expect"));
	for (size_t i = 0; i < sizeof rows/sizeof *rows; i++) {
		r = resnetc("doc %s", rows[i].word);
		ck_assert_msg(r.status == 0 && !strncmp(r.out, rows[i].first, strlen(rows[i].first)) && strstr(r.out, rows[i].holds), "%s: %s", rows[i].word, r.out);
	}
	for (const char *f = library_text(); (f = strstr(f, "\nfunction nn.")); f++) {
		r = resnetc("doc %.*s", (int)strcspn(f + 13, "("), f + 13);
		ck_assert_msg(r.status == 0 && strstr(r.out, "\n    "), "%s", r.out);
	}
}
END_TEST

/* what lua-language-server is told: every function of the library, every word an option table may have, every op and attribute */
START_TEST(types_know_the_language)
{
	size_t len;
	const char *lua = library_text(), *types;

	ck_assert_int_eq(system(arena_text("./resnetc doc lua > '%s'", in_dir("types.lua"))), 0);
	types = file_map(in_dir("types.lua"), &len);
	for (const char *s = lua; (s = strstr(s, "\nfunction nn.")); s++)
		ck_assert_msg(strstr(types, arena_text("\n%.*s(", (int)strcspn(s + 1, "("), s + 1)) != NULL, "%.40s", s + 1);
	/* the lists: words("stage", o, { "a", "b" }) and local block_words = { "a", ... } */
	for (const char *s = lua; (s = strstr(s, "words")); s++) {
		const char *list = strchr(s, '{'), *end = list ? strchr(list, '}') : NULL;
		if (!list || (strncmp(s, "words = {", 9) && (strncmp(s, "words(\"", 7) || memchr(s, '\n', (size_t)(list - s)))))
			continue;
		for (const char *w = list; (w = memchr(w, '"', (size_t)(end - w))); w = strchr(w + 1, '"') + 1) {
			const char *word = arena_text("%.*s", (int)strcspn(w + 1, "\""), w + 1);
			ck_assert_msg(strstr(types, arena_text("---@field %s ", word)) || strstr(types, arena_text("---@field %s? ", word)), "%s", word);
		}
	}
	for (int i = 0; i < NLanguageOps; i++)
		ck_assert_msg(strstr(types, arena_text("function nn.%s(", op_rows[i].name)) != NULL, "%s", op_rows[i].name);
	for (int i = 0; i < NAttrs; i++)
		ck_assert_msg(strstr(types, arena_text("---@field %s? ", attr_rows[i].name)) != NULL, "%s", attr_rows[i].name);
	/* and it is Lua */
	lua_State *L = luaL_newstate();
	ck_assert_int_eq(luaL_loadfile(L, in_dir("types.lua")), LUA_OK);
	lua_close(L);
}
END_TEST

START_TEST(language_reference_is_fresh)
{
	ck_assert_msg(system("./resnetc doc markdown | cmp - dsl/README.md") == 0, "want dsl/README.md as resnetc doc markdown prints it, got another: make generated");
}
END_TEST

/* the models it prints are models */
START_TEST(init_prints_models)
{
	static const char *const names[] = { "resnet18", "cifar_resnet20", "fastbook_get_model" };

	for (int i = 0; i < 3; i++) {
		Ran r = resnetc("init %s", names[i]);
		ck_assert_int_eq(r.status, 0);
		put_file("init.lua", r.out, strlen(r.out));
		ck_assert_str_eq(dsl_load(in_dir("init.lua"), &(DslOptions){ 0 })->name, names[i]);
	}
}
END_TEST

/* a budget: what is told is what NAME.h and the blob say; what doesn't fit is refused and not written; what would fit does */
START_TEST(budget)
{
	const char *net = "examples/mlperf_tiny_resnet8.lua --target cortex-m4";
	Ran r = resnetc("explain %s --budget flash=512K,ram=160552,stack=1K", net);
	size_t flash, told, arena;

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
	r = resnetc("explain %s --budget ram=1K,flash=1", net);
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
		"explain examples/mlperf_tiny_resnet8.lua --run --rounds 1", "tune examples/mlperf_tiny_resnet8.lua -o /dev/null", "weights %s" };
	const char *model = model_file("local nn = require \"resnet\"\nlocal long = (\"a_name_of_forty_letters_and_more_than_that.\"):rep(3)\n"
		"return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, body = function(x)\n"
		"x = nn.conv(x, { 4, kernel = 3, name = long .. \"begin.end\" }) return nn.adaptive_avg_pool(x, { name = long .. \"pool\" }) end }");
	DslOptions none = { 0 };
	Graph *g = dsl_load(model, &none);
	const char *command = commands[_i];
	Ran r;

	bind_random(g, 1);
	File f = safetensors_file(g, "long.safetensors");
	put_file("long.safetensors", f.data, f.len);
	unsetenv("COLUMNS");
	if (strstr(command, "%s"))
		command = arena_text("weights %s", in_dir("long.safetensors"));
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
	struct json_object *all = json(resnetc("run examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors -i examples/images/cat.png --json").out), *top;

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

/* what an activation makes of huge sums is as far off as they are; where they are clipped, not at all */
START_TEST(verify_of_clipped_sums)
{
	static const char *const acts[] = { "nn.relu6(y)", "nn.clip(y, { lo = -1, hi = 2 })", "nn.hard_sigmoid(y)", "nn.sigmoid(y)" };
	const char *model = body_model(16, 20, 20, arena_text("local y = nn.conv(x, { 64, kernel = 3, name = \"c\", bias = true })\nreturn %s", acts[_i]));
	float *x = numbers(6400, 3);
	Npy y;
	Ran r;

	compile_quickly();
	for (int i = 0; i < 6400; i++)
		x[i] *= 1e3f;
	npy_write(in_dir("huge.npy"), x, 4, (int64_t[]){ 1, 16, 20, 20 });
	for (int exact = 0; exact < 2; exact++) {
		r = resnetc("verify %s -i %s %s", model, in_dir("huge.npy"), exact ? "--exact" : "");
		ck_assert_msg(r.status == 0, "%s", r.out);
	}
	ck_assert_int_eq(resnetc("run %s -w random:0 -q -i %s -o %s", model, in_dir("huge.npy"), in_dir("huge_y.npy")).status, 0);
	y = npy_read(in_dir("huge_y.npy"));
	for (size_t i = 0; i < y.count; i++)
		if (fabsf(y.data[i]) < 10)
			y.data[i] += 0.01f;
	npy_write(in_dir("huge_y.npy"), y.data, 4, (int64_t[]){ 1, 64, 20, 20 });
	if (_i < 3)                              /* a sigmoid has no value that it cannot leave */
		ck_assert_int_eq(resnetc("verify %s -i %s --expect %s", model, in_dir("huge.npy"), in_dir("huge_y.npy")).status, ExitInput);
	free(x);
}
END_TEST

/* sums of 40,000 equal numbers: one after the other they are off by 4e-4, each rounding being like the one before */
START_TEST(verify_of_long_sums)
{
	static const char *const sums[] = { "nn.global_avg_pool(x)", "nn.adaptive_avg_pool(x, { size = { 1, 2 } })", "nn.avg_pool(x, { kernel = 200, stride = 1 })",
		"nn.reduce(x, { axis = \"image\", reduction = \"sum\" })", "nn.reduce(x, { axis = \"image\", reduction = \"l2\" })" };
	static const char *const targets[] = { "scalar", "avx2", "avx512" };
	float *v = malloc(200*200*sizeof *v);

	for (int i = 0; i < 200*200; i++)
		v[i] = 0.1f;
	npy_write(in_dir("tenths.npy"), v, 4, (int64_t[]){ 1, 1, 200, 200 });
	free(v);
	for (int t = 0; t < 3; t++)
		if (target_runs_here(target_named(targets[t]))) {
			Ran r = resnetc("verify %s -w random -i %s --target %s", body_model(1, 200, 200, arena_text("return %s", sums[_i])), in_dir("tenths.npy"), targets[t]);
			ck_assert_msg(r.status == 0, "%s %s: %s%s", sums[_i], targets[t], r.out, r.err);
		}
}
END_TEST

/* each output against a file of its own, or those that a .npz names */
START_TEST(verify_of_named_outputs)
{
	const char *model = model_file("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, stem = nn.stem.cifar { 8 },\n"
		"head = { { \"left\", nn.classifier { 4, name = \"a\" } }, { \"right\", nn.classifier { 5, name = \"b\" } } } }");
	float *x = numbers(192, 1), zero[5] = { 0 };
	Npy y;
	Ran r;

	compile_quickly();
	npy_write(in_dir("x.npy"), x, 4, (int64_t[]){ 1, 3, 8, 8 });
	ck_assert_int_eq(resnetc("run %s -w random:0 -q -i %s -o %s", model, in_dir("x.npy"), in_dir("y.npz")).status, 0);
	ck_assert_int_eq(resnetc("run %s -w random:0 -q -i %s -o %s", model, in_dir("x.npy"), in_dir("y.npy")).status, 0);
	y = npy_read(in_dir("y.npy"));
	npy_write(in_dir("left.npy"), y.data, 2, (int64_t[]){ 1, 4 });
	npy_write(in_dir("right.npy"), y.data + 4, 2, (int64_t[]){ 1, 5 });
	npy_write(in_dir("zero.npy"), zero, 2, (int64_t[]){ 1, 5 });
	ck_assert_int_eq(resnetc("verify %s -i %s --expect %s", model, in_dir("x.npy"), in_dir("y.npz")).status, 0);
	ck_assert_int_eq(resnetc("verify %s -i %s --expect right=%s", model, in_dir("x.npy"), in_dir("right.npy")).status, 0);
	ck_assert_int_eq(resnetc("verify %s -i %s --expect left=%s --expect right=%s", model, in_dir("x.npy"), in_dir("left.npy"), in_dir("right.npy")).status, 0);
	r = resnetc("verify %s -i %s --expect left=%s --expect right=%s", model, in_dir("x.npy"), in_dir("left.npy"), in_dir("zero.npy"));
	ck_assert_msg(r.status == ExitInput && strstr(r.out, "WRONG"), "%s", r.out);
	r = resnetc("verify %s -i %s --expect rihgt=zero.npy", model, in_dir("x.npy"));
	ck_assert_str_eq(r.err, "--expect: want an output of m, got 'rihgt'; did you mean 'right'?\n");
	r = resnetc("verify %s -i %s --expect left=%s", model, in_dir("x.npy"), in_dir("right.npy"));
	ck_assert_str_eq(r.err, "right.npy: want 4 values, one per output of left, got 5\n");
	free(x);
}
END_TEST

/* put_doubles - a .npy of float64 */
static void
put_doubles(const char *name, const float *v, size_t count)
{
	char *file = calloc(1, 128 + 8*count);

	memcpy(file, "\x93NUMPY\x01\0\x76", 9);
	snprintf(file + 10, 118, "{'descr': '<f8', 'fortran_order': False, 'shape': (%zu,), }", count);
	file[10 + strlen(file + 10)] = ' ';
	for (size_t i = 0; i < count; i++) {
		double d = (double)v[i];
		memcpy(file + 128 + 8*i, &d, 8);
	}
	put_file(name, file, 128 + 8*count);
	free(file);
}

/* all images of a file, in batches that they fill or not; what is expected as float32 or float64 */
START_TEST(verify_of_many_images)
{
	const char *model = model_file("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, stem = nn.stem.cifar { 8 },\n"
		"head = { { \"left\", nn.classifier { 4, name = \"a\" } }, { \"right\", nn.classifier { 5, name = \"b\" } } } }");
	float *x = numbers(5*192, 1);
	Npy y;
	Ran r;

	compile_quickly();
	npy_write(in_dir("x.npy"), x, 4, (int64_t[]){ 5, 3, 8, 8 });
	ck_assert_int_eq(resnetc("run %s -w random:0 -q -i %s -o %s", model, in_dir("x.npy"), in_dir("y.npz")).status, 0);
	ck_assert_int_eq(resnetc("run %s -w random:0 -q -i %s -o %s", model, in_dir("x.npy"), in_dir("y.npy")).status, 0);
	y = npy_read(in_dir("y.npy"));
	put_doubles("d.npy", y.data, 45);
	y.data[17] += 0.1f;                          /* the last of left, of the last but one batch of two */
	npy_write(in_dir("left.npy"), y.data, 2, (int64_t[]){ 5, 4 });
	y.data[17] -= 0.1f;
	y.data[44] += 0.1f;                          /* the last one of right */
	npy_write(in_dir("right.npy"), y.data + 20, 2, (int64_t[]){ 5, 5 });
	for (int batch = 1; batch < 8; batch += 1 + batch/2) {
		static const char *const files[] = { "y.npz", "y.npy", "d.npy", "left=left.npy", "right=right.npy" };
		for (int f = 0; f < 5; f++) {
			const char *equals = strchr(files[f], '=');
			const char *file = equals ? arena_text("%.*s%s", (int)(equals + 1 - files[f]), files[f], in_dir(equals + 1)) : in_dir(files[f]);
			r = resnetc("verify %s -i %s --batch %d --expect %s", model, in_dir("x.npy"), batch, file);
			ck_assert_msg(r.status == (equals ? ExitInput : 0), "%s, batch %d: %s%s", files[f], batch, r.out, r.err);
		}
	}
	free(x);
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

/* count_in - how often a text holds another */
static int
count_in(const char *s, const char *what)
{
	int n = 0;

	for (; (s = strstr(s, what)); s += strlen(what))
		n++;
	return n;
}

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
	tcase_add_test(t, doc_knows_every_op_and_attribute);
	tcase_add_test(t, help_and_doc_of_a_word);
	tcase_add_test(t, types_know_the_language);
	tcase_add_test(t, language_reference_is_fresh);
	tcase_add_test(t, init_prints_models);
	tcase_add_test(t, budget);
	tcase_add_test(t, explain_runs);
	tcase_add_test(t, diff_tells_what_differs);
	tcase_add_loop_test(t, tables_fit, 0, 9);
	tcase_add_test(t, run_and_tune_in_json);
	tcase_add_test(t, written_in_json);
	tcase_add_test(t, explain_train_in_json);
	tcase_add_test(t, verify_in_json);
	tcase_add_loop_test(t, verify_of_clipped_sums, 0, 4);
	tcase_add_loop_test(t, verify_of_long_sums, 0, 5);
	tcase_add_test(t, verify_of_named_outputs);
	tcase_add_test(t, verify_of_many_images);
	tcase_add_test(t, dot_is_a_graph);
	tcase_add_test(t, dumps);
	t = part("report");
	tcase_add_test(t, report_is_one_page);
}
