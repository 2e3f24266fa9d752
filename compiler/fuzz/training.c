/*
** training.c - random networks in training: a step of each, every node of it against the reference in double precision,
** and the same bits from code that works in strips, that keeps
** what the other makes again, on several threads, from another workspace, in which whatever was
** not written is NaN. Then the parameters are moved, which must be what SGD says in double precision.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../runtime/rc_threads.h"
#include "../trainer.h"
#include "fuzz.h"

enum { Whole, Stripped, Variants, Guard = 64 };     /* floats after state and workspace that must stay as they are */
static const double Limit = 1e-5;    /* of a node's error, relative to the largest of its results; that of verify */

typedef struct {
	Model *m[Variants];
	char *images;
	int32_t *labels;
} Lesson;

/* lesson - case k as a graph of training, after its passes */
static Model *
lesson(const Case *c, const char *file, const char *name, unsigned skip)
{
	DslOptions o = { .name = name };
	PassOptions po = { .skip = skip, .out = stdout };
	Graph *g = dsl_load(file, &o);
	Model *m;

	fuzz_weights(g, c);
	g->target = c->target;
	g->exact = c->exact;
	g->train = fuzz_training(c);
	training_graph(g);
	derive_weights(g);
	run_passes(g, &po);
	m = model_of(g);
	m->command = "fuzz";
	return m;
}

static char *
random_images(const Graph *g, const Case *c)
{
	size_t each = count_of(g->nodes[0]->out->shape);
	float *all = want_memory(malloc((size_t)g->train->bn_groups*each*sizeof *all));

	for (int i = 0; i < g->train->bn_groups; i++) {
		Case of = *c;
		float *one;
		of.seed += (uint64_t)i*1000003;
		one = fuzz_input(g, &of);
		memcpy(all + (size_t)i*each, one, each*sizeof *one);
		free(one);
	}
	return (char *)all;
}

static void
prepare(Lesson *l, const Case *c, int k, const char *dir)
{
	const char *file = arena_text("%s/case%d.lua", dir, k);
	File text = { arena_text("case%d.lua", k), fuzz_text(c), strlen(fuzz_text(c)) };
	const Graph *g;

	write_files(dir, &text, 1);
	l->m[Whole] = lesson(c, file, arena_text("n%da", k), 1u << pass_named("strips"));
	l->m[Stripped] = lesson(c, file, arena_text("n%db", k), (c->skip & 1u << pass_named("strips")) |
	                        (unsigned)(c->seed%2) << pass_named("recompute"));
	g = l->m[Whole]->g;
	l->images = random_images(g, c);
	l->labels = arena_new((size_t)g->train->batch*sizeof *l->labels);
	for (int i = 0; i < g->train->batch; i++)
		l->labels[i] = (int32_t)((c->seed + (uint64_t)i)%(uint64_t)g->train->loss->in[0]->shape.c);
}

static void *
compile_all(const Lesson *l, int count, const char *dir)
{
	File files[24];
	const char *sources = "rc.c rc_train.c";

	write_files(dir, files, train_runtime_files(l[0].m[0]->g->target, files));
	for (int i = 0; i < count*Variants; i++) {
		const Model *m = l[i/Variants].m[i%Variants];
		File both[2] = { emit_train_source(m, NULL), emit_train_header(m, NULL) };
		write_files(dir, both, 2);
		sources = arena_text("%s %s_train.c", sources, m->g->name);
	}
	return host_load(dir, sources, "-O1", NULL);
}

/* --- judging --- */

/* memory - whose every float is NaN, and a guard behind it */
static char *
memory(size_t len, size_t offset)
{
	char *p = want_memory(aligned_alloc(64, (len + offset + Guard*sizeof(float) + 63)/64*64));

	memset(p, 0xff, len + offset + Guard*sizeof(float));
	return p;
}

static bool
is_whole(const char *p, size_t len)
{
	for (size_t i = 0; i < Guard*sizeof(float); i++)
		if (p[len + i] != (char)0xff)
			return false;
	return true;
}

static void
must(Verdict *v, const char *variant, const Trainer *t, int status)
{
	if (status != RC_OK)
		fuzz_wrong(v, arena_text("%s: refuses to train: %s", variant, t->strerror(status)));
}

/* check_nodes - of the step just made */
static void
check_nodes(Verdict *v, const NodeErrors *e)
{
	const Graph *g = e->t->m->g;

	for (int i = 0; i < g->count; i++) {
		v->margin = fmax(v->margin, e->error[i]/Limit);
		v->values += (double)results_of(g->nodes[i]);
		v->compared += (double)results_of(g->nodes[i]);
		if (!(e->error[i] <= Limit))
			fuzz_wrong(v, arena_text("node %s (%s): off by %.2g of the largest, where %g is allowed", g->nodes[i]->name,
			                         op_rows[g->nodes[i]->op].name, e->error[i], Limit));
	}
}

static void
check_average(Verdict *v, const char *name, int c, double now, double was, double of, double momentum)
{
	double want = (1 - momentum)*was + momentum*of;

	if (!(fabs(now - want) <= 1e-6*(fabs(was) + fabs(of)) + 1e-37))
		fuzz_wrong(v, arena_text("%s, channel %d, goes from %.9g to %.9g: want %.9g", name, c, was, now, want));
}

