/*
** onnx.c - ONNX's own backend node tests: every case of the operators the importer knows whose first input
** is a 4-D float tensor is imported, compiled, run and compared, or refused with a message. Further
** inputs are bound as constants. The data is Debian's libonnx-testdata (or $ONNX_TESTDATA).
*/
#define _XOPEN_SOURCE 700
#include <glob.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../compiler/import/onnx.h"

#include "tests.h"

static glob_t cases;

static const char *
test_data(void)
{
	const char *dir = getenv("ONNX_TESTDATA");

	return dir && *dir ? dir : "/usr/share/libonnx-testdata/data";
}

/* concerns - a case of one operator we claim, on a 4-D float tensor */
static bool
concerns(const char *dir)
{
	static const char *const ops[] = { "Conv", "BatchNormalization", "Relu", "Clip", "LeakyRelu", "Sigmoid", "HardSigmoid", "HardSwish", "Mul",
		"Add", "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "ReduceMean", "Gemm", "MatMul", "Flatten", "Reshape",
		"Softmax", "Concat", "Pad", "Slice", "Identity", "Dropout", "Constant", "Resize", "Upsample", "Sub", "Div", "Sum" };
	size_t len;
	const char *file = arena_text("%s/model.onnx", dir);
	const unsigned char *map;
	const Onnx__ModelProto *m;
	const Onnx__TensorTypeProto *t;
	bool known = true;

	if (access(file, R_OK))
		return false;
	map = file_map(file, &len);
	m = onnx_read(file, map, len);
	if (!m->graph->n_input || !m->graph->input[0]->type)
		return false;
	t = m->graph->input[0]->type->tensor_type;
	if (!t || t->elem_type != 1 || !t->shape || t->shape->n_dim != 4)
		return false;
	for (size_t i = 0; i < m->graph->n_node; i++) {
		bool found = false;
		for (size_t k = 0; k < sizeof ops/sizeof *ops; k++)
			found = found || !strcmp(ops[k], m->graph->node[i]->op_type);
		known = known && found;
	}
	return known;
}

static OnnxValue
read_pb(const char *file)
{
	size_t len;
	const unsigned char *map = file_map(file, &len);
	Onnx__TensorProto *t = onnx__tensor_proto__unpack(NULL, len, map);

	if (!t)
		die("%s", file);
	return onnx_constant(file, t);
}

static size_t
count_values(const OnnxValue *v)
{
	size_t count = 1;

	for (int i = 0; i < v->rank; i++)
		count *= (size_t)v->dim[i];
	return count;
}

/* disputed - where ONNX's reference and the runtimes differ, and the runtimes are followed */
static bool
disputed(const char *name)
{
	/* ONNX divides by the length of the result before it is rounded down, ONNX Runtime and PyTorch by the length it has */
	return !strcmp(name, "test_resize_downsample_scales_linear_align_corners") ||
		!strcmp(name, "test_resize_downsample_scales_cubic_align_corners");
}

/* run_case - in a child process: exits with what came of it */
static void NORETURN
run_case(const char *dir, const char *target)
{
	const char *file = arena_text("%s/model.onnx", dir);
	size_t len;
	const unsigned char *map = file_map(file, &len);
	const Onnx__ModelProto *p = onnx_read(file, map, len);
	struct OnnxConstant constants[16];
	OnnxOptions o = { .constants = constants };
	OnnxValue x = read_pb(arena_text("%s/test_data_set_0/input_0.pb", dir)), want;
	Graph *g;
	Session s;
	float *in, *out;

	for (size_t i = 1; i < p->graph->n_input && i < 16; i++) {
		const char *pb = arena_text("%s/test_data_set_0/input_%zu.pb", dir, i);
		if (access(pb, R_OK))
			continue;
		constants[o.nconstants++] = (struct OnnxConstant){ p->graph->input[i]->name, read_pb(pb) };
	}
	g = onnx_import(file, &o);
	s = session_open(compiled(g, target, 0), 1, false);
	in = malloc(s.inputs*sizeof *in);
	out = malloc(s.outputs*sizeof *out);
	for (size_t i = 0; i < s.inputs; i++)
		in[i] = (float)x.data[i];
	session_run(&s, in, out);
	want = read_pb(arena_text("%s/test_data_set_0/output_0.pb", dir));
	if (count_values(&want) != s.outputs) {
		fprintf(stderr, "%s: %zu values instead of %zu\n", dir, s.outputs, count_values(&want));
		exit(ExitBug);
	}
	for (size_t i = 0; i < s.outputs; i++)       /* the tolerance of ONNX's own runner */
		if (!(fabs((double)out[i] - want.data[i]) <= 1e-7 + 1e-3*fabs(want.data[i]))) {
			fprintf(stderr, "%s: value %zu is %g instead of %g\n", dir, i, (double)out[i], want.data[i]);
			exit(ExitBug);
		}
	exit(ExitOk);
}

/* outcome - of a case in a process of its own; its message goes to the suite's folder */
static int
outcome(const char *dir, const char *target)
{
	const char *err = in_dir("onnx_err");
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();

	if (!child) {
		if (!freopen(err, "w", stderr))
			_exit(ExitBug);
		run_case(dir, target);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(node_cases_pass_or_are_refused)
{
	int passed = 0, refused = 0, failed = 0;

	ck_assert_msg(cases.gl_pathc > 100, "want ONNX's node tests in %s, got none", test_data());
	for (size_t i = 0; i < cases.gl_pathc; i++) {
		const char *dir = cases.gl_pathv[i];
		char line[512] = "";
		FILE *f;
		int status;
		if (!concerns(dir) || disputed(strrchr(dir, '/') + 1))
			continue;
		status = outcome(dir, _i ? "native" : "scalar");
		f = fopen(in_dir("onnx_err"), "r");
		while (f && fgets(line, sizeof line, f) && !strncmp(line, "warning:", 8))
			;
		if (f)
			fclose(f);
		if (status == ExitOk) {
			passed++;
		} else if (status == ExitInput && strstr(line, "want") && strstr(line, "got")) {
			refused++;
			if (getenv("VERBOSE"))
				printf("refused %s: %s", strrchr(dir, '/') + 1, strrchr(line, '/') ? strrchr(line, '/') + 1 : line);
		} else {
			failed++;
			printf("FAILED %s (%d): %s\n", strrchr(dir, '/') + 1, status, line);
		}
	}
	printf("ONNX node tests on %s: %d passed, %d refused, %d failed\n", _i ? "native" : "scalar", passed, refused, failed);
	fflush(stdout);
	ck_assert_int_eq(failed, 0);
	ck_assert_int_ge(passed, 50);
}
END_TEST

SUITE(onnx)
{
	TCase *t = part("onnx");

	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	glob(arena_text("%s/node/test_*", test_data()), 0, NULL, &cases);
	tcase_add_loop_test(t, node_cases_pass_or_are_refused, getenv("CHECK_LONG") ? 0 : 1, 2);
}
