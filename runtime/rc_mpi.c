/* SPDX-License-Identifier: 0BSD */
/* rc_mpi.c - gradients of groups of images added up over ranks, in an order that hangs on no number of them. */
#include "rc_mpi.h"

#if defined(RC_MPI)

#include <string.h>

enum { StateHead = 64 };                     /* floats */

static int
power_of_two(int v)
{
	return v > 0 && !(v & (v - 1));
}

/* The parts: of about as many floats each, ready after the last layer that adds to them. */
static void
cut(rc_mpi *m, const rc_parameter *parameters, int count)
{
	size_t least = m->learned/(RC_MPI_PARTS - 2), enough = RC_MPI_LEAST;
	rc_mpi_part *p = m->part;

	least = least > enough ? least : enough;
	p->from = 0;
	p->layer = -1;
	for (int i = 0; i < count; i++) {
		size_t end = i + 1 < count && parameters[i + 1].at < m->learned ? parameters[i + 1].at : m->learned;
		if (parameters[i].at >= m->learned)
			break;
		p->layer = parameters[i].layer > p->layer ? parameters[i].layer : p->layer;
		p->to = end;
		if (end - p->from >= least && end < m->learned) {
			p[1].from = end;
			p[1].layer = -1;
			p++;
		}
	}
	p++;
	p->from = m->learned;
	p->to = m->floats;
	m->parts = (int)(p - m->part) + 1;
}

/* Where float i of gradients and running statistics is in the state. */
static float *
in_state(const rc_mpi *m, size_t i)
{
	return m->state + StateHead + (i < m->learned ? m->floats + m->learned + i : i);
}

static void
post(rc_mpi *m, rc_mpi_part *p)
{
	int other = m->rank ^ 1 << p->round, tag = (int)(p - m->part)*16 + p->round, count = (int)(p->to - p->from);

	MPI_Irecv(m->received + p->from, count, MPI_FLOAT, other, tag, m->comm, &p->request[0]);
	MPI_Isend(m->sum + p->from, count, MPI_FLOAT, other, tag, m->comm, &p->request[1]);
}

/* Of a part that is under way: the next rounds, as far as what they need is there. */
static void
go_on(rc_mpi *m, rc_mpi_part *p, int wait)
{
	while (p->round >= 0 && 1 << p->round < m->ranks) {
		int there = 1;
		if (wait)
			MPI_Waitall(2, p->request, MPI_STATUSES_IGNORE);
		else
			MPI_Testall(2, p->request, &there, MPI_STATUSES_IGNORE);
		if (!there)
			return;
		for (size_t i = p->from; i < p->to; i++)
			m->sum[i] += m->received[i];
		p->round++;
		if (1 << p->round < m->ranks)
			post(m, p);
	}
}

/* The sum of this rank's groups up to this one, of which the lower levels of the tree are kept; into the first free level. */
static void
add_group(rc_mpi *m, size_t from, size_t to)
{
	int level = 0;
	float *into = m->sum;

	for (; m->group >> level & 1; level++)
		;
	if (m->group + 1 < m->own)
		into = m->level + (size_t)level*m->floats;
	if (from < to) {
		const float *g = in_state(m, from);
		for (size_t i = from; i < to; i++)
			into[i] = g[i - from];
	}
	for (int k = 0; k < level; k++) {
		const float *before = m->level + (size_t)k*m->floats;
		for (size_t i = from; i < to; i++)
			into[i] = before[i] + into[i];
	}
}

static void
begin_part(rc_mpi *m, rc_mpi_part *p)
{
	add_group(m, p->from, p->to);
	p->round = 0;
	if (m->ranks > 1)
		post(m, p);
}

/* The hook between the layers of the last group: what is whole is sent, what came is added. */
static void
after_layer(void *user, int index, const char *name)
{
	rc_mpi *m = (rc_mpi *)user;

	(void)name;
	if (m->group + 1 != m->own)
		return;
	for (int i = 0; i + 1 < m->parts; i++) {
		if (m->part[i].round < 0 && m->part[i].layer >= 0 && m->part[i].layer <= index)
			begin_part(m, &m->part[i]);
		go_on(m, &m->part[i], 0);
	}
}

