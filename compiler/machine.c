/*
** machine.c - code for processors that this one is not: compiled by a compiler for them into a program (host/drive.c)
** that an emulator or Node runs. It reads jobs, one run of a network each, and writes what came of them.
*/
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "carried.h"
#include "host.h"
#include "host/drive.h"

CARRIED(host_drive, "compiler/host/drive.c")
CARRIED(host_drive_h, "compiler/host/drive.h")
CARRIED(host_node, "compiler/host/node.mjs")
CARRIED(host_cortex, "compiler/host/cortex.c")
CARRIED(host_cortex_ld, "compiler/host/cortex.ld")

/* add_words - those of a row, @ the folder */
static void
add_words(Command *c, const char *words, const char *dir)
{
	Command all = { .count = 0 };

	command_add_words(&all, words);
	for (int i = 0; i < all.count; i++) {
		const char *at = strchr(all.word[i], '@');
		command_add(c, at ? arena_text("%.*s%s%s", (int)(at - all.word[i]), all.word[i], dir, at + 1) : all.word[i]);
	}
}

/* first_of - the first program of a list that is on PATH, or NULL */
static const char *
first_of(const char *programs)
{
	Command all = { .count = 0 };

	command_add_words(&all, programs);
	for (int i = 0; i < all.count; i++)
		if (on_path(all.word[i]))
			return all.word[i];
	return NULL;
}

/* this machine, for a resnetc that is linked statically and cannot load code; its compiler is the host's */
static const Machine here = { "native", NULL, "-DFOLDER=\"@\"", "@/program" };

const Machine *
machine_for(const Target *t)
{
	return !target_runs_here(t) ? machine_of(t) : host_loads() ? NULL : &here;
}

const char *
machine_compiler(const Machine *m)
{
	return first_of(m->compilers);
}

const char *
machine_lacks(const Machine *m)
{
	Command run = { .count = 0 };

	if (!m->compilers)
		return NULL;
	if (!first_of(m->compilers))
		return m->compilers;
	command_add_words(&run, m->run);
	return on_path(run.word[0]) ? NULL : run.word[0];
}

/* write_table - driven, for drive.c */
static File
write_table(const char *const *names, int count)
{
	Out *o = out_new();
	size_t len;
	const char *text;

	out_line(o, "#include \"rc.h\"\n#include \"drive.h\"\n");
	for (int i = 0; i < count; i++) {
		out_line(o, "int %s_check(const void *weights, size_t len);", names[i]);
		out_line(o, "int %s_run_with(const rc_options *options, const void *weights, const void *input, float *output,\n"
		            "\tvoid *workspace, size_t len);", names[i]);
	}
	out_line(o, "\nconst Driven driven[] = {");
	for (int i = 0; i < count; i++)
		out_line(o, "{ %s_check, %s_run_with },", names[i], names[i]);
	out_line(o, "};");
	text = out_string(o, &len);
	return (File){ "table.c", text, len };
}

void
machine_compile(const Machine *m, const char *dir, const char *sources, const char *flags, const char *const *names,
                int count)
{
	File files[] = { write_table(names, count), { "drive.c", host_drive, (size_t)(host_drive_end - host_drive) },
		{ "drive.h", host_drive_h, (size_t)(host_drive_h_end - host_drive_h) },
		{ "node.mjs", host_node, (size_t)(host_node_end - host_node) },
		{ "cortex.c", host_cortex, (size_t)(host_cortex_end - host_cortex) },
		{ "cortex.ld", host_cortex_ld, (size_t)(host_cortex_ld_end - host_cortex_ld) } };
	const char *lacks = machine_lacks(m);
	Command c = { .count = 0 };
	int status;

	if (lacks)
		fail("--target %s: want '%s' on PATH to %s, got none", m->target, lacks,
		     lacks == m->compilers ? "compile for it" : "run its code");
	write_files(dir, files, sizeof files/sizeof *files);
	if (m->compilers)
		command_add(&c, first_of(m->compilers));
	else
		host_command(&c);
	add_words(&c, "-std=c11 -w", dir);
	add_words(&c, flags, dir);
	add_words(&c, m->flags, dir);
	Command all = { .count = 0 };
	command_add_words(&all, sources);
	command_add_words(&all, "table.c drive.c");
	for (int i = 0; i < all.count; i++)
		command_add(&c, arena_text("%s/%s", dir, all.word[i]));
	command_add(&c, "-o");
	command_add(&c, arena_text("%s/program", dir));
	if (!program_run(c.word, dir, &status))
		fail("%s: want a compiler that can be started, got: %s", c.word[0], strerror(errno));
	if (status) {
		command_log(dir);
		fail("--target %s: want '%s' to compile for it, got exit status %d", m->target, c.word[0], WEXITSTATUS(status));
	}
}

