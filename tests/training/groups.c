/* groups.c - a batch of three groups beside its groups one by one, whose sums are written out. */
#include "m_train.h"
#include "n_train.h"
#include <stdio.h>
#include <string.h>

enum { B = N_TRAIN_BATCH, G = 3, F = (M_TRAIN_PARAMS_BYTES - 128) / 4, L = M_TRAIN_GRADIENT_FLOATS };
static _Alignas(64) char whole[M_TRAIN_STATE_BYTES], one[N_TRAIN_STATE_BYTES], work[M_TRAIN_WORKSPACE_BYTES];
static float x[G * B * 192], sum[G][F], start[F];
static int32_t y[G * B];
/* is what is too small for a normal number 0 in a step, and the processor told afterwards what it was before */
static int
flushes(float *v, float *gradient, const rc_train *how)
{
	int told = 1;
	v[0] = v[F] = 0;
	gradient[0] = 1e-40f;
#if defined(__x86_64__)
	unsigned before = __builtin_ia32_stmxcsr() & ~0x3fu, after;
#endif
	m_train_apply(NULL, whole, how);
#if defined(__x86_64__)
	after = __builtin_ia32_stmxcsr() & ~0x3fu;
	told = before == after && !(v[F] > 0);
#endif
	return told;
}

int
main(void)
{
	rc_train how = { sizeof how, 0.1f, RC_TRAIN_AUGMENT, 5 };
	rc_loss all, each;
	double loss = 0;
	int same;
	float *running = (float *)(void *)(one + 256) + L, *gradient;
	for (int i = 0; i < G * B * 192; i++)
		x[i] = (float)(i * 37 % 101) / 50 - 1;
	for (int i = 0; i < G * B; i++)
		y[i] = i % 3;
	printf("%d", m_train_init(whole, 3) || n_train_init(one, 3) || M_TRAIN_BATCH != G * B);
	for (int step = 0; step < 3; step++) {
		printf("%d", m_train_step(NULL, whole, x, y, &how, work, sizeof work, &all));
		gradient = n_train_gradient(one);
		memcpy(start, running, (F - L) * 4);
		loss = 0;
		for (int g = 0; g < G; g++) {
			rc_train part = rc_train_part(&how, g * B);
			memcpy(running, start, (F - L) * 4);
			n_train_grad(NULL, one, x + g * B * 192, y + g * B, &part, work, sizeof work, &each);
			loss += each.loss;
			memcpy(sum[g], gradient, L * 4);
			memcpy(sum[g] + L, running, (F - L) * 4);
		}
		for (int i = 0; i < F; i++)
			*(i < L ? gradient + i : running + i - L) = ((sum[0][i] + sum[1][i]) + sum[2][i]) * (1.0f / 3);
		n_train_apply(NULL, one, &how);
	}
	same = !memcmp(whole + 256, one + 256, sizeof one - 256);
	printf(" %d", flushes((float *)(void *)(whole + 256), m_train_gradient(whole), &how));
	printf(" %d%d%d\n", sizeof whole == sizeof one, same, all.count == G * B && all.loss - loss / 3 < 1e-12);
	return 0;
}
