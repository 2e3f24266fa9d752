/*
** target.c - the rows of targets.h: by name, which of them this machine runs, the best of those with its processor's
** numbers.
*/
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "../runtime/rc.h"
#include "target.h"

/* the rows with architecture and processor as text, which goes into emitted code */
#define ANY    NULL
#define X86(features) "rc_x86(" #features ")"
#define NEON_DOT "rc_neon_dot()"
#define RVV(bits) "rc_rvv_bits() >= " #bits
const Target targets[] = {
#define TARGET(id, name, words, macro, vl, regs, block, threads, stack, lean, bare, fma, load, issue, latency, l1, l2, \
               l2_rate, l3_rate, rate, cpu) \
	{ name, #id, "rc_simd_" #words ".h", vl, regs, block, threads, stack, lean, bare, fma, load, issue, latency, l1, l2, \
	  l2_rate, l3_rate, rate, sizeof #macro > 1 ? #macro : NULL, cpu, false, NULL },
#define MACHINE(id, compilers, flags, run)
#define PRODUCTS(...)
#include "targets.h"
#undef TARGET
#undef MACHINE
#undef PRODUCTS
};
enum { NRows = sizeof targets/sizeof *targets };
const int ntargets = NRows;
#undef ANY
#undef X86
#undef NEON_DOT
#undef RVV

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
	/* name       target    amd    family  models      fma load issue | L1    L2     bytes a cycle; loads of vectors */
	{ "Zen 5",    "avx512", true,  0x1a, 0x00, 0xff,   2, 2, 8,        36e3, 768e3,  48, 20, 9 },
	{ "Zen 4",    "avx512", true,  0x19, 0x10, 0x1f,   1, 1, 6,        24e3, 768e3,  24, 20, 6 },
	{ "Zen 4",    "avx512", true,  0x19, 0x60, 0xaf,   1, 1, 6,        24e3, 768e3,  24, 20, 6 },
	{ "Ice Lake", "avx512", false, 0x06, 0x6a, 0x6c,   2, 1, 5,        36e3, 960e3,  32, 10, 3 },
	{ "Sapphire Rapids", "avx512", false, 0x06, 0x8f, 0x8f, 2, 2, 6,   36e3, 1.5e6,  32, 10, 4 },
	{ "Emerald Rapids",  "avx512", false, 0x06, 0xcf, 0xcf, 2, 2, 6,   36e3, 1.5e6,  32, 10, 4 },
};
static const int ncpus = sizeof cpus/sizeof *cpus;
#endif

static bool
named(const char *names, const Target *t)
{
	size_t len = strlen(t->name);

	for (const char *at = names; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
		if (strcspn(at, ",") == len && !strncmp(at, t->name, len))
			return true;
	return false;
}

/* needs - does t need what other needs? Features follow each other within the parentheses */
static bool
needs(const Target *t, const Target *other)
{
	size_t n = other->cpu ? strlen(other->cpu) : 0;

	return n && t->cpu && !strncmp(t->cpu, other->cpu, n - (other->cpu[n-1] == ')'));
}

/*
** hidden - does RESNETC_HIDE name this target, or one whose instructions it needs and more? Tests set it to see what
** happens on a lesser processor.
*/
static bool
hidden(const Target *t)
{
	const char *names = getenv("RESNETC_HIDE");
	bool is = names && named(names, t);

	for (int i = 0; names && i < NRows; i++)
		is = is || (needs(t, &targets[i]) && named(names, &targets[i]));
	return is;
}

/* the rows as code; IS_SET: the macro is defined as 1, or it is nothing */
#define ANY true
#define NEON_DOT rc_neon_dot()
#define RVV(bits) (rc_rvv_bits() >= bits)
#define X86(features) rc_x86(features)
#define IS_SET(macro)       IS_SET_(macro)
#define IS_SET_(value)      SECOND(IS_##value, false, 0)
#define IS_1                , true
#define IS_                 , true
#define SECOND(...)         SECOND_(__VA_ARGS__)
#define SECOND_(a, b, ...)  b

bool
target_runs_here(const Target *t)
{
	if (hidden(t))
		return false;
#define TARGET(id, row, words, macro, vl, regs, block, threads, stack, lean, bare, fma, load, issue, latency, l1, l2, \
               l2_rate, l3_rate, rate, cpu) \
	if (!strcmp(t->name, row)) \
		return IS_SET(macro) && (cpu);
#define MACHINE(id, compilers, flags, run)
#define PRODUCTS(...)
#include "targets.h"
#undef TARGET
#undef MACHINE
#undef PRODUCTS
	return false;
}

/* a microcontroller on a board that is emulated; its program speaks with the emulator by semihosting */
#define CORTEX(cpu, fpu, code, data) "-mthumb -mfloat-abi=hard -mcpu=" cpu " -mfpu=" fpu " --specs=rdimon.specs " \
	"-nostartfiles -DFOLDER=\"@\" -T @/cortex.ld -Wl,--defsym=CODE_AT=" code ",--defsym=DATA_AT=" data " @/cortex.c"
