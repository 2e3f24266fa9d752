/*
** stages.c - blocks of the library in a graph: those of files, and of every block that the library has, as the stage that
** made it.
*/
#include "graphs.h"

/* --- in files --- */

/* an inverted residual from x to y, of 8 channels, its depthwise kernel at w, its activation by the limit h */
#define INVERTED(x, y, w, h) "a" y "=Conv " x " p pb;b" y "=Clip a" y " l " h ";c" y "=Conv b" y " " w " qb | group=48 pads:1,1,1,1;" \
	"d" y "=Clip c" y " l " h ";e" y "=Conv d" y " r rb;" y "=Add e" y " " x ";"
#define SIZES "x=I 1 8 6 6;p=r 48 8 1 1;pb=r 48;w=r 48 1 3 3;v=r 8 8 3 3;qb=r 48;r=r 8 48 1 1;rb=r 8;l=s 0;h=s 6;k=s 5;"
static const struct { const char *graph, *want; } blocks[] = {
	{ SIZES INVERTED("x", "s", "w", "h") INVERTED("s", "y", "w", "h") "out=y", "nn.stage { nn.inverted_residual, blocks = 2, width = 8 }, t[0])" },
	{ SIZES INVERTED("x", "s", "w", "h") "m=Conv s v | pads:1,1,1,1;" INVERTED("m", "y", "w", "h") "out=y",
	  "nn.stage { nn.inverted_residual, blocks = 1, width = 8 }, t[7])" },
	{ SIZES INVERTED("x", "s", "w", "h") INVERTED("s", "y", "w", "h") "out=s y", "nn.stage { nn.inverted_residual, blocks = 1, width = 8 }, t[6])" },
	{ SIZES INVERTED("x", "s", "w", "h") INVERTED("s", "y", "w", "h") "out=s y", "    return { \"s\", t[6] }, { \"y\", t[12] }\n" },
	/* group norms of a decoder are not those of blocks whose batch norms are folded */
	{ "opset=21;" SIZES INVERTED("x", "s", "w", "h") INVERTED("s", "z", "w", "h") "n=Conv z v | pads:1,1,1,1;gs=r 8;gb=r 8;"
	  "y=GroupNormalization n gs gb | num_groups=4;out=y", "nn.stage { nn.inverted_residual, blocks = 2, width = 8 }, t[0])" },
	/* its first convolution is an output: the rest is a block without one */
	{ SIZES INVERTED("x", "s", "w", "h") INVERTED("s", "y", "w", "h") "out=as y", "blocks = 1, width = 8, expansion = 1 }, t[2])" },
	/* another limit; one block alone */
	{ SIZES INVERTED("x", "s", "w", "h") INVERTED("s", "y", "w", "k") "out=y",
	  "blocks = 1, width = 8, act = { nn.clip, lo = 0, hi = 5 } }, t[6])" },
	{ SIZES INVERTED("x", "y", "w", "h") "out=y", NULL },
};
enum { NBlocks = sizeof blocks/sizeof *blocks };

static void
block(void *user)
{
	static const OnnxOptions none;
	Graph *g = onnx_import(in_dir("g.onnx"), &none);
	const char *want = blocks[*(int *)user].want, *text;

	g->name = "g";
	text = stages_text(g);
	ck_assert_msg(want ? text && strstr(text, want) : !text, "%s", text ? text : "no stages");
}

START_TEST(blocks_found)
{
	const char *message;

	put_model("g.onnx", &built(blocks[_i].graph)->m);
	message = attempt(block, &_i);
	ck_assert_msg(!message, "%s", message);
}
END_TEST

