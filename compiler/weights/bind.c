/*
** bind.c - parameters to tensors, by name. All that is missing, misshapen or left over is reported
** at once, each with the line that made the layer and the nearest name.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../gradients/train.h"
#include "bind.h"

/* --- problems --- */

static void problem(Binding *b, const Node *n, const char *format, ...) PRINTF(3, 4);

static void
problem(Binding *b, const Node *n, const char *format, ...)
{
	va_list args;
	const char *text;

	b->problems++;
	va_start(args, format);
	text = arena_text_of(format, args);
	va_end(args);
	tell(n ? arena_text("%s:%d: %s '%s': %s", n->g->file, n->line, op_rows[n->op].name, n->name, text) :
	     arena_text("%s: %s", b->w->file, text));
}

static const char *
shape_text(int rank, const int64_t *dim)
{
	Tensor t = { .rank = rank };

	memcpy(t.dim, dim, (size_t)rank*sizeof *dim);
	return tensor_shape(&t);
}

/* report_leftover - what no layer used; beside the prefix that has all parameters lies what is no layer of it */
static void
report_leftover(Binding *b)
{
	size_t n = strlen(b->prefix);
	const char *first = NULL;
	int outside = 0;

	for (int i = 0; i < b->w->count; i++) {
		if (!leftover(b, i))
			continue;
		if (n && strncmp(b->names[i], b->prefix, n)) {
			if (!outside++)
				first = b->names[i];
			continue;
		}
		problem(b, NULL, "tensor '%s' of shape %s: want a layer of the model that uses it, got none "
		        "(nn.model { ignore = { ... } } allows it)", b->w->tensors[i].name, tensor_shape(&b->w->tensors[i]));
	}
	if (outside && !b->problems)
		note("%s: every parameter is below '%s'; not used: %d other tensor%s, such as '%s'", b->w->file, b->prefix, outside,
		     outside == 1 ? "" : "s", first);
}

/* --- values --- */

static void
warn_of_values(const Binding *b, const Param *p, ParamId id)
{
	int odd = 0;

	for (size_t i = 0; i < p->count; i++)
		odd += !isfinite(p->data[i]);
	if (odd)
		warn("%s: tensor '%s': %d of %zu values are NaN or infinite", b->w->file, p->name, odd, p->count);
	for (size_t i = 0; i < p->count && id == P_bn_var; i++)
		if (p->data[i] < 0) {
			warn("%s: tensor '%s': want variances of at least 0, got %g", b->w->file, p->name, p->data[i]);
			return;
		}
}

/* made_up - does training start n's part anew, whatever weights there are */
static bool
made_up(const Node *n)
{
	return n->g->train && n->g->train->starting && in_parts(n->g, n, &n->g->train->fresh);
}

static void
bind_param(Binding *b, Node *n, ParamId id, const char *prefix)
{
	Param *p = &n->p[id];
	int64_t dim[4];
	int rank = want_of(n, id, b->hwio, dim);
	Tensor *t = find_tensor(b, prefix, p->name);

	if (t && made_up(n))
		t->used = true;
	if (made_up(n))
		return;
	if (!t) {
		const char *near = nearest(p->name, b->names, b->w->count);
		problem(b, n, "want tensor '%s' of shape %s in %s, got none%s%s%s", p->name, shape_text(rank, dim), b->w->file,
		        near ? "; the nearest name is '" : "", near ? near : "", near ? "'" : "");
		return;
	}
	t->used = true;
	if (has_weights_of_bytes(n) && id != P_slope) {
		Dtype want = dtype_on_bytes(id);
		bool steps = id == P_weight_step && dtype_is_float(t->dtype);    /* of doubles: what an ONNX file's scales make */
		if (!steps && strcmp(t->dtype, dtype_rows[want].safetensors)) {
			problem(b, n, "want tensor '%s' as %s, got %s", p->name, dtype_rows[want].safetensors, t->dtype);
			return;
		}
	} else if (!dtype_is_float(t->dtype)) {
		problem(b, n, "want tensor '%s' in a float dtype, got %s%s", p->name, t->dtype,
		        strcmp(t->dtype, "I8") ? "" : " (weights of bytes want the file that resnetc quantize wrote, as it is)");
		return;
	}
	if (!fits(t, dim, rank)) {
		const char *hint = b->g->train && b->g->train->starting ?
			arena_text(" (nn.train { fresh = { '%s' } } makes it up anew)", n->name) : "";
		problem(b, n, "want tensor '%s' of shape %s, got %s%s", p->name, shape_text(rank, dim),
		        shape_text(t->rank, t->dim), hint);
		return;
	}
	p->count = tensor_count(t);
	p->data = want_memory(malloc((p->count ? p->count : 1)*sizeof *p->data));
	tensor_load(t);
	if (b->hwio && id == P_weight)
		for (size_t i = 0; i < p->count; i++)
			p->data[i] = tensor_get(t, turned(n, t, i));
	else
		tensor_numbers(t, p->data);
	tensor_unload(t);
	warn_of_values(b, p, id);
}

/* made_up_names - of an ONNX file, whose weights are no state dict's any more */
static bool
made_up_names(const Weights *w)
{
	for (int i = 0; i < w->count; i++)
		if (!strncmp(w->tensors[i].name, "onnx::", 6) && !w->tensors[i].used)
			return true;
	return false;
}

void
bind_weights(Graph *g, Weights *w)
{
	Binding b = { .g = g, .w = w, .prefix = "" };

	read_names(&b);
	b.prefix = prefix_of(&b);
	b.hwio = is_hwio(&b);
	if (4*misses(&b, b.prefix) >= 3*parameters(g) && suggest_names(&b))
		fail("%s: want the names of %s's parameters, got others", w->file, g->name);
	for (int i = 0; i < g->count; i++) {
		const char *prefix = made_up(g->nodes[i]) ? b.prefix : prefix_of_layer(&b, g->nodes[i]);
		for (int p = 0; p < NParams; p++)
			if (g->nodes[i]->p[p].name)
				bind_param(&b, g->nodes[i], (ParamId)p, prefix);
	}
	for (int i = 0; i < g->count && !b.problems; i++) {
		const char *flaw = has_weights_of_bytes(g->nodes[i]) ? check_weights_of_bytes(g->nodes[i]) : NULL;
		if (flaw)
			problem(&b, g->nodes[i], "%s", flaw);
	}
	report_leftover(&b);
	if (b.problems)
		fail("%s: want weights for every parameter of %s and none left over, got %d problem%s%s", w->file, g->name,
		     b.problems, b.problems == 1 ? "" : "s", made_up_names(w) ? ": its exporter folded batch norms and made up "
		     "names; resnetc import makes a model of it" : "");
	standardize_weights(g);
	if (b.hwio)
		tell_keras(&b);
}
