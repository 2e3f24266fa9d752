/* SPDX-License-Identifier: 0BSD */
/*
** rc_checked.h - a part of rc.c: what -DRC_CHECKED looks at after each layer.
*/

#if defined(__cplusplus)
RC_WEAK thread_local const char *rc_checked_at;
#else
RC_WEAK _Thread_local const char *rc_checked_at;
#endif

typedef struct {
	const rc_network *net;
	const rc_options *caller;
	char *workspace;
	const char *weights;
	int status;                      /* what is wrong first */
} Checked;

static void
poison(void *to, size_t bytes)
{
	union { uint32_t bits; float f; } nan = { 0x7fc0dead };

	for (size_t i = 0; i < bytes/4; i++)
		((float *)to)[i] = nan.f;
}

static int
apart(uintptr_t a, size_t a_len, uintptr_t b, size_t b_len)
{
	return a + a_len <= b || b + b_len <= a;
}

/* First byte of a result, zeros around it included; and how many. */
static size_t
first_of(const rc_tensor *y)
{
	return y->at - bytes_of(y)*((size_t)y->top*y->row + (size_t)(y->left*y->block));
}

static size_t
size_of(const rc_tensor *y)
{
	return bytes_of(y)*(size_t)y->n*y->image;
}

/* Is what lies there, number i of a result with the zeros around it, 0? */
static int
is_zero(const char *m, const rc_tensor *y, size_t i, const float *zeros)
{
	const char *p = m + first_of(y) + bytes_of(y)*i;

	if (y->kind == RC_BYTES)
		return *(const unsigned char *)p == (unsigned char)zeros[i%(size_t)zeros_in(y->block)];
	return *(const float *)(const void *)p <= 0 && *(const float *)(const void *)p >= 0;
}

static int
border_is_zero(const char *m, const rc_tensor *y, const char *weights)
{
	const float *zeros = (const float *)(const void *)(weights + y->zeros);
	size_t planes = (size_t)y->n*(y->image/y->plane), width = (size_t)(y->left + y->w + y->right);

	for (size_t p = 0; p < planes; p++)
		for (int i = 0; i < y->top + y->h + y->bottom; i++)
			for (size_t j = 0; j < width; j++) {
				int inside = i >= y->top && i < y->top + y->h && j >= (size_t)y->left && j < (size_t)(y->left + y->w);
				size_t v = p*y->plane + (size_t)i*y->row + j*(size_t)y->block;
				for (size_t c = 0; c < (size_t)y->block && !inside; c++)
					if (!is_zero(m, y, v + c, zeros))
						return 0;
			}
	return 1;
}

/*
** May the memory of x be filled after a layer: is nothing in it that a later one reads? known: how many tensors there
** are by then.
*/
static int
is_dead(const rc_tensor *tensors, int known, const rc_tensor *x, int index)
{
	for (int i = 0; i < known; i++)
		if (tensors[i].last > index && !apart(first_of(x), size_of(x), first_of(&tensors[i]), size_of(&tensors[i])))
			return 0;
	return 1;
}

static int
has_nan(const char *m, const rc_tensor *y)
{
	for (int n = 0; n < y->n; n++)
		for (int c = 0; c < y->c; c++)
			for (int i = 0; i < y->h; i++)
				for (int j = 0; j < y->w; j++) {
					double v = value_at(m, y, n, c, i, j);
					if (v != v)
						return 1;
				}
	return 0;
}

static void
checked_layer(void *user, int index, const char *name)
{
	Checked *c = (Checked *)user;
	const rc_layer *l = &c->net->layers[index];
	const rc_tensor *t = c->net->tensors;

	for (int r = 0; r < l->results && c->status == RC_OK; r++) {
		const rc_tensor *y = &t[l->first + r];
		c->status = !border_is_zero(c->workspace, y, c->weights) ? RC_E_BORDER : has_nan(c->workspace, y) ? RC_E_NAN : RC_OK;
		rc_checked_at = c->status == RC_OK ? NULL : name;
	}
	for (int k = 0; k < l->first + l->results; k++)
		if (t[k].last == index && is_dead(t, l->first + l->results, &t[k], index))
			poison(c->workspace + first_of(&t[k]), size_of(&t[k]));
	if (c->caller && c->caller->layer)
		c->caller->layer(c->caller->layer_user, index, name);
}
