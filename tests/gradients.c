/* gradients.c - gradients: the reference's against central differences, emitted nodes against the reference. */
#include "../compiler/gradients/train.h"
#include "tests.h"

static const char *const bodies[] = {
	"return nn.linear(nn.flatten(nn.relu(nn.bn(nn.conv(x, { 4, kernel = 3, stride = 2 })))), { 3 })",
	"return nn.classifier { 3 }(nn.basic(nn.conv(x, { 4, kernel = 3, bias = true, name = 'first' }), 8, { stride = 2, shortcut = 'A' }))",
	"return nn.classifier { 3 }(nn.bottleneck(nn.conv(x, { 4, kernel = 1, name = 'first' }), 4, { stride = 2, groups = 2, se = 2 }))",
	"return nn.classifier { 3 }(nn.preact(nn.conv(x, { 4, kernel = 1, name = 'first' }), 6, { stride = 2 }))",
	"local y = nn.relu6(nn.depthwise(nn.conv(x, { 4, kernel = 1 }), { kernel = 3, stride = 2 }))\n"
	"return nn.classifier { 3 }(nn.max_pool(nn.leaky_relu(y), { kernel = 3, stride = 2, padding = 1 }))",
	"local y = nn.conv(nn.conv(x, { 24, kernel = 1 }), { 24, kernel = { 3, 5 }, stride = { 1, 2 }, dilation = { 2, 1 }, groups = 6 })\n"
	"return nn.classifier { 3 }(nn.depthwise(y, { kernel = 7 }))",
	"local y = nn.conv(x, { 4, kernel = 3, dilation = 2, padding = 1 })\n"
	"return nn.classifier { 3 }(nn.avg_pool(nn.silu(y), { kernel = 3, stride = 2, padding = 1, ceil_mode = true }))",
	"local y = nn.sigmoid(nn.conv(x, { 4, kernel = 3 }))\n"
	"y = nn.concat(y, nn.slice(y, { channels = { 1, 3 } }))\n"
	"return nn.linear(nn.adaptive_avg_pool(nn.upsample(y, { scale = 2, mode = 'bilinear' }), { size = 1 }), { 3 })",
	"local y = nn.conv_transpose2d(nn.conv(x, { 4, kernel = 3, stride = 2 }), { 5, kernel = 3, stride = 2, padding = 1 })\n"
	"return nn.classifier { 3 }(nn.softplus(nn.elu(y), { beta = 2 }))",
	"local y = nn.conv(x, { 8, kernel = 3 })\n"
	"y = nn.pixel_shuffle(nn.channel_shuffle(2*y + 1, { groups = 2 }), { factor = 2 }) + 1\n"
	"return nn.classifier { 3 }(nn.conv(-0.5*nn.pixel_unshuffle(y, { factor = 2 }), { 4, kernel = 3 }))",
	"local y, z = nn.conv(x, { 4, kernel = 3 }), nn.conv(x, { 4, kernel = 1 })\n"
	"return nn.classifier { 3 }((y - z)/(nn.hard_sigmoid(z) + 1)*nn.hard_swish(y))",
	"local y = nn.tanh(nn.conv(x, { 4, kernel = 3 }))\n"
	"return nn.classifier { 3 }(nn.log(nn.exp(y) + 0.5) + nn.sqrt(y*y + 0.25) + nn.abs(nn.conv(y, { 4, kernel = 3 })))",
	"local y = nn.conv(x, { 4, kernel = 3 })\n"
	"return nn.linear(nn.concat(nn.flatten(nn.adaptive_max_pool(y, { size = { 3, 4 } })), nn.flatten(nn.adaptive_max_pool(y, { size = { 7, 5 } }))), { 3 })",
	"local y = nn.pad(nn.conv(x, { 4, kernel = 3 }), { padding = 1, mode = 'reflect' })\n"
	"return nn.classifier { 3, pool = 'concat' }(nn.permute(y, { order = 'cwh' }))",
	"return nn.classifier { 3 }(nn.conv(nn.conv(x, { 9, kernel = 3 }), { 18, kernel = 3, padding = 0 }))",
	"local y, z = nn.conv(x, { 4, kernel = 3 }), nn.conv(x, { 4, kernel = 1 })\n"
	"local g, p = nn.adaptive_avg_pool(z, { size = 1 }), nn.conv(x, { 1, kernel = 1 })\n"
	"return nn.classifier { 3 }(nn.maximum(y, z)*nn.minimum(y, g) + nn.maximum(p, z) + 0.3/(nn.sigmoid(z) + 1))",
	"local y = nn.layer_scale(nn.group_norm(nn.conv(x, { 10, kernel = 3 }), { groups = 5, name = 'gn' }), { name = 'scale' })\n"
	"y = nn.prelu(nn.instance_norm(y, { affine = true, name = 'in' }), { name = 'slopes' })\n"
	"y = nn.prelu(nn.layer_norm(y, { name = 'ln' }), { shared = true, name = 'slope' })\n"
	"y = nn.group_norm(nn.layer_norm(nn.conv(y, { 8, kernel = 1 }), { affine = false }), { groups = 1, affine = false })\n"
	"return nn.classifier { 3 }(nn.relu(y))",
	"local y = nn.gelu(nn.conv(x, { 4, kernel = 3 })) + nn.gelu_tanh(nn.conv(x, { 4, kernel = 1 }))\n"
	"y = nn.mish(y) + nn.clip(y, { lo = -0.4, hi = 0.7 }) + nn.leaky_relu(y, { slope = -0.3 }) + nn.leaky_relu(y, { slope = 0 })\n"
	"return nn.classifier { 3 }(nn.elu(y, { alpha = -0.7 }) + nn.erf(2*y) + nn.relu6(3*y) + nn.elu(y, { alpha = 1.5 }))",
	"local y = nn.conv(x, { 6, kernel = 3 })\n"
	"y = nn.softmax(y, { groups = 2 }) + nn.softmax(y, { axis = 'height' }) + nn.softmax(y, { axis = 'width' })\n"
	"return nn.classifier { 3 }(y*nn.softmax(nn.conv(y, { 6, kernel = 1 }), { axis = 'image' })*20)",
	"local y, sum = nn.conv(x, { 6, kernel = 3 })\n"
	"for _, r in ipairs { 'sum', 'mean', 'max', 'min', 'l2' } do\n"
	"	for _, a in ipairs { 'channels', 'image' } do\n"
	"		local z = nn.sigmoid(nn.reduce(y, { reduction = r, axis = a })*0.1)\n"
	"		sum = sum and sum + z*y or z*y\n"
	"	end\n"
	"	local w = nn.reduce(nn.reduce(y, { reduction = r, axis = 'width' }), { reduction = r, axis = 'height' })\n"
	"	local g = nn.reduce(y, { reduction = r, groups = 3 })\n"
	"	sum = sum + nn.sigmoid(0.1*w) + nn.sigmoid(0.2*nn.concat(g, nn.relu(g)))\n"
	"end\n"
	"return nn.classifier { 3 }(sum)",
	"local y, z = nn.conv(x, { 4, kernel = 3 }), nn.conv(x, { 6, kernel = 1 })\n"
	"local t = nn.matmul(z, y, { transpose_b = true, heads = 2 })\n"
	"local s = nn.matmul(y, nn.conv(x, { 4, kernel = 1 }), { transpose_a = true, heads = 2, scale = 0.3 })\n"
	"s = nn.matmul(y, nn.reshape(s, { shape = { 84, 7, 6 } }), { heads = 2, scale = 0.1 })\n"
	"z = nn.matmul(y, t, { transpose_a = true, transpose_b = true, heads = 2, scale = 0.2 })\n"
	"return nn.linear(nn.concat(nn.flatten(nn.avg_pool(s, { kernel = 3 })), nn.flatten(z)), { 3, name = 'fc' })",
	"local y = nn.self_attention(nn.l2_normalize(nn.conv(x, { 4, kernel = 3 })), { heads = 2 })\n"
	"return nn.classifier { 3 }(nn.response_norm(nn.upsample(y, { scale = 2, mode = 'bicubic' }) + nn.upsample(y, { scale = 2, mode = 'nearest' }), { name = 'grn' }))",
};
enum { NBodies = sizeof bodies/sizeof *bodies, Batch = 3 };

