/*
** inputs.c - a graph's input: its sizes, those that the file leaves open, bytes, and the order of rows, columns and
** channels.
*/
#include <string.h>

#include "import.h"

/* keeps_pixels - an operator whose result has its input's pixels where they are */
static bool
keeps_pixels(const char *op)
{
	static const char *const ops[] = { "Identity", "Cast", "Add", "Sub", "Mul", "Div", "BatchNormalization",
	                                   "Clip" };

	for (size_t i = 0; i < sizeof ops/sizeof *ops; i++)
		if (!strcmp(ops[i], op))
			return true;
	return false;
}

/* reader_of - the first node from i on that has name as its first or second input, or the number of nodes */
static size_t
reader_of(const Onnx__GraphProto *p, size_t i, const char *name)
{
	for (; i < p->n_node; i++)
		for (size_t k = 0; k < p->node[i]->n_input && k < 2; k++)
			if (p->node[i]->op_type && !strcmp(p->node[i]->input[k], name))
				return i;
	return p->n_node;
}

/* one_goes_first - is n, a Reshape, such a transpose of pixels of one channel, as converters write it */
static bool
one_goes_first(const Import *m, const Onnx__NodeProto *n, const Onnx__ValueInfoProto *v)
{
	const Onnx__TensorShapeProto *from = v->type->tensor_type->shape;
	const OnnxValue *to = n->n_input > 1 ? onnx_find(m, n->input[1]) : NULL;

	return to && to->data && to->rank == 1 && to->dim[0] == NAxes && to->data[1] == 1 && from->dim[3]->dim_value == 1 &&
	       from->dim[1]->dim_value > 1;
}

/* channels_last - is the input's first use, but for arithmetic, a transpose that puts the channels first */
static bool
channels_last(const Import *m, const Onnx__ValueInfoProto *v)
{
	static const int64_t perm[] = { 0, 3, 1, 2 };
	const Onnx__GraphProto *p = m->graph;
	const char *name = v->name;

	for (size_t i = reader_of(p, 0, name); i < p->n_node; i = reader_of(p, i + 1, name)) {
		const Onnx__NodeProto *n = p->node[i];
		if (!strcmp(n->op_type, "Transpose")) {
			for (size_t k = 0; k < n->n_attribute; k++)
				if (n->attribute[k]->n_ints == 4 && !memcmp(n->attribute[k]->ints, perm, sizeof perm))
					return true;
			return false;
		}
		if (!strcmp(n->op_type, "Reshape"))
			return one_goes_first(m, n, v);
		if (!keeps_pixels(n->op_type) || !n->n_output)
			return false;
		name = n->output[0];
	}
	return false;
}

/* first_kernel - channels that the first convolution behind the input takes; 0: there is none */
static int64_t
first_kernel(const Import *m, const char *name)
{
	const Onnx__GraphProto *p = m->graph;

	for (size_t i = reader_of(p, 0, name); i < p->n_node; i = reader_of(p, i + 1, name)) {
		const Onnx__NodeProto *n = p->node[i];
		const OnnxValue *w = n->n_input > 1 ? onnx_find(m, n->input[1]) : NULL;
		int64_t group = 1;
		for (size_t k = 0; k < n->n_attribute; k++)
			if (n->attribute[k]->name && !strcmp(n->attribute[k]->name, "group"))
				group = n->attribute[k]->i;
		if (!strcmp(n->op_type, "Conv") && w && w->data && w->rank == 4)
			return w->dim[1]*group;
		if ((!keeps_pixels(n->op_type) && strcmp(n->op_type, "Transpose")) || !n->n_output)
			return 0;
		name = n->output[0];
	}
	return 0;
}

/* declared - the sizes as the file has them, names for what it leaves open */
static const char *
declared(const Onnx__TensorShapeProto *shape)
{
	const char *text = "";

	for (size_t i = 0; i < shape->n_dim; i++) {
		const Onnx__Dimension *d = shape->dim[i];
		text = arena_text("%s%s%s", text, i ? " x " : "", d->has_dim_value ? arena_text("%lld", (long long)d->dim_value) :
		                  d->dim_param && *d->dim_param ? arena_text("'%s'", d->dim_param) : "?");
	}
	return text;
}

/* sizes_of - what the file says, then what was asked for; open sizes that nothing tells are refused */
static Shape
sizes_of(Import *m, const Onnx__ValueInfoProto *v, const int axes[NAxes])
{
	const Onnx__TensorShapeProto *shape = v->type->tensor_type->shape;
	int64_t d[NAxes] = { 0 }, told[NAxes];

	for (int i = 0; i < NAxes; i++)
		if (shape->dim[i]->has_dim_value && shape->dim[i]->dim_value > 0)
			d[axes[i]] = shape->dim[i]->dim_value;
	memcpy(told, d, sizeof told);
	if (m->o->h) {
		d[AxisH] = m->o->h;
		d[AxisW] = m->o->w;
	}
	if (m->o->batch)
		d[AxisN] = m->o->batch;
	d[AxisN] = d[AxisN] ? d[AxisN] : 1;
	d[AxisC] = d[AxisC] ? d[AxisC] : first_kernel(m, v->name);
	if (!d[AxisH] || !d[AxisW])
		fail("%s: input '%s': want a height and a width, such as --input %dx%d, got %s", m->file, v->name,
		     d[AxisH] ? (int)d[AxisH] : 224, d[AxisW] ? (int)d[AxisW] : 224, declared(shape));
	if (!d[AxisC])
		fail("%s: input '%s': want its channels in the file, or a convolution that tells them, got an open size", m->file,
		     v->name);
	for (int i = 0; i < NAxes; i++)
		if (d[i] < 1 || d[i] > 65536)
			fail("%s: input '%s': want dimensions from 1 to 65536, got %lld", m->file, v->name,
			     (long long)d[i]);
	m->as_declared = true;
	for (int i = 0; i < NAxes; i++)
		m->as_declared = m->as_declared && (!told[i] || told[i] == d[i]);
	return (Shape){ (int)d[AxisN], (int)d[AxisC], (int)d[AxisH], (int)d[AxisW] };
}

