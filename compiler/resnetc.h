/*
** resnetc - every type once, then the prototypes by file. Read it first: it is the table of
** contents of the compiler.
**
** Names that mean one thing everywhere: g graph, n node, t target, k kernel descriptor, o text out;
** x y z input, output and skip; w b weights and bias; n c h w image, channel, row, column;
** ic oc input and output channels; kh kw sh sw dh dw kernel, stride, dilation; cb channels of a block.
*/
#ifndef RESNETC_H
#define RESNETC_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define VERSION "0.1.0"

#if defined(__GNUC__)
#define PRINTF(f, a) __attribute__((format(printf, f, a)))
#define NORETURN     __attribute__((noreturn))
#else
#define PRINTF(f, a)
#define NORETURN
#endif

enum {
	AlignFloats = 16,            /* every tensor and weight starts on a 64-byte line */
	HeaderBytes = 128,           /* of a weight blob, before the first weight */
	NTargets    = 4,             /* most targets of one artefact */
	NSizes      = 8,             /* most input sizes of one artefact */
	NInputs     = 64,            /* most inputs of one node (concat) */
	NNodes      = 4096           /* most nodes of one model */
};

/* --- shapes and attributes --- */

typedef struct { int h, w; } Pair;
typedef struct { int t, l, b, r; } Sides;              /* top, left, bottom, right */
typedef struct { int from, to, step; } Range;          /* end exclusive */
typedef struct { int n, c, h, w; } Shape;              /* images, channels, rows, columns */

enum { SameUpper = -1, DefaultPadding = -2 };          /* in padding.t until the shape rule resolves it */

/* activations; each but none is an op of the same name too */
#define ACTS(X) X(none) X(relu) X(relu6) X(clip) X(leaky_relu) X(sigmoid) X(silu) X(hard_sigmoid) X(hard_swish)
typedef enum {
#define X(a) Act_##a,
	ACTS(X)
#undef X
	NActs
} Act;

/* where an output pixel of a resampling lies in its input; names and formulas are ONNX Resize's */
#define COORDS(X) X(half_pixel) X(pytorch_half_pixel) X(align_corners) X(asymmetric) X(half_pixel_symmetric) X(tf_half_pixel_for_nn)
typedef enum {
#define X(a) Coords_##a,
	COORDS(X)
#undef X
	NCoords
} Coords;

#define ROUNDINGS(X) X(floor) X(ceil) X(round_prefer_floor) X(round_prefer_ceil)
typedef enum {
#define X(a) Rounding_##a,
	ROUNDINGS(X)
#undef X
	NRoundings
} Rounding;

typedef struct Attr {
#define INT   int
#define PAIR  Pair
#define PAIR0 Pair
#define SIDES Sides
#define BOOL  bool
#define REAL  double
#define RANGE Range
#define WORD  int
#define NAME  const char *
#define SHAPE Shape
#define ATTR(name, kind, field, lo, hi, dflt, doc) kind field;
#include "attrs.h"
#undef ATTR
#undef INT
#undef PAIR
#undef PAIR0
#undef SIDES
#undef BOOL
#undef REAL
#undef RANGE
#undef WORD
#undef NAME
#undef SHAPE
} Attr;

typedef enum {
#define ATTR(name, kind, field, lo, hi, dflt, doc) At_##name,
#include "attrs.h"
#undef ATTR
	NAttrs
} AttrId;

enum {
#define ATTR(name, kind, field, lo, hi, dflt, doc) A_##name = 1 << At_##name,
#include "attrs.h"
#undef ATTR
	A_none = 0,
	A_EPILOGUE = A_act | A_slope | A_offset | A_lo | A_hi     /* an activation and its numbers */
};

typedef enum { K_INT, K_PAIR, K_PAIR0, K_SIDES, K_BOOL, K_REAL, K_RANGE, K_WORD, K_NAME, K_SHAPE } AttrKind;

