/*
** target.c - the targets: one row here and one small header in runtime/ each.
**
** fma, load, issue, latency and the caches feed the cost model; a cache counts for three quarters. Sources: PERF measurements on Zen 3 and Zen 4,
** Arm's optimisation guide for Neoverse N1.
*/
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "target.h"

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

/*
** What --target native knows of processors: the numbers of the target's row as they are on it. A named target
** keeps its own row, so that its code does not hang on the machine it was compiled on.
*/
#if defined(__x86_64__)
typedef struct {
	const char *name, *target;
	bool amd;
	unsigned family, lo, hi;     /* CPUID; models from lo to hi */
	double fma, load, issue, l1, l2, from_l2, from_l3, from_memory;
} Cpu;

static const Cpu cpus[] = {
	/* name       target    amd    family  models      fma load issue | L1    L2     bytes a cycle */
	{ "Zen 5",    "avx512", true,  0x1a, 0x00, 0xff,   2, 2, 8,        36e3, 768e3,  48, 20, 9 },
	{ "Zen 4",    "avx512", true,  0x19, 0x10, 0x1f,   1, 1, 6,        24e3, 768e3,  24, 20, 6 },
	{ "Zen 4",    "avx512", true,  0x19, 0x60, 0xaf,   1, 1, 6,        24e3, 768e3,  24, 20, 6 },
	{ "Ice Lake", "avx512", false, 0x06, 0x6a, 0x6c,   2, 2, 5,        36e3, 960e3,  32, 10, 4 },
	{ "Sapphire Rapids", "avx512", false, 0x06, 0x8f, 0x8f, 2, 2, 6,   36e3, 1.5e6,  32, 10, 4 },
	{ "Emerald Rapids",  "avx512", false, 0x06, 0xcf, 0xcf, 2, 2, 6,   36e3, 1.5e6,  32, 10, 4 },
};
static const int ncpus = sizeof cpus/sizeof *cpus;
#endif

/* hidden - does RESNETC_HIDE name this target? Tests set it to see what happens on a lesser processor. */
static bool
hidden(const Target *t)
{
	const char *names = getenv("RESNETC_HIDE"), *at = names ? strstr(names, t->name) : NULL;

	return at && (at == names || at[-1] == ',') && strchr(",", at[strlen(t->name)]);
}

bool
target_runs_here(const Target *t)
{
	if (hidden(t))
		return false;
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

#if defined(__x86_64__)
/* cpu_here - the row of the processor this runs on, by family and model, or NULL */
static const Cpu *
cpu_here(void)
{
	unsigned a, b, c, d, family, model;
	bool amd;

	__cpuid(0, a, b, c, d);
	amd = b == signature_AMD_ebx;
	__cpuid(1, a, b, c, d);
	family = a >> 8 & 15;
	model = a >> 4 & 15;
	if (family == 15)
		family += a >> 20 & 255;
	if (family == 6 || family > 15)
		model += a >> 12 & 0xf0;
	for (int i = 0; i < ncpus; i++)
		if (cpus[i].amd == amd && cpus[i].family == family && cpus[i].lo <= model && model <= cpus[i].hi)
			return &cpus[i];
	return NULL;
}
#endif

/* native - the best target this machine runs, with its processor's numbers where they are known */
static const Target *
native(void)
{
	static const char *const order[] = { "avx512", "avx2", "neon", "scalar" };
	const Target *t = NULL;

	for (int i = 0; i < 4 && !t; i++)
		if (target_runs_here(target_named(order[i])))
			t = target_named(order[i]);
#if defined(__x86_64__)
	const Cpu *cpu = cpu_here();
	if (cpu && !strcmp(cpu->target, t->name)) {
		Target *own = NEW(Target);
		*own = *t;
		own->fma = cpu->fma;
		own->load = cpu->load;
		own->issue = cpu->issue;
		own->l1 = cpu->l1;
		own->l2 = cpu->l2;
		own->from_l2 = cpu->from_l2;
		own->from_l3 = cpu->from_l3;
		own->from_memory = cpu->from_memory;
		return own;
	}
#endif
	return t;
}

const Target *
target_named(const char *name)
{
	const char *names[8];

	if (!strcmp(name, "native"))
		return native();
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

const char *
cpu_name(void)
{
#if defined(__x86_64__)
	unsigned r[12];
	char *name = arena_new(49);

	for (unsigned i = 0; i < 3; i++)
		__cpuid(0x80000002u + i, r[4*i], r[4*i + 1], r[4*i + 2], r[4*i + 3]);
	memcpy(name, r, 48);
	__cpuid(1, r[0], r[1], r[2], r[3]);
	return arena_text("%s (%08x)", name, r[0]);
#else
	return "unknown";
#endif
}