/* check_input - of four dimensions and a type that pixels have */
static void
check_input(const Import *m, const Onnx__ValueInfoProto *v)
{
	const Onnx__TensorTypeProto *t = v->type ? v->type->tensor_type : NULL;

	if (!t || !t->shape || t->shape->n_dim != NAxes)
		fail("%s: input '%s': want a 4-D tensor (images, channels, height, width), got a %zu-D one",
		     m->file, v->name, t && t->shape ? t->shape->n_dim : 0);
	if (t->elem_type != TypeFloat && t->elem_type != TypeHalf && t->elem_type != TypeUint8)
		fail("%s: input '%s': want float32, float16 or uint8, got data type %d", m->file, v->name,
		     t->elem_type);
}

/* input_node - the graph's own */
static Node *
input_node(Import *m, Shape s)
{
	Node *n = node_new(m->g, O_input, 0);

	n->name = "input";
	n->a.shape = s;
	node_add(m->g, n);
	return n;
}

static const int first[NAxes] = { AxisN, AxisC, AxisH, AxisW }, last[NAxes] = { AxisN, AxisH, AxisW, AxisC };

/* define_input - x, or as the file sees it where its channels are last */
static void
define_input(Import *m, const Onnx__ValueInfoProto *v, OnnxValue x, bool hwc)
{
	static const int back[NAxes] = { 0, 2, 3, 1 };

	if (hwc)
		view_transpose(&x, back, &x);
	onnx_define(m, v->name, x);
}

/* add_input - the image */
static void
add_input(Import *m, const Onnx__ValueInfoProto *v)
{
	Image *im = &m->g->image;
	OnnxValue x;

	check_input(m, v);
	im->hwc = channels_last(m, v);
	if (v->type->tensor_type->elem_type == TypeUint8) {   /* bytes as they are: the graph itself makes floats of them */
		im->u8 = im->normalize = true;
		im->scale = 1;
	}
	x = view_of(input_node(m, sizes_of(m, v, im->hwc ? last : first)));
	define_input(m, v, x, im->hwc);
}

/*
** add_several - images of one size: their channels follow each other in the graph's one input, whose channels are last
** where those of all are
*/
static void
add_several(Import *m, const Onnx__ValueInfoProto *const *v, int count)
{
	bool *hwc = arena_new((size_t)count*sizeof *hwc), pixels = true;
	Shape all = { 0 }, *s = arena_new((size_t)count*sizeof *s);
	bool declared = true;
	Node *x;

	for (int i = 0; i < count; i++) {
		check_input(m, v[i]);
		hwc[i] = channels_last(m, v[i]);
		pixels = pixels && hwc[i];
		s[i] = sizes_of(m, v[i], hwc[i] ? last : first);
		declared = declared && m->as_declared;
		if (v[i]->type->tensor_type->elem_type == TypeUint8 || s[i].n != s[0].n || s[i].h != s[0].h || s[i].w != s[0].w)
			fail("%s: input '%s': want several inputs as floats of one height and width, got %dx%dx%d beside "
			     "%dx%dx%d%s", m->file, v[i]->name, s[i].c, s[i].h, s[i].w, s[0].c, s[0].h, s[0].w,
			     v[i]->type->tensor_type->elem_type == TypeUint8 ? ", bytes" : "");
		all = (Shape){ s[i].n, all.c + s[i].c, s[i].h, s[i].w };
	}
	if (all.c > 65536)
		fail("%s: want at most 65536 channels of all inputs, got %d", m->file, all.c);
	m->as_declared = declared;
	m->g->image.hwc = pixels;
	x = input_node(m, all);
	for (int i = 0, c = 0; i < count; c += s[i++].c) {
		Node *n = node_new(m->g, O_slice, 0);
		n->name = arena_text("input_%d", i + 1);
		n->in[n->nin++] = x->out;
		n->a.channels = (Pair){ c, c + s[i].c };
		n->a.rows = (Range){ 0, s[i].h, 1 };
		n->a.cols = (Range){ 0, s[i].w, 1 };
		node_add(m->g, n);
		define_input(m, v[i], view_of(n), hwc[i]);
		note("%s: input '%s' is channels %d to %d of the model's one input", m->file, v[i]->name, c, c + s[i].c - 1);
	}
}

void
add_inputs(Import *m, bool (*needed)(const void *, const char *), const void *user)
{
	const Onnx__GraphProto *p = m->graph;
	const Onnx__ValueInfoProto **images = arena_new((p->n_input + 1)*sizeof *images), *unused = NULL;
	int count = 0;

	for (size_t i = 0; i < p->n_initializer; i++)
		if (p->initializer[i]->name)
			onnx_define(m, p->initializer[i]->name, (OnnxValue){ .proto = p->initializer[i] });
	for (int i = 0; i < m->o->nconstants; i++)
		onnx_define(m, m->o->constants[i].name, m->o->constants[i].value);
	for (size_t i = 0; i < p->n_input; i++) {
		const Onnx__ValueInfoProto *v = p->input[i];
		if (!v->name || is_defined(m, v->name))
			continue;                    /* an initialiser that is listed as an input too */
		if (needed(user, v->name))
			images[count++] = v;
		else
			unused = unused ? unused : v;
	}
	if (!count && !unused)
		fail("%s: want an input, got none", m->file);
	if (count > 1)
		add_several(m, images, count);
	else
		add_input(m, count ? images[0] : unused);
}
