/*
** graph.h - the network: the tables of ops and attributes, nodes, the graph, what is known of it without a target
** (shape rules, the verifier, the dump, the reference interpreter).
*/
#ifndef GRAPH_H
#define GRAPH_H

#include "value.h"

enum { SameUpper = -1, DefaultPadding = -2 };          /* in padding.t until the shape rule resolves it */

/* activations; each but none is an op of the same name too */
typedef enum {
	Act_none,
#define ACT(name, attrs, word, steepest, rounding, doc) Act_##name,
#include "acts.h"
#undef ACT
	NActs
} Act;

/* where an output pixel of a resampling lies in its input; names and formulas are ONNX Resize's */
#define COORDS(X) X(half_pixel) X(pytorch_half_pixel) X(align_corners) X(asymmetric) X(half_pixel_symmetric) \
	X(tf_half_pixel_for_nn)
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

/* what a pad writes */
#define FILLS(X) X(constant) X(reflect) X(replicate)
typedef enum {
#define X(a) Fill_##a,
	FILLS(X)
#undef X
	NFills
} Fill;

/* how a result becomes bytes: as dsl/README defines it, or as ONNX Runtime does it for unsigned or signed bytes, or on
   floats between bytes */
#define REQUANTS(X) X(exact) X(onnx_u8) X(onnx_s8) X(onnx_float)
typedef enum {
#define X(a) Requant_##a,
	REQUANTS(X)
#undef X
	NRequants
} Requant;

/* orders of the axes of channels, rows and columns */
#define ORDERS(X) X(chw) X(cwh) X(hcw) X(hwc) X(wch) X(whc)
typedef enum {
#define X(a) Order_##a,
	ORDERS(X)
#undef X
	NOrders
} Order;

/* what becomes of numbers that belong together */
#define REDUCTIONS(X) X(sum) X(mean) X(max) X(min) X(l2)
typedef enum {
#define X(a) Reduce_##a,
	REDUCTIONS(X)
#undef X
	NReductions
} Reduction;

#define AXES(X) X(channels) X(height) X(width) X(image)
typedef enum {
#define X(a) Along_##a,
	AXES(X)
#undef X
	NAlongs
} Along;

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
#define ATTR(name, kind, field, lo, hi, doc, ...) kind field;
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
#define ATTR(name, kind, field, lo, hi, doc, ...) At_##name,
#include "attrs.h"
#undef ATTR
	NAttrs
} AttrId;

/* sets of attributes: a bit each */
#define ATTR(name, kind, field, lo, hi, doc, ...) static const uint64_t A_##name = UINT64_C(1) << At_##name;
#include "attrs.h"
#undef ATTR

#define A_FOLDED (A_bn|A_bn_eps|A_bn_affine|A_gamma|A_in_gain|A_out_gain|A_out_offset)  /* into weights and bias */
#define A_EPILOGUE epilogue_attrs()                    /* an activation and the numbers of all of them */
#define A_BYTES    (A_step|A_zero)                     /* what the bytes of a result stand for */

typedef enum { K_INT, K_PAIR, K_PAIR0, K_SIDES, K_BOOL, K_REAL, K_RANGE, K_WORD, K_NAME, K_SHAPE } AttrKind;

typedef struct {
	const char *name;
	AttrKind kind;
	size_t at;                   /* offset of the field in Attr */
	double lo, hi;               /* allowed values */
	const char *doc;
	const struct Default *defaults;      /* the first for all ops without one of their own */
	int ndefaults;
} AttrRow;

/* --- ops and nodes --- */

typedef enum {
#define OP(name, lo, hi, shape, family, epi, same, over, par, attrs, doc) O_##name,
#include "ops.h"
#undef OP
	NLanguageOps, LastLanguageOp = NLanguageOps - 1, /* those of the language; behind them those of training */
#define GRAD(name, lo, hi, family, epi, over, doc) O_##name,
#include "gradients/ops.h"
#undef GRAD
	NOps
} Op;

typedef struct Graph Graph;

