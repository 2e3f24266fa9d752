/* draw.c - SVG: text, round numbers, colours, a chart of curves. */
#include <math.h>
#include <string.h>

#include "draw.h"

void
draw(Out *o, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	out_raw(o, arena_text("%s\n", arena_text_of(format, args)));
	va_end(args);
}

const char *
draw_escaped(const char *s)
{
	char *to = arena_new(6*strlen(s) + 1), *p = to;

	for (; *s; s++)
		if (strchr("<>&\"", *s))
			p += sprintf(p, "&#%d;", *s);
		else
			*p++ = *s;
	return to;
}

void
draw_text(Out *o, double x, double y, const char *kind, const char *text)
{
	draw(o, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">%s</text>", x, y, kind, draw_escaped(text));
}

Ticks
ticks_around(double lo, double hi, int about)
{
	double raw, power;
	Ticks t;

	if (!(hi > lo))
		hi = lo + (lo != 0 ? fabs(lo) : 1);
	raw = (hi - lo)/about;
	power = pow(10, floor(log10(raw)));
	t.step = (raw/power <= 1.01 ? 1 : raw/power <= 2.01 ? 2 : raw/power <= 5.01 ? 5 : 10)*power;
	t.lo = floor(lo/t.step + 1e-9)*t.step;
	t.hi = ceil(hi/t.step - 1e-9)*t.step;
	return t;
}

const char *
tick_text(const Ticks *t, double v)
{
	int digits = (int)ceil(-log10(t->step) - 1e-9);

	return arena_text("%.*f", digits > 0 ? digits : 0, fabs(v) < t->step*1e-9 ? 0.0 : v);
}

static const char looks[] =
	"text { font: 12px system-ui, \"DejaVu Sans\", Helvetica, sans-serif; fill: var(--ink); }\n"
	".soft { fill: var(--soft); }\n"
	".small { font-size: 11px; }\n"
	".title { font-weight: 600; font-size: 13px; }\n"
	".middle { text-anchor: middle; }\n"
	".end { text-anchor: end; }\n"
	".halo { paint-order: stroke; stroke: var(--panel); stroke-width: 3px; stroke-linejoin: round; }\n"
	".grid { stroke: var(--line); stroke-width: 1; fill: none; }\n"
	".frame { stroke: var(--soft); stroke-width: 1; fill: none; }\n"
	".curve { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }\n"
	".curve.one { stroke: var(--one); } .curve.two { stroke: var(--two); } .curve.faint { stroke: var(--line); }\n"
	".dot.one, text.one { fill: var(--one); } .dot.two, text.two { fill: var(--two); }\n";

static const char light[] = "--page: #f7f7f4; --panel: #ffffff; --ink: #1d1f21; --soft: #5d646b; --line: #d9dbd6; "
                            "--one: #2563b8; --two: #c2552d;";
static const char dark[]  = "--page: #15171a; --panel: #1d2024; --ink: #e6e7e4; --soft: #9aa2aa; --line: #343a40; "
                            "--one: #6ea8f0; --two: #ee8f68;";

void
draw_style(Out *o, bool page)
{
	draw(o, "<style>\n:root { %s }", light);
	if (page)
		draw(o, "@media (prefers-color-scheme: dark) { :root { %s } }", dark);
	out_raw(o, looks);
	draw(o, "</style>");
}

static const char page_looks[] =
	"<style>\n"
	"body { margin: 0 auto; padding: 1.25rem; max-width: 80rem; background: var(--page); color: var(--ink); "
	"font: 14px/1.45 system-ui, \"DejaVu Sans\", sans-serif; }\n"
	"h1 { margin: 0 0 .2rem; font-size: 1.4rem; }\n"
	"p { margin: .2rem 0 1rem; color: var(--soft); }\n"
	"main { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1rem; }\n"
	"section { background: var(--panel); border: 1px solid var(--line); border-radius: 10px; padding: .8rem; "
	"min-width: 0; overflow-x: auto; }\n"
	"svg { display: block; width: 100%; height: auto; }\n"
	"table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }\n"
	"td, th { text-align: right; padding: .15rem .5rem; border-bottom: 1px solid var(--line); }\n"
	"th { color: var(--soft); font-weight: 500; }\n"
	"</style>\n";

