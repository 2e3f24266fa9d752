/* export.c - the blob of m_train_export is the one resnetc compiles and gives the network that m_train_eval evaluates; statuses. */
#include "m_train.h"
#include "m.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static _Alignas(64) char state[M_TRAIN_STATE_BYTES], work[M_TRAIN_WORKSPACE_BYTES], params[M_TRAIN_PARAMS_BYTES];
static _Alignas(64) char want[M_WEIGHTS_BYTES], got[M_WEIGHTS_BYTES], run[M_WORKSPACE_BYTES];
static float x[21 * 192];
static int32_t y[21];

static void
take(const char *name, char *to, size_t len)
{
	FILE *f = fopen(name, "rb");
	if (!f || fread(to, 1, len, f) != len)
		printf("no %s", name);
}

int
main(void)
{
	rc_train how = { sizeof how, 0.05f, 1, 7 };
	rc_loss loss;
	double sum = 0;
	size_t same = M_WEIGHTS_BYTES;
	for (int i = 0; i < 21 * 192; i++)
		x[i] = (float)(i * 37 % 101) / 50 - 1;
	for (int i = 0; i < 21; i++)
		y[i] = i % 3;
	take("m.params", params, sizeof params);
	take("m.weights", want, sizeof want);
	printf("%d", m_train_load(state, params, sizeof params));
	printf("%d", m_train_export(state, got, sizeof got));
	printf("%d", m_check(got, sizeof got));
	while (same > 128 && isinf(((float *)got)[same / 4 - 1]))
		same -= 128; /* what the self test expects */
	printf(" %d", same > 128 && !memcmp(got + 128, want + 128, same - 128));
	for (int i = 0; i < 5; i++)
		m_train_step(NULL, state, x, y, &how, work, sizeof work, &loss);
	printf(" %d", m_train_eval(NULL, state, x, y, 21, work, sizeof work, &loss));
	m_train_export(state, got, sizeof got);
	for (int i = 0; i < 21; i++) {
		float z[3];
		double e = 0;
		m_run(got, x + i * 192, z, run, sizeof run);
		for (int k = 0; k < 3; k++)
			e += exp(z[k] - z[y[i]]);
		sum += log(e) / 21;
	}
	printf(" %d", fabs(sum - loss.loss) < 1e-5 * (1 + sum));
	y[4] = 3;
	printf(" %d", m_train_grad(NULL, state, x, y, &how, work, sizeof work, &loss) == RC_E_LABEL);
	printf("%d", m_train_load(state, params, sizeof params - 4) == RC_E_WEIGHTS_SIZE);
	params[200] ^= 1;
	printf("%d", m_train_load(state, params, sizeof params) == RC_E_CHECKSUM);
	printf("%d", m_train_step(NULL, state, x, y, &how, work, sizeof work - 64, &loss) == RC_E_WORKSPACE_SIZE);
	how.rate = -1;
	printf("%d", m_train_apply(NULL, state, &how) == RC_E_HOW);
	how.rate = 0.1f;
	printf("%d", m_train_seal(state) == RC_OK && m_train_check(state, sizeof state) == RC_OK);
	state[sizeof state / 2] ^= 4;
	printf("%d", m_train_check(state, sizeof state) == RC_E_CHECKSUM);
	printf("%d", m_train_apply(NULL, state, &how) == RC_OK && m_train_check(state, sizeof state) == RC_OK);
	printf("%d", m_train_seal(state) == RC_OK && m_train_grad(NULL, state, x, y, &how, work, sizeof work, &loss) == RC_E_LABEL);
	y[4] = 0;
	printf("%d", m_train_grad(NULL, state, x, y, &how, work, sizeof work, &loss) == RC_OK && m_train_check(state, sizeof state) == RC_OK);
	state[1] = 0;
	printf("%d\n", m_train_check(state, sizeof state) == RC_E_MAGIC);
	return 0;
}
