/*
** tensor.c - one tensor of a weight file, whatever its dtype, and the file behind it.
*/
#include <math.h>
#include <string.h>

#include "../resnetc.h"

size_t
tensor_count(const Tensor *t)
{
	size_t count = 1;

	for (int i = 0; i < t->rank; i++)
		count *= (size_t)t->dim[i];
	return count;
}

static double
half_to_double(uint16_t h)
{
	int exponent = h >> 10 & 31, fraction = h & 1023;
	double v = exponent == 31 ? (fraction ? (double)NAN : (double)INFINITY) :
		exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);

	return h & 0x8000 ? -v : v;
}

double
tensor_get(const Tensor *t, size_t i)
{
	float f;
	double d;
	uint16_t h;
	uint32_t bits;

	switch (t->dtype[0] == 'B' ? 'B' : t->dtype[1]) {
	case '3':
		memcpy(&f, t->data + 4*i, 4);
		return (double)f;
	case '6':
		memcpy(&d, t->data + 8*i, 8);
		return d;
	case '1':
		memcpy(&h, t->data + 2*i, 2);
		return half_to_double(h);
	case 'B':
		memcpy(&h, t->data + 2*i, 2);
		bits = (uint32_t)h << 16;
		memcpy(&f, &bits, 4);
		return (double)f;
	}
	die("dtype %s", t->dtype);
}

Weights *
weights_open(const char *file)
{
	size_t len;
	const unsigned char *map = file_map(file, &len);

	return safetensors_open(file, map, len);
}
