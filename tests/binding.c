/*
** binding.c - the tensors of a file come to the layers they belong to: prefixes, names that other programs give, orders of
** axes, what is left over. The files are tests/checkpoints/make.py's.
*/
#include "tests.h"

static const char small[] =
	"local nn = require \"resnet\"\n"
	"return nn.model { name = \"m\", input = nn.image { 3, 2, 2 }, body = function(x)\n"
	"return nn.bn(nn.conv(x, { 2, kernel = { 1, 2 }, padding = 0, name = \"conv1\" })) end }\n";

/* compiling_says - what compiling the model with these weights says; it must do it */
static const char *
compiling_says(const char *model, const char *weights)
{
	Ran r = resnetc("%s -w %s -o %s", model, weights, in_dir("compiled"));

	ck_assert_msg(r.status == ExitOk, "%s", r.err);
	return arena_text("%s", r.err);
}

START_TEST(what_lies_outside_the_prefix_is_told)
{
	const char *model = model_file(small);

	ck_assert_str_eq(compiling_says(model, "tests/checkpoints/beside/compiled_ddp.pth"), "");
	ck_assert_str_eq(compiling_says(model, "tests/checkpoints/beside/class_weights.ckpt"),
	                 "note: tests/checkpoints/beside/class_weights.ckpt: every parameter is below 'model.'; not used: 1 other tensor, such as "
	                 "'criterion.weight'\n");
	ck_assert_str_eq(compiling_says(model, "tests/checkpoints/beside/two_networks.pth"),
	                 "note: tests/checkpoints/beside/two_networks.pth: the weights are those below 'module.encoder_q.'; those below "
	                 "'module.encoder_k.' would do too (-w FILE:module.encoder_k)\n"
	                 "note: tests/checkpoints/beside/two_networks.pth: every parameter is below 'module.encoder_q.'; not used: 6 other tensors, "
	                 "such as 'module.queue'\n");
	ck_assert_str_eq(compiling_says(model, "tests/checkpoints/beside/two_networks.pth:module.encoder_k"), "");
}
END_TEST

/* a prefix is found though a layer is missing: only that layer is accused */
START_TEST(one_missing_layer_does_not_hide_the_prefix)
{
	Ran r = resnetc("%s -w tests/checkpoints/beside/lightning.ckpt", model_file(
		"local nn = require \"resnet\"\n"
		"return nn.model { name = \"m\", input = nn.image { 3, 2, 2 }, body = function(x)\n"
		"return nn.relu(nn.bn(nn.conv(x, { 2, kernel = { 1, 2 }, padding = 0, name = \"conv1\" }))) end, head = nn.classifier { 4 } }\n"));

	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_msg(strstr(r.err, "want tensor 'fc.weight' of shape 4x2") && strstr(r.err, "got 2 problems") && !strstr(r.err, "'conv1.weight' of"),
	              "%s", r.err);
}
END_TEST

START_TEST(numbers_that_no_layer_has_are_no_leftovers)
{
	ck_assert_str_eq(compiling_says(model_file(small), "tests/checkpoints/constants.onnx"), "");
	ck_assert_str_eq(compiling_says(model_file(small), "tests/checkpoints/odd.npz"), "");
}
END_TEST

START_TEST(names_that_an_exporter_made_up)
{
	Ran r = resnetc("%s -w tests/import/bottleneck_folded.onnx", model_file(
		"local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 2, 2 }, stem = nn.stem.cifar { 4 }, ignore = { \"onnx*\", \"fc*\" } }\n"));

	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_msg(strstr(r.err, ": its exporter folded batch norms and made up names; resnetc import makes a model of it\n") != NULL, "%s", r.err);
}
END_TEST

/* --- orders --- */

#define NET "local nn = require \"resnet\"\nreturn nn.model {\n%s name = \"m\", input = nn.image { 3, 8, 8 }, stem = nn.stem.cifar { 2 }, " \
	"stages = { nn.stage { nn.basic, blocks = 1, width = 2 }, nn.stage { nn.basic, blocks = 1, width = 4, stride = 2 } }, " \
	"head = nn.classifier { 5 } }\n"