RC_WEAK int
rc_mpi_open(rc_mpi *m, MPI_Comm comm, int groups, const rc_parameter *parameters, int count, size_t learned, float *room, size_t len,
            rc_options *options)
{
	const rc_parameter *last = &parameters[count - 1];
	int levels = 0;

	memset(m, 0, sizeof *m);
	m->comm = comm;
	MPI_Comm_rank(comm, &m->rank);
	MPI_Comm_size(comm, &m->ranks);
	if (!power_of_two(groups) || !power_of_two(m->ranks) || m->ranks > groups || groups > RC_MPI_GROUPS)
		return RC_E_OPTIONS;
	m->groups = groups;
	m->own = groups/m->ranks;
	m->first = m->rank*m->own;
	m->learned = learned;
	m->floats = (last->at + last->count + 15)/16*16;
	m->floats = m->floats > learned ? m->floats : learned;
	for (; 1 << levels < m->own; levels++)
		;
	if (!room || len < (size_t)(3 + levels)*m->floats*sizeof(float))
		return RC_E_SCRATCH;
	m->sum = room;
	m->received = room + m->floats;
	m->start = room + 2*m->floats;
	m->level = room + 3*m->floats;
	cut(m, parameters, count);
	options->layer = after_layer;
	options->layer_user = m;
	return RC_OK;
}

RC_WEAK void
rc_mpi_begin(rc_mpi *m, void *state)
{
	m->state = (float *)state;
	m->group = -1;
	for (int i = 0; i < m->parts; i++)
		m->part[i].round = -1;
	for (size_t i = m->learned; i < m->floats; i++)
		m->start[i] = *in_state(m, i);
}

RC_WEAK void
rc_mpi_group(rc_mpi *m, int i)
{
	if (m->group >= 0)
		add_group(m, 0, m->learned), add_group(m, m->learned, m->floats);
	m->group = i;
	for (size_t k = m->learned; k < m->floats; k++)
		*in_state(m, k) = m->start[k];
}

/* --- synchronised batch norms --- */

RC_WEAK int
rc_mpi_sync(rc_mpi *m, const rc_trainer *t, float *room, size_t len)
{
	size_t most = 0;

	for (int i = 0; i < t->norm_count; i++)
		most = (size_t)t->norms[i].channels > most ? (size_t)t->norms[i].channels : most;
	if (t->groups != 1)
		return RC_E_OPTIONS;
	if (!room || len < RC_MPI_SYNC(most))
		return RC_E_SCRATCH;
	m->trainer = t;
	m->norm = room;
	return RC_OK;
}

/* Where result which, 0 or 1, of a norm is for own group i. */
static float *
norm_at(const rc_mpi *m, const rc_norm *n, char *workspaces, int i, int which)
{
	size_t at = which ? n->second : n->first;
	int in_state = which ? n->second_in_state : n->first_in_state;

	return (float *)(void *)(in_state ? (char *)m->state + at : workspaces + (size_t)i*m->trainer->workspace + at);
}

/* Two halves of a step into one, for c channels: sums, or mean and variance, of as many numbers each; into b. */
static void
join(const rc_norm *n, const float *a, float *b)
{
	for (int c = 0; c < n->channels; c++) {
		float *first = b + c, *second = b + n->channels + c;
		double x = (double)a[c], z = (double)a[n->channels + c], apart = (x - (double)*first)/2;
		*second = (float)(n->sums ? z + (double)*second : (z + (double)*second)/2 + apart*apart);
		*first = (float)(n->sums ? x + (double)*first : (x + (double)*first)/2);
	}
}

