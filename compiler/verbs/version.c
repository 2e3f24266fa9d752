/* version.c - resnetc version. */
#include "verbs.h"

int
verb_version(Options *o)
{
	(void)o;
	puts("resnetc " VERSION);
	return ExitOk;
}
