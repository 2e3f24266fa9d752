/*
** tune.c - resnetc tune: times the likeliest algorithms and register tiles of every distinct convolution inside
** the network, so with its weights as cold as they are in use, and records the fastest for `compile --tuned`.
**
** Candidate c of all layers is one compilation of the whole network. All of them are loaded and run in turn, so
** that a noisy minute hits each alike. What won layer by layer is then run against the cost model's choice, and
** only recorded when it is not slower as a whole.
*/
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session.h"

enum { MostCandidates = 7, Rounds = 25, FinalRounds = 40 };

typedef struct { Way way; double cycles; } Candidate;

typedef struct {
	const char *key;
	const Node *n;               /* while ways are being gathered */
	const Kernel *k;
	const Family *family;        /* whose ways are being gathered */
	bool exact;
	Candidate *c;
	int count;
	double us[MostCandidates + 1];
} Layer;

static void
add_candidate(void *user, Way way)
{
	Layer *l = user;
	double cycles = l->family->cycles(l->k, way);
	const Candidate *before = l->count ? &l->c[l->count - 1] : NULL;

	if (l->family->holds && !l->family->holds(l->n, way))
		return;
	if (before && same_algorithm(before->way, way) && before->way.tile.h == way.tile.h && before->cycles <= cycles &&
	    before->cycles >= cycles)
		return;                      /* a wider tile that is split as the one before */
	PUSH(l->c, l->count, (Candidate){ way, cycles });
}

static int
by_cycles(const void *a, const void *b)
{
	const Candidate *x = a, *y = b;

	return (x->cycles > y->cycles) - (x->cycles < y->cycles);
}

/* thin - the likeliest few, at most three of one algorithm */
static void
thin(Layer *l)
{
	int kept = 0;

	for (int i = 0; i < l->count && kept < MostCandidates; i++) {
		int same = 0;
		for (int j = 0; j < kept; j++)
			same += same_algorithm(l->c[j].way, l->c[i].way);
		if (same < 3)
			l->c[kept++] = l->c[i];
	}
	l->count = kept;
}

static void
add_ways(void *user, const Family *f)
{
	Layer *l = user;

	l->family = f;
	if (f->ways && !(l->exact && f->rounds_otherwise))
		f->ways(l->k, add_candidate, l);
}

/* own_first - the model's own choice to the front; it is there whatever else is */
static void
own_first(Layer *l, const Node *n)
{
	Candidate own = { way_of(&n->a), -1 };
	int at = 0;

	while (at < l->count && !(same_algorithm(l->c[at].way, own.way) && l->c[at].way.tile.h == own.way.tile.h &&
	                          l->c[at].way.tile.w == own.way.tile.w))
		at++;
	if (at == l->count)
		PUSH(l->c, l->count, own);
	memmove(&l->c[1], &l->c[0], (size_t)at*sizeof *l->c);
	l->c[0] = own;
}

/* gather_layer - all ways of all families that could compute n, the likeliest few first */
static Layer
gather_layer(const Node *n, bool exact)
{
	Kernel k = kernel_of(n, 0);
	Layer l = { .key = tuned_key(n), .n = n, .k = &k, .exact = exact };

	each_fitting(n, add_ways, &l);
	qsort(l.c, (size_t)l.count, sizeof *l.c, by_cycles);
	own_first(&l, n);
	thin(&l);
	l.k = NULL;
	l.n = NULL;
	return l;
}

/* gather - every distinct convolution of the network with its candidates; the model's own choice comes first */
static int
gather(const Model *m, Layer **layers, bool exact)
{
	int count = 0;

	for (int i = 0; i < m->g->count; i++) {
		const Node *n = m->g->nodes[i];
		bool known = !tuned_takes(n);
		for (int j = 0; j < count && !known; j++)
			known = !strcmp((*layers)[j].key, tuned_key(n));
		if (!known)
			PUSH(*layers, count, gather_layer(n, exact));
	}
	return count;
}

static TunedRow
row_of(const Options *o, const Host *host, const Layer *l, int c)
{
	const Candidate *x = &l->c[c < l->count ? c : 0];

	return (TunedRow){ cpu_name(), host->compiler, o->target->name, l->key, o->threads > 1 ? o->threads : 1,
		x->way, l->us[c < l->count ? c : 0] };
}

/* open_with - the network compiled with these rows; its weights are freed once they are packed */
static Session
open_with(const Options *o, const Tuned *rows)
{
	Options one = *o;
	Model *m;
	Session s;

	one.rows = rows;
	m = build(&one, o->weights);
	s = session_open(m, o->threads, false);
	for (int i = 0; i < m->g->count; i++)
		for (int p = 0; p < NParams; p++) {
			free(m->g->nodes[i]->p[p].data);
			m->g->nodes[i]->p[p].data = NULL;
		}
	return s;
}

typedef struct { double last, *spent; } Clock;

