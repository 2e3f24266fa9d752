/*
** files.c - ONNX files as wholes: what stands in them several times, functions of their own, graphs in attributes, the
** names of outputs, tensors inside and beside, and files that are none.
*/
#include "graphs.h"

/* six nodes from x to y */
#define RESIDUAL(x, w, y, slope) "a" y "=Conv " x " " w " | pads:1,1,1,1;b" y "=LeakyRelu a" y " | alpha~" slope ";" \
	"c" y "=Conv b" y " " w " | pads:1,1,1,1;e" y "=Sigmoid c" y ";d" y "=Add e" y " " x ";" y "=Relu d" y ";"
static const struct { const char *graph; int functions, calls; } repeats[] = {
	{ RESIDUAL("x", "w", "p", "0.25") RESIDUAL("p", "w", "q", "0.25") RESIDUAL("q", "w", "y", "0.25") "w=r 3 3 3 3;out=y", 1, 3 },
	{ RESIDUAL("x", "w", "p", "0.25") RESIDUAL("p", "w", "q", "0.5") RESIDUAL("q", "w", "y", "0.25") "w=r 3 3 3 3;out=y", 1, 2 },
	{ RESIDUAL("x", "w", "p", "0.25") RESIDUAL("p", "w", "y", "0.5") "w=r 3 3 3 3;out=y", 0, 0 },
	{ RESIDUAL("x", "w", "p", "0.25") RESIDUAL("p", "w", "y", "0.25") "w=r 3 3 3 3;out=bp y", 0, 0 },
	{ RESIDUAL("x", "w", "p", "0.25") "v=r 2 3 1 1;h=Conv p v;u=r 2 2 3 3;" RESIDUAL("h", "u", "y", "0.25") "w=r 3 3 3 3;out=y", 1, 2 },
};
enum { NRepeats = sizeof repeats/sizeof *repeats };

static void
repeat(void *user)
{
	static const OnnxOptions none;
	Graph *g = onnx_import(in_dir("g.onnx"), &none);
	const char *text;

	g->name = "g";
	text = functions_text(g);
	ck_assert_int_eq(count_in(text, "local function"), repeats[*(int *)user].functions);
	ck_assert_int_eq(count_in(text, " = block"), repeats[*(int *)user].calls);
}

START_TEST(repeated)
{
	const char *message;

	put_model("g.onnx", &built(repeats[_i].graph)->m);
	message = attempt(repeat, &_i);
	ck_assert_msg(!message, "%s", message);
}
END_TEST

/* what no statement can say */
START_TEST(no_statement_says)
{
	Built *b = built("y=Relu x");

	b->g.input[0] = value_info("x", "3 4 5", 1);
	want_graph(b, ": input 'x': want a 4-D tensor (images, channels, height, width), got a 3-D one");
	b->g.input[0] = value_info("x", "1 3 4 5", 11);
	want_graph(b, ": input 'x': want float32, float16 or uint8, got data type 11");
	b->g.input[0] = value_info("x", "1 3 0 5", 1);
	want_graph(b, ": input 'x': want a height and a width, such as --input 224x5, got 1 x 3 x ? x 5");
	b->g.input[0] = value_info("x", "0 3 0 0", 1);
	for (size_t i = 0; i < 3; i++)
		b->g.input[0]->type->tensor_type->shape->dim[i + (i > 0)]->dim_param = (char *)(size_t)(const char *[]){ "batch", "height", "width" }[i];
	want_graph(b, ": input 'x': want a height and a width, such as --input 224x224, got 'batch' x 3 x 'height' x 'width'");
	b->g.input[0] = value_info("x", "1 3 70000 5", 1);
	want_graph(b, ": input 'x': want dimensions from 1 to 65536, got 70000");
	b->g.input[0] = value_info("x", "1 3 4 5", 1);
	b->g.input[b->g.n_input++] = value_info("z", "1 3 4 5", 1);
	want_graph(b, "3x4x5: 0 0 0");                     /* nobody reads it */
	b->g.node[0]->input[b->g.node[0]->n_input++] = (char *)(size_t)"z";
	b->g.node[0]->op_type = (char *)(size_t)"Add";
	want_graph(b, "3x4x5: 0 0 0");
	b->g.input[1] = value_info("z", "1 3 4 6", 1);
	want_graph(b, ": input 'z': want several inputs as floats of one height and width, got 3x4x6 beside 3x4x5");
	b->g.input[1] = value_info("z", "1 3 4 5", 2);
	want_graph(b, ": input 'z': want several inputs as floats of one height and width, got 3x4x5 beside 3x4x5, bytes");
	b = built("t=Transpose x | perm:0,3,1,2;u=Transpose z | perm:0,3,1,2;y=Concat t u | axis=1");
	b->g.input[0] = value_info("x", "1 4 5 3", 1);
	b->g.input[b->g.n_input++] = value_info("z", "1 4 5 2", 1);
	want_graph(b, "5x4x5: 0 0 0");
	b = built("s=i 1 1 4 5;t=Reshape x s;u=Transpose z | perm:0,3,1,2;y=Concat t u | axis=1");
	b->g.input[0] = value_info("x", "1 4 5 1", 1);
	b->g.input[b->g.n_input++] = value_info("z", "1 4 5 2", 1);
	want_graph(b, "3x4x5: 0 0 0");
	b = built("y=Relu x");
	b->g.input[0] = value_info("x", "1 3 4 5", 1);
	b->g.n_input = 0;
	want_graph(b, ": want an input, got none");
	b->g.n_input = 1;
	b->g.output[b->g.n_output++] = value_info("y", "", 1);
	want_graph(b, ": output 'y': want each result once, got 'relu' again");
	b->g.output[1] = value_info("z", "", 1);
	want_graph(b, ": output 'z': want a result of the graph, got none");
	b->g.n_output = 0;
	want_graph(b, ": want an output, got none");
	b->g.n_output = 1;
	b->g.node[0]->domain = (char *)(size_t)"com.microsoft";
	want_graph(b, ":1: Relu 'y': want an operator of ONNX itself, got domain 'com.microsoft'");
	b->g.node[0]->domain = NULL;
	b->opset.version = 6;
	want_graph(b, ":1: Relu 'y': want opset 7 or later, got 6");
	b->opset.version = 17;
	b->g.node[0]->n_output = 0;
	want_graph(b, ": output 'y': want a result of the graph, got none");
}
END_TEST

