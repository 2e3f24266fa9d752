/*
** kernel.h - what the text of a kernel depends on, and what a family of kernels answers: may it compute a node, in
** which ways, at what cost, what it reads around its input, and the C of it. Nobody above asks a family for its name.
*/
#ifndef KERNEL_H
#define KERNEL_H

#include "../graph.h"
#include "../out.h"
#include "../target.h"

typedef struct Family Family;

enum { NViews = 7, NOperands = 12 };

typedef struct {                     /* a value as a kernel sees it */
	Dtype dtype;
	Shape shape;
	Layout lay;
} View;

typedef struct {                     /* all that a kernel's text depends on; equal ones share a function */
	Op op;
	Attr a;                      /* without names */
	View in[NViews], out[NResults];  /* of a concatenation in[0] is the input at hand */
	int nin, nout;
	Dtype weights;               /* how they are kept: as floats, or at half size */
	bool bias;
	bool slopes;                 /* of a prelu: packed behind the bias */
	bool skip;                   /* in[1] is there: a skip, a summand or a factor */
	bool view;                   /* the result has its input's memory, and nothing is moved */
	const Image *image;          /* input: how the caller's pixels are read; NULL: float NCHW as they are */
	bool store;                  /* copies a result to the caller's array */
	int channel0;                /* concat: first channel of the input it copies */
	int part, parts;             /* concat of bytes: which input that is, of how many */
	const Image *picture;        /* input of bytes: what was done to the caller's pixels */
	Op of;                       /* a backward op: the forward one; NOps: none */
	const Image *seen;           /* input of a network in training: the caller's pictures */
	const struct Training *train;
	int batch;                   /* images of a step of training */
	int strips;                  /* of images whose sums are apart; 0: as the family likes */
	bool strip;                  /* it does one of them */
	bool frozen;                 /* a batch norm in training, by its running statistics */
	const Target *t;
	const Family *family;
} Kernel;

/* What a kernel is given, in the order of its operands; it takes what it needs and no more. */
typedef enum {
	Role_in, Role_packed, Role_scratch,
	Role_own,                    /* the first operand: memory that a part of the work has to itself */
	Role_out, Role_param, Role_running, Role_labels, Role_how,
	                  /* in training: a parameter, one that the kernel changes, the caller's labels and rc_train */
	Role_coming                  /* in strips: what the next one reads and writes */
} Role;
typedef struct {
	const char *name;            /* in its text */
	Role role;
	int index;                   /* which of the node's inputs, packed parameters, results; ParamId */
} Operand;

typedef struct {                     /* how a convolution is computed, by its attributes */
	Pair winograd, tile;
	bool on_the_fly, strassen;
} Way;
typedef void EachWay(void *user, Way way);

typedef struct {                     /* a parameter as the kernel reads it */
	Dtype dtype;
	size_t count;
} Packed;

struct Family {
	const char *name;

	/* --- choosing; what is missing has the answer in brackets --- */
	bool (*fits)(const Node *n);                      /* may it compute this one [it is the op's own family] */
	bool bytes;                                       /* an alternative on bytes */
	bool tiled;                                       /* by tiles of outputs, as a model may ask; it takes more memory */
	bool strassen;                                    /* by a step of Strassen's products, as a model may ask */
	bool rounds_otherwise;                            /* than a direct sum: not with --exact */
	bool planar;                                      /* reads an input that is not cut into blocks */
	void (*ways)(const Kernel *k, EachWay *each, void *user);  /* [there is one] */
	double (*cycles)(const Kernel *k, Way way);       /* the cost model [it is taken wherever it fits] */
	bool (*holds)(const Node *n, Way way);            /* the way's sums stay in their bits with n's weights [they do] */
	void (*reach)(const Node *n, Sides *around);      /* zeros it reads around its input, at least [what its windows do] */
	double (*work)(const Kernel *k);                  /* multiply-adds it makes of a batch [those of the definition] */
	double (*amplification)(const Node *n);           /* of rounding errors, beside the direct sum [1] */
	double (*error)(const Node *n);                   /* measured with its weights, relative to the largest result [0] */
	double margin;                                    /* of the self test, beside a direct sum's [1] */
	const char *(*way_name)(const Node *n);           /* "F(4x4)" [none] */
	bool reduces;                                     /* its second phase adds up what the first made of images */
	const char *promise;                              /* what NAME.h must say when it is used [nothing] */
	bool (*covers)(const Node *n);                    /* it writes every lane of its result's blocks [it does] */

	/* --- text and data --- */
	int phases;                                       /* functions it is made of, that take turns [1] */
	bool (*in_one)(const Kernel *k);                  /* a single function does all of them here [it does not] */
	void (*describe)(const Kernel *k, char *name, size_t len);   /* the name of the last phase */
	const char *(*phase_name)(const Kernel *k, int phase);       /* of the others [its name and _part] */
	int (*emit)(Out *o, const Kernel *k, int phase); /* comment lines, emit_head, body; returns units of work of a round */
	int (*rounds)(const Kernel *k);                   /* [1] */
	int (*shares)(const Kernel *k);                   /* in a strip: of what the next one takes, that it fetches [none] */
	size_t (*scratch)(const Kernel *k);               /* bytes between its phases [0] */
	Dtype between, owned;                             /* kinds of the numbers in scratch, in a part's own memory */
	size_t (*own)(const Kernel *k, int *parts);    /* bytes each part of its work has to itself; of how many at most [0] */
	int (*operands)(const Kernel *k, int phase, Operand *to);    /* [m, x, w, b, z, y: those there] */
	int (*packed)(const Kernel *k, Packed *to);       /* [none] */
	void (*pack)(const Kernel *k, const double *w, const double *b, void *const *to);
	void (*pack_node)(const Node *n, const Kernel *k, void *const *to);  /* in its place, where bytes stand for numbers */
	int (*repack)(Out *o, const Kernel *k, bool turned);    /* declares how, an rc_packing that does so at run time, turned
	                                                                as the node is; units of work [it cannot be done] */
};

