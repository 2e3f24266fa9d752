/*
** train.c - resnetc train: emits the network in training, compiles and loads it, and makes its steps over a data set.
**
** The state is the checkpoint. What is not in it - the order of the pictures, their crops, the rate - follows from the
** seed and the number of steps made, so a run that is resumed goes on with the same bits. The state's user words are
** the epoch so far.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../image/image.h"
#include "dataset.h"
#include "training.h"

enum { SumWord, RightWord, CountWord, MillisecondsWord };    /* of rc_state.user */

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
	double limit, start, before; /* seconds; spent before this run */
	const char *weights_file, *checkpoint;
	const char *log;             /* its text so far */
} Run;

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

/* write_weights - the parameters as safetensors, under the model's names */
static void
write_weights(const Run *r)
{
	DslOptions dsl = dsl_options(r->o);
	Graph *g = dsl_load(r->o->model, &dsl);
	File f;

	for (int i = 0; i < r->t->nparams; i++)
		for (int k = 0; k < g->count; k++)
			for (int p = 0; p < NParams; p++) {
				Param *to = &g->nodes[k]->p[p];
				const Trained *from = &r->t->params[i];
				if (!to->name || strcmp(to->name, from->name))
					continue;
				to->count = from->count;
				to->data = arena_new(from->count*sizeof *to->data);
				for (size_t v = 0; v < from->count; v++)
					to->data[v] = (double)trainer_param(&r->trainer, from)[v];
			}
	f = safetensors_file(g, "");
	write_at(r->weights_file, f.data, f.len);
	free((void *)f.data);
}

static void
write_checkpoint(const Run *r)
{
	head_of(r)->user[MillisecondsWord] = (uint64_t)((r->before + seconds() - r->start)*1e3);
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

/* end_epoch - a line of the log and on the terminal; the epoch's sums begin anew */
static void
end_epoch(Run *r, int epoch, double rate)
{
	uint64_t *user = head_of(r)->user;
	rc_loss test = evaluate(r);
	int count = (int)user[CountWord];
	double loss = from_word(user[SumWord])/count, error = wrong((int)user[RightWord], count), time = r->before +
		seconds() - r->start;
	const char *tests = test.count ? arena_text("%.6f,%.6f", test.loss/test.count, wrong(test.correct, test.count)) : ",";

	r->log = arena_text("%s%d,%.6g,%.6f,%.6f,%s,%.1f\n", r->log, epoch, rate, loss, error, tests, time);
	if (r->o->log)
		write_at(r->o->log, r->log, strlen(r->log));
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
		for (size_t j = 0; n->out[k].home == Home_arena && j < n->out[k].bytes/sizeof(float); j++)
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
show(const Run *r, int step, int all, const rc_loss *loss, double rate)
{
	double spent = seconds() - r->start;
	const char *what;

	(void)rate;
	what = arena_text("epoch %d/%d, loss %.3f, error %4.1f %%, %.0f images/s, step", step/r->steps + 1, r->t->epochs,
	                  loss->loss, 100*wrong(loss->correct, loss->count), spent > 0 ? r->t->batch/(spent/(step + 1)) : 0);
	progress(what, step%r->steps + 1, all/r->t->epochs + 1);
}

static void
run(Run *r)
{
	int all = r->steps*r->t->epochs;
	rc_train how = { sizeof how, 0, RC_TRAIN_AUGMENT, 0 };
	rc_loss loss = { 0, 0, 0 };

	for (int step = (int)head_of(r)->step; step < all; step++) {
		uint64_t state = r->t->seed ^ (uint64_t)step*0x9e3779b97f4a7c15u;
		how.seed = rnd(&state);
		how.rate = (float)rate_at(r->t, (double)step/all);
		fill_batch(r, step);
		trainer_must(&r->trainer, r->trainer.grad(&r->trainer.options, r->trainer.state, r->images, r->labels, &how,
		                                          r->trainer.workspace, r->trainer.workspace_len, &loss));
		if (!isfinite(loss.loss))
			fail("step %d: want a finite loss, got %g; the first layer without is '%s' (a smaller rate than %g may help)", step,
			     loss.loss, nan_at(r, &how), (double)how.rate);
		trainer_must(&r->trainer, r->trainer.apply(&r->trainer.options, r->trainer.state, &how));
		add_loss(r, &loss);
		show(r, step, all, &loss, (double)how.rate);
		if ((step + 1)%r->steps == 0)
			end_epoch(r, (step + 1)/r->steps, (double)how.rate);
		if (was_interrupted() || (r->limit > 0 && r->before + seconds() - r->start > r->limit)) {
			write_checkpoint(r);
			note("stopped after %d of %d steps; --resume %s goes on", step + 1, all, r->checkpoint);
			return;
		}
	}
}

/* resume - the state, and the log as far as it belongs to it */
static void
resume(Run *r)
{
	size_t len;
	const char *from = file_map(r->o->resume, &len), *log, *at;
	int status;

	if (len != r->trainer.state_len)
		fail("%s: want a checkpoint of %s, %zu bytes, got %zu", r->o->resume, r->g->name, r->trainer.state_len, len);
	memcpy(r->trainer.state, from, len);
	status = r->trainer.check(r->trainer.state, len);
	if (status != RC_OK)
		fail("%s: want a checkpoint of %s, got another file: %s", r->o->resume, r->g->name, r->trainer.strerror(status));
	if (head_of(r)->seed != r->t->seed)
		fail("%s: want a checkpoint of seed %llu, got one of seed %llu", r->o->resume, (unsigned long long)r->t->seed,
		     (unsigned long long)head_of(r)->seed);
	r->before = (double)head_of(r)->user[MillisecondsWord]/1e3;
	if (!r->o->log || access(r->o->log, R_OK))
		return;
	log = file_map(r->o->log, &len);
	at = log;
	for (int lines = (int)head_of(r)->step/r->steps + 1; lines > 0 && at < log + len; lines--) {
		const char *end = memchr(at, '\n', (size_t)(log + len - at));
		at = end ? end + 1 : log + len;
	}
	r->log = arena_text("%.*s", (int)(at - log), log);
}

static Run
run_of(Options *o, const Model *m)
{
	Run r = { .o = o, .g = m->g, .t = m->g->train, .order_of = -1,
	         .log = "epoch,rate,train_loss,train_error,test_loss,test_error,seconds\n" };
	const char *stem = o->output ? o->output : arena_text("%s.safetensors", m->g->name), *dot = strrchr(stem, '.');

	if (o->epochs)
		r.t->epochs = o->epochs;
	if (o->limit)
		r.limit = seconds_of(o->limit);
	r.weights_file = stem;
	r.checkpoint = dot && !strchr(dot, '/') ? arena_text("%.*s.checkpoint", (int)(dot - stem), stem) :
		arena_text("%s.checkpoint", stem);
	r.data = data_open(o->data, r.g, r.t->loss->in[0]->shape.c);
	r.steps = r.data.train.count/r.t->batch;
	if (!r.steps)
		fail("%s:%d: train: want a batch of at most %d, the pictures there are, got %d", r.g->file, r.t->line,
		     r.data.train.count, r.t->batch);
	r.images = malloc((size_t)r.t->batch*picture_bytes(r.g));
	r.labels = malloc((size_t)r.t->batch*sizeof *r.labels);
	r.order = malloc((size_t)r.data.train.count*sizeof *r.order);
	if (!r.images || !r.labels || !r.order)
		fail("out of memory");
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
	if (o->resume)
		resume(&r);
	catch_interrupt();
	r.start = seconds();
	run(&r);
	write_weights(&r);
	trainer_close(&r.trainer);
	return ExitOk;
}
