/* facts.c - what is known of every layer of a compiled network, as JSON: explain --json and the report print it. */
#include <math.h>
#include <string.h>

#include "session.h"

#define ADD(o, key, value) json_object_object_add(o, key, value)

static struct json_object *
text(const char *s)
{
	return json_object_new_string(s ? s : "");
}

static struct json_object *
number(double v)
{
	return isfinite(v) ? json_object_new_double_s(v, arena_text("%.6g", v)) : NULL;
}

static struct json_object *
whole(size_t v)
{
	return json_object_new_int64((int64_t)v);
}

static struct json_object *
list(const int *v, int count)
{
	struct json_object *a = json_object_new_array();

	for (int i = 0; i < count; i++)
		json_object_array_add(a, json_object_new_int(v[i]));
	return a;
}

const char *
fused(const Node *n)
{
	const char *s = "";

	if (n->a.bn)
		s = arena_text("%s + %s", s, n->a.bn);
	if (takes_skip(n))
		s = arena_text("%s + skip '%s'%s", s, n->in[1]->node->name, n->out->over ? " in place" : "");
	if (n->a.act)
		s = arena_text("%s + %s", s, act_names[n->a.act]);
	return *s ? s + 3 : "-";
}

const char *
fused_kinds(const Node *n)
{
	const char *s = arena_text("%s%s%s%s", n->a.bn ? " bn" : "", takes_skip(n) ? " skip" : "", n->a.act ? " " : "",
	                           n->a.act ? act_names[n->a.act] : "");

	return *s ? s + 1 : "-";
}

const char *
algorithm(const Node *n)
{
	const Attr *a = &n->a;
	const char *s;

	if (n->op != O_conv2d)
		return op_rows[n->op].name;
	if (a->winograd.h)
		return arena_text("winograd%dx%d%s%s", a->winograd.h, a->winograd.w, a->stride.h > 1 ? "/2" : "",
		                  a->on_the_fly ? " on the fly" : "");
	s = arena_text("%s%dx%d", a->strassen ? "strassen" : "conv", a->kernel.h, a->kernel.w);
	if (a->stride.h > 1 || a->stride.w > 1)
		s = arena_text(a->stride.h == a->stride.w ? "%s/%d" : "%s/%dx%d", s, a->stride.h, a->stride.w);
	return a->groups > 1 ? arena_text("%s g%d", s, a->groups) : s;
}

/* is_bottleneck - is this the 3x3 between two 1x1? what adds up a skip is the end of a block, no part of one */
static bool
is_bottleneck(const Node *n)
{
	const Node *before = n->nin ? n->in[0]->node : NULL;

	if (n->op != O_conv2d || n->a.kernel.h != 3)
		return false;
	if (!before || before->op != O_conv2d || before->a.kernel.h != 1 || before->nin > 1)
		return false;
	for (int i = n->id + 1; i < n->g->count; i++) {
		const Node *after = n->g->nodes[i];
		if (after->op == O_conv2d && after->a.kernel.h == 1 && after->in[0]->node == n)
			return true;
	}
	return false;
}

/* stride_note - where the bottlenecks have their stride: the one difference that weights' shapes do not show */
const char *
stride_note(const Graph *g)
{
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		if (g->variant_said || !is_bottleneck(n))
			continue;
		if (n->a.stride.h > 1)
			return "bottlenecks have their stride on the 3x3 (v1.5: torchvision, timm); weights trained with it on the "
			       "first 1x1 (v1: Caffe, Keras) bind without an error and give other numbers: variant = \"v1\" is theirs";
		if (n->in[0]->node->a.stride.h > 1)
			return "bottlenecks have their stride on the first 1x1 (v1: Caffe, Keras); weights trained with it on the "
			       "3x3 (v1.5: torchvision, timm) bind without an error and give other numbers: variant = \"v1.5\" is theirs";
	}
	return NULL;
}

size_t
weights_of(const Node *n)
{
	return n->npacked ? n->packed[0].bytes : 0;
}

double
bytes_moved(const Node *n)
{
	double bytes = (double)n->out->bytes + (double)weights_of(n);

	for (int i = 0; i < n->nin; i++)
		bytes += (double)n->in[i]->bytes;
	return bytes;
}

