/* verdict.c - what came of a case. */
#define _DEFAULT_SOURCE
#include <sys/mman.h>

#include "fuzz.h"

Verdict *
fuzz_verdicts(int count)
{
	Verdict *v = mmap(NULL, (size_t)count*sizeof *v, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (v == MAP_FAILED)
		fail("out of memory");
	return v;
}

void
fuzz_wrong(Verdict *v, const char *what)
{
	if (v->status == Wrong)
		return;
	v->status = Wrong;
	snprintf(v->what, sizeof v->what, "%s", what);
}
