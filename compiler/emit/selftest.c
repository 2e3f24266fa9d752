/*
** selftest.c - what NAME_selftest expects, and the tables it works from.
**
** Every layer is run on made-up inputs (rc_pattern) and two results of each channel are compared, in 16 sums, with
** what the definition gives in double. The sums and how far off they may be are written behind the weights of
** the blob, so that code and weights can be exchanged together. Two results a channel touch every weight.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../runtime/rc.h"
#include "../resnetc.h"

static const double U = 1.0/(1 << 24);

size_t
selftest_floats(const Graph *g)
{
	return ((size_t)g->count*2*RC_SUMS + AlignFloats - 1)/AlignFloats*AlignFloats;
}

static double
pattern(const Node *n, size_t i)
{
	return (double)rc_pattern((uint32_t)n->id, (uint32_t)i);
}

/* made_up - the whole result of n as the self test makes it up */
static double *
made_up(const Node *n)
{
	size_t count = count_of(n->shape);
	double *v = malloc(count*sizeof *v);

	if (!v)
		fail("out of memory");
	for (size_t i = 0; i < count; i++)
		v[i] = pattern(n, i);
	return v;
}

/* caller_input - as rc_selftest_input makes it up for the caller's array */
static double *
caller_input(const Graph *g)
{
	size_t count = count_of(g->nodes[0]->shape);
	double *v = malloc(count*sizeof *v);

	if (!v)
		fail("out of memory");
	for (size_t i = 0; i < count; i++)
		v[i] = g->image.u8 ? (double)(i*7%251) : (double)rc_pattern(0, (uint32_t)i);
	return v;
}

/* dense_at - one result of a convolution or linear layer with weights w and biases b; *size: its terms' magnitudes added up */
static double
dense_at(const Node *n, const double *w, const double *b, int m, int c, int h, int wd, double *size, double *steps)
{
	const Attr *a = &n->a;
	const Node *in = n->in[0];
	Shape x = in->shape;
	int groups = n->op == O_linear ? 1 : a->groups, icg = x.c/groups, ic0 = c/(n->shape.c/groups)*icg;
	Pair ks = n->op == O_linear ? (Pair){ 1, 1 } : a->kernel;
	double sum = b[c];

	*size = fabs(sum);
	*steps = icg*ks.h*ks.w + 3;
	for (int ic = 0; ic < icg; ic++)
	for (int ki = 0; ki < ks.h; ki++)
	for (int kj = 0; kj < ks.w; kj++) {
		int i = n->op == O_linear ? 0 : h*a->stride.h + ki*a->dilation.h - a->padding.t;
		int j = n->op == O_linear ? 0 : wd*a->stride.w + kj*a->dilation.w - a->padding.l;
		if (i < 0 || i >= x.h || j < 0 || j >= x.w)
			continue;
		double v = w[(((size_t)c*(size_t)icg + (size_t)ic)*(size_t)ks.h + (size_t)ki)*(size_t)ks.w + (size_t)kj]*
			pattern(in, (((size_t)m*(size_t)x.c + (size_t)(ic0 + ic))*(size_t)x.h + (size_t)i)*(size_t)x.w + (size_t)j);
		sum += v;
		*size += fabs(v);
	}
	if (n->nin == 2) {
		double z = pattern(n->in[1], (((size_t)m*(size_t)n->shape.c + (size_t)c)*(size_t)n->shape.h + (size_t)h)*(size_t)n->shape.w + (size_t)wd);
		sum += z;
		*size += fabs(z);
	}
	return interp_activate(a, (Act)a->act, sum);
}

/* whole_result - of an op without weights to speak of */
static double *
whole_result(const Node *n)
{
	const double *x[NInputs];
	double *in[NInputs] = { NULL }, *y = malloc(count_of(n->shape)*sizeof *y);

	if (!y)
		fail("out of memory");
	if (!n->nin)
		x[0] = in[0] = caller_input(n->g);
	for (int i = 0; i < n->nin; i++)
		x[i] = in[i] = made_up(n->in[i]);
	interp_node(n, x, y);
	for (int i = 0; i < NInputs; i++)
		free(in[i]);
	return y;
}

/* selftest_expect - sums of n's results, and how far off each may be, into to; w, b: its folded weights or NULL */
void
selftest_expect(const Node *n, const double *w, const double *b, float *to)
{
	Shape s = n->shape;
	double sum[RC_SUMS] = { 0 }, off[RC_SUMS] = { 0 };
	bool dense = n->op == O_conv2d || n->op == O_linear;
	double *y = dense ? NULL : whole_result(n), most = 0;

	for (size_t i = 0; y && i < count_of(s); i++)
		most = fmax(most, fabs(y[i]));
	for (int c = 0; c < s.c; c++)
		for (int k = 0; k < 2; k++) {
			int h, wd, m = k ? s.n - 1 : 0;
			double v, size = most, steps = 64;
			rc_selftest_at((uint32_t)(2*c + k), s.h, s.w, &h, &wd);
			if (dense)
				v = dense_at(n, w, b, m, c, h, wd, &size, &steps);
			else
				v = y[(((size_t)m*(size_t)s.c + (size_t)c)*(size_t)s.h + (size_t)h)*(size_t)s.w + (size_t)wd];
			sum[c%RC_SUMS] += v;
			/* the probabilistic error of a sum with a wide margin; Winograd's transforms amplify it */
			off[c%RC_SUMS] += U*(8*sqrt(steps) + 16)*(size + 1e-6)*(n->family == &family_winograd ? 40 : 1);
		}
	for (int i = 0; i < RC_SUMS; i++) {
		to[i] = (float)sum[i];
		to[RC_SUMS + i] = (float)(off[i] + fabs(sum[i])*U);
	}
	free(y);
}

