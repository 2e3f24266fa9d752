/* import.h - the importer's own: values by name, attributes, views, making nodes. Ops are in the ops_ files. */
#ifndef IMPORT_H
#define IMPORT_H

#include "onnx.h"

enum { MostElements = 1 << 26 };     /* of a constant that is made here */

typedef struct {                     /* of a layer whose weights were dequantized */
	const Node *n;
	const double *scales;        /* of all weights, or of each output channel */
	int nscales;
	const double *bias, *floats; /* as integers; as floats where it was none of them */
} WholeWeights;

typedef struct Import {
	const char *file;
	const Onnx__GraphProto *graph;
	const OnnxOptions *o;
	int64_t opset;
	Graph *g;
	OnnxValue *values;
	int count;
	int *chain;                  /* of values whose names have one hash: the one before */
	int *newest;                 /* by hash: the last one, counted from 1 */
	bool as_declared;            /* the input has the sizes the file says, so other values have them too */
	WholeWeights *whole;
	int nwhole;
	const Node **joined;         /* nodes that make the bytes of an operator on bytes, of which no float is seen */
	int njoined;
	const Onnx__NodeProto *p;    /* the node at hand */
	int number;                  /* counted from 1 */
	void (*node)(struct Import *);       /* reads the node at hand, for one that stands for several */
	int depth;                   /* of graphs in nodes */
} Import;

/* values.c: values by name; copies, for the table may move */
void refuse(const Import *m, const char *format, ...) PRINTF(2, 3) NORETURN;  /* the node at hand */
OnnxValue *onnx_find(const Import *m, const char *name);
bool is_defined(const Import *m, const char *name);
void onnx_define(Import *m, const char *name, OnnxValue v);
bool has_input(const Import *m, size_t i);
OnnxValue input_at(const Import *m, size_t i);
OnnxValue constant_at(const Import *m, size_t i, const char *what);
OnnxValue tensor_at(const Import *m, size_t i);
size_t count_elements(const OnnxValue *v);
const char *dims_of(const OnnxValue *v);             /* "1x64x7x7" */

/* scales.c */
const char *type_name(int type);                     /* "signed bytes" */
OnnxValue scale_at(const Import *m, size_t i);       /* refuses scales that are none */
OnnxValue zero_at(const Import *m, size_t i, const OnnxValue *scale, int type);  /* type 0: any */
OnnxValue constant_dequantized(const Import *m, const OnnxValue *x, const OnnxValue *scale, const OnnxValue *zero,
                               int axis);            /* what it was made of stays known */

/* ops_quantised.c: an operator that has none on bytes is computed on the floats that they stand for */
double floats_of_bytes(Import *m, OnnxValue *x, double byte);      /* x becomes floats; what the byte stands for */
OnnxValue bytes_again(Import *m, OnnxValue y, const Node *x);      /* y as bytes with x's scale and zero point */

/* quantised.c */
void keep_whole(Import *m, Node *n, const OnnxValue *w, int axis, const OnnxValue *bias); /* axis: of the outputs */
void tell_floats(const Graph *g);                    /* which layers stayed on floats */
void to_bytes(Import *m);                            /* layers between bytes made floats and bytes work on bytes */

/* sequence.c */
typedef struct { const char **names; int count; } Names;
void names_read(Names *to, const Onnx__NodeProto *p);
const int *node_sequence(const Onnx__GraphProto *p);

/* inline.c */
void inline_functions(const char *file, Onnx__ModelProto *m);         /* calls of the file's own become their nodes */

/* tidy.c */
void tidy(Graph *g);                                 /* of floats: what stands around layers becomes part of them */

/* inputs.c */
void add_inputs(Import *m, bool (*needed)(const void *, const char *), const void *user);

/* attributes.c: an attribute without a value is zero, one that is not there has its default */
const Onnx__AttributeProto *attr_find(const Import *m, const char *name);
int64_t attr_int(const Import *m, const char *name, int64_t otherwise);
double attr_real(const Import *m, const char *name, double otherwise);
const char *attr_text(const Import *m, const char *name, const char *otherwise);
const Onnx__AttributeProto *attr_list(const Import *m, const char *name);
const Onnx__AttributeProto *attr_reals(const Import *m, const char *name);
bool attr_ints(const Import *m, const char *name, int count, int64_t *v, int64_t lo, int64_t hi);
int list_of(const Import *m, const char *name, size_t at, int64_t *v, int most);
int64_t whole_of(double v);                          /* a constant's value as a whole number, within bounds */
int axis_in(const Import *m, int64_t axis, int rank);/* counted from the end when negative; refuses others */

