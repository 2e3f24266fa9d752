/* train_export.c - how the blob of the network at work is made from a state: _export of NAME_train.c. */
#include <string.h>

#include "../../runtime/rc.h"
#include "../gradients/train.h"
#include "emit.h"

/* from_state - where the parameter of this name is, an expression */
static const char *
from_state(const Training *t, const Param *p)
{
	for (int i = 0; p->name && i < t->nparams; i++)
		if (!strcmp(t->params[i].name, p->name))
			return arena_text("s + %zu", t->params[i].at);
	return "NULL";
}

/* packed_at - where packed parameter i of n is in the blob, or that there is none */
static const char *
packed_at(const Node *n, int i)
{
	return i >= 0 && i < n->npacked ? arena_text("(float *)(void *)(blob + %zu)", n->packed[i].at) : "NULL";
}

/* emit_layer - a prelu by itself has no weights, but what else is a bias */
static void
emit_layer(Out *o, const Training *t, const Node *n)
{
	Kernel k = kernel_of(n, 0);
	const Param *p = n->p;
	bool dense = is_dense(n), slopes = has_slopes(n) && n->npacked == 1;

	if (!k.family->repack)
		fail_at(n, "train: want layers whose weights can be packed at run time, got %s", op_rows[n->op].name);
	out_line(o, "{ /* %s */", n->name);
	k.family->repack(o, &k, false);
	out_line(o, "const rc_fold fold = { %s, %s, %s, %s, %s, %s,", from_state(t, &p[P_weight]), from_state(t, &p[P_bias]),
	         from_state(t, &p[P_bn_weight]), from_state(t, &p[P_bn_bias]), from_state(t, &p[P_bn_mean]),
	         from_state(t, &p[P_bn_var]));
	out_line(o, "\t%s, %s, %d, %.17g, %.17g, %.17g, %.17g };", from_state(t, &p[P_gamma]), from_state(t, &p[P_slope]),
	         n->a.shared, n->op == O_bn ? n->a.eps : n->a.bn_eps, dense ? n->a.in_gain : 1, dense ? n->a.out_gain : 1,
	         dense ? n->a.out_offset : 0);
	out_line(o, "\nrc_fold_pack(&how, &fold, %s, %s);", packed_at(n, slopes ? -1 : 0), packed_at(n, slopes ? 0 : 1));
	out_line(o, "}");
}

/* emit_export - of the network at work */
void
emit_export(Out *o, const Training *t, const Model *work)
{
	const Graph *g = work->g;

	out_text(o, "/* The blob of the network at work: batch norms folded, weights in the order of its kernels. */\n"
	            "static void\nexport_weights(const float *s, char *blob)\n{\n");
	for (int i = 0; i < g->count; i++)
		if (g->nodes[i]->npacked)
			emit_layer(o, t, g->nodes[i]);
	out_text(o, "}\n\n");
	out_line(o, "static const rc_export at_work = { 0x%016llxu, %zu, %zu, \"%s\", export_weights };\n",
	         (unsigned long long)work->plan_hash, work->blob, work->selftest_at, g->target->name);
}