static Graph *
bound(const char *model, const char *weights)
{
	static const DslOptions none;
	Graph *g = dsl_load(model, &none);

	bind_weights(g, weights_open(weights));
	return g;
}

static const struct { const char *file, *table; } orders[] = {
	{ "renamed", "  names = {\n    conv1 = \"c1\", [\"layer1.0.conv1\"] = \"encoder.stage1.0.c1\", layer1 = \"encoder.stage1\",\n"
	  "    [\"layer2.0.conv1\"] = \"encoder.stage2.0.c1\", layer2 = \"encoder.stage2\",\n"
	  "    [\"layer2.0.downsample\"] = \"encoder.stage2.0.skip\",\n  },\n" },
	{ "stages", "  names = {\n    conv1 = \"net.conv1\", bn1 = \"net.bn1\", layer1 = \"net.res1\", layer2 = \"net.res2\", fc = \"net.fc\",\n  },\n" },
	{ "numbers", NULL },
	{ "shortcut_first", "  names = {\n    conv1 = \"conv_a\", [\"layer1.0.conv1\"] = \"block1.0.conv_a\", layer1 = \"block1\", layer2 = \"block2\",\n"
	  "    [\"layer2.0.conv1\"] = \"block2.0.conv_a\", fc = \"out\",\n  },\n" },
};

/* the table that is printed, put into the model, binds what the file's own names bind */
START_TEST(names_are_suggested_where_shapes_are_in_order)
{
	const char *weights = arena_text("tests/checkpoints/orders/%s.pth", orders[_i].file), *table, *end;
	Graph *want = bound(model_file(arena_text(NET, "")), "tests/checkpoints/orders/own.pth"), *got;
	Ran r = resnetc("%s -w %s", model_file(arena_text(NET, "")), weights);

	ck_assert_int_eq(r.status, ExitInput);
	table = strstr(r.err, "  names = {");
	end = table ? strstr(table, "  },\n") : NULL;
	ck_assert_msg(end && strstr(r.err, "orders/") && strstr(end, "want the names of m's parameters, got others\n"), "%s", r.err);
	table = arena_text("%.*s", (int)(end + 5 - table), table);
	if (orders[_i].table)
		ck_assert_str_eq(table, orders[_i].table);
	got = bound(model_file(arena_text(NET, table)), weights);
	for (int i = 0; i < want->count; i++)
		for (int p = 0; p < NParams; p++) {
			const Param *a = &want->nodes[i]->p[p], *b = &got->nodes[i]->p[p];
			for (size_t k = 0; a->name && k < a->count; k++)
				ck_assert_msg(a->data[k] == b->data[k], "%s: %s is not %s", weights, a->name, b->name);
		}
}
END_TEST

/* one width more, and the shapes are not in order: everything is listed as ever */
START_TEST(nothing_is_suggested_where_a_shape_differs)
{
	char *text = arena_text(NET, "");
	Ran r;

	memcpy(strstr(text, "width = 4"), "width = 3", 9);
	r = resnetc("%s -w tests/checkpoints/orders/numbers.pth", model_file(text));
	ck_assert_msg(r.status == ExitInput && !strstr(r.err, "names = {") && strstr(r.err, "want tensor 'conv1.weight'"), "%s", r.err);
}
END_TEST

START_TEST(a_word_is_suggested_where_names_are_known)
{
	Ran r = resnetc("%s -w tests/checkpoints/names/huggingface.pth", model_file(arena_text(NET, "")));

	ck_assert_str_eq(r.err, "tests/checkpoints/names/huggingface.pth: no parameter of m has its name in it, but nn.model { names = \"huggingface\" } gives "
	                        "such names\ntests/checkpoints/names/huggingface.pth: want the names of m's parameters, got others\n");
	ck_assert_int_eq(r.status, ExitInput);
}
END_TEST

/* --- axes --- */

