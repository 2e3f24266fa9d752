/* SPDX-License-Identifier: 0BSD */
/*
** rc_train_pack.h - a part of rc_train.c: weights in the orders in which kernels read them, in training as they are,
** for a blob with batch norms and scales in them.
*/

/* The factor that a batch norm is to channel c; what follows it too. */
static double
norm_of(const rc_fold *f, int c)
{
	return f->var ? 1/root_of((double)f->var[c] + f->eps)*(f->gamma ? (double)f->gamma[c] : 1) : 1;
}

static double
factor_of(const rc_fold *f, int c)
{
	return norm_of(f, c)*(f->out*(f->scale ? (double)f->scale[c] : 1));
}

/* Weight of output channel oc, input channel ic at a tap of the kernel's. */
static float
weight_at(const rc_packing *h, const float *w, int oc, int ic, int tap)
{
	int ocg = h->oc, icg = h->ic, taps = h->kh*h->kw, o = oc, i = ic;

	if (oc >= h->oc || ic >= h->ic)
		return 0;
	if (h->convolutions > 1) {
		ocg = h->oc/h->convolutions;
		icg = h->ic/h->convolutions;
		if (oc/ocg != ic/icg)
			return 0;
		o = oc%ocg;
		i = ic%icg;
	}
	if (!h->turned)
		return w[((size_t)oc*(size_t)icg + (size_t)i)*(size_t)taps + (size_t)tap];
	return w[((size_t)ic*(size_t)ocg + (size_t)o)*(size_t)taps + (size_t)(h->turned == 2 ? taps - 1 - tap : tap)];
}

/*
** One input channel of a group at a tap, where each output channel of the group has a weight for it: where the first
** one's lies and how far it is to the next; NULL: not all of them have.
*/
static const float *
lane_weights(const rc_packing *h, const float *w, int oc, int ic, int tap, size_t *step)
{
	size_t taps = (size_t)(h->kh*h->kw);

	if (h->convolutions > 1 || oc + h->per > h->oc || ic >= h->ic)
		return NULL;
	*step = h->turned ? taps : (size_t)h->ic*taps;
	return w + (size_t)oc**step + (size_t)ic*(h->turned ? (size_t)h->oc*taps : taps) +
		(size_t)(h->turned == 2 ? (int)taps - 1 - tap : tap);
}

enum { Lanes = 8, MostSide = 7 };       /* of output channels that are done side by side; of a kernel, by Winograd */

/* One input channel of a group at a tap. */
static void
pack_channel(const rc_packing *h, const float *w, const double *factor, int oc, int ic, int tap, float *to)
{
	size_t step = 0;
	const float *from = lane_weights(h, w, oc, ic, tap, &step);

	for (int o = 0; o < h->per; o++) {
		float v = from ? from[(size_t)o*step] : weight_at(h, w, oc + o, ic, tap);
		to[o] = factor ? (float)((double)v*factor[o]) : v;
	}
}

/*
** A block of n input channels from ic on and a group that has a weight for each of its lanes, [tap][channel][lane]. In
** a file that is not turned lanes lie far apart, often a power of two: few of them at a time, and the next block's are
** fetched meanwhile.
*/
static void
pack_block(const rc_packing *h, const float *w, int oc, int ic, int n, const short *tap, int count, float *to)
{
	size_t taps = (size_t)(h->kh*h->kw), lane = h->turned ? taps : (size_t)h->ic*taps;
	size_t channel = h->turned ? (size_t)h->oc*taps : taps;
	int few = h->turned || h->per%Lanes ? h->per : Lanes;

	w += (size_t)oc*lane + (size_t)ic*channel;
	if (lane == 1) {
		for (int c = 0; c < n; c++)
			memcpy(to + c*h->per, w + (size_t)c*channel, (size_t)h->per*sizeof *to);
		return;
	}
	for (int from = 0; from < h->per; from += few, w += (size_t)few*lane) {
		for (int o = 0; !h->turned && o < few; o++)
			for (size_t next = (size_t)n*taps; next < 2*(size_t)n*taps; next += 16)
				RC_FETCH(w + (size_t)o*lane + next);
		for (int t = 0; t < count; t++)
			for (int c = 0; c < n; c++) {
				int at = tap ? tap[t] : t;
				const float *x = w + (size_t)c*channel + (size_t)(h->turned == 2 ? (int)taps - 1 - at : at);
				float *y = to + (t*n + c)*h->per + from;
				int o = 0;
				for (; o + 4 <= few; o += 4, x += 4*lane) {
					y[o] = x[0];
					y[o + 1] = x[lane];
					y[o + 2] = x[2*lane];
					y[o + 3] = x[3*lane];
				}
				for (; o < few; o++, x += lane)
					y[o] = x[0];
			}
	}
}

