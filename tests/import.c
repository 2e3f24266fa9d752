/*
** import.c - networks that PyTorch exported to ONNX: the text they become (golden), the numbers they give, and
** what happens to damaged ones. tests/import/make.py wrote them.
*/
#include <sys/wait.h>
#include <unistd.h>

#include "../compiler/ident.h"

#include "graphs.h"

static const char *const exported[] = { "basic_bn", "bottleneck_folded", "flat" };

START_TEST(import_gives_pytorch_numbers)
{
	const char *name = exported[_i];
	Ran r = resnetc("import tests/import/%s.onnx -q -o %s", name, in_dir("imported"));
	size_t len, want_len;
	const char *text, *want;

	ck_assert_msg(r.status == 0, "%s", r.err);
	r = resnetc("verify %s.lua -w %s.safetensors -i tests/import/%s.in.npy --expect tests/import/%s.out.npy -q", in_dir(arena_text("imported/%s", name)),
	            in_dir(arena_text("imported/%s", name)), name, name);
	ck_assert_msg(r.status == 0, "%s%s", r.out, r.err);
	text = file_map(in_dir(arena_text("imported/%s.lua", name)), &len);
	if (getenv("BLESS"))
		ck_assert_int_eq(system(arena_text("cp '%s' tests/import/%s.lua", in_dir(arena_text("imported/%s.lua", name)), name)), 0);
	want = file_map(arena_text("tests/import/%s.lua", name), &want_len);
	ck_assert_msg(len == want_len && !memcmp(text, want, len), "%s.lua differs from what is made now", name);
}
END_TEST

START_TEST(size_and_name_can_be_given)
{
	Ran r = resnetc("import tests/import/basic_bn.onnx --input 64x96 --name other -q -o %s", in_dir("sized/other.lua"));

	ck_assert_msg(r.status == 0, "%s", r.err);
	r = resnetc("explain --json %s", in_dir("sized/other.lua"));
	ck_assert_msg(strstr(r.out, "\"model\": \"other\"") && strstr(r.out, "[ 1, 3, 64, 96 ]"), "%.1000s%.300s", r.out, r.err);
}
END_TEST

/* what is quantised: bytes where both sides are, floats between, which explain lists; verify knows that bytes have no error */
START_TEST(quantised_files_make_networks_of_bytes)
{
	Ran r;

	put_model("q.onnx", &built("a=s 0.008;z=U 120;q=QuantizeLinear x a z;d=DequantizeLinear q a z;w=c 3 3 3 3;s=v 0.01 0.003 0.002;n=C 0 0 0;"
	                           "u=DequantizeLinear w s n | axis=0;c=Conv d u | pads:1,1,1,1;k=s 0.03;l=U 77;o=QuantizeLinear c k l;p=DequantizeLinear o k l;"
	                           "r=Add p d;i=QuantizeLinear r k l;j=DequantizeLinear i k l;g=HardSwish j;h=QuantizeLinear g k l;y=DequantizeLinear h k l")->m);
	r = resnetc("import %s -o %s", in_dir("q.onnx"), in_dir("bytes"));
	ck_assert_msg(r.status == 0, "%s", r.err);
	ck_assert_ptr_nonnull(strstr(r.err, "1 layer between bytes is on floats: 'hard_swish'"));
	r = resnetc("explain %s -w %s", in_dir("bytes/q.lua"), in_dir("bytes/q.q.safetensors"));
	ck_assert_msg(strstr(r.out, "quantize") && strstr(r.out, "dequantize") && strstr(r.out, "hard_swish"), "%s%s", r.out, r.err);
	r = resnetc("verify %s -w %s --json", in_dir("bytes/q.lua"), in_dir("bytes/q.q.safetensors"));
	ck_assert_msg(r.status == 0 && strstr(r.out, "\"op\": \"conv2d\", \"error\": 0 }") && strstr(r.out, "\"op\": \"add\", \"error\": 0 }"), "%s%s",
	              r.out, r.err);
	r = resnetc("quantize %s -w %s --calibrate random", in_dir("bytes/q.lua"), in_dir("bytes/q.q.safetensors"));
	ck_assert_msg(r.status == 1 && strstr(r.err, "q.lua: want a network of floats to quantise, got one of bytes\n"), "%s", r.err);
	r = resnetc("compile %s -w %s -o %s --target scalar", in_dir("bytes/q.lua"), in_dir("bytes/q.q.safetensors"), in_dir("bytes/c"));
	ck_assert_msg(r.status == 0, "%s", r.err);
}
END_TEST