static void
after_layer(void *user, int index, const char *name)
{
	Clock *c = user;
	double now = seconds();

	(void)name;
	c->spent[index] += now - c->last;
	c->last = seconds();
}

/* time_candidates - fills us of every layer: the median over rounds of all its nodes' time, by candidate */
static void
time_candidates(const Graph *g, Layer *layers, int count, Session *s, int sessions, const void *in, float *out)
{
	double *spent = want_memory(calloc((size_t)g->count, sizeof *spent));
	double *all = want_memory(calloc((size_t)(sessions*count*Rounds), sizeof *all));

	for (int r = -2; r < Rounds; r++) {
		progress("timing, round", r + 2, Rounds + 2);
		for (int c = 0; c < sessions; c++) {
			Clock clock = { 0, spent };
			memset(spent, 0, (size_t)g->count*sizeof *spent);
			s[c].options.layer = after_layer;
			s[c].options.layer_user = &clock;
			clock.last = seconds();
			session_run(&s[c], in, out);
			for (int i = 0; r >= 0 && i < g->count; i++)
				for (int l = 0; g->nodes[i]->op == O_conv2d && l < count; l++)
					if (!strcmp(layers[l].key, tuned_key(g->nodes[i])))
						all[(c*count + l)*Rounds + r] += spent[i];
		}
	}
	progress("timing, round", 1, 1);
	for (int c = 0; c < sessions; c++)
		for (int l = 0; l < count; l++)
			layers[l].us[c] = 1e6*median(all + (c*count + l)*Rounds, Rounds);
	free(spent);
	free(all);
}

/* compare - medians of whole runs, in turn */
static void
compare(Session *a, Session *b, const void *in, float *out, double ms[2])
{
	double t[2][FinalRounds];
	Session *s[2] = { a, b };

	for (int r = -2; r < FinalRounds; r++) {
		progress("comparing, round", r + 2, FinalRounds + 2);
		for (int i = 0; i < 2; i++) {
			double start = seconds();
			s[i]->options.layer = NULL;
			session_run(s[i], in, out);
			if (r >= 0)
				t[i][r] = 1e3*(seconds() - start);
		}
	}
	progress("comparing, round", 1, 1);
	ms[0] = median(t[0], FinalRounds);
	ms[1] = median(t[1], FinalRounds);
}

static void
write_rows(const char *file, const Tuned *t)
{
	const char *text = "# cpu\tcompiler\ttarget\tthreads\tshape\twinograd\ttile\tmicroseconds\n",
		*slash = strrchr(file, '/');

	for (int i = 0; i < t->count; i++) {
		const TunedRow *r = &t->rows[i];
		text = arena_text("%s%s\t%s\t%s\t%d\t%s\t%s\t%dx%d\t%.2f\n", text, r->cpu, r->compiler, r->target, r->threads,
		                  r->key, tuned_algorithm(r->way), r->way.tile.h, r->way.tile.w, r->us);
	}
	File f = { (char *)(slash ? slash + 1 : file), text, strlen(text) };
	write_files(slash ? arena_text("%.*s", (int)(slash - file) + (slash == file), file) : ".", &f, 1);
}

static struct json_object *
json_pair(Pair p)
{
	struct json_object *o = json_object_new_array();

	json_object_array_add(o, json_object_new_int(p.h));
	json_object_array_add(o, json_object_new_int(p.w));
	return o;
}

/* json_ways - every candidate of a shape and its time */
static struct json_object *
json_ways(const Layer *l)
{
	struct json_object *all = json_object_new_array();

	for (int c = 0; c < l->count && c < MostCandidates; c++) {
		struct json_object *o = json_object_new_object();
		json_object_object_add(o, "algorithm", json_object_new_string(tuned_algorithm(l->c[c].way)));
		json_object_object_add(o, "tile", json_pair(l->c[c].way.tile));
		json_object_object_add(o, "us", json_object_new_double_s(l->us[c], arena_text("%.6g", l->us[c])));
		json_object_array_add(all, o);
	}
	return all;
}

/* json_shape - what was measured of a shape's first candidate, the model's own, of the winning one, and of all */
static struct json_object *
json_shape(const Layer *l, int win)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "shape", json_object_new_string(l->key));
	json_object_object_add(o, "us", json_object_new_double_s(l->us[0], arena_text("%.6g", l->us[0])));
	json_object_object_add(o, "best_us", json_object_new_double_s(l->us[win], arena_text("%.6g", l->us[win])));
	json_object_object_add(o, "winograd", json_pair(l->c[win].way.winograd));
	json_object_object_add(o, "on_the_fly", json_object_new_boolean(l->c[win].way.on_the_fly));
	json_object_object_add(o, "strassen", json_object_new_boolean(l->c[win].way.strassen));
	json_object_object_add(o, "tile", json_pair(l->c[win].way.tile));
	json_object_object_add(o, "model_winograd", json_pair(l->c[0].way.winograd));
	json_object_object_add(o, "model_on_the_fly", json_object_new_boolean(l->c[0].way.on_the_fly));
	json_object_object_add(o, "model_strassen", json_object_new_boolean(l->c[0].way.strassen));
	json_object_object_add(o, "model_tile", json_pair(l->c[0].way.tile));
	json_object_object_add(o, "ways", json_ways(l));
	return o;
}

