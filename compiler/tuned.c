/*
** tuned.c - what `resnetc tune` found: for a shape of convolution, the algorithm and register tile that were
** fastest on one processor with one compiler. A text file, one row a line, fields parted by tabs:
**
**   cpu  compiler  target  threads  shape  winograd  tile (vectors x pixels)  microseconds
**
** winograd is 4x4, 4x4-fly (weights transformed on the fly), strassen, or 0x0: direct.
*/
#include <stdlib.h>
#include <string.h>

#include "pass.h"

/* tuned_key - all of a convolution that its time hangs on */
const char *
tuned_key(const Node *n)
{
	const Attr *a = &n->a;
	Shape x = n->in[0]->shape;

	return arena_text("%dx%dx%dx%d-%d-k%dx%d-s%dx%d-p%d,%d,%d,%d-d%dx%d-g%d%s%s", x.n, x.c, x.h, x.w, a->out, a->kernel.h,
	                  a->kernel.w, a->stride.h, a->stride.w, a->padding.t, a->padding.l, a->padding.b, a->padding.r,
	                  a->dilation.h, a->dilation.w, a->groups, n->nin == 2 ? "-skip" : "", on_bytes(n) ? "-int8" : "");
}

const TunedRow *
tuned_find(const Tuned *t, const Node *n)
{
	const char *key = tuned_key(n);

	for (int i = 0; i < t->count; i++)
		if (!strcmp(t->rows[i].key, key) && !strcmp(t->rows[i].target, n->g->target->name))
			return &t->rows[i];
	return NULL;
}

bool
tuned_takes(const Node *n)
{
	return n->op == O_conv2d && n->family->ways;
}

/* field - the text up to the next tab or the line's end; moves s behind it */
static const char *
field(const char **s, const char *end)
{
	const char *from = *s;

	while (*s < end && **s != '\t')
		++*s;
	from = arena_text("%.*s", (int)(*s - from), from);
	if (*s < end)
		++*s;
	return from;
}

/* tuned_algorithm - as a tuned file writes it */
const char *
tuned_algorithm(Way way)
{
	return way.strassen ? "strassen" : arena_text("%dx%d%s", way.winograd.h, way.winograd.w, way.on_the_fly ? "-fly" : "");
}

/* read_algorithm - its inverse: false, it is not written so */
static bool
read_algorithm(const char *s, Way *way)
{
	way->strassen = !strcmp(s, "strassen");
	if (!way->strassen && sscanf(s, "%dx%d", &way->winograd.h, &way->winograd.w) != 2)
		return false;
	way->on_the_fly = strchr(s, '-');
	return !strcmp(s, tuned_algorithm(*way));
}

Tuned *
tuned_read(const char *file)
{
	size_t len;
	const char *s = file_map(file, &len);

	return tuned_parse(file, s, s + len);
}

/* tuned_parse - the text of a file of that name */
Tuned *
tuned_parse(const char *file, const char *s, const char *end)
{
	Tuned *t = NEW(Tuned);

	for (int line = 1; s < end; line++) {
		const char *eol = memchr(s, '\n', (size_t)(end - s)), *text, *winograd, *tile;
		TunedRow r = { 0 };
		eol = eol ? eol : end;
		if (*s != '#' && eol > s) {
			r.cpu = field(&s, eol);
			r.compiler = field(&s, eol);
			r.target = field(&s, eol);
			text = field(&s, eol);
			r.key = field(&s, eol);
			winograd = field(&s, eol);
			tile = field(&s, eol);
			r.threads = atoi(text);
			if (r.threads < 1 || !read_algorithm(winograd, &r.way) ||
			    sscanf(tile, "%dx%d", &r.way.tile.h, &r.way.tile.w) != 2 || sscanf(field(&s, eol), "%lf", &r.us) != 1)
				fail("%s:%d: tuned row: want cpu, compiler, target, threads, shape, HxW, VxP and microseconds, "
				     "parted by tabs, got '%.*s'", file, line, (int)strcspn(r.cpu, "\n"), r.cpu);
			PUSH(t->rows, t->count, r);
		}
		s = eol + (eol < end);
	}
	return t;
}