typedef struct {
	const char *name;
	AttrKind kind;
	size_t at;                   /* offset of the field in Attr */
	double lo, hi;               /* allowed values */
	const char *dflt, *doc;
} AttrRow;

/* --- ops and nodes --- */

typedef enum {
#define OP(name, lo, hi, shape, family, epi, same, over, par, attrs, doc) O_##name,
#include "ops.h"
#undef OP
	NOps
} Op;

typedef struct Node Node;
typedef struct Graph Graph;
typedef struct Family Family;

typedef struct {
	const char *name;
	int lo, hi;                  /* fewest and most inputs */
	void (*shape)(Node *);       /* sets n->shape, or reports what is wrong */
	const Family *family;        /* emits it, packs its weights */
	bool epilogue, same, over, params;
	unsigned attrs;              /* A_ bits it takes */
	const char *doc;
} OpRow;

typedef enum { P_weight, P_bias, P_bn_weight, P_bn_bias, P_bn_mean, P_bn_var, NParams } ParamId;

typedef struct {
	const char *name;            /* in the weight file; NULL: the node has no such parameter */
	double *data;                /* bound values, NULL before binding */
	size_t count;
} Param;

typedef struct {                     /* how a tensor lies in the arena, in floats */
	int cb;                      /* channels of a block, innermost; 1: planar */
	Sides halo;                  /* zeros kept around the image */
	size_t row, plane, image;    /* strides: one row, one block of channels, one image */
	size_t origin;               /* of element 0,0,0 */
} Layout;

struct Node {
	Op op;
	int id;                      /* position in g->nodes, after renumber() */
	const char *name;            /* torchvision's name of the layer; unique */
	int line;                    /* of the model file */
	Graph *g;
	Node *in[NInputs];
	int nin;
	Attr a;
	Shape shape;
	const char *scale;           /* bn: the layer its weight and bias are kept under, NULL: itself */
	Param p[NParams];
	int readers;                 /* fill_uses(): how many inputs read it; outputs count */

	/* set by the passes */
	const Family *family;        /* choose: who emits it */
	Layout lay;                  /* layout */
	size_t at;                   /* plan: first float in the arena */
	Node *over;                  /* plan: the node whose memory it takes over, or NULL */
	size_t scratch_at;           /* plan: memory its kernel works in, where the family has phases */
	size_t w_at, b_at;           /* blob: first float of weights and bias */
};

typedef struct {                     /* nn.image: how a picture becomes the input */
	double scale, mean[4], std[4];
	double crop;                 /* share of the resized picture that is kept, torchvision: 0.875 */
	bool u8, hwc, bgr;           /* the caller's pixels: bytes, channels innermost, blue first */
	bool swap;                   /* the network's channels are in the other order than the caller's */
	bool normalize;              /* the network applies scale, mean and std itself */
} Image;

struct Graph {
	const char *name, *file;     /* model name; model file as given */
	Node **nodes;                /* in an order that can be run */
	int count;
	Node **outputs;
	int noutputs;
	const char **output_names;   /* "" where the model gives none */
	const char *prefix;          /* before the names of weights, "" or "module." */
	Image image;
	const char **classes;        /* NULL: not given */
	int nclasses;
	const char **ignore;         /* weight names that may stay unused; '*' at the end matches a prefix */
	int nignore;
	const struct Tuned *tuned;   /* choose, tile: what was measured; NULL: only the cost model */
	const Graph *like;           /* tile: pack weights as this graph, of another input size, does; NULL: freely */
	const struct Target *target; /* passes need it from choose on */
	bool exact;                  /* choose: no algorithm that rounds otherwise than a direct convolution */
	bool plain_choice;           /* choose: the direct family for every convolution */
	bool plain_layout;           /* layout: every tensor gets the halo of the widest */
	bool plain_tile;             /* tile: one vector by one pixel */
	bool plain_plan;             /* plan: every tensor in memory of its own */
	size_t arena, live;          /* plan: floats used; largest sum of live tensors */
	const char *live_at;         /* plan: the node where that sum is reached */
};

