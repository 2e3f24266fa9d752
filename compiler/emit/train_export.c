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

static void
emit_layer(Out *o, const Training *t, const Node *n)
{
	Kernel k = kernel_of(n, 0);
	const Param *p = n->p;

	if (!k.family->repack)
		fail_at(n, "train: want layers whose weights can be packed at run time, got %s", op_rows[n->op].name);
	out_line(o, "{ /* %s */", n->name);
	k.family->repack(o, &k, false);
	out_line(o, "const rc_fold fold = { %s, %s, %s, %s, %s, %s, %.17g };\n", from_state(t, &p[P_weight]),
	         from_state(t, &p[P_bias]),
	         from_state(t, &p[P_bn_weight]), from_state(t, &p[P_bn_bias]), from_state(t, &p[P_bn_mean]),
		from_state(t, &p[P_bn_var]),
	         n->op == O_bn ? n->a.eps : n->a.bn_eps);
	out_line(o, "rc_fold_pack(&how, &fold, (float *)(void *)(blob + %zu), %s);", n->packed[0].at,
	         n->npacked > 1 ? arena_text("(float *)(void *)(blob + %zu)", n->packed[1].at) : "NULL");
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
