/*
** contour.c - a landscape from above: bands between lines of equal loss. Each cell of the relief is cut by each level
** into the polygon above it; a level's polygons are one path, from the lowest level to the highest over each other.
*/
#include <math.h>

#include "landscape.h"

enum { Left = 50, Top = 34, Side = 410, Bar = 484, BarWidth = 14 };

typedef struct { double x, y; } Point;

static Point
on_page(const Relief *r, double i, double j)
{
	return (Point){ Left + j/(r->n - 1)*Side, Top + Side - i/(r->n - 1)*Side };
}

typedef struct {
	Point p[8];
	bool crossing[8];            /* it is where the level crosses an edge, not a corner */
	int count;
} Polygon;

/* cut - of cell i, j, what is above the level, counterclockwise from a corner */
static Polygon
cut(const Relief *r, int i, int j, double level)
{
	static const int di[] = { 0, 0, 1, 1 }, dj[] = { 0, 1, 1, 0 };
	Polygon p = { .count = 0 };

	for (int k = 0; k < 4; k++) {
		int q = (k + 1)%4;
		double v = r->z[(i + di[k])*r->n + j + dj[k]], w = r->z[(i + di[q])*r->n + j + dj[q]], t = (level - v)/(w - v);
		if (v >= level)
			p.p[p.count++] = on_page(r, i + di[k], j + dj[k]);
		if ((v >= level) == (w >= level))
			continue;
		p.crossing[p.count] = true;
		p.p[p.count++] = on_page(r, i + di[k] + t*(di[q] - di[k]), j + dj[k] + t*(dj[q] - dj[k]));
	}
	return p;
}

/* fill_above - one path of all cells' polygons; whole cells beside each other are one */
static void
fill_above(Out *o, const Relief *r, double level, const char *colour)
{
	draw(o, "<path fill=\"%s\" d=\"", colour);
	for (int i = 0; i + 1 < r->n; i++) {
		int whole = -1;
		for (int j = 0; j < r->n; j++) {
			Polygon p = { .count = 0 };
			bool all;
			if (j + 1 < r->n)
				p = cut(r, i, j, level);
			all = p.count == 4 && !p.crossing[0] && !p.crossing[1] && !p.crossing[2] && !p.crossing[3];
			if (all && whole < 0)
				whole = j;
			if (all)
				continue;
			if (whole >= 0) {
				Point a = on_page(r, i, whole), b = on_page(r, i + 1, j);
				draw(o, "M%.1f %.1fH%.1fV%.1fH%.1fZ", a.x, a.y, b.x, b.y, a.x);
			}
			whole = -1;
			for (int k = 0; k < p.count; k++)
				draw(o, "%c%.1f %.1f%s", k ? 'L' : 'M', p.p[k].x, p.p[k].y, k + 1 == p.count ? "Z" : "");
		}
	}
	draw(o, "\"/>");
}

static void
draw_line(Out *o, const Relief *r, double level)
{
	draw(o, "<path class=\"level\" d=\"");
	for (int i = 0; i + 1 < r->n; i++)
		for (int j = 0; j + 1 < r->n; j++) {
			Polygon p = cut(r, i, j, level);
			for (int k = 0; k < p.count; k++) {
				int q = (k + 1)%p.count;
				if (p.crossing[k] && p.crossing[q] && p.count > 2)
					draw(o, "M%.1f %.1fL%.1f %.1f", p.p[k].x, p.p[k].y, p.p[q].x, p.p[q].y);
			}
		}
	draw(o, "\"/>");
}

/* label - where a ray from the middle first crosses the level, off the mark; rays of neighbouring levels differ */
static void
label(Out *o, const Relief *r, int which)
{
	double turn = 0.7 + 2.4*which, middle = (r->n - 1)/2.0, before = 0;

	for (double d = 0; d < middle - r->n/12.0; d += 0.25) {
		double i = middle + d*sin(turn), j = middle + d*cos(turn), z = r->z[(int)(i + 0.5)*r->n + (int)(j + 0.5)];
		if (d > r->n/20.0 && (before < r->at[which]) != (z < r->at[which])) {
			Point p = on_page(r, i, j);
			draw_text(o, p.x, p.y + 4, "label small middle", arena_text("%g", r->level[which]));
			return;
		}
		before = z;
	}
}

static void
draw_frame(Out *o, const Landscape *l)
{
	Ticks t = ticks_around(-l->range, l->range, 4);

	draw(o, "<rect class=\"frame\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", Left, Top, Side, Side);
	for (double v = t.lo; v <= l->range*1.0001; v += t.step) {
		double at = (v/l->range + 1)/2*Side;
		if (v < -l->range*1.0001)
			continue;
		draw(o, "<path class=\"frame\" d=\"M%.1f %dv5M%d %.1fh-5\"/>", Left + at, Top + Side, Left, Top + Side - at);
		draw_text(o, Left + at, Top + Side + 19, "soft small middle", tick_text(&t, v));
		draw_text(o, Left - 9, Top + Side - at + 4, "soft small end", tick_text(&t, v));
	}
	draw_text(o, Left + Side/2.0, Top + Side + 38, "soft middle", "first direction");
	draw(o, "<text class=\"soft middle\" transform=\"translate(12 %d) rotate(-90)\">second direction</text>",
	     Top + Side/2);
}

static void
draw_bar(Out *o, const Relief *r)
{
	double each = (double)Side/(r->count + 1);

	draw_text(o, Bar, Top - 8, "soft small", "loss");
	for (int k = 0; k <= r->count; k++) {
		double y = Top + Side - (k + 1)*each;
		draw(o, "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"%s\"/>", Bar, y, BarWidth, each + 0.3,
		     level_colour(r, k));
		if (k < r->count)
			draw_text(o, Bar + BarWidth + 5, y + 4, "small", arena_text("%g", r->level[k]));
	}
	draw(o, "<rect class=\"frame\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", Bar, Top, BarWidth, Side);
}

void
draw_contour(Out *o, const Landscape *l)
{
	Relief r = relief_of(l, l->grid < 97 ? 96/(l->grid - 1) : 1);
	Point middle = on_page(&r, (r.n - 1)/2.0, (r.n - 1)/2.0);

	draw(o, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"560\" height=\"500\" viewBox=\"0 0 560 500\" role=\"img\" "
	        "aria-label=\"loss from above\">");
	draw_text(o, Left, 18, "title", "Lines of equal loss");
	draw(o, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>", Left, Top, Side, Side,
	     level_colour(&r, 0));
	for (int k = 0; k < r.count; k++) {
		fill_above(o, &r, r.at[k], level_colour(&r, k + 1));
		draw_line(o, &r, r.at[k]);
	}
	for (int k = 0; k < r.count; k++)
		label(o, &r, k);
	draw(o, "<path class=\"mark\" d=\"M%.1f %.1fm-5 0h10m-5 -5v10\"/>", middle.x, middle.y);
	draw_frame(o, l);
	draw_bar(o, &r);
	draw(o, "</svg>");
}
