/* surface.c - a landscape from the side: its cells by their distance, the far ones first; heights are logarithms. */
#include <math.h>
#include <stdlib.h>

#include "landscape.h"

static const double Turn = 0.62, Lift = 0.7, Height = 1;  /* radians around, up; of the highest point */
enum { MiddleX = 290, MiddleY = 316, Scale = 165 };

typedef struct { double x, y, depth; } Seen;

/* seen - point of the box from -1 to 1, height z */
static Seen
seen(double a, double b, double z)
{
	double right = a*cos(Turn) - b*sin(Turn), away = a*sin(Turn) + b*cos(Turn);

	return (Seen){ MiddleX + right*Scale, MiddleY - away*sin(Lift)*Scale - z*Height*cos(Lift)*Scale, away };
}

static Seen
seen_point(const Relief *r, int i, int j)
{
	return seen(2.0*j/(r->n - 1) - 1, 2.0*i/(r->n - 1) - 1, fmin(fmax(r->z[i*r->n + j], -0.02), 1.05));
}

typedef struct { double depth; int i, j; } Cell;

static int
far_first(const void *a, const void *b)
{
	const Cell *x = a, *y = b;

	return x->depth > y->depth ? -1 : x->depth < y->depth ? 1 : x->i != y->i ? x->i - y->i : x->j - y->j;
}

/* shade - how much light falls on the cell, from above on the left: the colour's opacity over black */
static double
shade(const Relief *r, int i, int j)
{
	double step = 2.0/(r->n - 1), a = (r->z[i*r->n + j + 1] - r->z[i*r->n + j])*Height/step;
	double b = (r->z[(i + 1)*r->n + j] - r->z[i*r->n + j])*Height/step;
	double light = (0.45*a + 0.25*b + 0.86)/sqrt(a*a + b*b + 1);

	return fmin(1, fmax(0.5, 0.62 + 0.38*light));
}

static const char *
darker(const char *colour, double light)
{
	unsigned rgb = (unsigned)strtoul(colour + 1, NULL, 16);

	return arena_text("#%02x%02x%02x", (unsigned)((rgb >> 16 & 255)*light), (unsigned)((rgb >> 8 & 255)*light),
	                  (unsigned)((rgb & 255)*light));
}

static void
draw_cell(Out *o, const Relief *r, int i, int j, int steps)
{
	Seen p[4] = { seen_point(r, i, j), seen_point(r, i, j + 1), seen_point(r, i + 1, j + 1), seen_point(r, i + 1, j) };
	double z = (r->z[i*r->n + j] + r->z[i*r->n + j + 1] + r->z[(i + 1)*r->n + j] + r->z[(i + 1)*r->n + j + 1])/4;
	const char *colour = darker(relief_colour(r, z), shade(r, i, j));

	draw(o, "<path fill=\"%s\" stroke=\"%s\" stroke-width=\".4\" d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1fL%.1f %.1fZ\"/>",
	     colour, colour, p[0].x, p[0].y, p[1].x, p[1].y, p[2].x, p[2].y, p[3].x, p[3].y);
	if (i%steps == 0)
		draw(o, "<path class=\"mesh\" d=\"M%.1f %.1fL%.1f %.1f\"/>", p[0].x, p[0].y, p[1].x, p[1].y);
	if (j%steps == 0)
		draw(o, "<path class=\"mesh\" d=\"M%.1f %.1fL%.1f %.1f\"/>", p[0].x, p[0].y, p[3].x, p[3].y);
	if (i + 2 == r->n)
		draw(o, "<path class=\"mesh\" d=\"M%.1f %.1fL%.1f %.1f\"/>", p[3].x, p[3].y, p[2].x, p[2].y);
	if (j + 2 == r->n)
		draw(o, "<path class=\"mesh\" d=\"M%.1f %.1fL%.1f %.1f\"/>", p[1].x, p[1].y, p[2].x, p[2].y);
}

static void
draw_edge(Out *o, Seen a, Seen b)
{
	draw(o, "<path class=\"grid\" d=\"M%.1f %.1fL%.1f %.1f\"/>", a.x, a.y, b.x, b.y);
}

/* draw_box - the floor, and behind the surface the levels on the two far walls */
static void
draw_box(Out *o, const Relief *r)
{
	double last = -1;

	draw_edge(o, seen(-1, -1, 0), seen(1, -1, 0));
	draw_edge(o, seen(-1, -1, 0), seen(-1, 1, 0));
	draw_edge(o, seen(-1, 1, 0), seen(-1, 1, 1));
	draw_edge(o, seen(1, 1, 0), seen(1, 1, 1));
	draw_edge(o, seen(1, -1, 0), seen(1, -1, 1));
	for (int k = -1; k < r->count; k++) {
		double z = k < 0 ? 0 : r->at[k];
		Seen corner = seen(-1, 1, z), other = seen(1, -1, z);
		draw_edge(o, corner, seen(1, 1, z));
		draw_edge(o, seen(1, 1, z), other);
		if (k < 0 || z - last < 0.1)
			continue;
		last = z;
		draw_text(o, corner.x - 6, corner.y + 4, "soft small end", arena_text("%g", r->level[k]));
	}
}

static void
draw_names(Out *o, const Landscape *l)
{
	const char *ends[2] = { arena_text("%g", -l->range), arena_text("%g", l->range) };

	for (int k = 0; k < 2; k++) {
		Seen a = seen(k ? 1 : -1, -1.1, 0), b = seen(-1.1, k ? 1 : -1, 0);
		draw_text(o, a.x, a.y + 8, "soft small middle", ends[k]);
		draw_text(o, b.x - 4, b.y + 6, "soft small middle", ends[k]);
	}
	draw_text(o, seen(0, -1.25, 0).x, seen(0, -1.25, 0).y + 12, "soft middle", "first direction");
	draw_text(o, seen(-1.3, 0, 0).x - 12, seen(-1.3, 0, 0).y + 10, "soft middle", "second direction");
}

void
draw_surface(Out *o, const Landscape *l)
{
	int steps = l->grid < 49 ? 48/(l->grid - 1) : 1, count = 0;
	Relief r = relief_of(l, steps);
	Cell *cells = arena_new((size_t)((r.n - 1)*(r.n - 1))*sizeof *cells);

	for (int i = 0; i + 1 < r.n; i++)
		for (int j = 0; j + 1 < r.n; j++)
			cells[count++] = (Cell){ seen_point(&r, i, j).depth, i, j };
	qsort(cells, (size_t)count, sizeof *cells, far_first);
	draw(o, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"560\" height=\"500\" viewBox=\"0 0 560 500\" role=\"img\" "
	        "aria-label=\"loss as a surface\">");
	draw_text(o, 24, 18, "title", "Loss, on a logarithmic scale");
	draw_box(o, &r);
	for (int k = 0; k < count; k++)
		draw_cell(o, &r, cells[k].i, cells[k].j, steps);
	draw_names(o, l);
	draw(o, "</svg>");
}
