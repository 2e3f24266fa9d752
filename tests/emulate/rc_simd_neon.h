/* rc_simd_neon.h - see words.h */
enum { VL = 4 };

#include "words.h"
