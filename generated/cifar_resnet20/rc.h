/* SPDX-License-Identifier: 0BSD */
/*
** rc.h - the runtime of networks emitted by resnetc: status codes, options, the blob's header.
** No malloc, no stdio, no locale, no state. Everything here may be called from any thread.
*/
#ifndef RC_H
#define RC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__) || defined(__clang__)        /* clang in the mode of Microsoft's compiler is no GNUC */
#define RC_GNU
#define RC_RESTRICT  __restrict__
#define RC_NOINLINE  __attribute__((noinline))
#define RC_INLINE    inline __attribute__((always_inline))
#if defined(_WIN32)
#define RC_WEAK                                    /* its linkers want one rc.c for all networks */
#else
#define RC_WEAK      __attribute__((weak))        /* several networks may bring their copy of rc.c */
#endif
#define RC_ALIGNED(n) __attribute__((aligned(n)))
#define RC_OPAQUE(p) __asm__("" : "+r"(p))        /* the compiler forgets what it knew of p */
#define RC_FETCH(p)  __builtin_prefetch(p) /* soon to be read */
#define RC_FETCH_FAR(p) __builtin_prefetch(p, 0, 2) /* later: into the second cache */
#else
#define RC_RESTRICT
#define RC_NOINLINE
#define RC_INLINE    inline
#define RC_WEAK
#if defined(__cplusplus)
#define RC_ALIGNED(n) alignas(n)
#else
#define RC_ALIGNED(n) _Alignas(n)
#endif
#define RC_OPAQUE(p) (void)(p)
#define RC_FETCH(p)  (void)(p)
#define RC_FETCH_FAR(p) (void)(p)
#endif

/*
** Where a system has threads and the processor atomic operations, threads walk along a network's steps together and
** wait for each other, which takes RC_WALK_STACK bytes of stack; elsewhere parallel_for is called for each step.
*/
#if defined(__GCC_ATOMIC_INT_LOCK_FREE) && (defined(_WIN32) || defined(__unix__) || defined(__APPLE__))
#if __GCC_ATOMIC_INT_LOCK_FREE == 2
#define RC_TOGETHER
#endif
#endif
#if defined(RC_TOGETHER)
#define RC_WALK_STACK 4608
#else
#define RC_WALK_STACK 0
#endif

/* A thread that waits spins so often, then sleeps. */
#define RC_SPINS 4000
#if defined(RC_GNU) && (defined(__x86_64__) || defined(__i386__))
#define RC_RELAX() __asm__ volatile("pause")
#elif defined(RC_GNU) && defined(__aarch64__)
#define RC_RELAX() __asm__ volatile("yield")
#else
#define RC_RELAX() (void)0
#endif

/*
** The functions' symbols end in the version of resnetc that brought them, so that networks of several versions live in
** one program, each with its own runtime. rc_strerror has none: every copy knows the words.
*/
#define RC_SYMBOL(name)    name##_0_1_0
#define rc_hash            RC_SYMBOL(rc_hash)
#define rc_check_blob      RC_SYMBOL(rc_check_blob)
#define rc_run             RC_SYMBOL(rc_run)
#define rc_x86             RC_SYMBOL(rc_x86)
#define rc_neon_dot        RC_SYMBOL(rc_neon_dot)
#define rc_rvv_bits        RC_SYMBOL(rc_rvv_bits)
#define rc_fill            RC_SYMBOL(rc_fill)
#define rc_fill_halo       RC_SYMBOL(rc_fill_halo)
#define rc_pattern_byte    RC_SYMBOL(rc_pattern_byte)
#define rc_round_to_nearest RC_SYMBOL(rc_round_to_nearest)
#define rc_round_as        RC_SYMBOL(rc_round_as)
#define rc_walk            RC_SYMBOL(rc_walk)
#define rc_clear           RC_SYMBOL(rc_clear)
#define rc_clear_halo      RC_SYMBOL(rc_clear_halo)
#define rc_selftest        RC_SYMBOL(rc_selftest)
#define rc_selftest_bytes  RC_SYMBOL(rc_selftest_bytes)
#define rc_selftest_at     RC_SYMBOL(rc_selftest_at)
#define rc_pattern         RC_SYMBOL(rc_pattern)
#define rc_checked_at      RC_SYMBOL(rc_checked_at)

