/* SPDX-License-Identifier: 0BSD */
/*
** rc_train.c - what all networks in training share: states, parameter files, the walk over their steps, the optimizer.
*/
#include "rc_train.h"

#include "rc_float.h"

enum { StateHead = 256, ParamsHead = 128, Chunk = 4096 };

RC_WEAK uint64_t
rc_random(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30)*0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27)*0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* From -1 to 1. */
static double
share(uint64_t *seed)
{
	return (double)(rc_random(seed) >> 11)/4503599627370496.0 - 1;
}

static double
log_of(double x)
{
	double f, sum = 0;
	int e = 0;

	for (; x < 0.70710678118654752; x *= 2)
		e--;
	f = (x - 1)/(x + 1);
	for (int i = 21; i > 0; i -= 2)
		sum = sum*f*f + 2.0/i;
	return sum*f + e*0.69314718055994530942;
}

static double
root_of(double x)
{
	double r = x > 1 ? x : 1;

	for (int i = 0; i < 40; i++)
		r = 0.5*(r + x/r);
	return r;
}

/* Normal numbers in pairs (Marsaglia's polar method). */
static double
normal(uint64_t *seed)
{
	for (;;) {
		double a = share(seed), b = share(seed), s = a*a + b*b;
		if (s > 1e-12 && s < 1)
			return a*root_of(-2*log_of(s)/s);
	}
}

RC_WEAK rc_train
rc_train_part(const rc_train *how, int first)
{
	rc_train part = *how;

	part.seed += (uint64_t)first*0xd1342543de82ef95u;
	return part;
}

RC_WEAK rc_view
rc_view_of(const rc_train *how, int image, int h, int w, int crop, int flip, int cutout)
{
	rc_view v = { 0, 0, 0, 0, 0, 0, 0 };
	uint64_t seed = rc_train_part(how, image).seed, r = rc_random(&seed);

	if (!(how->flags & RC_TRAIN_AUGMENT))
		return v;
	v.down = (int)((r & 0xffff)%(uint64_t)(2*crop + 1)) - crop;
	v.right = (int)((r >> 16 & 0xffff)%(uint64_t)(2*crop + 1)) - crop;
	v.mirror = flip && r >> 32 & 1;
	if (cutout) {
		r = rc_random(&seed);
		v.top = (int)((r & 0xffffff)%(uint64_t)h) - cutout/2;
		v.bottom = v.top + cutout;
		v.left = (int)((r >> 24 & 0xffffff)%(uint64_t)w) - cutout/2;
		v.end = v.left + cutout;
	}
	return v;
}

static float *
parameters_of(void *state)
{
	return (float *)(void *)((char *)state + StateHead);
}

RC_WEAK float *
rc_train_gradient(const rc_trainer *t, void *state)
{
	return state ? parameters_of(state) + t->floats + t->learned : NULL;
}

static void
name_model(char *to, const char *name)
{
	for (int i = 0; i < 63 && name[i]; i++)
		to[i] = name[i];
}

RC_WEAK int
rc_train_init(const rc_trainer *t, void *state, uint64_t seed)
{
	static const char magic[8] = { 'r', 'e', 's', 'n', 'e', 't', 't', 0 };
	rc_state *s = (rc_state *)state;

	if (!state)
		return RC_E_NULL;
	if ((uintptr_t)state%64)
		return RC_E_STATE_ALIGN;
	memset(state, 0, t->state);
	memcpy(s->magic, magic, sizeof magic);
	s->version = 1;
	s->endian = 0x01020304;
	s->bytes = t->state;
	s->hash = t->hash;
	s->seed = seed;
	name_model(s->model, t->model);
	for (int i = 0; i < t->parameter_count; i++) {
		const rc_parameter *p = &t->parameters[i];
		float *v = parameters_of(state) + p->at;
		uint64_t own = seed ^ rc_hash(p->name, strlen(p->name));
		for (size_t k = 0; k < p->count; k++)
			v[k] = p->start == RC_START_VALUE ? p->value :
				(float)((double)p->value*(p->start == RC_START_NORMAL ? normal(&own) : share(&own)));
	}
	return RC_OK;
}

