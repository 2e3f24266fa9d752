/* half.c - the 16-bit floats: IEEE's half precision, and bfloat16, the upper half of a float. */
#include <math.h>

#include "dtype.h"

typedef struct {
	int fraction, least;         /* bits of the fraction; exponent of the smallest normal number */
} Format;

static Format
format_of(Dtype d)
{
	return d == DT_f16 ? (Format){ 10, -14 } : (Format){ 7, -126 };
}

double
half_value(Dtype d, uint16_t bits)
{
	Format f = format_of(d);
	int all = (1 << (15 - f.fraction)) - 1, exponent = bits >> f.fraction & all, fraction = bits & ((1 << f.fraction) - 1);
	double v = exponent == all ? (fraction ? (double)NAN : (double)INFINITY) :
		ldexp(fraction + (exponent ? 1 << f.fraction : 0), f.least - f.fraction + (exponent ? exponent - 1 : 0));

	return bits & 0x8000 ? -v : v;
}

/* half_bits - a fraction that is rounded up to a power of two carries into the exponent, the last one to infinity */
uint16_t
half_bits(Dtype d, double v)
{
	Format f = format_of(d);
	int exponent, infinity = 0x7fff >> f.fraction << f.fraction, bits;

	if (isnan(v))
		return 0x7fff;
	frexp(v, &exponent);
	exponent = v == 0 || exponent - 1 < f.least ? f.least : exponent - 1;
	if (isinf(v) || exponent > -f.least + 1)
		bits = infinity;
	else
		bits = ((exponent - f.least) << f.fraction) + (int)nearbyint(ldexp(fabs(v), f.fraction - exponent));
	return (uint16_t)(bits | (signbit(v) ? 0x8000 : 0));
}
