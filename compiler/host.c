/*
** host.c - compile emitted code for this machine and load it, with what measures the machine's peak beside it.
*/
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "carried.h"
#include "host.h"

CARRIED(host_peak, "compiler/host/peak.c")

/* compile - sources in dir into one that can be loaded; false: refused, and dir/program.log says why */
static bool
compile(const char *dir, const char *sources, const char *flags, const char *to)
{
	const char *cc = host_compiler();
	Command c = { .count = 0 }, files = { .count = 0 };
	int status;

	host_command(&c);
	command_add_words(&c, "-std=c11 -w -fPIC -shared");
	command_add_words(&c, flags);
	command_add_words(&files, sources);
	for (int i = 0; i < files.count; i++)
		command_add(&c, arena_text("%s/%s", dir, files.word[i]));
	command_add(&c, "-o");
	command_add(&c, arena_text("%s/%s", dir, to));
	if (!program_run(c.word, dir, &status))
		fail("$CC: want a C compiler that can be started, got '%s': %s", cc, strerror(errno));
	if (WIFSIGNALED(status))
		fail("$CC: want a C compiler that comes to an end, got '%s' ended by signal %d (%s)", cc, WTERMSIG(status),
		     strsignal(WTERMSIG(status)));
	return !status;
}

/* refused - it did not compile: it never does, or it is our code */
static void
refused(const char *dir, const char *flags)
{
	static const char any[] = "#include <stddef.h>\n#include <stdint.h>\n#include <stdlib.h>\n#include <string.h>\n"
		"#include <time.h>\nint rc_any;\n";
	File probe = { "any.c", any, sizeof any - 1 };

	command_log(dir);
	write_files(dir, &probe, 1);
	if (!compile(dir, probe.name, flags, "any.so"))
		fail("$CC: want a C compiler that works, got '%s', which refuses an empty program", host_compiler());
	die("%s refused the emitted code", host_compiler());
}

void *
host_load(const char *dir, const char *sources, const char *flags, const char **cc)
{
	void *lib;

	if (!compile(dir, sources, flags, "model.so"))
		refused(dir, flags);
	lib = dlopen(arena_text("%s/model.so", dir), RTLD_NOW | RTLD_LOCAL);
	if (!lib)
		fail("$CC: want a C compiler for this machine, got '%s': %s", host_compiler(), dlerror());
	if (cc)
		*cc = host_compiler();
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

void
want_times(const Target *t)
{
	want_loading("to measure times");
	if (!target_runs_here(t))
		fail("--target: want a target of this machine to measure times, got '%s'%s", t->name,
		     machine_of(t) ? ", whose code would run in an emulator" : "");
}

Host
host_build(const Model *m, const char *dir, bool with_peak)
{
	const Graph *g = m->g;
	File files[24];
	Host h = { .model = m, .dir = dir, .machine = machine_for(g->target) };
	const char *flags = "-O2";
	int count = 0;

	if (!target_runs_here(g->target) && !h.machine)
		fail("--target: want a target this machine can run, got '%s'", g->target->name);
	if (with_peak)
		want_times(g->target);
	files[count++] = emit_source(m);
	files[count++] = emit_header(m);
	if (with_peak) {
		files[count++] = (File){ "rc_peak.c", host_peak, (size_t)(host_peak_end - host_peak) };
		flags = arena_text("-O2 -DPEAK_WORDS=\"%s\" -DPEAK_REGISTERS=%d", g->target->simd, g->target->regs);
	}
	count += runtime_files(&g->target, 1, files + count);
	write_files(dir, files, count);
	if (h.machine) {
		h.compiler = "";
		machine_compile(h.machine, dir, arena_text("%s.c rc.c", g->name), flags, &g->name, 1);
		return h;
	}
	h.lib = host_load(dir, arena_text("%s.c rc.c%s", g->name, with_peak ? " rc_peak.c" : ""), flags, &h.compiler);
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

int
host_check(const Host *h, const void *blob, size_t len)
{
	return h->machine ? RC_OK : h->check(blob, len);        /* elsewhere it is asked before every run */
}

/* run_elsewhere - one job, its layers' results brought here */
static int
run_elsewhere(const Host *h, const rc_options *o, const Job *job, void *out, void *workspace)
{
	JobResult r;
	void *held = machine_run(h->machine, h->dir, job, 1, &r);
	int status = r.check != RC_OK ? r.check : r.status;

	memcpy(out, r.out, job->out_bytes);
	if (job->layers && status == RC_OK)
		machine_layers(&r, job->layers, workspace, o->layer, o->layer_user);
	free(held);
	return status;
}

int
host_run(const Host *h, const rc_options *o, const File *blob, const void *in, void *out, void *workspace, size_t len)
{
	const Graph *g = h->model->g;

	if (!h->machine)
		return h->run_with(o, blob->data, in, out, workspace, len);
	return run_elsewhere(h, o, &(Job){ .threads = o->threads, .blob = blob, .in = in, .in_bytes = input_bytes(g),
		.out_bytes = output_bytes(g), .workspace = len, .layers = o->layer ? g : NULL }, out, workspace);
}