/* winner - the candidate of l that was faster than the model's own, which is the first, or that one */
static int
winner(const Layer *l, int sessions)
{
	int win = 0;

	for (int c = 1; c < sessions && c < l->count; c++)
		if (l->us[c] < 0.98*l->us[win])      /* less is noise */
			win = c;
	return win;
}

static void
add_row(Table *t, const Layer *l, int win)
{
	Way w = l->c[win].way;

	table_cell(t, "%s", l->key);
	table_cell(t, "%.1f", l->us[0]);
	table_cell(t, "%.1f", l->us[win]);
	table_cell(t, "%s", w.winograd.h ? arena_text("winograd %s", tuned_algorithm(w)) : "direct");
	table_cell(t, "%dx%d", w.tile.h, w.tile.w);
}

/* tell_whole - medians of whole runs: the model's choice, what won */
static void
tell_whole(const Options *o, const char *file, const double ms[2], int changed, int count, struct json_object *shapes)
{
	if (o->json) {
		struct json_object *all = json_object_new_object();
		json_object_object_add(all, "file", json_object_new_string(file));
		json_object_object_add(all, "shapes", shapes);
		json_object_object_add(all, "changed", json_object_new_int(changed));
		json_object_object_add(all, "model_ms", json_object_new_double_s(ms[0], arena_text("%.6g", ms[0])));
		json_object_object_add(all, "tuned_ms", json_object_new_double_s(ms[1], arena_text("%.6g", ms[1])));
		print_json(all);
	} else if (!o->quiet) {
		puts("");
		print_wrapped(stdout, 0, 0, arena_text("%s: the model's choice %.3f ms, tuned %.3f ms%s; %d of %d shapes changed",
		              file, ms[0], ms[1], ms[1] > ms[0] ? ", so the model's choice is recorded" : "", changed, count));
	}
}

/* open_candidates - candidate c of every layer in session c */
static int
open_candidates(const Options *o, const Layer *layers, int count, Session *s)
{
	for (int c = 0; c < MostCandidates; c++) {
		Tuned rows = { 0 };
		progress("compiling candidate", c, MostCandidates);
		for (int l = 0; l < count; l++)
			PUSH(rows.rows, rows.count, row_of(o, &(Host){ .compiler = "" }, &layers[l], c));
		s[c] = open_with(o, &rows);
	}
	return MostCandidates;
}

int
verb_tune(Options *o)
{
	struct json_object *shapes = json_object_new_array();
	Session s[MostCandidates], best_session;
	Layer *layers = NULL;
	Tuned best = { 0 }, own = { 0 }, none = { 0 };
	Model *m;
	const void *in;
	const char *file;
	Table *table = table_new((const char *[]){ "<shape", "model us", "best us", "<algorithm", "tile", NULL });
	float *out;
	int count, sessions, changed = 0;
	double ms[2];

	if (!o->weights)
		o->weights = "random:0";
	want_times(o->target);
	want_place(o->output);
	o->rows = &none;                     /* the cost model's choice, whatever this processor is known for */
	m = build(o, o->weights);
	count = gather(m, &layers, o->exact || (m->g->target->lean && !o->winograd));
	sessions = open_candidates(o, layers, count, s);
	in = random_input(m->g);
	out = want_memory(malloc(s[0].outputs*sizeof *out));
	time_candidates(m->g, layers, count, s, sessions, in, out);
	for (int l = 0; l < count; l++) {
		int win = winner(&layers[l], sessions);
		changed += win > 0;
		PUSH(best.rows, best.count, row_of(o, &s[0].host, &layers[l], win));
		PUSH(own.rows, own.count, row_of(o, &s[0].host, &layers[l], 0));
		if (o->json)
			json_object_array_add(shapes, json_shape(&layers[l], win));
		else
			add_row(table, &layers[l], win);
	}
	if (!o->json && !o->quiet)
		table_print(table);
	best_session = open_with(o, &best);
	compare(&s[0], &best_session, in, out, ms);
	if (ms[1] > ms[0])
		changed = 0;
	file = o->output ? o->output : arena_text("%s.tuned", m->g->name);
	write_rows(file, changed ? &best : &own);
	tell_whole(o, file, ms, changed, count, shapes);
	for (int c = 0; c < sessions; c++)
		session_close(&s[c]);
	session_close(&best_session);
	free((void *)in);
	free(out);
	return ExitOk;
}
