/*
** pass.c - the passes in the order they run, and the runner: verifies after each, dumps, times.
*/
#include <stdlib.h>
#include <string.h>

#include "pass.h"

const Pass passes[] = {
	{ "fold_bn", fold_bn, 0, "batch norms, layer scales and factors into the weights of the layer beside them" },
	{ "fuse",    fuse,    0, "skip additions and activations into the epilogue of the layer before them" },
	{ "dce",     dce,     0, "drops nodes nobody reads and nodes that change nothing" },
	{ "quantize", quantize, 0, "floats to bytes, where the weights are quantised" },
	{ "choose",  choose,  offsetof(Graph, plain_choice), "algorithm of every node" },
	{ "layout",  layout,  offsetof(Graph, plain_layout), "channel blocks and halos of every tensor" },
	{ "tile",    tile,    offsetof(Graph, plain_tile), "register tile of every convolution" },
	{ "strips",  strips,  offsetof(Graph, plain_strips), "in training: layers that are done some images at a time" },
	{ "recompute", recompute, 0, "in training: what nn.train { recompute = true } does not keep for the way back" },
	{ "plan",    plan,    offsetof(Graph, plain_plan), "lifetimes to offsets in one arena; in place where legal" },
};
const int npasses = sizeof passes/sizeof *passes;

int
pass_named(const char *name)
{
	for (int i = 0; i < npasses; i++)
		if (!strcmp(name, passes[i].name))
			return i;
	return -1;
}

static void
show(Graph *g, const PassOptions *po, const char *name, const char *before)
{
	char *now = dump_string(g);

	if (before && !strcmp(before, now))
		fprintf(po->out, "-- %s (unchanged)\n", name);
	else if (po->dot)
		dump_dot(po->out, g);
	else
		dump(po->out, g, name);
	free(now);
}

bool
run_passes(Graph *g, const PassOptions *po)
{
	const char *want = po->dump ? po->dump : "";

	check(g, "input");
	if (!strcmp(want, "input") || !strcmp(want, "all"))
		show(g, po, "input", NULL);
	for (int i = 0; i < npasses; i++) {
		bool dumps = !strcmp(want, passes[i].name) || !strcmp(want, "all");
		char *before = dumps && !strcmp(want, "all") ? dump_string(g) : NULL;
		bool off = po->skip & 1u << i;
		double start = seconds();

		if (passes[i].plain)
			*(bool *)((char *)g + passes[i].plain) = off;
		if (!off || passes[i].plain)
			passes[i].run(g);
		renumber(g);
		fill_uses(g);
		check(g, passes[i].name);
		if (po->times)
			fprintf(stderr, "%-8s %8.2f ms\n", passes[i].name, (seconds() - start)*1e3);
		if (dumps)
			show(g, po, passes[i].name, before);
		free(before);
		if (po->stop_after && !strcmp(po->stop_after, passes[i].name))
			return false;
	}
	return true;
}