/* A group of at most 64 output channels, whose factors are known. */
static void
pack_direct(const rc_packing *h, const float *w, const double *factor, float *all, int og)
{
	size_t each = (size_t)((h->blocks - 1)*h->cb + h->last)*(size_t)h->per;

	for (int f = 0; f < h->phases; f++) {
		int from = h->from ? h->from[f] : 0, count = h->from ? h->from[f + 1] - from : h->kh*h->kw;
		int start = h->first ? h->first[og] : 0;
		float *to = all + ((size_t)from*(size_t)h->groups + (size_t)og*(size_t)count)*each;
		for (int block = 0; count && block < h->blocks; block++) {
			int n = block + 1 < h->blocks ? h->cb : h->last, ic = (start + block)*h->cb;
			const short *tap = h->tap ? h->tap + from : NULL;
			if (!factor && h->convolutions == 1 && (og + 1)*h->per <= h->oc && ic + n <= h->ic) {
				pack_block(h, w, og*h->per, ic, n, tap, count, to);
				to += count*n*h->per;
				continue;
			}
			for (int t = 0; t < count; t++)
				for (int c = 0; c < n; c++, to += h->per)
					pack_channel(h, w, factor, og*h->per, ic + c, tap ? tap[t] : t, to);
		}
	}
}

/* A row of G times three or more numbers a lane, n floats apart. */
static void
times_filter(const double *g, int taps, const double *x, int n, double *RC_RESTRICT y)
{
	double a = g[0], b = g[1], c = g[2];

	for (int o = 0; o < Lanes; o++)
		y[o] = a*x[o] + b*x[n + o] + c*x[2*n + o];
	for (int t = 3; t < taps; t++)
		for (int o = 0; o < Lanes; o++)
			y[o] += g[t]*x[t*n + o];
}

/* G w G' of an input channel and some output channels, of which so many are there; to: their place at position 0. */
static void
pack_lanes(const rc_packing *h, const double *g, int lanes, int there, size_t step, float *to)
{
	double half[MostSide*Lanes], y[Lanes];

	for (int i = 0; i < h->ah; i++) {
		for (int j = 0; j < h->kw; j++)
			times_filter(h->gh + h->kh*i, h->kh, g + j*Lanes, h->kw*Lanes, half + j*Lanes);
		for (int j = 0; j < h->aw; j++, to += step) {
			times_filter(h->gw + h->kw*j, h->kw, half, Lanes, y);
			for (int o = 0; lanes == Lanes && o < Lanes; o++)
				to[o] = (float)y[o];
			for (int o = 0; lanes < Lanes && o < lanes; o++)
				to[o] = (float)y[o];
			for (int o = there < 0 ? 0 : there; o < lanes; o++)
				to[o] = 0;
		}
	}
}

