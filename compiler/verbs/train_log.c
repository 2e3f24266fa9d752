/* train_log.c - the log of a training: its text, which a training that goes on goes on with. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "train_run.h"

static const char log_head[] = "epoch,rate,train_loss,train_error,test_loss,test_error,seconds\n";

void
add_line(Run *r, const char *line, size_t len)
{
	r->log = want_memory(realloc(r->log, r->log_len + len + 1));
	memcpy(r->log + r->log_len, line, len);
	r->log[r->log_len += len] = 0;
}

void
begin_log(Run *r)
{
	add_line(r, log_head, sizeof log_head - 1);
}

void
resume_log(Run *r)
{
	size_t len;
	const char *log, *at;
	int lines = (int)head_of(r)->step/r->steps - owes_test(r);

	if (!r->o->log || access(r->o->log, R_OK))
		return;
	log = file_map(r->o->log, &len);
	if (len < sizeof log_head - 1 || memcmp(log, log_head, sizeof log_head - 1))
		fail("%s: want the log of a training, got another file", r->o->log);
	for (at = log + sizeof log_head - 1; lines > 0 && at < log + len; lines--) {
		const char *end = memchr(at, '\n', (size_t)(log + len - at));
		at = end ? end + 1 : log + len;
	}
	add_line(r, log + sizeof log_head - 1, (size_t)(at - log) - (sizeof log_head - 1));
}
