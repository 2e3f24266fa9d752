/*
** budget.c - --budget: does a network fit a chip? Flash has code and weights, RAM the workspace, input and output, and
** the stack where it has no budget of its own. What doesn't fit is refused, beside what would.
*/
#include <stdlib.h>
#include <string.h>

#include "session.h"

enum { Flash, Ram, Stack, Kinds = BudgetKinds };
static const char *const kinds[Kinds] = { "flash", "ram", "stack" };

typedef struct {
	size_t of[Kinds];
	size_t code, blob, workspace, input, output;
	const char *compiler;        /* that the code's size is from; NULL: it is an estimate */
} Need;

/* --- what was asked for --- */

/* bytes - "512K", "1.5M", "65536" */
static size_t
bytes(const char *kind, const char *s, size_t len)
{
	char *end;
	double v = strtod(s, &end), unit = *end == 'K' || *end == 'k' ? 1024 : *end == 'M' || *end == 'm' ? 1048576 : 1;

	if (end == s || strspn(s, "0123456789.") != (size_t)(end - s) || end + (unit > 1) != s + len || v*unit < 1 || v > 1e12)
		usage_error("--budget: want %s as bytes, with K or M behind them or without, got '%.*s'", kind, (int)len, s);
	return (size_t)(v*unit);
}

void
budget_parse(const char *budget, size_t most[Kinds])
{
	for (const char *s = budget;; s++) {
		size_t word = strcspn(s, "=,"), len;
		int kind = 0;
		while (kind < Kinds && (strlen(kinds[kind]) != word || strncmp(s, kinds[kind], word) != 0))
			kind++;
		if (kind == Kinds || s[word] != '=')
			usage_error("--budget: want flash=BYTES,ram=BYTES,stack=BYTES or some of them, got '%s'%s", budget,
			            meant(arena_text("%.*s", (int)word, s), kinds, Kinds));
		if (most[kind])
			usage_error("--budget: want each but once, got %s twice", kinds[kind]);
		s += word + 1;
		len = strcspn(s, ",");
		most[kind] = bytes(kinds[kind], s, len);
		s += len;
		if (!*s)
			return;
	}
}

/* --- what is needed --- */

static Need
need_of(const Model *m, const size_t most[Kinds])
{
	Need n = { .blob = m->blob, .workspace = m->g->arena, .input = input_bytes(m->g),
		.output = outputs_of(m->g)*sizeof(float) };

	n.code = most[Flash] ? code_size(m, &n.compiler) : 0;
	n.of[Flash] = n.code + n.blob;
	n.of[Stack] = (size_t)stack_of(m) + (m->g->target->bare ? 0 : RC_WALK_STACK);
	n.of[Ram] = n.workspace + n.input + n.output + (most[Stack] ? 0 : n.of[Stack]);
	return n;
}

static bool
fits(const Need *n, const size_t most[Kinds])
{
	for (int i = 0; i < Kinds; i++)
		if (most[i] && n->of[i] > most[i])
			return false;
	return true;
}

static const char *
what_in(const Need *n, int kind, const size_t most[Kinds])
{
	switch (kind) {
	case Flash:
		return arena_text("weights %zu, code %s%zu%s%s%s", n->blob, n->compiler ? "" : "about ", n->code, n->compiler ? " (" :
		                  "", n->compiler ? n->compiler : "", n->compiler ? " -O2)" : "");
	case Ram:
		return arena_text("workspace %zu, input %zu, output %zu%s", n->workspace, n->input, n->output,
		                  most[Stack] ? "" : arena_text(", stack %zu", n->of[Stack]));
	default:
		return "at most, of each thread";
	}
}

static void
print_needs(const Need *n, const size_t most[Kinds])
{
	puts("");
	for (int i = 0; i < Kinds; i++)
		if (most[i])
			print_wrapped(stdout, printf("%-6s", kinds[i]), 7, arena_text("%zu of %zu bytes (%.1f %%): %s", n->of[i], most[i],
			              100*(double)n->of[i]/(double)most[i], what_in(n, i, most)));
}

struct json_object *
budget_facts(const Options *o, const Model *m)
{
	struct json_object *all = json_object_new_object();
	Need n = need_of(m, o->most);

	for (int i = 0; i < Kinds; i++) {
		struct json_object *one = json_object_new_object();
		if (!o->most[i])
			continue;
		json_object_object_add(one, "bytes", json_object_new_int64((int64_t)n.of[i]));
		json_object_object_add(one, "budget", json_object_new_int64((int64_t)o->most[i]));
		json_object_object_add(all, kinds[i], one);
	}
	return all;
}

/* --- what would do --- */

typedef struct {
	Options o;
	const size_t *most;
	Need need;
} Trial;