typedef struct {
	const char *name;
	int lo, hi;                  /* fewest and most inputs */
	bool epilogue, same, over, params;
	const char *doc;
} OpRow;

typedef struct Default {
	Op op;                       /* NOps: any */
	double value;
	const char *words;           /* what the value stands for; NULL: itself */
} Default;

typedef enum {
	P_weight, P_bias, P_bn_weight, P_bn_bias, P_bn_mean, P_bn_var, P_gamma, P_slope, P_weight_step, NParams
} ParamId;

typedef struct {
	const char *name;            /* in the weight file; NULL: the node has no such parameter */
	double *data;                /* bound values, NULL before binding */
	size_t count;
	int state;                   /* in training: which of the state's, counted from 1; 0: none */
} Param;

enum {
	NInputs  = 64,               /* most inputs of one node (concat) */
	NResults = 2,                /* most results */
	NPacked  = 4,                /* most parameters as a kernel reads them */
	NNodes   = 16384             /* most nodes of one model */
};

struct Node {
	Op op;
	int id;                      /* position in g->nodes, after renumber() */
	const char *name;            /* torchvision's name of the layer; unique */
	int line;                    /* of the model file */
	Graph *g;
	Value *in[NInputs];
	int nin;
	Value out[NResults];
	int nout;                    /* results, which its shape rule says */
	Attr a;
	const Node *of;              /* of a backward node: the forward one; NULL: it is none */
	bool frozen;                 /* in training: a batch norm by its running statistics, which stay */
	bool turned;                 /* its weights are those of of, inputs and outputs exchanged */
	const char *scale;           /* bn: the layer its weight and bias are kept under, NULL: itself */
	Param p[NParams];

	/* set by the passes */
	const struct Family *family; /* choose: who emits it */
	int strips;                  /* strips: of images, each of which has sums of its own; 0: as the family likes */
	int strip;                   /* strips: nodes with this number are done strip by strip; 0: the whole batch at once */
	Value packed[NPacked];       /* plan: its parameters as the kernel reads them */
	int npacked;
	Value scratch;               /* plan: memory its kernel works in; no bytes: none */
	Value own;                   /* plan: memory that each part of its work has to itself, one part's after the other */
	size_t own_each;             /* bytes of one part's */
	Value inner;                 /* plan: of the first node of some in strips: what is theirs alone, a part's each */
	size_t inner_each;
};

typedef struct {                     /* nn.image: how a picture becomes the input */
	double scale, mean[4], std[4];
	double crop;                 /* share of the resized picture that is kept, torchvision: 0.875 */
	bool u8, hwc, bgr;           /* the caller's pixels: bytes, channels innermost, blue first */
	bool swap;                   /* the network's channels are in the other order than the caller's */
	bool normalize;              /* the network applies scale, mean and std itself */
} Image;

typedef struct {                     /* nn.model's quantize */
	const char **keep;           /* layers that stay on floats; '*' at the end matches a prefix */
	int nkeep;
	bool minmax;                 /* ranges from the least to the largest value */
	bool u7;                     /* results of 0 to 127 */
	bool outputs;                /* are bytes too */
	bool as_rounded;             /* biases are not corrected by what rounding does to the mean */
} Quantize;

