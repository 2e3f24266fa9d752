/*
** strassen.c - 1x1 convolutions by one step of Strassen's products in Winograd's form (1971): output channels, input
** channels and pixels are halved, and seven products of halves take the place of eight. An eighth of the multiply-adds
** goes; the weights' sums are made at compile time, those of the input before they are multiplied.
**
** With A the weights, B the input, C the result, their halves in that order as A11 A12 / A21 A22:
**
**	S1 = A21 + A22   S2 = S1 - A11   S3 = A11 - A21   S4 = A12 - S2
**	T1 = B12 - B11   T2 = B22 - T1   T3 = B22 - B12   T4 = T2 - B21
**	U  = A11 B11 + S2 T2             C11 = A11 B11 + A12 B21
**	U3 = U + S3 T3                   C21 = U3 - A22 T4
**	P5 = S1 T1                       C22 = U3 + P5     C12 = U + P5 + S4 B22
**
** A tile is OB vectors of half the output channels by P pixels of half an image, four times that of the result. Its
** accumulators go through all seven products; what is needed again waits in memory that a thread has to itself.
** Weights: [group of OB vectors][product][channel block][channel][OB*VL], in the order A11 A12 S2 S3 -A22 S1 S4.
** First the sums of the input are made, tile by tile: t[tile][factor][channel block][pixel][channel], of as many tiles
** at a time as stay in the second cache.
*/
#include <math.h>

#include "strassen.h"

static bool
follows(const View *v)
{
	return !has_halo(&v->lay) && v->lay.row == (size_t)(v->shape.w*v->lay.cb);
}

static bool
strassen_fits(const Node *n)
{
	const Target *t = n->g->target;
	const Attr *a = &n->a;
	int both = 2*t->block;

	if (n->op != O_conv2d || a->kernel.h != 1 || a->kernel.w != 1 || a->groups != 1 || has_slopes(n) || is_halved(n))
		return false;
	if (a->padding.t || a->padding.l || a->padding.b || a->padding.r || n->out->shape.h*n->out->shape.w == 1)
		return false;
	return n->in[0]->shape.c%both == 0 && a->out%both == 0 && ((!t->lean && !t->bare) || a->strassen);
}

/* weights_bytes - of all seven products */
static double
weights_bytes(const Kernel *k)
{
	return 4.0*NProducts/4*k->in->shape.c*k->out->shape.c;
}

static Halves
halves_of(const Kernel *k, Pair tile)
{
	Shape y = k->out->shape;
	int cb = k->in->lay.cb, all = y.h*y.w, images = y.n;
	Halves h = { .ob = tile.h ? tile.h : 1, .p = tile.w ? tile.w : 1, .pixels = ceil_div(all, 2), .odd = all%2 };
	double bytes;

	h.apart = all - h.pixels;
	h.blocks = k->in->shape.c/cb/2;
	h.groups = vectors_of(k)/2/h.ob;
	h.factors = k->a.stride.h > 1 || k->a.stride.w > 1 || !follows(&k->in[0]) ? NProducts : NSums;
	h.gaps = !follows(&k->out[0]) || (k->skip && !follows(&k->in[1]));
	h.tiles = ceil_div(h.pixels, h.p);
	h.bands = 1;
	bytes = 4.0*h.factors*h.blocks*cb*h.pixels*images;
	while (weights_bytes(k) < k->t->l2/2 && bytes/h.bands > k->t->l2/2 && h.bands < h.tiles)
		h.bands++;
	if (images > 1)
		while (h.tiles*images%h.bands)
			h.bands++;
	else if (ceil_div(h.tiles, h.bands)*h.bands <= h.pixels)
		h.tiles = ceil_div(h.tiles, h.bands)*h.bands;
	else
		h.bands = 1;
	h.each = h.tiles*images/h.bands;
	h.width[0] = ceil_div(h.pixels, h.tiles);
	h.width[1] = h.width[0] - 1;
	h.count[0] = h.pixels - h.width[1]*h.tiles;
	h.count[1] = h.tiles - h.count[0];
	return h;
}

static Halves
chosen(const Kernel *k)
{
	return halves_of(k, k->a.tile);
}

/* slot - floats of a tile in t */
static int
slot(const Kernel *k, const Halves *h)
{
	return h->factors*h->blocks*h->width[0]*k->in->lay.cb;
}

