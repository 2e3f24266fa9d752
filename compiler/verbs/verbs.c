/* verbs.c - from a row to its function. */
#include "verbs.h"

int
run_verb(Options *o)
{
	static int (*const functions[NVerbs])(Options *) = {
#define VERB(name, fewest, most, usage, doc) verb_##name,
#include "list.h"
#undef VERB
	};

	return functions[o->verb - verbs](o);
}