RC_WEAK int
rc_train_check(const rc_trainer *t, const void *state, size_t len)
{
	const rc_state *s = (const rc_state *)state;

	if (!state)
		return RC_E_NULL;
	if ((uintptr_t)state%64)
		return RC_E_STATE_ALIGN;
	if (len < sizeof *s || memcmp(s->magic, "resnett", 8))
		return RC_E_MAGIC;
	if (s->endian != 0x01020304)
		return RC_E_ENDIAN;
	if (s->version != 1)
		return RC_E_VERSION;
	if (s->hash != t->hash)
		return RC_E_PLAN;
	return len == t->state && s->bytes == len ? RC_OK : RC_E_STATE_SIZE;
}

RC_WEAK int
rc_train_load(const rc_trainer *t, void *state, const void *params, size_t len)
{
	const rc_params *head = (const rc_params *)params;

	if (!params)
		return RC_E_NULL;
	if (len < ParamsHead || memcmp(head->magic, "resnetp", 8))
		return RC_E_MAGIC;
	if (head->endian != 0x01020304)
		return RC_E_ENDIAN;
	if (head->version != 1)
		return RC_E_VERSION;
	if (head->hash != t->hash)
		return RC_E_PLAN;
	if (len != head->bytes || len != ParamsHead + t->floats*sizeof(float))
		return RC_E_WEIGHTS_SIZE;
	if (rc_hash((const char *)params + ParamsHead, len - ParamsHead) != head->checksum)
		return RC_E_CHECKSUM;
	int status = rc_train_init(t, state, 0);
	if (status == RC_OK)
		memcpy(parameters_of(state), (const char *)params + ParamsHead, len - ParamsHead);
	return status;
}

/* --- weights as kernels read them --- */

/* The factor that a batch norm is to channel c; what follows it too. */
static double
norm_of(const rc_fold *f, int c)
{
	return f->var ? 1/root_of((double)f->var[c] + f->eps)*(f->gamma ? (double)f->gamma[c] : 1) : 1;
}

static double
factor_of(const rc_fold *f, int c)
{
	return norm_of(f, c)*(f->out*(f->scale ? (double)f->scale[c] : 1));
}

/* Weight of output channel oc, input channel ic at a tap of the kernel's. */
static float
weight_at(const rc_packing *h, const float *w, int oc, int ic, int tap)
{
	int ocg = h->oc, icg = h->ic, taps = h->kh*h->kw, o = oc, i = ic;

	if (oc >= h->oc || ic >= h->ic)
		return 0;
	if (h->convolutions > 1) {
		ocg = h->oc/h->convolutions;
		icg = h->ic/h->convolutions;
		if (oc/ocg != ic/icg)
			return 0;
		o = oc%ocg;
		i = ic%icg;
	}
	if (!h->turned)
		return w[((size_t)oc*(size_t)icg + (size_t)i)*(size_t)taps + (size_t)tap];
	return w[((size_t)ic*(size_t)ocg + (size_t)o)*(size_t)taps + (size_t)(h->turned == 2 ? taps - 1 - tap : tap)];
}

/*
** One input channel of a group at a tap, where each output channel of the group has a weight for it: where the first
** one's lies and how far it is to the next; NULL: not all of them have.
*/
static const float *
lane_weights(const rc_packing *h, const float *w, int oc, int ic, int tap, size_t *step)
{
	size_t taps = (size_t)(h->kh*h->kw);

	if (h->convolutions > 1 || oc + h->per > h->oc || ic >= h->ic)
		return NULL;
	*step = h->turned ? taps : (size_t)h->ic*taps;
	return w + (size_t)oc**step + (size_t)ic*(h->turned ? (size_t)h->oc*taps : taps) +
		(size_t)(h->turned == 2 ? (int)taps - 1 - tap : tap);
}

