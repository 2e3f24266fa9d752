/* SPDX-License-Identifier: 0BSD */
/*
** rc_simd_avx512_vnni.h - the vector words of x86-64 with AVX-512F, BW and VNNI: those of avx512, which multiply bytes
** in one instruction.
*/
#ifndef RC_SIMD_AVX512_VNNI_H
#define RC_SIMD_AVX512_VNNI_H

#define RC_VNNI
#include "rc_simd_avx512.h"

#endif
