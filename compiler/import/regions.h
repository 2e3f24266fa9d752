/* regions.h - parts of a graph that are there several times: one value goes in, one comes out. */
#ifndef REGIONS_H
#define REGIONS_H

#include "../graph.h"

enum { MostRegion = 64 };            /* nodes of one */

typedef struct {
	int size, count;             /* nodes of each; how often it is there */
	int (*at)[MostRegion];       /* ids of each one's nodes, in the order of the graph */
	bool named;                  /* layers are called PLACE.NAME, the same names in each */
} Repeat;

int find_repeats(const Graph *g, Repeat **found);    /* none overlap; by the first one's place in the graph */
Value *region_input(const Graph *g, const Repeat *r, int k);
bool may_vary(const Node *n, AttrId a);              /* a number that repeated regions may have different */
bool whole_range(const Node *n, AttrId a);            /* rows or columns that are all there are */
const char *region_place(const Graph *g, const Repeat *r, int k);  /* what all share of the names before the dot */

#endif