/* What NAME_check and NAME_run return. */
#define RC_STATUSES(X) \
	X(RC_OK,                "done") \
	X(RC_E_NULL,            "a pointer is null") \
	X(RC_E_OPTIONS,         "options: struct_size is not sizeof(rc_options), or threads is negative") \
	X(RC_E_WORKSPACE_SIZE,  "the workspace is smaller than NAME_WORKSPACE_BYTES (in training: NAME_TRAIN_...)") \
	X(RC_E_WORKSPACE_ALIGN, "the workspace does not start at a multiple of NAME_WORKSPACE_ALIGN") \
	X(RC_E_WEIGHTS_SIZE,    "the weights are shorter or longer than NAME_WEIGHTS_BYTES " \
	                        "(in training: NAME_TRAIN_PARAMS_BYTES)") \
	X(RC_E_WEIGHTS_ALIGN,   "the weights do not start at a multiple of NAME_WEIGHTS_ALIGN") \
	X(RC_E_MAGIC,           "this is not a resnetc weight blob (in training: no state, no parameters)") \
	X(RC_E_VERSION,         "the weight blob has another version") \
	X(RC_E_ENDIAN,          "the weight blob is of another byte order") \
	X(RC_E_PLAN,            "the weight blob belongs to other code: compile both together " \
	                        "(in training: to another network)") \
	X(RC_E_CHECKSUM,        "the weight blob is damaged (in training: the state, the parameters)") \
	X(RC_E_CPU,             "this processor lacks the instructions the code was compiled for") \
	X(RC_E_IO,              "the weight file cannot be read") \
	X(RC_E_THREADS,         "no thread could be started") \
	X(RC_E_SELFTEST,        "a layer computes other values than the compiler expects") \
	X(RC_E_PICTURE,         "rc_image: want sides of 1 to 2^24 pixels, 1 to 4 channels, a known filter") \
	X(RC_E_SCRATCH,         "rc_image: the scratch memory is smaller than RC_IMAGE_SCRATCH") \
	X(RC_E_OVERLAP,         "RC_CHECKED: the workspace overlaps input, output or weights") \
	X(RC_E_BORDER,          "RC_CHECKED: a layer wrote beside its result: rc_checked_at names it") \
	X(RC_E_NAN,             "RC_CHECKED: a layer made NaN: rc_checked_at names it") \
	X(RC_E_STATE_ALIGN,     "the state does not start at a multiple of 64 bytes") \
	X(RC_E_STATE_SIZE,      "the state is shorter or longer than NAME_TRAIN_STATE_BYTES") \
	X(RC_E_HOW,             "rc_train: struct_size is not sizeof(rc_train), the rate is negative or not a number, " \
	                        "or a flag unknown") \
	X(RC_E_LABEL,           "a label is below 0 or not below the number of classes") \
	X(RC_E_COUNT,           "want at least one image") \
	X(RC_E_FLOAT,           "the compiler keeps floats longer than floats (x87): want -msse2 -mfpmath=sse")

enum {
#define RC_STATUS(name, text) name,
	RC_STATUSES(RC_STATUS)
#undef RC_STATUS
	RC_STATUS_COUNT
};

/* In words; never null. */
const char *rc_strerror(int status);

/*
** Options of NAME_run_with; set struct_size, zero the rest. The results have the same bits for any
** choice of threads.
*/
typedef struct rc_options {
	size_t struct_size;              /* sizeof(rc_options) */

	/* Runs task(arg, 0) ... task(arg, parts - 1), each once, in any order, on any threads, together or
	   one after the other, and returns when all are done. NULL: everything runs on the calling thread. */
	void (*parallel_for)(void *user, void (*task)(void *arg, int part), void *arg, int parts);
	void *parallel_user;
	int threads;                     /* that share the work of each layer, at most; 0 or 1: it is not divided */

	/* Called on the calling thread after each layer, in order. NULL: not called. */
	void (*layer)(void *user, int index, const char *name);
	void *layer_user;

	/* Of code for several targets: run this one ("avx2"), RC_E_CPU where there is none or this processor cannot.
	   NULL: the best one, whose weights NAME_check looked at. Code for one target does not look at this. */
	const char *target;
} rc_options;

/* The head of a weight blob; the weights follow at byte 128. Little-endian. */
typedef struct rc_blob {
	char magic[8];                   /* "resnetc" and a zero */
	uint32_t version;                /* 1 */
	uint32_t endian;                 /* 0x01020304 */
	uint64_t bytes;                  /* of the whole blob */
	uint64_t plan_hash;              /* of the code it was packed for */
	uint64_t checksum;               /* rc_hash of what follows the head */
	char model[64];                  /* name, zero-terminated */
	char target[24];
} rc_blob;

/* FNV-1a over 64-bit words in four lanes. */
uint64_t rc_hash(const void *data, size_t len);

/* --- used by emitted code --- */

/* Has the processor, an x86-64, all of these, and keeps the system their registers? */
enum { RC_FMA = 1, RC_F16C = 2, RC_AVX2 = 4, RC_AVX512F = 8, RC_AVX512BW = 16, RC_AVX512_VNNI = 32, RC_AVX_VNNI = 64 };
int rc_x86(int features);
int rc_neon_dot(void);               /* has the processor, an AArch64, products of bytes? */
int rc_rvv_bits(void);               /* of a vector of this processor, a RISC-V one with vectors 1.0; 0: it is none */

enum { RC_OPERANDS = 12 };           /* most of a kernel */

/* A kernel does units lo to hi of its work on what lies at p[0], p[1], ... */
typedef void rc_kernel(void *const *p, int lo, int hi);