static const int labels[Batch] = { 2, 0, 1 };

static double
loss_of(const Graph *g, double *const *values)
{
	const Value *v = &g->train->loss->out[1];
	const double *losses = value_in(values, v);
	double sum = 0;

	for (int i = 0; i < Batch; i++)
		sum += losses[2*i]/Batch;
	return sum;
}

/* gradient_in - of parameter p, or NULL */
static const double *
gradient_in(const Graph *g, double *const *values, const Trained *p)
{
	size_t at = StateHeader + (g->train->floats + g->train->learned + p->at)*sizeof(float);

	for (int i = 0; i < g->count; i++)
		for (int k = 0; k < g->nodes[i]->nout; k++)
			if (g->nodes[i]->out[k].home == Home_state && g->nodes[i]->out[k].at == at)
				return value_in(values, &g->nodes[i]->out[k]);
	return NULL;
}

static Graph *
in_training(const char *body)
{
	Graph *g = graph_of(body_model(3, 7, 6, body));

	g->train = training_new();
	g->train->batch = Batch;
	g->train->smoothing = 0.1;
	g->train->labels = labels;
	training_graph(g);
	derive_weights(g);
	return g;
}

START_TEST(gradients_are_differences)
{
	Graph *g = in_training(bodies[_i]);
	double *input = doubles(numbers(Batch*3*7*6, 5), Batch*3*7*6), **at = interp(g, input);
	const double h = 1e-5;
	uint64_t seed = 1;

	for (int i = 0; i < g->train->nparams; i++) {
		const Trained *p = &g->train->params[i];
		const double *gradient = gradient_in(g, at, p);
		double *v = p->node->p[p->id].data, *direction = malloc(p->count*sizeof *direction), want = 0, size = 0, loss[2];
		if (p->running)
			continue;
		ck_assert_msg(gradient != NULL, "%s", p->name);
		for (size_t k = 0; k < p->count; k++) {
			direction[k] = 2*rnd_share(&seed) - 1;
			want += direction[k]*gradient[k];
			size += fabs(gradient[k]);
		}
		for (int up = 0; up < 2; up++) {
			double **values;
			for (size_t k = 0; k < p->count; k++)
				v[k] += (up ? 2 : -1)*h*direction[k];
			values = interp(g, input);
			loss[up] = loss_of(g, values);
			interp_free(g, values);
		}
		for (size_t k = 0; k < p->count; k++)
			v[k] -= h*direction[k];
		ck_assert_msg(fabs((loss[1] - loss[0])/(2*h) - want) < 1e-6*(size + 1e-3), "%s of %s: %g by differences, %g", p->name, bodies[_i],
		              (loss[1] - loss[0])/(2*h), want);
		free(direction);
	}
	interp_free(g, at);
	free(input);
}
END_TEST

