/*
** train.c - resnetc train: emits the network in training, compiles and loads it, and makes its steps over a data set.
**
** The state is the checkpoint. What is not in it - the order of the pictures, their crops, the rate - follows from the
** seed and the number of steps made, so a run that is resumed goes on with the same bits.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../image/image.h"
#include "train_run.h"

/* seconds_of - "170m", "3h", "90" or "90s" */
static double
seconds_of(const char *text)
{
	char *end;
	double v = strtod(text, &end), unit = !strcmp(end, "m") ? 60 : !strcmp(end, "h") ? 3600 : !*end || !strcmp(end, "s") ?
		1 : 0;

	if (end == text || !(v > 0) || !isfinite(v) || unit <= 0)
		usage_error("--limit: want a time such as 90s, 170m or 3h, got '%s'", text);
	return v*unit;
}

/* --- the order of pictures --- */

static void
shuffle(Run *r, int epoch)
{
	uint64_t state = r->t->seed*0x9e3779b97f4a7c15u + (uint64_t)epoch;

	if (r->order_of == epoch)
		return;
	for (int i = 0; i < r->data.train.count; i++)
		r->order[i] = i;
	for (int i = r->data.train.count - 1; i > 0; i--) {
		int k = (int)(rnd(&state)%(uint64_t)(i + 1)), other = r->order[k];
		r->order[k] = r->order[i];
		r->order[i] = other;
	}
	r->order_of = epoch;
}

static void
fill_batch(Run *r, int step)
{
	size_t each = picture_bytes(r->g);
	int batch = r->t->batch;

	shuffle(r, step/r->steps);
	for (int i = 0; i < batch; i++) {
		int from = r->order[step%r->steps*batch + i];
		data_fetch(&r->data.train, r->g, from, r->images + (size_t)i*each);
		r->labels[i] = r->data.train.labels[from];
	}
}

/* --- an epoch's end --- */

/* evaluate - over the pictures to test, all of them unless it is interrupted */
static rc_loss
evaluate(Run *r)
{
	const Dataset *d = &r->data.test;
	size_t each = picture_bytes(r->g);
	rc_loss sum = { 0, 0, 0 }, one;

	for (int at = 0; at < d->count && !was_interrupted(); at += r->t->batch) {
		int here = d->count - at < r->t->batch ? d->count - at : r->t->batch;
		for (int i = 0; i < here; i++)
			data_fetch(d, r->g, at + i, r->images + (size_t)i*each);
		trainer_must(&r->trainer, r->trainer.eval(&r->trainer.options, r->trainer.state, r->images, d->labels + at, here,
		                                          r->trainer.workspace, r->trainer.workspace_len, &one));
		sum.loss += one.loss*one.count;
		sum.correct += one.correct;
		sum.count += one.count;
		progress("testing", at + here, d->count);
	}
	return sum;
}

static double
wrong(int correct, int count)
{
	return count ? 1 - (double)correct/count : 0;
}

/*
** end_epoch - a line of the log and on the terminal; the epoch's sums begin anew. Interrupted while it tests it does
** nothing of that: the sums stay in the state, and who resumes begins by the test.
*/
static void
end_epoch(Run *r, int epoch, double rate)
{
	uint64_t *user = head_of(r)->user;
	rc_loss test = evaluate(r);
	int count = (int)user[CountWord];
	double loss = loss_of_epoch(r)/count, error = wrong((int)user[RightWord], count), time = r->before +
		seconds() - r->start;
	const char *tests = test.count ? arena_text("%.6f,%.6f", test.loss/test.count, wrong(test.correct, test.count)) : ",",
		*line = arena_text("%d,%.6g,%.6f,%.6f,%s,%.1f\n", epoch, rate, loss, error, tests, time);

	if (test.count < r->data.test.count)
		return;
	add_line(r, line, strlen(line));
	if (r->o->log)
		write_at(r->o->log, r->log, r->log_len);
	if (r->o->plot)
		write_curves(r->o->plot, r->g, r->log);
	if (r->o->json)
		printf("{ \"epoch\": %d, \"rate\": %s, \"train_loss\": %s, \"train_error\": %s, \"test_loss\": %s, "
		       "\"test_error\": %s, \"seconds\": %.1f }\n", epoch, json_number(rate), json_number(loss), json_number(error),
		       test.count ? json_number(test.loss/test.count) : "null", test.count ?
			json_number(wrong(test.correct, test.count)) : "null", time);
	else if (!r->o->quiet)
		printf("epoch %3d  rate %-8.4g train loss %.4f, error %5.2f %%%s  %.0f s\n", epoch, rate, loss, 100*error,
		       test.count ?
		       arena_text("  test loss %.4f, error %5.2f %%", test.loss/test.count, 100*wrong(test.correct, test.count)) :
			"", time);
	flush_output();
	memset(user, 0, 3*sizeof *user);
	write_checkpoint(r);
	if (r->weights_file)
		write_weights(r);
}

/* --- running --- */

typedef struct {
	const Run *r;
	const char *layer;           /* the first with a number that is none; NULL: none yet */
} Search;

static void
look_for_nan(void *user, int index, const char *name)
{
	Search *s = user;
	const Node *n = s->r->g->nodes[index];

	for (int k = 0; k < n->nout && !s->layer; k++) {
		const float *p = (const float *)(void *)(s->r->trainer.workspace + n->out[k].at);
		bool floats = n->out[k].home == Home_arena && n->out[k].dtype == DT_f32;
		for (size_t j = 0; floats && j < n->out[k].bytes/sizeof(float); j++)
			s->layer = isfinite(p[j]) ? s->layer : name;
	}
}

