/* verbs.h - the command line: its options, its verbs and what they share. */
#ifndef VERBS_H
#define VERBS_H

#include "../resnetc.h"

enum { BudgetKinds = 3 };            /* flash, ram, stack */

/* what the command line said */
typedef struct Options {
	const struct Verb *verb;
	const char *model;
	const char *layer;           /* the second name: explain's layer, diff's other model */
	const char *weights, *output, *input, *expect, *name, *prefix;
	const char **inputs;         /* all that were given; input is the last */
	int ninputs;
	const char **expects;        /* all that were given */
	int nexpects;
	const Target *target;        /* the first of targets */
	const Target *targets[NTargets];
	int ntargets;
	Pair sizes[NSizes];          /* the first is h, w */
	int nsizes;
	const char *data, *resume, *log, *limit;     /* train: pictures; checkpoint; file of epochs; longest time */
	const char *plot, *range;    /* train: page of curves; landscape: how far */
	const char *tuned;           /* file of rows */
	const char *depfile, *embed; /* embed: "file" (#embed, .incbin) or "c" */
	bool amalgamate;
	const char *calibrate;       /* pictures, or "random" */
	int calibrate_count;
	const char *budget;          /* flash=N,ram=N,stack=N */
	size_t most[BudgetKinds];    /* bytes of each that it allows; 0: any */
	const char *accuracy, *max_loss; /* labelled pictures; points that may be lost */
	bool int8;
	Weights *quantised;          /* weights of bytes, once they are there */
	const Tuned *rows;           /* build: rows in memory, instead of a file */
	const Graph *like;           /* build: pack weights as this graph, of another input size, does */
	int batch, h, w, threads, rounds, count, time, epochs, grid, images;
	int seed;                    /* -1: none given */
	int recompute;               /* of nn.train: 1 yes, -1 no, 0 as the model says */
	int group;                   /* verify: images of each group of a batch in training; 0: as batch or the model says */
	const char *args[64];
	int nargs;
	PassOptions pass;
	Dtype store;                 /* how weights are kept */
	bool json, verbose, quiet, exact, winograd, target_given, run, train;
	const char *command;         /* for the banner: no paths */
} Options;

typedef struct Verb {
	const char *name;
	int fewest, most;            /* names it takes: models, files, layers */
	const char *usage, *doc;
} Verb;

typedef enum { Flag, Text, Number, TargetName, Arg, DumpPass, StopPass, Embed, Store } OptionKind;
typedef struct {
	const char *name, *brief;    /* brief may be NULL */
	OptionKind kind;
	size_t at;                   /* in Options */
	int lo, hi;
	const char *value;           /* as shown; "[=PASS]" and "=PASS" are glued to the name */
	const char *verbs;           /* that take it; NULL: all */
	const char *doc;             /* see option_doc */
} OptionRow;

/* rows.c, options.c, list.c, verbs.c */
extern const OptionRow option_rows[];
extern const int noptions;
enum {
	NVerbs = 0
#define VERB(name, fewest, most, usage, doc) + 1
#include "list.h"
#undef VERB
};
extern const Verb verbs[NVerbs];
Options options_parse(int argc, char **argv);
int run_verb(Options *o);                            /* 0 or the exit status */
const char *option_doc(const OptionRow *r);

bool among(const char *words, const char *word);     /* one of words with blanks between */
bool verb_takes(const Verb *v, const OptionRow *r);
bool verb_builds(const Verb *v);

/* help.c */
enum { Columns = 80 };
/* text from column at on, its further lines indented; ends the line */
void print_wrapped(FILE *f, int at, int indent, const char *text);
void usage(FILE *f);
void verb_usage(const Verb *v);                      /* with the options it takes */

/* table.c */
typedef struct Table Table;
Table *table_new(const char *const *heads);          /* ending with NULL; "<layer": text, which may be cut */
void table_cell(Table *t, const char *format, ...) PRINTF(2, 3);     /* the next one, row by row */
void table_print(Table *t);                          /* within the terminal's columns, 80 where there is none */

/* given.c */
DslOptions dsl_options(const Options *o);
bool is_random(const char *weights);
void bind_named(char sha[65], Graph *g, const char *weights);

/* budget.c */
void budget_parse(const char *budget, size_t most[BudgetKinds]);

/* calibrate.c */
Weights *quantise(Options *o, const char *weights);  /* over the pictures that --calibrate names, in memory */
File quantised_weights(Options *o, const char *weights);

/* build.c */
bool prepare(Options *o, const char *weights);       /* before build: is it a network of bytes */
Model *build(Options *o, const char *weights);       /* load, bind, run the passes: what every verb starts with */

/* doubts.c - warns of what is allowed and hardly meant */
void doubts(const Graph *g);
void doubts_of_tuned(const Graph *g, const char *file); /* after choose: rows that the file lacks */

/* compile.c */
enum { BlobFile = 2, MostEmitted = 4 + NTargets*NSizes };
Model *compiled_files(Options *o, File *files, int *count); /* source, header, blob, ...; NULL: only a look inside */

/* one file each */
#define VERB(name, fewest, most, usage, doc) int verb_##name(Options *o);
#include "list.h"
#undef VERB

/* json.c */
const char *json_number(double v);                   /* null: not a finite one */
const char *json_text(const char *s);                /* quoted */

/* words.c */
void print_one_op(Op op);                            /* with its attributes */
bool doc_word(const char *word);                     /* prints what it means; false: it is none of the language */
const char *meant_word(const char *word);
const char *doc_words(const char *between);          /* what resnetc doc takes, one letter between */

void doc_man(void);                                  /* manual.c: resnetc(1), and what shells complete */
void doc_bash(void);
void doc_zsh(void);
void doc_fish(void);
void doc_types(void);                                /* types.c: the model language for lua-language-server */

#endif
