/*
** kernel.c - the descriptor a kernel is emitted from, and what it is given.
*/
#include <string.h>

#include "kernel.h"

/* adapts - is the caller's picture read in any other way than float NCHW as it is */
static bool
adapts(const Image *im)
{
	return im->u8 || im->hwc || im->swap || im->normalize;
}

static View
view_of(const Value *v)
{
	return (View){ v->dtype, v->shape, v->lay };
}

/* outside - a value as the caller has it: floats, or bytes where asked for, in NCHW order, no gaps */
static View
outside(const Value *v, Dtype d)
{
	return (View){ d, v->shape, layout_of(v->shape, 1, (Sides){ 0, 0, 0, 0 }) };
}

int
parts_of(const Node *n)
{
	return n->op == O_concat ? n->nin : 1;
}

/* whole_kernel - what n's text depends on, and nothing else; part: which input of a concat */
Kernel
whole_kernel(const Node *n, int part)
{
	Kernel k;
	bool dense = is_dense(n);

	memset(&k, 0, sizeof k);
	k.op = n->op;
	k.a = n->a;
	k.a.bn = k.a.gamma = k.a.slopes = NULL;
	k.a.in_gain = k.a.out_gain = k.a.out_offset = 0;
	k.a.eps = is_norm(n) || n->op >= NLanguageOps ? n->a.eps : 0;
	k.a.bn_eps = 0;
	k.a.affine = k.a.bn_affine = k.a.bias = k.a.shared = false;
	k.t = n->g->target;
	k.family = n->family;
	for (k.nout = 0; k.nout < n->nout; k.nout++)
		k.out[k.nout] = view_of(&n->out[k.nout]);
	k.in[k.nin++] = n->nin ? view_of(n->in[part]) : outside(n->out, DT_f32);
	k.of = n->of && n->op >= NLanguageOps ? n->of->op : NOps;
	k.frozen = n->frozen;
	k.strips = n->strips;
	k.batch = n->g->training && n->nin ? n->in[0]->shape.n : 0;
	if (n->op == O_input && n->g->training) {
		k.seen = &n->g->image;
		k.train = n->g->train;
	}
	for (int i = 1; i < n->nin && n->op >= NLanguageOps; i++)
		k.in[k.nin++] = view_of(n->in[i]);
	if (n->nin == 2 && n->op != O_concat && n->op < NLanguageOps) {
		k.in[k.nin++] = view_of(n->in[1]);
		k.skip = n->op != O_matmul;
	}
	k.view = n->op == O_reshape && n->out->over == n->in[0];
	k.bias = dense && (n->a.bias || n->a.bn || n->a.out_offset != 0 || n->a.act == Act_prelu);
	if (n->op >= NLanguageOps)
		k.bias = n->p[P_bn_weight].state;
	k.slopes = has_slopes(n);
	k.weights = has_weights_of_bytes(n) ? DT_i8 : is_halved(n) ? n->g->store : DT_f32;
	if (n->op == O_input && adapts(&n->g->image)) {
		k.image = &n->g->image;
		k.in->dtype = k.image->u8 ? DT_u8 : DT_f32;
	}
	k.a.step = 0;
	k.a.zero = 0;
	if (n->op == O_input && is_bytes(n->out)) {
		k.picture = &n->g->image;
		k.image = NULL;
		k.in->dtype = k.picture->u8 ? DT_u8 : DT_f32;
	}
	if (n->op == O_concat && on_bytes(n)) {
		k.part = part;
		k.parts = n->nin;
	}
	for (int i = 0; i < part; i++)
		k.channel0 += n->in[i]->shape.c;
	return k;
}

/* kernel_of - the same; in strips all that has an image of its own has those of a strip */
Kernel
kernel_of(const Node *n, int part)
{
	Kernel k = whole_kernel(n, part);

	if (!n->strip)
		return k;
	k.strip = true;
	for (int i = 0; i < k.nin; i++)
		if (k.in[i].shape.n == k.batch && !n->in[i]->node->family->reduces)
			k.in[i].shape.n /= k.strips;
	for (int i = 0; i < k.nout && !n->family->reduces; i++)
		k.out[i].shape.n /= k.strips;
	return k;
}