/* every op of the language is in a body above, or refused */
START_TEST(every_op_has_a_gradient)
{
	static const Op refused[] = { O_quantize, O_dequantize, O_top_k };
	bool seen[NOps] = { false };
	const char *missing = "";

	for (int i = 0; i < NBodies; i++) {
		Graph *g = graph_of(body_model(3, 7, 6, bodies[i]));
		for (int k = 0; k < g->count; k++)
			seen[g->nodes[k]->op] = true;
	}
	for (size_t i = 0; i < sizeof refused/sizeof *refused; i++) {
		ck_assert(!seen[refused[i]]);
		seen[refused[i]] = true;
	}
	for (int op = 0; op < NLanguageOps; op++)
		missing = seen[op] ? missing : arena_text("%s %s", missing, op_rows[op].name);
	ck_assert_str_eq(missing, "");
}
END_TEST

/* all bodies in one network: each a head, their results added up */
static const char *
whole_model(const char *train)
{
	const char *text = "local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 7, 6 }, ";

	text = arena_text("%s%s body = function(x)\nlocal sum\n", text, train);
	for (int i = 0; i < NBodies; i++)
		text = arena_text("%sdo local y = nn.scope(\"part%d\", function(x)\n%s\nend, x)\nsum = sum and sum + y or y end\n", text, i, bodies[i]);
	return model_file(arena_text("%sreturn sum\nend }\n", text));
}

