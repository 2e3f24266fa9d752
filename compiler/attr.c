/*
** attr.c - the rows of attrs.h and acts.h: what an attribute may be, what it is where a model does not say, and one
** attribute of a node compared or copied without knowing which.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph.h"

_Static_assert(NAttrs <= 64, "sets of attributes are 64 bits wide");

#define ANY(value)                  { NOps, value, NULL }
#define ANY_SHOWN(value, words)     { NOps, value, words }
#define FOR(op, value)              { O_##op, value, NULL }
#define FOR_SHOWN(op, value, words) { O_##op, value, words }
#define REQUIRED                    { NOps, 0, "required" }
#define ATTR(name, kind, field, lo, hi, doc, ...) static const Default default_##name[] = { __VA_ARGS__ };
#include "attrs.h"
#undef ATTR

const AttrRow attr_rows[NAttrs] = {
#define ATTR(name, kind, field, lo, hi, doc, ...) \
	{ #name, K_##kind, offsetof(Attr, field), lo, hi, doc, default_##name, sizeof default_##name/sizeof *default_##name },
#include "attrs.h"
#undef ATTR
};

static const char *const coords_names[NCoords] = {
#define X(a) #a,
	COORDS(X)
#undef X
};

static const char *const rounding_names[NRoundings] = {
#define X(a) #a,
	ROUNDINGS(X)
#undef X
};

static const char *const fill_names[NFills] = {
#define X(a) #a,
	FILLS(X)
#undef X
};

static const char *const requant_names[NRequants] = {
#define X(a) #a,
	REQUANTS(X)
#undef X
};

static const char *const order_names[NOrders] = {
#define X(a) #a,
	ORDERS(X)
#undef X
};

static const char *const reduction_names[NReductions] = {
#define X(a) #a,
	REDUCTIONS(X)
#undef X
};

static const char *const axis_names[NAlongs] = {
#define X(a) #a,
	AXES(X)
#undef X
};

/* words_of - what an attribute of kind WORD may be, in the order of its enum */
const char *const *
words_of(const AttrRow *row, int *count)
{
	switch (row - attr_rows) {
	case At_act:      *count = NActs;      return act_names;
	case At_coords:   *count = NCoords;    return coords_names;
	case At_axis:     *count = NAlongs;      return axis_names;
	case At_reduction: *count = NReductions; return reduction_names;
	case At_mode:     *count = NFills;     return fill_names;
	case At_order:    *count = NOrders;    return order_names;
	case At_requant:  *count = NRequants;  return requant_names;
	case At_rounding: *count = NRoundings; return rounding_names;
	}
	die("attribute %s has no words", row->name);
}

static size_t
size_of(AttrKind kind)
{
	switch (kind) {
	case K_INT:   return sizeof(int);
	case K_PAIR:
	case K_PAIR0: return sizeof(Pair);
	case K_SIDES: return sizeof(Sides);
	case K_BOOL:  return sizeof(bool);
	case K_REAL:  return sizeof(double);
	case K_RANGE: return sizeof(Range);
	case K_WORD:  return sizeof(int);
	case K_NAME:  return sizeof(const char *);
	case K_SHAPE: return sizeof(Shape);
	}
	return 0;
}

/* attr_differs - is one attribute different; no kind has gaps between its members */
bool
attr_differs(const AttrRow *row, const Attr *a, const Attr *b)
{
	return memcmp((const char *)a + row->at, (const char *)b + row->at, size_of(row->kind)) != 0;
}

/* attr_copy - one attribute, from another node */
void
attr_copy(const AttrRow *row, Attr *to, const Attr *from)
{
	memcpy((char *)to + row->at, (const char *)from + row->at, size_of(row->kind));
}

/* default_of - what an attribute of this op is unless the model says otherwise */
static const Default *
default_of(const AttrRow *row, Op op)
{
	for (int i = 1; i < row->ndefaults; i++)
		if (row->defaults[i].op == op)
			return &row->defaults[i];
	return &row->defaults[0];
}

bool
attr_required(const AttrRow *row)
{
	return row->defaults[0].words && !strcmp(row->defaults[0].words, "required");
}

/* attr_default - one attribute of a new node of this op; the other kinds begin as zeros */
void
attr_default(const AttrRow *row, Op op, Attr *a)
{
	void *field = (char *)a + row->at;
	double v = default_of(row, op)->value;

	switch (row->kind) {
	case K_INT:
	case K_WORD:  *(int *)field = (int)v; break;
	case K_PAIR:
	case K_PAIR0: *(Pair *)field = (Pair){ (int)v, (int)v }; break;
	case K_SIDES: ((Sides *)field)->t = (int)v; break;
	case K_BOOL:  *(bool *)field = v != 0; break;
	case K_REAL:  *(double *)field = v; break;
	case K_RANGE:
	case K_NAME:
	case K_SHAPE: break;
	}
}

/* number_text - as few digits as read back to the same number, or as a fraction where those are many */
static const char *
number_text(double v)
{
	for (int digits = 1; digits <= 6; digits++) {
		char *s = arena_text("%.*g", digits, v), *zero = strstr(s, "e-0");
		if (strtod(s, NULL) != v)
			continue;
		if (zero)
			memmove(zero + 2, zero + 3, strlen(zero + 3) + 1);
		return s;
	}
	return arena_text("1/%g", 1/v);
}

static const char *
shown(const AttrRow *row, const Default *d)
{
	int count;

	if (d->words)
		return d->words;
	switch (row->kind) {
	case K_BOOL:  return d->value != 0 ? "true" : "false";
	case K_WORD:  return arena_text("\"%s\"", words_of(row, &count)[(int)d->value]);
	case K_PAIR0: return arena_text("{%g, %g}", d->value, d->value);
	default:      return number_text(d->value);
	}
}

const char *
attr_default_text(const AttrRow *row, Op op)
{
	return shown(row, default_of(row, op));
}

/* attr_defaults_text - of all ops: "1; max_pool, avg_pool: the kernel" */
const char *
attr_defaults_text(const AttrRow *row)
{
	const char *s = shown(row, &row->defaults[0]);

	for (int i = 1; i < row->ndefaults; i++) {
		const char *this = shown(row, &row->defaults[i]), *next = i + 1 < row->ndefaults ? shown(row, &row->defaults[i + 1]) :
			"";
		bool goes_on = i > 1 && !strcmp(this, shown(row, &row->defaults[i - 1]));
		s = arena_text("%s%s%s%s%s", s, goes_on ? ", " : "; ", op_rows[row->defaults[i].op].name,
		               strcmp(this, next) ? ": " : "", strcmp(this, next) ? this : "");
	}
	return s;
}

/* set_act - an epilogue's activation, with the numbers it has in from */
void
set_act(Attr *a, Act act, const Attr *from)
{
	for (int i = 0; i < NAttrs; i++)
		if (epilogue_attrs() >> i & 1)
			attr_copy(&attr_rows[i], a, from);
	a->act = act;
}
