/*
** family.c - the families of kernels, and what is asked of the one a node has.
*/
#include "kernel.h"

static const Family *const own[NOps] = {
#define OP(name, lo, hi, shape, family, epi, same, over, par, attrs, doc) &family_##family,
#include "../ops.h"
#undef OP
#define GRAD(name, lo, hi, family, epi, over, doc) &family_##family,
#include "../gradients/ops.h"
#undef GRAD
};

static const Family *const on_bytes_families[NOps] = {
#define FAMILY(name)
#define BYTES(op, family) [O_##op] = &family_##family,
#include "families.h"
#undef BYTES
#undef FAMILY
};

static const Family *const alternatives[] = {
#define FAMILY(name) &family_##name,
#include "families.h"
#undef FAMILY
};
enum { NAlternatives = sizeof alternatives/sizeof *alternatives };

const Family *
own_family(Op op)
{
	return own[op];
}

const Family *
bytes_family(Op op)
{
	return on_bytes_families[op];
}

const Family *
family_for(const Node *n)
{
	return on_bytes(n) || is_bytes(n->out) ? bytes_family(n->op) : own_family(n->op);
}

void
each_fitting(const Node *n, EachFamily *each, void *user)
{
	each(user, family_for(n));
	for (int i = NAlternatives - 1; i >= 0; i--)
		if (alternatives[i]->bytes == on_bytes(n) && alternatives[i]->fits(n))
			each(user, alternatives[i]);
}

const Family *
tiled_family(const Node *n)
{
	for (int i = 0; i < NAlternatives; i++)
		if (alternatives[i]->tiled && alternatives[i]->bytes == on_bytes(n) && alternatives[i]->fits(n))
			return alternatives[i];
	return NULL;
}

const Family *
strassen_family(const Node *n)
{
	for (int i = 0; i < NAlternatives; i++)
		if (alternatives[i]->strassen && alternatives[i]->bytes == on_bytes(n) && alternatives[i]->fits(n))
			return alternatives[i];
	return NULL;
}

Way
way_of(const Attr *a)
{
	return (Way){ a->winograd, a->tile, a->on_the_fly, a->strassen };
}

bool
same_algorithm(Way a, Way b)
{
	return a.winograd.h == b.winograd.h && a.winograd.w == b.winograd.w && a.on_the_fly == b.on_the_fly &&
		a.strassen == b.strassen;
}

double
cycles_of(const Node *n)
{
	Kernel k = whole_kernel(n, 0);

	return n->family->cycles ? n->family->cycles(&k, way_of(&n->a)) : 0;
}

double
work_of(const Node *n)
{
	Kernel k = whole_kernel(n, 0);

	return n->family->work ? n->family->work(&k) : (double)macs_of(n)*n->out->shape.n;
}

double
amplification_of(const Node *n)
{
	return n->family && n->family->amplification ? n->family->amplification(n) : 1;
}