/*
** One target optimized, the others not, in a twentieth of the time: what optimization makes of training code, `train` meets too.
** Optimized without strips of images, which are the same functions compiled once more.
*/
START_TEST(emitted_nodes_are_the_reference)
{
	static const char *const targets[] = { "native", "scalar", "avx2" };
	bool whole = getenv("CHECK_LONG") || _i;
	Ran r;

	if (!getenv("CHECK_LONG"))
		setenv("CC", quick_compiler(":", _i ? "" : "-O1"), 1);
	r = resnetc("verify --train %s --target %s --batch 5 -q %s", whole_model(""), nearest_target(targets[_i]), whole ? "" : "--no-strips");

	ck_assert_msg(r.status == 0 && strstr(r.out, whole ? "\nin strips of images: the same bits\nverified\n" : "\nverified\n"), "%s%s", r.out, r.err);
}
END_TEST

/* so many channels of so few pixels that the sums of all products outgrow any cache: those of all tiles come first */
START_TEST(wide_gradients_are_made_block_by_block)
{
	const char *target = nearest_target(_i ? "avx2" : "native"), *model;
	Ran r;

	if (_i && !strcmp(target, nearest_target("native")))
		return;
	model = model_file("local nn = require 'resnet'\nreturn nn.model { name = 'm', input = nn.image { 40, 7, 6 }, body = function(x)\n"
		"	x = nn.conv(nn.relu(nn.conv(x, { 190, kernel = 3 })), { 203, kernel = 3 })\n"
		"	return nn.classifier { 3 }(x)\nend }\n");
	r = resnetc("compile %s -w random --train --batch 3 --target %s -o %s -q", model, target, in_dir("wide"));
	ck_assert_msg(r.status == 0, "%s", r.err);
	ck_assert(strstr(file_map(in_dir("wide/m_train.c"), &(size_t){ 0 }), "products of V and D over all tiles, some blocks of M at a time"));
	setenv("CC", quick_compiler(":", _i ? "" : "-O1"), 1);
	r = resnetc("verify --train %s --target %s --batch 3 --threads 3 -q", model, target);
	ck_assert_msg(r.status == 0, "%s%s", r.out, r.err);
}
END_TEST

/* where a block's rows outgrow the first cache, its vectors take turns; other rows than divide by four, windows that overlap */
START_TEST(large_maps_go_by_some_rows_at_once)
{
	const char *model = model_file("local nn = require 'resnet'\nreturn nn.model { name = 'm', input = nn.image { 3, 42, 40 }, body = function(x)\n"
		"	x = nn.relu(nn.bn(nn.conv(x, { 20, kernel = 3, padding = 1 })))\n"
		"	x = nn.relu(nn.bn(nn.conv(x, { 20, kernel = 3, padding = 1 })) + x)\n"
		"	x = nn.max_pool(nn.silu(x), { kernel = 3, stride = 2, padding = 1 })\n"
		"	return nn.classifier { 3 }(x)\nend }\n");
	const char *target = nearest_target("avx2");
	Ran r = resnetc("compile %s -w random --train --batch 3 --target %s -o %s -q", model, target, in_dir("rows"));

	ck_assert_msg(r.status == 0, "%s", r.err);
	if (!strcmp(target, "avx2"))
		ck_assert(strstr(file_map(in_dir("rows/m_train.c"), &(size_t){ 0 }), "for (int r = 0; r < 42; r += 3)"));
	setenv("CC", quick_compiler(":", "-O1"), 1);
	r = resnetc("verify --train %s --target %s --batch 3 --threads 3 -q", model, target);
	ck_assert_msg(r.status == 0, "%s%s", r.out, r.err);
}
END_TEST

