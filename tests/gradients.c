/*
** gradients.c - networks in training: the reference's gradients against central differences, emitted nodes against the reference,
** resnetc train: that it learns, the same bits after a stop and on any number of threads, and what it refuses.
*/
#include "../compiler/gradients/train.h"
#include "../compiler/image/image.h"
#include "../compiler/weights/weights.h"
#include "../compiler/weights/tensor.h"
#include "tests.h"
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

/* --- gradients of the reference against differences of its loss --- */

static const char *const bodies[] = {
	"return nn.linear(nn.flatten(nn.relu(nn.bn(nn.conv(x, { 4, kernel = 3, stride = 2 })))), { 3 })",
	"return nn.classifier { 3 }(nn.basic(nn.conv(x, { 4, kernel = 3, bias = true, name = 'first' }), 8, { stride = 2, shortcut = 'A' }))",
	"return nn.classifier { 3 }(nn.bottleneck(nn.conv(x, { 4, kernel = 1, name = 'first' }), 4, { stride = 2, groups = 2, se = 2 }))",
	"return nn.classifier { 3 }(nn.preact(nn.conv(x, { 4, kernel = 1, name = 'first' }), 6, { stride = 2 }))",
	"local y = nn.relu6(nn.depthwise(nn.conv(x, { 4, kernel = 1 }), { kernel = 3, stride = 2 }))\n"
	"return nn.classifier { 3 }(nn.max_pool(nn.leaky_relu(y), { kernel = 3, stride = 2, padding = 1 }))",
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
	"return nn.classifier { 3 }(nn.elu(y, { alpha = -0.7 }) + nn.relu6(3*y) + nn.elu(y, { alpha = 1.5 }))",
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

/* --- emitted nodes against the reference --- */

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

/* one target optimized, the others not, in a twentieth of the time: what optimization makes of training code, `train` below meets too */
START_TEST(emitted_nodes_are_the_reference)
{
	static const char *const targets[] = { "native", "scalar", "avx2" };
	Ran r;

	if (!getenv("CHECK_LONG"))
		setenv("CC", quick_compiler(":", _i ? "" : "-O1"), 1);
	r = resnetc("verify --train %s --target %s --batch 5 -q", whole_model(""), nearest_target(targets[_i]));

	ck_assert_msg(r.status == 0 && strstr(r.out, "\nin strips of images: the same bits\nverified\n"), "%s%s", r.out, r.err);
}
END_TEST

/* --- resnetc train --- */

static const char small[] = "local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 8, 8 },\n"
	"stem = function(x) return nn.conv(nn.stem.cifar { 8 }(x), { 8, kernel = 3, winograd = {4, 2}, on_the_fly = true }) end,\n"
	"stages = { nn.stage { nn.basic, width = 8 }, nn.stage { nn.basic, width = 16, stride = 2 } }, head = nn.classifier { 3 },\n"
	"train = nn.train { batch = 16, epochs = 3, schedule = nn.constant { 0.05 }, augment = { crop = 1, flip = true, cutout = 2 }%s } }\n";

START_TEST(strips_of_two_images_make_the_same_bits)
{
	Ran r = resnetc("verify --train %s --batch 34 --threads 3 -q", model_file(arena_text(small, "")));

	ck_assert_msg(r.status == 0 && strstr(r.out, "\nin strips of images: the same bits\nverified\n"), "%s%s", r.out, r.err);
}
END_TEST

/* put_data - count pictures whose label is their brightest channel */
static void
put_data(const char *images, const char *marks, int count, int highest)
{
	float *v = numbers((size_t)count*192, 9);
	int64_t dim[] = { count, 3, 8, 8 };
	char *file = calloc(1, 128 + (size_t)count*4);
	int32_t *y = (int32_t *)(void *)(file + 128);

	for (int i = 0; i < count; i++) {
		y[i] = i%3 == 2 ? highest : i%3;
		for (int k = 0; k < 64; k++)
			v[i*192 + i%3*64 + k] += 1;
	}
	npy_write(in_dir(images), v, 4, dim);
	memset(file, ' ', 128);
	memcpy(file, "\x93NUMPY\x01\x00\x76\x00", 10);
	file[10 + sprintf(file + 10, "{'descr': '<i4', 'fortran_order': False, 'shape': (%d,), }", count)] = ' ';
	file[127] = '\n';
	put_file(marks, file, 128 + (size_t)count*4);
	free(v);
	free(file);
}

static const char *
text_of(const char *name)
{
	size_t len;
	const char *text = file_map(in_dir(name), &len);

	return arena_text("%.*s", (int)len, text);
}

START_TEST(training_learns_and_goes_on)
{
	const char *model = model_file(arena_text(small, "")), *dir = in_dir("");
	size_t len[3];
	const void *weights[3];
	int epoch;
	double rate, loss, error, test_loss, test_error;
	Ran r;

	put_data("x.npy", "y.npy", 160, 2);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy,%s/x.npy,%s/y.npy -o %s/a.safetensors --log %s/a.csv --plot %s/a.html -q", model, dir, dir,
	            dir, dir, dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	ck_assert_int_eq(sscanf(strstr(text_of("a.csv"), "\n3,"), "%d,%lf,%lf,%lf,%lf,%lf", &epoch, &rate, &loss, &error, &test_loss, &test_error), 6);
	ck_assert_msg(loss < 0.5 && test_error < 0.1 && fabs(rate - 0.05) < 1e-9, "%s", text_of("a.csv"));
	ck_assert(!strncmp(text_of("a.html"), "<!DOCTYPE html>", 15) && !strstr(text_of("a.html"), "refresh"));
	ck_assert(strstr(text_of("a.html"), arena_text("train 3: %.6g</title>", loss)) && strstr(text_of("a.html"), arena_text("test 3: %.6g</title>", test_error)));
	ck_assert(!strstr(text_of("a.html"), "src=") && !strstr(text_of("a.html"), "href="));
	/* stopped after one step, on other threads; then to the end */
	r = resnetc("train %s --data %s/x.npy,%s/y.npy -o %s/b.safetensors --limit 0.000001 --threads 3", model, dir, dir, dir);
	ck_assert_msg(r.status == 0 && strstr(r.err, "stopped after 1 of 30 steps"), "%s", r.err);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --resume %s/b.checkpoint -o %s/c.safetensors --threads 2 --log %s/c.csv -q", model, dir, dir,
	            dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	for (int i = 0; i < 3; i++)
		weights[i] = file_map(in_dir(i == 0 ? "a.safetensors" : i == 1 ? "b.safetensors" : "c.safetensors"), &len[i]);
	ck_assert(len[0] == len[1] && memcmp(weights[0], weights[1], len[0]));
	ck_assert(len[0] == len[2] && !memcmp(weights[0], weights[2], len[0]));
	ck_assert(!strncmp(strstr(text_of("a.csv"), "\n1,"), strstr(text_of("c.csv"), "\n1,"), strlen("\n1,0.05,0.123456,0.123456,")));
	/* what it wrote is a weight file of the model */
	r = resnetc("verify %s -w %s/a.safetensors -q", model, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
}
END_TEST

/* --seed takes nn.train's place; fresh parts come from it and not from the weights, whatever their shape there */
START_TEST(starting_with_another_head)
{
	const char *dir = in_dir(""), *old = model_file(arena_text(small, "")), *other, *anew;
	int same = 0;
	Weights *one, *two;
	Ran r;

	put_data("x.npy", "y.npy", 48, 2);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy -o %s/a.safetensors --limit 0.000001 --seed 8", old, dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	other = arena_text(small, ", freeze = { 'stem', 'layer1', 'layer2' }, fresh = { 'fc' }");
	other = arena_text("%.*sclassifier { 4 }%s", (int)(strstr(other, "classifier") - other), other, strstr(other, "classifier") + 16);
	anew = model_file(other);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy -w %s/a.safetensors -o %s/b.safetensors --limit 0.000001 --seed 0", anew, dir, dir, dir, dir);
	ck_assert_msg(r.status == 0 && strstr(r.err, "made up anew, not of ") && strstr(r.err, "a.safetensors: fc.weight, fc.bias\n"), "%s", r.err);
	/* all but the head is what it was */
	one = weights_open(in_dir("a.safetensors"));
	two = weights_open(in_dir("b.safetensors"));
	ck_assert_int_eq(one->count, two->count);
	for (int i = 0; i < one->count; i++)
		for (int k = 0; k < two->count; k++) {
			Tensor *a = &one->tensors[i], *b = &two->tensors[k];
			if (strcmp(a->name, b->name) || !strncmp(a->name, "fc.", 3))
				continue;
			tensor_load(a);
			tensor_load(b);
			for (size_t v = 0; v < tensor_count(a); v++)
				ck_assert_msg(fabs(tensor_get(a, v) - tensor_get(b, v)) <= 0, "%s", a->name);
			same++;
		}
	ck_assert_int_eq(same, one->count - 2);
	other = arena_text("%.*s%s", (int)(strstr(other, ", fresh") - other), other, strstr(other, ", fresh") + strlen(", fresh = { 'fc' }"));
	r = resnetc("train %s --data %s/x.npy,%s/y.npy -w %s/a.safetensors", model_file(other), dir, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "want tensor 'fc.weight' of shape 4x16, got 3x16 (nn.train { fresh = { 'fc' } } makes it up anew)"),
	              "%s", r.err);
}
END_TEST

/* --- emitted code by itself --- */

static const char program[] =
	"#include \"m_train.h\"\n#include \"m.h\"\n#include <math.h>\n#include <stdio.h>\n#include <string.h>\n"
	"static _Alignas(64) char state[M_TRAIN_STATE_BYTES], work[M_TRAIN_WORKSPACE_BYTES], params[M_TRAIN_PARAMS_BYTES];\n"
	"static _Alignas(64) char want[M_WEIGHTS_BYTES], got[M_WEIGHTS_BYTES], run[M_WORKSPACE_BYTES];\n"
	"static float x[21*192];\nstatic int32_t y[21];\n"
	"static void take(const char *name, char *to, size_t len) { FILE *f = fopen(name, \"rb\"); if (!f || fread(to, 1, len, f) != len) printf(\"no %s\", name); }\n"
	"int main(void)\n{\nrc_train how = { sizeof how, 0.05f, 1, 7 };\nrc_loss loss;\ndouble sum = 0;\nsize_t same = M_WEIGHTS_BYTES;\n"
	"for (int i = 0; i < 21*192; i++) x[i] = (float)(i*37%101)/50 - 1;\n"
	"for (int i = 0; i < 21; i++) y[i] = i%3;\n"
	"take(\"m.params\", params, sizeof params);\ntake(\"m.weights\", want, sizeof want);\n"
	"printf(\"%d\", m_train_load(state, params, sizeof params));\n"
	"printf(\"%d\", m_train_export(state, got, sizeof got));\n"
	"printf(\"%d\", m_check(got, sizeof got));\n"
	"while (same > 128 && isinf(((float *)got)[same/4 - 1])) same -= 128;      /* what the self test expects */\n"
	"printf(\" %d\", same > 128 && !memcmp(got + 128, want + 128, same - 128));\n"
	"for (int i = 0; i < 5; i++) m_train_step(NULL, state, x, y, &how, work, sizeof work, &loss);\n"
	"printf(\" %d\", m_train_eval(NULL, state, x, y, 21, work, sizeof work, &loss));\n"
	"m_train_export(state, got, sizeof got);\n"
	"for (int i = 0; i < 21; i++) { float z[3]; double e = 0; m_run(got, x + i*192, z, run, sizeof run);\n"
	"for (int k = 0; k < 3; k++) e += exp(z[k] - z[y[i]]); sum += log(e)/21; }\n"
	"printf(\" %d\", fabs(sum - loss.loss) < 1e-5*(1 + sum));\n"
	"y[4] = 3;\nprintf(\" %d\", m_train_grad(NULL, state, x, y, &how, work, sizeof work, &loss) == RC_E_LABEL);\n"
	"printf(\"%d\", m_train_load(state, params, sizeof params - 4) == RC_E_WEIGHTS_SIZE);\n"
	"params[200] ^= 1;\nprintf(\"%d\", m_train_load(state, params, sizeof params) == RC_E_CHECKSUM);\n"
	"printf(\"%d\", m_train_step(NULL, state, x, y, &how, work, sizeof work - 64, &loss) == RC_E_WORKSPACE_SIZE);\n"
	"how.rate = -1;\nprintf(\"%d\", m_train_apply(NULL, state, &how) == RC_E_HOW);\n"
	"state[1] = 0;\nprintf(\"%d\\n\", m_train_check(state, sizeof state) == RC_E_MAGIC);\nreturn 0;\n}\n";

/* what is folded into weights, and what is packed by itself */
static const char various[] = "local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, body = function(x)\n"
	"	local y = nn.layer_scale(nn.bn(nn.conv(x, { 10, kernel = 3, bias = true })), { name = 'gamma' })\n"
	"	y = nn.prelu(nn.conv(2*y, { 10, kernel = 3, bias = true, winograd = { 4, 4 } })*0.5 + 1, { name = 'a' }) + nn.prelu(-nn.max_pool(y, { kernel = 3, stride = 1, padding = 1 }), { name = 'b', shared = true })\n"
	"	y = nn.group_norm(y, { groups = 2, name = 'gn' }) + nn.layer_scale(nn.layer_norm(nn.sigmoid(y), { name = 'ln' }), { name = 'c' })\n"
	"	y = nn.prelu(y + nn.prelu(nn.depthwise(y, { kernel = 3 }) + y, { name = 'd' }), { name = 'e' })\n"
	"	return nn.linear(nn.adaptive_avg_pool(nn.bn(nn.relu(y)), { size = 1 }), { 3 })/4\n"
	"end, train = nn.train { batch = 16, bn = { momentum = 0.9 } } }\n";

/* the blob of _export is that of resnetc compile, and gives the network that _eval evaluates; statuses; no warnings */
START_TEST(export_is_the_network_at_work)
{
	const char *target = _i%2 ? "scalar" : "native", *dir = in_dir(target);
	Ran r = resnetc("compile %s -w random:3 --train --target %s -o %s -q", model_file(_i < 2 ? arena_text(small, "") : various),
	                target, dir);
	FILE *f;
	char line[64] = "";

	ck_assert_msg(r.status == 0, "%s", r.err);
	put_file(arena_text("%s/app.c", target), program, sizeof program - 1);
	ck_assert_int_eq(system(arena_text("cd '%s' && cc %s -Wall -Wextra -Wpedantic -Werror -c m_train.c rc_train.c && "
	                                   "cc -O0 -w m.c rc.c m_train.o rc_train.o app.c -lm -o app", dir, _i%2 ? "-O0" : "-O1")), 0);
	f = popen(arena_text("cd '%s' && ./app", dir), "r");
	ck_assert_ptr_nonnull(fgets(line, sizeof line, f));
	pclose(f);
	ck_assert_str_eq(line, "000 1 0 1 111111\n");
}
END_TEST

/* a batch of three groups beside its groups one by one, whose sums are written out */
static const char groups[] =
	"#include \"m_train.h\"\n#include \"n_train.h\"\n#include <stdio.h>\n#include <string.h>\n"
	"enum { B = N_TRAIN_BATCH, G = 3, F = (M_TRAIN_PARAMS_BYTES - 128)/4, L = M_TRAIN_GRADIENT_FLOATS };\n"
	"static _Alignas(64) char whole[M_TRAIN_STATE_BYTES], one[N_TRAIN_STATE_BYTES], work[M_TRAIN_WORKSPACE_BYTES];\n"
	"static float x[G*B*192], sum[G][F], start[F];\nstatic int32_t y[G*B];\n"
	"/* is what is too small for a normal number 0 in a step, and the processor told afterwards what it was before */\n"
	"static int flushes(float *v, float *gradient, const rc_train *how)\n{\nint told = 1;\nv[0] = v[F] = 0;\ngradient[0] = 1e-40f;\n"
	"#if defined(__x86_64__)\nunsigned before = __builtin_ia32_stmxcsr() & ~0x3fu, after;\n#endif\n"
	"m_train_apply(NULL, whole, how);\n"
	"#if defined(__x86_64__)\nafter = __builtin_ia32_stmxcsr() & ~0x3fu;\ntold = before == after && !(v[F] > 0);\n#endif\n"
	"return told;\n}\n"
	"int main(void)\n{\nrc_train how = { sizeof how, 0.1f, RC_TRAIN_AUGMENT, 5 };\nrc_loss all, each;\ndouble loss = 0;\nint same;\n"
	"float *running = (float *)(void *)(one + 256) + L, *gradient;\n"
	"for (int i = 0; i < G*B*192; i++) x[i] = (float)(i*37%101)/50 - 1;\n"
	"for (int i = 0; i < G*B; i++) y[i] = i%3;\n"
	"printf(\"%d\", m_train_init(whole, 3) || n_train_init(one, 3) || M_TRAIN_BATCH != G*B);\n"
	"for (int step = 0; step < 3; step++) {\n"
	"printf(\"%d\", m_train_step(NULL, whole, x, y, &how, work, sizeof work, &all));\n"
	"gradient = n_train_gradient(one);\nmemcpy(start, running, (F - L)*4);\nloss = 0;\n"
	"for (int g = 0; g < G; g++) { rc_train part = rc_train_part(&how, g*B);\nmemcpy(running, start, (F - L)*4);\n"
	"n_train_grad(NULL, one, x + g*B*192, y + g*B, &part, work, sizeof work, &each);\nloss += each.loss;\n"
	"memcpy(sum[g], gradient, L*4);\nmemcpy(sum[g] + L, running, (F - L)*4); }\n"
	"for (int i = 0; i < F; i++) *(i < L ? gradient + i : running + i - L) = ((sum[0][i] + sum[1][i]) + sum[2][i])*(1.0f/3);\n"
	"n_train_apply(NULL, one, &how);\n}\n"
	"same = !memcmp(whole + 256, one + 256, sizeof one - 256);\n"
	"printf(\" %d\", flushes((float *)(void *)(whole + 256), m_train_gradient(whole), &how));\n"
	"printf(\" %d%d%d\\n\", sizeof whole == sizeof one, same, all.count == G*B && all.loss - loss/3 < 1e-12);\n"
	"return 0;\n}\n";

START_TEST(groups_are_parts_of_a_batch)
{
	const char *dir = in_dir("groups");
	Ran r = resnetc("compile %s -w random:3 --train -o %s -q", model_file(arena_text(small, ", bn = { groups = 3 }")), dir);
	FILE *f;
	char line[64] = "";

	ck_assert_msg(r.status == 1 && strstr(r.err, "train: want a batch of whole groups, bn = { groups = 3 }, got 16 pictures"), "%s", r.err);
	r = resnetc("compile %s -w random:3 --train --batch 6 -o %s -q", model_file(arena_text(small, ", bn = { groups = 3 }")), dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	r = resnetc("compile %s --name n -w random:3 --train --batch 2 -o %s -q", model_file(arena_text(small, "")), dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	put_file("groups/app.c", groups, sizeof groups - 1);
	ck_assert_int_eq(system(arena_text("cd '%s' && cc -O0 -w *_train.c m.c n.c rc.c app.c -lm -o app", dir)), 0);
	f = popen(arena_text("cd '%s' && ./app", dir), "r");
	ck_assert_ptr_nonnull(fgets(line, sizeof line, f));
	pclose(f);
	ck_assert_str_eq(line, "0000 1 111\n");
}
END_TEST

/* --- resnetc landscape --- */

/* put_linear - weights of a linear layer, all times scale; row 1 is 0 */
static void
put_linear(const char *name, float scale)
{
	float *v = numbers(3*192, 4), bias[3] = { 0.5f, 0, -0.5f };
	File files[2];

	for (int i = 0; i < 3*192; i++)
		v[i] *= i/192 == 1 ? 0 : 0.1f*scale;
	files[0] = npy_file("fc.weight.npy", v, 2, (int64_t[]){ 3, 192 });
	files[1] = npy_file("fc.bias.npy", bias, 1, (int64_t[]){ 3 });
	npz_write(in_dir(name), files, 2);
	free(v);
}

static const char linear[] = "local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, body = function(x)\n"
	"	return nn.linear(nn.flatten(x), { 3, name = \"fc\" })\nend, train = nn.train { batch = 16 } }\n";

/* points - rows of a landscape of n points */
static void
points(const char *name, int n, double (*to)[4])
{
	const char *at = text_of(name);

	ck_assert(!strncmp(at, "a,b,loss,error\n", 15));
	for (int i = 0; i < n; i++) {
		at = strchr(at, '\n') + 1;
		ck_assert_int_eq(sscanf(at, "%lf,%lf,%lf,%lf", &to[i][0], &to[i][1], &to[i][2], &to[i][3]), 4);
	}
	ck_assert(!strchr(at, '\n')[1]);
}

/* the mean cross entropy of what resnetc run gives, and the share that is wrong */
static void
by_run(const char *model, const char *weights, int count, double *loss, double *error)
{
	const char *dir = in_dir("");
	Ran r = resnetc("run %s -w %s -i %s/x.npy -o %s/out.npy -q", model, in_dir(weights), dir, dir);
	size_t len;
	const float *v;

	ck_assert_msg(r.status == 0, "%s", r.err);
	v = (const float *)(const void *)((const char *)file_map(in_dir("out.npy"), &len) + 128);
	ck_assert_uint_eq(len, 128 + (size_t)count*12);
	for (int i = 0; i < count; i++, v += 3) {
		int best = v[0] >= v[1] && v[0] >= v[2] ? 0 : v[1] >= v[2] ? 1 : 2;
		*loss += (log(exp((double)v[0]) + exp((double)v[1]) + exp((double)v[2])) - (double)v[i%3])/count;
		*error += (best != i%3)/(double)count;
	}
}

/* directions are as long as the weights: other lengths, with the input against them, are the same landscape; 0 stays 0 */
START_TEST(landscape_is_normalised_by_filters)
{
	const char *model = model_file(linear), *dir = in_dir("");
	double at[9][4], loss = 0, error = 0, differ = 0;
	Ran r;

	put_data("x.npy", "y.npy", 30, 2);
	put_linear("w.npz", 1);
	r = resnetc("landscape %s -w %s/w.npz --data %s/x.npy,%s/y.npy --grid 3 --range 0.5 -o %s/l.csv -q", model, dir, dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	points("l.csv", 9, at);
	for (int i = 0; i < 9; i++) {
		ck_assert_double_eq_tol(at[i][0], 0.5*(i%3 - 1), 1e-9);
		ck_assert_double_eq_tol(at[i][1], 0.5*(i/3 - 1), 1e-9);
		differ += fabs(at[i][2] - at[4][2]);
	}
	ck_assert_double_gt(differ, 0.1);
	by_run(model, "w.npz", 30, &loss, &error);
	ck_assert_msg(fabs(at[4][2] - loss) < 1e-5*loss && fabs(at[4][3] - error) < 1e-6, "%g %g, by run %g %g", at[4][2], at[4][3], loss, error);
	/* weights times 4, pictures a quarter */
	size_t len;
	char *x = malloc(128 + 30*768);
	memcpy(x, file_map(in_dir("x.npy"), &len), 128 + 30*768);
	for (int i = 0; i < 30*192; i++)
		((float *)(void *)(x + 128))[i] *= 0.25f;
	put_file("quarter.npy", x, len);
	free(x);
	put_linear("w4.npz", 4);
	r = resnetc("landscape %s -w %s/w4.npz --data %s/quarter.npy,%s/y.npy --grid 3 --range 0.5 --threads 2 -o %s/l4.csv -q", model, dir, dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	ck_assert_str_eq(text_of("l.csv"), text_of("l4.csv"));
}
END_TEST

START_TEST(landscape_goes_on_and_is_drawn)
{
	const char *model = model_file(arena_text(small, "")), *dir = in_dir(""), *whole, *half;
	const char *command = arena_text("landscape %s -w random:2 --data %s/x.npy,%s/y.npy --grid 5 --images 16", model, dir, dir);
	Ran r;

	put_data("x.npy", "y.npy", 30, 2);
	r = resnetc("%s -o %s/w.svg -q", command, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	whole = text_of("w.csv");
	ck_assert(!strncmp(text_of("w.svg"), "<svg", 4) && !system(arena_text("python3 -c 'import sys, xml.dom.minidom as x; x.parse(sys.argv[1])' %s/w.svg", dir)));
	half = arena_text("%.*s", (int)(strchr(strstr(whole, "\n0,0,") + 1, '\n') + 1 - whole), whole);
	put_file("h.csv", half, strlen(half));
	r = resnetc("%s -o %s/h.html -q", command, dir);
	ck_assert_msg(r.status == 0 && !strcmp(text_of("h.csv"), whole) && strstr(text_of("h.html"), "prefers-color-scheme: dark"), "%s", r.err);
	/* as other code or another machine would have it; and as it would not */
	for (int far = 0; far < 2; far++) {
		const char *center = strstr(half, "\n0,0,") + 5;
		char *end;
		double v = strtod(center, &end);
		const char *moved = arena_text("%.*s%.9g%s", (int)(center - half), half, v*(far ? 1.01 : 1.00001), end);
		put_file("h.csv", moved, strlen(moved));
		r = resnetc("%s -o %s/h.csv", command, dir);
		ck_assert_int_eq(r.status, far);
	}
	put_file("h.csv", half, strlen(half));
	r = resnetc("%s --seed 5 -o %s/h.csv", command, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "h.csv:14: want '0,0,") && strstr(r.err, "other weights, pictures or another seed"), "%s", r.err);
	r = resnetc("%s --range 2 -o %s/h.csv", command, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "h.csv:2: want the point -2,-2, got '-1,-1,"), "%s", r.err);
	put_file("h.csv", "a,b\n", 4);
	r = resnetc("%s -o %s/h.csv", command, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "h.csv:1: want points of a landscape") && !strcmp(text_of("h.csv"), "a,b\n"), "%s", r.err);
	r = resnetc("%s -o %s/h.png", command, dir);
	ck_assert_msg(r.status == 2 && strstr(r.err, "landscape: want -o FILE.csv, FILE.svg or FILE.html, got '"), "%s", r.err);
	r = resnetc("%s --range none -o %s/h.csv", command, dir);
	ck_assert_msg(r.status == 2 && strstr(r.err, "--range: want a number above 0 and up to 1000, got 'none'"), "%s", r.err);
}
END_TEST

/* --- what is refused --- */

static const struct { const char *options, *want; } refused[] = {
	{ ", freeze = { 'layer7' }", "train: freeze: want a part of the model, got 'layer7'" },
	{ ", optimizer = 3", "train: want optimizer as nn.sgd { ... }, got 3" },
	{ ", optimizer = nn.sgd { momentum = 2 }", "sgd: want momentum as a number from 0 to 0.9999, got 2" },
	{ ", loss = nn.cross_entropy { label_smoothing = true }", "cross_entropy: want label_smoothing as a number from 0 to 0.999, got a boolean" },
	{ ", epoch = 3", "train: want one of its options, got 'epoch'; did you mean 'epochs'?" },
	{ ", freeze = { 'stem', 'layer1', 'layer2', 'fc' }", "train: want parameters that learn, got none" },
};

START_TEST(bad_models_are_refused)
{
	const char *model = model_file(arena_text(small, refused[_i].options));
	Ran r = resnetc("train %s --data %s/no.npy,%s/no.npy", model, in_dir(""), in_dir(""));

	ck_assert_int_eq(r.status, 1);
	ck_assert_msg(strstr(r.err, refused[_i].want) != NULL, "%s", r.err);
}
END_TEST

/* refused_data - what train says of pictures in folders, with nothing written */
static void
refused_data(const char *model, const char *want)
{
	const char *dir = in_dir("");
	Ran r = resnetc("train %s --data images:%s/classes -o %s/none.safetensors -q", model, dir, dir);

	ck_assert_msg(r.status == 1 && strstr(r.err, want), "want %s, got %s", want, r.err);
	ck_assert(access(in_dir("none.safetensors"), F_OK) && access(in_dir("none.checkpoint"), F_OK));
}

START_TEST(bad_folders_are_refused)
{
	const char *model = model_file(linear), *dir = in_dir("");

	ck_assert_int_eq(system(arena_text("mkdir -p '%s/classes/a' '%s/classes/b'", dir, dir)), 0);
	refused_data(model, "classes: want 3 folders, one for each class of the model, got 2\n");
	ck_assert_int_eq(system(arena_text("mkdir '%s/classes/c' && cp examples/images/bird.png '%s/classes/a' && cp examples/images/bird.png '%s/classes/b'",
	                                   dir, dir, dir)), 0);
	refused_data(model, "classes/c: want a folder with .png or .jpg pictures, got none in it\n");
	put_file("classes/c/dog.png", "no picture", 10);
	refused_data(model, "classes/c/dog.png: want a .png, .jpg or .npy file, got something else\n");
	ck_assert_int_eq(system(arena_text("head -c 300 examples/images/bird.png > '%s/classes/c/dog.png'", dir)), 0);
	refused_data(model, "classes/c/dog.png: ");
}
END_TEST

/* a rate that is too high stops, says the step and the layer, and leaves the last checkpoint as it is */
START_TEST(what_is_not_finite_stops)
{
	const char *dir = in_dir(""), *before, *wild = arena_text("%s", linear);
	size_t len, now;
	Ran r;

	put_data("x.npy", "y.npy", 48, 2);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy -o %s/w.safetensors --epochs 1 -q", model_file(linear), dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	wild = arena_text("%.*sbatch = 16, epochs = 9, schedule = nn.constant { 1e6 }, optimizer = nn.sgd { weight_decay = 1 } } }\n",
	                  (int)(strstr(wild, "batch") - wild), wild);
	before = file_map(in_dir("w.checkpoint"), &len);
	before = memcpy(malloc(len), before, len);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --resume %s/w.checkpoint -o %s/w.safetensors", model_file(wild), dir, dir, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, ": want a finite loss, got ") && strstr(r.err, "; the first layer without is 'fc' (a smaller rate than 1e+06 may help)\n"), "%s", r.err);
	ck_assert(!strncmp(r.err, "step ", 5) || strstr(r.err, "\nstep "));
	ck_assert(file_map(in_dir("w.checkpoint"), &now) && now >= len);
}
END_TEST

