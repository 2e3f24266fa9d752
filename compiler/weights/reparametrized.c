/*
** reparametrized.c - weights that a checkpoint has as what they are computed of, as PyTorch keeps them in training:
** torch.nn.utils.weight_norm (Salimans, Kingma 2016), spectral_norm (Miyato et al. 2018), both also as
** parametrizations, and torch.nn.utils.prune's masks. They are computed once, in double, and stand in the place of
** their first part.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tensor.h"

enum { MostParts = 3 };

typedef float *Make(Tensor *const *part);

/* --- the values --- */

static double *
values(Tensor *t)
{
	size_t count = tensor_count(t);
	double *v = want_memory(malloc((count + 1)*sizeof *v));

	tensor_load(t);
	for (size_t i = 0; i < count; i++)
		v[i] = tensor_get(t, i);
	tensor_unload(t);
	return v;
}

/* norm_of - which sum of squares element i belongs to: g has one of each of its own elements, or one of all */
static size_t
norm_of(const Tensor *g, const Tensor *v, size_t i)
{
	size_t at = 0, step = 1;

	for (int k = v->rank - 1; k >= 0; k--) {
		size_t index = i%(size_t)v->dim[k];
		i /= (size_t)v->dim[k];
		if (g->rank == v->rank && g->dim[k] > 1) {
			at += index*step;
			step *= (size_t)g->dim[k];
		}
	}
	return at;
}

/* weight_norm - g v/|v|, where |v| is over all dimensions that g has not */
static float *
weight_norm(Tensor *const *part)
{
	const Tensor *g = part[0], *v = part[1];
	size_t count = tensor_count(v), norms = tensor_count(g);
	double *length, *of, *squares = arena_new((norms + 1)*sizeof *squares);
	float *w = arena_new((count + 1)*sizeof *w);

	for (int k = 0; k < g->rank; k++)
		if (g->rank != v->rank || (g->dim[k] != 1 && g->dim[k] != v->dim[k]))
			return NULL;
	length = values(part[0]);
	of = values(part[1]);
	for (size_t i = 0; i < count; i++)
		squares[norm_of(g, v, i)] += of[i]*of[i];
	for (size_t i = 0; i < count; i++)
		w[i] = (float)(length[norm_of(g, v, i)]*of[i]/sqrt(squares[norm_of(g, v, i)]));
	free(length);
	free(of);
	return w;
}

/* singular - u' W v, of the matrix whose rows are dimension rows of w, its columns the others; 0: u and v don't fit */
static double
singular(const double *w, const Tensor *t, int rows, const double *u, size_t nu, const double *v, size_t nv)
{
	size_t inner = 1, count = tensor_count(t), n = (size_t)t->dim[rows];
	double sum = 0;

	if (nu != n || nu*nv != count)
		return 0;
	for (int k = rows + 1; k < t->rank; k++)
		inner *= (size_t)t->dim[k];
	for (size_t i = 0; i < count; i++) {
		size_t outer = i/(n*inner);
		sum += u[i/inner%n]*w[i]*v[outer*inner + i%inner];
	}
	return sum;
}

/*
** spectral_norm - W/(u' W v), the largest singular value. A transposed convolution's rows are dimension 1; where u and
** v fit both, the other way gives less than the largest.
*/
static float *
spectral_norm(Tensor *const *part)
{
	const Tensor *t = part[0];
	size_t count = tensor_count(t), nu = tensor_count(part[1]), nv = tensor_count(part[2]);
	double *w = values(part[0]), *u = values(part[1]), *v = values(part[2]), sigma = 0;
	float *to = arena_new((count + 1)*sizeof *to);

	for (int rows = 0; rows < 2 && rows < t->rank; rows++)
		sigma = fmax(sigma, singular(w, t, rows, u, nu, v, nv));
	for (size_t i = 0; i < count; i++)
		to[i] = (float)(w[i]/sigma);
	free(w);
	free(u);
	free(v);
	return sigma > 0 ? to : NULL;
}

static float *
masked(Tensor *const *part)
{
	size_t count = tensor_count(part[0]);
	double *w = values(part[0]), *mask = tensor_count(part[1]) == count ? values(part[1]) : NULL;
	float *to = arena_new((count + 1)*sizeof *to);

	for (size_t i = 0; mask && i < count; i++)
		to[i] = (float)(w[i]*mask[i]);
	free(w);
	free(mask);
	return mask ? to : NULL;
}

/* --- their names --- */

