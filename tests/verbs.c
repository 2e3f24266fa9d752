/* verbs.c - what the looking verbs print: bench, explain, doc, init, dumps; their JSON is JSON. */
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

START_TEST(bench_times_every_layer)
{
	struct json_object *all = json(resnetc("bench examples/mlperf_tiny_resnet8.lua --rounds 3 --threads 2 --json").out), *layers = member(all, "layers");
	Ran r = resnetc("bench examples/mlperf_tiny_resnet8.lua --rounds 3");

	ck_assert_uint_eq(json_object_array_length(layers), 12);
	for (size_t i = 0; i < json_object_array_length(layers); i++)
		ck_assert_double_gt(json_object_get_double(member(json_object_array_get_idx(layers, i), "ms")), 0);
	ck_assert_int_eq(json_object_get_int(member(all, "threads")), 2);
	ck_assert_int_eq(r.status, 0);
	ck_assert(strstr(r.out, "layer2.0.downsample.0") && strstr(r.out, "of the measured peak"));
	json_object_put(all);
}
END_TEST

START_TEST(explain_tells_a_layer)
{
	Ran r = resnetc("explain examples/cifar_resnet20.lua layer1.0.conv1 --target avx512");

	ck_assert_int_eq(r.status, 0);
	ck_assert(strstr(r.out, "conv2d 'layer1.0.conv1'") && strstr(r.out, "layer1.0.bn1 + relu") && strstr(r.out, "2.36 M MACs"));
	ck_assert(strstr(r.out, "<- chosen") && strstr(r.out, "of the largest result, measured in float32"));
	r = resnetc("explain examples/cifar_resnet20.lua layer1.0.conv1 --exact");
	ck_assert(!strstr(r.out, "measured in float32"));
	json_object_put(json(resnetc("explain examples/cifar_resnet20.lua --json").out));
}
END_TEST

START_TEST(doc_knows_every_op_and_attribute)
{
	Ran r = resnetc("doc");

	for (int i = 0; i < NOps; i++)
		ck_assert_msg(strstr(r.out, arena_text("nn.%s  (", op_rows[i].name)), "%s", op_rows[i].name);
	for (int i = 0; i < NAttrs; i++)
		ck_assert_msg(strstr(r.out, arena_text(" %s ", attr_rows[i].name)), "%s", attr_rows[i].name);
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

Suite *
suite_verbs(void)
{
	Suite *s = suite_create("verbs");
	TCase *t = tcase_create("verbs");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, bench_times_every_layer);
	tcase_add_test(t, explain_tells_a_layer);
	tcase_add_test(t, doc_knows_every_op_and_attribute);
	tcase_add_test(t, init_prints_models);
	tcase_add_test(t, dumps);
	suite_add_tcase(s, t);
	return s;
}