/* check_running - statistics after a step of one group; as PyTorch has it, of variances without bias */
static void
check_running(Verdict *v, const NodeErrors *e, const float *before)
{
	const Graph *g = e->t->m->g;

	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		if (n->op != O_bn_stats || n->frozen)
			continue;
		const Trained *mean = trained(n, P_bn_mean), *var = trained(n, P_bn_var);
		Shape s = n->in[0]->shape;
		double count = (double)s.n*s.h*s.w, unbiased = count > 1 ? count/(count - 1) : 1;
		for (int c = 0; c < s.c; c++) {
			check_average(v, mean->name, c, (double)trainer_param(e->t, mean)[c], (double)before[mean->at + (size_t)c],
			              e->values[i][c], n->a.value);
			check_average(v, var->name, c, (double)trainer_param(e->t, var)[c], (double)before[var->at + (size_t)c],
			              e->values[i][s.c + c]*unbiased, n->a.value);
		}
	}
}

/* check_moved - what _apply made of the parameters before; the momentum was 0 */
static void
check_moved(Verdict *v, const Trainer *t, const float *before, const float *gradient, double rate)
{
	const Training *tr = t->m->g->train;

	for (int i = 0; i < tr->nparams; i++) {
		const Trained *p = &tr->params[i];
		bool decays = !tr->decay_weights || p->id == P_weight;
		const float *now = trainer_param(t, p);
		for (size_t k = 0; k < p->count && !p->running && !p->frozen; k++) {
			double was = (double)before[p->at + k], g = (double)gradient[p->at + k] + (decays ? tr->weight_decay*was : 0);
			double want = was - rate*(g + (tr->nesterov ? tr->momentum*g : 0));
			double most = 4e-7*(fabs(was) + 3*rate*fabs(g)) + 1e-37;
			if (!(fabs((double)now[k] - want) <= most))
				fuzz_wrong(v, arena_text("%s, number %zu, moves from %.9g to %.9g: want %.9g", p->name, k, was, (double)now[k],
				                         want));
		}
	}
}

/* step - gradients, and then parameters moved; false: it was refused */
static bool
step(Verdict *v, const char *variant, Trainer *t, const Lesson *l, NodeErrors *errors)
{
	const Training *tr = t->m->g->train;
	const rc_train how = { sizeof how, 0.125f, 0, 0 };
	size_t floats = tr->floats*sizeof(float);
	float *before = arena_new(floats);
	rc_loss loss;
	int status;

	trainer_start(t);
	memcpy(before, t->state + StateHeader, floats);
	t->options.layer = errors ? node_errors_after : NULL;
	t->options.layer_user = errors;
	status = t->grad(&t->options, t->state, l->images, l->labels, &how, t->workspace, t->workspace_len, &loss);
	must(v, variant, t, status);
	t->options.layer = NULL;
	if (status != RC_OK)
		return false;
	if (errors)
		check_nodes(v, errors);      /* before what follows from them */
	if (!isfinite(loss.loss) || loss.count != tr->batch)
		fuzz_wrong(v, arena_text("%s: the loss is %g of %d images, want that of %d", variant, loss.loss, loss.count,
		                         tr->batch));
	must(v, variant, t, t->apply(&t->options, t->state, &how));
	check_moved(v, t, before, t->gradient(t->state), (double)how.rate);
	if (errors && tr->bn_groups == 1)
		check_running(v, errors, before);
	must(v, variant, t, t->eval(&t->options, t->state, l->images, l->labels, tr->batch, t->workspace, t->workspace_len,
	                            &loss));
	if (!is_whole(t->state, t->state_len) || !is_whole(t->workspace, t->workspace_len))
		fuzz_wrong(v, arena_text("%s: wrote behind the end of the state or the workspace", variant));
	return true;
}

static void
judge(Verdict *v, const Case *c, const Lesson *l, void *lib, rc_pool *pool)
{
	Trainer one = trainer_of(lib, l->m[Whole]), many = trainer_of(lib, l->m[Stripped]);
	NodeErrors errors = node_errors_of(&one, l->images, l->labels);
	size_t offset = 64*(1 + c->seed%5);
	char *room = memory(many.workspace_len, offset);

	one.state = memory(one.state_len, 0);
	one.workspace = memory(one.workspace_len, 0);
	many.state = memory(many.state_len, 0);
	many.workspace = room + offset;
	many.options.parallel_for = rc_pool_for;
	many.options.parallel_user = pool;
	many.options.threads = c->threads;
	if (step(v, "node by node", &one, l, &errors) && step(v, "in strips", &many, l, NULL) &&
	    memcmp(one.state + StateHeader, many.state + StateHeader, one.state_len - StateHeader))
		fuzz_wrong(v, arena_text("%d threads, strips and another workspace give other bits than one thread", c->threads));
	node_errors_end(&errors);
	free(one.state);
	free(one.workspace);
	free(many.state);
	free(room);
	if (v->status == Crashed)
		v->status = Fine;
}

void
fuzz_trials_of_training(const Case *c, int count, Verdict *v, const char *dir)
{
	Lesson *l = arena_new((size_t)count*sizeof *l);
	rc_pool pool;
	void *lib;

	for (int k = 0; k < count; k++)
		prepare(&l[k], &c[k], k, dir);
	lib = compile_all(l, count, dir);
	rc_pool_start(&pool, 2);
	for (int k = 0; k < count; k++)
		judge(&v[k], &c[k], &l[k], lib, &pool);
	rc_pool_stop(&pool);
}