enum { Lanes = 8 };                      /* of output channels that are done side by side */

/* One input channel of a group at a tap. */
static void
pack_channel(const rc_packing *h, const float *w, const double *factor, int oc, int ic, int tap, float *to)
{
	size_t step = 0;
	const float *from = lane_weights(h, w, oc, ic, tap, &step);

	for (int o = 0; o < h->per; o++) {
		float v = from ? from[(size_t)o*step] : weight_at(h, w, oc + o, ic, tap);
		to[o] = factor ? (float)((double)v*factor[o]) : v;
	}
}

/*
** A block of n input channels from ic on and a group that has a weight for each of its lanes, [tap][channel][lane]. In
** a file that is not turned lanes lie far apart, often a power of two: few of them at a time, and the next block's are
** fetched meanwhile.
*/
static void
pack_block(const rc_packing *h, const float *w, int oc, int ic, int n, const short *tap, int count, float *to)
{
	size_t taps = (size_t)(h->kh*h->kw), lane = h->turned ? taps : (size_t)h->ic*taps;
	size_t channel = h->turned ? (size_t)h->oc*taps : taps;
	int few = h->turned || h->per%Lanes ? h->per : Lanes;

	w += (size_t)oc*lane + (size_t)ic*channel;
	if (lane == 1) {
		for (int c = 0; c < n; c++)
			memcpy(to + c*h->per, w + (size_t)c*channel, (size_t)h->per*sizeof *to);
		return;
	}
	for (int from = 0; from < h->per; from += few, w += (size_t)few*lane) {
		for (int o = 0; !h->turned && o < few; o++)
			for (size_t next = (size_t)n*taps; next < 2*(size_t)n*taps; next += 16)
				RC_FETCH(w + (size_t)o*lane + next);
		for (int t = 0; t < count; t++)
			for (int c = 0; c < n; c++) {
				int at = tap ? tap[t] : t;
				const float *x = w + (size_t)c*channel + (size_t)(h->turned == 2 ? (int)taps - 1 - at : at);
				float *y = to + (t*n + c)*h->per + from;
				int o = 0;
				for (; o + 4 <= few; o += 4, x += 4*lane) {
					y[o] = x[0];
					y[o + 1] = x[lane];
					y[o + 2] = x[2*lane];
					y[o + 3] = x[3*lane];
				}
				for (; o < few; o++, x += lane)
					y[o] = x[0];
			}
	}
}

/* A group of at most 64 output channels, whose factors are known. */
static void
pack_direct(const rc_packing *h, const float *w, const double *factor, float *all, int og)
{
	size_t each = (size_t)((h->blocks - 1)*h->cb + h->last)*(size_t)h->per;

	for (int f = 0; f < h->phases; f++) {
		int from = h->from ? h->from[f] : 0, count = h->from ? h->from[f + 1] - from : h->kh*h->kw;
		int start = h->first ? h->first[og] : 0;
		float *to = all + ((size_t)from*(size_t)h->groups + (size_t)og*(size_t)count)*each;
		for (int block = 0; count && block < h->blocks; block++) {
			int n = block + 1 < h->blocks ? h->cb : h->last, ic = (start + block)*h->cb;
			const short *tap = h->tap ? h->tap + from : NULL;
			if (!factor && h->convolutions == 1 && (og + 1)*h->per <= h->oc && ic + n <= h->ic) {
				pack_block(h, w, og*h->per, ic, n, tap, count, to);
				to += count*n*h->per;
				continue;
			}
			for (int t = 0; t < count; t++)
				for (int c = 0; c < n; c++, to += h->per)
					pack_channel(h, w, factor, og*h->per, ic + c, tap ? tap[t] : t, to);
		}
	}
}

/* A row of G times three numbers a lane, n floats apart. */
static void
times_filter(const double *g, const double *x, int n, double *RC_RESTRICT y)
{
	double a = g[0], b = g[1], c = g[2];

	for (int o = 0; o < Lanes; o++)
		y[o] = a*x[o] + b*x[n + o] + c*x[2*n + o];
}