START_TEST(checkpoints_of_others_are_refused)
{
	const char *dir = in_dir(""), *at = strstr(linear, "\"fc\""), *other = arena_text("%.*s\"gc\"%s", (int)(at - linear), linear, at + 4);
	Ran r;

	put_data("x.npy", "y.npy", 48, 2);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy -o %s/w.safetensors --epochs 1 -q", model_file(linear), dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --resume %s/w.checkpoint", model_file(other), dir, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "w.checkpoint: want a checkpoint of m, got another file: "), "%s", r.err);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --resume %s/w.checkpoint", model_file(arena_text(small, "")), dir, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "w.checkpoint: want a checkpoint of m, ") && strstr(r.err, " bytes, got "), "%s", r.err);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --resume %s/w.checkpoint --seed 3", model_file(linear), dir, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "w.checkpoint: want a checkpoint of seed 3, got one of seed 1"), "%s", r.err);
}
END_TEST

/* put_bytes - N x 3 x 8 x 8 bytes, and as floats what nn.image makes of them */
static void
put_bytes(int count)
{
	char *file = calloc(1, 128 + (size_t)count*192);
	float *v = malloc((size_t)count*192*sizeof *v);
	int64_t dim[] = { count, 3, 8, 8 };

	memset(file, ' ', 128);
	memcpy(file, "\x93NUMPY\x01\x00\x76\x00", 10);
	file[10 + sprintf(file + 10, "{'descr': '|u1', 'fortran_order': False, 'shape': (%d, 3, 8, 8), }", count)] = ' ';
	file[127] = '\n';
	for (int i = 0; i < count*192; i++) {
		unsigned char b = (unsigned char)(i*37%251);
		file[128 + i] = (char)b;
		v[i] = (float)((b/255.0 - 0.5)/0.25);
	}
	put_file("bytes.npy", file, 128 + (size_t)count*192);
	npy_write(in_dir("floats.npy"), v, 4, dim);
	free(file);
	free(v);
}

