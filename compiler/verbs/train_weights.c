/* train_weights.c - what a training writes each epoch: its parameters as a weight file of the model. */
#include <stdlib.h>
#include <string.h>

#include "train_run.h"

/* fill_named - the parameter of the model that has this name; its memory is write_weights' */
static void
fill_named(const Run *r, const Trained *from)
{
	const float *v = trainer_param(&r->trainer, from);

	for (int k = 0; k < r->named->count; k++)
		for (int p = 0; p < NParams; p++) {
			Param *to = &r->named->nodes[k]->p[p];
			if (!to->name || strcmp(to->name, from->name))
				continue;
			to->count = from->count;
			to->data = to->data ? to->data : want_memory(malloc(from->count*sizeof *to->data));
			for (size_t i = 0; i < from->count; i++)
				to->data[i] = (double)v[i];
		}
}

/* no memory stays behind: it is called once an epoch */
void
write_weights(Run *r)
{
	DslOptions dsl = dsl_options(r->o);
	File f;

	if (!r->named)
		r->named = dsl_load(r->o->model, &dsl);
	for (int i = 0; i < r->t->nparams; i++)
		fill_named(r, &r->t->params[i]);
	f = safetensors_file(r->named, "");
	write_at(r->weights_file, f.data, f.len);
	free((void *)f.data);
	for (int k = 0; k < r->named->count; k++)
		for (int p = 0; p < NParams; p++) {
			free(r->named->nodes[k]->p[p].data);
			r->named->nodes[k]->p[p].data = NULL;
		}
}
