/*
** nodes.c - making nodes of the graph: names of layers, parameters, results.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

static bool
taken(const Graph *g, const char *name)
{
	for (int i = 0; i < g->count; i++)
		if (!strcmp(g->nodes[i]->name, name))
			return true;
	return false;
}

/* once - a name no layer has, a number after it where one does */
static const char *
once(const Graph *g, const char *name)
{
	const char *free_one = name;

	for (int i = 2; taken(g, free_one); i++)
		free_one = arena_text("%s_%d", name, i);
	return free_one;
}

/* scope_name - "/layer1/layer1.0/conv1/Conv" to "layer1.0.conv1"; other names stay */
static const char *
scope_name(const char *name)
{
	const char *s = name, *path = "", *last = "";

	if (*s != '/')
		return name;
	while (*s == '/') {
		size_t n = strcspn(s + 1, "/");
		const char *part = arena_text("%.*s", (int)n, s + 1);
		s += n + 1;
		if (!*s)
			break;                       /* the op */
		if (*last && !strncmp(part, last, strlen(last)) && part[strlen(last)] == '.')
			path = arena_text("%.*s%s", (int)(strlen(path) - strlen(last)), path, part);
		else
			path = arena_text("%s%s%s", path, *path ? "." : "", part);
		last = part;
	}
	return *path ? path : name;
}

/* layer_name - from the weight's name, the node's, or counted; letters our names may have, used once */
const char *
layer_name(const Import *m, const char *weight, const char *stem)
{
	const char *own = m->p->name && *m->p->name ? scope_name(m->p->name) : stem;
	char *s;
	size_t n = weight ? strlen(weight) : 0;

	if (n > 7 && !strcmp(weight + n - 7, ".weight"))
		own = arena_text("%.*s", (int)n - 7, weight);
	s = arena_text("%.150s", own);
	for (char *c = s; *c; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
		      strchr("._-", *c)))
			*c = '_';
	return once(m->g, *s ? s : stem);
}

Node *
node_begin(const Import *m, Op op, const char *name)
{
	Node *n = node_new(m->g, op, m->number);

	n->name = name;
	return n;
}

Node *
node_on(const Import *m, Op op, Node *x)
{
	Node *n = node_begin(m, op, layer_name(m, NULL, op_rows[op].name));

	n->in[n->nin++] = x->out;
	return n;
}

/* node_beside - a node beside the one that has the operator's name */
Node *
node_beside(const Import *m, Op op, Node *x, const char *what)
{
	const char *name = layer_name(m, NULL, "");
	Node *n = node_begin(m, op, NULL);

	n->name = once(m->g, arena_text("%s%s%s", name, *name ? "_" : "", what));
	if (x)
		n->in[n->nin++] = x->out;
	return n;
}

/* check_reals - numbers that the language takes */
static void
check_reals(const Import *m, const Node *n)
{
	for (int i = 0; i < NAttrs; i++) {
		const AttrRow *row = &attr_rows[i];
		double v;
		if (!op_takes(n->op, (AttrId)i) || row->kind != K_REAL)
			continue;
		memcpy(&v, (const char *)&n->a + row->at, sizeof v);
		if (!(v >= row->lo && v <= row->hi))
			refuse(m, "want %s from %g to %g, got %g", row->name, row->lo, row->hi, v);
	}
}

Node *
node_put(Import *m, Node *n)
{
	if (m->g->count >= NNodes)
		refuse(m, "want at most %d layers, got more", NNodes);
	check_reals(m, n);
	if (n->nin && is_bytes(n->in[0]) && keeps_bytes(n->op) && n->op != O_pad) {
		n->a.step = step_of(n->in[0]);
		n->a.zero = zero_of(n->in[0], 0);
	}
	n->name = once(m->g, n->name);               /* another may have been added since */
	node_add(m->g, n);
	return n;
}

void
set_param(Node *n, ParamId p, const double *v, size_t count)
{
	double *data = want_memory(malloc((count ? count : 1)*sizeof *data));

	memcpy(data, v, count*sizeof *v);
	n->p[p].data = data;
	n->p[p].count = count;
}

/* scaled_norm - a norm that is scaled and shifted is one norm; NULL: x is none */
static Node *
scaled_norm(Import *m, Node *x, const double *scale, const double *shift)
{
	size_t c = (size_t)x->out->shape.c;
	double *w, *b;
	Node *n;

	if (x->op != O_group_norm && x->op != O_layer_norm)
		return NULL;
	n = node_on(m, x->op, x->in[0]->node);
	n->a = x->a;
	n->a.affine = true;
	n->name = x->name;
	w = arena_new((c + 1)*sizeof *w);
	b = arena_new((c + 1)*sizeof *b);
	for (size_t i = 0; i < c; i++) {
		double s = scale ? scale[i] : 1;
		w[i] = s*(x->a.affine ? x->p[P_weight].data[i] : 1);
		b[i] = s*(x->a.affine ? x->p[P_bias].data[i] : 0) + (shift ? shift[i] : 0);
	}
	set_param(n, P_weight, w, c);
	set_param(n, P_bias, b, c);
	return node_put(m, n);
}

