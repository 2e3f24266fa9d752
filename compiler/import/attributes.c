/*
** attributes.c - a node's attributes. Writers of proto3 leave out fields that are zero, and some the type too, so an
** attribute that is there without a value is zero (or the empty text); only one that is not there has its default.
*/
#include <string.h>

#include "import.h"

/* AttributeProto.AttributeType, and the field that its values are in */
enum { TypeNone, TypeReal, TypeInt, TypeText, TypeTensor, TypeGraph, TypeReals, TypeInts };

const Onnx__AttributeProto *
attr_find(const Import *m, const char *name)
{
	for (size_t i = 0; i < m->p->n_attribute; i++)
		if (m->p->attribute[i]->name && !strcmp(m->p->attribute[i]->name, name))
			return m->p->attribute[i];
	return NULL;
}

/* type_of - as it says, or as its values tell (before IR version 2 it need not say); TypeNone: it has none of both */
static int
type_of(const Onnx__AttributeProto *a)
{
	if (a->has_type && a->type)
		return a->type;
	return a->has_f ? TypeReal : a->has_i ? TypeInt : a->has_s ? TypeText : a->t ? TypeTensor : a->n_floats ? TypeReals :
	       a->n_ints ? TypeInts : TypeNone;
}

/* typed - the attribute, which must be of this type where it has one */
static const Onnx__AttributeProto *
typed(const Import *m, const char *name, int type, const char *what)
{
	const Onnx__AttributeProto *a = attr_find(m, name);

	if (a && type_of(a) != type && type_of(a) != TypeNone)
		refuse(m, "want attribute %s as %s, got another type (%d)", name, what, type_of(a));
	return a;
}

int64_t
attr_int(const Import *m, const char *name, int64_t otherwise)
{
	const Onnx__AttributeProto *a = typed(m, name, TypeInt, "a whole number");

	return !a ? otherwise : a->has_i ? a->i : 0;
}

double
attr_real(const Import *m, const char *name, double otherwise)
{
	const Onnx__AttributeProto *a = typed(m, name, TypeReal, "a number");

	return !a ? otherwise : a->has_f ? (double)a->f : 0;
}

const char *
attr_text(const Import *m, const char *name, const char *otherwise)
{
	const Onnx__AttributeProto *a = typed(m, name, TypeText, "text");

	return !a ? otherwise : a->has_s ? arena_text("%.*s", (int)a->s.len, (const char *)a->s.data) : "";
}

/* attr_list - numbers in a list that may be empty; NULL: not given */
const Onnx__AttributeProto *
attr_list(const Import *m, const char *name)
{
	return typed(m, name, TypeInts, "whole numbers");
}

const Onnx__AttributeProto *
attr_reals(const Import *m, const char *name)
{
	return typed(m, name, TypeReals, "numbers");
}

/* attr_ints - count whole numbers in a range; false: not given, or the empty list, which the runtimes take for that */
bool
attr_ints(const Import *m, const char *name, int count, int64_t *v, int64_t lo, int64_t hi)
{
	const Onnx__AttributeProto *a = attr_list(m, name);

	if (!a || !a->n_ints)
		return false;
	if (a->n_ints != (size_t)count)
		refuse(m, "want %s as %d numbers (2-D images), got %zu", name, count, a->n_ints);
	for (int i = 0; i < count; i++) {
		v[i] = a->ints[i];
		if (v[i] < lo || v[i] > hi)
			refuse(m, "want %s from %lld to %lld, got %lld", name, (long long)lo, (long long)hi, (long long)v[i]);
	}
	return true;
}

/* list_of - whole numbers from an attribute or, in later opsets, a constant input; -1: neither is there */
int
list_of(const Import *m, const char *name, size_t at, int64_t *v, int most)
{
	const Onnx__AttributeProto *a = attr_list(m, name);
	int count = 0;

	if (a) {
		if (a->n_ints > (size_t)most)
			refuse(m, "want at most %d %s, got %zu", most, name, a->n_ints);
		for (size_t i = 0; i < a->n_ints; i++)
			v[count++] = a->ints[i];
		return count;
	}
	if (!has_input(m, at))
		return -1;
	OnnxValue c = constant_at(m, at, name);
	if (count_elements(&c) > (size_t)most)
		refuse(m, "want at most %d %s, got %zu", most, name, count_elements(&c));
	for (size_t i = 0; i < count_elements(&c); i++)
		v[count++] = c.data[i] > 9e18 ? INT64_MAX : c.data[i] < -9e18 ? INT64_MIN + 1 : (int64_t)c.data[i];
	return count;
}