/* G w G' of input channel c and some output channels, of which so many are there; to: their place at the first position. */
static void
pack_lanes(const rc_packing *h, const double *g, int lanes, int there, size_t step, float *to)
{
	double half[3*Lanes], y[Lanes];

	for (int i = 0; i < h->ah; i++) {
		for (int j = 0; j < 3; j++)
			times_filter(h->gh + 3*i, g + j*Lanes, 3*Lanes, half + j*Lanes);
		for (int j = 0; j < h->aw; j++, to += step) {
			times_filter(h->gw + 3*j, half, Lanes, y);
			for (int o = 0; lanes == Lanes && o < Lanes; o++)
				to[o] = (float)y[o];
			for (int o = 0; lanes < Lanes && o < lanes; o++)
				to[o] = (float)y[o];
			for (int o = there < 0 ? 0 : there; o < lanes; o++)
				to[o] = 0;
		}
	}
}

static void
pack_winograd(const rc_packing *h, const float *w, const double *factor, float *all, int og)
{
	int channels = h->blocks*h->cb;
	size_t step = (size_t)channels*(size_t)h->per;
	float *to = all + (size_t)og*(size_t)(h->ah*h->aw)*step;

	for (int c = 0; c < channels; c++, to += h->per)
		for (int from = 0; from < h->per; from += Lanes) {
			int lanes = h->per - from < Lanes ? h->per - from : Lanes, there = c < h->ic ? h->oc - og*h->per - from : 0;
			double g[9*Lanes] = { 0 };
			size_t lane = 0;
			const float *x = factor ? NULL : lane_weights(h, w, og*h->per, c, 0, &lane);
			for (int o = 0; x && o < lanes; o++)
				for (int t = 0; t < 9; t++)
					g[t*Lanes + o] = (double)x[(ptrdiff_t)((size_t)(from + o)*lane) + (h->turned == 2 ? -t : t)];
			for (int o = 0; !x && o < lanes; o++)
				for (int t = 0; t < 9; t++)
					g[t*Lanes + o] = (double)weight_at(h, w, og*h->per + from + o, c, t)*(factor ? factor[from + o] : 1);
			pack_lanes(h, g, lanes, there, step, to + from);
		}
}

static void
pack_grouped(const rc_packing *h, const float *w, const double *factor, float *all, int v)
{
	int g = h->ic/h->convolutions;
	float *to = all + (size_t)v*(size_t)(h->kh*h->kw*g)*(size_t)h->per;

	for (int i = 0; i < h->kh; i++)
		for (int s = 0; s < g; s++)
			for (int j = 0; j < h->kw; j++)
				for (int o = 0; o < h->per; o++) {
					int c = v*h->per + o;
					*to++ = (float)((double)weight_at(h, w, c, c/g*g + (c%g ^ s), i*h->kw + j)*(factor ? factor[o] : 1));
				}
}

static void
pack_group(const rc_packing *h, const rc_fold *f, const float *w, float *to, int og)
{
	double factors[64] = { 0 };

	for (int o = 0; f && o < h->per; o++)
		factors[o] = og*h->per + o < h->oc ? factor_of(f, og*h->per + o)*f->in : 0;
	switch (h->order) {
	case RC_ORDER_DIRECT:   pack_direct(h, w, f ? factors : NULL, to, og); break;
	case RC_ORDER_WINOGRAD: pack_winograd(h, w, f ? factors : NULL, to, og); break;
	case RC_ORDER_GROUPED:  pack_grouped(h, w, f ? factors : NULL, to, og); break;
	default:
		for (int o = 0; f && o < h->per; o++)
			to[og*h->per + o] = (float)(factors[o]*(w && og*h->per + o < h->oc ? (double)w[og*h->per + o] : 1));
		break;
	}
}

