/* messages.c - what is told beside the errors themselves: the word in its line, what there is instead, doubts, lost output. */
#include <sys/stat.h>
#include <unistd.h>

#include "tests.h"

/* on a terminal (script makes one): in colour, with the line and a caret under the word; NO_COLOR: as in a pipe */
START_TEST(terminal_shows_the_word)
{
	static const struct { const char *model, *below; } rows[] = {
		{ BODY("\treturn nn.relu(nn.conv(x, { 8, kernel = 3, strid = 2 }))"), "     |\033[0m \t                                           \033[1;31m^~~~~\033[0m" },
		{ BODY("  return nn.conv(x, { 8, kernel = 9, padding = 0 })"), "     |\033[0m                                   \033[1;31m^\033[0m" },
		{ BODY("  return nn.avg_pool(x, { padding = 1 })"), "     |\033[0m             \033[1;31m^~~~~~~~\033[0m" },
		{ BODY("  return nil"), "     |\033[0m   \033[1;31m^\033[0m" },
	};
	const char *said;
	size_t len;

	if (system("command -v script > /dev/null 2>&1"))
		return;
	put_file("model.lua", rows[_i].model, strlen(rows[_i].model));
	ck_assert_int_eq(system(arena_text("TERM=xterm NO_COLOR= script -qec \"./resnetc '%s' -w random\" /dev/null > '%s' < /dev/null", in_dir("model.lua"), in_dir("terminal"))) >> 8, ExitInput);
	said = file_map(in_dir("terminal"), &len);
	ck_assert_msg(strstr(said, "\033[1;31merror: \033[0m") && strstr(said, rows[_i].below), "%.*s", (int)len, said);
	ck_assert_int_eq(system(arena_text("TERM=xterm NO_COLOR=1 script -qec \"./resnetc '%s' -w random\" /dev/null > '%s' < /dev/null", in_dir("model.lua"), in_dir("terminal"))) >> 8, ExitInput);
	ck_assert_ptr_null(strchr(file_map(in_dir("terminal"), &len), '\033'));
}
END_TEST

START_TEST(no_compiler)
{
	ck_assert_int_eq(system(arena_text("PATH=/nowhere CC= ./resnetc verify examples/mlperf_tiny_resnet8.lua > '%s' 2>&1", in_dir("said"))) >> 8, ExitInput);
	ck_assert_str_eq((const char *)file_map(in_dir("said"), &(size_t){ 0 }), "want a C compiler on PATH (clang-19, clang, gcc or cc) or in $CC, got none\n");
	ck_assert_int_eq(system(arena_text("TMPDIR=/nowhere ./resnetc verify examples/mlperf_tiny_resnet8.lua > '%s' 2>&1", in_dir("said"))) >> 8, ExitInput);
	ck_assert_msg(strstr((const char *)file_map(in_dir("said"), &(size_t){ 0 }), ": want a folder for temporary files, got: ") != NULL, "message");
}
END_TEST

START_TEST(old_output_survives_a_failed_write)
{
	/* a folder stands where the blob should go: the rename fails, and no temporary file stays */
	const char *dir = in_dir("taken");
	Ran r;

	mkdir(dir, 0777);
	mkdir(arena_text("%s/cifar_resnet20.c", dir), 0777);
	r = resnetc("examples/cifar_resnet20.lua -w random -o %s", dir);
	ck_assert_str_eq(r.err, "taken/cifar_resnet20.c: want a file that can be replaced, got: Is a directory\n");
	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_int_eq(count_files(dir), 1);
}
END_TEST