static void
pack_winograd(const rc_packing *h, const float *w, const double *factor, float *all, int og)
{
	int channels = (h->blocks - 1)*h->cb + h->last, taps = h->kh*h->kw;
	size_t step = (size_t)channels*(size_t)h->per;
	float *to = all + (size_t)og*(size_t)(h->ah*h->aw)*step;

	for (int c = 0; c < channels; c++, to += h->per)
		for (int from = 0; from < h->per; from += Lanes) {
			int lanes = h->per - from < Lanes ? h->per - from : Lanes, there = c < h->ic ? h->oc - og*h->per - from : 0;
			double g[MostSide*MostSide*Lanes] = { 0 };
			size_t lane = 0;
			const float *x = factor ? NULL : lane_weights(h, w, og*h->per, c, 0, &lane);
			for (int o = 0; x && o < lanes; o++)
				for (int t = 0; t < taps; t++)
					g[t*Lanes + o] = (double)x[(ptrdiff_t)((size_t)(from + o)*lane) + (h->turned == 2 ? -t : t)];
			for (int o = 0; !x && o < lanes; o++)
				for (int t = 0; t < taps; t++)
					g[t*Lanes + o] = (double)weight_at(h, w, og*h->per + from + o, c, t)*(factor ? factor[from + o] : 1);
			pack_lanes(h, g, lanes, there, step, to + from);
		}
}

static void
pack_grouped(const rc_packing *h, const float *w, const double *factor, float *all, int v)
{
	int g = h->ic/h->convolutions;
	float *to = all + (size_t)v*(size_t)(h->kh*h->kw*g)*(size_t)h->per;

	for (int i = 0; i < h->kh; i++)
		for (int s = 0; s < g; s++)
			for (int j = 0; j < h->kw; j++)
				for (int o = 0; o < h->per; o++) {
					int c = v*h->per + o;
					*to++ = (float)((double)weight_at(h, w, c, c/g*g + (c%g ^ s), i*h->kw + j)*(factor ? factor[o] : 1));
				}
}

static void
pack_group(const rc_packing *h, const rc_fold *f, const float *w, float *to, int og)
{
	double factors[64] = { 0 };

	for (int o = 0; f && o < h->per; o++)
		factors[o] = og*h->per + o < h->oc ? factor_of(f, og*h->per + o)*f->in : 0;
	switch (h->order) {
	case RC_ORDER_DIRECT:   pack_direct(h, w, f ? factors : NULL, to, og); break;
	case RC_ORDER_WINOGRAD: pack_winograd(h, w, f ? factors : NULL, to, og); break;
	case RC_ORDER_GROUPED:  pack_grouped(h, w, f ? factors : NULL, to, og); break;
	default:
		for (int o = 0; f && o < h->per; o++)
			to[og*h->per + o] = (float)(factors[o]*(w && og*h->per + o < h->oc ? (double)w[og*h->per + o] : 1));
		break;
	}
}

RC_WEAK void
rc_pack(const rc_packing *h, void *const *p, int lo, int hi)
{
	const float *b = (const float *)p[1];
	float *bias = (float *)p[3];

	for (int og = lo; og < hi; og++)
		pack_group(h, NULL, (const float *)p[0], (float *)p[2], og);
	for (int c = 0; lo == 0 && c < h->lanes; c++)
		bias[c] = c < h->oc ? b[c] : 0;
}

RC_WEAK void
rc_fold_pack(const rc_packing *h, const rc_fold *f, float *w, float *bias)
{
	for (int og = 0; w && og < h->groups; og++)
		pack_group(h, f, f->w, w, og);
	for (int c = 0; bias && c < h->lanes; c++) {
		int there = c < h->oc;
		double shift = there && f->bias ? (double)f->bias[c] : 0, scale = there && f->scale ? (double)f->scale[c] : 1;
		if (there && f->var)
			shift = (shift - (double)f->mean[c])*norm_of(f, c) + (f->beta ? (double)f->beta[c] : 0);
		bias[c] = (float)(there ? shift*f->out*scale + f->offset : 0);
		if (f->slope)
			bias[h->lanes + c] = there ? f->slope[f->shared ? 0 : c] : 0;
	}
}
