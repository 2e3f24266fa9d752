/* SPDX-License-Identifier: 0BSD */
/* rc_simd_lanes.h - division and root a lane at a time, for Arm's vectors of 4 floats that have neither. */
#ifndef RC_SIMD_LANES_H
#define RC_SIMD_LANES_H

static inline V
div_(V a, V b)
{
	float x[4], y[4];

	vst1q_f32(x, a);
	vst1q_f32(y, b);
	for (int i = 0; i < 4; i++)
		x[i] /= y[i];
	return vld1q_f32(x);
}

static inline V
root(V a)
{
	float x[4];

	vst1q_f32(x, a);
	for (int i = 0; i < 4; i++)
		__asm__("vsqrt.f32 %0, %1" : "=t"(x[i]) : "t"(x[i]));
	return vld1q_f32(x);
}

#endif