static Onnx__AttributeProto *
attribute(const char *name, Onnx__GraphProto *g)
{
	Onnx__AttributeProto *a = NEW(Onnx__AttributeProto);

	onnx__attribute_proto__init(a);
	a->name = (char *)(size_t)name;
	a->g = g;
	return a;
}

/* functions of the file's own, of which one calls another; attributes are the call's, the function's, or nobody's */
START_TEST(functions)
{
	Built *b = built("k=s -2;a=bend x k;y=bend a k"), *bend = built("c=Add i k;o=slope c"), *slope = built("o=LeakyRelu i | alpha~9");
	Onnx__FunctionProto f[2] = { ONNX__FUNCTION_PROTO__INIT, ONNX__FUNCTION_PROTO__INIT }, *all[] = { &f[0], &f[1] };
	char *in[] = { (char *)(size_t)"i", (char *)(size_t)"k" }, *out[] = { (char *)(size_t)"o" };
	Onnx__AttributeProto *half = attribute("by", NULL), *quarter = attribute("by", NULL), *by = attribute("by", NULL);

	half->has_f = quarter->has_f = true;
	half->f = 0.5f;
	quarter->f = 0.25f;
	by->ref_attr_name = slope->g.node[0]->attribute[0]->ref_attr_name = (char *)(size_t)"by";
	for (int i = 0; i < 2; i++) {
		f[i].domain = b->g.node[i]->domain = (char *)(size_t)"own";
		f[i].input = in;
		f[i].output = out;
		f[i].n_output = 1;
		f[i].n_input = (size_t)(2 - i);
		f[i].node = (i ? slope : bend)->g.node;
		f[i].n_node = (i ? slope : bend)->g.n_node;
		f[i].name = (char *)(size_t)(i ? "slope" : "bend");
	}
	f[0].attribute_proto = &half;
	f[0].n_attribute_proto = 1;
	bend->g.node[1]->domain = f[0].domain;
	bend->g.node[1]->attribute = &by;
	bend->g.node[1]->n_attribute = 1;
	b->g.node[1]->attribute = &quarter;
	b->g.node[1]->n_attribute = 1;
	b->m.functions = all;
	b->m.n_functions = 2;
	want_graph(b, "3x4x5: -0.75 -0.75 -0.75");
	slope->g.node[0]->op_type = (char *)(size_t)"slope";
	slope->g.node[0]->domain = f[0].domain;
	want_graph(b, ": function 'slope': want at most 16 calls in each other, got more");
}
END_TEST