/* gates too: products of bytes, whichever side the few are on, as the operator or as floats between bytes */
START_TEST(gates_work_on_bytes)
{
	static const char *const products[] = { "m=QLinearMul q a z i k l B C", "m=QLinearMul i k l q a z B C",
		"j=DequantizeLinear i k l;n=Mul d j;m=QuantizeLinear n B C", "j=DequantizeLinear i k l;n=Add j d;r=Relu n;m=QuantizeLinear r B C" };

	for (size_t i = 0; i < sizeof products/sizeof *products; i++) {
		Ran r;
		put_model("g.onnx", &built(arena_text("a=s 0.008;z=U 120;q=QuantizeLinear x a z;d=DequantizeLinear q a z;k=s 0.004;l=U 9;B=s 0.007;C=U 90;"
		                                      "p=GlobalAveragePool d;g=HardSigmoid p;i=QuantizeLinear g k l;%s;y=DequantizeLinear m B C", products[i]))->m);
		r = resnetc("import %s -o %s", in_dir("g.onnx"), in_dir("gate"));
		ck_assert_msg(r.status == 0 && strstr(r.err, "2 layers between bytes are on floats: '"), "%s: %s", products[i], r.err);
		ck_assert_msg(strstr(r.err, "hard_sigmoid") && !strstr(r.err, "mul") && !strstr(r.err, "add"), "%s: %s", products[i], r.err);
	}
}
END_TEST

/* pools of a 4x5 image, and whether they are the whole image's, of any size */
static const struct { const char *graph; bool whole; } pools[] = {
	{ "y=MaxPool x | kernel_shape:4,5", true },
	{ "y=AveragePool x | kernel_shape:4,5", true },
	{ "y=MaxPool x | kernel_shape:4,5 strides:4,5", true },
	{ "y=MaxPool x | kernel_shape:6,7 pads:1,1,1,1", true },
	{ "y=AveragePool x | kernel_shape:6,7 pads:1,1,1,1", true },
	{ "y=AveragePool x | kernel_shape:6,7 pads:1,1,1,1 count_include_pad=1", false },
	{ "y=AveragePool x | kernel_shape:4,5 pads:0,0,1,1 strides:2,2 count_include_pad=1", true },
	{ "y=MaxPool x | kernel_shape:4,5 pads:0,0,1,1 strides:2,2", true },
	{ "y=MaxPool x | kernel_shape:4,5 pads:0,0,1,1 strides:2,2 ceil_mode=1", false },
	{ "y=MaxPool x | kernel_shape:4,5 pads:1,1,1,1 strides:9,9", false },
	{ "y=AveragePool x | kernel_shape:2560,2560 strides:2560,2560 ceil_mode=1", true },
	{ "y=AveragePool x | kernel_shape:9,5 strides:9,1 ceil_mode=1", true },
	{ "y=MaxPool x | kernel_shape:4,4", false },
	{ "y=MaxPool x | kernel_shape:2,3 dilations:2,2", false },
	{ "y=ReduceMax x | axes:2,3", true },
	{ "y=GlobalMaxPool x", true },
	{ "y=GlobalAveragePool x", true },
};