/* what a word of a stem or stage says is said of all layers that it could be of */
START_TEST(words_reach_every_layer)
{
	static const char *const stems[] = { "imagenet { 8, act = \"silu\" }", "cifar { 8, act = nn.silu }", "deep { 4, 4, 8, act = \"silu\" }" };

	for (size_t i = 0; i < sizeof stems/sizeof *stems; i++) {
		Graph *g = graph_of(model_file(arena_text("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 32, 32 }, "
			"act = \"silu\", stem = nn.stem.%s, stages = { nn.stage { nn.basic, blocks = 2, width = 8, dilation = 2 } } }\n", stems[i])));
		int dilated = 0;
		for (int k = 0; k < g->count; k++) {
			const Node *n = g->nodes[k];
			ck_assert_msg(n->op != O_relu, "%s", n->name);
			if (n->op != O_conv2d || strncmp(n->name, "layer1", 6))
				continue;
			ck_assert_msg(n->a.dilation.h == 2 && n->a.padding.t == 2, "%s", n->name);
			dilated++;
		}
		ck_assert_int_eq(dilated, 4);
	}
}
END_TEST

/* a list of dilations is of each block, the last one of all that follow (torchvision's replace_stride_with_dilation) */
START_TEST(each_block_its_dilation)
{
	static const int want[] = { 1, 2, 4, 4 };
	Graph *g = graph_of(model_file("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 32, 32 }, stem = nn.stem.cifar { 8 }, "
		"stages = { nn.stage { nn.bottleneck, blocks = 4, width = 8, dilation = { 1, 2, 4 } } } }\n"));
	int found = 0;

	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		if (n->op != O_conv2d || n->a.kernel.h != 3 || strncmp(n->name, "layer1", 6))
			continue;
		ck_assert_int_eq(n->a.dilation.h, want[found]);
		ck_assert_int_eq(n->a.dilation.w, want[found]);
		ck_assert_int_eq(n->a.padding.l, want[found++]);
	}
	ck_assert_int_eq(found, 4);
}
END_TEST

/* norms of groups are called as the batch norms that they stand for */
START_TEST(group_norms_keep_their_names)
{
	static const char *const want[] = { "bn1", "layer1.0.bn1", "layer1.0.bn2", "layer1.0.bn3", "layer1.0.downsample.1" };
	Graph *g = graph_of(model_file("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 32, 32 }, stem = nn.stem.cifar { 8 }, "
		"bn = { groups = 4 }, stages = { nn.stage { nn.bottleneck, width = 8 } } }\n"));
	bool seen[5] = { false };

	for (int i = 0; i < g->count; i++)
		for (int k = 0; k < 5; k++)
			seen[k] = seen[k] || (g->nodes[i]->op == O_group_norm && !strcmp(g->nodes[i]->name, want[k]));
	for (int k = 0; k < 5; k++)
		ck_assert_msg(seen[k], "%s", want[k]);
}
END_TEST

/* norms without weight and bias are so in every block, as batch norms and as group norms */
START_TEST(no_norm_is_affine)
{
	static const char *const norms[] = { "affine = false", "affine = false, groups = 4" };

	for (int k = 0; k < 2; k++) {
		Graph *g = graph_of(model_file(arena_text("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 32, 32 }, "
			"stem = nn.stem.deep { 4, 4, 8 }, bn = { %s }, stages = { nn.stage { nn.basic, width = 16 }, nn.stage { nn.preact, width = 16 } } }\n",
			norms[k])));
		int count = 0;
		for (int i = 0; i < g->count; i++)
			if (g->nodes[i]->op == O_bn || g->nodes[i]->op == O_group_norm) {
				ck_assert_msg(!g->nodes[i]->a.affine, "%s", g->nodes[i]->name);
				count++;
			}
		ck_assert_int_eq(count, 8);
	}
}
END_TEST

/* --- every block --- */

