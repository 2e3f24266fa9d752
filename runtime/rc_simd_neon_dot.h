/* SPDX-License-Identifier: 0BSD */
/*
** rc_simd_neon_dot.h - the vector words of AArch64 with products of bytes (Armv8.2's dotprod): those of neon, which
** multiply four bytes of each sum in one instruction.
*/
#ifndef RC_SIMD_NEON_DOT_H
#define RC_SIMD_NEON_DOT_H

#define RC_NEON_DOT
#include "rc_simd_neon.h"

#endif
