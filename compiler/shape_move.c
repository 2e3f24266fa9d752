/*
** shape_move.c - the shape rules of ops that give numbers another place: reshape, permute, shuffles.
*/
#include "shape.h"

void
shape_reshape(Node *n)
{
	Shape x = n->in[0]->shape, *want = &n->a.shape, given = *want;
	int *axis[3] = { &want->c, &want->h, &want->w }, *open = NULL;
	int64_t all = (int64_t)x.c*x.h*x.w, known = 1;

	for (int i = 0; i < 3; i++) {
		if (*axis[i] == -1 && !open) {
			open = axis[i];
			continue;
		}
		if (*axis[i] < 1)
			fail_at(n, "want a shape of numbers from 1, one of which may be -1, got {%d, %d, %d}", given.c, given.h, given.w);
		known = known > all ? known : known**axis[i];
	}
	if (open && all%known == 0)
		*open = (int)(all/known);
	if (open ? *open < 1 : known != all)
		fail_at(n, "want a shape of %lld numbers, as %dx%dx%d has, got {%d, %d, %d}", (long long)all, x.c, x.h, x.w, given.c,
		        given.h, given.w);
	n->out->shape = (Shape){ x.n, want->c, want->h, want->w };
}

void
shape_permute(Node *n)
{
	Shape x = n->in[0]->shape;
	int count;
	const char *order = words_of(&attr_rows[At_order], &count)[n->a.order];
	int size[3];

	for (int i = 0; i < 3; i++)
		size[i] = order[i] == 'c' ? x.c : order[i] == 'h' ? x.h : x.w;
	n->out->shape = (Shape){ x.n, size[0], size[1], size[2] };
}

void
shape_pixel_shuffle(Node *n)
{
	Shape x = n->in[0]->shape;
	int f = n->a.factor;

	if (x.c%(f*f))
		fail_at(n, "want channels divisible by factor*factor = %d, got %d", f*f, x.c);
	n->out->shape = (Shape){ x.n, x.c/(f*f), x.h*f, x.w*f };
}

void
shape_pixel_unshuffle(Node *n)
{
	Shape x = n->in[0]->shape;
	int f = n->a.factor;

	if (x.h%f || x.w%f)
		fail_at(n, "want rows and columns divisible by factor = %d, got %dx%d", f, x.h, x.w);
	n->out->shape = (Shape){ x.n, x.c*f*f, x.h/f, x.w/f };
}

void
shape_channel_shuffle(Node *n)
{
	n->out->shape = n->in[0]->shape;
	if (n->out->shape.c%n->a.groups)
		fail_at(n, "want channels divisible by groups = %d, got %d", n->a.groups, n->out->shape.c);
}