#define BOARD(name) "qemu-system-arm -M " name " -nographic -monitor none -serial none " \
	"-semihosting-config enable=on,target=native -kernel @/program"

/* a processor whose vectors are so many bits long */
#define RISCV(bits) "qemu-riscv64 -cpu rv64,v=true,vlen=" bits ",vext_spec=v1.0 @/program"

const Machine *
machine_of(const Target *t)
{
	static const Machine rows[] = {
#define TARGET(...)
#define PRODUCTS(...)
#define MACHINE(id, compilers, flags, run) { #id, compilers, flags, run },
#include "targets.h"
#undef TARGET
#undef MACHINE
#undef PRODUCTS
	};

	for (size_t i = 0; i < sizeof rows/sizeof *rows; i++)
		if (!strcmp(rows[i].target, t->id))
			return &rows[i];
	return NULL;
}

Products
products_of(const Target *t)
{
	static const struct { const char *target; Products p; } rows[] = {
#define TARGET(...)
#define MACHINE(...)
#define PRODUCTS(id, sums, bytes, registers, dot, load_x, load_w, block, less, singles, each) \
		{ #id, { sums, bytes, registers, dot, load_x, load_w, block, less, singles, each } },
#include "targets.h"
#undef TARGET
#undef MACHINE
#undef PRODUCTS
	};

	for (size_t i = 0; i < sizeof rows/sizeof *rows; i++)
		if (!strcmp(rows[i].target, t->id))
			return rows[i].p;
	return (Products){ .sums = t->vl, .bytes = 4, .regs = t->regs, .block = t->block, .each = 1 };
}

bool
bytes_are_direct(const Target *t)
{
	Products how = products_of(t);

	return how.dot || how.each > 1;
}

bool
has_product(const Target *t)
{
	return strstr(t->simd, "vnni") || products_of(t).each > 1;
}

bool
adds_products(const Target *t)
{
	return t->macro && !strcmp(t->macro, "__x86_64__") && t->vl > 1 && !has_product(t);
}

bool
takes_bytes(const Target *t)
{
	return t->macro && !strcmp(t->macro, "__x86_64__") && t->vl > 1;
}

int
product_words(const Target *t, bool pair_safe)
{
	Products how = products_of(t);

	return how.dot ? how.dot : has_product(t) || t->vl == 1 ? 1 : how.bytes == 2 ? 2 : pair_safe ? 3 : 5;
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

/* for_bytes - a row that only adds an instruction for bytes to another */
static bool
for_bytes(const Target *t)
{
	return strstr(t->name, "-vnni") || strstr(t->name, "-dot");
}

/* native - the last target that this machine runs, with its processor's numbers where they are known */
static const Target *
native(void)
{
	const Target *t = targets;
	Target *own = NEW(Target);

	for (int i = 0; i < ntargets; i++)
		if (target_runs_here(&targets[i]) && !for_bytes(&targets[i]))
			t = &targets[i];
	*own = *t;
	own->native = true;
#if defined(__x86_64__)
	const Cpu *cpu = cpu_here();
	if (cpu && !strcmp(cpu->target, t->name)) {
		own->processor = cpu->name;
		own->fma = cpu->fma;
		own->load = cpu->load;
		own->issue = cpu->issue;
		own->l1 = cpu->l1;
		own->l2 = cpu->l2;
		own->from_l2 = cpu->from_l2;
		own->from_l3 = cpu->from_l3;
		own->from_memory = cpu->from_memory;
	}
#endif
	return own;
}

const Target *
target_for_bytes(const Target *t)
{
	for (int i = 0; t->native && i < ntargets; i++) {
		const Target *r = &targets[i];
		if (!for_bytes(r) || r->vl != t->vl || !target_runs_here(r))
			continue;
		Target *own = NEW(Target);
		*own = *t;
		own->name = r->name;
		own->id = r->id;
		own->simd = r->simd;
		own->cpu = r->cpu;
		return own;
	}
	return t;
}

int
target_row(const Target *t)
{
	int row = 0;

	while (strcmp(targets[row].name, t->name))
		row++;
	return row;
}

const char *
target_names(const char *between, const char *last)
{
	const char *s = "native";

	for (int i = 0; i < ntargets; i++)
		s = arena_text("%s%s%s", s, i + 1 < ntargets ? between : last, targets[i].name);
	return s;
}

const Target *
target_named(const char *name)
{
	const char *names[NRows + 1] = { "native" };

	if (!strcmp(name, "native"))
		return native();
	for (int i = 0; i < ntargets; i++) {
		if (!strcmp(name, targets[i].name))
			return &targets[i];
		names[i + 1] = targets[i].name;
	}
	usage_error("--target: want %s, got '%s'%s", target_names(", ", " or "), name, meant(name, names, ntargets + 1));
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
