/* synchronised.c - bits of any number of ranks are the same; the gradient is that of the whole batch of one process. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "m_train.h"
#include "n_train.h"
#include "rc_mpi.h"

enum { B = M_TRAIN_BATCH, G = 8, L = M_TRAIN_GRADIENT_FLOATS, R = (M_TRAIN_PARAMS_BYTES - 128) / 4 };
static _Alignas(64) char state[M_TRAIN_STATE_BYTES], whole[N_TRAIN_STATE_BYTES], work[G * M_TRAIN_WORKSPACE_BYTES],
	wide[N_TRAIN_WORKSPACE_BYTES];
static float x[G * B * 192], room[RC_MPI_ROOM(M_TRAIN_PARAMS_BYTES, G) / 4], norm[RC_MPI_SYNC(M_TRAIN_NORM_CHANNELS) / 4];
static int32_t y[G * B];
static rc_mpi m;

static double
apart(const float *a, const float *b, int n)
{
	double d = 0, s = 0;
	for (int i = 0; i < n; i++) {
		d += (double)(a[i] - b[i]) * (a[i] - b[i]);
		s += (double)a[i] * a[i];
	}
	return sqrt(d / s);
}

int
main(int argc, char **argv)
{
	int count, ok = N_TRAIN_BATCH == G * B;
	rc_options options = { sizeof options };
	rc_loss own[G], all, one;
	double far = 0, running = 0;
	const rc_parameter *p = m_train_parameters(&count);
	MPI_Init(&argc, &argv);
	ok = ok && rc_mpi_open(&m, MPI_COMM_WORLD, G, p, count, L, room, sizeof room, &options) == RC_OK &&
	     rc_mpi_sync(&m, m_train_trainer(), norm, sizeof norm - 4) == RC_E_SCRATCH &&
	     rc_mpi_sync(&m, m_train_trainer(), norm, sizeof norm) == RC_OK;
	m_train_init(state, 3);
	n_train_init(whole, 3);
	for (int step = 0; ok && step < 3; step++) {
		rc_train how = { sizeof how, 0.05f, RC_TRAIN_AUGMENT, (uint64_t)step }, each[G];
		for (int i = 0; i < G * B * 192; i++)
			x[i] = (float)((i * 37 + step * 5) % 101) / 50 - 1;
		for (int i = 0; i < G * B; i++)
			y[i] = i % 3;
		for (int i = 0; i < m.own; i++)
			each[i] = rc_train_part(&how, (m.first + i) * B);
		rc_mpi_begin(&m, state);
		ok = ok && !rc_mpi_grad(&m, &options, state, x + m.first * B * 192, y + m.first * B, each, work,
				   (size_t)m.own * M_TRAIN_WORKSPACE_BYTES, own);
		rc_mpi_end(&m, own, &all);
		ok = ok && !n_train_grad(NULL, whole, x, y, &how, wide, sizeof wide, &one);
		if (step == 0)
			far = apart(n_train_gradient(whole), m_train_gradient(state), L);
		if (step == 0)
			running = apart((float *)(whole + 256) + L, (float *)(state + 256) + L, R - L);
		if (step == 0)
			ok = ok && fabs(all.loss - one.loss) < 1e-5 && all.correct == one.correct && all.count == G * B;
		m_train_apply(&options, state, &how);
		n_train_apply(NULL, whole, &how);
	}
	if (!m.rank)
		printf("%s, %s, %016llx\n", ok ? "fine" : "not fine", far < 1e-5 && running < 1e-6 ? "near" : "far",
			(unsigned long long)rc_hash(state, sizeof state));
	if (!m.rank)
		fprintf(stderr, "%g %g\n", far, running);
	MPI_Finalize();
	return 0;
}
