/*
** winograd.h - what the emission of Winograd kernels, of floats and of bytes, shares with their tiling and the
** measurement of their error.
*/
#ifndef WINOGRAD_H
#define WINOGRAD_H

#include "conv.h"

typedef struct {
	int mh, mw, ah, aw, pos;     /* output tile, input tile, positions */
	int tr, tc;                  /* tile rows and columns of an image */
	int bands, rows;             /* of tile rows, all images counted; rows of one band */
	int tiles;                   /* of a band */
	int ob, p;                   /* register tile: vectors of output channels, tiles at most */
	int count[2], width[2];      /* blocks of tiles, the second one narrower */
	int icb, groups;             /* input channel blocks, groups of OB vectors */
	bool ragged;                 /* tiles hang over the image's end */
	bool alone;                  /* a block is transformed, multiplied and transformed back by one thread in one go */
	bool again;                  /* each thread transforms all tiles for itself, for its groups of output channels */
	bool fly;                    /* weights are transformed on the fly, */
	int chunk;                   /* those of so many input channel blocks at a time */
	int edge_h, edge_w;          /* outputs of the last row, column of tiles that have transforms of their own; 0: none */
	int images;                  /* whole images a block, where they have */
	bool strided;                /* of stride 2: positions are filters of its phases (winograd_strided.c) */
} Wino;

typedef struct { int from, count; } Run;             /* of the tiles of a block */
typedef struct { int m, edge, kept; } Side;          /* of a tile: outputs, an edge's or 0, those of the image */

enum { MostAxis = 9 };               /* positions and inputs of an axis */
typedef struct {                     /* the outputs of a tile along an axis: A^T [(G g) . (B^T d)] */
	int outputs, taps, stride, inputs, positions;
	double bt[MostAxis][MostAxis], at[4][MostAxis], g[MostAxis][7];
} Axis;

/* winograd_points.c */
int winograd_points(int m, double p[2]);             /* pairs ±p for m = 2 or 4 outputs, besides 0 and infinity */
Axis winograd_edge(int outputs);                     /* 2 or 3 of 3 taps by some of four outputs' points and their G */
Axis winograd_axis(int m, int taps, int stride);     /* of 3 taps and stride 1 or 2, or 2 outputs of 7 taps of 2 */
void winograd_filter(int m, double g[6][3]);         /* G */
void winograd_kernel(int ah, int aw, double gh[6][3], double gw[6][3], const double *g, double *u);  /* Gh g Gw' */

/* winograd_tiling.c */
Wino wino_chosen(const Kernel *k);                   /* with the tile the passes chose */
bool wino_bytes(const Kernel *k);                    /* of bytes: U and V are numbers of 16 bits, products of 32 */
bool wino_adds(const Wino *w);                       /* to products: weights are transformed in several chunks */
int wino_v_step(const Kernel *k, const Wino *w, int width);  /* numbers from one position to the next in V */
int wino_m_step(const Kernel *k, const Wino *w, int width);  /* and in its products */
int wino_u_step(const Kernel *k, const Wino *w);     /* and in a row of weights transformed on the fly */
int wino_pieces(const Wino *w, int width);           /* register tiles of a block */
int wino_piece(const Wino *w, int width, int i);     /* tiles of register tile i */
size_t wino_scratch(const Kernel *k, const Wino *w); /* numbers of V of a band */
int wino_lines(int numbers, int bytes);              /* rounded up: positions fall in different sets of a cache */
int wino_chunk(const Kernel *k, const Wino *w, int tiles);           /* of weights on the fly, so many tiles a block */
bool winograd_fits(const Node *n);                   /* 3x3, stride 1, no groups, enough channels */
int wino_past(int m, int in, int out, int before);   /* rows that tiles of m read beyond the image */
void winograd_ways(const Kernel *k, EachWay *each, void *user);
double winograd_cycles(const Kernel *k, Way way);    /* the cost model */

/* winograd_error.c */
double winograd_amplification(const Node *n);
double winograd_error(const Node *n);                /* measured with its weights, relative to the largest result */