typedef struct { const char *name; int rank, dim[4]; } Row;

/* safetensors - a file of these tensors, all numbers 0, 1/8, 2/8, ... */
static const char *
safetensors(const Row *rows, int count)
{
	const char *header = "";
	size_t at = 0, head;
	char *all;

	for (int i = 0; i < count; i++) {
		const char *shape = "";
		size_t n = 4;
		for (int d = 0; d < rows[i].rank; d++) {
			shape = arena_text("%s%s%d", shape, d ? ", " : "", rows[i].dim[d]);
			n *= (size_t)rows[i].dim[d];
		}
		header = arena_text("%s%s\"%s\": {\"dtype\": \"F32\", \"shape\": [%s], \"data_offsets\": [%zu, %zu]}", header, i ? ", " : "{",
		                    rows[i].name, shape, at, at + n);
		at += n;
	}
	header = arena_text("%s}", header);
	head = strlen(header);
	all = calloc(1, 8 + head + at);
	for (int i = 0; i < 8; i++)
		all[i] = (char)(head >> 8*i);
	memcpy(all + 8, header, head);
	for (size_t k = 0; k < at/4; k++)
		memcpy(all + 8 + head + 4*k, &(float){ (float)k/8 }, 4);
	put_file("axes.safetensors", all, 8 + head + at);
	free(all);
	return in_dir("axes.safetensors");
}

/* three convolutions of a Keras network; width: of the last */
static const char *
keras(const char *options, int width)
{
	return model_file(arena_text("local nn = require \"resnet\"\n"
		"return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, bn = { eps = %s }, body = function(x)\n"
		"x = nn.bn(nn.conv(x, { 4, kernel = 3, name = \"conv1\" }), { affine = false })\n"
		"x = nn.conv(x, { 8, kernel = 3, stride = 2, padding = %s, name = \"conv2\" })\n"
		"return nn.conv(x, { %d, kernel = 1, name = \"conv3\" }) end }\n", strchr(options, ' ') + 1,
		arena_text("%.*s", (int)strcspn(options, " "), options), width));
}

static const Row keras_rows[] = {
	{ "conv1.weight", 4, { 3, 3, 3, 4 } }, { "bn1.running_mean", 1, { 4 } }, { "bn1.running_var", 1, { 4 } },
	{ "conv2.weight", 4, { 3, 3, 4, 8 } }, { "conv3.weight", 4, { 1, 1, 8, 5 } },
};

/* the shapes do not show how TensorFlow pads and what is added to a variance */
/* OpenMMLab's classifiers: the layers of a network below backbone. and head.; another head of the same shapes is one too many */
START_TEST(a_layer_may_lie_in_another_part)
{
	static const Row rows[] = {
		{ "backbone.conv1.weight", 4, { 2, 3, 1, 2 } }, { "backbone.bn1.weight", 1, { 2 } }, { "backbone.bn1.bias", 1, { 2 } },
		{ "backbone.bn1.running_mean", 1, { 2 } }, { "backbone.bn1.running_var", 1, { 2 } }, { "head.fc.weight", 2, { 4, 2 } },
		{ "head.fc.bias", 1, { 4 } }, { "old.fc.weight", 2, { 3, 2 } }, { "old.fc.bias", 1, { 3 } }, { "aux.fc.weight", 2, { 4, 2 } },
		{ "aux.fc.bias", 1, { 4 } },
	};
	const char *model = model_file(
		"local nn = require \"resnet\"\n"
		"return nn.model { name = \"m\", input = nn.image { 3, 2, 2 }, body = function(x)\n"
		"return nn.relu(nn.bn(nn.conv(x, { 2, kernel = { 1, 2 }, padding = 0, name = \"conv1\" }))) end, head = nn.classifier { 4 } }\n");
	Graph *g;
	Ran r;

	ck_assert_str_eq(compiling_says(model, safetensors(rows, 7)),
	                 "note: axes.safetensors: 'fc' is below 'head.' there, the only one of its name and shapes\n");
	g = bound(model, safetensors(rows, 9));
	for (int i = 0; i < g->count; i++)
		if (!strcmp(g->nodes[i]->name, "fc"))
			ck_assert(g->nodes[i]->p[P_weight].data[0] == 20/8.f && g->nodes[i]->p[P_bias].data[3] == 31/8.f);
	r = resnetc("%s -w %s", model, safetensors(rows, 11));
	ck_assert_msg(r.status == ExitInput && strstr(r.err, "want tensor 'fc.weight' of shape 4x2"), "%s", r.err);
}
END_TEST