/* --- targets and kernels --- */

typedef struct Target {
	const char *name;
	int vl;                      /* floats of a vector */
	int regs;                    /* vector registers */
	int block;                   /* channels of a block */
	double fma, load, issue;     /* per cycle: multiply-adds, loads, instructions */
	int latency;                 /* of a multiply-add, cycles */
	double l1, l2;               /* bytes that stay in the cache */
	double from_l2, from_l3, from_memory;  /* bytes a cycle */
	const char *macro;           /* defined by compilers for the architecture, or NULL */
	const char *cpu;             /* C expression: can this processor run it */
} Target;

typedef struct {                     /* all that a kernel's text depends on; equal ones share a function */
	Op op;
	Attr a;                      /* without names */
	Shape x, y;
	Layout lx, ly, lz;           /* input, output, skip */
	bool bias, skip;
	const Image *image;          /* input: how the caller's pixels are read; NULL: float NCHW as they are */
	bool gate;                   /* mul: input 1 is one value a channel */
	bool store;                  /* copies a result to the caller's array */
	int channel0;                /* concat: first channel of the input it copies */
	const Target *t;
	const Family *family;
} Kernel;

typedef struct Out Out;

typedef struct {                     /* a kernel of two phases, FN_in and FN, with memory between them */
	int bands;                   /* how often they follow each other, each time on the next units */
	int units;                   /* of FN_in, of one band */
	size_t scratch;              /* floats */
} Phases;

struct Family {
	const char *name;
	int (*emit)(Out *o, const Kernel *k, const char *fn);     /* writes function fn, returns its units of work */
	void (*describe)(const Kernel *k, char *name, size_t len);/* the kernel's own name */
	size_t (*weights)(const Kernel *k);                       /* floats of packed weights, or NULL */
	size_t (*biases)(const Kernel *k);                        /* floats of packed bias, or NULL */
	void (*pack)(const Kernel *k, const double *w, const double *b, float *pw, float *pb);
	Phases (*phases)(const Kernel *k);                        /* NULL: one phase */
};

/* error.c */
enum { ExitOk, ExitInput, ExitUsage, ExitBug };
extern bool quiet;
void fail(const char *format, ...) PRINTF(1, 2) NORETURN;                           /* the user's fault: exit 1 */
void fail_at(const Node *n, const char *format, ...) PRINTF(2, 3) NORETURN;         /* file:line: op 'name': ... */
void warn(const char *format, ...) PRINTF(1, 2);
void usage_error(const char *format, ...) PRINTF(1, 2) NORETURN;                    /* exit 2 */
void die_at(const char *file, int line, const char *format, ...) PRINTF(3, 4) NORETURN; /* our fault: exit 3 */
const char *attempt(void (*f)(void *), void *user);   /* what f said when it failed, instead of the end; NULL: it did not */
#define die(...) die_at(__FILE__, __LINE__, __VA_ARGS__)
const char *nearest(const char *word, const char *const *words, int count);         /* for "did you mean"; NULL: none is near */

/* diagnose.c */
void tell(const char *message);                      /* to standard error; on a terminal in colour, with the source line */

/* progress.c */
void progress(const char *what, int done, int all);  /* a bar on a terminal; done == all takes it away */

/* memory.c */
void *arena_new(size_t bytes);                       /* zeroed; lives until the process ends */
void arena_release(void);                            /* all of it, before the end */
char *arena_text(const char *format, ...) PRINTF(1, 2);
const char *backslashed(const char *s, const char *letters);         /* a backslash before each of these letters */
void *array_grow(void *array, int count, size_t item);/* room for one more; array lives in the arena */
#define NEW(type) ((type *)arena_new(sizeof(type)))
#define PUSH(array, count, ...) ((array) = array_grow((array), (count), sizeof *(array)), (array)[(count)++] = __VA_ARGS__)

