/*
** family.c - the families of kernels, and what is asked of the one a node has.
*/
#include "kernel.h"

static const Family *const own[NOps] = {
#define OP(name, lo, hi, shape, family, epi, same, over, par, attrs, doc) &family_##family,
#include "../ops.h"
#undef OP
};

const Family *const families[] = {
#define FAMILY(name) &family_##name,
#include "families.h"
#undef FAMILY
};
const int nfamilies = sizeof families/sizeof *families;

const Family *
own_family(Op op)
{
	return own[op];
}

const Family *
tiled_family(const Node *n)
{
	for (int i = 0; i < nfamilies; i++)
		if (families[i]->rounds_otherwise && families[i]->fits(n))
			return families[i];
	return NULL;
}

Way
way_of(const Node *n)
{
	return (Way){ n->a.winograd, n->a.tile };
}

bool
same_algorithm(Way a, Way b)
{
	return a.winograd.h == b.winograd.h && a.winograd.w == b.winograd.w;
}

double
cycles_of(const Node *n)
{
	Kernel k = kernel_of(n, 0);

	return n->family->cycles ? n->family->cycles(&k, way_of(n)) : 0;
}

double
work_of(const Node *n)
{
	Kernel k = kernel_of(n, 0);

	return n->family->work ? n->family->work(&k) : (double)macs_of(n)*n->out->shape.n;
}

double
amplification_of(const Node *n)
{
	return n->family && n->family->amplification ? n->family->amplification(n) : 1;
}