/* Where an operand lies: bytes from the start of the workspace, or after one of these of something else. */
#define RC_HOME(which) ((size_t)(which) << (8*sizeof(size_t) - 3))
#define RC_W   RC_HOME(1)            /* the weight blob */
#define RC_IN  RC_HOME(2)            /* the caller's input */
#define RC_OUT RC_HOME(3)            /* the caller's output */

/*
** When a step may begin: when all before it are done; beside the one before, with what that one waits for; as the
** first, for threads are called anew. They are after so much work: where other programs run, one that is stopped in the
** midst lets the others wait.
*/
enum { RC_AFTER, RC_BESIDE, RC_ANEW };

/*
** A network is a table of steps that run one after the other. The steps of a layer, up to the one with its name, take
** turns: each in so many rounds, and in each round so many units of its work, which threads share. Where own is not 0,
** each of at most rc_network.parts threads has so many bytes to itself, one after the other from the first operand on.
*/
typedef struct rc_step {
	const char *name;                /* of the layer that is done after this step, or NULL */
	rc_kernel *kernel;
	int units, rounds;
	int start;                       /* of its first round: one of these */
	size_t own;
	size_t at[RC_OPERANDS];
} rc_step;

enum { RC_FLOATS, RC_INTEGERS, RC_BYTES };   /* kinds of numbers, the first two of four bytes */

/* A layer's result in the workspace, for the self test and RC_CHECKED. */
typedef struct rc_tensor {
	int n, c, h, w, block;
	int top, left, bottom, right;    /* zeros around each plane */
	int kind;
	size_t at;                       /* of its first value, in bytes */
	size_t row, plane, image;        /* strides, in numbers */
	int last;                        /* the layer that reads it last; one past all for an output */
	size_t zeros;                    /* of bytes: in the blob, four floats: what stands for 0 in channels c%4 */
} rc_tensor;

typedef struct rc_layer {
	int first, results;              /* its results among the tensors */
	int from, reads;                 /* the tensors it reads, in the list of reads */
} rc_layer;

typedef struct rc_network {
	uint64_t plan_hash;
	size_t workspace, weights, input, output;  /* bytes */
	int pixels;                      /* the input is bytes, not floats */
	const rc_step *steps;
	int step_count;
	int parts;                       /* most threads that a step with memory of their own is divided among */
	const rc_tensor *tensors;
	const rc_layer *layers;
	int layer_count;
	const int *reads;
	size_t sums;                     /* in the blob: what the self test expects; 0: nothing */
	int each;                        /* sums of a layer */
} rc_network;

/* The self test and checked builds alone look at these: on a microcontroller programs without both go without them. */
#if defined(RC_CHECKED)
#define RC_TABLE(p) p
#else
#define RC_TABLE(p) NULL
#endif

int rc_check_blob(const rc_network *net, const void *weights, size_t len);
int rc_run(const rc_network *net, const rc_options *options, const void *weights, const void *input, void *output,
           void *workspace, size_t len);
/* parts: as in rc_network; home: where each RC_HOME starts */
void rc_walk(const rc_step *steps, int count, int parts, int flush, const rc_options *options, char *const *home);
uint64_t rc_round_to_nearest(int flush);     /* flush: denormal numbers are 0 */
void rc_round_as(uint64_t before, int flush);
void rc_clear(float *y, size_t count);
void rc_clear_halo(float *y, int lo, int hi, int h, int w, int cb, int top, int left, int bottom, int right);

void rc_fill(unsigned char *y, const float *zeros, size_t count);
void rc_fill_halo(unsigned char *y, const float *zeros, int lo, int hi, int h, int w, int cb, int top, int left,
                  int bottom, int right);

/* The self test runs each layer on made-up values: after a layer its sums are compared, then new inputs made up. */
enum { RC_SUMS = 16, RC_EXACT_SUMS = 4 };    /* of a layer, where all are exact; channel c is in sum c%16 or c%4 */
int rc_selftest(const rc_network *net, const void *weights, void *workspace, size_t len, const char **layer);
size_t rc_selftest_bytes(const rc_network *net);     /* of workspace that it needs */
float rc_pattern(uint32_t tensor, uint32_t i);
unsigned char rc_pattern_byte(uint32_t tensor, uint32_t i);
void rc_selftest_at(uint32_t sample, int h, int w, int *i, int *j);

/*
** Compiled with -DRC_CHECKED every layer is looked after: memory that is dead is filled with NaN, so that
** reading it shows; the zeros around results must still be zeros; the first layer that breaks them or makes NaN is what
** the run returns.
*/
#if defined(RC_CHECKED)
#if defined(__cplusplus)
extern thread_local const char *rc_checked_at;       /* after RC_E_BORDER and RC_E_NAN: the layer's name */
#else
extern _Thread_local const char *rc_checked_at;
#endif
#endif

#ifdef __cplusplus
}
#endif
#endif