/* one of two graphs, by a constant that is computed; they read what stands before them, whatever the file's order */
START_TEST(choices)
{
	for (int i = 0; i < 2; i++) {
		Built *b = built(i ? "y=If q;n=Shape x;d=z 1;c=Gather n d;three=z 3;q=Equal c three;k=s 2;a=Add x k;out=y" :
		                 "n=Shape x;d=z 1;c=Gather n d;three=z 4;q=Equal c three;k=s 2;a=Add x k;y=If q");
		Onnx__AttributeProto *branches[] = { attribute("then_branch", &built("h=s 3;m=Mul a h;t=Neg m")->g),
		                                     attribute("else_branch", &built("e=Relu a")->g) };
		Onnx__NodeProto *choice = b->g.node[i ? 0 : b->g.n_node - 1];
		choice->attribute = branches;
		choice->n_attribute = 2;
		want_graph(b, i ? "3x4x5: -6 -6 -6" : "3x4x5: 2 2 2");
		choice->n_attribute = i ? 0 : 1;
		want_graph(b, i ? ":1: If 'y': want a graph then_branch, got none" : ":5: If 'y': want a graph else_branch, got none");
		choice->input[0] = (char *)(size_t)"x";
		want_graph(b, i ? ":1: If 'y': want a constant condition, got the result 'x'" : ":5: If 'y': want a constant condition, got the result 'x'");
	}
}
END_TEST

/* graphs in attributes of nodes, whether they are read or not: no deeper than the stack is */
START_TEST(graphs_in_graphs)
{
	Built *b = built("y=Relu x"), *inner = b;
	Ran r;
	char *deep;
	size_t len = 0;

	for (int i = 0; i < 20; i++) {
		Built *outer = built("y=Relu x");
		Onnx__AttributeProto **a = arena_new(sizeof *a);
		*a = attribute("branch", &inner->g);
		outer->g.node[0]->attribute = a;
		outer->g.node[0]->n_attribute = 1;
		inner = outer;
		if (i == 10)
			want_graph(inner, "3x4x5: 0 0 0");
	}
	want_graph(inner, ": want at most 16 graphs in each other, got more");
	/* a megabyte of them: each level is a node, an attribute and a graph, of lengths in four bytes */
	deep = malloc(15*70000);
	for (size_t left = 15*70000 - 5; len + 15 <= 15*70000; ) {
		static const unsigned char tags[] = { 7 << 3 | 2, 1 << 3 | 2, 5 << 3 | 2 }, again[] = { 6 << 3 | 2, 1 << 3 | 2, 5 << 3 | 2 };
		for (int k = 0; k < 3; k++, left -= 5) {
			deep[len] = (char)(len ? again[k] : tags[k]);
			len++;
			for (int c = 0; c < 4; c++)
				deep[len++] = (char)((left >> 7*c & 127) | (c < 3 ? 128 : 0));
		}
	}
	put_file("deep.onnx", deep, len);
	free(deep);
	r = resnetc("import %s -o %s", in_dir("deep.onnx"), in_dir("deep"));
	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_msg(strstr(r.err, "want at most 16 graphs in each other") != NULL, "%s", r.err);
}
END_TEST

/* outputs are called what they are in the file, where there are several and the language has such names */
START_TEST(outputs_keep_their_names)
{
	static const OnnxOptions none;
	static const struct { const char *graph, *names[4]; } files[] = {
		{ "a=Relu x;b=Neg x;out=a b", { "a", "b" } }, { "a=Relu x;out=a", { "" } },
		{ "onnx::Neg_7=Relu x;b=Neg x;out=onnx::Neg_7 b", { "", "b" } },
		{ "o.1=Relu x;o_1=Neg x;7=Abs x;O_1=Exp x;out=o.1 o_1 7 O_1", { "o_1", "", "", "O_1" } },
	};

	for (size_t i = 0; i < sizeof files/sizeof *files; i++) {
		put_model("g.onnx", &built(files[i].graph)->m);
		Graph *g = onnx_import(in_dir("g.onnx"), &none);
		for (int k = 0; k < g->noutputs; k++)
			ck_assert_str_eq(g->output_names[k], files[i].names[k]);
	}
}
END_TEST
/* ShuffleNet's halves: one node, of which both are slices */
START_TEST(channels_are_shuffled_once)
{
	static const OnnxOptions none;
	int shuffles = 0, others = 0;
	Graph *g;

	put_model("g.onnx", &built("x=I 1 12 4 5;s=i 0 3 4 4 5;r=Reshape x s;t=Transpose r | perm:0,2,1,3,4;q=i 0 12 4 5;u=Reshape t q;"
	                           "k=i 6 6;a,b=Split u k | axis=1;c=Relu b;y=Concat a c | axis=1")->m);
	g = onnx_import(in_dir("g.onnx"), &none);
	for (int i = 0; i < g->count; i++) {
		shuffles += g->nodes[i]->op == O_channel_shuffle && g->nodes[i]->a.groups == 3;
		others += g->nodes[i]->op == O_reshape || g->nodes[i]->op == O_permute;
	}
	ck_assert_int_eq(shuffles, 1);
	ck_assert_int_eq(others, 0);
}
END_TEST

