/*
** conv_int8_results.c - what every micro-kernel of convolutions of bytes begins and ends with: its parameters, sums
** that begin with the biases, and what they become: times their channels' factors, with the skip, within bounds, as
** bytes or floats.
*/
#include "bytes.h"
#include "conv_int8.h"

bool
int8_to_bytes(const Kernel *k)
{
	return k->out->dtype == DT_u8;
}

const char *
int8_result(const Kernel *k)
{
	return int8_to_bytes(k) ? "unsigned char" : "float";
}

/* spans - does a tile have several blocks of channels of the results or of the skip? */
static bool
spans(const Kernel *k, int ob)
{
	return int8_vectors(k, ob) > k->out->lay.cb/k->t->vl || (k->skip && int8_vectors(k, ob) > k->in[1].lay.cb/k->t->vl);
}

const char *
int8_parameters(const Kernel *k, const Tiling *tl, const char *order)
{
	bool wide = spans(k, tl->ob);

	return arena_text("const unsigned char *RC_RESTRICT x, const signed char *RC_RESTRICT w, const int32_t *b,\n"
	                  "\tconst float *s,%s const float *e, %s%s%s *y,%s", order, k->skip ? "const unsigned char *z, " : "",
	                  k->skip && wide ? "int zplane, " : "", int8_result(k), wide ? " int yplane," : "");
}

const char *
int8_arguments(const Kernel *k, const Tiling *tl, const char *order)
{
	bool wide = spans(k, tl->ob);

	return arena_text("x, w, b, s,%s e, %s%sy, %s", order, k->skip ? "z, " : "",
	                  k->skip && wide ? arena_text("%zu, ", k->in[1].lay.plane) : "",
	                  wide ? arena_text("%zu, ", k->out->lay.plane) : "");
}

void
int8_emit_sums(Out *o, const Kernel *k, int ob, int p)
{
	out_flow(o, "I");
	for (int j = 0; j < p; j++)
		for (int i = 0; i < ob; i++)
			out_flow(o, "%s = %s%s", acc(i, j),
			         j ? acc(i, 0) : arena_text("ldi(b%s)", plus((size_t)(i*products_of(k->t).sums))),
			         j + 1 == p && i + 1 == ob ? ";" : ",");
	out_flow_end(o);
}

/* sums_of - the sums of vector i, pixel j as floats */
static const char *
sums_of(const Kernel *k, int i, int j)
{
	int words = k->t->vl/products_of(k->t).sums;
	const char *s = acc(i*words, j);

	for (int at = 1; at < words; at++)
		s = arena_text("%s, %s", s, acc(i*words + at, j));
	return arena_text("to_floats(%s)", s);
}

void
int8_emit_results(Out *o, const Kernel *k, int ob, int p)
{
	int vectors = int8_vectors(k, ob), wait = 0;
	bool twos = bytes_in_twos(k);
	const char *to[2], *values[2];

	out_line(o, "%s", "");
	emit_numbers(o, k, k->skip ? "f1 z1" : "");
	out_flow(o, "V");
	for (int i = 0; i < vectors; i++)
		out_flow(o, "s%d = ld(s%s)%s", i, plus((size_t)(i*k->t->vl)), i + 1 < vectors ? "," : ";");
	out_flow_end(o);
	for (int j = 0; j < p; j++)
	for (int i = 0; i < vectors; i++) {
		const char *value = arena_text("mul(%s, s%d)", sums_of(k, i, j), i);
		if (k->skip)
			value = arena_text("fma_(sub(ld8(z%s), z1), f1, %s)", pixel_at(k, &k->in[1], "zplane", i, j), value);
		to[wait] = arena_text("y%s", pixel_at(k, &k->out[0], "yplane", i, j));
		values[wait++] = value;
		if (twos && wait == 1 && j*vectors + i + 1 < p*vectors)
			continue;
		out_line(o, "%s", wait == 2 ? bytes_two_settled(to, values) : bytes_settled(k, to[0], values[0]));
		wait = 0;
	}
}