void
draw_page(Out *o, const char *title, const char *head)
{
	draw(o, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	        "<meta name=\"color-scheme\" content=\"light dark\">\n"
	        "<title>%s</title>%s", draw_escaped(title), head);
	draw_style(o, true);
	out_raw(o, page_looks);
	draw(o, "</head>\n<body>");
}

/* --- a chart of curves --- */

enum { Width = 560, Height = 280, Left = 52, Right = 76, Top = 30, Bottom = 40 };

typedef struct { Ticks x, y; } Axes;

static double
at_x(const Axes *a, double v)
{
	return Left + (v - a->x.lo)/(a->x.hi - a->x.lo)*(Width - Left - Right);
}

static double
at_y(const Axes *a, double v)
{
	return Height - Bottom - (v - a->y.lo)/(a->y.hi - a->y.lo)*(Height - Top - Bottom);
}

static void
draw_axes(Out *o, const Axes *a, const char *title, const char *below)
{
	draw_text(o, Left, 16, "title", title);
	for (int i = 0; i <= (int)((a->y.hi - a->y.lo)/a->y.step + 0.5); i++) {
		double v = a->y.lo + i*a->y.step, y = at_y(a, v);
		draw(o, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>", Left, y, Width - Right);
		draw_text(o, Left - 7, y + 4, "soft small end", tick_text(&a->y, v));
	}
	for (int i = 0; i <= (int)((a->x.hi - a->x.lo)/a->x.step + 1e-9); i++) {
		double v = a->x.lo + i*a->x.step;
		draw(o, "<path class=\"frame\" d=\"M%.1f %dv4\"/>", at_x(a, v), Height - Bottom);
		draw_text(o, at_x(a, v), Height - Bottom + 17, "soft small middle", tick_text(&a->x, v));
	}
	draw(o, "<path class=\"frame\" d=\"M%d %dH%d\"/>", Left, Height - Bottom, Width - Right);
	draw_text(o, (Left + Width - Right)/2.0, Height - 6, "soft small middle", below);
}

static void
draw_curve(Out *o, const Axes *a, const Curve *c, double *last)
{
	bool on = false;
	int shown = 0;
	const char *path = "";

	for (int i = 0; i < c->count; i++) {
		if (isfinite(c->y[i])) {
			path = arena_text("%s%c%.1f %.1f", path, on ? 'L' : 'M', at_x(a, c->x[i]), at_y(a, c->y[i]));
			*last = at_y(a, c->y[i]);
			shown++;
		}
		on = isfinite(c->y[i]);
	}
	if (!shown)
		return;
	draw(o, "<path class=\"curve %s\" d=\"%s\"/>", c->kind, path);
	for (int i = 0; i < c->count && strcmp(c->kind, "faint"); i++)
		if (isfinite(c->y[i]))
			draw(o, "<circle class=\"dot %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>%s %g: %.6g</title></circle>", c->kind,
			     at_x(a, c->x[i]), at_y(a, c->y[i]), c->count > 60 ? 1.2 : 2.6, draw_escaped(c->name), c->x[i], c->y[i]);
}

void
draw_curves(Out *o, const char *title, const char *below, Ticks across, const Curve *c, int count)
{
	double hi = 0, lo = 0, above = -1e9;
	Axes a;

	for (int k = 0; k < count; k++)
		for (int i = 0; i < c[k].count; i++)
			if (isfinite(c[k].y[i])) {
				hi = fmax(hi, c[k].y[i]);
				lo = fmin(lo, c[k].y[i]);
			}
	a.x = across;
	a.y = ticks_around(lo, hi, 5);
	draw(o, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", Width,
	     Height, draw_escaped(title));
	draw_axes(o, &a, title, below);
	for (int k = 0; k < count; k++) {
		double y = -1;
		draw_curve(o, &a, &c[k], &y);
		if (y < 0 || !*c[k].name)
			continue;
		y = fabs(y - above) < 14 ? above + (y < above ? -14 : 14) : y;
		above = y;
		draw_text(o, at_x(&a, c[k].x[c[k].count - 1]) + 8, y + 4, arena_text("small %s", c[k].kind), c[k].name);
	}
	draw(o, "</svg>");
}
