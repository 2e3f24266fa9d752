/* SPDX-License-Identifier: 0BSD */
/*
** rc_train.c - what all networks in training share: states, parameter files, the walk over their steps, the optimizer.
** How weights are packed is a file that it includes.
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

/* Is it a state of this network? */
static int
is_state(const rc_trainer *t, const void *state, size_t len)
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

/* Of all bytes of a state but those of its checksum; never 0. */
static uint64_t
checksum_of(const void *state, size_t len)
{
	union { rc_state is; char bytes[StateHead]; } head;
	uint64_t sum;

	memcpy(head.bytes, state, StateHead);
	head.is.checksum = rc_hash((const char *)state + StateHead, len - StateHead);
	sum = rc_hash(head.bytes, StateHead);
	return sum ? sum : 1;
}

RC_WEAK int
rc_train_check(const rc_trainer *t, const void *state, size_t len)
{
	const rc_state *s = (const rc_state *)state;
	int status = is_state(t, state, len);

	return status == RC_OK && s->checksum && s->checksum != checksum_of(state, len) ? RC_E_CHECKSUM : status;
}

RC_WEAK int
rc_train_seal(const rc_trainer *t, void *state)
{
	int status = state ? is_state(t, state, ((const rc_state *)state)->bytes) : RC_E_NULL;

	if (status == RC_OK)
		((rc_state *)state)->checksum = checksum_of(state, t->state);
	return status;
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

#include "rc_train_pack.h"

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
	status = is_state(t, state, ((const rc_state *)state)->bytes);
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
	return is_state(t, state, ((const rc_state *)state)->bytes);
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
	((rc_state *)state)->checksum = 0;
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
	status = is_state(t, state, ((const rc_state *)state)->bytes);
	if (status != RC_OK)
		return status;
	((rc_state *)state)->checksum = 0;
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
