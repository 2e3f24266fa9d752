/* SPDX-License-Identifier: 0BSD */
/*
** rc.c - what all emitted networks share: checks of the caller's arguments and of the blob, and the loop that walks a
** network's steps, each whole or in parts. What has to do with the processor, the self test and checked builds are
** files that it includes.
*/
#include "rc.h"

#include "rc_cpu.h"

#if defined(RC_TOGETHER) && defined(_WIN32)
#if !defined(WIN32_LEAN_AND_MEAN)
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>
#elif defined(RC_TOGETHER)
#include <sys/select.h>
#endif

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
rc_check_blob(const rc_network *net, const void *weights, size_t len)
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
	if (head->plan_hash != net->plan_hash)
		return RC_E_PLAN;
	if (len != net->weights || head->bytes != net->weights)
		return RC_E_WEIGHTS_SIZE;
	if (rc_hash((const char *)weights + 128, len - 128) != head->checksum)
		return RC_E_CHECKSUM;
	return floats_are_floats() ? RC_OK : RC_E_FLOAT;
}

static int
ready(const rc_network *net, const rc_options *options, const void *weights, const void *input, const void *output,
      const void *workspace, size_t len)
{
	if (!weights || !input || !output || !workspace)
		return RC_E_NULL;
	if (options && (options->struct_size != sizeof *options || options->threads < 0))
		return RC_E_OPTIONS;
	if ((uintptr_t)weights%64)
		return RC_E_WEIGHTS_ALIGN;
	if ((uintptr_t)workspace%64)
		return RC_E_WORKSPACE_ALIGN;
	if (len < net->workspace)
		return RC_E_WORKSPACE_SIZE;
	if (((const rc_blob *)weights)->plan_hash != net->plan_hash)
		return RC_E_PLAN;
	return RC_OK;
}

/* --- the steps --- */

/*
** Where a walk along steps is. The steps of a layer, up to the one with its name, take turns: each in so many rounds.
*/
typedef struct {
	const rc_step *first, *last, *end;   /* of a layer; behind all steps */
	const rc_step *at;
	int round, rounds;
} Turn;

static const rc_step *
last_of(const rc_step *s, const rc_step *end)
{
	while (!s->name && s + 1 < end)
		s++;
	return s;
}

static Turn
turns_from(const rc_step *s, const rc_step *end)
{
	Turn t;

	t.first = t.at = s;
	t.last = last_of(s, end);
	t.end = end;
	t.round = 0;
	t.rounds = s->rounds;
	for (; s < t.last; s++)
		t.rounds = s[1].rounds > t.rounds ? s[1].rounds : t.rounds;
	return t;
}

/* To the next step whose turn it is; 0: there is none. */
static int
next_turn(Turn *t)
{
	do {
		if (t->at < t->last)
			t->at++;
		else if (++t->round < t->rounds)
			t->at = t->first;
		else if (t->last + 1 < t->end)
			*t = turns_from(t->last + 1, t->end);
		else
			return 0;
	} while (t->round >= t->at->rounds);
	return 1;
}

enum { Pieces = 4 };                 /* of a thread's share, at most */

#if defined(RC_TOGETHER)
enum { Walkers = 64 };               /* most threads */

typedef struct {                     /* a line of the cache each */
	RC_ALIGNED(64) unsigned taken;   /* of its share: the number of the turn, and how many parts */
	unsigned done;                   /* parts that it did, of all shares in all turns */
} Walker;
#endif

typedef struct {
	const rc_step *steps, *end;
	int threads, flush;              /* flush: as rc_round_to_nearest has it */
	int most;                        /* threads that have memory of their own */
	char *const *home;               /* where workspace, blob, input and output start */
	Turn turn;
#if defined(RC_TOGETHER)
	Walker walker[Walkers];
#endif
} Walk;

/* In how many parts threads do a step. */
static int
parts_of(const Walk *w, const rc_step *s)
{
	/* a thread's share in pieces, so that another one can take what a thread with a busy processor has not begun */
	int pieces = s->own ? 1 : s->units/2/w->threads;
	int parts = w->threads*(pieces < 1 ? 1 : pieces < Pieces ? pieces : Pieces);

	if (parts > s->units)
		parts = s->units;
	return s->own && parts > w->most ? w->most : parts;
}