/* nan_at - the first layer of this step with a number that is none: the step once more, with a look at each layer */
static const char *
nan_at(Run *r, const rc_train *how)
{
	Search s = { r, NULL };
	rc_options o = r->trainer.options;
	rc_loss loss;

	o.layer = look_for_nan;
	o.layer_user = &s;
	trainer_must(&r->trainer, r->trainer.grad(&o, r->trainer.state, r->images, r->labels, how, r->trainer.workspace,
	                                          r->trainer.workspace_len, &loss));
	return s.layer ? s.layer : "loss";
}

static void
show(const Run *r, int first, int step, const rc_loss *loss)
{
	double images = (step - first + 1)*r->t->batch, spent = seconds() - r->start;
	char what[160];

	snprintf(what, sizeof what, "epoch %d/%d, loss %.3f, error %4.1f %%, %.0f images/s, step", step/r->steps + 1,
	         r->t->epochs, loss->loss, 100*wrong(loss->correct, loss->count), spent > 0 ? images/spent : 0);
	progress(what, step%r->steps + 1, r->steps + 1);
}

/* is_over - interrupted, or at the end of this run's time */
static bool
is_over(const Run *r)
{
	return was_interrupted() || (r->limit > 0 && seconds() - r->start > r->limit);
}

static void
stop(const Run *r, int all)
{
	write_checkpoint(r);
	note("stopped after %d of %d steps; --resume %s goes on", (int)head_of(r)->step, all, r->checkpoint);
}

static float
rate_of(const Run *r, int step)
{
	return (float)rate_at(r->t, (double)step/(r->steps*r->t->epochs));
}

static void
run(Run *r)
{
	int all = r->steps*r->t->epochs, first = (int)head_of(r)->step;
	rc_train how = { sizeof how, 0, RC_TRAIN_AUGMENT, 0 };
	rc_loss loss = { 0, 0, 0 };

	if (owes_test(r))
		end_epoch(r, first/r->steps, (double)rate_of(r, first - 1));
	if (was_interrupted()) {
		stop(r, all);
		return;
	}
	for (int step = first; step < all; step++) {
		uint64_t state = r->t->seed ^ (uint64_t)step*0x9e3779b97f4a7c15u;
		how.seed = rnd(&state);
		how.rate = rate_of(r, step);
		fill_batch(r, step);
		trainer_must(&r->trainer, r->trainer.grad(&r->trainer.options, r->trainer.state, r->images, r->labels, &how,
		                                          r->trainer.workspace, r->trainer.workspace_len, &loss));
		if (!isfinite(loss.loss))
			fail("step %d: want a finite loss, got %g; the first layer without is '%s' (a smaller rate than %g may help)", step,
			     loss.loss, nan_at(r, &how), (double)how.rate);
		trainer_must(&r->trainer, r->trainer.apply(&r->trainer.options, r->trainer.state, &how));
		add_loss(r, &loss);
		show(r, first, step, &loss);
		if ((step + 1)%r->steps == 0)
			end_epoch(r, (step + 1)/r->steps, (double)how.rate);
		if (is_over(r)) {
			stop(r, all);
			return;
		}
	}
}

static Run
run_of(Options *o, const Model *m)
{
	Run r = { .o = o, .g = m->g, .t = m->g->train, .order_of = -1 };
	const char *stem = o->output ? o->output : arena_text("%s.safetensors", m->g->name), *dot = strrchr(stem, '.');

	if (o->epochs)
		r.t->epochs = o->epochs;
	if (o->limit)
		r.limit = seconds_of(o->limit);
	r.weights_file = stem;
	r.checkpoint = dot && !strchr(dot, '/') ? arena_text("%.*s.checkpoint", (int)(dot - stem), stem) :
		arena_text("%s.checkpoint", stem);
	want_place(r.weights_file);
	want_place(r.checkpoint);
	want_place(o->log);
	want_place(o->plot);
	begin_log(&r);
	r.data = data_open(o->data, r.g, r.t->loss->in[0]->shape.c);
	r.steps = r.data.train.count/r.t->batch;
	if (!r.steps)
		fail("%s: train: want a batch of at most %d, the pictures there are, got %d (--batch)", training_place(r.g),
		     r.data.train.count, r.t->batch);
	note("%d pictures to train with, %d to test", r.data.train.count, r.data.test.count);
	r.images = want_memory(malloc((size_t)r.t->batch*picture_bytes(r.g)));
	r.labels = want_memory(malloc((size_t)r.t->batch*sizeof *r.labels));
	r.order = want_memory(malloc((size_t)r.data.train.count*sizeof *r.order));
	return r;
}

int
verb_train(Options *o)
{
	Model *m;
	Run r;

	if (!o->data)
		usage_error("train: want --data cifar10:DIR, images:DIR or x.npy,y.npy, got none");
	m = build_training(o, true);
	if (!m)
		return ExitOk;
	r = run_of(o, m);
	r.trainer = trainer_open(m, o->threads);
	if (o->resume) {
		resume_state(&r);
		resume_log(&r);
	}
	head_of(&r)->user[BatchWord] = (uint64_t)r.t->batch;
	head_of(&r)->user[PicturesWord] = (uint64_t)r.data.train.count;
	head_of(&r)->user[EpochsWord] = (uint64_t)r.t->epochs;
	catch_interrupt();
	r.start = seconds();
	run(&r);
	write_weights(&r);
	trainer_close(&r.trainer);
	free(r.log);
	return ExitOk;
}
