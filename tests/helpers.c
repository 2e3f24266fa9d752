/* helpers.c - models from text, emitted code against the interpreter, running the program. */
#define _XOPEN_SOURCE 700
#include <dirent.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests.h"

static char *folder;

const char *
in_dir(const char *name)
{
	if (!folder)
		folder = temp_dir();
	return arena_text("%s/%s", folder, name);
}

void
put_file(const char *name, const void *data, size_t len)
{
	FILE *f = fopen(in_dir(name), "wb");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(data, 1, len, f), len);
	fclose(f);
}

void
put_program(const char *name, const char *from)
{
	size_t len;
	const void *data = file_map(arena_text("tests/%s", from), &len);

	put_file(name, data, len);
}

const char *
model_file(const char *text)
{
	static int count;
	const char *name = arena_text("model%d_%d.lua", (int)getpid(), count++);

	put_file(name, text, strlen(text));
	return in_dir(name);
}

const char *
body_model(int c, int h, int w, const char *body)
{
	return model_file(arena_text("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { %d, %d, %d }, "
	                             "body = function(x)\n%s\nend }\n", c, h, w, body));
}

Graph *
graph_of(const char *file)
{
	static const DslOptions none;
	Graph *g = dsl_load(file, &none);

	bind_random(g, 1);
	return g;
}

Model *
compiled(Graph *g, const char *target, unsigned skip)
{
	PassOptions po = { .skip = skip, .out = stdout };
	Model *m;

	g->target = target_named(target);
	ck_assert(run_passes(g, &po));
	m = model_of(g);
	m->command = "test";
	return m;
}

void
emit_code(const char *dir, const char *model, const char *target)
{
	static const DslOptions none;
	Model *m = compiled(dsl_load(arena_text("examples/%s.lua", model), &none), target, 0);
	File files[20] = { emit_source(m), emit_header(m) };

	write_files(dir, files, 2 + runtime_files(&m->g->target, 1, files + 2));
}

double *
doubles(const float *v, size_t count)
{
	double *d = malloc(count*sizeof *d);

	for (size_t i = 0; i < count; i++)
		d[i] = (double)v[i];
	return d;
}

float *
numbers(size_t count, unsigned seed)
{
	float *v = malloc(count*sizeof *v);
	uint64_t s = seed + 1;

	for (size_t i = 0; i < count; i++) {
		double sum = -2;
		for (int k = 0; k < 4; k++) {
			s = s*6364136223846793005u + 1442695040888963407u;
			sum += (double)(s >> 33)/2147483648.0;
		}
		v[i] = (float)sum;
	}
	return v;
}

double
worst(const float *got, const double *want, size_t count)
{
	double most = 0, scale = 0;

	for (size_t i = 0; i < count; i++) {
		if (isnan(got[i]) != isnan(want[i]) || isinf(got[i]) != isinf(want[i]))
			return (double)INFINITY;
		if (!isfinite(want[i]))
			continue;
		most = fmax(most, fabs((double)got[i] - want[i]));
		scale = fmax(scale, fabs(want[i]));
	}
	return scale > 0 ? most/scale : most;
}

double
error_of(const char *file, const char *target, unsigned skip, int threads)
{
	Graph *before = graph_of(file);
	Model *m = compiled(graph_of(file), target, skip);
	Session s = session_open(m, threads, false);
	float *in = numbers(s.inputs, 3), *out = malloc(s.outputs*sizeof *out), *p = out;
	double *din = doubles(in, s.inputs), **values = interp(before, din), most = 0;

	for (size_t i = 0; i < s.workspace_len/sizeof(float); i++)
		s.workspace[i] = NAN;            /* nothing may be read before it is written */
	session_run(&s, in, out);
	for (int i = 0; i < before->noutputs; i++) {
		size_t count = count_of(before->outputs[i]->shape);
		most = fmax(most, worst(p, values[before->outputs[i]->node->id], count));
		p += count;
	}
	interp_free(before, values);
	free(in);
	free(out);
	free(din);
	session_close(&s);
	return most;
}

