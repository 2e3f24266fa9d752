/*
** reference.c - the double-precision interpreter against PyTorch: some numbers of each network of golden/ops.txt, which
** parity/ops.py has written.
*/
#include "graphs.h"

enum { Values = 8, MostCases = 200 };

static char *lines[MostCases];
static int nlines;

static void
read_lines(void)
{
	size_t len;
	const char *text = file_map("tests/golden/ops.txt", &len);
	char *line = strtok(arena_text("%.*s", (int)len, text), "\n");

	for (nlines = 0; line && nlines < MostCases; line = strtok(NULL, "\n"))
		lines[nlines++] = line;
}

START_TEST(pytorch_gives_the_same)
{
	char *body = strchr(lines[_i], '|') + 1, *want = strrchr(body, '|');
	int c, h, w;

	ck_assert_int_eq(sscanf(lines[_i], "%d %d %d|", &c, &h, &w), 3);
	*want++ = 0;
	const Graph *g = graph_of(body_model(c, h, w, body));
	size_t inputs = (size_t)(c*h*w), count = count_of(g->outputs[0]->shape);
	double *x = malloc(inputs*sizeof *x), **values;

	for (size_t i = 0; i < inputs; i++)
		x[i] = noise(i);
	values = interp(g, x);
	for (size_t i = 0; i < Values; i++) {
		double v = strtod(want, &want), got = value_in(values, g->outputs[0])[i*count/Values];
		ck_assert_msg(fabs(got - v) <= 1e-10*(1 + fabs(v)), "%s: value %zu: want %.12g, got %.12g", body, i*count/Values, v, got);
	}
	free(x);
	interp_free(g, values);
}
END_TEST

SUITE(reference)
{
	TCase *t = part("reference");

	read_lines();
	tcase_add_loop_test(t, pytorch_gives_the_same, 0, nlines);
}
