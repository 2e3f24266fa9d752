/* SPDX-License-Identifier: 0BSD */
/* rc_simd_rvv256.h - those of rvv on 16 floats: two registers of 256 bits, which the processor has at least. */
#ifndef RC_SIMD_RVV256_H
#define RC_SIMD_RVV256_H

#define RC_RVV_256
#include "rc_simd_rvv.h"

#endif