START_TEST(what_keras_does_otherwise_is_noted)
{
	static const struct { const char *options, *want; } cases[] = {
		{ "\"same\" 1e-3", "" },
		{ "1 1e-3", "note: axes.safetensors: kernels in TensorFlow's order: there strided convolutions mostly have padding = \"same\", which is "
		  "{ 0, 0, 1, 1 } for 'conv2'; it has { 1, 1, 1, 1 }\n" },
		{ "\"same\" 1e-5", "note: axes.safetensors: kernels in TensorFlow's order: there batch norms mostly have an eps of 1e-3, 'bn1' has 1e-5 "
		  "(nn.model { bn = { eps = 1e-3 } })\n" },
		{ "0 1.001e-5", "" },        /* as keras.applications pads, with zeros before it; its eps */
	};
	Ran r;

	for (int i = 0; i < 4; i++) {
		r = resnetc("%s -w %s -o %s", keras(cases[i].options, 5), safetensors(keras_rows, 5), in_dir("keras"));
		ck_assert_str_eq(r.err, cases[i].want);
		ck_assert_int_eq(r.status, ExitOk);
	}
	/* PyTorch's order: nothing is said */
	ck_assert_str_eq(compiling_says(model_file(small), "tests/checkpoints/zip.pth"), "");
}
END_TEST

START_TEST(one_wrong_width_accuses_one_layer)
{
	Row torch[5];
	Ran r = resnetc("%s -w %s", keras("\"same\" 1e-3", 6), safetensors(keras_rows, 5));

	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_msg(strstr(r.err, "conv2d 'conv3': want tensor 'conv3.weight' of shape 1x1x8x6, got 1x1x8x5\n") && strstr(r.err, "got 1 problem\n"), "%s", r.err);
	memcpy(torch, keras_rows, sizeof torch);
	torch[0] = (Row){ "conv1.weight", 4, { 4, 3, 3, 3 } };
	torch[3] = (Row){ "conv2.weight", 4, { 8, 4, 3, 3 } };
	torch[4] = (Row){ "conv3.weight", 4, { 5, 8, 1, 1 } };
	r = resnetc("%s -w %s", keras("1 1e-5", 6), safetensors(torch, 5));
	ck_assert_msg(strstr(r.err, "conv2d 'conv3': want tensor 'conv3.weight' of shape 6x8x1x1, got 5x8x1x1\n") && strstr(r.err, "got 1 problem\n"), "%s", r.err);
}
END_TEST

/* --- names of other programs --- */