/* winograd_words.c: words of the emitted file, by name, and what they are made of */
Side wino_whole(int m);                              /* no edge */
const char *wino_in_tile(Out *o, Side h, Side w, int cb);
const char *wino_out_tile(Out *o, const Kernel *k, Side h, Side w, bool ragged);
void wino_bind_points(Out *o);                       /* $p, $q and what is made of them */
const char *wino_in_pair(Out *o);                    /* rows of p and -p of B^T down a column, for four outputs */
const char *wino_names(const char *before, int count);       /* "d0, d1, d2" */
const char *wino_sum(const double *row, int n);      /* of d0, d1, ... by a row's factors, an expression */
const char *vector_in(const Layout *l, int vl);      /* offset of vector c of channels */
const char *wino_tile_in(const Kernel *k, const Wino *w, const char *name, const Layout *l);
                                                      /* where tile i, j, vector c lies, and the distance of rows */

/* winograd_runs.c */
bool edge_has(int edge, int position);               /* an edge of so many outputs, along its axis; 0: no edge */
int rows_whole(const Wino *w);                       /* rows of tiles without an edge */
int cols_whole(const Wino *w);
int wino_start(const Wino *w, bool bottom, bool right);      /* the first of the last row, column, or not */
void set_edges(const Kernel *k, Wino *w);            /* where tiles hang over and blocks may be whole images */
Run wino_run(const Wino *w, int width, int i, int j);        /* of position i, j */
double wino_columns(const Wino *w);                  /* tiles of all positions, of the batch */

/* winograd_edges.c */
int emit_edge_input(Out *o, const Kernel *k, const Wino *w);
void emit_edge_own_input(Out *o, const Kernel *k, const Wino *w);
void emit_edge_back(Out *o, const Kernel *k, const Wino *w);

/* winograd_fly.c */
size_t fly_group(const Kernel *k, const Wino *w);    /* of weights transformed on the fly: a group's in the blob */
void fly_pack(const Kernel *k, const Wino *w, const double *wt, void *to);
int fly_repack(Out *o, const Kernel *k, const Wino *w, bool turned);
const char *fly_rows(Out *all, const Kernel *k, const Wino *w, bool pair);     /* one row, or those of p and -p */
void emit_fly_rows(Out *o, Out *all, const Kernel *k, const Wino *w, const char *const rows[], int width);
int fly_fetched(const Kernel *k, const Wino *w);     /* numbers of the next chunk fetched with each block of channels */
void emit_fly_fetch(Out *o, const Kernel *k, const Wino *w);

/* winograd_products.c */
size_t wino_group(const Kernel *k, const Wino *w);   /* of the weights of OB vectors of output channels in the blob */
const char *wino_number(const Kernel *k);            /* the type of U and V */
const char *wino_numbers(const Kernel *k);           /* several of them, in words */
const char *wino_prefix(const Kernel *k);            /* of the names of words */
const char *wino_products(Out *all, const Kernel *k, const Wino *w, int width);   /* of a block of tiles: the name */
/* one position, of v, u and m; first, others: what a register tile fetches meanwhile */
void emit_pieces(Out *o, Out *all, const Kernel *k, const Wino *w, int width, Run run, const char *blocks,
                 const char *first, const char *others);
int winograd_shares(const Kernel *k);                /* of what comes next that all blocks fetch */

/* winograd.c - what both families answer alike */
extern const char wino_promise[];                    /* what NAME.h says of them */
int winograd_emit(Out *o, const Kernel *k, int phase);
const char *winograd_phase_name(const Kernel *k, int phase);
bool winograd_in_one(const Kernel *k);
int winograd_rounds(const Kernel *k);
size_t winograd_scratch(const Kernel *k);
size_t winograd_own(const Kernel *k, int *parts);
double winograd_work(const Kernel *k);
void winograd_reach(const Node *n, Sides *around);
const char *winograd_way_name(const Node *n);

/* winograd_int8.c, winograd_int8_filter.c, winograd_int8_words.c */
const char *int8_product(Out *all, const Kernel *k, const Wino *w, int p);
const char *int8_filter(Out *all, const Kernel *k, const Wino *w, int row);    /* and row + 1 where they are p and -p */
const char *int8_in_tile(Out *o, Side h, Side w, int cb);
const char *int8_out_tile(Out *o, const Kernel *k, Side h, Side w, bool ragged);

#endif