struct Graph {
	const char *name, *file;     /* model name; model file as given */
	Node **nodes;                /* in an order that can be run */
	int count;
	Value **outputs;
	int noutputs;
	const char **output_names;   /* "" where the model gives none */
	const char *prefix;          /* before the names of weights, "" or "module." */
	Image image;
	const char **classes;        /* NULL: not given */
	int nclasses;
	struct Training *train;      /* nn.train; NULL: the model has none */
	bool training;               /* the graph is one of training: forward and backward */
	bool variant_said;           /* of the bottlenecks: the model chose, v1 or v1.5 is no oversight */
	Quantize quantize;
	const char **ignore;         /* weight names that may stay unused; '*' at the end matches a prefix */
	int nignore;
	const struct Tuned *tuned;   /* choose, tile: what was measured; NULL: only the cost model */
	const struct Steps *steps;   /* quantize: what bytes stand for; NULL: it is a network of floats */
	const Graph *like;           /* tile: pack weights as this graph, of another input size, does; NULL: freely */
	const struct Target *target; /* passes need it from choose on */
	Dtype store;                 /* how weights are kept: as floats, f16 or bf16; rounded so by fold_weights */
	int parts;                   /* plan: threads that each have memory of their own where a layer needs some, at
	                                most; 0: as many as the target's row says */
	bool exact;                  /* choose: no algorithm that rounds otherwise than a direct convolution */
	bool winograd;               /* choose: larger weights are welcome on lean targets too */
	bool plain_choice;           /* choose: the direct family for every convolution */
	bool plain_layout;           /* layout: every tensor gets the halo of the widest */
	bool plain_tile;             /* tile: one vector by one pixel */
	bool plain_strips;           /* strips: every layer does the whole batch */
	bool plain_plan;             /* plan: every tensor in memory of its own */
	size_t arena, live;          /* plan: bytes used; largest sum of live values */
	const char *live_at;         /* plan: the node where that sum is reached */
	size_t blob;                 /* plan: bytes of the weight blob, its head included, the self test's sums not */
};

/* acts.c */
extern const char *const act_names[NActs];
extern const char *const act_words[NActs];           /* how each is called, with $names */
uint64_t epilogue_attrs(void);

/* ops.c */
extern const OpRow op_rows[NOps];
bool op_takes(Op op, AttrId attr);                   /* may a node of this op carry the attribute */
Act act_of(Op op);                                   /* Act_none: not an activation */

/* attr.c */
extern const AttrRow attr_rows[NAttrs];
const char *const *words_of(const AttrRow *row, int *count); /* of an attribute of kind WORD */
void attr_copy(const AttrRow *row, Attr *to, const Attr *from);
bool attr_differs(const AttrRow *row, const Attr *a, const Attr *b);
void attr_default(const AttrRow *row, Op op, Attr *a);
bool attr_required(const AttrRow *row);
const char *attr_default_text(const AttrRow *row, Op op);
const char *attr_defaults_text(const AttrRow *row);  /* of all ops */
void set_act(Attr *a, Act act, const Attr *from);

/* graph.c */
void fail_at(const Node *n, const char *format, ...) PRINTF(2, 3) NORETURN;         /* file:line: op 'name': ... */
Graph *graph_new(const char *file);
Node *node_new(Graph *g, Op op, int line);           /* with default attributes, not yet in g->nodes */
void node_params(Node *n, const char *(*rename)(void *, const char *), void *user);
void node_remove(Node *n, Value *by);                /* readers of n read by instead */
void renumber(Graph *g);                             /* ids, and drops removed nodes */
void fill_uses(Graph *g);                            /* readers and lifetimes of all results */
bool is_output(const Value *v);
bool has_slopes(const Node *n);                      /* a prelu, or one in its epilogue */
bool takes_skip(const Node *n);                      /* a convolution or linear layer that adds input 1 */
bool is_dense(const Node *n);                        /* a weighted sum: convolutions, linear */
bool is_norm(const Node *n);                         /* by the statistics of its own input: group_norm, layer_norm */
int terms_of(const Node *n);                         /* matmul: products behind each result */
int64_t macs_of(const Node *n);                      /* multiply-adds of one image */
Shape param_shape(const Node *n, ParamId p, int *rank); /* as the weight file has it */

/* shape.c */
void infer(Node *n);                                 /* shapes and kinds of its results, or reports what is wrong */
void node_add(Graph *g, Node *n);                    /* infers its shape and appends it */

/* resample.c */
typedef struct { int from, to; double share; } Sample; /* (1 - share)*x[from] + share*x[to] */
Sample sample_of(const Node *n, bool rows, int i);   /* output row (or column) i of an upsample */
Sample sample_at(const Attr *a, bool nearest, bool rows, int in, int out, int i);
enum { CubicTaps = 4 };
typedef struct { int at[CubicTaps]; double share[CubicTaps]; } Cubic; /* the sum of share*x[at] */
Cubic cubic_at(const Attr *a, bool rows, int in, int out, int i);    /* of upsample_bicubic */

