/*
** ops_einsum.c - products of one or two tensors whose dimensions have letters: a product element by element where
** nothing is summed over and one has all letters, else one of matrices.
*/
#include <ctype.h>
#include <string.h>

#include "import.h"

typedef struct { OnnxValue v; char letter[MostDims + 1]; } Term;       /* a letter a dimension */

static bool
has(const char *letters, char c)
{
	return c && strchr(letters, c);
}

static void
add(char *letters, char c)
{
	size_t n = strlen(letters);

	letters[n] = c;
	letters[n + 1] = '\0';
}

/* letters_of - of a term of rank dimensions; those behind "..." are digits, the last one a 9 */
static void
letters_of(const Import *m, const char *text, size_t len, int rank, char *letter)
{
	int own = 0;

	*letter = '\0';
	for (size_t i = 0; i < len; i++)
		own += isalpha((unsigned char)text[i]) != 0;
	for (size_t i = 0; i < len; i++) {
		if (isalpha((unsigned char)text[i])) {
			if (has(letter, text[i]))
				refuse(m, "want each letter once in a term, got '%c' again", text[i]);
			if (strlen(letter) < MostDims)
				add(letter, text[i]);
		} else if (!strncmp(text + i, "...", 3)) {
			i += 2;
			for (int d = own; d < rank && strlen(letter) < MostDims; d++)
				add(letter, (char)('9' - (rank - 1 - d)));
		} else if (text[i] != ' ') {
			refuse(m, "want letters, got '%s'", text);
		}
	}
	if (rank >= 0 && (int)strlen(letter) != rank)
		refuse(m, "want letters for %d dimensions, got '%.*s'", rank, (int)len, text);
}

/* result_letters - what the equation says, or all that are there once, in the order of the alphabet */
static void
result_letters(const Import *m, const char *arrow, const Term *t, int count, char *out)
{
	char all[2*MostDims + 1] = "";
	int rest = 0;

	*out = '\0';
	for (int i = 0; i < count; i++)
		for (const char *c = t[i].letter; *c; c++)
			if (!has(all, *c))
				add(all, *c);
	for (const char *c = all; *c; c++)
		rest += isdigit((unsigned char)*c) != 0;
	if (arrow) {
		const char *dots = strstr(arrow + 2, "...");
		for (const char *c = arrow + 2; *c; c++)
			rest += dots && isalpha((unsigned char)*c);
		letters_of(m, arrow + 2, strlen(arrow + 2), dots ? rest : -1, out);
	} else {
		for (char c = '0'; c <= 'z'; c++)
			if (has(all, c) && (isdigit((unsigned char)c) || count < 2 || !has(t[0].letter, c) || !has(t[1].letter, c))) {
				if (strlen(out) == MostDims)
					refuse(m, "want a result of at most %d dimensions, got more", MostDims);
				add(out, c);
			}
	}
	for (const char *c = out; *c; c++)
		if (!has(all, *c))
			refuse(m, "want letters of the terms in the result, got '%c'", *c);
}

/* in_order_of - the term with its dimensions in the order of these letters */
static Term
in_order_of(Import *m, const Term *t, const char *letters)
{
	int axes[MostDims];
	int64_t dim[MostDims], first[MostDims] = { 0 }, step[MostDims];
	Term y = *t;

	for (int d = 0; d < t->v.rank; d++) {
		axes[d] = (int)(strchr(t->letter, letters[d]) - t->letter);
		dim[d] = t->v.dim[axes[d]];
		step[d] = 1;
	}
	strcpy(y.letter, letters);
	if (!t->v.n)
		y.v = constant_view(m, &t->v, t->v.rank, dim, first, step, axes);
	else if (!view_transpose(&t->v, axes, &y.v))
		refuse(m, "want at most %d steps along axes, got more", MostAtoms);
	return y;
}

static OnnxValue
in_dims(const Import *m, OnnxValue v, int rank, const int64_t *dim)
{
	if (v.n && !view_reshape(&v, rank, dim, &v))
		refuse(m, "want whole dimensions, got parts of %s", dims_of(&v));
	v.rank = rank;
	memcpy(v.dim, dim, (size_t)rank*sizeof *dim);
	return v;
}

static int64_t
size_of(const Term *t, char c)
{
	return has(t->letter, c) ? t->v.dim[strchr(t->letter, c) - t->letter] : 1;
}

static int64_t
size_of_all(const Term *t, const char *letters)
{
	int64_t size = 1;

	for (; *letters; letters++)
		size *= size_of(t, *letters);
	return size;
}

/* summed - the term without the letters that nobody else reads */
static Term
summed(Import *m, const Term *t, const char *read)
{
	double *axis;
	int64_t dim[MostDims], one = 1;
	Term y = { .letter = "" };
	OnnxValue v = t->v;
	int rank = 0;

	for (int d = 0; d < t->v.rank; d++) {
		OnnxValue c;
		if (has(read, t->letter[d])) {
			add(y.letter, t->letter[d]);
			dim[rank++] = v.dim[d];
			continue;
		}
		if (!v.n)
			refuse(m, "want sums over the other term's dimensions, got one over '%c' of a constant", t->letter[d]);
		c = constant_new(m, TypeInt64, 1, &one, &axis);
		*axis = d;
		v = apply(m, op_reduce_sum, &v, &c);
	}
	y.v = rank < t->v.rank ? in_dims(m, v, rank, dim) : t->v;
	return y;
}

