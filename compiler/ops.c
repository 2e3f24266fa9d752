/* ops.c - the rows of ops.h. */
#include <string.h>

#include "graph.h"

const OpRow op_rows[NOps] = {
#define OP(name, lo, hi, shape, family, epi, same, over, par, attrs, doc) \
	{ #name, lo, hi, epi, same, over, par, doc },
#include "ops.h"
#undef OP
#define GRAD(name, lo, hi, family, epi, over, doc) { #name, lo, hi, epi, false, over, false, doc },
#include "gradients/ops.h"
#undef GRAD
};

/* op_takes - may a node of this op carry the attribute */
bool
op_takes(Op op, AttrId attr)
{
	uint64_t attrs[NOps] = {
#define OP(name, lo, hi, shape, family, epi, same, over, par, attrs, doc) attrs,
#include "ops.h"
#undef OP
	};

	return attrs[op] >> attr & 1;
}

/* act_of - the activation that is this op */
Act
act_of(Op op)
{
	for (int a = Act_none + 1; a < NActs; a++)
		if (!strcmp(act_names[a], op_rows[op].name))
			return (Act)a;
	return Act_none;
}
