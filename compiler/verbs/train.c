/*
** train.c - resnetc train: emits the network in training, compiles and loads it, and makes its steps over a data set.
**
** The state is the checkpoint. What is not in it - the order of the pictures, their crops, the rate - follows from the
** seed and the number of steps made, so a run that is resumed goes on with the same bits. The state's user words are
** the epoch so far, and what the order follows from besides.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../image/image.h"
#include "dataset.h"
#include "training.h"

/* of rc_state.user; in a checkpoint without the last three they are 0 */
enum { SumWord, RightWord, CountWord, MillisecondsWord, BatchWord, PicturesWord, EpochsWord };

typedef struct {
	const Options *o;
	const Graph *g;
	Training *t;
	Trainer trainer;
	Data data;
	char *images;                /* a batch */
	int32_t *labels;
	int *order;
	int order_of;                /* epoch, -1: none */
	int steps;                   /* of an epoch */
	double limit, start, before; /* seconds: of this run; spent before it */
	const char *weights_file, *checkpoint;
	char *log;                   /* its text so far */
	size_t log_len;
	Graph *named;                /* the model by the names of weight files; NULL: not loaded yet */
} Run;

static const char log_head[] = "epoch,rate,train_loss,train_error,test_loss,test_error,seconds\n";

static rc_state *
head_of(const Run *r)
{
	return (rc_state *)(void *)r->trainer.state;
}

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

/* --- what is written --- */

/* fill_named - the parameter of the model that has this name; its memory is write_weights' */
static void
fill_named(const Run *r, const Trained *from)
{
	const float *v = trainer_param(&r->trainer, from);

	for (int k = 0; k < r->named->count; k++)
		for (int p = 0; p < NParams; p++) {
			Param *to = &r->named->nodes[k]->p[p];
			if (!to->name || strcmp(to->name, from->name))
				continue;
			to->count = from->count;
			to->data = to->data ? to->data : want_memory(malloc(from->count*sizeof *to->data));
			for (size_t i = 0; i < from->count; i++)
				to->data[i] = (double)v[i];
		}
}

/* write_weights - the parameters as safetensors, under the model's names; each epoch, so no memory stays behind */
static void
write_weights(Run *r)
{
	DslOptions dsl = dsl_options(r->o);
	File f;

	if (!r->named)
		r->named = dsl_load(r->o->model, &dsl);
	for (int i = 0; i < r->t->nparams; i++)
		fill_named(r, &r->t->params[i]);
	f = safetensors_file(r->named, "");
	write_at(r->weights_file, f.data, f.len);
	free((void *)f.data);
	for (int k = 0; k < r->named->count; k++)
		for (int p = 0; p < NParams; p++) {
			free(r->named->nodes[k]->p[p].data);
			r->named->nodes[k]->p[p].data = NULL;
		}
}

static void
write_checkpoint(const Run *r)
{
	head_of(r)->user[MillisecondsWord] = (uint64_t)((r->before + seconds() - r->start)*1e3);
	trainer_must(&r->trainer, r->trainer.seal(r->trainer.state));
	write_at(r->checkpoint, r->trainer.state, r->trainer.state_len);
}

static double
from_word(uint64_t w)
{
	double v;

	memcpy(&v, &w, sizeof v);
	return v;
}

static void
add_loss(const Run *r, const rc_loss *loss)
{
	uint64_t *user = head_of(r)->user;
	double sum = from_word(user[SumWord]) + loss->loss*loss->count;

	memcpy(&user[SumWord], &sum, sizeof sum);
	user[RightWord] += (uint64_t)loss->correct;
	user[CountWord] += (uint64_t)loss->count;
}

/* add_line - to the log */
static void
add_line(Run *r, const char *line, size_t len)
{
	r->log = want_memory(realloc(r->log, r->log_len + len + 1));
	memcpy(r->log + r->log_len, line, len);
	r->log[r->log_len += len] = 0;
}

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
	double loss = from_word(user[SumWord])/count, error = wrong((int)user[RightWord], count), time = r->before +
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

/* owes_test - do a whole epoch's sums wait for its test */
static bool
owes_test(const Run *r)
{
	return head_of(r)->step%(uint64_t)r->steps == 0 && head_of(r)->user[CountWord];
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

/* want_word - what a checkpoint was of, where it says so */
static void
want_word(const Run *r, int word, int want, const char *what)
{
	uint64_t got = head_of(r)->user[word];

	if (got && got != (uint64_t)want)
		fail("%s: want a checkpoint of a training with %d %s, got one with %llu: the steps to come would be others",
		     r->o->resume, want, what, (unsigned long long)got);
}

/* resume_state - the checkpoint, if it goes on here */
static void
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

/* resume_log - as far as it belongs to the checkpoint */
static void
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
	add_line(&r, log_head, sizeof log_head - 1);
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