/* 4096 numbers are added up in blocks: rounding is that of some dozens */
START_TEST(long_sums_are_of_blocks)
{
	Ran r = resnetc("verify %s -w random -q --target %s", model_file("local nn = require 'resnet'\nreturn nn.model { name = 'm', "
		"input = nn.image { 4096, 1, 1 }, body = function(x) return nn.linear(nn.flatten(x), { 100 }) end }\n"), nearest_target("avx2"));
	double error = 1;

	ck_assert_msg(r.status == 0 && sscanf(strstr(r.out, "reference: "), "reference: %lf", &error) == 1, "%s%s", r.out, r.err);
	ck_assert_msg(error < 6e-7, "%g", error);
}
END_TEST

/* the gradient of the last layer's results has zeros around it where that layer is a convolution with padding */
START_TEST(a_convolution_makes_the_classes)
{
	static const char *const targets[] = { "scalar", "avx2", "avx512" };
	const char *body = arena_text("local y = nn.conv(x, { 4, kernel = { 4, 3 }, stride = 2, padding = 1 })\n"
		"return nn.flatten(nn.conv(y, { %d, kernel = { 7, 3 }, padding = { 2, 1, 0, 1 } }))", _i%2 ? 20 : 2);
	const char *target = nearest_target(targets[_i/2]);
	Ran r;

	if (!target_runs_here(target_named(targets[_i/2])) && _i/2 > 1)
		return;                      /* the row before */
	compile_quickly();
	r = resnetc("verify --train %s -w random -q --target %s", body_model(1, 10, 1, body), target);
	ck_assert_msg(r.status == 0, "%s%s", r.out, r.err);
}
END_TEST

START_TEST(what_has_no_gradient_is_refused)
{
	const char *body = "\nlocal y = nn.flatten(nn.conv(x, { 4, kernel = 3 }))\nreturn nn.linear(nn.top_k(y, { 5 }), { 3 })\n";
	Ran r = resnetc("verify --train %s -q", body_model(3, 7, 6, body));

	ck_assert_int_eq(r.status, 1);
	ck_assert_msg(strstr(r.err, "top_k 'top_k1': train: want layers whose gradient resnetc knows, got top_k"), "%s", r.err);
	body = "\nreturn nn.linear(nn.flatten(nn.conv(x, { 4, kernel = 3, standardize = 1e-6 })), { 3 })\n";
	r = resnetc("verify --train %s -q", body_model(3, 7, 6, body));
	ck_assert_msg(r.status == 1 && strstr(r.err, "conv2d 'conv1': train: want weights that are learnt as they are, got standardize"), "%s", r.err);
}
END_TEST

SUITE(gradients)
{
	TCase *t = part("reference");

	tcase_add_loop_test(t, gradients_are_differences, 0, NBodies);
	tcase_add_test(t, every_op_has_a_gradient);
	t = part("emitted");
	tcase_add_loop_test(t, emitted_nodes_are_the_reference, 0, 3);
	tcase_add_loop_test(t, wide_gradients_are_made_block_by_block, 0, 2);
	tcase_add_test(t, large_maps_go_by_some_rows_at_once);
	tcase_add_test(t, long_sums_are_of_blocks);
	tcase_add_loop_test(t, a_convolution_makes_the_classes, 0, 6);
	tcase_add_test(t, what_has_no_gradient_is_refused);
}