/* graph.c */
extern const OpRow op_rows[NOps];
extern const AttrRow attr_rows[NAttrs];
extern const char *const act_names[NActs];
const char *const *words_of(const AttrRow *row, int *count); /* of an attribute of kind WORD */
Act act_of(Op op);                                   /* Act_none: not an activation */
void set_act(Attr *a, Act act, const Attr *from);
void attr_copy(const AttrRow *row, Attr *to, const Attr *from);
bool attr_differs(const AttrRow *row, const Attr *a, const Attr *b);
Graph *graph_new(const char *file);
Node *node_new(Graph *g, Op op, int line);           /* with default attributes, not yet in g->nodes */
void node_add(Graph *g, Node *n);                    /* infers its shape and appends it */
void node_params(Node *n, const char *(*rename)(void *, const char *), void *user);
void node_remove(Node *n, Node *by);                 /* readers of n read by instead */
void renumber(Graph *g);                             /* ids, and drops removed nodes */
void fill_uses(Graph *g);
bool is_output(const Node *n);
size_t count_of(Shape s);                            /* elements of all images */
int64_t macs_of(const Node *n);                      /* multiply-adds of one image */
int ceil_div(int a, int b);
Shape param_shape(const Node *n, ParamId p, int *rank); /* as the weight file has it */

/* shape.c */
#define SHAPE_RULES(X) X(input) X(conv2d) X(linear) X(same) X(add) X(pool) X(adaptive) X(concat) X(slice) X(pad) X(flatten) \
	X(mul) X(upsample) X(top_k)
#define X(s) void shape_##s(Node *n);
SHAPE_RULES(X)
#undef X

/* resample.c */
typedef struct { int from, to; double share; } Sample; /* (1 - share)*x[from] + share*x[to] */
Sample sample_of(const Node *n, bool rows, int i);   /* output row (or column) i of an upsample */
Sample sample_at(const Attr *a, bool nearest, bool rows, int in, int out, int i);

/* check.c */
void check(const Graph *g, const char *after);       /* the verifier; a broken rule is our own fault */

/* dump.c */
void dump(FILE *f, const Graph *g, const char *after);    /* as model text */
char *dump_string(const Graph *g);                   /* malloc'd */
void dump_dot(FILE *f, const Graph *g);

/* interp.c */
double interp_activate(const Attr *a, Act act, double v);
void interp_node(const Node *n, const double *const *x, double *y);
double **interp(const Graph *g, const double *input);     /* every node's result, NCHW, malloc'd; see interp_free */
void interp_free(const Graph *g, double **values);

/* target.c */
extern const Target targets[];
extern const int ntargets;
const Target *target_named(const char *name);        /* "native" included; fails when unknown */
bool target_runs_here(const Target *t);
const char *cpu_name(void);                          /* of this machine */

/* tuned.c */
typedef struct {
	const char *cpu, *compiler, *target, *key;
	int threads;
	Pair winograd, tile;
	double us;
} TunedRow;
typedef struct Tuned {
	TunedRow *rows;
	int count;
} Tuned;
const char *tuned_key(const Node *n);                /* of a convolution */
const TunedRow *tuned_find(const Tuned *t, const Node *n);   /* NULL: not measured for this target */
Tuned *tuned_read(const char *file);

/* pass.c */
typedef struct {
	const char *name;
	void (*run)(Graph *);
	size_t plain;                /* offset in Graph of the switch for the least it must do; 0: may be left out */
	const char *doc;
} Pass;
typedef struct {
	const char *dump;            /* a pass name, "all" or NULL */
	bool dot, times;
	const char *stop_after;      /* a pass name or NULL */
	unsigned skip;               /* bit per pass */
	FILE *out;                   /* dumps go here */
} PassOptions;
extern const Pass passes[];
extern const int npasses;
int pass_named(const char *name);                    /* -1: no such pass */
bool run_passes(Graph *g, const PassOptions *po);    /* false: stopped before the last one */

