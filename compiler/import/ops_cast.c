/* ops_cast.c - tensors of other types: all are floats here. */
#include "import.h"

/* op_cast - of a tensor between kinds of floats; all are float32 here, and so are whole numbers and truths */
void
op_cast(Import *m)
{
	const OnnxValue *places = has_input(m, 0) ? onnx_find(m, m->p->input[0]) : NULL;
	OnnxValue x;
	int to = (int)attr_int(m, "to", 0);

	if (places && places->rank < 0 && places->n) {       /* of TopK, for an output */
		set_result(m, *places);
		return;
	}
	x = tensor_at(m, 0);
	if (to == TypeBool && !is_truth(x.n))
		x = truth_of(m, x);
	else if (is_whole(to) && !has_whole_numbers(x.n))
		refuse(m, "want tensors of floats, got a cast to data type %d", to);
	set_result(m, x);
}

/* op_cast_like - as what the network computes, which is floats */
void
op_cast_like(Import *m)
{
	if (!input_at(m, 1).n)
		refuse(m, "want a cast like a result, got '%s'", m->p->input[1]);
	set_result(m, input_at(m, 0));
}