START_TEST(bytes_are_read_as_pictures)
{
	static const char image[] = "nn.image { 3, 8, 8, scale = 1/255, mean = { 0.5, 0.5, 0.5 }, std = { 0.25, 0.25, 0.25 } }";
	const char *dir = in_dir(""), *at = strstr(linear, "nn.image"), *model;
	const char *one, *two;
	size_t len[2];

	model = model_file(arena_text("%.*s%s%s", (int)(at - linear), linear, image, strchr(at, '}') + 1));
	put_data("x.npy", "y.npy", 48, 2);
	put_bytes(48);
	for (int floats = 0; floats < 2; floats++) {
		Ran r = resnetc("train %s --data %s/%s.npy,%s/y.npy -o %s/%d.safetensors --epochs 2 -q", model, dir, floats ? "floats" : "bytes", dir, dir, floats);
		ck_assert_msg(r.status == 0, "%s", r.err);
	}
	one = file_map(in_dir("0.safetensors"), &len[0]);
	two = file_map(in_dir("1.safetensors"), &len[1]);
	ck_assert(len[0] == len[1] && !memcmp(one, two, len[0]));
}
END_TEST

/* two interrupts, the second while the first waits for the end of a step: nothing is left behind, nothing is half */
START_TEST(second_interrupt_ends)
{
	const char *dir = in_dir(""), *tmp = in_dir("tmp"), *model = model_file(arena_text(small, ", init = nn.he {}"));
	int pid, status, tries = 0;
	Ran r;

	put_data("x.npy", "y.npy", 4096, 2);
	ck_assert_int_eq(system(arena_text("mkdir -p '%s'", tmp)), 0);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --batch 4096 --epochs 1 -o %s/w.safetensors -q", model, dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	signal(SIGINT, SIG_DFL);             /* Check's handler would end the test with the child */
	pid = fork();
	if (!pid) {
		setenv("TMPDIR", tmp, 1);
		execl("./resnetc", "resnetc", "train", model, "--data", arena_text("%s/x.npy,%s/y.npy", dir, dir), "--batch", "4096", "--epochs",
		      "1000", "-o", arena_text("%s/v.safetensors", dir), "-q", (char *)NULL);
		_exit(127);
	}
	while (access(in_dir("v.checkpoint"), R_OK) && tries++ < 1200)
		nanosleep(&(struct timespec){ 0, 100000000 }, NULL);
	kill(pid, SIGINT);
	nanosleep(&(struct timespec){ 0, 30000000 }, NULL);
	kill(pid, SIGINT);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg((WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) || (WIFEXITED(status) && !WEXITSTATUS(status)), "status %d", status);
	ck_assert_msg(!system(arena_text("test -z \"$(ls -A '%s')\"", tmp)), "something is left in %s", tmp);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --batch 4096 --epochs 1 --resume %s/v.checkpoint -o %s/v.safetensors -q", model, dir, dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
}
END_TEST