/* view.c: a tensor's dimensions as steps along the axes of its node */
int64_t axis_extent(const Node *n, int axis);
OnnxValue view_of(Node *n);                          /* images, channels, rows, columns */
OnnxValue view_flat(Node *n);                        /* images, features */
OnnxValue view_like(const OnnxValue *x, Node *n);    /* dimensions as x has them; extents may be others */
bool view_reshape(const OnnxValue *x, int rank, const int64_t *dim, OnnxValue *y);
bool view_transpose(const OnnxValue *x, const int *perm, OnnxValue *y);
int atoms_of(const OnnxValue *v, int d, int *first); /* how many make dimension d */
int axis_of(const OnnxValue *v, int d);              /* the axis dimension d is, or none */
bool axes_of(const OnnxValue *v, int axes[4]);       /* of a tensor of four dimensions, each an axis */
bool in_order(const OnnxValue *v);                   /* elements follow each other as in the node */
enum { NoAxis = -1, ManyAtoms = -2 };

/* place.c: nodes that put elements elsewhere */
bool repeats_channel(const Node *n);
bool few_runs(const int *from, int count);      /* channels that are some slices */
Node *pick_channels(Import *m, Node *x, const int *from, int count);
Node *mix_channels(Import *m, Node *x, int out, const double *w, const char *stem);
Node *flattened(Import *m, Node *x);
Node *widened(Import *m, Node *x, Pair size);          /* one row or column repeated */
Node *as_image(Import *m, const OnnxValue *v);       /* NULL: no nodes do that */
Node *image_of(Import *m, const OnnxValue *v, size_t i);
Node *image_at(Import *m, size_t i);                 /* its channels, rows and columns as they are */
OnnxValue view_expand(Import *m, const OnnxValue *x, int rank, const int64_t *dim);

/* orders.c: nodes in another order */
Node *node_shaped(Import *m, Node *x, int64_t c, int64_t h, int64_t w);
Node *node_ordered(Import *m, const OnnxValue *v);   /* NULL: it is an order of images */
OnnxValue view_arranged(Import *m, const OnnxValue *v, int h, int w);

/* nodes.c: making nodes */
const char *layer_name(const Import *m, const char *weight, const char *stem);
Node *node_begin(const Import *m, Op op, const char *name);
Node *node_on(const Import *m, Op op, Node *x);
Node *node_beside(const Import *m, Op op, Node *x, const char *what);
Node *node_put(Import *m, Node *n);                       /* to the graph; refuses attributes out of their range */
void set_param(Node *n, ParamId p, const double *v, size_t count);
Node *node_scaled(Import *m, Node *x, const double *scale, const double *shift);
Node *node_scaled_by(Import *m, Node *x, double scale, double shift);
bool node_is_scale(const Node *n);                    /* made by node_scaled */
double scale_factor(const Node *n, int c);           /* of channel c of such a node */
double scale_summand(const Node *n, int c);
Node *node_sum(Import *m, Node *x, Node *y);
void set_result(Import *m, OnnxValue v);                 /* the first output */
void finish_image(Import *m, Node *n);                     /* n, added, as an image */
void finish_like(Import *m, Node *n, const OnnxValue *x);
double shortest_decimal(double v);                            /* 1e-5, not its nearest float */

/* constants.c: constants that are made here */
double rounded_to(int type, double v);
bool is_whole(int type);
OnnxValue constant_new(const Import *m, int type, int rank, const int64_t *dim, double **data);
bool shapes_meet(const OnnxValue *a, const OnnxValue *b, int *rank, int64_t *dim);
void steps_of(const OnnxValue *v, int rank, size_t *step);     /* of each dimension of a result; 0: it is repeated */

/* fold.c, fold_shape.c, fold_sums.c, fold_pick.c, fold_graph.c: nodes all of whose inputs are constants */
typedef struct {
	const char *name;
	void (*run)(Import *);
	int64_t since;               /* the first opset whose meaning is read here */
} OnnxOp;
extern const OnnxOp shape_folds[], sum_folds[], pick_folds[];         /* the last row has no name */
bool fold_constants(Import *m);                                /* false: no such operator */
bool is_folded(const char *name);
const char *fold_as_graph(Import *m, void (*run)(Import *));   /* fold_graph.c; NULL: done, or why not */
void reduced_axes(const Import *m, const OnnxValue *x, bool *reduced);
OnnxValue constant_view(const Import *m, const OnnxValue *x, int rank, const int64_t *dim, const int64_t *first,
                        const int64_t *step, const int *axes);