/* store_kernel - copies v to the caller's NCHW array */
Kernel
store_kernel(const Value *v)
{
	Kernel k;

	memset(&k, 0, sizeof k);
	k.op = O_input;
	k.store = true;
	k.t = v->node->g->target;
	k.in[k.nin++] = view_of(v);
	k.out[k.nout++] = outside(v, v->node->g->quantize.outputs ? v->dtype : DT_f32);
	return k;
}

static bool
same_view(const View *a, const View *b)
{
	return a->dtype == b->dtype && same_shape(a->shape, b->shape) && same_layout(&a->lay, &b->lay);
}

/* same_kernel - field by field: the bytes between fields may hold anything */
bool
same_kernel(const Kernel *a, const Kernel *b)
{
	for (int i = 0; i < NAttrs; i++)
		if (attr_differs(&attr_rows[i], &a->a, &b->a))
			return false;
	if (a->op != b->op || a->nin != b->nin || a->nout != b->nout)
		return false;
	for (int i = 0; i < a->nin; i++)
		if (!same_view(&a->in[i], &b->in[i]))
			return false;
	for (int i = 0; i < a->nout; i++)
		if (!same_view(&a->out[i], &b->out[i]))
			return false;
	return a->weights == b->weights && a->bias == b->bias && a->slopes == b->slopes && a->skip == b->skip &&
		a->view == b->view &&
		a->store == b->store && a->channel0 == b->channel0 && a->part == b->part && a->parts == b->parts &&
		a->image == b->image && a->picture == b->picture && a->of == b->of && a->train == b->train &&
		a->frozen == b->frozen && a->batch == b->batch && a->strips == b->strips && a->strip == b->strip &&
		a->t == b->t && a->family == b->family;
}

int
packed_of(const Kernel *k, Packed *to)
{
	return k->family->packed ? k->family->packed(k, to) : 0;
}

/* operands_of - as the family has them, or own memory, input, packed parameters, skip, results: those that are there */
int
operands_of(const Kernel *k, int phase, Operand *to)
{
	static const char *const packed_names[NPacked] = { "w", "b", "s" }, *const result_names[NResults] = { "y", "at" };
	Packed packed[NPacked];
	int n = 0, npacked = packed_of(k, packed);

	if (k->family->operands)
		return k->family->operands(k, phase, to);
	if (k->family->own)
		to[n++] = (Operand){ "m", Role_own, 0 };
	to[n++] = (Operand){ "x", Role_in, 0 };
	for (int i = 0; i < npacked; i++)
		to[n++] = (Operand){ packed_names[i], Role_packed, i };
	if (k->skip)
		to[n++] = (Operand){ "z", Role_in, 1 };
	for (int i = 0; i < k->nout; i++)
		to[n++] = (Operand){ result_names[i], Role_out, i };
	return n;
}

size_t
weight_bytes(const Kernel *k)
{
	return dtype_rows[k->weights].bytes;
}

const char *
weight_type(const Kernel *k)
{
	return dtype_rows[k->weights].c;
}

const char *
weight_load(const Kernel *k)
{
	return dtype_rows[k->weights].load;
}

void
put_weight(const Kernel *k, void *to, size_t at, double w)
{
	if (k->weights == DT_f32)
		((float *)to)[at] = (float)w;
	else
		((uint16_t *)to)[at] = half_bits(k->weights, w);
}

/* pack_channels - a value a channel, then the slopes of a prelu; those that fill up the vectors are 0 */
void
pack_channels(const Kernel *k, const double *b, float *to)
{
	int c = k->out->shape.c, lanes = vectors_of(k)*k->t->vl;

	for (int i = 0; i < lanes; i++) {
		to[i] = i < c ? (float)b[i] : 0;
		if (k->slopes)
			to[lanes + i] = i < c ? (float)b[c + i] : 0;
	}
}

int
vectors_of(const Kernel *k)
{
	return ceil_div(k->out->shape.c, k->out->lay.cb)*(k->out->lay.cb/k->t->vl);
}
