/* main.c - the command. */
#include "verbs/verbs.h"

int
main(int argc, char **argv)
{
	Options o;

	streams_guard();
	o = options_parse(argc, argv);
	return run_verb(&o);
}
