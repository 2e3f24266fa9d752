/* target.h - what code is made for: instruction sets and processors as the cost model sees them. */
#ifndef TARGET_H
#define TARGET_H

#include "base.h"

typedef struct Target {
	const char *name;
	const char *id;              /* the same as a part of C names */
	const char *simd;            /* runtime header with its vector words */
	int vl;                      /* floats of a vector */
	int regs;                    /* vector registers */
	int block;                   /* channels of a block */
	int parts;                   /* most threads that a layer is divided among where each needs memory of its own */
	int stack;                   /* bytes that a call takes at most */
	bool lean;                   /* memory is dear: no Winograd unasked */
	bool bare;                   /* no system that maps files and starts threads */
	double fma, load, issue;     /* per cycle: multiply-adds, loads, instructions */
	int latency;                 /* of a multiply-add, cycles */
	double l1, l2;               /* bytes that stay in the cache */
	double from_l2, from_l3, from_memory;  /* bytes a cycle */
	const char *macro;           /* defined by compilers for the architecture, or NULL */
	const char *cpu;             /* C expression: can this processor run it */
	bool native;                 /* it is the machine's own, not one asked for by name */
	const char *processor;       /* native's, where its numbers are known */
} Target;

typedef struct Products {            /* how words multiply bytes, and floats */
	int sums;                    /* of one word */
	int bytes;                   /* of each sum's product */
	int regs;                    /* for sums and what is multiplied */
	int dot, load_x, load_w;     /* instructions; 0: as the target's row has it */
	int block;                   /* channels of a block of bytes */
	int less;                    /* than a byte of x is what its word multiplies */
	bool singles;                /* multiply-adds take a factor from a register of single floats */
	int each;                    /* products of a load of x */
} Products;

typedef struct Machine {             /* how code for a target is compiled and run where this processor is another one */
	const char *target;
	const char *compilers;       /* the first that is on PATH */
	const char *flags, *run;     /* words; @ is the folder with the files, where the program is called program */
} Machine;

/* target.c */
extern const Target targets[];
extern const int ntargets;
const Target *target_named(const char *name);        /* "native" included; fails when unknown */
const Target *target_for_bytes(const Target *t);     /* native's row that multiplies bytes in one instruction, else t */
int target_row(const Target *t);                     /* its place in the table */
bool target_runs_here(const Target *t);              /* on this processor */
Products products_of(const Target *t);               /* its row, or what is usual */
bool bytes_are_direct(const Target *t);              /* its words for their products do not serve Winograd */
bool has_product(const Target *t);                   /* of four bytes a sum, in one instruction */
bool adds_products(const Target *t);                 /* its words can add those of two steps in 16 bits, then in 32 */
bool takes_bytes(const Target *t);                   /* it has words for sixteen bytes as they are */
int product_words(const Target *t, bool pair_safe);  /* instructions of a product; no two neighbours leave 16 bits */
const Machine *machine_of(const Target *t);          /* its row; NULL: it has none */
const char *target_names(const char *between, const char *last);     /* native and all others */
const char *cpu_name(void);                          /* of this machine */

#endif
