/* SPDX-License-Identifier: 0BSD */
/*
** rc.c - what all emitted networks share: checks of the caller's arguments and of the blob, and the
** step that runs one kernel, whole or in parts.
*/
#include "rc.h"

RC_WEAK const char *
rc_strerror(int status)
{
	static const char *const text[] = {
#define RC_STATUS(name, text) text,
		RC_STATUSES(RC_STATUS)
#undef RC_STATUS
	};

	return status >= 0 && status < RC_STATUS_COUNT ? text[status] : "unknown status";
}

/* A little-endian word; compilers make one load of it where the processor is. */
static uint64_t
word_at(const unsigned char *p)
{
	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
	       (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

RC_WEAK uint64_t
rc_hash(const void *data, size_t len)
{
	const unsigned char *p = (const unsigned char *)data;
	const uint64_t prime = 0x100000001b3u;
	uint64_t h[4] = { 0xcbf29ce484222325u, 0x84222325cbf29ce4u, 0x9ae16a3b2f90404fu, 0xc3a5c85c97cb3127u };

	for (; len >= 32; p += 32, len -= 32)
		for (int i = 0; i < 4; i++) {
			h[i] = (h[i] ^ word_at(p + 8*i))*prime;
			h[i] ^= h[i] >> 29;
		}
	for (int i = 0; len > 0; i++) {
		unsigned char rest[8] = { 0 };
		size_t n = len < 8 ? len : 8;
		for (size_t k = 0; k < n; k++)
			rest[k] = p[k];
		h[i] = (h[i] ^ word_at(rest) ^ (uint64_t)len << 56)*prime;
		p += n;
		len -= n;
	}
	for (int i = 1; i < 4; i++)
		h[0] = (h[0] ^ h[i] ^ h[0] >> 32)*prime;
	return h[0] ^ h[0] >> 31;
}

RC_WEAK int
rc_check_blob(const void *weights, size_t len, size_t want, uint64_t plan_hash)
{
	static const char magic[8] = { 'r', 'e', 's', 'n', 'e', 't', 'c', 0 };
	const rc_blob *head = (const rc_blob *)weights;

	if (!weights)
		return RC_E_NULL;
	if ((uintptr_t)weights%64)
		return RC_E_WEIGHTS_ALIGN;
	if (len < sizeof *head)
		return RC_E_WEIGHTS_SIZE;
	for (int i = 0; i < 8; i++)
		if (head->magic[i] != magic[i])
			return RC_E_MAGIC;
	if (head->endian != 0x01020304)
		return RC_E_ENDIAN;
	if (head->version != 1)
		return RC_E_VERSION;
	if (head->plan_hash != plan_hash)
		return RC_E_PLAN;
	if (len != want || head->bytes != want)
		return RC_E_WEIGHTS_SIZE;
	if (rc_hash((const char *)weights + 128, len - 128) != head->checksum)
		return RC_E_CHECKSUM;
	return RC_OK;
}

RC_WEAK int
rc_ready(const rc_options *options, const void *weights, uint64_t plan_hash, const void *input,
         const float *output, const void *workspace, size_t len, size_t want)
{
	if (!weights || !input || !output || !workspace)
		return RC_E_NULL;
	if (options && (options->struct_size != sizeof *options || options->threads < 0))
		return RC_E_OPTIONS;
	if ((uintptr_t)weights%64)
		return RC_E_WEIGHTS_ALIGN;
	if ((uintptr_t)workspace%64)
		return RC_E_WORKSPACE_ALIGN;
	if (len < want)
		return RC_E_WORKSPACE_SIZE;
	if (((const rc_blob *)weights)->plan_hash != plan_hash)
		return RC_E_PLAN;
	return RC_OK;
}

typedef struct {
	rc_kernel *kernel;
	int from, units, parts;
	const float *x, *w, *b, *z;
	float *y;
} Share;

static void
run_part(void *arg, int part)
{
	const Share *s = (const Share *)arg;
	int lo = s->from + (int)((int64_t)s->units*part/s->parts);
	int hi = s->from + (int)((int64_t)s->units*(part + 1)/s->parts);

	s->kernel(s->x, s->w, s->b, s->z, s->y, lo, hi);
}

/* Units from to to of one kernel, on all threads. */
RC_WEAK void
rc_share(const rc_options *options, rc_kernel *kernel, int from, int to,
         const float *x, const float *w, const float *b, const float *z, float *y)
{
	int units = to - from;

	if (options && options->parallel_for && options->threads > 1 && units > 1) {
		Share s;
		s.kernel = kernel;
		s.from = from;
		s.units = units;
		s.parts = units < options->threads ? units : options->threads;
		s.x = x;
		s.w = w;
		s.b = b;
		s.z = z;
		s.y = y;
		options->parallel_for(options->parallel_user, run_part, &s, s.parts);
	} else {
		kernel(x, w, b, z, y, from, to);
	}
}

/* A layer is done. */
RC_WEAK void
rc_layer(const rc_options *options, int index, const char *name)
{
	if (options && options->layer)
		options->layer(options->layer_user, index, name);
}

RC_WEAK void
rc_step(const rc_options *options, int index, const char *name, rc_kernel *kernel, int units,
        const float *x, const float *w, const float *b, const float *z, float *y)
{
	rc_share(options, kernel, 0, units, x, w, b, z, y);
	rc_layer(options, index, name);
}

RC_WEAK void
rc_clear(float *y, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] = 0;
}

/* Zeros around each plane of h x w pixels of cb channels. */
RC_WEAK void
rc_clear_halo(float *y, int planes, int h, int w, int cb, int top, int left, int bottom, int right)
{
	size_t row = (size_t)(left + w + right)*(size_t)cb;

	for (int p = 0; p < planes; p++) {
		rc_clear(y, (size_t)top*row);
		y += (size_t)top*row;
		for (int i = 0; i < h; i++, y += row) {
			rc_clear(y, (size_t)(left*cb));
			rc_clear(y + (left + w)*cb, (size_t)(right*cb));
		}
		rc_clear(y, (size_t)bottom*row);
		y += (size_t)bottom*row;
	}
}

/* --- self test --- */

/* Value i of a made-up tensor, from -1 to 1, exact in any format. */
RC_WEAK float
rc_pattern(uint32_t tensor, uint32_t i)
{
	uint32_t mixed = (i + tensor*977u + 1)*2654435761u;

	return (float)((int)(mixed >> 15 & 1023) - 512)/512;
}

/* Where in an image of h x w a sample is taken. */
RC_WEAK void
rc_selftest_at(uint32_t sample, int h, int w, int *i, int *j)
{
	uint32_t mixed = (sample + 1)*2654435761u;

	*i = (int)((mixed >> 8)%(uint32_t)h);
	*j = (int)((mixed >> 17)%(uint32_t)w);
}

RC_WEAK void
rc_selftest_floats(void *to, size_t bytes)
{
	float *v = (float *)to;

	for (size_t i = 0; i < bytes/sizeof *v; i++)
		v[i] = rc_pattern(0, (uint32_t)i);
}

RC_WEAK void
rc_selftest_bytes(void *to, size_t bytes)
{
	unsigned char *v = (unsigned char *)to;

	for (size_t i = 0; i < bytes; i++)
		v[i] = (unsigned char)(i*7%251);
}

static size_t
place_of(const rc_tensor *x, int n, int c, int i, int j)
{
	return x->at + (size_t)n*x->image + (size_t)(c/x->block)*x->plane + (size_t)i*x->row + (size_t)(j*x->block + c%x->block);
}

static void
make_up(const rc_selftest *t, int id)
{
	const rc_tensor *x = &t->tensors[id];
	uint32_t at = 0;

	for (int n = 0; n < x->n; n++)
		for (int c = 0; c < x->c; c++)
			for (int i = 0; i < x->h; i++)
				for (int j = 0; j < x->w; j++)
					t->workspace[place_of(x, n, c, i, j)] = rc_pattern((uint32_t)id, at++);
}

static int
sums_are_right(const rc_selftest *t, int id)
{
	const rc_tensor *y = &t->tensors[id];
	const float *want = t->sums + (size_t)id*2*RC_SUMS;
	double sum[RC_SUMS] = { 0 };

	for (int c = 0; c < y->c; c++)
		for (int k = 0; k < 2; k++) {
			int i, j;
			rc_selftest_at((uint32_t)(2*c + k), y->h, y->w, &i, &j);
			sum[c%RC_SUMS] += (double)t->workspace[place_of(y, k ? y->n - 1 : 0, c, i, j)];
		}
	for (int k = 0; k < RC_SUMS; k++) {
		double off = sum[k] - (double)want[k];
		if (!((off < 0 ? -off : off) <= (double)want[RC_SUMS + k]))
			return 0;                /* NaN too */
	}
	return 1;
}

static void
selftest_layer(void *user, int index, const char *name)
{
	rc_selftest *t = (rc_selftest *)user;

	(void)name;
	if (++t->seen < t->probes[index].parts)
		return;
	t->seen = 0;
	if (t->wrong < 0 && !sums_are_right(t, index))
		t->wrong = index;
	if (index + 1 < t->count)
		for (int k = 0; k < t->probes[index + 1].count; k++)
			make_up(t, t->reads[t->probes[index + 1].first + k]);
}

RC_WEAK void
rc_selftest_start(rc_selftest *t, rc_options *options, const rc_tensor *tensors, const rc_probe *probes, const int *reads,
                  int count, const float *sums, float *workspace)
{
	t->tensors = tensors;
	t->probes = probes;
	t->reads = reads;
	t->count = count;
	t->seen = 0;
	t->wrong = -1;
	t->sums = sums;
	t->workspace = workspace;
	options->struct_size = sizeof *options;
	options->parallel_for = NULL;
	options->parallel_user = NULL;
	options->threads = 0;
	options->layer = selftest_layer;
	options->layer_user = t;
}

/* --- checked builds --- */

#if defined(RC_CHECKED)
#if defined(__cplusplus)
RC_WEAK thread_local const char *rc_checked_at;
#else
RC_WEAK _Thread_local const char *rc_checked_at;
#endif

static void
poison(float *y, size_t count)
{
	union { uint32_t bits; float f; } nan = { 0x7fc0dead };

	for (size_t i = 0; i < count; i++)
		y[i] = nan.f;
}

static int
apart(const void *a, size_t a_len, const void *b, size_t b_len)
{
	return (const char *)a + a_len <= (const char *)b || (const char *)b + b_len <= (const char *)a;
}

/* first float of a result, zeros around it included */
static size_t
first_of(const rc_tensor *y)
{
	return y->at - (size_t)y->top*y->row - (size_t)(y->left*y->block);
}

static int
border_is_zero(const float *m, const rc_tensor *y)
{
	size_t planes = (size_t)y->n*(y->image/y->plane), width = (size_t)(y->left + y->w + y->right);

	for (size_t p = 0; p < planes; p++)
		for (int i = 0; i < y->top + y->h + y->bottom; i++)
			for (size_t j = 0; j < width; j++) {
				int inside = i >= y->top && i < y->top + y->h && j >= (size_t)y->left && j < (size_t)(y->left + y->w);
				const float *v = m + first_of(y) + p*y->plane + (size_t)i*y->row + j*(size_t)y->block;
				for (int c = 0; c < y->block && !inside; c++)
					if (!(v[c] <= 0 && v[c] >= 0))
						return 0;
			}
	return 1;
}

/* May the memory of tensors[k] be filled after layer id: is nothing in it that a later layer reads? */
static int
is_dead(const rc_tensor *tensors, int k, int id)
{
	const rc_tensor *x = &tensors[k];

	for (int i = 0; i <= id; i++)
		if (tensors[i].last > id && first_of(x) < first_of(&tensors[i]) + (size_t)tensors[i].n*tensors[i].image &&
		    first_of(&tensors[i]) < first_of(x) + (size_t)x->n*x->image)
			return 0;
	return 1;
}

static int
has_nan(const float *m, const rc_tensor *y)
{
	for (int n = 0; n < y->n; n++)
		for (int c = 0; c < y->c; c++)
			for (int i = 0; i < y->h; i++)
				for (int j = 0; j < y->w; j++) {
					float v = m[place_of(y, n, c, i, j)];
					if (v != v)
						return 1;
				}
	return 0;
}

static void
checked_layer(void *user, int index, const char *name)
{
	rc_checked *c = (rc_checked *)user;
	const rc_tensor *y = &c->tensors[index];

	if (++c->seen == c->probes[index].parts) {
		c->seen = 0;
		if (c->status == RC_OK) {
			c->status = !border_is_zero(c->workspace, y) ? RC_E_BORDER : has_nan(c->workspace, y) ? RC_E_NAN : RC_OK;
			rc_checked_at = c->status == RC_OK ? NULL : name;
		}
		for (int k = 0; k <= index; k++)
			if (c->tensors[k].last == index && is_dead(c->tensors, k, index))
				poison(c->workspace + first_of(&c->tensors[k]), (size_t)c->tensors[k].n*c->tensors[k].image);
	}
	if (c->caller && c->caller->layer)
		c->caller->layer(c->caller->layer_user, index, name);
}

RC_WEAK int
rc_checked_start(rc_checked *c, rc_options *watched, const rc_options *caller, const rc_tensor *tensors, const rc_probe *probes,
                 const void *weights, size_t weights_len, const void *input, size_t input_len, const void *output, size_t output_len,
                 void *workspace, size_t workspace_len)
{
	if (!apart(workspace, workspace_len, weights, weights_len) || !apart(workspace, workspace_len, input, input_len) ||
	    !apart(workspace, workspace_len, output, output_len) || !apart(weights, weights_len, output, output_len))
		return RC_E_OVERLAP;
	poison((float *)workspace, workspace_len/sizeof(float));
	c->caller = caller;
	c->tensors = tensors;
	c->probes = probes;
	c->workspace = (float *)workspace;
	c->seen = 0;
	c->status = RC_OK;
	rc_checked_at = NULL;
	watched->struct_size = sizeof *watched;
	watched->parallel_for = caller ? caller->parallel_for : NULL;
	watched->parallel_user = caller ? caller->parallel_user : NULL;
	watched->threads = caller ? caller->threads : 0;
	watched->layer = checked_layer;
	watched->layer_user = c;
	return RC_OK;
}
#endif