/* by_elements - each element of the result is one product */
static OnnxValue
by_elements(Import *m, const Term *t, const char *out)
{
	OnnxValue v[2];

	for (int i = 0; i < 2; i++) {
		char own[MostDims + 1] = "";
		int64_t dim[MostDims];
		int rank = 0;
		Term y;
		for (const char *c = out; *c; c++) {
			if (has(t[i].letter, *c))
				add(own, *c);
			dim[rank++] = size_of(&t[i], *c);
		}
		y = in_order_of(m, &t[i], own);
		v[i] = in_dims(m, y.v, rank, dim);
	}
	return apply(m, op_mul, &v[0], &v[1]);
}

/*
** What letters are: matrices side by side; rows, which only the first term has; summed over; columns, which only the
** second has; the images', where the second term has none.
*/
typedef struct {
	char images[2], batch[MostDims + 1], rows[MostDims + 1], inner[MostDims + 1], columns[MostDims + 1];
} Letters;

static Letters
letters_meet(const Term *a, const Term *b, const char *out)
{
	Letters l = { .batch = "" };

	for (const char *c = a->letter; *c; c++)
		add(!has(b->letter, *c) ? l.rows : has(out, *c) ? l.batch : l.inner, *c);
	for (const char *c = b->letter; *c; c++)
		if (!has(a->letter, *c))
			add(l.columns, *c);
	if (!b->v.n && *l.batch && l.rows[0] == a->letter[0]) {
		l.images[0] = l.rows[0];
		memmove(l.rows, l.rows + 1, strlen(l.rows));
	}
	return l;
}

/* matrices - a term with images, batch, and two groups that are a dimension each; the first may stay apart */
static OnnxValue
matrices(Import *m, const Term *t, const char *images, const char *batch, const char *first, const char *second,
         bool apart)
{
	char order[4*MostDims + 2];
	int64_t dim[MostDims];
	int rank = 0;
	Term y;

	strcat(strcat(strcat(strcpy(order, images), batch), first), second);
	y = in_order_of(m, t, order);
	for (size_t i = 0; i < strlen(images) + strlen(batch) + (apart ? strlen(first) : 0); i++)
		dim[rank++] = size_of(t, order[i]);
	if (!apart && rank < MostDims)
		dim[rank++] = size_of_all(t, first);
	if (rank >= MostDims)
		refuse(m, "want at most %d dimensions, got more", MostDims);
	dim[rank++] = size_of_all(t, second);
	return in_dims(m, y.v, rank, dim);
}

static OnnxValue
by_matrices(Import *m, const Term *t, const char *out)
{
	Letters l = letters_meet(&t[0], &t[1], out);
	bool apart = !t[1].v.n && !*l.batch;         /* rows stay as they are: images are the first of them */
	OnnxValue a = matrices(m, &t[0], l.images, l.batch, l.rows, l.inner, apart);
	OnnxValue b = matrices(m, &t[1], "", l.batch, l.inner, l.columns, false), y = apply(m, op_matmul, &a, &b);
	char order[4*MostDims + 2];
	int64_t dim[MostDims];
	int rank = 0;
	Term all;

	strcat(strcat(strcat(strcpy(order, l.images), l.batch), l.rows), l.columns);
	for (const char *c = order; *c; c++)
		dim[rank++] = has(t[0].letter, *c) ? size_of(&t[0], *c) : size_of(&t[1], *c);
	all.v = in_dims(m, y, rank, dim);
	strcpy(all.letter, order);
	return in_order_of(m, &all, out).v;
}

void
op_einsum(Import *m)
{
	const char *equation = attr_text(m, "equation", ""), *arrow = strstr(equation, "->"), *comma = strchr(equation, ',');
	size_t len = arrow ? (size_t)(arrow - equation) : strlen(equation);
	int count = (int)m->p->n_input;
	Term t[2] = { 0 };
	char out[MostDims + 1], read[2*MostDims + 1];
	bool sums = false, rows = false, columns = false;

	if (count < 1 || count > 2 || (count == 2) != (comma != NULL) || (comma && strchr(comma + 1, ',')))
		refuse(m, "want one or two terms, got %d of '%s'", count, equation);
	for (int i = 0; i < count; i++) {
		const char *from = i ? comma + 1 : equation, *end = i || !comma ? equation + len : comma;
		t[i].v = input_at(m, (size_t)i);
		letters_of(m, from, (size_t)(end - from), t[i].v.rank, t[i].letter);
	}
	result_letters(m, arrow, t, count, out);
	if (count == 2 && !t[0].v.n) {
		Term first = t[0];
		t[0] = t[1];
		t[1] = first;
	}
	for (int i = 0; i < count; i++)
		t[i] = summed(m, &t[i], strcat(strcpy(read, out), count == 2 ? t[1 - i].letter : ""));
	if (count == 1) {
		set_result(m, in_order_of(m, &t[0], out).v);
		return;
	}
	for (const char *c = t[0].letter; *c; c++) {
		if (has(t[1].letter, *c) && size_of(&t[0], *c) != size_of(&t[1], *c))
			refuse(m, "want one size for '%c', got %lld and %lld", *c, (long long)size_of(&t[0], *c),
			       (long long)size_of(&t[1], *c));
		sums = sums || !has(out, *c);
		rows = rows || !has(t[1].letter, *c);
	}
	for (const char *c = t[1].letter; *c; c++)
		columns = columns || !has(t[0].letter, *c);
	set_result(m, sums || (rows && columns) ? by_matrices(m, t, out) : by_elements(m, t, out));
}