/* What own group i has, joined with what the groups before it have. */
static void
take_norm(rc_mpi *m, const rc_norm *n, char *workspaces, int i)
{
	size_t each = 2*(size_t)n->channels;
	int level = 0;
	float *sum = m->norm;

	for (int which = 0; which < 2; which++)
		memcpy(sum + which*n->channels, norm_at(m, n, workspaces, i, which), (size_t)n->channels*sizeof(float));
	for (; i >> level & 1; level++)
		join(n, m->norm + (size_t)(2 + level)*each, sum);
	if (i + 1 < m->own)
		memcpy(m->norm + (size_t)(2 + level)*each, sum, each*sizeof(float));
}

/* Those of all ranks, to all own groups; running statistics go along with them. */
static void
give_norm(rc_mpi *m, const rc_norm *n, char *workspaces)
{
	size_t each = 2*(size_t)n->channels;
	float *sum = m->norm, *other = m->norm + each;
	double count = n->count*m->groups;

	for (int round = 0; 1 << round < m->ranks; round++) {
		int rank = m->rank ^ 1 << round, tag = RC_MPI_PARTS*16 + round;
		MPI_Sendrecv(sum, (int)each, MPI_FLOAT, rank, tag, other, (int)each, MPI_FLOAT, rank, tag, m->comm, MPI_STATUS_IGNORE);
		join(n, other, sum);
	}
	for (size_t c = 0; n->sums && c < each; c++)
		sum[c] *= 1.0f/(float)m->groups;
	for (int i = 0; i < m->own; i++)
		for (int which = 0; which < 2; which++)
			memcpy(norm_at(m, n, workspaces, i, which), sum + which*n->channels, (size_t)n->channels*sizeof(float));
	for (int c = 0; !n->sums && c < n->channels; c++) {
		double mean = (double)sum[c], var = (double)sum[n->channels + c]*(count > 1 ? count/(count - 1) : 1);
		size_t to[2] = { n->mean + (size_t)c, n->var + (size_t)c };
		*in_state(m, to[0]) = (float)((1 - n->momentum)*(double)m->start[to[0]] + n->momentum*mean);
		*in_state(m, to[1]) = (float)((1 - n->momentum)*(double)m->start[to[1]] + n->momentum*var);
	}
}

/* The gradients that are whole after this layer, of own group i. */
static void
add_layer(rc_mpi *m, int layer, int i)
{
	const rc_trainer *t = m->trainer;

	m->group = i;
	for (int k = 0; k < t->parameter_count && t->parameters[k].at < m->learned; k++)
		if (t->parameters[k].layer == layer)
			add_group(m, t->parameters[k].at, k + 1 < t->parameter_count ? t->parameters[k + 1].at : m->learned);
}

/* Parts that are whole are sent; what came is added. */
static void
send_parts(rc_mpi *m, int layer)
{
	for (int i = 0; i < m->parts; i++) {
		rc_mpi_part *p = &m->part[i];
		if (p->round < 0 && p->layer <= layer && i + 1 < m->parts) {
			p->round = 0;
			if (m->ranks > 1)
				post(m, p);
		}
		go_on(m, p, 0);
	}
}

/* One layer, steps s to end, of each own group, and what has to be the same for all of them. */
static void
grad_layer(rc_mpi *m, const rc_options *options, const rc_step *s, int count, int layer, char *home[][8])
{
	const rc_trainer *t = m->trainer;
	const rc_norm *norm = NULL;

	for (int k = 0; k < t->norm_count; k++)
		norm = t->norms[k].layer == layer ? &t->norms[k] : norm;
	for (int i = 0; i < m->own; i++) {
		rc_walk(s, count, t->parts, 1, options, home[i]);
		if (norm)
			take_norm(m, norm, home[0][0], i);
		else
			add_layer(m, layer, i);
	}
	if (!norm)
		return;
	give_norm(m, norm, home[0][0]);
	for (int i = 0; i < m->own; i++)
		add_layer(m, layer, i);
}

static void
fill_home(const rc_mpi *m, const void *images, const int32_t *labels, const rc_train *how, char *workspaces,
          char *home[][8])
{
	const rc_trainer *t = m->trainer;

	for (int i = 0; i < m->own; i++) {
		char *workspace = workspaces + (size_t)i*t->workspace;
		size_t first = (size_t)i*(size_t)t->batch;
		home[i][0] = workspace;
		home[i][2] = (char *)(uintptr_t)images + first*t->image;
		home[i][3] = (char *)(uintptr_t)(labels + first);
		home[i][4] = (char *)m->state;
		home[i][5] = (char *)(uintptr_t)&how[i];
		home[i][1] = home[i][6] = home[i][7] = NULL;
	}
}

