/* SPDX-License-Identifier: 0BSD */
/*
** rc_float.h - keeps the arithmetic of emitted code as it is written, whatever -ffast-math or
** -ffp-contract say: no reassociation, no contraction, NaN and infinity obeyed.
*/
#ifndef RC_FLOAT_H
#define RC_FLOAT_H

#include <stdint.h>
#include <string.h>

#if defined(__clang__)
#pragma float_control(precise, on)
#pragma clang fp contract(off) reassociate(off)
#elif defined(__GNUC__)
#pragma GCC optimize("no-fast-math", "fp-contract=off")
#elif defined(_MSC_VER)
#pragma float_control(precise, on)
#pragma fp_contract(off)
#endif

static inline float
rc_bits(uint32_t bits)
{
	float a;

	memcpy(&a, &bits, sizeof a);
	return a;
}

#define RC_INFINITY rc_bits(0x7f800000u)

/* 2^n for whole n in -126 ... 127 */
static inline float
rc_exp2(float n)
{
	return rc_bits((uint32_t)((int)n + 127) << 23);
}

#endif
