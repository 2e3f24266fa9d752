/*
** weights.c - the initialisers of an ONNX file alone, by name, as weights of another model. Numbers that no layer has,
** such as a shape, the limits of a Clip or the scales of a Resize, count as used.
*/
#include <string.h>

#include "onnx.h"

/* onnx.proto's TensorProto.DataType beyond dtypes.h, as safetensors would call them */
static const struct { int type; const char *name; } foreign[] = {
	{ 8, "STRING" }, { 14, "C64" }, { 15, "C128" }, { 17, "F8_E4M3" }, { 18, "F8_FNUZ" }, { 19, "F8_E5M2" },
	{ 20, "F8_FNUZ" }, { 21, "U4" }, { 22, "I4" }, { 23, "F4" }, { 24, "F8_E8M0" }, { 25, "U2" }, { 26, "I2" },
};

static const char *const settings[] = {  /* operators whose constants are no weights */
	"Clip", "Resize", "Upsample", "Pad", "Dropout", "Pow", "Reshape", "Slice", "Split", "Squeeze", "Unsqueeze",
	"Expand", "Tile", "Gather", "TopK", "Range", "Where", "Equal", "Max", "Min", "ConstantOfShape",
	        "QuantizeLinear",
	"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare", NULL,
};
static const char *const arithmetic[] = { "Add", "Sub", "Mul", "Div", NULL };     /* by one number: a setting too */

static bool
is_one_of(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(word, *list))
			return true;
	return false;
}

/* is_weight - an operator that has weights reads it */
static bool
is_weight(const Onnx__GraphProto *g, const Tensor *t)
{
	for (size_t i = 0; i < g->n_node; i++) {
		const Onnx__NodeProto *n = g->node[i];
		for (size_t k = 0; k < n->n_input; k++)
			if (!strcmp(n->input[k], t->name) && n->op_type && !is_one_of(n->op_type, settings) &&
			    !(tensor_count(t) == 1 && is_one_of(n->op_type, arithmetic)))
				return true;
	}
	return false;
}

Weights *
onnx_weights_open(const char *file, const unsigned char *map, size_t len)
{
	const Onnx__ModelProto *m = onnx_read(file, map, len);
	Weights *w = NEW(Weights);

	w->file = file;
	for (size_t i = 0; i < m->graph->n_initializer; i++) {
		const Onnx__TensorProto *p = m->graph->initializer[i];
		Tensor t = { .name = p->name && *p->name ? p->name : "?" };
		for (size_t k = 0; k < sizeof foreign/sizeof *foreign; k++)
			if (p->data_type == foreign[k].type)
				snprintf(t.dtype, sizeof t.dtype, "%s", foreign[k].name);
		for (size_t k = 0; *t.dtype && k < p->n_dims && k < 8; k++)
			t.dim[t.rank++] = p->dims[k];
		if (!*t.dtype)
			t = onnx_tensor(file, p);
		t.used = !is_weight(m->graph, &t);
		PUSH(w->tensors, w->count, t);
	}
	return w;
}
