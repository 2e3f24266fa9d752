/*
** sha256.c - SHA-256 of what was read, for the banner. Whole blocks are done by the processor's own instructions where
** an x86 has them: of large weights it would else be half of all that compile takes. The rest is libmd's.
*/
#include <sha256.h>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

#include "base.h"

enum { Block = 64 };

#if defined(__x86_64__)
static bool
has_instructions(void)
{
	unsigned a, b, c, d;

	return __builtin_cpu_supports("sse4.1") && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b >> 29 & 1);
}

/* do_blocks - FIPS 180-4, four rounds at a time; the instructions want the state as words ABEF and CDGH */
__attribute__((target("sha,sse4.1"))) static void
do_blocks(uint32_t state[8], const unsigned char *p, size_t count)
{
	static const uint32_t k[64] = {
		0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
		0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
		0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
		0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
		0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
		0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
		0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
		0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
	};
	const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xb1);
	__m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state + 1), 0x1b);
	__m128i abef = _mm_alignr_epi8(cdab, efgh, 8), cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);

	for (; count > 0; count--, p += Block) {
		__m128i abef0 = abef, cdgh0 = cdgh, w[4] = { abef };     /* any value */
#pragma GCC unroll 16
		for (int i = 0; i < 16; i++) {
			__m128i *to = &w[i%4], before = w[(i + 3)%4], kw;
			*to = i < 4 ? _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)p + i), order) :
				_mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(*to, w[(i + 1)%4]),
				                                   _mm_alignr_epi8(before, w[(i + 2)%4], 4)), before);
			kw = _mm_add_epi32(*to, _mm_loadu_si128((const __m128i *)k + i));
			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, kw);
			abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(kw, 0x0e));
		}
		abef = _mm_add_epi32(abef, abef0);
		cdgh = _mm_add_epi32(cdgh, cdgh0);
	}
	cdab = _mm_shuffle_epi32(abef, 0x1b);
	efgh = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((__m128i *)state, _mm_blend_epi16(cdab, efgh, 0xf0));
	_mm_storeu_si128((__m128i *)state + 1, _mm_alignr_epi8(efgh, cdab, 8));
}
#endif

const char *
sha256_of(const void *data, size_t len, char hex[65])
{
	const unsigned char *p = data;
	SHA2_CTX c;

	SHA256Init(&c);
#if defined(__x86_64__)
	if (has_instructions()) {
		size_t whole = len/Block;
		do_blocks(c.state.st32, p, whole);
		c.bitcount[0] = 8*Block*(uint64_t)whole;
		p += Block*whole;
		len -= Block*whole;
	}
#endif
	SHA256Update(&c, p, len);
	return SHA256End(&c, hex);
}
