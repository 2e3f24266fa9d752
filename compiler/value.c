/*
** value.c - the geometry of values: [image][channel block][row][column][channel of the block], zeros around each plane.
*/
#include "value.h"

size_t
count_of(Shape s)
{
	return (size_t)s.n*(size_t)s.c*(size_t)s.h*(size_t)s.w;
}

bool
same_shape(Shape a, Shape b)
{
	return a.n == b.n && a.c == b.c && a.h == b.h && a.w == b.w;
}

Layout
layout_of(Shape s, int cb, Sides halo)
{
	Layout l = { .cb = cb, .halo = halo };

	l.row = (size_t)(halo.l + s.w + halo.r)*(size_t)cb;
	l.plane = (size_t)(halo.t + s.h + halo.b)*l.row;
	l.image = (size_t)ceil_div(s.c, cb)*l.plane;
	l.origin = (size_t)halo.t*l.row + (size_t)(halo.l*cb);
	return l;
}

bool
has_halo(const Layout *l)
{
	return l->halo.t || l->halo.l || l->halo.b || l->halo.r;
}

bool
same_layout(const Layout *a, const Layout *b)
{
	return a->cb == b->cb && a->row == b->row && a->plane == b->plane && a->image == b->image && a->origin == b->origin &&
	       a->halo.t == b->halo.t && a->halo.l == b->halo.l && a->halo.b == b->halo.b && a->halo.r == b->halo.r;
}

size_t
aligned(size_t bytes)
{
	return (bytes + AlignBytes - 1)/AlignBytes*AlignBytes;
}

size_t
value_bytes(Dtype d, Shape s, const Layout *l)
{
	return aligned((size_t)s.n*l->image*dtype_rows[d].bytes);
}