/* layer_end - the bytes of the workspace that hold what layer n makes */
static void
layer_end(const Node *n, uint32_t end[2])
{
	size_t from = n->out->at, to = from + n->out->bytes;

	for (int k = 1; k < n->nout; k++) {
		from = n->out[k].at < from ? n->out[k].at : from;
		to = n->out[k].at + n->out[k].bytes > to ? n->out[k].at + n->out[k].bytes : to;
	}
	end[0] = (uint32_t)from;
	end[1] = (uint32_t)(to - from);
}

static void
write_job(FILE *f, const Job *j)
{
	int layers = j->layers ? j->layers->count : 0;
	uint32_t words[Jobs] = { 0 }, end[2];

	words[Job_network] = (uint32_t)j->network;
	words[Job_threads] = (uint32_t)j->threads;
	words[Job_layers] = (uint32_t)layers;
	words[Job_offset] = (uint32_t)j->offset;
	words[Job_blob] = (uint32_t)j->blob->len;
	words[Job_input] = (uint32_t)j->in_bytes;
	words[Job_output] = (uint32_t)j->out_bytes;
	words[Job_workspace] = (uint32_t)j->workspace;
	fwrite(words, sizeof words, 1, f);
	for (int i = 0; i < layers; i++) {
		layer_end(j->layers->nodes[i], end);
		fwrite(end, sizeof end, 1, f);
	}
	fwrite(j->blob->data, j->blob->len, 1, f);
	fwrite(j->in, j->in_bytes, 1, f);
}

/* read_result - NULL: there are not so many */
static const char *
read_result(const Job *j, const char *p, const char *end, JobResult *to)
{
	int32_t words[Results];
	size_t layers = 0;

	for (int i = 0; j->layers && i < j->layers->count; i++) {
		uint32_t bytes[2];
		layer_end(j->layers->nodes[i], bytes);
		layers += bytes[1];
	}
	if ((size_t)(end - p) < layers + j->out_bytes + sizeof words)
		return NULL;
	to->layers = p;
	to->out = (const float *)(const void *)(p + layers);
	p += layers + j->out_bytes;
	memcpy(words, p, sizeof words);
	to->check = words[Result_check];
	to->status = words[Result_status];
	to->whole = words[Result_whole];
	return p + sizeof words;
}

/* read_all - a file's bytes, malloc'd */
static char *
read_all(const char *file, size_t *len)
{
	FILE *f = fopen(file, "rb");
	long end = f && !fseek(f, 0, SEEK_END) ? ftell(f) : -1;
	char *p = end >= 0 ? malloc((size_t)end + 1) : NULL;

	if (!p)
		fail("%s: want a readable file, got: %s", file, strerror(errno));
	rewind(f);
	*len = fread(p, 1, (size_t)end, f);
	fclose(f);
	return p;
}

void *
machine_run(const Machine *m, const char *dir, const Job *jobs, int count, JobResult *results)
{
	const char *file = arena_text("%s/jobs", dir), *at, *end;
	char *held;
	FILE *f = fopen(file, "wb");
	Command c = { .count = 0 };
	int status;
	size_t len;

	for (int i = 0; f && i < count; i++)
		write_job(f, &jobs[i]);
	if (!f || fclose(f))
		fail("%s: cannot be written: %s", file, strerror(errno));
	add_words(&c, m->run, dir);
	if (!program_run(c.word, dir, &status))
		fail("%s: want a program that can be started, got: %s", c.word[0], strerror(errno));
	if (status) {
		command_log(dir);
		die("'%s' ended the emitted code with status %d", c.word[0], WIFEXITED(status) ? WEXITSTATUS(status) : -1);
	}
	at = held = read_all(arena_text("%s/results", dir), &len);
	end = at + len;
	for (int i = 0; i < count; i++)
		if (!(at = read_result(&jobs[i], at, end, &results[i])))
			die("'%s' wrote only %d of %d results", c.word[0], i, count);
	return held;
}

void
machine_layers(const JobResult *r, const Graph *g, void *workspace,
               void (*layer)(void *user, int index, const char *name), void *user)
{
	const char *p = r->layers;

	for (int i = 0; i < g->count; i++) {
		uint32_t end[2];
		layer_end(g->nodes[i], end);
		memcpy((char *)workspace + end[0], p, end[1]);
		p += end[1];
		layer(user, i, g->nodes[i]->name);
	}
}
