/* passes.c - fusion and folding traps: what must fuse does, what must not does not, numbers stay. */
#include "tests.h"

enum { FoldBn, Fuse, Dce, Choose, LayoutPass, Tile, Plan };

static const struct {
	const char *name;            /* a claim */
	const char *body;
	int nodes;                   /* after fold_bn, fuse and dce, input included; 0: not counted */
	int skips;                   /* layers with a fused skip */
} traps[] = {
	{ "conv_bn_relu_is_one_node", "return nn.relu(nn.bn(nn.conv(x, { 8, kernel = 3 })))", 2, 0 },
	{ "conv_with_two_readers_keeps_its_bn_apart",
	  "local c = nn.conv(x, { 5, kernel = 3 }) local b = nn.bn(c) return nn.concat(c, b)", 4, 0 },
	{ "relu_between_conv_and_bn_stops_folding", "return nn.bn(nn.relu(nn.conv(x, { 8, kernel = 3 })))", 3, 0 },
	{ "bn_before_conv_is_not_folded", "return nn.conv(nn.relu(nn.bn(x)), { 8, kernel = 3 })", 3, 0 },
	{ "second_bn_stays", "return nn.bn(nn.bn(nn.conv(x, { 8, kernel = 3 })), { name = \"again\" })", 3, 0 },
	{ "skip_on_the_right_fuses", "return nn.relu(nn.conv(x, { 5, kernel = 3 }) + x)", 2, 1 },
	{ "skip_on_the_left_fuses", "return nn.relu(x + nn.conv(x, { 5, kernel = 3 }))", 2, 1 },
	{ "add_of_two_convs_fuses_once", "return nn.conv(x, { 6, kernel = 3 }) + nn.conv(x, { 6, kernel = 1 })", 3, 1 },
	{ "conv_added_to_itself_is_not_fused", "local c = nn.conv(x, { 6, kernel = 3 }) return c + c", 3, 0 },
	{ "conv_read_after_the_add_is_not_fused", "local c = nn.conv(x, { 5, kernel = 3 }) return nn.concat(c + x, c)", 4, 0 },
	{ "relu_before_the_add_stops_fusion", "return nn.relu(nn.conv(x, { 5, kernel = 3 })) + x", 3, 0 },
	{ "skip_with_a_second_reader_is_not_overwritten",
	  "local a = nn.conv(x, { 5, kernel = 3 }) local b = nn.conv(a, { 5, kernel = 3 }) + a return nn.concat(b, a)", 0, 1 },
	{ "skip_made_after_the_conv_is_ready", "local c = nn.conv(x, { 7, kernel = 3 }) local z = nn.max_pool(nn.conv(x, { 7, kernel = 1 }), "
	  "{ kernel = 3, stride = 1, padding = 1 }) return nn.relu(c + z)", 4, 1 },
	{ "relu_with_two_reads_of_its_input", "local c = nn.conv(x, { 5, kernel = 3 }) return nn.concat(nn.relu(c), c)", 4, 0 },
	{ "relu_of_relu_is_dropped", "return nn.relu(nn.relu(x))", 2, 0 },
	{ "identity_nodes_are_dropped", "return nn.slice(nn.pad(nn.concat(x), {}), {})", 1, 0 },
	{ "reshapes_and_shuffles_that_move_nothing_are_dropped", "return nn.channel_shuffle(nn.permute(nn.reshape(x, { shape = { 5, -1, 6 } }), {}), "
	  "{ groups = 5 })", 1, 0 },
	{ "transposed_conv_bn_relu_is_one_node", "return nn.relu(nn.bn(nn.conv_transpose2d(x, { 8, kernel = 2, stride = 2 })))", 2, 0 },
	{ "matmul_relu_is_one_node", "return nn.relu(nn.matmul(x, x, { transpose_b = true }))", 2, 0 },
	{ "unread_nodes_are_dropped", "local d = nn.conv(x, { 3, kernel = 3 }) return nn.relu(x)", 2, 0 },
	{ "flatten_of_one_pixel_is_dropped", "return nn.linear(nn.flatten(nn.global_avg_pool(x)), { 4 })", 3, 0 },
	{ "linear_bn_relu_is_one_node", "return nn.relu(nn.bn(nn.linear(nn.flatten(x), { 9 })))", 3, 0 },
	{ "bn_with_relu_is_one_node", "return nn.relu(nn.bn(x))", 2, 0 },
	{ "skip_of_the_input_itself", "return nn.relu(nn.bn(nn.conv(x, { 5, kernel = 1 })) + x) + x", 3, 1 },
	{ "bn_after_a_fused_add_stays", "return nn.bn(nn.conv(x, { 5, kernel = 3 }) + x)", 3, 1 },
};
enum { NTraps = sizeof traps/sizeof *traps };

