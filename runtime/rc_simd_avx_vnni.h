/* SPDX-License-Identifier: 0BSD */
/*
** rc_simd_avx_vnni.h - the vector words of x86-64 with AVX2 and AVX-VNNI: those of avx2, which multiply bytes in one
** instruction.
*/
#ifndef RC_SIMD_AVX_VNNI_H
#define RC_SIMD_AVX_VNNI_H

#define RC_VNNI
#include "rc_simd_avx2.h"

#endif
