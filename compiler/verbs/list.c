/* list.c - the rows of list.h. */
#include "verbs.h"

const Verb verbs[NVerbs] = {
#define VERB(name, fewest, most, usage, doc) { #name, fewest, most, usage, doc },
#include "list.h"
#undef VERB
};
