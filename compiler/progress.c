/* progress.c - a bar for long work: on a terminal only, gone when the work is done. */
#include <string.h>
#include <unistd.h>

#include "base.h"

void
progress(const char *what, int done, int all)
{
	static double shown;
	double now = seconds();

	if (quiet || !isatty(2) || (done < all && now - shown < 0.1))
		return;
	shown = now;
	if (done < all)
		fprintf(stderr, "\r%s %d of %d  [%-30.*s]", what, done, all, 30*done/all, "##############################");
	else
		fprintf(stderr, "\r%*s\r", (int)strlen(what) + 60, "");
	fflush(stderr);
}
