/* params.c - NAME.params: parameters and running statistics as a state has them, behind a head. */
#include <stdlib.h>
#include <string.h>

#include "../../runtime/rc_train.h"
#include "../gradients/train.h"
#include "emit.h"

File
emit_params(const Model *m)
{
	enum { Head = 128 };
	const Training *t = m->g->train;
	size_t len = Head + t->floats*sizeof(float);
	char *all = want_memory(calloc(len, 1));
	rc_params head = { .magic = "resnetp", .version = 1, .endian = 0x01020304, .bytes = len,
	                   .hash = parameters_hash(m->g) };

	for (int i = 0; i < t->nparams; i++) {
		const Param *p = &t->params[i].node->p[t->params[i].id];
		float *to = (float *)(void *)(all + Head) + t->params[i].at;
		for (size_t k = 0; k < p->count; k++)
			to[k] = (float)p->data[k];
	}
	head.checksum = rc_hash(all + Head, len - Head);
	memcpy(all, &head, sizeof head);
	return (File){ arena_text("%s.params", m->g->name), all, len };
}