START_TEST(whole_image_pools_take_any_size)
{
	Ran r;

	put_model("pool.onnx", &built(pools[_i].graph)->m);
	r = resnetc("import %s -o %s -q", in_dir("pool.onnx"), in_dir("pool"));
	ck_assert_msg(r.status == 0, "%s", r.err);
	r = resnetc("explain --json %s --input 9x11", in_dir("pool/pool.lua"));
	ck_assert_msg(!!strstr(r.out, "adaptive") == pools[_i].whole, "%s", r.out);
	ck_assert_msg(!pools[_i].whole || strstr(r.out, "[ 1, 3, 1, 1 ]"), "%s", r.out);
}
END_TEST

/* what files are called, and the models made of them */
static const struct { const char *file, *model; } names[] = {
	{ "int", "int_net" }, { "new", "new_net" }, { "main", "main_net" }, { "namespace", "namespace_net" }, { "stdint", "stdint_net" },
	{ "Errno", "Errno_net" }, { "pthread", "pthread_net" }, { "arm_neon", "arm_neon_net" }, { "aux", "aux_net" }, { "rc", "m_rc" },
	{ "RC_file", "m_RC_file" }, { "rcnn", "rcnn" }, { "timer", "timer" }, { "a__b", "a__b" }, { "50net", "m50net" }, { "_x", "x" },
	{ "-", "m" }, { "a - b.1", "a_b_1" }, { "v1\nx = 1", "v1_x_1" }, { "n\xc3\xa9t", "n_t" },
	{ "a123456789b123456789c123456789d123456789e123456789f123456789g", "a123456789b123456789c123456789d123456789e123456789" },
	{ "a123456789b123456789c123456789d123456789e123456789f123456", "a123456789b123456789c123456789d123456789e123456789f123456" },
};

START_TEST(a_file_of_any_name_becomes_a_model)
{
	const char *file = names[_i].file, *model = names[_i].model;
	size_t len, text_len;
	const void *onnx = file_map("tests/import/flat.onnx", &len);
	const char *text, *want;
	Ran r;

	put_file(arena_text("%s.onnx", file), onnx, len);
	r = resnetc("import '%s.onnx' -o %s", in_dir(file), in_dir("named"));
	ck_assert_msg(r.status == 0, "%s", r.err);
	ck_assert_msg(!strcmp(file, model) == !strstr(r.err, "the model is called"), "%s", r.err);
	text = file_map(in_dir(arena_text("named/%s.lua", model)), &text_len);
	ck_assert_ptr_nonnull(strstr(text, arena_text("name = \"%s\"", model)));
	r = resnetc("explain %s", in_dir(arena_text("named/%s.lua", model)));
	ck_assert_msg(r.status == 0, "%s", r.err);
	want = text;                         /* the first line tells the file, and is one line */
	ck_assert_msg(!strncmp(strchr(want, '\n') + 1, "local nn", 8), "%.100s", text);
}
END_TEST

START_TEST(a_name_that_is_asked_for_is_not_changed)
{
	Ran r = resnetc("import tests/import/flat.onnx --name int -o %s", in_dir("none"));

	ck_assert_int_eq(r.status, ExitUsage);
	ck_assert_msg(strstr(r.err, "import: want --name as a name that is no keyword, got 'int'"), "%s", r.err);
}
END_TEST

/* names with "," between them, and their identifiers */
static const struct { const char *names, *idents; bool upper; } twins[] = {
	{ "conv1,layer1.0.conv1", "conv1,layer1_0_conv1", false },
	{ "a.b,a_b,a_b_1", "a_b_2,a_b,a_b_1", false },
	{ "a.b,a_b,a.b.2,a_b_2", "a_b_3,a_b,a_b_2_2,a_b_2", false },
	{ "conv.1,conv_1,conv_1_2", "conv_1_3,conv_1,conv_1_2", false },
	{ "a.b,a-b,a:b", "a_b,a_b_2,a_b_3", false },
	{ "end,end_2,End", "end_3,end_2,End", false },
	{ "0,0.1", "0,0_1", false },
	{ "k,k,k,k_2", "k,k_3,k_4,k_2", false },
	{ "feat,FEAT", "FEAT_2,FEAT", true },
	{ "feat,Feat,fea.t", "FEAT,FEAT_2,FEA_T", true },
};