static void
emit_tensor(Out *o, const Node *n)
{
	const Layout *l = &n->lay;
	const Graph *g = n->g;
	int last = n->id;

	for (int i = n->id + 1; i < g->count; i++)
		for (int k = 0; k < g->nodes[i]->nin; k++)
			if (g->nodes[i]->in[k] == n)
				last = i;
	out_line(o, "{ %d, %d, %d, %d, %d, %d, %d, %d, %d, %zu, %zu, %zu, %zu, %d },", n->shape.n, n->shape.c, n->shape.h, n->shape.w, l->cb,
	         l->halo.t, l->halo.l, l->halo.b, l->halo.r, n->at + l->origin, l->row, l->plane, l->image, is_output(n) ? g->count : last);
}

/* emit_checks - what the self test and a checked build know of the layers */
void
emit_checks(Out *o, const Model *m)
{
	const Graph *g = m->g;
	int at = 0, reads = 0;

	out_text(o, "/* For the self test and RC_CHECKED: each layer's result, which results it reads, how often it reports. */\n"
	            "static const rc_tensor layer_results[] = {  /* n, c, h, w, block, halo, at, row, plane, image, last reader */\n");
	for (int i = 0; i < g->count; i++)
		emit_tensor(o, g->nodes[i]);
	out_text(o, "};\n\nstatic const int layer_reads[] = {\n");
	for (int i = 0; i < g->count; i++)
		for (int k = 0; k < g->nodes[i]->nin; k++, reads++)
			out_text(o, arena_text("%d,%s", g->nodes[i]->in[k]->id, reads%16 == 15 ? "\n" : " "));
	out_text(o, "0\n};\n\nstatic const rc_probe layers[] = {\n");
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		out_line(o, "{ \"%s\", %d, %d, %d },", n->name, at, n->nin, parts_of(n));
		at += n->nin;
	}
	out_text(o, "};\n\n");
}

/* emit_selftest - NAME_selftest */
void
emit_selftest(Out *o, const Model *m)
{
	const Graph *g = m->g;

	out_set(o, "nodes", "%d", g->count);
	out_set(o, "sums", "%zu", m->selftest_at);
	out_set(o, "bytes", "%zu", g->arena*sizeof(float));
	out_set(o, "in", "%zu", count_of(g->nodes[0]->shape)*(g->image.u8 ? 1 : sizeof(float)));
	out_set(o, "in_up", "%zu", (count_of(g->nodes[0]->shape)*(g->image.u8 ? 1 : sizeof(float)) + 63)/64*64);
	out_set(o, "fill", g->image.u8 ? "rc_selftest_bytes" : "rc_selftest_floats");
	out_text(o, "\nint\n"
	            "$name_selftest(const void *weights, void *workspace, size_t workspace_len, const char **layer)\n"
	            "{\n"
	            "rc_selftest t;\n"
	            "rc_options options;\n"
	            "char *in = (char *)workspace + $bytes;\n"
	            "int status;\n\n"
	            "if (layer)\n"
	            "*layer = NULL;\n"
	            "if (!weights || !workspace)\n"
	            "return RC_E_NULL;\n"
	            "if (workspace_len < $NAME_SELFTEST_BYTES)\n"
	            "return RC_E_WORKSPACE_SIZE;\n"
	            "rc_selftest_start(&t, &options, layer_results, layers, layer_reads, $nodes, (const float *)weights + $sums,\n"
	            "\t(float *)workspace);\n"
	            "$fill(in, $in);\n"
	            "status = $name_run_with(&options, weights, (const $pixel *)(const void *)in, (float *)(void *)(in + $in_up), workspace, $NAME_WORKSPACE_BYTES);\n"
	            "if (t.wrong < 0)\n"
	            "return status;\n"
	            "if (layer)\n"
	            "*layer = layers[t.wrong].name;\n"
	            "return RC_E_SELFTEST;\n"
	            "}\n");
}

/* selftest_bytes - of memory it works in: workspace, a made-up input, the outputs */
size_t
selftest_bytes(const Graph *g)
{
	size_t in = count_of(g->nodes[0]->shape)*(g->image.u8 ? 1 : sizeof(float));

	return g->arena*sizeof(float) + (in + 63)/64*64 + outputs_of(g)*sizeof(float);
}