/* an activation that is not there: never another arithmetic, but all there are; a misspelt word is another thing */
START_TEST(activations_are_listed)
{
	static const char *const missing[] = { "celu", "Softsign", "conv3d" };
	const char *list = "", *model;

	for (int i = 1; i < NActs; i++)
		list = arena_text("%s%s%s", list, i > 1 ? ", " : "", act_names[i]);
	for (int i = 0; i < 3; i++) {
		model = body_model(3, 8, 8, arena_text("return nn.%s(x)", missing[i]));
		ck_assert_str_eq(strstr(resnetc("explain %s", model).err, ": nn."),
		                 arena_text(": nn.%s: want a function of the library (resnetc doc lists them), got none; activations are %s\n", missing[i], list));
	}
	put_file("model.lua", STAGE("nn.basic, width = 8, act = \"rleu\""), sizeof STAGE("nn.basic, width = 8, act = \"rleu\"") - 1);
	ck_assert(strstr(resnetc("explain %s", in_dir("model.lua")).err, "model.lua:3: basic: act: want one of ") && strstr(resnetc("explain %s", in_dir("model.lua")).err, "; did you mean 'relu'?"));
}
END_TEST

/* an activation as a word and as a function is the same network, in a block, a model and a convolution; any function will do */
START_TEST(act_is_a_word_or_a_function)
{
	static const char form[] = HEAD "local function own(x) return nn.silu(x) end\nreturn nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, act = %s,\n"
		"stages = { nn.stage { nn.basic, width = 8 }, nn.stage { nn.bottleneck, width = 4, act = %s } },\n"
		"head = function(x) return nn.conv(x, { 8, kernel = 1, act = %s }) end }";
	static const char *const acts[] = { "\"silu\"", "nn.silu", "\"swish\"", "nn.swish", "own" };
	char first[sizeof ((Ran *)0)->out];

	for (int i = 0; i < 5; i++) {
		const char *last = i == 2 ? acts[0] : acts[i];     /* an op's own words are ops */
		Ran r = resnetc("%s -w random --dump=fuse --stop-after=fuse", model_file(arena_text(form, acts[i], acts[i], last)));
		ck_assert_msg(r.status == 0 && strstr(r.out, "silu"), "%s: %s", acts[i], r.err);
		if (!i)
			strcpy(first, strstr(r.out, "local"));
		if (i < 4)
			ck_assert_str_eq(strstr(r.out, "local"), first);
	}
}
END_TEST

/* what is allowed and hardly meant is told, once; -q: not */
START_TEST(doubtful_models)
{
	static const struct { const char *model, *want; } rows[] = {
		{ HEAD "return nn.model { name = \"m\", input = nn.image { 64, 64, 3 }, stem = nn.stem.cifar { 8 } }",
		  "warning: model.lua:2: input: want channels, height, width in this order, got 64 channels, 64 rows, 3 columns: channels last?\n" },
		{ HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 },\nhead = nn.classifier { 10 }, classes = { \"a\", \"b\" } }",
		  "warning: model.lua:3: classes: want 10 names, one for each value of 'fc', got 2\n" },
		{ HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 },\nhead = nn.classifier { 10, top = 2 }, classes = { \"a\", \"b\" } }",
		  "warning: model.lua:3: classes: want 10 names, one for each value of 'top_k1', got 2\n" },
		{ BODY("local y = nn.conv(x, { 8, kernel = 5 })\nreturn nn.conv(x, { 8, kernel = 3 })"),
		  "warning: model.lua:3: conv2d 'conv1': want a layer that something reads, got one that does nothing for an output\n" },
		{ HEAD "return nn.model { name = \"m\", input = nn.image { 3, 64, 4 }, head = nn.classifier { 2 }, classes = { \"a\", \"b\" } }", "" },
	};
	Ran r;

	put_file("model.lua", rows[_i].model, strlen(rows[_i].model));
	r = resnetc("verify %s", in_dir("model.lua"));
	ck_assert_str_eq(r.err, rows[_i].want);
	ck_assert_int_eq(r.status, ExitOk);
	ck_assert_str_eq(resnetc("explain -q %s", in_dir("model.lua")).err, "");
}
END_TEST