START_TEST(tensors_in_files)
{
	Built *b = built("k=v 1 2 3;c=Unsqueeze k | axes:1,2;y=Add x c");
	Onnx__TensorProto *t = b->g.initializer[0];

	t->data_type = 8;
	want_graph(b, ": tensor 'k': want floats, integers or booleans, got data type 8");
	t->data_type = 11;
	want_graph(b, ": tensor 'k': want 3 values of F64 for its shape 3, got other data");
	t->data_type = 1;
	t->dims[0] = -1;
	want_graph(b, ": tensor 'k': want dimensions from 0 to 2^40, got -1");
	t->dims[0] = t->dims[1] = INT64_C(1) << 40;
	t->n_dims = 2;
	want_graph(b, ": tensor 'k': want less than 2^45 elements, got 1099511627776x1099511627776");
	t->n_dims = 9;
	want_graph(b, ": tensor 'k': want at most 8 dimensions, got 9");
	t->n_dims = 1;
	t->dims[0] = 3;
	/* the same numbers as doubles, halves, bytes */
	t->n_float_data = 0;
	t->data_type = 11;
	t->n_double_data = 3;
	t->double_data = (double[]){ 1, 2, 3 };
	want_graph(b, "3x4x5: 1 2 3");
	t->n_double_data = 0;
	t->data_type = 10;
	t->n_int32_data = 3;
	t->int32_data = (int32_t[]){ 0x3c00, 0x4000, 0x4200 };
	want_graph(b, "3x4x5: 1 2 3");
	t->n_int32_data = 0;
	t->data_type = 12;
	t->n_uint64_data = 3;
	t->uint64_data = (uint64_t[]){ 1, 2, 3 };
	want_graph(b, ": tensor 'k': want 3 values of U32 for its shape 3, got other data");
	t->data_type = 13;
	want_graph(b, "3x4x5: 1 2 3");
	t->n_uint64_data = 0;
	t->data_type = 1;
	t->has_raw_data = true;
	t->raw_data.data = (uint8_t *)(float[]){ 1, 2, 3 };
	t->raw_data.len = 11;
	want_graph(b, ": tensor 'k': want 3 values of F32 for its shape 3, got other data");
	t->raw_data.len = 12;
	want_graph(b, "3x4x5: 1 2 3");
}
END_TEST

START_TEST(tensors_beside_files)
{
	Built *b = built("k=v 1 2 3;c=Unsqueeze k | axes:1,2;y=Add x c");
	Onnx__Entry place = ONNX__ENTRY__INIT, offset = ONNX__ENTRY__INIT, *external[] = { &place, &offset };
	Onnx__TensorProto *t = b->g.initializer[0];

	t->n_float_data = 0;
	t->has_data_location = true;
	t->data_location = 1;
	want_graph(b, ": tensor 'k': want external data in a file beside the model, got 'none'");
	t->n_external_data = 2;
	t->external_data = external;
	place.key = (char *)(size_t)"location";
	place.value = (char *)(size_t)"../k.bin";
	want_graph(b, ": tensor 'k': want external data in a file beside the model, got '../k.bin'");
	place.value = (char *)(size_t)"k.bin";
	put_file("k.bin", (float[]){ 9, 1, 2, 3 }, 16);
	offset.key = (char *)(size_t)"offset";
	offset.value = (char *)(size_t)"8";
	want_graph(b, ": tensor 'k': want 12 bytes within the 16 of 'k.bin', got offset 8 and length 12");
	offset.value = (char *)(size_t)"4";
	want_graph(b, "3x4x5: 1 2 3");
}
END_TEST

static void
import(void *user)
{
	static const OnnxOptions none;

	(void)user;
	onnx_import(in_dir("g.onnx"), &none);
}

START_TEST(files_that_are_none)
{
	put_file("g.onnx", "\x08\x08", 2);
	ck_assert_str_eq(attempt(import, NULL), arena_text("%s: want an ONNX model with a graph, got none", in_dir("g.onnx")));
	put_file("g.onnx", "\x3a\x7f", 2);
	ck_assert_str_eq(attempt(import, NULL), arena_text("%s: want an ONNX model, got something protobuf cannot read (truncated?)", in_dir("g.onnx")));
}
END_TEST

SUITE(files)
{
	TCase *t = part("files");

	tcase_add_loop_test(t, repeated, 0, NRepeats);
	tcase_add_test(t, no_statement_says);
	tcase_add_test(t, functions);
	tcase_add_test(t, choices);
	tcase_add_test(t, graphs_in_graphs);
	tcase_add_test(t, outputs_keep_their_names);
	tcase_add_test(t, channels_are_shuffled_once);
	tcase_add_test(t, tensors_in_files);
	tcase_add_test(t, tensors_beside_files);
	tcase_add_test(t, files_that_are_none);
}
