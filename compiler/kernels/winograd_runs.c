/*
** winograd_runs.c - which tiles of a block have products at a position. Tiles that hang over the end of an image have
** one to three outputs along that axis: they are made by F(2, 3) or F(3, 3), whose points are some of F(4, 3)'s, so
** that weights are the same; at the other points these tiles have no products. 14x14 outputs take 22^2 multiply-adds a
** channel pair so, instead of 24^2.
**
** The tiles of a block, which is whole images then, are counted so that those of any position follow each other: the
** last column of the whole rows first, whole tiles, the last row, the corner.
*/
#include "winograd.h"

bool
edge_has(int edge, int position)
{
	return !edge || position == 5 || position < edge + 1;
}

/* rows_whole, cols_whole - of tiles, without an edge */
int
rows_whole(const Wino *w)
{
	return w->tr - (w->edge_h > 0);
}

int
cols_whole(const Wino *w)
{
	return w->tc - (w->edge_w > 0);
}

int
wino_start(const Wino *w, bool bottom, bool right)
{
	int n = w->images, rows = rows_whole(w), cols = cols_whole(w), at_right = w->edge_w ? n*rows : 0;

	if (!bottom)
		return right ? 0 : at_right;
	return at_right + n*rows*cols + (right ? n*cols : 0);
}

Run
wino_run(const Wino *w, int width, int i, int j)
{
	bool down = edge_has(w->edge_h, i), along = edge_has(w->edge_w, j);
	int from, to;

	if (!w->images)
		return (Run){ 0, width };
	from = along ? 0 : wino_start(w, false, false);
	to = !down ? wino_start(w, true, false) : along ? width : wino_start(w, true, true);
	return (Run){ from, to - from };
}

double
wino_columns(const Wino *w)
{
	double columns = 0;

	if (!w->images)
		return (double)w->tiles*w->bands*w->pos;
	for (int i = 0; i < w->ah; i++)
		for (int j = 0; j < w->aw; j++)
			columns += w->count[0]*wino_run(w, w->width[0], i, j).count;
	return columns;
}

/*
** set_edges - where tiles hang over, those of sides of four, and there are whole ones beside them; a block becomes as
** many whole images as it has room for
*/
void
set_edges(const Kernel *k, Wino *w)
{
	int h = k->out->shape.h%w->mh, across = k->out->shape.w%w->mw, n = k->out->shape.n, each = w->tr*w->tc;
	int images = w->width[0]/each;

	while (images > 1 && n%images)
		images--;
	if (w->bands > 1 || images < 1 || (!h && !across))
		return;
	if ((h && (w->mh != 4 || w->tr == 1)) || (across && (w->mw != 4 || w->tc == 1)))
		return;
	w->edge_h = h == 1 ? 2 : h;
	w->edge_w = across == 1 ? 2 : across;
	w->images = images;
	w->width[0] = images*each;
	w->count[0] = n/images;
	w->width[1] = w->count[1] = 0;
	w->ragged = false;
}
