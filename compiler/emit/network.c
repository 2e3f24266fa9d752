/*
** network.c - the tables that the runtime is given: the steps of the network, and what the self test and checked builds
** know of the layers.
*/
#include <string.h>

#include "../../runtime/rc.h"
#include "emit.h"

/* number_of - of a value in the emitted table of tensors, which numbers what is made up */
int
number_of(const Value *v)
{
	const Graph *g = v->node->g;
	int number = v->index;

	for (int i = 0; i < v->node->id; i++)
		number += g->nodes[i]->nout;
	return number;
}

/* operand_text - bytes from the start of where it lives */
static const char *
operand_text(const Step *s, int i)
{
	switch (s->operand[i].home) {
	case Home_arena:  return arena_text("%zu", s->operand[i].at);
	case Home_blob:   return arena_text("RC_W + %zu", s->operand[i].at);
	case Home_state:  return arena_text("RC_STATE + %zu", s->operand[i].at);
	case Home_how:    return "RC_HOW";
	case Home_caller: return arena_text(s->operand[i].at ? "%s + %zu" : "%s", s->operand[i].output ? "RC_OUT" : "RC_IN",
	                                    s->operand[i].at);
	default:          die("step of '%s' has an operand that lives nowhere", s->node->name);
	}
}

typedef struct { int name, function, units, rounds, own; } Columns;

/* widen - a column for one more entry; one much longer than the others does not widen it */
static void
widen(int *column, const char *entry, int most)
{
	int len = (int)strlen(entry);

	if (len > *column && len <= most)
		*column = len;
}

static const char *
layer_text(const Step *s)
{
	return s->last ? arena_text("\"%s\",", s->node->name) : "NULL,";
}

static Columns
columns_of(const Step *steps, int count)
{
	Columns c = { 0 };

	for (int i = 0; i < count; i++) {
		widen(&c.name, layer_text(&steps[i]), 24);
		widen(&c.function, steps[i].function->name, 36);
		widen(&c.units, arena_text("%d", steps[i].units), 9);
		widen(&c.rounds, arena_text("%d", steps[i].rounds), 9);
		widen(&c.own, arena_text("%zu", steps[i].own), 9);
	}
	return c;
}

static void
emit_row(Out *o, const Step *s, const Columns *c)
{
	const char *at = "", *row;

	for (int i = 0; i < s->noperands; i++)
		at = arena_text("%s%s%s", at, i ? ", " : "", operand_text(s, i));
	row = arena_text("{ %-*s %-*s %*d, %*d, %d, %*zu,", c->name, layer_text(s), c->function + 1,
	                 arena_text("%s,", s->function->name), c->units, s->units, c->rounds, s->rounds, s->start, c->own,
	                 s->own);
	out_line(o, strlen(row) + strlen(at) <= 110 ? "%s { %s } }," : "%s\n\t{ %s } },", row, at);
}

/* emit_steps - the table of steps that the runtime walks */
void
emit_steps(Out *o, const char *name, const Step *steps, int count)
{
	Columns c = columns_of(steps, count);

	out_line(o, "static const rc_step %s[] = {", name);
	for (int i = 0; i < count; i++)
		emit_row(o, &steps[i], &c);
	out_line(o, "};\n");
}

static void
emit_tensor(Out *o, const Value *v)
{
	const Layout *l = &v->lay;

	out_line(o, "{ %d, %d, %d, %d, %d, %d, %d, %d, %d, %d, %zu, %zu, %zu, %zu, %d, %zu }, /* %s */", v->shape.n,
	         v->shape.c, v->shape.h, v->shape.w, l->cb, l->halo.t, l->halo.l, l->halo.b, l->halo.r,
	         v->dtype == DT_u8 ? RC_BYTES : v->dtype == DT_i32 ? RC_INTEGERS : RC_FLOATS,
	         v->at + l->origin*dtype_rows[v->dtype].bytes, l->row, l->plane, l->image, v->to,
	         is_bytes(v) ? zeros_at(v) : 0, v->node->name);
}

/* emit_layers - what a layer reads and makes, for the self test and checked builds */
static void
emit_layers(Out *o, const Graph *g)
{
	int first = 0, from = 0, reads = 0;

	out_text(o, "/* For the self test and RC_CHECKED: results of layers in the workspace, "
	            "and which of them each layer reads. */\n"
	            "static const rc_tensor tensors[] = { /* n, c, h, w, block, halo, kind, at, row, plane, image, "
	            "last reader, zeros */\n");
	for (int i = 0; i < g->count; i++)
		for (int k = 0; k < g->nodes[i]->nout; k++)
			emit_tensor(o, &g->nodes[i]->out[k]);
	out_text(o, "};\n\nstatic const int reads[] = {\n");
	for (int i = 0; i < g->count; i++)
		for (int k = 0; k < g->nodes[i]->nin; k++, reads++)
			out_text(o, arena_text("%d,%s", number_of(g->nodes[i]->in[k]), reads%16 == 15 ? "\n" : " "));
	out_text(o, "0\n};\n\nstatic const rc_layer layers[] = { /* first result and how many, first read and how many */\n");
	for (int i = 0; i < g->count; i++) {
		out_text(o, arena_text("{ %d, %d, %d, %d },%s", first, g->nodes[i]->nout, from, g->nodes[i]->nin,
		                       i%4 == 3 || i + 1 == g->count ? "\n" : " "));
		first += g->nodes[i]->nout;
		from += g->nodes[i]->nin;
	}
	out_text(o, "};\n\n");
}

/* emit_network - the table that the runtime is given */
void
emit_network(Out *o, const Model *m)
{
	const Graph *g = m->g;

	out_text(o, "/*\n"
	            "** The network, a step a row: the layer that is done after it, the kernel, units of work in a round, "
	            "rounds, 1\n"
	            "** where it may begin beside the step before and 2 where threads are called anew, bytes of its first "
	            "operand that\n"
	            "** each thread has to itself, and where its operands lie in bytes: in the workspace, in the weights "
	            "(RC_W +), in the\n"
	            "** caller's arrays.\n"
	            "*/\n");
	emit_steps(o, "steps", m->steps, m->nsteps);
	emit_layers(o, g);
	if (m->part)
		out_line(o, "#ifdef __cplusplus\nextern \"C\" {\n#endif\nextern const rc_network %s_network;\n"
		            "#ifdef __cplusplus\n}\n#endif\n", g->name);
	out_set(o, "what", m->part ? "const rc_network %s_network" : "static const rc_network network", g->name);
	out_set(o, "hash", "0x%016llxu", (unsigned long long)m->plan_hash);
	out_set(o, "arena", "%zu", g->arena);
	out_set(o, "blob", "%zu", m->blob);
	out_set(o, "in", "%zu", input_bytes(g));
	out_set(o, "out", "%zu", output_bytes(g));
	out_set(o, "bytes", "%d", g->image.u8);
	out_set(o, "steps", "%d", m->nsteps);
	out_set(o, "parts", "%d", g->parts);
	out_set(o, "layers", "%d", g->count);
	out_set(o, "sums", "%zu", m->selftest_at);
	out_set(o, "each", "%d", selftest_each(g));
	out_text(o, "$what = {\n"
	            "$hash, $arena, $blob, $in, $out, $bytes, /* hash; bytes: workspace, weights, input, output; u8 */\n"
	            "steps, $steps, $parts,");
	out_text(o, g->target->bare && !m->part ?
	         " RC_TABLE(tensors), RC_TABLE(layers), $layers, RC_TABLE(reads), $sums, $each\n" :
	         " tensors, layers, $layers, reads, $sums, $each\n");
	out_text(o, "};\n\n");
}