static void
fill_losses(const rc_mpi *m, const char *workspaces, rc_loss *loss)
{
	const rc_trainer *t = m->trainer;

	for (int i = 0; i < m->own; i++) {
		loss[i].loss = 0;
		loss[i].correct = 0;
		loss[i].count = t->batch;
		for (int k = 0; k < t->batch; k++) {
			const float *v = (const float *)(const void *)(workspaces + (size_t)i*t->workspace + t->loss + (size_t)k*t->loss_step);
			loss[i].loss += (double)v[0]/t->batch;
			loss[i].correct += v[1] > 0;
		}
	}
}

RC_WEAK int
rc_mpi_grad(rc_mpi *m, const rc_options *options, void *state, const void *images, const int32_t *labels,
            const rc_train *how, void *workspaces, size_t len, rc_loss *loss)
{
	const rc_trainer *t = m->trainer;
	rc_options quiet = *options;
	int layer = 0, status;

	((rc_state *)state)->checksum = 0;       /* of a checkpoint, which this is no longer */
	status = rc_train_check(t, state, ((const rc_state *)state)->bytes);
	if (status != RC_OK)
		return status;
	if ((uintptr_t)workspaces%64)
		return RC_E_WORKSPACE_ALIGN;
	if (len < (size_t)m->own*t->workspace)
		return RC_E_WORKSPACE_SIZE;
	for (int i = 0; i < m->own*t->batch; i++)
		if (labels[i] < 0 || labels[i] >= t->classes)
			return RC_E_LABEL;
	quiet.layer = NULL;
	fill_home(m, images, labels, how, (char *)workspaces, m->home);
	for (int i = 0; i < m->own; i++)
		add_layer(m, -1, i);
	for (const rc_step *s = t->steps, *end = s + t->step_count, *last; s < end; s = last + 1, layer++) {
		for (last = s; !last->name && last + 1 < end; last++)
			;
		grad_layer(m, &quiet, s, (int)(last + 1 - s), layer, m->home);
		send_parts(m, layer);
	}
	for (int i = 0; i < m->own; i++) {
		m->group = i;
		add_group(m, m->learned, m->floats);
	}
	m->part[m->parts - 1].round = 0;
	if (m->ranks > 1)
		post(m, &m->part[m->parts - 1]);
	fill_losses(m, (const char *)workspaces, loss);
	return RC_OK;
}

RC_WEAK void
rc_mpi_end(rc_mpi *m, const rc_loss *own, rc_loss *all)
{
	double loss[RC_MPI_GROUPS], mine[RC_MPI_GROUPS];
	int right[2] = { 0, 0 }, total[2];
	float share = 1.0f/(float)m->groups;

	for (int i = 0; i < m->parts; i++)
		if (m->part[i].round < 0)
			begin_part(m, &m->part[i]);
	for (int i = 0; i < m->parts; i++)
		go_on(m, &m->part[i], 1);
	for (size_t i = 0; i < m->learned; i++)
		in_state(m, 0)[i] = m->sum[i]*share;
	for (size_t i = m->learned; i < m->floats; i++)
		*in_state(m, i) = m->sum[i]*share;
	for (int i = 0; i < m->own; i++) {
		mine[i] = own[i].loss;
		right[0] += own[i].correct;
		right[1] += own[i].count;
	}
	MPI_Allgather(mine, m->own, MPI_DOUBLE, loss, m->own, MPI_DOUBLE, m->comm);
	MPI_Allreduce(right, total, 2, MPI_INT, MPI_SUM, m->comm);
	all->loss = 0;
	for (int i = 0; i < m->groups; i++)
		all->loss += loss[i]/m->groups;
	all->correct = total[0];
	all->count = total[1];
}

#endif