/* parts_fused - the operations that became this node, in order */
static struct json_object *
parts_fused(const Node *n)
{
	struct json_object *a = json_object_new_array();
	const char *self = op_rows[n->op].name;

	if (n->op == O_conv2d)
		self = arena_text("%sconv %dx%d%s", n->a.groups > 1 ? n->a.groups == n->out->shape.c ? "depthwise " : "grouped " : "",
		                  n->a.kernel.h, n->a.kernel.w, n->a.stride.h > 1 ? arena_text(" /%d", n->a.stride.h) : "");
	else if (n->a.kernel.h)
		self = arena_text("%s %dx%d%s", self, n->a.kernel.h, n->a.kernel.w,
		                  n->a.stride.h > 1 ? arena_text(" /%d", n->a.stride.h) : "");
	json_object_array_add(a, text(self));
	if (n->a.bn)
		json_object_array_add(a, text("bn"));
	if (takes_skip(n))
		json_object_array_add(a, text("+ skip"));
	if (n->a.act)
		json_object_array_add(a, text(act_names[n->a.act]));
	return a;
}

/* statistics - of a layer's weights as the file has them; 32 bins between least and largest */
static struct json_object *
statistics(const Param *p)
{
	struct json_object *o = json_object_new_object(), *bins = json_object_new_array();
	double least = (double)INFINITY, most = -(double)INFINITY, sum = 0, squares = 0;
	size_t zeros = 0, nans = 0, n = 0;
	int bin[32] = { 0 };

	for (size_t i = 0; i < p->count; i++) {
		double v = p->data[i];
		if (!isfinite(v)) {
			nans++;
			continue;
		}
		n++;
		zeros += v == 0;
		sum += v;
		squares += v*v;
		least = v < least ? v : least;
		most = v > most ? v : most;
	}
	for (size_t i = 0; i < p->count; i++)
		if (isfinite(p->data[i]))
			bin[most > least ? (int)fmin(31, (p->data[i] - least)/(most - least)*32) : 0]++;
	ADD(o, "name", text(p->name));
	ADD(o, "count", whole(p->count));
	ADD(o, "min", number(least));
	ADD(o, "max", number(most));
	ADD(o, "mean", number(n ? sum/(double)n : 0));
	ADD(o, "std", number(n ? sqrt(fmax(0, squares/(double)n - sum/(double)n*sum/(double)n)) : 0));
	ADD(o, "zeros", whole(zeros));
	ADD(o, "nan", whole(nans));
	for (int i = 0; i < 32; i++)
		json_object_array_add(bins, json_object_new_int(bin[i]));
	ADD(o, "bins", bins);
	return o;
}

size_t
parameters_of(const Node *n)
{
	size_t count = 0;
	int rank;

	for (int p = 0; p < NParams; p++)
		if (n->p[p].name && p != P_bn_mean && p != P_bn_var && p != P_weight_step)
			count += count_of(param_shape(n, (ParamId)p, &rank));
	return count;
}

static struct json_object *
layer(const Model *m, const Node *n, const Measured *t)
{
	struct json_object *o = json_object_new_object(), *in = json_object_new_array();
	double bytes = bytes_moved(n), flops = 2*(double)macs_of(n)*n->out->shape.n, cycles = cycles_of(n);
	const Target *target = m->g->target;

	ADD(o, "name", text(n->name));
	ADD(o, "op", text(op_rows[n->op].name));
	ADD(o, "kernel", text(function_of(m, n)->name));
	ADD(o, "family", text(n->family->name));
	ADD(o, "algorithm", text(algorithm(n)));
	ADD(o, "on_bytes", json_object_new_boolean(on_bytes(n)));
	ADD(o, "line", json_object_new_int(n->line));
	ADD(o, "shape", list((int[]){ n->out->shape.n, n->out->shape.c, n->out->shape.h, n->out->shape.w }, 4));
	for (int i = 0; i < n->nin; i++)
		json_object_array_add(in, json_object_new_int(n->in[i]->node->id));
	ADD(o, "inputs", in);
	ADD(o, "macs", json_object_new_int64(macs_of(n)));
	ADD(o, "work", number(work_of(n)));
	ADD(o, "parameters", whole(parameters_of(n)));
	ADD(o, "tile", list((int[]){ n->a.tile.h, n->a.tile.w }, 2));
	ADD(o, "winograd", list((int[]){ n->a.winograd.h, n->a.winograd.w }, 2));
	ADD(o, "on_the_fly", json_object_new_boolean(n->a.on_the_fly));
	ADD(o, "strassen", json_object_new_boolean(n->a.strassen));
	ADD(o, "block", json_object_new_int(n->out->lay.cb));
	ADD(o, "halo", list((int[]){ n->out->lay.halo.t, n->out->lay.halo.l, n->out->lay.halo.b, n->out->lay.halo.r }, 4));
	ADD(o, "at", whole(n->out->at));
	ADD(o, "bytes", whole(n->out->bytes));
	ADD(o, "weights_bytes", whole(weights_of(n)));
	ADD(o, "moved_bytes", number(bytes));
	ADD(o, "intensity", number(flops/bytes));
	ADD(o, "last", json_object_new_int(n->out->to));
	ADD(o, "over", n->out->over ? text(n->out->over->node->name) : NULL);
	ADD(o, "parts", parts_fused(n));
	ADD(o, "fused", text(fused(n)));
	ADD(o, "cycles", number(cycles));
	if (is_bytes(n->out)) {
		ADD(o, "step", number(step_of(n->out)));
		ADD(o, "zero", json_object_new_int(zero_of(n->out, 0)));
	}
	if (row_of_bytes(n)) {
		ADD(o, "noise_db", number(row_of_bytes(n)->noise));
		ADD(o, "clipped", number(row_of_bytes(n)->clipped));
		ADD(o, "bits_lost", number(row_of_bytes(n)->lost));
	}
	if (has_weights_of_bytes(n))
		ADD(o, "largest_sum", number(largest_sum(n)));
	if (n->p[P_weight].data)
		ADD(o, "weights", statistics(&n->p[P_weight]));
	if (t) {
		/* the clock that the measured peak speaks of */
		double hertz = t->peak/t->threads*1e9/(2*target->vl*target->fma);
		ADD(o, "ms", number(t->layer[n->id]*1e3));
		ADD(o, "gflops", number(flops/t->layer[n->id]/1e9));
		ADD(o, "bound_ms", number(2*work_of(n)/t->peak/1e6));
		ADD(o, "predicted_ms", number(cycles/hertz/t->threads*1e3));
	}
	return o;
}