/* passes/ - one public function a file */
void fold_bn(Graph *g);
void fuse(Graph *g);
void dce(Graph *g);
void choose(Graph *g);
void layout(Graph *g);
void tile(Graph *g);
void plan(Graph *g);
Layout layout_of(Shape s, int cb, Sides halo);
size_t layout_floats(const Layout *l, Shape s);
bool same_layout(const Layout *a, const Layout *b);

/* kernels/ */
extern const Family family_conv, family_winograd, family_grouped, family_bn, family_act, family_add, family_mul, family_pool,
	family_adaptive, family_copy, family_softmax, family_upsample, family_top_k;
typedef struct {                     /* how a direct convolution is cut */
	int ob, p;                   /* register tile: vectors of output channels, pixels */
	int count[2], width[2];      /* a row: so many tiles of so many pixels, the second one narrower */
	int rows, cols, fold;        /* image as it is walked: fold rows follow each other as one */
	int chunk, blocks;           /* input channel blocks of one pass, of all passes */
	int bands;                   /* groups of rows, one unit of work each, when there are several passes */
} Tiling;
Kernel kernel_of(const Node *n, int part);
bool same_kernel(const Kernel *a, const Kernel *b);
int vectors_of(const Kernel *k);                     /* vectors of output channels, padding included */
Tiling conv_tiling(const Kernel *k, int ob, int p);
double conv_cycles(const Kernel *k, const Tiling *tl);/* the cost model */
void conv_candidates(const Kernel *k, void (*each)(void *, int ob, int p), void *user);
bool grouped_fits(const Node *n);                    /* groups as wide in as out that fit a vector */
bool winograd_fits(const Node *n);                   /* 3x3, stride 1, no groups, enough channels */
int winograd_reach(int m, int in, int out, int before); /* rows that tiles of m read beyond the image */
double winograd_cycles(const Kernel *k, Pair m, int ob, int rt);
void winograd_candidates(const Kernel *k, void (*each)(void *, int ob, int rt), void *user);
double winograd_macs(const Kernel *k);               /* multiply-adds of the products, all images */
double winograd_error(const Node *n);                /* measured with its weights, relative to the largest result */
Kernel store_kernel(const Node *n);
void emit_epilogue(Out *o, const Kernel *k, const char *acc, const char *at);  /* binds $value */
void emit_operand(Out *o, const char *name, Shape s, const Layout *l);
void emit_kernel_head(Out *o, const Kernel *k, const char *fn);
const char *times(const char *i, size_t factor);
const char *activated(const Kernel *k, Act act, const char *value);            /* the expression act(value) */
const char *act_open(const Kernel *k);               /* "relu(" for a comment's formula */
const char *act_close(const Kernel *k);
const char *act_suffix(const Kernel *k);             /* "_relu" for a kernel's name */
void emit_image_loop(Out *o, const Kernel *k, const char *unit, int count);
const char *vector_base(const Kernel *k, const char *name, const Layout *l);

/* emit/out.c - text with $names */
Out *out_new(void);
void out_set(Out *o, const char *name, const char *format, ...) PRINTF(3, 4);   /* bind $name */
void out_text(Out *o, const char *template);         /* appends, $names replaced, lines indented by their braces */
void out_line(Out *o, const char *format, ...) PRINTF(2, 3);
void out_raw(Out *o, const char *text);              /* as it is */
const char *out_string(const Out *o, size_t *len);