/* group - packed weights of one group */
static size_t
group(const Kernel *k, const Halves *h)
{
	return (size_t)(NProducts*h->blocks*k->in->lay.cb)*(size_t)(h->ob*k->t->vl);
}

static int
strassen_packed(const Kernel *k, Packed *to)
{
	Halves h = chosen(k);

	return dense_packed(k, group(k, &h)*(size_t)h.groups, to);
}

static void
strassen_pack(const Kernel *k, const double *w, const double *b, void *const *to)
{
	Halves h = chosen(k);
	size_t at = 0, ic = (size_t)k->in->shape.c, half = ic/2, upper = (size_t)k->out->shape.c/2*ic;
	int per = h.ob*k->t->vl;

	for (int og = 0; og < h.groups; og++)
	for (int q = 0; q < NProducts; q++)
	for (size_t c = 0; c < half; c++)
	for (int o = 0; o < per; o++) {
		const double *row = w + (size_t)(og*per + o)*ic + c;
		double a11 = row[0], a12 = row[half], a21 = row[upper], a22 = row[upper + half];
		double s[NProducts] = { a11, a12, a21 + a22 - a11, a11 - a21, -a22, a21 + a22, a12 - a21 - a22 + a11 };
		put_weight(k, to[0], at++, s[q]);
	}
	pack_bias(k, b, to);
}

/* --- ways and their cost --- */

static void
strassen_ways(const Kernel *k, EachWay *each, void *user)
{
	int per = k->out->lay.cb/k->t->vl, vectors = vectors_of(k)/2;

	for (int ob = 1; ob <= 4; ob++) {
		if (vectors%ob || (ob%per && per%ob))
			continue;
		for (int p = 2; p <= 28; p++)
			if (registers_of(k->t, ob, p) <= k->t->regs)
				each(user, (Way){ .tile = { ob, p }, .strassen = true });
	}
}

/*
** strassen_cycles - the k steps of seven products; every tile saves its accumulators seven times, loads them three
** times and ends four times; the input's sums; what more of weights comes from memory is half hidden. In
** several bands it took 5 % longer than a direct sum where it should have won 10
*/
static double
strassen_cycles(const Kernel *k, Way way)
{
	const Target *t = k->t;
	Halves h = halves_of(k, way.tile);
	double steps = h.blocks*k->in->lay.cb, bytes = 4.0*h.ob*t->vl, total = 0, images = k->out->shape.n;
	double store = t->vl*4 > 32 ? 2 : 1, more = 3/7.0*weights_bytes(k);
	double load = h.bands > 1 ? fmax(1/t->load, 4*t->vl/t->from_l3) : 1/t->load;
	double making = h.pixels*images*steps/t->vl*(4*load + h.factors*store + 2);

	for (int i = 0; i < 2; i++) {
		double fmas = h.ob*h.width[i], ends = fmas*(11*store + 8/t->load + 8 + (k->skip ? 4/t->load : 0));
		if (h.count[i])
			total += h.count[i]*(NProducts*(steps*step_cycles(t, h.ob, h.width[i], bytes, NProducts*bytes*steps) + 15) + ends);
	}
	return (h.bands > 1 ? 1.15 : 1)*total*images*h.groups + making + 0.5*fmax(0, more - t->l2/2)/t->from_memory;
}

/* --- emission --- */

static void
strassen_describe(const Kernel *k, char *name, size_t len)
{
	Pair s = k->a.stride;

	snprintf(name, len, "strassen_%dto%d_%dx%d%s%s%s", k->in->shape.c, k->out->shape.c, k->out->shape.h, k->out->shape.w,
	         s.h > 1 || s.w > 1 ? arena_text("_s%d", s.h) : "", k->skip ? "_add" : "", act_suffix(k));
}

/* pixel_in - the expression of where pixel j of an image lies in v */
static const char *
pixel_in(const View *v, Pair s, const char *j)
{
	const Layout *l = &v->lay;
	int w = (v->shape.w - 1)/s.w + 1;

	if (s.h == 1 && s.w == 1 && follows(v))
		return arena_text("%s%s", times(j, (size_t)l->cb), plus(l->origin));
	return arena_text("%s/%d*%zu + %s%%%d*%d%s", j, w, l->row*(size_t)s.h, j, w, l->cb*s.w, plus(l->origin));
}

