/*
** quantize.h - from a network of floats and what was seen of its values to a file of quantised weights: what bytes
** stand for, rounded weights, biases.
*/
#ifndef QUANTIZE_H
#define QUANTIZE_H

#include "../pass.h"
#include "../weights/weights.h"

/* seen.c - the values of one node over the pictures it was shown */
enum { SeenBins = 8192 };
typedef struct {
	double lo, hi;               /* least and largest */
	double reach;                /* the bins are of -reach to reach, a power of two */
	double *bins;                /* how many values fell into each */
	double *sums;                /* of each channel */
	double count;                /* values of a channel */
	bool odd;                    /* some were NaN or infinite */
} Seen;
Seen seen_new(int channels);
void seen_add(Seen *s, int channel, const float *v, size_t step, size_t count);  /* count values, step apart */

#define LeastStep 1e-24              /* of results and of sums: the factor from one to the other stays a normal float */

/* ranges.c */
typedef struct {
	double step;
	int zero;
	double noise, clipped;       /* signal to noise in dB; share of the values beyond its ends */
} Range8;
Range8 range_of(const Seen *s, int levels, bool whole);  /* whole: from the least to the largest value */

/* rounding.c - the weights of one layer as signed bytes */
typedef struct {
	const Node *n;
	const double *factor;        /* of each input channel; NULL: 1 */
	double step;                 /* of its input */
	signed char *w;
	float *steps;                /* of each output channel */
	int32_t *bias;
	bool pair_safe;
	double lost;                 /* bits that pair safety took, mean of the channels */
} Rounded;
void round_weights(Rounded *r, const double *w, const double *b, const double *mean);
                                                   /* mean: of each input channel, less its zero; NULL: no correction */

/* file.c */
typedef struct {
	bool whole;                  /* ranges from the least to the largest value */
	int levels;                  /* of a byte: 255, or 127 */
	bool bias;                   /* correct biases by what rounding does to the mean */
} How8;
File quantized_file(const Graph *g, const Seen *seen, const How8 *how, char *name);  /* g: after dce, weights bound */

#endif