/* emit/ */
typedef struct {
	char *name;                  /* file name, no folder */
	const void *data;
	size_t len;
} File;
typedef struct {
	Kernel k;
	char name[128];
	const char *text, *code;     /* comment and C; C alone */
	int units;
	Phases phases;               /* where the family has them */
	Node **users;                /* nodes it serves */
	int nusers;
} Function;
typedef struct Artefact Artefact;
typedef struct {                     /* everything the emitters need to know about one compilation */
	Graph *g;
	Function *functions;
	int nfunctions;
	size_t weight_floats;        /* of the blob */
	size_t selftest_at;          /* in it: what the self test expects */
	uint64_t plan_hash;
	char model_sha[65], weights_sha[65];
	const char *command;         /* without paths */
	const Artefact *artefact;    /* what NAME.h tells of several targets and sizes; NULL: one of each */
	bool size_only;              /* of several input sizes not the first: without a self test */
	const char *embed;           /* NAME_weights.c comes with it: "file" or "c"; or NULL */
	bool guarded;                /* emit_source: compile to nothing on other architectures */
} Model;
struct Artefact {                    /* several targets and input sizes under one name */
	const char *name;
	Model **parts;               /* [target][size] */
	int targets, sizes;
};
Model *model_of(Graph *g);                           /* shares and writes kernels, lays out the blob */
const Function *function_of(const Model *m, const Kernel *k);
int parts_of(const Node *n);                         /* kernels that make its result: a concat has one per input */
void emit_banner(Out *o, const Model *m, const char *ext, const char *what);
void emit_names(Out *o, const Graph *g);             /* binds $name_run, $NAME_BATCH, ... */
void emit_constants(Out *o, const Graph *g);
File emit_source(const Model *m);
File emit_header(const Model *m);
File emit_blob(const Model *m);                      /* folds, packs, checksums; needs bound weights */
size_t selftest_floats(const Graph *g);               /* emit/selftest.c */
void selftest_expect(const Node *n, const double *w, const double *b, float *to);
void emit_checks(Out *o, const Model *m);
void emit_selftest(Out *o, const Model *m);
size_t selftest_bytes(const Graph *g);
void fold_weights(const Node *n, double **w, double **b); /* batch norm multiplied in, in double; malloc'd */
File emit_embedded(const Model *m, const File *blob);  /* NAME_weights.c */
int amalgamate(File *files, int count);              /* NAME.c, NAME.h and the blob are left, and need nothing else */
void write_depfile(const char *path, const char *dir, const File *source);
int emit_artefact(const Artefact *a, File *files);  /* with a dispatcher; files: 3 + 2*targets*sizes */
const char *size_name(const Model *m);               /* "224x224" */
size_t workspace_of(const Artefact *a, int size);    /* bytes, on any target */
size_t outputs_of(const Graph *g);                   /* floats of all outputs */
int runtime_files(const Target *const *t, int nt, File *files);     /* what the generated C includes and links */
File safetensors_file(const Graph *g, char *name);           /* weights/safetensors.c: the bound parameters */
void write_files(const char *dir, const File *files, int count); /* all or none */
const char *sha256_of(const void *data, size_t len, char hex[65]);