static const char *
image_of(const Kernel *k, const Layout *l)
{
	return k->out->shape.n > 1 ? arena_text(" + n*%zu", l->image) : "";
}

/* emit_tile_of - what tile i of all images is: its image n, its first pixel j */
static void
emit_tile_of(Out *o, const Kernel *k, const Halves *h)
{
	const char *i = "i";

	if (k->out->shape.n > 1) {
		out_line(o, "int n = i/%d, q = i%%%d;", h->tiles, h->tiles);
		i = "q";
	}
	if (h->count[1])
		out_line(o, "int wide = %s < %d, j = %s + (wide ? %s : %d);", i, h->count[0], times(i, (size_t)h->width[1]), i,
		         h->count[0]);
	else
		out_line(o, "int j = %s;", times(i, (size_t)h->width[0]));
}

/* emit_sums - phase 0: t of a band */
static int
emit_sums(Out *o, const Kernel *k, const Halves *h)
{
	static const char *const all[] = { "b11", "b21", "t2", "sub(b22, b12)", "sub(t2, b21)", "t1", "b22" };
	int cb = k->in->lay.cb, vl = k->t->vl, units = h->each*h->blocks;
	size_t plane = k->in->lay.plane;
	const char *width = h->count[1] ? "width" : arena_text("%d", h->width[0]);

	out_line(o, "** sums of x for a step of Strassen's products; a unit is a channel block of half of them, of a tile");
	emit_operand(o, "x", &k->in[0]);
	out_line(o, "** t  %d floats  [%d tiles][%d][%d ic][%d pixels][%d ic]%s", slot(k, h)*h->each, h->each, h->factors,
	         h->blocks, h->width[0], cb, h->bands > 1 ? arena_text(", of one of %d bands of tiles", h->bands) : "");
	emit_head(o, k, 0);
	out_line(o, "for (int u = lo; u < hi; u++) {");
	if (h->bands > 1)
		out_line(o, "int in = u%%%d/%d, i = u/%d*%d + in, c = u%%%d;", units, h->blocks, units, h->each, h->blocks);
	else
		out_line(o, "int i = u/%d, c = u%%%d;", h->blocks, h->blocks);
	emit_tile_of(o, k, h);
	if (h->count[1])
		out_line(o, "int width = wide ? %d : %d;", h->width[0], h->width[1]);
	out_line(o, "int each = %d*%s;", h->blocks*cb, width);
	out_line(o, "const float *xc = x + c*%zu%s;", plane, image_of(k, &k->in->lay));
	out_line(o, "float *tc = t + %s*%d + c*%s*%d;\n", h->bands > 1 ? "in" : "i", slot(k, h), width, cb);
	out_line(o, "for (int e = 0; e < %s; e++, j++, tc += %d) {", width, cb);
	out_line(o, "const float *first = xc + %s;", pixel_in(&k->in[0], k->a.stride, "j"));
	out_line(o, "const float *second = xc + %s;\n", pixel_in(&k->in[0], k->a.stride, arena_text("(j + %d)", h->apart)));
	if (cb > vl)
		out_line(o, "for (int s = 0; s < %d; s += %d) {", cb, vl);
	const char *s = cb > vl ? " + s" : "";
	out_line(o, "V b11 = ld(first%s), b21 = ld(first + %zu%s);", s, plane*(size_t)h->blocks, s);
	out_line(o, "V b12 = ld(second%s), b22 = ld(second + %zu%s);", s, plane*(size_t)h->blocks, s);
	out_line(o, "V t1 = sub(b12, b11), t2 = sub(b22, t1);\n");
	for (int f = 0, at = 0; f < NProducts; f++)
		if (h->factors == NProducts || (f > 1 && f < NProducts - 1)) {
			out_line(o, "st(tc%s%s, %s);", at ? arena_text(" + %s", times("each", (size_t)at)) : "", s, all[f]);
			at++;
		}
	if (cb > vl)
		out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
	out_line(o, "}");
	return units;
}

/* fetched_ahead - weights of the next group that a tile fetches a block of channels; 0: they stay cached */
static int
fetched_ahead(const Kernel *k, const Halves *h)
{
	int lines = ceil_div(k->in->lay.cb*h->ob*k->t->vl*4, LineBytes*h->each);

	return h->bands == 1 && fetch_ahead(k->t, (size_t)weights_bytes(k)) ? lines*LineBytes/4 : 0;
}

