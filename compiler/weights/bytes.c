/* bytes.c - what weights of bytes must be, so that the sums they make are those of the definition. */
#include <float.h>
#include <math.h>

#include "bind.h"

/* pair_at - of the weights that are neighbours as they are multiplied, the sum of two of one sign, else 0 */
static double
pair_at(const double *w, int first, int ic, int i, int taps)
{
	int c = i/taps;

	if ((first + c)%2 || c + 1 >= ic || (w[i] < 0) != (w[i + taps] < 0))
		return 0;
	return fabs(w[i] + w[i + taps]);
}

Dtype
dtype_on_bytes(ParamId id)
{
	return id == P_weight ? DT_i8 : id == P_bias ? DT_i32 : DT_f32;
}

const char *
check_weights_of_bytes(const Node *n)
{
	int rank, groups = n->op == O_linear ? 1 : n->a.groups;
	Shape s = param_shape(n, P_weight, &rank);
	int each = s.c*s.h*s.w;

	for (int o = 0; o < s.n; o++) {
		const double *w = n->p[P_weight].data + (size_t)o*(size_t)each;
		double step = n->p[P_weight_step].data[o], sum = fabs(n->p[P_bias].data[o]), pair = 0, factor;
		if (!(step >= (double)FLT_MIN && step <= (double)FLT_MAX))
			return arena_text("want weight_step as normal floats above 0, got %g for channel %d", step, o);
		factor = step_of(n->in[0])*step/step_of(n->out);
		if (!(factor >= 1e-30 && factor <= 1e30))
			return arena_text("want steps of about one size, got a factor of %g for channel %d", factor, o);
		for (int i = 0; i < each; i++) {
			sum += 2*255*fabs(w[i]);
			pair = fmax(pair, pair_at(w, o/(s.n/groups)*s.c, s.c, i, s.h*s.w));
		}
		if (sum > INT32_MAX)
			return arena_text("want sums within 32 bits, got up to %.3g for channel %d", sum, o);
		if (n->a.pair_safe && pair > 128)
			return arena_text("want weights no pair of which adds up to more than 128, got %g in channel %d", pair, o);
	}
	return NULL;
}