#define FOLDED "bn = \"folded\","
#define GROUPS "bn = { groups = 4 },"
static const struct { const char *norms, *stage; int channels; } own[] = {
	{ FOLDED, "nn.basic, blocks = 2, width = 32, stride = 2", 16 },
	{ "", "nn.basic, blocks = 2, width = 32, stride = 2", 16 },
	{ "bn = { eps = 0.001 },", "nn.basic, blocks = 2, width = 32, act = nn.silu", 16 },
	{ GROUPS, "nn.basic, blocks = 2, width = 32, stride = 2", 16 },
	{ "bn = { group_width = 4, eps = 0.001 },", "nn.bottleneck, blocks = 2, width = 16, stride = 2", 16 },
	{ "bn = { group_width = 4 },", "nn.preact_bottleneck, blocks = 2, width = 16, stride = 2", 16 },
	{ FOLDED, "nn.basic, blocks = 2, width = 32, gate = nn.eca", 16 },
	{ FOLDED, "nn.basic, blocks = 2, width = 32, gate = { nn.eca, kernel = 7 }", 16 },
	{ FOLDED, "nn.basic, blocks = 2, width = 64, se = 4", 16 },
	{ FOLDED, "nn.basic, blocks = 2, width = 64, gate = function(y) return nn.squeeze_excite(nn.relu(y), y.channels//16) end", 16 },
	{ FOLDED, "nn.basic, blocks = 2, width = 64, gate = { nn.squeeze_excite, channels = 7, act = nn.silu, "
	  "gate = { nn.hard_sigmoid, slope = 0.25 } }", 16 },
	{ FOLDED, "nn.basic, blocks = 2, width = 32, act = { nn.leaky_relu, slope = 0.1 }", 16 },
	{ FOLDED, "nn.basic, blocks = 2, width = 32, conv = { nn.sk, split = true, reduction = 2 }", 16 },
	{ FOLDED, "nn.bottleneck, blocks = 2, width = 16, stride = 2, variant = \"v1\"", 16 },
	{ FOLDED, "nn.bottleneck, blocks = 2, width = 16, stride = 2, shortcut = \"D\"", 16 },
	{ FOLDED, "nn.bottleneck, blocks = 2, width = 16, groups = 4, base_width = 32", 16 },
	{ FOLDED, "nn.bottleneck, blocks = 2, width = 96, groups = 12, channels = 96", 16 },
	{ FOLDED, "nn.bottleneck, blocks = 2, width = 32, inner = { nn.global_context, add = true }, act = nn.silu", 16 },
	{ FOLDED, "nn.bottleneck, blocks = 2, width = 32, inner = { nn.squeeze_excite, channels = 8 }", 16 },
	{ FOLDED, "nn.bottleneck, blocks = 2, width = 32, inner = nn.eca", 16 },
	{ FOLDED, "nn.bottleneck, blocks = 2, width = 32, groups = 2, conv = { nn.sk, branches = 3, reduction = 4 }", 16 },
	{ FOLDED, "nn.bottleneck, blocks = 2, width = 32, stride = 2, conv = { nn.split_attention, reduction = 1, pool = true }, "
	  "variant = \"D\"", 16 },
	{ FOLDED, "nn.bottleneck, blocks = 2, width = 32, stride = 2, groups = 2, conv = { nn.split_attention, radix = 4, reduction = 1, "
	  "pool = \"first\" }", 16 },
	{ FOLDED, "nn.bottleneck, blocks = 2, width = 16, stride = 2, dilation = 2", 16 },
	{ FOLDED, "nn.bottleneck, blocks = 3, width = 16, dilation = { 1, 2 }", 16 },
	{ "", "nn.basic, blocks = 4, width = 32, stride = 2, dilation = { 1, 2, 4 }", 16 },
	{ "bn = false,", "nn.preact_bottleneck, blocks = 2, width = 16, dilation = 3", 16 },
	{ FOLDED, "nn.bottleneck, blocks = 2, width = 32, inner = nn.eca, dilation = 2", 16 },
	{ FOLDED, "nn.bottleneck, blocks = 2, width = 32, conv = { nn.sk, reduction = 2 }, dilation = 2", 16 },
	{ FOLDED, "nn.res2, blocks = 2, width = 64, dilation = 2", 16 },
	{ "", "nn.convnext, blocks = 2, width = 32, dilation = 2", 32 },
	{ FOLDED, "nn.regnet, blocks = 2, width = 32, group_width = 8, se = 4, dilation = { 2, 1 }", 16 },
	{ FOLDED, "nn.darknet, blocks = 2, width = 32, dilation = 2", 16 },
	{ FOLDED, "nn.inverted_residual, blocks = 2, width = 16, kernel = 5, dilation = 2", 16 },
	{ FOLDED, "nn.preact, blocks = 2, width = 32, stride = 2", 16 },
	{ "bn = false,", "nn.preact_bottleneck, blocks = 2, width = 16, stride = 2, shortcut = \"D\"", 16 },
	{ "bn = false,", "nn.preact_bottleneck, blocks = 2, width = 16, groups = 2, gate = function(y) return "
	  "0.4*nn.squeeze_excite(y, { channels = 12 }) end, twice = true, act = nn.silu", 16 },
	{ "bn = false,", "nn.preact_bottleneck, blocks = 2, width = 16, gate = function(y) return 0.4*nn.eca(y) end", 16 },
	{ FOLDED, "nn.res2, blocks = 2, width = 64, stride = 2, variant = \"D\"", 16 },
	{ FOLDED, "nn.res2, blocks = 2, width = 64, scale = 2, base_width = 48", 16 },
	{ "", "nn.convnext, blocks = 2, width = 32, stride = 2", 16 },
	{ FOLDED, "nn.regnet, blocks = 2, width = 32, stride = 2, group_width = 8, se = 4", 16 },
	{ FOLDED, "nn.darknet, blocks = 2, width = 32, stride = 2", 16 },
	{ FOLDED, "nn.darknet, blocks = 2, width = 32, expansion = 1, groups = 4, act = nn.silu", 32 },
	{ "", "nn.darknet, blocks = 2, width = 32, inner = { nn.squeeze_excite, channels = 8, act = nn.leaky_relu }", 32 },
	{ FOLDED, "nn.iresnet, blocks = 2, width = 32, stride = 2", 16 },
	{ FOLDED, "nn.inverted_residual, blocks = 2, width = 16, kernel = 5, se = 4, act = nn.silu", 16 },
	{ GROUPS, "nn.inverted_residual, blocks = 2, width = 16, expansion = 4, group_width = 8", 16 },
};
enum { NOwn = sizeof own/sizeof *own };