/* emit_call - of the word of one width */
static void
emit_call(Out *o, const Kernel *k, const Halves *h, const char *word, int width)
{
	const Layout *x = &k->in->lay, *y = &k->out->lay, *z = &k->in[1].lay;
	int cb = x->cb, per = y->cb/k->t->vl, fetch = fetched_ahead(k, h);

	out_flow(o, "%s(", word);
	if (h->factors == NSums)
		out_flow(o, "xj, %zu, %zu, %d,", x->plane, x->plane*(size_t)h->blocks, h->apart*cb);
	out_flow(o, "ti, %d, %d, wi,", h->blocks*width*cb, h->blocks);
	if (k->bias)
		out_flow(o, "bi, %d,", k->out->shape.c/2);
	if (k->skip)
		out_flow(o, "z0, z1, %zu, %zu,", z->plane*(size_t)(k->out->shape.c/2/z->cb), z->plane);
	out_flow(o, "y0, y1, %zu, %zu,", y->plane*(size_t)(vectors_of(k)/2/per), y->plane);
	if (h->odd)
		out_flow(o, "j == 0,");          /* the pixel that both halves have is the first one's */
	if (h->gaps)
		out_flow(o, "j%%%d, (j + %d)%%%d, %d, %zu,", k->out->shape.w, h->apart, k->out->shape.w, k->out->shape.w,
		         y->row - (size_t)(k->out->shape.w*y->cb));
	if (h->gaps && k->skip)
		out_flow(o, "%zu,", z->row - (size_t)(k->out->shape.w*z->cb));
	out_flow(o, "m, %s, %d);", fetch ? "ahead" : "wi", fetch);
	out_flow_end(o);
}

/* emit_ends - where both halves of a tile lie in y, or in what is added to it */
static void
emit_ends(Out *o, const Kernel *k, const Halves *h, const View *v, const char *type, const char *name)
{
	const char *at = h->groups > 1 ? arena_text(" + %s", group_at(k, &v->lay, h->ob)) : "";

	out_line(o, "%s *%si = %s%s%s;", type, name, name, at, image_of(k, &v->lay));
	out_line(o, "%s *%s0 = %si + %s, *%s1 = %si + %s;", type, name, name, pixel_in(v, (Pair){ 1, 1 }, "j"), name, name,
	         pixel_in(v, (Pair){ 1, 1 }, arena_text("(j + %d)", h->apart)));
}

static int
emit_products(Out *o, const Kernel *k, const Halves *h)
{
	const char *word[2] = { NULL, NULL };
	int units = h->groups*h->each, fetch = fetched_ahead(k, h), per = h->ob*k->t->vl;
	double macs = (double)k->out->shape.c*k->out->shape.h*k->out->shape.w*k->in->shape.c*k->out->shape.n;

	for (int i = 0; i < 2; i++)
		if (h->count[i])
			word[i] = strassen_tile(o, k, h, h->width[i]);
	out_line(o, "** y = %sconv1x1(x, w)%s%s%s by a step of Strassen's products; a unit is %d channels of a tile,",
	         act_open(k), k->bias ? " + b" : "", k->skip ? " + z" : "", act_close(k), per);
	out_line(o, "** and those of the other halves");
	if (h->factors == NSums)
		emit_operand(o, "x", &k->in[0]);
	if (k->skip)
		emit_operand(o, "z", &k->in[1]);
	emit_operand(o, "y", &k->out[0]);
	out_line(o, "** w  %zu floats  [%d oc][%d][%d ic][%d oc]", group(k, h)*(size_t)h->groups, h->groups, NProducts,
	         h->blocks*k->in->lay.cb, per);
	out_line(o, "** %.2f M MACs instead of %.2f M; %d pixels x %d channels in %d accumulators, %d of %d registers",
	         macs*NProducts/8e6, macs/1e6, h->width[0], per, h->ob*h->width[0], registers_of(k->t, h->ob, h->width[0]),
	         k->t->regs);
	emit_head(o, k, 1);
	out_line(o, "for (int u = lo; u < hi; u++) {");
	if (h->bands > 1)
		out_line(o, "int og = u%%%d/%d, in = u%%%d, i = u/%d*%d + in;", units, h->each, h->each, units, h->each);
	else
		out_line(o, "int og = u/%d, i = u%%%d;", h->each, h->each);
	emit_tile_of(o, k, h);
	out_line(o, "const float *ti = t + %s*%d, *wi = w + og*%zu;", h->bands > 1 ? "in" : "i", slot(k, h), group(k, h));
	if (h->factors == NSums)
		out_line(o, "const float *xj = x%s + %s;", image_of(k, &k->in->lay), pixel_in(&k->in[0], k->a.stride, "j"));
	if (k->bias)
		out_line(o, "const float *bi = b + og*%d;", per);
	if (k->skip)
		emit_ends(o, k, h, &k->in[1], "const float", "z");
	emit_ends(o, k, h, &k->out[0], "float", "y");
	if (fetch)
		out_line(o, "const float *ahead = wi + %zu + i*%d;", group(k, h), fetch*NProducts*h->blocks);
	out_line(o, "%s", "");
	if (h->count[1]) {
		out_line(o, "if (wide)");
		emit_call(o, k, h, word[0], h->width[0]);
		out_line(o, "else");
		emit_call(o, k, h, word[1], h->width[1]);
	} else {
		emit_call(o, k, h, word[0], h->width[0]);
	}
	out_line(o, "}");
	out_line(o, "}");
	return units;
}

