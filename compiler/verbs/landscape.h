/* landscape.h - the loss of a network around its weights, along two directions; and pictures of it. */
#ifndef LANDSCAPE_H
#define LANDSCAPE_H

#include "draw.h"

typedef struct {
	int grid;                    /* points a side; point [i][j] is at a = at(j), b = at(i) */
	double range;                /* from -range to range */
	double *loss, *error;
} Landscape;

double landscape_at(const Landscape *l, int k);      /* coordinate of column or row k */

/* levels.c - the loss on a logarithmic scale, as finely as it is drawn, and the lines of equal loss */
enum { MostLevels = 24 };
typedef struct {
	int n;                       /* points a side */
	double *z;                   /* 0 lowest to 1 highest, by the logarithm of the loss */
	double lowest, highest;      /* loss */
	int count;
	double level[MostLevels], at[MostLevels];            /* loss; the same as z */
} Relief;
Relief relief_of(const Landscape *l, int steps);     /* steps between two points of the grid */
const char *level_colour(const Relief *r, int band);  /* of what is above so many levels */
const char *relief_colour(const Relief *r, double z);/* without bands */

void draw_contour(Out *o, const Landscape *l);       /* contour.c: an svg element of 560 x 500 */
void draw_surface(Out *o, const Landscape *l);       /* surface.c: the same */

#endif