/* every parameter has a name of the real model, and its shape; the model has none beside them */
START_TEST(names_are_those_of_the_real_models)
{
#define RESNET(block, v, a, b, c, d, se) "variant = \"" v "\", stem = nn.stem.imagenet { 64 }, stages = {" \
	"nn.stage { nn." block ", blocks = " #a ", width = 64" se " }, nn.stage { nn." block ", blocks = " #b ", width = 128, stride = 2" se " }," \
	"nn.stage { nn." block ", blocks = " #c ", width = 256, stride = 2" se " }, nn.stage { nn." block ", blocks = " #d ", width = 512, stride = 2" se " } }"
	static const struct { const char *file, *names, *body; } real[] = {
		{ "huggingface_resnet50", "huggingface", RESNET("bottleneck", "v1.5", 3, 4, 6, 3, "") },
		{ "huggingface_resnet18", "huggingface", RESNET("basic", "v1.5", 2, 2, 2, 2, "") },
		{ "senet_seresnet50", "senet", RESNET("bottleneck", "v1", 3, 4, 6, 3, ", se = 16") },
	};
	int classes = _i ? 1000 : 2, lines = 0, found = 0;
	static const DslOptions none;
	Graph *g = dsl_load(model_file(arena_text("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 64, 64 }, "
		"names = \"%s\", head = nn.classifier { %d }, %s }\n", real[_i].names, classes, real[_i].body)), &none);
	size_t len;
	const char *file = file_map(arena_text("tests/checkpoints/names/%s.txt", real[_i].file), &len);
	const char *text = arena_text("\n%.*s", (int)len, file);

	for (const char *s = text + 1; *s; s++)
		lines += *s == '\n';
	for (int i = 0; i < g->count; i++)
		for (int p = 0; p < NParams; p++) {
			const Param *q = &g->nodes[i]->p[p];
			int rank;
			if (!q->name)
				continue;
			Shape s = param_shape(g->nodes[i], (ParamId)p, &rank);
			Tensor t = { .rank = rank, .dim = { s.n, s.c, s.h, s.w } };
			ck_assert_msg(strstr(text, arena_text("\n%s %s\n", q->name, tensor_shape(&t))) != NULL, "%s %s", q->name, tensor_shape(&t));
			found++;
		}
	ck_assert_int_eq(found, lines);
}
END_TEST

/* what transformers computes */
START_TEST(huggingface_gives_its_logits)
{
	static const DslOptions none;
	const char *name = _i ? "huggingface_backbone" : "huggingface";
	Graph *g = dsl_load(model_file(arena_text(
		"local nn = require \"resnet\"\n"
		"return nn.model { name = \"m\", input = nn.image { 3, 32, 32 }, names = \"huggingface\", stem = nn.stem.imagenet { 4 }, stages = {\n"
		"nn.stage { nn.bottleneck, blocks = 1, width = 2, shortcut = \"C\" }, nn.stage { nn.bottleneck, blocks = 2, width = 4, stride = 2 } },\n"
		"head = nn.%s }\n", _i ? "embedding {}" : "classifier { 3 }")), &none);
	Npy x = npy_read("tests/checkpoints/names/x.npy"), y = npy_read(arena_text("tests/checkpoints/names/%s.npy", name));
	double **values;

	bind_weights(g, weights_open(arena_text("tests/checkpoints/names/%s.pth", name)));
	values = interp(g, doubles(x.data, x.count));
	ck_assert_uint_eq(y.count, _i ? 16 : 3);
	for (size_t i = 0; i < y.count; i++)
		ck_assert_double_eq_tol(values[g->count - 1][i], (double)y.data[i], 1e-5);
	/* the network alone finds itself in the file of the whole model */
	if (_i)
		bind_weights(dsl_load(g->file, &none), weights_open("tests/checkpoints/names/huggingface.pth"));
}
END_TEST

SUITE(binding)
{
	TCase *t = part("binding");

	tcase_add_test(t, what_lies_outside_the_prefix_is_told);
	tcase_add_test(t, one_missing_layer_does_not_hide_the_prefix);
	tcase_add_test(t, numbers_that_no_layer_has_are_no_leftovers);
	tcase_add_test(t, names_that_an_exporter_made_up);
	tcase_add_loop_test(t, names_are_suggested_where_shapes_are_in_order, 0, 4);
	tcase_add_test(t, nothing_is_suggested_where_a_shape_differs);
	tcase_add_test(t, a_word_is_suggested_where_names_are_known);
	tcase_add_test(t, a_layer_may_lie_in_another_part);
	tcase_add_test(t, what_keras_does_otherwise_is_noted);
	tcase_add_test(t, one_wrong_width_accuses_one_layer);
	tcase_add_loop_test(t, names_are_those_of_the_real_models, 0, 3);
	tcase_add_loop_test(t, huggingface_gives_its_logits, 0, 2);
}