RC_WEAK void
rc_pack(const rc_packing *h, void *const *p, int lo, int hi)
{
	const float *b = (const float *)p[1];
	float *bias = (float *)p[3];

	for (int og = lo; og < hi; og++)
		pack_group(h, NULL, (const float *)p[0], (float *)p[2], og);
	for (int c = 0; lo == 0 && c < h->lanes; c++)
		bias[c] = c < h->oc ? b[c] : 0;
}

RC_WEAK void
rc_fold_pack(const rc_packing *h, const rc_fold *f, float *w, float *bias)
{
	for (int og = 0; w && og < h->groups; og++)
		pack_group(h, f, f->w, w, og);
	for (int c = 0; bias && c < h->lanes; c++) {
		int there = c < h->oc;
		double shift = there && f->bias ? (double)f->bias[c] : 0, scale = there && f->scale ? (double)f->scale[c] : 1;
		if (there && f->var)
			shift = (shift - (double)f->mean[c])*norm_of(f, c) + (f->beta ? (double)f->beta[c] : 0);
		bias[c] = (float)(there ? shift*f->out*scale + f->offset : 0);
		if (f->slope)
			bias[h->lanes + c] = there ? f->slope[f->shared ? 0 : c] : 0;
	}
}

RC_WEAK int
rc_train_export(const rc_trainer *t, const void *state, void *weights, size_t len)
{
	static const char magic[8] = { 'r', 'e', 's', 'n', 'e', 't', 'c', 0 };
	const rc_export *e = t->at_work;
	rc_blob *head = (rc_blob *)weights;
	char *blob = (char *)weights;
	float *sums;
	int status;

	if (!state || !weights)
		return RC_E_NULL;
	if (!e)
		return RC_E_PLAN;
	if ((uintptr_t)weights%64)
		return RC_E_WEIGHTS_ALIGN;
	if (len != e->weights)
		return RC_E_WEIGHTS_SIZE;
	status = rc_train_check(t, state, ((const rc_state *)state)->bytes);
	if (status != RC_OK)
		return status;
	memset(weights, 0, len);
	e->pack((const float *)(const void *)((const char *)state + StateHead), blob);
	sums = (float *)(void *)(blob + e->sums);        /* nothing is expected of layers: sums 0, off by anything */
	for (size_t i = 0; i < (len - e->sums)/sizeof(float); i++)
		sums[i] = i/RC_SUMS%2 ? RC_INFINITY : 0;
	memcpy(head->magic, magic, sizeof magic);
	head->version = 1;
	head->endian = 0x01020304;
	head->bytes = len;
	head->plan_hash = e->plan_hash;
	name_model(head->model, t->model);
	for (int i = 0; i < (int)sizeof head->target - 1 && e->target[i]; i++)
		head->target[i] = e->target[i];
	head->checksum = rc_hash(blob + 128, len - 128);
	return RC_OK;
}

/* --- steps --- */

static int
ready(const rc_trainer *t, const rc_options *options, const void *state, const void *workspace, size_t len)
{
	if (!state || !workspace)
		return RC_E_NULL;
	if (options && (options->struct_size != sizeof *options || options->threads < 0))
		return RC_E_OPTIONS;
	if ((uintptr_t)workspace%64)
		return RC_E_WORKSPACE_ALIGN;
	if (len < t->workspace)
		return RC_E_WORKSPACE_SIZE;
	return rc_train_check(t, state, ((const rc_state *)state)->bytes);
}

static int
known(const rc_trainer *t, const int32_t *labels, int count)
{
	for (int i = 0; i < count; i++)
		if (labels[i] < 0 || labels[i] >= t->classes)
			return 0;
	return 1;
}

static void
add_losses(const rc_trainer *t, const void *workspace, int count, rc_loss *to)
{
	for (int i = 0; i < count; i++) {
		const float *v = (const float *)(const void *)((const char *)workspace + t->loss + (size_t)i*t->loss_step);
		to->loss += (double)v[0];
		to->correct += v[1] > 0;
	}
	to->count += count;
}

