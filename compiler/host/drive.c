/*
** drive.c - the program that runs networks where resnetc cannot load them: in an emulator, in Node. Carried inside resnetc and
** compiled beside the networks, whose table (driven) it is given. It reads FOLDER/jobs, one job after the other, and
** writes FOLDER/results: the same words in the same order as compiler/machine.c knows them.
*/
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"
#include "rc.h"

enum { Guard = 256 };                /* bytes behind results and workspace that must stay as they are */

static FILE *from, *to;
static void *taken[8];               /* by the job at hand */
static int ntaken;

/* memory - bytes of 0xff on a line of the cache, offset bytes behind one, and a guard; NaN as floats */
static char *
memory(size_t bytes, size_t offset)
{
	char *p = (char *)malloc(bytes + offset + Guard + 64);

	if (!p) {
		fputs("out of memory\n", stderr);
		exit(3);
	}
	taken[ntaken++] = p;
	memset(p, 0xff, bytes + offset + Guard + 64);
	return p + (64 - (uintptr_t)p%64)%64 + offset;
}

static int
whole(const char *p, size_t bytes)
{
	for (int i = 0; i < Guard; i++)
		if ((unsigned char)p[bytes + (size_t)i] != 0xff)
			return 0;
	return 1;
}

static void
take(void *p, size_t bytes)
{
	if (bytes && fread(p, bytes, 1, from) != 1) {
		fputs("jobs end too early\n", stderr);
		exit(4);
	}
}

/* backwards - parts in an order that no one may depend on */
static void
backwards(void *user, void (*task)(void *arg, int part), void *arg, int parts)
{
	(void)user;
	while (parts--)
		task(arg, parts);
}

typedef struct { const uint32_t *ends; const char *workspace; } Layers;  /* ends: of each layer's result, where it lies and how long */

static void
give_layer(void *user, int index, const char *name)
{
	const Layers *l = (const Layers *)user;

	(void)name;
	fwrite(l->workspace + l->ends[2*index], l->ends[2*index + 1], 1, to);
}

static void
run(const uint32_t *job)
{
	const Driven *d = &driven[job[Job_network]];
	size_t layers = job[Job_layers], ins = job[Job_input], outs = job[Job_output], ws = job[Job_workspace];
	uint32_t *ends = (uint32_t *)(void *)memory(8*layers, 0);
	char *blob = memory(job[Job_blob], 0), *in = memory(ins, job[Job_offset]%4), *out = memory(outs, 0);
	char *workspace = memory(ws, job[Job_offset]/64*64);
	Layers each = { ends, workspace };
	rc_options o = { sizeof o, NULL, NULL, 0, NULL, NULL, NULL };
	int32_t result[Results];

	take(ends, 8*layers);
	take(blob, job[Job_blob]);
	take(in, ins);
	o.threads = (int)job[Job_threads];
	if (o.threads > 1)
		o.parallel_for = backwards;
	if (layers) {
		o.layer = give_layer;
		o.layer_user = &each;
	}
	result[Result_check] = d->check(blob, job[Job_blob]);
	result[Result_status] = d->run_with(&o, blob, in, (float *)(void *)out, workspace, ws);
	result[Result_whole] = whole(out, outs) && whole(workspace, ws);
	fwrite(out, outs, 1, to);
	fwrite(result, sizeof result, 1, to);
	while (ntaken)
		free(taken[--ntaken]);
}

int
main(void)
{
	uint32_t job[Jobs];

	from = fopen(FOLDER "/jobs", "rb");
	to = fopen(FOLDER "/results", "wb");
	if (!from || !to) {
		fputs("jobs or results cannot be opened\n", stderr);
		return 5;
	}
	while (fread(job, sizeof job, 1, from) == 1)
		run(job);
	return fclose(to) ? 6 : 0;
}