struct json_object *
facts_of(const Model *m, const Measured *t)
{
	const Graph *g = m->g;
	struct json_object *o = json_object_new_object(), *layers = json_object_new_array(),
		*outputs = json_object_new_array();
	int64_t macs = 0;
	size_t params = 0;

	ADD(o, "model", text(g->name));
	ADD(o, "target", text(g->target->name));
	ADD(o, "batch", json_object_new_int(g->nodes[0]->out->shape.n));
	for (int i = 0; i < g->count; i++) {
		macs += macs_of(g->nodes[i]);
		params += parameters_of(g->nodes[i]);
		json_object_array_add(layers, layer(m, g->nodes[i], t));
	}
	for (int i = 0; i < g->noutputs; i++)
		json_object_array_add(outputs, json_object_new_int(g->outputs[i]->node->id));
	ADD(o, "layers", layers);
	ADD(o, "outputs", outputs);
	ADD(o, "note", text(stride_note(g)));
	ADD(o, "macs", json_object_new_int64(macs));
	ADD(o, "parameters", whole(params));
	ADD(o, "weights_bytes", whole(m->blob));
	ADD(o, "arena_bytes", whole(g->arena));
	ADD(o, "live_bytes", whole(g->live));
	ADD(o, "live_at", text(g->live_at));
	ADD(o, "functions", json_object_new_int(m->functions->count));
	if (t) {
		ADD(o, "ms", number(t->whole*1e3));
		ADD(o, "least_ms", number(t->least*1e3));
		ADD(o, "gflops", number(2*(double)macs*g->nodes[0]->out->shape.n/t->whole/1e9));
		ADD(o, "peak_gflops", number(t->peak));
		ADD(o, "memory_gbs", number(t->memory));
		ADD(o, "cache_gbs", number(t->cache));
		ADD(o, "threads", json_object_new_int(t->threads));
		ADD(o, "rounds", json_object_new_int(t->rounds));
		ADD(o, "compiler", text(t->compiler));
		ADD(o, "cpu", text(cpu_name()));
	}
	return o;
}

struct json_object *
plan_hash_of(const File *blob)
{
	return text(arena_text("0x%016llx", (unsigned long long)((const rc_blob *)blob->data)->plan_hash));
}

/* print_json - a member a line, and where members are lists of objects one of these a line; lets go of o */
void
print_json(struct json_object *o)
{
	enum { Flat = JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE };
	const char *between = "{ ";

	json_object_object_foreach(o, key, value) {
		struct json_object *name = json_object_new_string(key);
		printf("%s%s: ", between, json_object_to_json_string_ext(name, Flat));
		json_object_put(name);
		if (json_object_is_type(value, json_type_array) && json_object_array_length(value) &&
		    json_object_is_type(json_object_array_get_idx(value, 0), json_type_object)) {
			for (size_t i = 0; i < json_object_array_length(value); i++)
				printf("%s\n  %s", i ? "," : "[", json_object_to_json_string_ext(json_object_array_get_idx(value, i), Flat));
			printf(" ]");
		} else {
			printf("%s", json_object_to_json_string_ext(value, Flat));
		}
		between = ",\n  ";
	}
	puts(" }");
	json_object_put(o);
}
