/* words.h - the vector words in plain C on VL floats, to test a target's code on machines without it. */
#include <math.h>

#include "rc.h"
#include "rc_float.h"

#define RC_TARGET_BEGIN
#define RC_TARGET_END

typedef struct { float f[VL]; } V;

#define EACH(expr) V y; for (int i = 0; i < VL; i++) y.f[i] = (expr); return y

static inline V ld(const float *p)            { EACH(p[i]); }
static inline void st(float *p, V a)          { for (int i = 0; i < VL; i++) p[i] = a.f[i]; }
static inline V bc(const float *p)            { EACH(*p); }
static inline V splat(float a)                { EACH(a); }
static inline V zero(void)                    { EACH(0); }
static inline V add(V a, V b)                 { EACH(a.f[i] + b.f[i]); }
static inline V sub(V a, V b)                 { EACH(a.f[i] - b.f[i]); }
static inline V mul(V a, V b)                 { EACH(a.f[i]*b.f[i]); }
static inline V fma_(V a, V b, V c)           { EACH(a.f[i]*b.f[i] + c.f[i]); }
static inline V relu(V a)                     { EACH(a.f[i] < 0 ? 0 : a.f[i]); }
static inline V swap(V a, int s)              { EACH(a.f[i ^ s]); }
static inline V pmax(V a, V b)                { EACH(isnan(a.f[i]) || a.f[i] > b.f[i] ? a.f[i] : b.f[i]); }
static inline V div_(V a, V b)                { EACH(a.f[i]/b.f[i]); }
static inline V clamp(V a, V lo, V hi)        { EACH(a.f[i] < lo.f[i] ? lo.f[i] : a.f[i] > hi.f[i] ? hi.f[i] : a.f[i]); }
static inline V neg_abs(V a)                  { EACH(-fabsf(a.f[i])); }
static inline V below0(V a, V y_, V z)        { EACH(a.f[i] < 0 ? y_.f[i] : z.f[i]); }
static inline V lowest(void)                  { EACH(-INFINITY); }
static inline V vexp(V a)                     { EACH((float)exp((double)a.f[i])); }

#include "rc_act.h"
