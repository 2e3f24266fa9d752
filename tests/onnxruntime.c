/*
** onnxruntime.c - graphs with the values that ONNX Runtime gives for noise (tests/import/graphs.txt, written by graphs.py);
** the language is in graphs.c.
*/
#include "graphs.h"

static const char **lines;
static int nlines;

static void
read_lines(void)
{
	size_t len;
	const char *text = file_map("tests/import/graphs.txt", &len), *end = text + len;

	for (const char *next; text < end; text = next + 1) {
		next = memchr(text, '\n', (size_t)(end - text));
		next = next ? next : end;
		if (*text != '#' && next > text)
			PUSH(lines, nlines, arena_text("%.*s", (int)(next - text), text));
	}
}

/* compare - a result with "SHAPE: values; largest sum" */
static void
compare(const char *line, const double *v, Shape s, const char *told)
{
	size_t count = count_of(s), want = 1, some = count < 8 ? count : 8;
	double largest = 0, sum = 0, most, w;
	const char *at = told;
	char *end;

	do {
		want *= strtoul(at, &end, 10);
		at = end + 1;
	} while (*end == 'x');
	ck_assert_msg(count == want, "%s\ngot %dx%dx%dx%d", line, s.n, s.c, s.h, s.w);
	most = strtod(strchr(told, ';') + 1, &end);
	for (size_t i = 0; i < some; i++) {
		size_t k = count > 8 ? i*(count - 1)/7 : i;
		w = strtod(at, (char **)&at);
		ck_assert_msg(fabs(v[k] - w) <= 1e-5*most + 1e-6 || (isnan(w) && isnan(v[k])), "%s\nvalue %zu is %.7g", line, k, v[k]);
	}
	for (size_t i = 0; i < count; i++) {
		largest = fmax(largest, fabs(v[i]));
		sum += noise(i)*v[i];
	}
	ck_assert_msg(fabs(largest - most) <= 1e-5*most + 1e-6, "%s\nthe largest is %.7g", line, largest);
	w = strtod(end, NULL);
	ck_assert_msg(fabs(sum - w) <= 1e-5*most*sqrt((double)count) + 1e-5*fabs(w) + 1e-6, "%s\nthe sum is %.7g", line, sum);
}

START_TEST(graph)
{
	const char *line = lines[_i], *told = strstr(line, " => ");
	static const OnnxOptions none;
	Graph *g;
	double *x, **v;
	size_t count;

	ck_assert_ptr_nonnull(told);
	put_model("line.onnx", &built(arena_text("%.*s", (int)(told - line), line))->m);
	g = onnx_import(in_dir("line.onnx"), &none);
	free((void *)safetensors_file(g, arena_text("line.safetensors")).data);     /* every parameter has its own name */
	count = count_of(g->nodes[0]->out->shape);
	x = malloc(count*sizeof *x);
	for (size_t i = 0; i < count; i++)
		x[i] = g->image.u8 ? noise(i)*128 + 128 : noise(i);
	v = interp(g, x);
	for (int i = 0; i < g->noutputs; i++) {
		compare(line, v[g->outputs[i]->node->id], g->outputs[i]->shape, told + (i ? 3 : 4));
		told = strstr(told + 1, " | ");
	}
	ck_assert_msg(!told, "%s\nmore outputs than %d", line, g->noutputs);
	interp_free(g, v);
	free(x);
}
END_TEST

SUITE(onnxruntime)
{
	TCase *t = part("onnxruntime");

	read_lines();
	tcase_add_loop_test(t, graph, 0, nlines);
}