void
emulate(const char *dir, const char *name)
{
	const Target *t = target_named(name);
	FILE *f;

	if (target_runs_here(t))
		return;
	ck_assert_int_eq(system(arena_text("cp tests/emulate/words.h '%s'", dir)), 0);
	f = fopen(arena_text("%s/%s", dir, t->simd), "w");
	ck_assert(f && fprintf(f, "#pragma once\nenum { VL = %d };\n#include \"words.h\"\n", t->vl) > 0 && fclose(f) == 0);
}

const Machine *
other_machine(const Target *t)
{
	const Machine *m = target_runs_here(t) ? NULL : machine_of(t);
	const char *lacks = m ? machine_lacks(m) : NULL;

	return m && !(lacks && lacking(lacks)) ? m : NULL;
}

const char *
nearest_target(const char *name)
{
	return target_named(target_runs_here(target_named(name)) ? name : "native")->name;
}

static void
slurp(const char *file, char *to, size_t size)
{
	FILE *f = fopen(file, "rb");
	size_t n = f ? fread(to, 1, size - 1, f) : 0;

	to[n] = 0;
	if (f)
		fclose(f);
}

Ran
resnetc(const char *format, ...)
{
	Ran r = { 0, "", "" };
	va_list args;
	char command[4096], *at;
	size_t len;
	int status;

	va_start(args, format);
	vsnprintf(command, sizeof command, format, args);
	va_end(args);
	/* FAULT_LIBRARY: calls of the program fail as it says; LIMITED: 5 seconds and 1 GB */
	status = system(arena_text("%s %s./resnetc %s > '%s' 2> '%s'", getenv("LIMITED") && *getenv("LIMITED") ? "ulimit -v 1000000; ulimit -t 5;" : "",
	                           getenv("FAULT_LIBRARY") ? "LD_PRELOAD=$FAULT_LIBRARY " : "", command, in_dir("out"), in_dir("err")));
	r.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	slurp(in_dir("out"), r.out, sizeof r.out);
	slurp(in_dir("err"), r.err, sizeof r.err);
	len = strlen(in_dir(""));
	while ((at = strstr(r.err, in_dir(""))))
		memmove(at, at + len, strlen(at + len) + 1);
	return r;
}

const char *
script(const char *name, const char *text)
{
	put_file(name, text, strlen(text));
	ck_assert_int_eq(chmod(in_dir(name), 0755), 0);
	return in_dir(name);
}

/* vectors_ahead - an option that has clang read <immintrin.h>, most of its work on an emitted file, once for all suites instead of in every file */
static const char *
vectors_ahead(const char *options)
{
	const char *ahead = arena_text("%s/immintrin%s.pch", getenv("TMPDIR"), options);

	if (access(ahead, R_OK) && system(arena_text("echo '#include <immintrin.h>' | clang-19 -std=c11 -w -fPIC -O0 -Wno-psabi %s -x c-header - -o '%s' 2> /dev/null && mv '%s' '%s'",
	                                             options, in_dir("ahead"), in_dir("ahead"), ahead)))
		return "";
	return arena_text("-include-pch '%s'", ahead);
}

const char *
quick_compiler(const char *first, const char *options)
{
	return script("quick_cc", arena_text("#!/bin/sh\nfor last; do :; done\ncd \"${last%%/*}\" && %s || exit 1\n"
		"command -v clang-19 > /dev/null && exec clang-19 \"$@\" -O0 -Wno-psabi %s %s\n"
		"for cc in clang cc; do command -v $cc > /dev/null && exec $cc \"$@\" -O0 -Wno-psabi %s; done\n", first, options, vectors_ahead(options), options));
}

void
compile_quickly(void)
{
	setenv("CC", quick_compiler(":", ""), 1);
}

bool
lacking(const char *program)
{
	if (system(arena_text("command -v %.*s > /dev/null 2>&1", (int)strcspn(program, " "), program)) == 0)
		return false;
	printf("%s: not run, no %.*s here\n", this_part(), (int)strcspn(program, " "), program);
	fflush(stdout);
	return true;
}

int
count_in(const char *text, const char *what)
{
	int count = 0;

	for (; text && (text = strstr(text, what)); text += strlen(what))
		count++;
	return count;
}

int
count_files(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int count = 0;

	while (d && (e = readdir(d)))
		count += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
	if (d)
		closedir(d);
	return count;
}