static void
walk(const rc_trainer *t, const rc_options *options, const void *state, const void *images, const int32_t *labels,
     const rc_train *how, void *workspace, int eval)
{
	char *home[8] = { NULL };

	home[0] = (char *)workspace;
	home[2] = (char *)(uintptr_t)images;
	home[3] = (char *)(uintptr_t)labels;
	home[4] = (char *)(uintptr_t)state;
	home[5] = (char *)(uintptr_t)how;
	rc_walk(eval ? t->eval_steps : t->steps, eval ? t->eval_count : t->step_count, t->parts, 1, options,
	        home);
}

/* Where float i of gradients and running statistics is in the state. */
static float *
learned_at(const rc_trainer *t, float *parameters, size_t i)
{
	return parameters + (i < t->learned ? t->floats + t->learned + i : i);
}

/*
** What group g left in the state is added to what the groups before it left, as a binary tree; behind the last group
** the mean is in the state, before the others the running statistics are those from before the first.
*/
static void
add_group(const rc_trainer *t, float *parameters, float *sums, int g)
{
	int level = 0, last = g + 1 == t->groups;
	float share = 1.0f/(float)t->groups;

	for (; g >> level & 1; level++)
		;
	for (size_t i = 0; i < t->floats; i++) {
		float *at = learned_at(t, parameters, i), v = *at;
		for (int k = 0; k < level; k++)
			v = sums[(size_t)(k + 1)*t->floats + i] + v;
		for (int k = level; last && g >> k; k++)
			v = g >> k & 1 ? sums[(size_t)(k + 1)*t->floats + i] + v : v;
		if (!last)
			sums[(size_t)(level + 1)*t->floats + i] = v;
		*at = last ? v*share : i < t->learned ? *at : sums[i];
	}
}

/* The groups of a batch one after the other. */
static void
walk_groups(const rc_trainer *t, const rc_options *options, void *state, const void *images, const int32_t *labels,
            const rc_train *how, void *workspace, rc_loss *sum)
{
	float *sums = (float *)(void *)((char *)workspace + t->sums), *parameters = parameters_of(state);

	for (size_t i = t->learned; t->groups > 1 && i < t->floats; i++)
		sums[i] = parameters[i];
	for (int g = 0; g < t->groups; g++) {
		int first = g*t->batch;
		rc_train part = rc_train_part(how, first);
		walk(t, options, state, (const char *)images + (size_t)first*t->image, labels + first, &part, workspace, 0);
		add_losses(t, workspace, t->batch, sum);
		if (t->groups > 1)
			add_group(t, parameters, sums, g);
	}
}

RC_WEAK int
rc_train_grad(const rc_trainer *t, const rc_options *options, void *state, const void *images, const int32_t *labels,
              const rc_train *how, void *workspace, size_t len, rc_loss *loss)
{
	rc_loss sum = { 0, 0, 0 };
	int status = images && labels && how ? ready(t, options, state, workspace, len) : RC_E_NULL;

	if (status != RC_OK)
		return status;
	if (how->struct_size != sizeof *how || how->flags > RC_TRAIN_AUGMENT)
		return RC_E_HOW;
	if (!known(t, labels, t->batch*t->groups))
		return RC_E_LABEL;
	walk_groups(t, options, state, images, labels, how, workspace, &sum);
	sum.loss /= sum.count;
	if (loss)
		*loss = sum;
	return RC_OK;
}

typedef struct {
	const rc_trainer *t;
	float *value, *momentum;
	const float *gradient;
	const rc_parameter *p;
	float rate;
} Update;

/* As torch.optim.SGD has it. */
static void
update(const Update *u, size_t lo, size_t hi)
{
	float decay = u->p->decays ? u->t->decay : 0, momentum = u->t->momentum, rate = u->rate;
	float *RC_RESTRICT v = u->value + u->p->at, *RC_RESTRICT m = u->momentum + u->p->at;
	const float *RC_RESTRICT g = u->gradient + u->p->at;

	if (u->t->nesterov)
		for (size_t i = lo; i < hi; i++) {
			float d = g[i] + decay*v[i];
			m[i] = momentum*m[i] + d;
			v[i] -= rate*(d + momentum*m[i]);
		}
	else
		for (size_t i = lo; i < hi; i++) {
			m[i] = momentum*m[i] + (g[i] + decay*v[i]);
			v[i] -= rate*m[i];
		}
}

