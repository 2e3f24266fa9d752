/* SPDX-License-Identifier: 0BSD */
/*
** rc_selftest.h - a part of rc.c: NAME_selftest runs a network on made-up values, each layer on its own, and compares
** sums of the results with those that the compiler put into the blob.
*/

/* Value i of a made-up tensor, from -1 to 1, exact in any format. */
RC_WEAK float
rc_pattern(uint32_t tensor, uint32_t i)
{
	uint32_t mixed = (i + tensor*977u + 1)*2654435761u;

	return (float)((int)(mixed >> 15 & 1023) - 512)/512;
}

RC_WEAK unsigned char
rc_pattern_byte(uint32_t tensor, uint32_t i)
{
	return (unsigned char)(((i + tensor*977u + 1)*2654435761u) >> 15);
}

/* Where in an image of h x w a sample is taken. */
RC_WEAK void
rc_selftest_at(uint32_t sample, int h, int w, int *i, int *j)
{
	uint32_t mixed = (sample + 1)*2654435761u;

	*i = (int)((mixed >> 8)%(uint32_t)h);
	*j = (int)((mixed >> 17)%(uint32_t)w);
}

typedef struct {
	const rc_network *net;
	char *workspace;
	const float *sums;               /* expected, and how far off they may be, a layer after the other */
	int wrong;                       /* the first wrong layer, or -1 */
	const char *name;
} Selftest;

static void
make_up(const Selftest *t, int id)
{
	const rc_tensor *x = &t->net->tensors[id];
	uint32_t at = 0;

	for (int n = 0; n < x->n; n++)
		for (int c = 0; c < x->c; c++)
			for (int i = 0; i < x->h; i++)
				for (int j = 0; j < x->w; j++, at++) {
					char *p = t->workspace + place_of(x, n, c, i, j);
					if (x->kind == RC_BYTES)
						*(unsigned char *)p = rc_pattern_byte((uint32_t)id, at);
					else
						*(float *)(void *)p = rc_pattern((uint32_t)id, at);
				}
}

/* neither infinite nor NaN, whatever the compiler's flags say of these */
static int
is_finite(double v)
{
	union { double v; uint64_t bits; } u = { v };

	return (u.bits >> 52 & 0x7ff) != 0x7ff;
}

/* made-up values have roots and logarithms that are no numbers: those do not count, here and in what is expected */
static int
sums_are_right(const Selftest *t, int index)
{
	const rc_layer *l = &t->net->layers[index];
	const float *want = t->sums + (size_t)index*2*(size_t)t->net->each;
	double sum[RC_SUMS] = { 0 };

	for (int r = 0; r < l->results; r++) {
		const rc_tensor *y = &t->net->tensors[l->first + r];
		for (int c = 0; c < y->c; c++)
			for (int k = 0; k < 2; k++) {
				int i, j;
				rc_selftest_at((uint32_t)(2*c + k), y->h, y->w, &i, &j);
				double v = value_at(t->workspace, y, k ? y->n - 1 : 0, c, i, j);
				sum[c%t->net->each] += is_finite(v) ? v : 0;
			}
	}
	for (int k = 0; k < t->net->each; k++) {
		double off = sum[k] - (double)want[k];
		if (!((off < 0 ? -off : off) <= (double)want[t->net->each + k]))
			return 0;
	}
	return 1;
}

static void
selftest_layer(void *user, int index, const char *name)
{
	Selftest *t = (Selftest *)user;

	if (t->wrong < 0 && !sums_are_right(t, index)) {
		t->wrong = index;
		t->name = name;
	}
	if (index + 1 < t->net->layer_count)
		for (int k = 0; k < t->net->layers[index + 1].reads; k++)
			make_up(t, t->net->reads[t->net->layers[index + 1].from + k]);
}

static size_t
whole_lines(size_t bytes)
{
	return (bytes + 63)/64*64;
}

RC_WEAK size_t
rc_selftest_bytes(const rc_network *net)
{
	return net->workspace + whole_lines(net->input) + whole_lines(net->output);
}

RC_WEAK int
rc_selftest(const rc_network *net, const void *weights, void *workspace, size_t len, const char **layer)
{
	char *in = (char *)workspace + net->workspace;
	rc_options options = { sizeof options, NULL, NULL, 0, NULL, NULL, NULL };
	Selftest t;
	int status;

	if (layer)
		*layer = NULL;
	if (!weights || !workspace)
		return RC_E_NULL;
	if (len < rc_selftest_bytes(net))
		return RC_E_WORKSPACE_SIZE;
	if (!floats_are_floats())
		return RC_E_FLOAT;
	t.net = net;
	t.workspace = (char *)workspace;
	t.sums = (const float *)(const void *)((const char *)weights + net->sums);
	t.wrong = -1;
	t.name = NULL;
	options.layer = selftest_layer;
	options.layer_user = &t;
	for (size_t i = 0; i < net->input/(net->pixels ? 1 : 4); i++)
		if (net->pixels)
			((unsigned char *)in)[i] = (unsigned char)(i*7%251);
		else
			((float *)(void *)in)[i] = rc_pattern(0, (uint32_t)i);
	status = rc_run(net, &options, weights, in, (float *)(void *)(in + whole_lines(net->input)), workspace,
	                net->workspace);
	if (t.wrong < 0)
		return status;
	if (layer)
		*layer = t.name;
	return RC_E_SELFTEST;
}
