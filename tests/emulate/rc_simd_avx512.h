/* rc_simd_avx512.h - see words.h */
enum { VL = 16 };

#include "words.h"