static void
update_part(void *arg, int part)
{
	const Update *u = (const Update *)arg;
	size_t lo = (size_t)part*Chunk, hi = lo + Chunk;
	uint64_t before = rc_round_to_nearest(1);

	update(u, lo, hi < u->p->count ? hi : u->p->count);
	rc_round_as(before, 1);
}

RC_WEAK int
rc_train_apply(const rc_trainer *t, const rc_options *options, void *state, const rc_train *how)
{
	Update u = { t, NULL, NULL, NULL, NULL, 0 };
	int status;

	if (!state || !how)
		return RC_E_NULL;
	if (options && options->struct_size != sizeof *options)
		return RC_E_OPTIONS;
	if (how->struct_size != sizeof *how || !(how->rate >= 0 && how->rate < 1e30f))
		return RC_E_HOW;
	status = rc_train_check(t, state, ((const rc_state *)state)->bytes);
	if (status != RC_OK)
		return status;
	u.value = parameters_of(state);
	u.momentum = u.value + t->floats;
	u.gradient = u.momentum + t->learned;
	u.rate = how->rate;
	for (int i = 0; i < t->parameter_count; i++) {
		int parts = (int)((t->parameters[i].count + Chunk - 1)/Chunk);
		u.p = &t->parameters[i];
		if (!u.p->learns)
			continue;
		if (options && options->parallel_for && options->threads > 1 && parts > 1)
			options->parallel_for(options->parallel_user, update_part, &u, parts);
		else
			for (int k = 0; k < parts; k++)
				update_part(&u, k);
	}
	((rc_state *)state)->step++;
	return RC_OK;
}

RC_WEAK int
rc_train_step(const rc_trainer *t, const rc_options *options, void *state, const void *images, const int32_t *labels,
              const rc_train *how, void *workspace, size_t len, rc_loss *loss)
{
	int status;

	if (how && how->struct_size == sizeof *how && !(how->rate >= 0 && how->rate < 1e30f))
		return RC_E_HOW;
	status = rc_train_grad(t, options, state, images, labels, how, workspace, len, loss);
	return status == RC_OK ? rc_train_apply(t, options, state, how) : status;
}

RC_WEAK int
rc_train_eval(const rc_trainer *t, const rc_options *options, const void *state, const void *images,
              const int32_t *labels, int count, void *workspace, size_t len, rc_loss *loss)
{
	static const rc_train plain = { sizeof plain, 0, 0, 0 };
	rc_loss sum = { 0, 0, 0 };
	int status = images && labels && loss ? ready(t, options, state, workspace, len) : RC_E_NULL;

	if (status != RC_OK)
		return status;
	if (count < 1)
		return RC_E_COUNT;
	if (!known(t, labels, count))
		return RC_E_LABEL;
	for (int at = 0; at < count; at += t->batch) {
		int here = count - at < t->batch ? count - at : t->batch;
		const char *from = (const char *)images + (size_t)at*t->image;
		const int32_t *which = labels + at;
		if (here < t->batch) {
			char *stage = (char *)workspace + t->stage;
			int32_t *marks = (int32_t *)(void *)(stage + ((size_t)t->batch*t->image + 63)/64*64);
			memset(stage, 0, (size_t)t->batch*t->image);
			memcpy(stage, from, (size_t)here*t->image);
			for (int i = 0; i < t->batch; i++)
				marks[i] = i < here ? which[i] : 0;
			from = stage;
			which = marks;
		}
		walk(t, options, state, from, which, &plain, workspace, 1);
		add_losses(t, workspace, here, &sum);
	}
	sum.loss /= sum.count;
	*loss = sum;
	return RC_OK;
}
