/* main.c - the command. */
#include <signal.h>

#include "verbs/verbs.h"

int
main(int argc, char **argv)
{
	Options o;

	streams_guard();
	signal(SIGXFSZ, SIG_IGN);            /* a file beyond a limit is told as a full disk is */
	o = options_parse(argc, argv);
	return run_verb(&o);
}