static const char *
stage_model(int i)
{
	return arena_text("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { %d, 16, 16 }, %s\n"
	                  "body = function(x) return nn.scope(\"a\", nn.stage { %s }, x) end }\n", own[i].channels, own[i].norms, own[i].stage);
}

static void
comes_back(void *user)
{
	static const DslOptions once = { .batch = 1 };
	int i = *(int *)user;
	Graph *g = dsl_load(in_dir("m.lua"), &once);
	const char *text;

	g->prefix = "";
	text = stages_text(g);
	ck_assert_msg(text && strstr(text, arena_text("nn.stage { %s }, t[0])", own[i].stage)), "%s: %s", own[i].stage, text ? text : "no stages");
	ck_assert_msg(!*own[i].norms || strstr(text, arena_text("%.6s", own[i].norms + 5)), "%s: %s", own[i].norms, text);
}

START_TEST(every_block)
{
	const char *message, *model = stage_model(_i);

	put_file("m.lua", model, strlen(model));
	message = attempt(comes_back, &_i);
	ck_assert_msg(!message, "%s: %s", own[_i].stage, message);
}
END_TEST

SUITE(stages)
{
	TCase *t = part("stages");

	tcase_add_loop_test(t, blocks_found, 0, NBlocks);
	tcase_add_test(t, words_reach_every_layer);
	tcase_add_test(t, each_block_its_dilation);
	tcase_add_test(t, group_norms_keep_their_names);
	tcase_add_test(t, no_norm_is_affine);
	tcase_add_loop_test(t, every_block, 0, NOwn);
}
