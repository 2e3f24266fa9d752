/* draw.h - what pictures of numbers are made of: SVG with axes of round numbers, in colours of a page or of paper. */
#ifndef DRAW_H
#define DRAW_H

#include "../out.h"

typedef struct { double lo, hi, step; } Ticks;       /* round numbers around what is to be shown */

Ticks ticks_around(double lo, double hi, int about); /* about so many steps */
const char *tick_text(const Ticks *t, double v);
void draw(Out *o, const char *format, ...) PRINTF(2, 3);     /* an element, on a line of its own */
void draw_text(Out *o, double x, double y, const char *kind, const char *text);  /* kind: classes, of draw_style */
void draw_style(Out *o, bool page);                 /* how the classes look: of a page in light and dark, or of paper */
void draw_page(Out *o, const char *title, const char *head);         /* HTML up to the body's first element */
const char *draw_escaped(const char *s);             /* text between tags */

/* A chart of curves over the same numbers. */
typedef struct {
	const char *name, *kind;     /* beside its end; class: "one", "two", "faint" */
	int count;
	const double *x, *y;         /* y: what is not finite is left out */
} Curve;
void draw_curves(Out *o, const char *title, const char *below, Ticks across, const Curve *c, int count);

#endif