/* The first unit of a part, units*part/parts, without a division of 64 bits where these are a library's. */
static int
first_unit(int units, int part, int parts)
{
	return units/parts*part + (int)((size_t)(units%parts)*(size_t)part/(size_t)parts);
}

static void
do_part(const Walk *w, const Turn *t, int part, int parts)
{
	const size_t bits = 8*sizeof(size_t) - 3;
	const rc_step *s = t->at;
	int from = t->round*s->units;
	void *p[RC_OPERANDS];

	for (int i = 0; i < RC_OPERANDS; i++)
		p[i] = w->home[s->at[i] >> bits] + (s->at[i] & (((size_t)1 << bits) - 1));
	p[0] = (char *)p[0] + (size_t)part*s->own;
	s->kernel(p, from + first_unit(s->units, part, parts), from + first_unit(s->units, part + 1, parts));
}

#if defined(RC_TOGETHER)
/*
** Threads walk along all steps together. At each one they take the parts of their own share, for what they wrote in the
** step before lies in their cache; then what others have not begun, so that nobody waits for a thread that sleeps or
** whose processor has other work. They wait for parts that are being done, never for one that nobody has begun: so they
** may as well walk one after the other.
*/

/* The next part of a share, or -1: all are taken. Whoever asks has seen all of the turns before taken. */
static int
take_part(Walk *w, int share, unsigned turn, int parts)
{
	unsigned *taken = &w->walker[share].taken, seen = __atomic_load_n(taken, __ATOMIC_RELAXED), count;
	unsigned from = (unsigned)(parts*share/w->threads), to = (unsigned)(parts*(share + 1)/w->threads);

	do {
		count = seen/(2*Pieces) < turn ? 0 : seen%(2*Pieces);
		if (seen/(2*Pieces) > turn || from + count >= to)
			return -1;
	} while (!__atomic_compare_exchange_n(taken, &seen, turn*2*Pieces + count + 1, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	return (int)(from + count);
}

/* Does what nobody has begun of a share. */
static void
do_share(Walk *w, int self, int share, const Turn *t, unsigned turn, int parts)
{
	unsigned did = 0;

	for (int part; (part = take_part(w, share, turn, parts)) >= 0; did++)
		do_part(w, t, part, parts);
	if (did)
		__atomic_store_n(&w->walker[self].done, w->walker[self].done + did, __ATOMIC_RELEASE);
}

/* Not a yield: who yields again and again is made to wait longest by Linux, with what it has taken. */
static void
nap(void)
{
#if defined(_WIN32)
	SwitchToThread();
#else
	struct timeval t = { 0, 50 };

	select(0, NULL, NULL, NULL, &t);
#endif
}

static void
wait_for(Walk *w, unsigned parts)
{
	for (int spins = 0;; spins++) {
		unsigned done = 0;

		for (int i = 0; i < w->threads; i++)
			done += __atomic_load_n(&w->walker[i].done, __ATOMIC_ACQUIRE);
		if ((int)(done - parts) >= 0)
			return;
		if (spins < RC_SPINS)
			RC_RELAX();
		else
			nap();
	}
}

static void
walk_along(void *arg, int self)
{
	Walk *w = (Walk *)arg;
	Turn t = turns_from(w->steps, w->end);
	unsigned turn = 1, before = 0;   /* parts of the turns before */
	uint64_t rounding = rc_round_to_nearest(w->flush);

	do {
		int parts = parts_of(w, t.at);

		if (t.at->start != RC_BESIDE || t.round > 0)
			wait_for(w, before);
		for (int i = 0; i < w->threads; i++)
			do_share(w, self, (self + i)%w->threads, &t, turn, parts);
		before += (unsigned)parts;
		turn++;
	} while (next_turn(&t));
	rc_round_as(rounding, w->flush);
}

static void
walk_on_threads(Walk *w, const rc_options *options)
{
	w->threads = options->threads < Walkers ? options->threads : Walkers;
	for (int i = 0; i < w->threads; i++)
		w->walker[i].taken = w->walker[i].done = 0;
	options->parallel_for(options->parallel_user, walk_along, w, w->threads);
}
#else
static void
step_part(void *arg, int part)
{
	const Walk *w = (const Walk *)arg;
	uint64_t rounding = rc_round_to_nearest(w->flush);

	do_part(w, &w->turn, part, parts_of(w, w->turn.at));
	rc_round_as(rounding, w->flush);
}

static void
walk_on_threads(Walk *w, const rc_options *options)
{
	w->threads = options->threads;
	w->turn = turns_from(w->steps, w->end);
	do {
		int parts = parts_of(w, w->turn.at);

		if (parts > 1)
			options->parallel_for(options->parallel_user, step_part, w, parts);
		else
			step_part(w, 0);
	} while (next_turn(&w->turn));
}
#endif

static void
walk_alone(const Walk *w)
{
	Turn t = turns_from(w->steps, w->end);
	uint64_t rounding = rc_round_to_nearest(w->flush);

	do
		do_part(w, &t, 0, 1);
	while (next_turn(&t));
	rc_round_as(rounding, w->flush);
}

RC_WEAK void
rc_walk(const rc_step *s, int count, int parts, int flush, const rc_options *options, char *const *home)
{
	const rc_step *end = s + count;
	Walk w;

	w.most = parts;
	w.flush = flush;
	w.home = home;
	w.threads = 1;
	for (int layer = 0; s < end; s = w.end, layer++) {
		const rc_step *last = last_of(s, end);

		while (!(options && options->layer) && last + 1 < end && last[1].start != RC_ANEW)
			last = last_of(last + 1, end);
		w.steps = s;
		w.end = last + 1;
		if (options && options->parallel_for && options->threads > 1)
			walk_on_threads(&w, options);
		else
			walk_alone(&w);
		if (last->name && options && options->layer)
			options->layer(options->layer_user, layer, last->name);
	}
}

RC_WEAK void
rc_clear(float *y, size_t count)
{
	for (size_t i = 0; i < count; i++)
		y[i] = 0;
}

/* Some pixels, which are mostly one line of the cache or two: no call for each. */
static void
clear_few(float *y, size_t count)
{
	for (; count >= 16; count -= 16, y += 16) {
		for (int i = 0; i < 16; i++)
			y[i] = 0;
		RC_OPAQUE(y);
	}
	for (size_t i = 0; i < count; i++)
		y[i] = 0;
}

/* Zeros around planes lo to hi of h x w pixels of cb channels; the end of a row and the start of the next are one. */
RC_WEAK void
rc_clear_halo(float *y, int lo, int hi, int h, int w, int cb, int top, int left, int bottom, int right)
{
	size_t row = (size_t)(left + w + right)*(size_t)cb, inner = (size_t)(w*cb), between = row - inner;

	y += (size_t)lo*(size_t)(top + h + bottom)*row;
	for (int p = lo; p < hi; p++) {
		rc_clear(y, (size_t)top*row + (size_t)(left*cb));
		y += (size_t)top*row + (size_t)(left*cb) + inner;
		for (int i = 1; i < h && between; i++, y += row)
			clear_few(y, between);
		y += between ? 0 : (size_t)(h - 1)*row;
		rc_clear(y, (size_t)(right*cb) + (size_t)bottom*row);
		y += (size_t)(right*cb) + (size_t)bottom*row;
	}
}

enum { Fill = 48 };                  /* bytes: whole pixels of one to four channels, whole sixteens */

/* The same bytes again and again. */
static void
fill_few(unsigned char *RC_RESTRICT y, const unsigned char *RC_RESTRICT all, size_t count)
{
	const unsigned char *from = all;

	for (; count >= 16; count -= 16, y += 16) {
		for (int i = 0; i < 16; i++)
			y[i] = from[i];
		from = from == all + Fill - 16 ? all : from + 16;
	}
	for (size_t i = 0; i < count; i++)
		y[i] = from[i];
}

/* How many channels' zeros a block of so many has: after those they come again. */
static int
zeros_in(int block)
{
	return block < 4 ? block : 4;
}

static void
fill_of(const float *zeros, int block, unsigned char *all)
{
	for (int i = 0; i < Fill; i++)
		all[i] = (unsigned char)zeros[i%zeros_in(block)];
}

/* The same of bytes, where zeros are what stands for 0 in a channel and the next three. */
RC_WEAK void
rc_fill(unsigned char *y, const float *zeros, size_t count)
{
	unsigned char all[Fill];

	fill_of(zeros, 4, all);
	fill_few(y, all, count);
}

RC_WEAK void
rc_fill_halo(unsigned char *y, const float *zeros, int lo, int hi, int h, int w, int cb, int top, int left, int bottom,
             int right)
{
	size_t row = (size_t)(left + w + right)*(size_t)cb, inner = (size_t)(w*cb), between = row - inner;
	unsigned char all[Fill];

	fill_of(zeros, cb, all);
	y += (size_t)lo*(size_t)(top + h + bottom)*row;
	for (int p = lo; p < hi; p++) {
		fill_few(y, all, (size_t)top*row + (size_t)(left*cb));
		y += (size_t)top*row + (size_t)(left*cb) + inner;
		for (int i = 1; i < h && between; i++, y += row)
			fill_few(y, all, between);
		y += between ? 0 : (size_t)(h - 1)*row;
		fill_few(y, all, (size_t)(right*cb) + (size_t)bottom*row);
		y += (size_t)(right*cb) + (size_t)bottom*row;
	}
}

/* --- results in the workspace, for the self test and checked builds --- */

static size_t
bytes_of(const rc_tensor *x)
{
	return x->kind == RC_BYTES ? 1 : 4;
}

/* The byte of value n, c, i, j of a tensor in the workspace. */
static size_t
place_of(const rc_tensor *x, int n, int c, int i, int j)
{
	return x->at + bytes_of(x)*((size_t)n*x->image + (size_t)(c/x->block)*x->plane + (size_t)i*x->row +
	                  (size_t)(j*x->block + c%x->block));
}

static double
value_at(const char *workspace, const rc_tensor *x, int n, int c, int i, int j)
{
	const void *p = workspace + place_of(x, n, c, i, j);

	if (x->kind == RC_BYTES)
		return *(const unsigned char *)p;
	return x->kind == RC_INTEGERS ? (double)*(const int32_t *)p : (double)*(const float *)p;
}

#include "rc_selftest.h"
#if defined(RC_CHECKED)
#include "rc_checked.h"
#endif

/* --- the run --- */

RC_WEAK int
rc_run(const rc_network *net, const rc_options *options, const void *weights, const void *input, void *output,
       void *workspace, size_t len)
{
	char *home[4];
	int status = ready(net, options, weights, input, output, workspace, len);

	if (status != RC_OK)
		return status;
	home[0] = (char *)workspace;
	home[1] = (char *)(uintptr_t)weights;
	home[2] = (char *)(uintptr_t)input;
	home[3] = (char *)output;
#if defined(RC_CHECKED)
	Checked c = { net, options, (char *)workspace, (const char *)weights, RC_OK };
	rc_options watched = { sizeof watched, NULL, NULL, 0, checked_layer, &c, NULL };

	if (!net->tensors)               /* the network was compiled without RC_CHECKED */
		return RC_E_NULL;
	if (!apart((uintptr_t)workspace, net->workspace, (uintptr_t)weights, net->weights) ||
	    !apart((uintptr_t)workspace, net->workspace, (uintptr_t)input, net->input) ||
	    !apart((uintptr_t)workspace, net->workspace, (uintptr_t)output, net->output) ||
	    !apart((uintptr_t)weights, net->weights, (uintptr_t)output, net->output))
		return RC_E_OVERLAP;
	if (options) {
		watched.parallel_for = options->parallel_for;
		watched.parallel_user = options->parallel_user;
		watched.threads = options->threads;
	}
	poison(workspace, net->workspace);
	rc_checked_at = NULL;
	rc_walk(net->steps, net->step_count, net->parts, 0, &watched, home);
	return c.status;
#else
	rc_walk(net->steps, net->step_count, net->parts, 0, options, home);
	return RC_OK;
#endif
}