/* node_is_scale - does nothing but scale and shift, as the nodes that are made here */
bool
node_is_scale(const Node *n)
{
	if (n->op == O_affine || n->op == O_layer_scale)
		return true;
	if (n->op != O_bn || n->a.eps != 0)
		return false;
	for (int i = 0; i < n->out->shape.c; i++)
		if (n->p[P_bn_mean].data[i] != 0 || n->p[P_bn_var].data[i] != 1)
			return false;
	return true;
}

double
scale_factor(const Node *n, int c)
{
	return n->op == O_affine ? n->a.gain : n->op == O_layer_scale ? n->p[P_gamma].data[c] : n->p[P_bn_weight].data[c];
}

double
scale_summand(const Node *n, int c)
{
	return n->op == O_affine ? n->a.offset : n->op == O_layer_scale ? 0 : n->p[P_bn_bias].data[c];
}

/* decimal_of - the shortest number that is the same float */
static double
decimal_of(double v)
{
	double d = v;

	for (int digits = 1; digits <= 9; digits++) {
		d = strtod(arena_text("%.*g", digits, v), NULL);
		if ((float)d == (float)v)
			break;
	}
	return isfinite(v) ? d : v;
}

/* node_line - w*x + b of each channel, as the op that says no more than that */
static Node *
node_line(Import *m, Node *x, const double *w, const double *b)
{
	size_t c = (size_t)x->out->shape.c;
	double *zeros = arena_new((c + 1)*sizeof *zeros), *ones = arena_new((c + 1)*sizeof *ones);
	bool same = fabs(b[0]) <= 1e6 && isfinite(w[0]), factors = true;
	Node *n;

	for (size_t i = 0; i < c; i++) {
		ones[i] = 1;
		same = same && w[i] == w[0] && b[i] == b[0];
		factors = factors && b[i] == 0;
	}
	n = node_on(m, same ? O_affine : factors ? O_layer_scale : O_bn, x);
	if (!same && m->p->name && scope_name(m->p->name) != m->p->name)     /* not a layer of the module's own */
		n->name = once(m->g, arena_text("%s.scale", scope_name(m->p->name)));
	if (same) {
		n->a.gain = decimal_of(w[0]);
		n->a.offset = decimal_of(b[0]);
	} else if (factors) {
		set_param(n, P_gamma, w, c);
	} else {
		n->a.eps = 0;
		set_param(n, P_bn_weight, w, c);
		set_param(n, P_bn_bias, b, c);
		set_param(n, P_bn_mean, zeros, c);
		set_param(n, P_bn_var, ones, c);
	}
	return node_put(m, n);
}

/* node_scaled - x*scale + shift; both are one value a channel, NULL: 1 and 0 */
Node *
node_scaled(Import *m, Node *x, const double *scale, const double *shift)
{
	size_t c = (size_t)x->out->shape.c;
	double *w = arena_new((c + 1)*sizeof *w), *b = arena_new((c + 1)*sizeof *b);
	Node *in = node_is_scale(x) ? x->in[0]->node : x, *n = scaled_norm(m, x, scale, shift);
	bool same = true;

	if (n)
		return n;
	for (size_t i = 0; i < c; i++) {             /* one after the other is one */
		double s = scale ? scale[i] : 1;
		w[i] = in != x ? s*scale_factor(x, (int)i) : s;
		b[i] = (in != x ? s*scale_summand(x, (int)i) : 0) + (shift ? shift[i] : 0);
		same = same && w[i] == 1 && b[i] == 0;
	}
	return same ? in : node_line(m, in, w, b);
}

Node *
node_scaled_by(Import *m, Node *x, double scale, double shift)
{
	size_t c = (size_t)x->out->shape.c;
	double *s = arena_new((c + 1)*sizeof *s), *t = arena_new((c + 1)*sizeof *t);

	for (size_t i = 0; i < c; i++) {
		s[i] = scale;
		t[i] = shift;
	}
	return node_scaled(m, x, s, t);
}

Node *
node_sum(Import *m, Node *x, Node *y)
{
	Node *n = node_on(m, O_add, x);

	n->in[n->nin++] = y->out;
	return node_put(m, n);
}

/* set_result - v as the first output; the others may not be read */
void
set_result(Import *m, OnnxValue v)
{
	onnx_define(m, m->p->output[0], v);
	for (size_t i = 1; i < m->p->n_output; i++)
		if (m->p->output[i] && *m->p->output[i])
			onnx_define(m, m->p->output[i], (OnnxValue){ .rank = -1 });
}

void
finish_image(Import *m, Node *n)
{
	set_result(m, view_of(node_put(m, n)));
}

void
finish_like(Import *m, Node *n, const OnnxValue *x)
{
	node_put(m, n);
	set_result(m, view_like(x, n));
}

double
shortest_decimal(double v)
{
	return strtod(arena_text("%.7g", v), NULL);
}