/* weights/ */
typedef struct Zip Zip;
typedef struct {
	const char *name;
	int rank;
	int64_t dim[8], stride[8];   /* strides in elements */
	char dtype[8];               /* as safetensors names it: F64 F32 F16 BF16 I64 I32 I16 I8 U64 U32 U16 U8 BOOL */
	const unsigned char *data;   /* of element 0; NULL: in a zip entry, see tensor_load */
	Zip *zip;
	uint64_t entry;              /* of the zip */
	size_t at;                   /* bytes from the entry's start to element 0 */
	unsigned char *loaded;       /* the entry, while it is in memory */
	bool used;
} Tensor;
typedef struct {
	const char *file;
	Tensor *tensors;
	int count;
	char sha[65];                /* of the file, or of all shards */
} Weights;
Weights *weights_open(const char *file);             /* by its content */
Weights *safetensors_open(const char *file, const unsigned char *map, size_t len);
Weights *safetensors_index_open(const char *file, const unsigned char *map, size_t len);
Weights *npy_open(const char *file, const unsigned char *map, size_t len);
Weights *npz_open(const char *file, Zip *z);
Weights *torch_zip_open(const char *file, Zip *z);
Weights *onnx_weights_open(const char *file, const unsigned char *map, size_t len);
Weights *torch_legacy_open(const char *file, const unsigned char *map, size_t len);
int dtype_bytes(const char *dtype);                  /* 0: not a dtype */
bool dtype_is_float(const char *dtype);
void tensor_load(Tensor *t);                         /* before the first tensor_get */
void tensor_unload(Tensor *t);
double tensor_get(const Tensor *t, size_t i);        /* element i in C order, any dtype, as double */
size_t tensor_count(const Tensor *t);
bool tensor_contiguous(Tensor *t);                   /* sets C-order strides; false: too many elements */
const char *tensor_shape(const Tensor *t);           /* "64x3x7x7" */
void npy_parse(const char *file, const unsigned char *p, size_t len, size_t whole, Tensor *t); /* len bytes of whole are there */
Zip *zip_map(const char *file, const unsigned char *map, size_t len);
int64_t zip_entries(const Zip *z);
const char *zip_name(const Zip *z, uint64_t entry);
int64_t zip_find(const Zip *z, const char *suffix);  /* the first entry whose name ends so, or -1 */
uint64_t zip_size(const Zip *z, uint64_t entry);
unsigned char *zip_load(const Zip *z, uint64_t entry, size_t most, size_t *len);  /* malloc'd; most: bytes wanted, 0: all */
void bind_weights(Graph *g, Weights *w);             /* by name; reports every problem at once */
void bind_random(Graph *g, uint64_t seed);
uint64_t rnd(uint64_t *state);                       /* splitmix64 (Steele, Lea, Flood 2014) */
double rnd_share(uint64_t *state);                   /* from 0 to below 1 */
double rnd_normal(uint64_t *state);                  /* of mean 0 and variance 1 */

/* import/ */
typedef struct {
	int batch, h, w;             /* 0: as the file says, 1 where it leaves the batch open */
	const struct OnnxConstant *constants;  /* values of further inputs */
	int nconstants;
} OnnxOptions;
Graph *onnx_import(const char *file, const OnnxOptions *o);   /* parameters bound */
char *structured_text(Graph *g);                     /* as stages and blocks; NULL: it is not made of them */

/* image/ */
typedef struct { int c, h, w; float *data; } Picture;/* float RGB planes, 0..255 */
Picture image_read(const char *file);                /* .png or .jpg by content */
void image_to_input(const Picture *p, const Graph *g, float *out); /* resized, cropped, normalised; one image */
typedef struct { int rank; int64_t dim[8]; float *data; unsigned char *u8; size_t count; } Npy;   /* one of data and u8 */
Npy npy_read(const char *file);
void npy_write(const char *file, const float *data, int rank, const int64_t *dim);

/* dsl.c */
typedef struct {
	const char *name;            /* NULL: the model's own */
	const char *prefix;          /* of weight names; NULL: the model's own */
	int batch, h, w;             /* 0: the model's own */
	const char *const *args;     /* key=value, seen as nn.arg */
	int nargs;
	bool verbose;                /* Lua traceback */
} DslOptions;
Graph *dsl_load(const char *file, const DslOptions *o);
Graph *dsl_try(const char *file, const DslOptions *o);    /* NULL instead of an error */
void dsl_doc(FILE *f);

/* files.c */
void *file_map(const char *path, size_t *len);       /* read-only; fails with the reason */
const char *const *files_mapped(int *count);         /* what file_map was asked for, each path once */
char *temp_dir(void);                                /* removed at exit, with what is in it */
double seconds(void);

/* host.c - compile for this machine and load */
typedef struct {
	void *lib;
	int (*check)(const void *, size_t);
	int (*run_with)(const void *options, const void *weights, const void *in, float *out, void *ws, size_t len);
	const char *(*strerror)(int);
	double (*peak)(double);      /* GFLOP/s of multiply-adds over about this many seconds */
	double (*bandwidth)(size_t bytes, double seconds);       /* GB/s of reading so much again and again */
	const char *compiler;
} Host;
Host host_build(const Model *m, const char *dir, bool with_peak);
void *host_load(const char *dir, const char *sources, const char *flags, const char **cc);  /* compiled and loaded */
void *host_symbol(void *lib, const char *name);

#endif