START_TEST(what_has_no_gradient_is_refused)
{
	const char *body = "\nlocal y = nn.flatten(nn.conv(x, { 4, kernel = 3 }))\nreturn nn.linear(nn.top_k(y, { 5 }), { 3 })\n";
	Ran r = resnetc("verify --train %s -q", body_model(3, 7, 6, body));

	ck_assert_int_eq(r.status, 1);
	ck_assert_msg(strstr(r.err, "top_k 'top_k1': train: want layers whose gradient resnetc knows, got top_k"), "%s", r.err);
}
END_TEST

START_TEST(bad_data_is_refused)
{
	const char *model = model_file(arena_text(small, "")), *wild = model_file(arena_text(small, ", optimizer = nn.sgd { momentum = 0.99 }"));
	const char *dir = in_dir("");
	Ran r;

	put_data("x.npy", "y.npy", 160, 3);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy", model, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "y.npy: label 2: want one from 0 to 2, the model's classes, got 3"), "%s", r.err);
	put_data("x.npy", "y.npy", 12, 2);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy", model, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "train: want a batch of at most 12, the pictures there are, got 16"), "%s", r.err);
	put_data("short.npy", "y.npy", 9, 2);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy", model, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "want 12 labels, one for each picture of"), "%s", r.err);
	r = resnetc("train %s --data %s/x.npy", model, dir);
	ck_assert_msg(r.status == 2 && strstr(r.err, "--data: want cifar10:DIR, images:DIR or x.npy,y.npy"), "%s", r.err);
	put_data("x.npy", "y.npy", 32, 2);
	put_file("not.checkpoint", "resnett", 7);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --resume %s/not.checkpoint", model, dir, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "not.checkpoint: want a checkpoint of m,"), "%s", r.err);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --limit soon", wild, dir, dir);
	ck_assert_msg(r.status == 2 && strstr(r.err, "--limit: want a time such as 90s, 170m or 3h, got 'soon'"), "%s", r.err);
}
END_TEST

