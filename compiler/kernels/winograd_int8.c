/*
** winograd_int8.c - 3x3 convolutions of bytes of stride 1 by Winograd's minimal filtering, exact: the bits of a
** direct sum.
**
** Points 0, ±1, ±2 and infinity for four outputs, 0, ±1 and infinity for two. B^T is whole as it is; the rows of G
** are times the least number that makes them whole, A^T times the least that makes up for that: its row i then gives
** 3*2^shift of its output for four, 2 for two. Of bytes less 128 every |V| is at most 12800 and of signed bytes every
** |U| at most 6223, so numbers of 16 bits hold them. Products, their sums and A^T m A are modulo 2^32. That is the sum
** times a power of 3 and one of 2: the inverse of the first modulo 2^32 and a shift to the right undo it. Nothing is
** lost while the sum is within 32 bits less the shift, which n's weights show (holds).
**
** Two or three outputs at the edge of an image have some of four outputs' points (winograd_runs.c) and their G: A^T
** gives 2 or 6 times them, |V| and the shift are less.
**
** Weights are transformed where they are used, as winograd_fly.c has it: so they are as small as a direct
** convolution's, and an eighth of what they become.
**
** The bytes are taken less 128, whatever stands for 0, so that the bound is the least; the biases make up for both.
*/
#include <math.h>

#include "bytes.h"
#include "winograd.h"

enum { Middle = 128 };               /* what bytes are counted from */

/* --- weights --- */

/* most_weight - of any output channel: the sum of its weights' sizes; where they are not known, whatever they are */
static double
most_weight(const Node *n)
{
	const double *w = n->p[P_weight].data;
	int each = n->in[0]->shape.c*9;
	double most = 0;

	if (!w)
		return 127.0*each;
	for (int o = 0; o < n->a.out; o++) {
		double sum = 0;
		for (int i = 0; i < each; i++)
			sum += fabs(*w++);
		most = fmax(most, sum);
	}
	return most;
}

static bool
holds(const Node *n, Way way)
{
	int shift = (way.winograd.h == 4 ? 3 : 1) + (way.winograd.w == 4 ? 3 : 1);

	return most_weight(n)*Middle < ldexp(1, 31 - shift);
}

static size_t
lanes_of(const Kernel *k)
{
	return (size_t)(vectors_of(k)*k->t->vl);
}

static int
packed(const Kernel *k, Packed *to)
{
	Wino w = wino_chosen(k);

	to[0] = (Packed){ DT_i8, (size_t)w.groups*wino_group(k, &w) };
	to[1] = (Packed){ DT_i32, lanes_of(k) };
	to[2] = (Packed){ DT_f32, lanes_of(k) + bytes_numbers(k) };
	return 3;
}

/* pack_weights - w[group][channel block][ki][kj][two channels][OB*VL][2] */
static void
pack_weights(const Node *n, const Kernel *k, signed char *to)
{
	Wino w = wino_chosen(k);
	int per = w.ob*k->t->vl, cb = k->in->lay.cb, channels = w.icb*cb, ic = k->in->shape.c;

	for (int oc = 0; oc < vectors_of(k)*k->t->vl; oc++)
		for (int c = 0; c < channels; c++) {
			signed char *at = to + (size_t)(oc/per)*wino_group(k, &w) + c/cb*9*cb*per + (c%cb/2*per + oc%per)*2 + c%2;
			for (int i = 0; i < 9; i++)
				at[i*cb*per] = oc < k->out->shape.c && c < ic ?
					(signed char)n->p[P_weight].data[((size_t)oc*(size_t)ic + (size_t)c)*9 + (size_t)i] : 0;
		}
}

static void
pack(const Node *n, const Kernel *k, void *const *to)
{
	int each = k->in->shape.c*9, zero = zero_of(n->in[0], 0);
	int32_t *bias = to[1];
	float *factors = to[2];

	pack_weights(n, k, to[0]);
	for (size_t o = 0; o < lanes_of(k); o++) {
		double sum = 0;
		bool there = o < (size_t)k->out->shape.c;
		for (int i = 0; there && i < each; i++)
			sum += n->p[P_weight].data[o*(size_t)each + (size_t)i];
		bias[o] = there ? (int32_t)(n->p[P_bias].data[o] + (Middle - zero)*sum) : 0;
		factors[o] = there ? factor_of(n, o) : 0;
	}
	bytes_pack(n, factors + lanes_of(k));
}

/* --- what the family answers --- */

/* fits - where bytes are multiplied as 16 bits are: not where direct sums take fewer instructions */
static bool
fits(const Node *n)
{
	return winograd_fits(n) && on_bytes(n) && !bytes_are_direct(n->g->target);
}

static void
describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "int8_winograd%dx%d_%dto%d_%dx%d%s%s%s", k->a.winograd.h, k->a.winograd.w, k->in->shape.c,
	         k->out->shape.c, k->out->shape.h, k->out->shape.w, k->skip ? "_add" : "", act_suffix(k),
	         k->out->dtype == DT_u8 ? "" : "_float");
}

static int
operands(const Kernel *k, int phase, Operand *to)
{
	bool one = winograd_in_one(k);
	int n = 0;

	if (phase == 0 && !one) {
		to[n++] = (Operand){ "x", Role_in, 0 };
		to[n++] = (Operand){ "v", Role_scratch, 0 };
		return n;
	}
	to[n++] = (Operand){ "m", Role_own, 0 };
	to[n++] = one ? (Operand){ "x", Role_in, 0 } : (Operand){ "v", Role_scratch, 0 };
	to[n++] = (Operand){ "w", Role_packed, 0 };
	to[n++] = (Operand){ "b", Role_packed, 1 };
	to[n++] = (Operand){ "f", Role_packed, 2 };
	if (k->skip)
		to[n++] = (Operand){ "z", Role_in, 1 };
	to[n++] = (Operand){ "y", Role_out, 0 };
	return n;
}

const Family family_winograd_int8 = {
	.name = "winograd_int8", .bytes = true, .fits = fits, .tiled = true, .ways = winograd_ways, .cycles = winograd_cycles,
	.holds = holds, .reach = winograd_reach, .work = winograd_work, .way_name = winograd_way_name, .phases = 2,
	.in_one = winograd_in_one,
	.describe = describe, .phase_name = winograd_phase_name, .emit = winograd_emit, .rounds = winograd_rounds,
	.scratch = winograd_scratch, .between = DT_i16, .own = winograd_own, .owned = DT_i32, .operands = operands,
	.packed = packed, .pack_node = pack
};
