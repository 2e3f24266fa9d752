/* sizes.c - how many bytes and floats the caller of an artefact deals with. */
#include "../../runtime/rc.h"
#include "emit.h"

size_t
input_bytes(const Graph *g)
{
	return count_of(g->nodes[0]->out->shape)*(g->image.u8 ? 1 : sizeof(float));
}

Dtype
output_dtype(const Graph *g)
{
	return g->quantize.outputs && is_bytes(g->outputs[0]) ? DT_u8 : DT_f32;
}

size_t
output_bytes(const Graph *g)
{
	return outputs_of(g)*dtype_rows[output_dtype(g)].bytes;
}

size_t
outputs_of(const Graph *g)
{
	size_t count = 0;

	for (int i = 0; i < g->noutputs; i++)
		count += count_of(g->outputs[i]->shape);
	return count;
}

/* selftest_each - sums of a layer: few of exact results tell as much as many of others, which may be off */
int
selftest_each(const Graph *g)
{
	for (int i = 0; i < g->count; i++)
		if (!on_bytes(g->nodes[i]) && !is_bytes(g->nodes[i]->out))
			return RC_SUMS;
	return RC_EXACT_SUMS;
}

size_t
selftest_bytes(const Graph *g)
{
	return g->arena + aligned(input_bytes(g)) + aligned(output_bytes(g));
}

size_t
selftest_of(const Model *m)
{
	size_t most = selftest_bytes(m->g);

	for (int t = 0; m->artefact && t < m->artefact->targets; t++)
		if (selftest_bytes(m->artefact->parts[t*m->artefact->sizes]->g) > most)
			most = selftest_bytes(m->artefact->parts[t*m->artefact->sizes]->g);
	return most;
}

int
stack_of(const Model *m)
{
	int most = m->g->target->stack;

	for (int t = 0; m->artefact && t < m->artefact->targets; t++)
		if (m->artefact->parts[t*m->artefact->sizes]->g->target->stack > most)
			most = m->artefact->parts[t*m->artefact->sizes]->g->target->stack;
	return most;
}

size_t
workspace_of(const Artefact *a, int size)
{
	size_t most = 0;

	for (int t = 0; t < a->targets; t++)
		if (a->parts[t*a->sizes + size]->g->arena > most)
			most = a->parts[t*a->sizes + size]->g->arena;
	return most;
}

const char *
size_name(const Model *m)
{
	Shape s = m->g->nodes[0]->out->shape;

	return arena_text("%dx%d", s.h, s.w);
}

size_t
zeros_at(const Value *v)
{
	const Value *p = &v->node->packed[v->node->npacked - 1];

	return p->at + (size_t)(p->shape.c - ZeroNumbers)*sizeof(float);
}