static void
try_out(void *user)
{
	Trial *t = user;
	const Model *m = build(&t->o, t->o.weights);

	t->need = need_of(m, t->most);
}

enum { Exact = 1, Bytes = 2, Halves = 4 };
enum { MostBytes = 200000000 };      /* multiply-adds of a network that is made bytes to see */

/* trial - of the options with changes, and an input of share/8 of the rows and columns; false: it can't be built */
static bool
trial(Trial *t, const Options *o, const Model *m, int changes, int share)
{
	Shape in = m->g->nodes[0]->out->shape;

	t->o = *o;
	t->o.quiet = true;
	t->o.exact = o->exact || changes & Exact;
	t->o.winograd = o->winograd && !(changes & Exact);
	if (changes & Halves)
		t->o.store = DT_f16;
	if (changes & Bytes) {
		t->o.int8 = true;
		t->o.calibrate = o->calibrate ? o->calibrate : "random";
	}
	t->o.h = share < 8 ? in.h*share/8 : o->h;
	t->o.w = share < 8 ? in.w*share/8 : o->w;
	return !attempt(try_out, t);
}

static bool
has_winograd(const Graph *g)
{
	for (int i = 0; i < g->count; i++)
		if (g->nodes[i]->family->rounds_otherwise)
			return true;
	return false;
}

/* told - "--int8 --input 16x16 (flash 128719, ram 49384)" */
static const char *
told(const Trial *t, int changes, int share)
{
	const char *s = arena_text("%s%s%s (", changes & Exact ? "--exact" : changes & Bytes ? "--int8" :
	                           changes & Halves ? "--store f16" : "",
	                           changes && share < 8 ? " " : "",
	                           share < 8 ? arena_text("--input %dx%d", t->o.h, t->o.w) : ""), *between = "";

	for (int k = 0; k < Kinds; k++)
		if (t->most[k]) {
			s = arena_text("%s%s%s %zu", s, between, kinds[k], t->need.of[k]);
			between = ", ";
		}
	return arena_text("%s)", s);
}

/* possible - is such a change one, and to the good */
static bool
possible(const Options *o, const Model *m, int changes, int share)
{
	int64_t macs = 0;

	for (int i = 0; i < m->g->count; i++)
		macs += macs_of(m->g->nodes[i]);
	return (!(changes & Exact) || has_winograd(m->g)) && (!(changes & Bytes) || (!any_bytes(m->g) && macs < MostBytes)) &&
		(!(changes & Halves) || (o->most[Flash] && o->store == DT_f32 && !any_bytes(m->g))) &&
		(share == 8 || (o->most[Ram] && m->g->nodes[0]->out->shape.h > 8));
}

/* what_would - the changes that make it fit: each alone, else bytes and a smaller picture together */
static const char *
what_would(const Options *o, const Model *m)
{
	static const int ways[][2] = {
		{ Exact, 8 }, { Halves, 8 }, { Bytes, 8 }, { 0, 6 }, { 0, 4 }, { Bytes, 6 }, { Bytes, 4 }
	};
	const char *all = "", *last = "";
	bool smaller = false, bytes = false;

	for (size_t i = 0; i < sizeof ways/sizeof *ways; i++) {
		Trial t = { .most = o->most };
		int changes = ways[i][0], share = ways[i][1];
		if ((share < 8 && smaller) || (changes & Bytes && bytes) || !possible(o, m, changes, share) ||
		    !trial(&t, o, m, changes, share))
			continue;
		last = told(&t, changes, share);
		if (!fits(&t.need, o->most))
			continue;
		smaller = smaller || share < 8;
		bytes = bytes || changes & Bytes;
		all = arena_text("%s%s%s", all, *all ? ", or " : "", last);
	}
	return *all ? arena_text("; what would fit: %s", all) : *last ? arena_text("; not even %s would fit", last) : "";
}

/* refuse - all that is too much, and what would do */
static void
refuse(const Options *o, const Model *m, const Need *n)
{
	const char *want = "", *got = "";

	for (int i = 0; i < Kinds; i++)
		if (o->most[i] && n->of[i] > o->most[i]) {
			want = arena_text("%s%s%s of at most %zu", want, *want ? ", " : "", kinds[i], o->most[i]);
			got = arena_text("%s%s%zu", got, *got ? ", " : "", n->of[i]);
		}
	fail("%s: --budget: want %s bytes, got %s%s", o->model, want, got, what_would(o, m));
}

void
check_budget(const Options *o, const Model *m)
{
	Need n;

	if (!o->budget)
		return;
	n = need_of(m, o->most);
	if (!o->quiet && !o->json)
		print_needs(&n, o->most);
	if (!fits(&n, o->most))
		refuse(o, m, &n);
}