/* fold.c */
void fold_weights(const Node *n, double **w, double **b); /* batch norm multiplied in, in double; malloc'd */
bool is_halved(const Node *n);                       /* are its weights kept at half size */
double slope_of(const Node *n, size_t c);            /* of a prelu, in channel c */

/* check.c */
void check(const Graph *g, const char *after);       /* the verifier; a broken rule is our own fault */

/* dump.c */
const char *attr_text_of(const AttrRow *row, const Attr *a);
void dump_node(FILE *f, const Node *n);              /* one line */
void dump_end(FILE *f, const Graph *g);              /* nn.model { outputs = ... } */
void dump(FILE *f, const Graph *g, const char *after);    /* as model text */
char *dump_string(const Graph *g);                   /* malloc'd */
void dump_dot(FILE *f, const Graph *g);

/* integers.c - networks of bytes: what they stand for, and the arithmetic in which all agree */
bool is_bytes(const Value *v);
bool any_bytes(const Graph *g);                      /* does it work on bytes anywhere */
bool on_bytes(const Node *n);                        /* does it read bytes */
bool has_weights_of_bytes(const Node *n);            /* a convolution or linear layer whose weights are signed bytes */
const char *bytes_flaw(const Node *n);               /* why it cannot read and make the kinds it does; NULL: it can */
double pixel_step(const Graph *g, int c);            /* of a picture's channel */
double pixel_mean(const Graph *g, int c);            /* the pixel that stands for 0, no whole number mostly */
double step_of(const Value *v);                  /* 1 for floats and pixels, whose channels' steps are in the weights */
int zero_of(const Value *v, int c);                  /* the byte that stands for 0 in channel c; 0 for floats */
float factor_of(const Node *n, size_t c);            /* a sum of channel c to the result's steps */
float product_factor(const Node *n);                 /* of a mul: two inputs' bytes to the result's steps */
float exact_factor(double v);                    /* to 16 bits, so that it times the difference of two bytes is exact */
void act_bounds(const Node *n, float *lo, float *hi);/* of a result before zero is added */
bool is_kept(const Graph *g, const char *layer);     /* does the model say that it stays on floats */
void check_kept(const Graph *g);                     /* fails where it says so of what no layer is called */
bool keeps_bytes(Op op);                             /* does it hand bytes on as they are */
bool has_act_on_bytes(Act act);                      /* one that only clips */

/* requant.c - of a result that is made bytes as ONNX Runtime does it */
typedef struct { float factor[2], shift; } Requanted;  /* of each input: what it is multiplied by, quantize: divided;
                                                        onnx_float: shift is what the result is divided by;
                                                        avg_pool: factor[1] is, and shift added then */
Requanted requant_of(const Node *n);
double requant_origin(const Node *n);                /* our byte that is its 0: 128 where its bytes are signed */
const char *requant_flaw(const Node *n);             /* NULL: none */

/* interp_int8.c - of what does not only hand bytes on */
void interp_int8(const Node *n, const double *const *x, double *y);
double interp_int8_at(const Node *n, const double *const *x, int m, int c, int i, int j);  /* of a layer with weights */

/* interp_attention.c */
typedef struct { size_t from, count, step; } Line;
Line line_of(const Node *n, size_t i);               /* of a softmax or reduce: what number i of its input belongs to */

/* interp_binary.c */
size_t spread_index(Shape x, Shape y, size_t i);     /* where element i of y comes from in an input of shape x */

/* interp.c */
double interp_activate(const Attr *a, Act act, double v);
void interp_node(const Node *n, const double *const *x, double *y);  /* y: its results one after the other, NCHW */
size_t results_of(const Node *n);                    /* elements of all its results */
double **interp(const Graph *g, const double *input);     /* every node's results, malloc'd; see interp_free */
double *value_in(double *const *values, const Value *v);  /* where interp put v */
void interp_free(const Graph *g, double **values);

#endif