START_TEST(identifiers_are_unique_and_not_reserved)
{
	static const char *const reserved[] = { "end", NULL };
	const char *list[8], **idents, *joined = "";
	int count = 0;

	for (char *word = strtok(arena_text("%s", twins[_i].names), ","); word; word = strtok(NULL, ","))
		list[count++] = word;
	idents = idents_of(list, count, twins[_i].upper, reserved);
	for (int i = 0; i < count; i++)
		joined = arena_text("%s%s%s", joined, i ? "," : "", idents[i]);
	ck_assert_str_eq(joined, twins[_i].idents);
}
END_TEST

START_TEST(what_is_no_onnx_is_refused)
{
	Ran r;

	put_file("bad.onnx", "\x08\x07\x3a\xff\xff", 5);
	r = resnetc("import %s -o %s", in_dir("bad.onnx"), in_dir("none"));
	ck_assert_str_eq(r.err, "bad.onnx: want an ONNX model, got something protobuf cannot read (truncated?)\n");
	ck_assert_int_eq(r.status, ExitInput);
	put_file("empty.onnx", "\x08\x07", 2);
	r = resnetc("import %s -o %s", in_dir("empty.onnx"), in_dir("none"));
	ck_assert_str_eq(r.err, "empty.onnx: want an ONNX model with a graph, got none\n");
	ck_assert_int_eq(access(in_dir("none"), F_OK), -1);
}
END_TEST

/* imports - in a child: any end but a crash or a fault of ours will do */
static int
imports(const char *file)
{
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (!child) {
		static const OnnxOptions none;
		if (!freopen("/dev/null", "w", stderr))
			_exit(ExitBug);
		alarm(20);
		structured_text(onnx_import(file, &none));
		_exit(ExitOk);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(damaged_models_never_crash)
{
	const char *path = arena_text("tests/import/%s.onnx", exported[_i]);
	size_t len;
	const unsigned char *map = file_map(path, &len);
	unsigned char *copy = malloc(len);
	unsigned seed = 7;

	for (int k = 0; k < 1200; k++) {
		size_t at = (seed = seed*1664525u + 1013904223u)%(k%2 && len > 9000 ? 9000 : len);
		int status;
		memcpy(copy, map, len);
		copy[at] = k%3 ? (unsigned char)(copy[at] ^ 1u << seed%8) : (unsigned char)(seed >> 24);
		put_file("damaged.onnx", copy, k%5 == 4 ? at : len);
		if (k%5 == 4 && at == 0)
			continue;
		status = imports(in_dir("damaged.onnx"));
		ck_assert_msg(status == ExitOk || status == ExitInput, "%s, byte %zu, case %d: %d", path, at, k, status);
	}
	free(copy);
}
END_TEST

SUITE(import)
{
	TCase *t = part("import");

	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_loop_test(t, import_gives_pytorch_numbers, 0, 3);
	tcase_add_test(t, size_and_name_can_be_given);
	tcase_add_test(t, quantised_files_make_networks_of_bytes);
	tcase_add_test(t, gates_work_on_bytes);
	tcase_add_loop_test(t, whole_image_pools_take_any_size, 0, (int)(sizeof pools/sizeof *pools));
	tcase_add_loop_test(t, a_file_of_any_name_becomes_a_model, 0, (int)(sizeof names/sizeof *names));
	tcase_add_test(t, a_name_that_is_asked_for_is_not_changed);
	tcase_add_loop_test(t, identifiers_are_unique_and_not_reserved, 0, (int)(sizeof twins/sizeof *twins));
	tcase_add_test(t, what_is_no_onnx_is_refused);
	tcase_add_loop_test(t, damaged_models_never_crash, 0, 3);
}
