/* ranks.c - steps over ranks beside the same steps of one process, whose sums are written out; every part is under way before the end. */
#include <stdio.h>
#include <string.h>
#include "m_train.h"
#include "rc_mpi.h"

enum { B = M_TRAIN_BATCH, G = 8, F = (M_TRAIN_PARAMS_BYTES - 128) / 4, L = M_TRAIN_GRADIENT_FLOATS };
static _Alignas(64) char state[M_TRAIN_STATE_BYTES], alone[M_TRAIN_STATE_BYTES], work[M_TRAIN_WORKSPACE_BYTES];
static float x[B * 192], room[RC_MPI_ROOM(M_TRAIN_PARAMS_BYTES, G) / 4], sum[G][F], start[F];
static int32_t y[B];
static rc_train how = { sizeof how, 0.1f, RC_TRAIN_AUGMENT, 0 };
static rc_loss own[G], all, one;
static rc_mpi m;

static void
fill(int step, int g)
{
	for (int i = 0; i < B * 192; i++)
		x[i] = (float)((i * 37 + step * 5 + g * 11) % 101) / 50 - 1;
	for (int i = 0; i < B; i++)
		y[i] = (i + g) % 3;
	how.seed = (uint64_t)(step * G + g);
}

static void
step_alone(int step)
{
	float *running = (float *)(void *)(alone + 256) + L, *gradient = m_train_gradient(alone);
	memcpy(start, running, (F - L) * 4);
	for (int g = 0; g < G; g++) {
		memcpy(running, start, (F - L) * 4);
		fill(step, g);
		m_train_grad(NULL, alone, x, y, &how, work, sizeof work, &one);
		memcpy(sum[g], gradient, L * 4);
		memcpy(sum[g] + L, running, (F - L) * 4);
	}
	for (int i = 0; i < F; i++) {
		float s = ((sum[0][i] + sum[1][i]) + (sum[2][i] + sum[3][i])) + ((sum[4][i] + sum[5][i]) + (sum[6][i] + sum[7][i]));
		*(i < L ? gradient + i : running + i - L) = s * 0.125f;
	}
	m_train_apply(NULL, alone, &how);
}

int
main(int argc, char **argv)
{
	int count, ok, begun = 1, same[2], both[2];
	rc_options options = { sizeof options };
	const rc_parameter *p = m_train_parameters(&count);
	MPI_Init(&argc, &argv);
	ok = rc_mpi_open(&m, MPI_COMM_WORLD, 6, p, count, L, room, sizeof room, &options) == RC_E_OPTIONS &&
	     rc_mpi_open(&m, MPI_COMM_WORLD, G, p, count, L, room, 4 * F, &options) == RC_E_SCRATCH &&
	     rc_mpi_open(&m, MPI_COMM_WORLD, G, p, count, L, room, sizeof room, &options) == RC_OK;
	m_train_init(state, 3);
	m_train_init(alone, 3);
	for (int step = 0; ok && step < 3; step++) {
		rc_mpi_begin(&m, state);
		for (int i = 0; i < m.own; i++) {
			rc_mpi_group(&m, i);
			fill(step, m.first + i);
			m_train_grad(&options, state, x, y, &how, work, sizeof work, &own[i]);
		}
		for (int i = 0; i + 1 < m.parts; i++)
			begun = begun && m.part[i].round >= 0;
		rc_mpi_end(&m, own, &all);
		m_train_apply(&options, state, &how);
		step_alone(step);
	}
	same[0] = !memcmp(state, alone, sizeof state);
	same[1] = ok && begun && m.parts > 2 && all.count == B * G;
	MPI_Reduce(same, both, 2, MPI_INT, MPI_MIN, 0, MPI_COMM_WORLD);
	if (!m.rank)
		printf("%d ranks: %s, %s\n", m.ranks, both[0] ? "the same bits" : "other bits", both[1] ? "fine" : "not fine");
	MPI_Finalize();
	return 0;
}
