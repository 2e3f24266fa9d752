/*
** train_state.c - the state of a training is its checkpoint. The state's user words are the epoch so far, and what the
** order of pictures follows from besides the seed and the number of steps made.
*/
#include <string.h>

#include "train_run.h"

rc_state *
head_of(const Run *r)
{
	return (rc_state *)(void *)r->trainer.state;
}

static double
from_word(uint64_t w)
{
	double v;

	memcpy(&v, &w, sizeof v);
	return v;
}

double
loss_of_epoch(const Run *r)
{
	return from_word(head_of(r)->user[SumWord]);
}

void
add_loss(const Run *r, const rc_loss *loss)
{
	uint64_t *user = head_of(r)->user;
	double sum = loss_of_epoch(r) + loss->loss*loss->count;

	memcpy(&user[SumWord], &sum, sizeof sum);
	user[RightWord] += (uint64_t)loss->correct;
	user[CountWord] += (uint64_t)loss->count;
}

bool
owes_test(const Run *r)
{
	return head_of(r)->step%(uint64_t)r->steps == 0 && head_of(r)->user[CountWord];
}

void
write_checkpoint(const Run *r)
{
	head_of(r)->user[MillisecondsWord] = (uint64_t)((r->before + seconds() - r->start)*1e3);
	trainer_must(&r->trainer, r->trainer.seal(r->trainer.state));
	write_at(r->checkpoint, r->trainer.state, r->trainer.state_len);
}

/* want_word - what a checkpoint was of, where it says so */
static void
want_word(const Run *r, int word, int want, const char *what)
{
	uint64_t got = head_of(r)->user[word];

	if (got && got != (uint64_t)want)
		fail("%s: want a checkpoint of a training with %d %s, got one with %llu: the steps to come would be others",
		     r->o->resume, want, what, (unsigned long long)got);
}

void
resume_state(Run *r)
{
	size_t len;
	const char *from = file_map(r->o->resume, &len);
	int status, epochs, all = r->steps*r->t->epochs;

	if (len != r->trainer.state_len)
		fail("%s: want a checkpoint of %s, %zu bytes, got %zu", r->o->resume, r->g->name, r->trainer.state_len, len);
	memcpy(r->trainer.state, from, len);
	status = r->trainer.check(r->trainer.state, len);
	if (status == RC_E_CHECKSUM)
		fail("%s: want an undamaged checkpoint of %s, got one with another checksum than that of its bytes", r->o->resume,
		     r->g->name);
	if (status != RC_OK)
		fail("%s: want a checkpoint of %s, got another file: %s", r->o->resume, r->g->name, r->trainer.strerror(status));
	if (head_of(r)->seed != r->t->seed)
		fail("%s: want a checkpoint of seed %llu, got one of seed %llu", r->o->resume, (unsigned long long)r->t->seed,
		     (unsigned long long)head_of(r)->seed);
	want_word(r, BatchWord, r->t->batch, "pictures a step");
	want_word(r, PicturesWord, r->data.train.count, "pictures");
	epochs = (int)head_of(r)->user[EpochsWord];
	if (epochs && epochs != r->t->epochs && head_of(r)->step < (uint64_t)all)
		note("%s: began as a training of %d epochs; the rate goes on as one of %d has it", r->o->resume, epochs,
		     r->t->epochs);
	if (head_of(r)->step >= (uint64_t)all && !owes_test(r))
		note("%s: has made %llu steps, of %d: nothing is left to do", r->o->resume,
		     (unsigned long long)head_of(r)->step, all);
	r->before = (double)head_of(r)->user[MillisecondsWord]/1e3;
}
