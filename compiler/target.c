/*
** target.c - the targets: one row here and one small header in runtime/ each.
**
** fma, load, issue, latency and the caches feed the cost model; a cache counts for three quarters. Sources: PERF measurements on Zen 3 and Zen 4,
** Arm's optimisation guide for Neoverse N1.
*/
#include <string.h>

#include "resnetc.h"

const Target targets[] = {
	/* name   vl regs block | fma load issue latency | caches: bytes and bytes a cycle from the next two, memory | macro, cpu */
	{ "scalar",  1, 16,  4,   2, 2, 4, 4,   24e3, 384e3, 16, 10, 5,   NULL, NULL },
	{ "avx2",    8, 16, 16,   2, 2, 6, 4,   24e3, 384e3, 16, 10, 5,   "__x86_64__",
	  "__builtin_cpu_supports(\"avx2\") && __builtin_cpu_supports(\"fma\")" },
	{ "avx512", 16, 32, 16,   1, 1, 6, 4,   24e3, 768e3, 24, 14, 5,   "__x86_64__",
	  "__builtin_cpu_supports(\"avx512f\") && __builtin_cpu_supports(\"fma\")" },
	{ "neon",    4, 32,  8,   2, 2, 4, 4,   48e3, 384e3, 16, 10, 5,   "__aarch64__", NULL },
};
const int ntargets = sizeof targets/sizeof *targets;

bool
target_runs_here(const Target *t)
{
#if defined(__x86_64__)
	if (!strcmp(t->name, "avx2"))
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
	if (!strcmp(t->name, "avx512"))
		return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("fma");
#elif defined(__aarch64__)
	if (!strcmp(t->name, "neon"))
		return true;
#endif
	return !strcmp(t->name, "scalar");
}

const Target *
target_named(const char *name)
{
	const char *names[8];

	if (!strcmp(name, "native")) {
		static const char *const order[] = { "avx512", "avx2", "neon", "scalar" };
		for (int i = 0; i < 4; i++)
			if (target_runs_here(target_named(order[i])))
				return target_named(order[i]);
	}
	for (int i = 0; i < ntargets; i++) {
		if (!strcmp(name, targets[i].name))
			return &targets[i];
		names[i] = targets[i].name;
	}
	names[ntargets] = "native";
	const char *near = nearest(name, names, ntargets + 1);
	usage_error("--target: want native, scalar, avx2, avx512 or neon, got '%s'%s%s%s", name,
	            near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}