START_TEST(trap)
{
	const char *file = body_model(5, 7, 6, traps[_i].body);
	Graph *g = graph_of(file);
	PassOptions po = { .stop_after = "dce", .out = stdout };
	int skips = 0;

	run_passes(g, &po);
	for (int i = 0; i < g->count; i++)
		skips += g->nodes[i]->op == O_conv2d && g->nodes[i]->nin == 2;
	if (traps[_i].nodes)
		ck_assert_msg(g->count == traps[_i].nodes, "%s: want %d nodes, got %d", traps[_i].name, traps[_i].nodes, g->count);
	ck_assert_msg(skips == traps[_i].skips, "%s: want %d skips, got %d", traps[_i].name, traps[_i].skips, skips);
}
END_TEST

/* the interpreter gives the same numbers before and after, and so does emitted code */
START_TEST(trap_numbers)
{
	const char *file = body_model(5, 7, 6, traps[_i].body);
	double e = error_of(file, "native", 0, 1);

	ck_assert_msg(e < 1e-5, "%s: error %g", traps[_i].name, e);
}
END_TEST

static const char every_op[] =
	"local a = nn.relu(nn.bn(nn.conv(x, { 24, kernel = 3, bias = true })))\n"
	"local b = nn.bn(nn.conv(a, { 24, kernel = 3, groups = 4 }))\n"
	"local c = nn.relu(b + a)\n"
	"local d = nn.conv(c, { 24, kernel = 3, groups = 24 })\n"
	"local e = nn.concat(d, nn.max_pool(c, { kernel = 3, stride = 1, padding = 1 }))\n"
	"e = nn.pad(nn.subsample(e, 2), { channels = { 3, 5 } })\n"
	"e = nn.avg_pool(nn.relu(nn.bn(e)), { kernel = 2, stride = 2, ceil_mode = true })\n"
	"e = nn.bn(nn.linear(nn.flatten(nn.adaptive_avg_pool(e, { size = { 1, 2 } })), { 19 }))\n"
	"return nn.softmax(nn.linear(e, { 10, name = \"last\" }))";

START_TEST(each_pass_off_is_neutral)
{
	const char *file = body_model(3, 9, 11, every_op);
	double e = error_of(file, "native", 1u << _i, 1);

	ck_assert_msg(e < 1e-5, "--no-%s: error %g", passes[_i].name, e);
}
END_TEST

START_TEST(all_passes_off_are_neutral)
{
	ck_assert_double_lt(error_of(body_model(3, 9, 11, every_op), "native", ~0u, 1), 1e-5);
	ck_assert_double_lt(error_of(body_model(3, 9, 11, every_op), "scalar", ~0u, 1), 1e-5);
}
END_TEST

static char *
dump_text(const Graph *g)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	dump(f, g, NULL);
	fclose(f);
	return text;
}

START_TEST(a_dump_compiles_to_the_same_code)
{
	const char *file = body_model(3, 9, 11, every_op);
	Graph *g = graph_of(file);
	PassOptions po = { .stop_after = passes[_i].name, .out = stdout };
	const Model *m = compiled(graph_of(file), "native", 0), *again;

	g->target = target_named("native");
	run_passes(g, &po);
	char *text = dump_text(g);
	again = compiled(graph_of(model_file(text)), "native", 0);
	ck_assert_msg(m->plan_hash == again->plan_hash, "after %s:\n%s", passes[_i].name, text);
	free(text);
}
END_TEST

START_TEST(interpreter_agrees_with_itself_after_fusion)
{
	const char *file = body_model(3, 9, 11, every_op);
	Graph *a = graph_of(file), *b = graph_of(file);
	PassOptions po = { .stop_after = "dce", .out = stdout };
	float *in = numbers(3*9*11, 5);
	double *x = doubles(in, 3*9*11), **va = interp(a, x), **vb;

	run_passes(b, &po);
	vb = interp(b, x);
	for (int i = 0; i < 10; i++)
		ck_assert_double_eq_tol(va[a->outputs[0]->node->id][i], vb[b->outputs[0]->node->id][i], 1e-12);
	free(in);
	free(x);
	interp_free(a, va);
	interp_free(b, vb);
}
END_TEST

SUITE(passes)
{
	TCase *t = part("passes");

	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_loop_test(t, trap, 0, NTraps);
	tcase_add_loop_test(t, trap_numbers, 0, NTraps);
	tcase_add_loop_test(t, each_pass_off_is_neutral, 0, npasses);
	tcase_add_test(t, all_passes_off_are_neutral);
	tcase_add_loop_test(t, a_dump_compiles_to_the_same_code, 0, npasses);
	tcase_add_test(t, interpreter_agrees_with_itself_after_fusion);
}