int64_t clamp_index(int64_t i, int64_t size);        /* of a slice */
int dims_reshaped(const Import *m, const OnnxValue *x, int64_t *dim);     /* the shape a Reshape asks for */
int dims_squeezed(const Import *m, const OnnxValue *x, int64_t *dim);     /* Squeeze and Unsqueeze */
int dims_unsqueezed(const Import *m, const OnnxValue *x, int64_t *dim);
void clip_bounds(const Import *m, double bound[2]);
typedef struct { int64_t from, to, step; } Cut;
void cuts_of(const Import *m, const OnnxValue *x, Cut *cut);         /* Slice: of every dimension */
int splits_of(const Import *m, const OnnxValue *x, int axis, int64_t *size); /* Split: how long each part is */

/* apply.c */
OnnxValue apply(Import *m, void (*run)(Import *), const OnnxValue *a, const OnnxValue *b);

/* ops_region.c */
OnnxValue cut_out(Import *m, OnnxValue x, const Cut *cut);              /* each dimension cut */

void reshape(Import *m, const OnnxValue *x, int rank, const int64_t *dim);   /* ops_shape.c: the result */
OnnxValue joined(Import *m, const OnnxValue *x, int count, int axis);

/* ops_curve.c */
OnnxValue erf_alone(Import *m, const OnnxValue *x);                /* what stands for an erf, as nodes of its own */
bool erf_with_constant(Import *m, OnnxValue x, const OnnxValue *c, char op);
bool erf_times(Import *m, const OnnxValue *erf, const OnnxValue *y);
Op curve_of(Node *a, Node *b, Node **x);

OnnxValue constant_added(Import *m, OnnxValue x, const OnnxValue *c);        /* ops_arithmetic.c */

/* ops_where.c: truths are 1 or 0 */
bool is_truth(const Node *n);
bool has_whole_numbers(const Node *n);               /* known to have no others */
OnnxValue truth_of(Import *m, OnnxValue x);          /* that it is not 0 */

/* ops_activation.c */
void activate(Import *m, const OnnxValue *x, const char *name, const double *v);

/* ops_conv_ranks.c */
bool conv_of_rank(Import *m, const OnnxValue *x, const OnnxValue *w);

/* ops_linear.c */
OnnxValue of_images(const Import *m, const OnnxValue *x);
OnnxValue as_given(const OnnxValue *x, OnnxValue y);

void two_extremes(Import *m, bool largest);           /* inputs 0 and 1, two tensors */
void from_left(Import *m, void (*two)(Import *m));    /* an operator of two inputs on any number, from left to right */

/* one function an ONNX operator on tensors */
#define ONNX_OPS(X) \
	X(abs) X(add) X(and) X(arg_max) X(arg_min) X(at_least) X(at_most) X(average_pool) X(batch_norm) X(bias_gelu) \
	X(cast) X(cast_like) X(celu) X(clip) X(concat) X(constant) X(conv) X(conv_integer) X(conv_transpose) \
	X(depth_to_space) X(dequantize) X(div) X(dropout) X(dynamic_quantize) X(einsum) X(elu) X(equal) X(erf) \
	X(exp) X(expand) X(fast_gelu) X(flatten) X(fused_conv) X(fused_gemm) X(fused_matmul) X(gather) X(gather_nd) \
	X(gelu) X(gelu_tanh) X(gemm) X(global_average_pool) X(global_max_pool) X(greater) X(group_norm) \
	X(hard_sigmoid) X(hard_swish) X(identity) X(if) X(instance_norm) X(layer_norm) X(leaky_relu) X(less) X(log) \
	X(log_softmax) X(lp_normalization) X(lrn) X(matmul) X(max) X(max_pool) X(mean) X(min) X(mish) X(mul) X(neg) \
	X(not) X(or) X(pad) X(pow) X(prelu) X(qgemm) X(qlinear_add) X(qlinear_average_pool) X(qlinear_concat) \
	X(qlinear_conv) X(qlinear_global_average_pool) X(qlinear_leaky_relu) X(qlinear_matmul) X(qlinear_mul) \
	X(qlinear_sigmoid) X(quantize) X(quick_gelu) X(reciprocal) X(reduce_l1) X(reduce_l2) X(reduce_log_sum) \
	X(reduce_log_sum_exp) X(reduce_max) X(reduce_mean) X(reduce_min) X(reduce_sum) X(reduce_sum_square) X(relu) \
	X(reshape) X(resize) X(selu) X(shape) X(sigmoid) X(sign) X(size) X(slice) X(softmax) X(softplus) X(softsign) \
	X(space_to_depth) X(split) X(sqrt) X(squeeze) X(sub) X(sum) X(swish) X(tanh) X(tile) X(transpose) \
	X(top_k) X(unsqueeze) X(upsample) X(where)
#define X(op) void op_##op(Import *m);
ONNX_OPS(X)
#undef X

#endif
