/* SPDX-License-Identifier: 0BSD */
/*
** rc_simd_wasm_relaxed.h - those of wasm with relaxed-simd: multiply-adds are fused where the processor does that, so
** bits hang on it.
*/
#ifndef RC_SIMD_WASM_RELAXED_H
#define RC_SIMD_WASM_RELAXED_H

#define RC_WASM_RELAXED
#include "rc_simd_wasm.h"

#endif