/* family.c */
const Family *own_family(Op op);                      /* that can compute any node of this op on floats */
const Family *bytes_family(Op op);                    /* on bytes; NULL: it has no such form */
const Family *family_for(const Node *n);              /* whichever of them it needs */
typedef void EachFamily(void *user, const Family *f);
void each_fitting(const Node *n, EachFamily *each, void *user); /* that may compute n: its own, then the alternatives */
#define FAMILY(name) extern const Family family_##name;
#define OP(name, lo, hi, shape, family, epi, same, over, par, attrs, doc) FAMILY(family)
#define BYTES(op, family) FAMILY(family)
#include "../ops.h"
#include "families.h"
#undef BYTES
#define GRAD(name, lo, hi, family, epi, over, doc) FAMILY(family)
#include "../gradients/ops.h"
#undef GRAD
#undef OP
#undef FAMILY
const Family *tiled_family(const Node *n);           /* by tiles of outputs, as a model may ask; NULL: none fits */
const Family *strassen_family(const Node *n);         /* by a step of Strassen's products; NULL: none fits */
Way way_of(const Attr *a);
bool same_algorithm(Way a, Way b);                   /* whatever their register tiles */
double cycles_of(const Node *n);                     /* predicted; 0: it has no cost model */
double work_of(const Node *n);                       /* multiply-adds of a batch as its kernel makes them */
double amplification_of(const Node *n);

/* kernel.c */
Kernel kernel_of(const Node *n, int part);           /* of a strip of images where n is done in strips */
Kernel whole_kernel(const Node *n, int part);        /* of the whole batch */
Kernel store_kernel(const Value *v);                 /* without a family */
bool same_kernel(const Kernel *a, const Kernel *b);
int parts_of(const Node *n);                         /* kernels that make its result: a concat has one per input */
int operands_of(const Kernel *k, int phase, Operand *to);
int packed_of(const Kernel *k, Packed *to);
size_t weight_bytes(const Kernel *k);                /* of one */
const char *weight_type(const Kernel *k);            /* in C */
const char *weight_load(const Kernel *k);            /* the word that loads a vector of them */
void put_weight(const Kernel *k, void *to, size_t at, double w);     /* number at of the packed ones */
void pack_channels(const Kernel *k, const double *b, float *to); /* values a channel, padded; the slopes behind them */
int vectors_of(const Kernel *k);                     /* vectors of output channels, padding included */

/* map.c */
int channel_packed(const Kernel *k, Packed *to);
void channel_pack(const Kernel *k, const double *w, const double *b, void *const *to);
int channel_repack(Out *o, const Kernel *k, bool turned);

/* fetch.c */
enum {
	LineBytes  = 64,             /* of a cache */
	FetchShare = 4096            /* multiply-adds beside which a share of what comes next is fetched */
};
int shares_of(const Kernel *k);      /* that it fetches in a strip */

/* vector_input.c */
bool is_repeated(const Kernel *k, int input);        /* one value a channel, a pixel or an image of the result */
void emit_vector_input(Out *o, const Kernel *k, const char *name, int input);  /* a pointer to go along, or its value */
const char *vector_input(const Kernel *k, const char *name, int input);        /* its vector at pixel i, j */

/* upsample.c */
void emit_samples(Out *o, const Kernel *k);           /* tables r and q: where rows and columns are from; shares */

/* text.c - what the texts of all kernels share */
void emit_head(Out *o, const Kernel *k, int phase);  /* ends the comment; parameters and operands */
const char *comment_end(Out *o);
void emit_epilogue(Out *o, const Kernel *k, const char *acc, const char *at, int vector); /* binds $value; from b */
void emit_operand(Out *o, const char *name, const View *v);
void emit_image_loop(Out *o, const Kernel *k, const char *unit, int count);
int rows_at_once(const Kernel *k, const View *x);    /* of x, before a block's next vector goes by */
int emit_rows_loop(Out *o, const Kernel *k, const View *x);  /* over vectors, so many rows: units of an image */
const char *at_rows(const Kernel *k, const View *x, const Layout *l);  /* where those rows start, or nothing */
void end_rows_loop(Out *o, const Kernel *k, const View *x);
const char *vector_base(const Kernel *k, const char *name, const Layout *l);
const char *copied_channel(const Layout *l, const char *c, int each);      /* offset of channel c, in units of each */
const char *times(const char *i, size_t factor);
const char *over(const char *i, int count);          /* "u/34", or "u" */
const char *rest(const char *i, int count);          /* "u%34", or "0" */
const char *from_to(const char *end, int images, int groups);        /* "from = g*4, END = (g + 1)*4": of group g */
const char *plus(size_t offset);                     /* " + 16", or nothing */
const char *float_text(double v);                        /* a float constant that reads back as the same float */
const char *activated(const Kernel *k, Act act, const char *value, const char *slope);  /* the expression act(value) */
const char *act_open(const Kernel *k);               /* "relu(" for a comment's formula */
const char *act_close(const Kernel *k);
const char *act_suffix(const Kernel *k);             /* "_relu" for a kernel's name */

#endif
