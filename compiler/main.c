/* main.c - the command. */
#include <string.h>

#include "verbs/verbs.h"

int
main(int argc, char **argv)
{
	Options o = options_parse(argc, argv);

	for (int i = 0; i < nverbs; i++)
		if (!strcmp(verbs[i].name, o.verb))
			return verbs[i].run(&o);
	die("verb %s", o.verb);
}
