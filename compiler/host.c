/*
** host.c - compile emitted code for this machine, load it, and measure the machine's peak.
** The compiler is $CC, else the first of clang-19, clang, gcc, cc that is there.
*/
#define _XOPEN_SOURCE 700
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"

static bool
on_path(const char *program)
{
	const char *path = getenv("PATH");

	while (path && *path) {
		size_t n = strcspn(path, ":");
		if (!access(arena_text("%.*s/%s", (int)n, path, program), X_OK))
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

static const char *
compiler(void)
{
	static const char *const names[] = { "clang-19", "clang", "gcc", "cc" };
	const char *cc = getenv("CC");

	if (cc && *cc)
		return cc;
	for (int i = 0; i < 4; i++)
		if (on_path(names[i]))
			return names[i];
	fail("want a C compiler on PATH (clang-19, clang, gcc or cc) or in $CC, got none");
}

/* peak_source - as many multiply-adds as the processor can do: independent accumulators, no memory; and how fast it reads */
static File
peak_source(const Target *t)
{
	Out *o = out_new();
	size_t len;
	int count = t->regs > 16 ? 24 : 12;
	const char *text;
#if defined(__aarch64__)
	const char *reg = "w";
#else
	const char *reg = "v";
#endif

	out_line(o, "#define _POSIX_C_SOURCE 200809L\n#include <stdlib.h>\n#include <time.h>\n#include \"rc_simd_%s.h\"\n\nRC_TARGET_BEGIN", t->name);
	out_text(o, "double\nrc_peak(double seconds)\n{\n"
	            "struct timespec t;\n"
	            "double start, now, flops = 0, best = 0;\n"
	            "V x = splat(0.999f), y = splat(0.001f);\n");
	for (int i = 0; i < count; i++)
		out_line(o, "V a%d = splat(%d);", i, i);
	out_text(o, "clock_gettime(CLOCK_MONOTONIC, &t);\n"
	            "start = (double)t.tv_sec + 1e-9*(double)t.tv_nsec;\n"
	            "do {\n"
	            "double from, to;\n"
	            "clock_gettime(CLOCK_MONOTONIC, &t);\n"
	            "from = (double)t.tv_sec + 1e-9*(double)t.tv_nsec;\n"
	            "for (long i = 0; i < 20000; i++) {\n");
	for (int i = 0; i < count; i++)
		out_line(o, "a%d = fma_(a%d, x, y);", i, i);
	for (int i = 0; i < count; i++)
		out_line(o, "__asm__ volatile(\"\" : \"+%s\"(a%d));", reg, i);
	out_line(o, "}");
	out_text(o, "clock_gettime(CLOCK_MONOTONIC, &t);\n"
	            "to = now = (double)t.tv_sec + 1e-9*(double)t.tv_nsec;\n");
	out_line(o, "flops = 20000.0*%d*2*VL/(to - from);", count);
	out_text(o, "best = flops > best ? flops : best;\n"
	            "} while (now - start < seconds);\n");
	for (int i = 1; i < count; i++)
		out_line(o, "a0 = add(a0, a%d);", i);
	out_text(o, "float sink[VL];\nst(sink, a0);\n"
	            "return sink[0] == 12345.0f ? 0 : best/1e9;\n"
	            "}\n\n"
	            "double\nrc_bandwidth(size_t bytes, double seconds)\n{\n"
	            "struct timespec t;\n"
	            "size_t count = bytes/sizeof(float)/(8*VL)*(8*VL);\n"
	            "int rounds = bytes < (1u << 25) ? (int)((1u << 25)/bytes) : 1;\n"
	            "float *p = (float *)malloc(count*sizeof *p), sink[VL];\n"
	            "double start, now, from, best = 0;\n"
	            "V a = zero(), b = a, c = a, d = a;\n\n"
	            "for (size_t i = 0; p && i < count; i++)\np[i] = (float)(i%7);\n"
	            "clock_gettime(CLOCK_MONOTONIC, &t);\n"
	            "start = now = (double)t.tv_sec + 1e-9*(double)t.tv_nsec;\n"
	            "while (p && now - start < seconds) {\n"
	            "from = now;\n"
	            "for (int k = 0; k < rounds; k++)\n"
	            "for (size_t i = 0; i < count; i += 8*VL) {\n"
	            "a = add(a, ld(p + i)); b = add(b, ld(p + i + VL)); c = add(c, ld(p + i + 2*VL)); d = add(d, ld(p + i + 3*VL));\n"
	            "a = add(a, ld(p + i + 4*VL)); b = add(b, ld(p + i + 5*VL)); c = add(c, ld(p + i + 6*VL)); d = add(d, ld(p + i + 7*VL));\n"
	            "}\n"
	            "clock_gettime(CLOCK_MONOTONIC, &t);\n"
	            "now = (double)t.tv_sec + 1e-9*(double)t.tv_nsec;\n"
	            "from = (double)rounds*(double)(count*sizeof *p)/(now - from);\n"
	            "best = from > best ? from : best;\n"
	            "}\n"
	            "free(p);\n"
	            "st(sink, add(add(a, b), add(c, d)));\n"
	            "return sink[0] == 12345.0f ? 0 : best/1e9;\n"
	            "}\n"
	            "RC_TARGET_END\n");
	text = out_string(o, &len);
	return (File){ "rc_peak.c", text, len };
}

void *
host_load(const char *dir, const char *sources, const char *flags, const char **cc)
{
	const char *name = compiler();
	char *command = arena_text("cd '%s' && %s -std=c11 %s -w -fPIC -shared %s -o model.so 2> cc.log", dir, name, flags,
	                           sources);
	int status = system(command);
	void *lib;

	if (status) {
		char line[512] = "";
		FILE *f = fopen(arena_text("%s/cc.log", dir), "r");
		while (f && fgets(line, sizeof line, f))
			fputs(line, stderr);
		die("%s refused the emitted code", name);
	}
	lib = dlopen(arena_text("%s/model.so", dir), RTLD_NOW | RTLD_LOCAL);
	if (!lib)
		die("%s", dlerror());
	if (cc)
		*cc = name;
	return lib;
}

void *
host_symbol(void *lib, const char *name)
{
	void *p = dlsym(lib, name);

	if (!p)
		die("the emitted code has no %s", name);
	return p;
}

Host
host_build(const Model *m, const char *dir, bool with_peak)
{
	const Graph *g = m->g;
	File files[20];
	Host h = { 0 };
	int count = 0;

	if (!target_runs_here(g->target))
		fail("--target: want a target this machine can run, got '%s'", g->target->name);
	files[count++] = emit_source(m);
	files[count++] = emit_header(m);
	if (with_peak)
		files[count++] = peak_source(g->target);
	count += runtime_files(&g->target, 1, files + count);
	write_files(dir, files, count);
	h.lib = host_load(dir, arena_text("%s.c rc.c%s", g->name, with_peak ? " rc_peak.c" : ""), "-O2", &h.compiler);
	/* POSIX promises that these conversions work; ISO C has no cast for them */
	*(void **)&h.check = host_symbol(h.lib, arena_text("%s_check", g->name));
	*(void **)&h.run_with = host_symbol(h.lib, arena_text("%s_run_with", g->name));
	*(void **)&h.strerror = host_symbol(h.lib, "rc_strerror");
	if (with_peak) {
		*(void **)&h.peak = host_symbol(h.lib, "rc_peak");
		*(void **)&h.bandwidth = host_symbol(h.lib, "rc_bandwidth");
	}
	return h;
}
