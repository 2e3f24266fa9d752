/* dot.c - resnetc dot: the graph for Graphviz, after a pass. */
#include "verbs.h"

int
verb_dot(Options *o)
{
	o->pass.dump = o->pass.stop_after ? o->pass.stop_after : "plan";
	o->pass.dot = true;
	build(o, o->weights);
	return ExitOk;
}
