/*
** runtime.c - the runtime's files, carried inside resnetc so that it can put them beside its output.
*/
#include <string.h>

#include "emit.h"

#define EMBED(id, path) \
	__asm__(".section .rodata\n.balign 16\n" #id ":\n.incbin \"" path "\"\n" #id "_end:\n.byte 0\n.previous\n"); \
	extern const char id[], id##_end[];

EMBED(rc_h,            "runtime/rc.h")
EMBED(rc_c,            "runtime/rc.c")
EMBED(rc_float_h,      "runtime/rc_float.h")
EMBED(rc_exp_h,        "runtime/rc_exp.h")
EMBED(rc_act_h,        "runtime/rc_act.h")
EMBED(rc_simd_scalar,  "runtime/rc_simd_scalar.h")
EMBED(rc_simd_avx2,    "runtime/rc_simd_avx2.h")
EMBED(rc_simd_avx512,  "runtime/rc_simd_avx512.h")
EMBED(rc_simd_neon,    "runtime/rc_simd_neon.h")
EMBED(rc_file_h,       "runtime/rc_file.h")
EMBED(rc_file_c,       "runtime/rc_file.c")
EMBED(rc_threads_h,    "runtime/rc_threads.h")
EMBED(rc_threads_c,    "runtime/rc_threads.c")

static const struct {
	char *name;
	const char *from, *to;
	const char *target;          /* only for this one, or NULL */
} embedded[] = {
	{ "rc.h",             rc_h,           rc_h_end,           NULL },
	{ "rc.c",             rc_c,           rc_c_end,           NULL },
	{ "rc_float.h",       rc_float_h,     rc_float_h_end,     NULL },
	{ "rc_exp.h",         rc_exp_h,       rc_exp_h_end,       NULL },
	{ "rc_act.h",         rc_act_h,       rc_act_h_end,       NULL },
	{ "rc_simd_scalar.h", rc_simd_scalar, rc_simd_scalar_end, "scalar" },
	{ "rc_simd_avx2.h",   rc_simd_avx2,   rc_simd_avx2_end,   "avx2" },
	{ "rc_simd_avx512.h", rc_simd_avx512, rc_simd_avx512_end, "avx512" },
	{ "rc_simd_neon.h",   rc_simd_neon,   rc_simd_neon_end,   "neon" },
	{ "rc_file.h",        rc_file_h,      rc_file_h_end,      NULL },
	{ "rc_file.c",        rc_file_c,      rc_file_c_end,      NULL },
	{ "rc_threads.h",     rc_threads_h,   rc_threads_h_end,   NULL },
	{ "rc_threads.c",     rc_threads_c,   rc_threads_c_end,   NULL },
};

int
runtime_files(const Target *const *t, int nt, File *files)
{
	int count = 0;

	for (size_t i = 0; i < sizeof embedded/sizeof *embedded; i++) {
		bool wanted = !embedded[i].target;
		for (int k = 0; k < nt; k++)
			wanted = wanted || !strcmp(embedded[i].target, t[k]->name);
		if (wanted)
			files[count++] = (File){ embedded[i].name, embedded[i].from, (size_t)(embedded[i].to - embedded[i].from) };
	}
	return count;
}