SUITE(gradients)
{
	TCase *t = part("reference");

	tcase_add_loop_test(t, gradients_are_differences, 0, NBodies);
	tcase_add_test(t, every_op_has_a_gradient);
	t = part("emitted");
	tcase_add_loop_test(t, emitted_nodes_are_the_reference, 0, 3);
	t = part("train");
	tcase_add_test(t, training_learns_and_goes_on);
	tcase_add_loop_test(t, export_is_the_network_at_work, 0, 4);
	t = part("landscape");
	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_test(t, landscape_is_normalised_by_filters);
	tcase_add_test(t, landscape_goes_on_and_is_drawn);
	t = part("options");
	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_test(t, strips_of_two_images_make_the_same_bits);
	tcase_add_test(t, groups_are_parts_of_a_batch);
	tcase_add_test(t, starting_with_another_head);
	t = part("refused");
	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_loop_test(t, bad_models_are_refused, 0, sizeof refused/sizeof *refused);
	tcase_add_test(t, bad_data_is_refused);
	tcase_add_test(t, what_has_no_gradient_is_refused);
	tcase_add_test(t, bad_folders_are_refused);
	tcase_add_test(t, what_is_not_finite_stops);
	tcase_add_test(t, checkpoints_of_others_are_refused);
	tcase_add_test(t, bytes_are_read_as_pictures);
	t = part("interrupted");
	tcase_add_test(t, second_interrupt_ends);
}
