/*
** measured.c - what `resnetc tune` found on processors that we had, of the convolutions of examples/: ways that are
** faster there than the cost model's choice. --target native takes them where no file of rows is given;
** tests/bench/measured.py makes the files.
*/
#include <string.h>

#include "carried.h"
#include "pass.h"

CARRIED(measured_zen_4, "compiler/measured/zen_4.tsv")

static const struct { const char *processor, *text, *end; } measured[] = {
	{ "Zen 4", measured_zen_4, measured_zen_4_end },
};
enum { NMeasured = sizeof measured/sizeof *measured };

Tuned *
tuned_on(const Target *t)
{
	for (int i = 0; t->processor && i < NMeasured; i++)
		if (!strcmp(measured[i].processor, t->processor))
			return tuned_parse(measured[i].processor, measured[i].text, measured[i].end);
	return NULL;
}