/*
** parts of LAYER.PARAMETER: with before in front of PARAMETER and each of after behind it; as: which part has its shape
*/
static const struct {
	const char *what, *before, *after[MostParts];
	int as;
	Make *make;
} forms[] = {
	{ "weight_norm",   "",                 { "_g", "_v" },                     1, weight_norm },
	{ "weight_norm",   "parametrizations.", { ".original0", ".original1" },    1, weight_norm },
	{ "spectral_norm", "",                 { "_orig", "_u", "_v" },            0, spectral_norm },
	{ "spectral_norm", "parametrizations.", { ".original", ".0._u", ".0._v" }, 0, spectral_norm },
	{ "prune",         "",                 { "_orig", "_mask" },               0, masked },
};
enum { NForms = sizeof forms/sizeof *forms };

static int
named(const void *a, const void *b)
{
	return strcmp((*(Tensor *const *)a)->name, (*(Tensor *const *)b)->name);
}

/* find - in the tensors sorted by name */
static Tensor *
find(Tensor **sorted, int count, const char *name)
{
	Tensor key = { .name = name }, *of = &key, **found = bsearch(&of, sorted, (size_t)count, sizeof *sorted, named);

	return found ? *found : NULL;
}

/* name_of - the parameter whose first part in form f is called so; NULL: none */
static const char *
name_of(const char *first, int f)
{
	size_t n = strlen(first), m = strlen(forms[f].after[0]), b = strlen(forms[f].before);
	const char *dot;

	if (n <= m || strcmp(first + n - m, forms[f].after[0]))
		return NULL;
	first = arena_text("%.*s", (int)(n - m), first);
	dot = strrchr(first, '.');
	dot = dot ? dot + 1 : first;
	if (!b)
		return first;
	if ((size_t)(dot - first) < b || strncmp(dot - b, forms[f].before, b))
		return NULL;
	return arena_text("%.*s%s", (int)(dot - b - first), first, dot);
}

/* parts_of - of the parameter of this name in form f, all of them floats; false: some are not there */
static bool
parts_of(Tensor **sorted, int count, const char *name, int f, Tensor **part)
{
	const char *dot = strrchr(name, '.');
	int layer = dot ? (int)(dot + 1 - name) : 0;

	for (int i = 0; i < MostParts && forms[f].after[i]; i++) {
		part[i] = find(sorted, count, arena_text("%.*s%s%s%s", layer, name, forms[f].before, name + layer,
		                                         forms[f].after[i]));
		if (!part[i] || !dtype_is_float(part[i]->dtype))
			return false;
	}
	return !find(sorted, count, name);
}

/* made_of - the parameter whose first part in form f this is; false: it is none */
static bool
made_of(const Tensor *first, int f, Tensor **sorted, int count, Tensor *made)
{
	Tensor *part[MostParts] = { NULL };
	const char *name = name_of(first->name, f);
	const float *data = name && parts_of(sorted, count, name, f, part) ? forms[f].make(part) : NULL;

	if (!data)
		return false;
	for (int i = 0; i < MostParts && part[i]; i++)
		part[i]->used = true;
	*made = (Tensor){ .name = name, .dtype = "F32", .data = (const unsigned char *)data, .rank = part[forms[f].as]->rank };
	memcpy(made->dim, part[forms[f].as]->dim, sizeof made->dim);
	tensor_contiguous(made);
	return true;
}

void
weights_compute(Weights *w)
{
	size_t bytes = (size_t)(w->count + 1)*sizeof(Tensor);
	Tensor *old = memcpy(arena_new(bytes), w->tensors, (size_t)w->count*sizeof *old);
	Tensor **sorted = arena_new((size_t)(w->count + 1)*sizeof *sorted);
	const char *what = NULL, *first = NULL;
	int made = 0, kept = 0;

	for (int i = 0; i < w->count; i++)
		sorted[i] = &old[i];
	qsort(sorted, (size_t)w->count, sizeof *sorted, named);
	for (int i = 0; i < w->count; i++)
		for (int f = 0; f < NForms; f++)
			if (made_of(&old[i], f, sorted, w->count, &w->tensors[i]) && !made++) {
				what = forms[f].what;
				first = w->tensors[i].name;
			}
	for (int i = 0; i < w->count; i++)
		if (!old[i].used || w->tensors[i].name != old[i].name)
			w->tensors[kept++] = w->tensors[i];
	w->count = kept;
	if (made)
		note("%s: %d weight%s, such as '%s', of the parts that %s keeps", w->file, made, made == 1 ? "" : "s", first, what);
}
