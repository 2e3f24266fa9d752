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
