/*
** blob.c - NAME.weights: a head that ties it to the code, then every layer's weights folded, packed
** in the kernel's order and aligned, ready to be used in place.
*/
#include <stdlib.h>
#include <string.h>

#include "../../runtime/rc.h"
#include "emit.h"

_Static_assert(sizeof(rc_blob) <= HeaderBytes, "the head fits");

File
emit_blob(const Model *m)
{
	const Graph *g = m->g;
	size_t len = m->blob;
	unsigned char *blob = want_memory(aligned_alloc(64, (len + 63)/64*64));
	rc_blob head = { .magic = "resnetc", .version = 1, .endian = 0x01020304, .bytes = len, .plan_hash = m->plan_hash };

	memset(blob, 0, len);
	for (int i = 0; i < g->count; i++) {
		const Node *n = g->nodes[i];
		Kernel k = kernel_of(n, 0);
		double *w = NULL, *b = NULL;
		void *to[NPacked] = { NULL };
		if (k.family->pack)
			fold_weights(n, &w, &b);
		selftest_expect(n, w, b, (float *)(void *)(blob + m->selftest_at) + (size_t)(i*2*selftest_each(g)));
		for (int p = 0; p < n->npacked; p++)
			to[p] = blob + n->packed[p].at;
		if (k.family->pack)
			k.family->pack(&k, w, b, to);
		if (k.family->pack_node)
			k.family->pack_node(n, &k, to);
		free(w);
		free(b);
	}
	snprintf(head.model, sizeof head.model, "%s", g->name);
	snprintf(head.target, sizeof head.target, "%s", g->target->name);
	head.checksum = rc_hash(blob + HeaderBytes, len - HeaderBytes);
	memcpy(blob, &head, sizeof head);
	return (File){ arena_text("%s.weights", g->name), blob, len };
}
