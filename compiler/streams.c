/*
** streams.c - the standard streams. What is printed is only done when it has arrived: a full disk or a closed pipe
** ends the program with a message and a status like any other file that cannot be written.
*/
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base.h"

static int lost_by;                  /* errno of the first flush that failed */

/* flush_output - what is printed so far; that it did not arrive is told at the end */
void
flush_output(void)
{
	errno = 0;
	if (fflush(stdout) != 0 && !lost_by)
		lost_by = errno;
}

/* close_output - at the very end, when everything else is put away */
static void
close_output(void)
{
	static char text[200];               /* the arena is gone */
	bool lost = ferror(stdout) != 0;

	flush_output();
	lost |= lost_by != 0;
	if (lost && !lost_by && write(1, "\n", 1) < 0)
		lost_by = errno;             /* a full buffer that did not go out leaves no number */
	errno = 0;
	lost |= close(1) != 0 && errno != EBADF;
	if (!lost)
		return;
	snprintf(text, sizeof text, "standard output: want all of it written, got: %s",
	         strerror(lost_by ? lost_by : errno ? errno : EIO));
	tell(text);
	_exit(ExitInput);
}

/* streams_guard - before anything is opened, so that no file takes the place of a stream that the caller closed */
void
streams_guard(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			_exit(ExitInput);
	atexit(close_output);
}