static int
strassen_emit(Out *o, const Kernel *k, int phase)
{
	Halves h = chosen(k);

	return phase ? emit_products(o, k, &h) : emit_sums(o, k, &h);
}

static const char *
strassen_phase_name(const Kernel *k, int phase)
{
	(void)phase;                     /* there is one before the last */
	return arena_text("strassen_in_%dx%dx%d", k->in->shape.c, k->in->shape.h, k->in->shape.w);
}

static int
strassen_operands(const Kernel *k, int phase, Operand *to)
{
	Halves h = chosen(k);
	int n = 0;

	if (phase == 0) {
		to[n++] = (Operand){ "x", Role_in, 0 };
		to[n++] = (Operand){ "t", Role_scratch, 0 };
		return n;
	}
	to[n++] = (Operand){ "m", Role_own, 0 };
	if (h.factors == NSums)
		to[n++] = (Operand){ "x", Role_in, 0 };
	to[n++] = (Operand){ "t", Role_scratch, 0 };
	to[n++] = (Operand){ "w", Role_packed, 0 };
	if (k->bias)
		to[n++] = (Operand){ "b", Role_packed, 1 };
	if (k->skip)
		to[n++] = (Operand){ "z", Role_in, 1 };
	to[n++] = (Operand){ "y", Role_out, 0 };
	return n;
}

static int
strassen_rounds(const Kernel *k)
{
	return chosen(k).bands;
}

static size_t
strassen_scratch(const Kernel *k)
{
	Halves h = chosen(k);

	return (size_t)slot(k, &h)*(size_t)h.each*sizeof(float);
}

static size_t
strassen_own(const Kernel *k, int *parts)
{
	Halves h = chosen(k);

	*parts = h.groups*h.each;
	return (size_t)(3*h.ob*h.width[0]*k->t->vl)*sizeof(float);
}

static double
strassen_work(const Kernel *k)
{
	Halves h = chosen(k);

	return 2.0*h.pixels*k->out->shape.n*k->in->shape.c*k->out->shape.c*NProducts/8;
}

/* strassen_amplification - 18 products of numbers of half a sum are what C12 is made of */
static double
strassen_amplification(const Node *n)
{
	(void)n;
	return 9;
}

static const char *
strassen_way_name(const Node *n)
{
	(void)n;
	return "Strassen";
}

const Family family_strassen = {
	.name = "strassen", .fits = strassen_fits, .strassen = true, .rounds_otherwise = true, .ways = strassen_ways,
	.cycles = strassen_cycles, .work = strassen_work, .amplification = strassen_amplification, .error = strassen_error,
	.margin = 9,
	.way_name = strassen_way_name,
	.promise = "** Some 1x1 convolutions are made by a step of Strassen's products: they round otherwise than direct\n"
	           "** sums (resnetc --exact: none are), and an infinity in their input can make NaN of another pixel.\n",
	.phases = 2, .describe = strassen_describe, .phase_name = strassen_phase_name, .emit = strassen_emit,
	.rounds = strassen_rounds, .scratch = strassen_scratch, .own = strassen_own, .operands = strassen_operands,
	.packed = strassen_packed, .pack = strassen_pack
};