/* a key that is asked for, in a branch that is taken or by name of all of them */
START_TEST(keys_that_are_asked_for)
{
	static const char model[] = HEAD "local w = nn.arg.width or 8\nif w > 8 then assert(nn.arg.more == \"yes\") end\n"
		"return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, stem = nn.stem.cifar { w } }";

	put_file("model.lua", model, strlen(model));
	ck_assert_int_eq(resnetc("explain %s -D width=16 -D more=yes", in_dir("model.lua")).status, ExitOk);
	ck_assert_str_eq(resnetc("explain %s -D widht=16", in_dir("model.lua")).err,
	                 "model.lua:1: -D: want a key that the model asks for as nn.arg.KEY, got 'widht'; did you mean 'width'?\n");
	ck_assert_int_eq(resnetc("diff %s examples/cifar_plain20.lua -D width=16 -D more=yes", in_dir("model.lua")).status, ExitOk);
}
END_TEST

/* what cannot be printed is no success: a full disk, a pipe that nobody reads, a stream that was closed */
START_TEST(lost_output)
{
	static const char *const verbs_of[] = { "explain %s", "verify %s -w random", "run %s -w random -i examples/images/cat.png", "init resnet50", "init",
		"dot %s", "weights examples/weights/cifar_resnet20.safetensors", "doc", "diff %s %s", "--help", "help run", "version", "bench %s --rounds 1",
		"%s -w random --dump --stop-after=plan", "explain %s --json", "pack %s -w random -o \"$OUT/b.weights\"", "import tests/import/basic_bn.onnx -o \"$OUT\"",
		"train \"$OUT/t.lua\" --data \"$OUT/x.npy,$OUT/y.npy\" -o \"$OUT/t.safetensors\"" };
	static const char *const lost[] = { "> /dev/full", ">&-" };
	static const char *const why[] = { "standard output: want all of it written, got: No space left on device\n",
		"standard output: want all of it written, got: Bad file descriptor\n" };
	/* four classes, 0 and 1, as '<i4' */
	char classes[144] = "\x93NUMPY\x01\x00\x76\x00{'descr': '<i4', 'fortran_order': False, 'shape': (4,), }";
	static const char trained[] = HEAD "return nn.model { name = \"t\", input = nn.image { 3, 2, 2 }, head = nn.classifier { 2 },\n"
		"train = nn.train { batch = 4, epochs = 1 } }";
	const char *command = arena_text(verbs_of[_i], "examples/mlperf_tiny_resnet8.lua", "examples/cifar_resnet20.lua"), *said;
	size_t len;

	if (access("/dev/full", W_OK))
		return;
	for (int i = 0; i < 128; i++)
		classes[i] = i > 9 && !classes[i] ? ' ' : classes[i];
	classes[127] = '\n';
	classes[132] = classes[140] = 1;
	setenv("OUT", in_dir("."), 1);
	put_file("t.lua", trained, strlen(trained));
	npy_write(in_dir("x.npy"), (float[4*12]){ 1, 2, 3 }, 4, (int64_t[]){ 4, 3, 2, 2 });
	put_file("y.npy", classes, 144);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(system(arena_text("./resnetc %s %s 2> '%s'", command, lost[i], in_dir("said"))) >> 8, ExitInput);
		said = file_map(in_dir("said"), &len);
		ck_assert_msg(strstr(arena_text("%.*s", (int)len, said), why[i]), "%.*s", (int)len, said);
	}
	/* SIGPIPE is ignored, as Python does for what it starts */
	ck_assert_int_eq(system(arena_text("bash -c \"trap '' PIPE; (sleep 0.2; ./resnetc %s 2> '%s') | true; test \\${PIPESTATUS[0]} = 1\"", command, in_dir("said"))), 0);
}
END_TEST

SUITE(messages)
{
	TCase *t = part("messages");

	tcase_add_loop_test(t, terminal_shows_the_word, 0, 4);
	tcase_add_test(t, no_compiler);
	tcase_add_test(t, old_output_survives_a_failed_write);
	tcase_add_test(t, activations_are_listed);
	tcase_add_test(t, act_is_a_word_or_a_function);
	tcase_add_loop_test(t, doubtful_models, 0, 5);
	tcase_add_test(t, keys_that_are_asked_for);
	tcase_add_loop_test(t, lost_output, 0, 18);
}
