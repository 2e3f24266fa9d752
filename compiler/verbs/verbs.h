/* verbs.h - the command line: its options, its verbs and what they share. */
#ifndef VERBS_H
#define VERBS_H

#include "../resnetc.h"

/* what the command line said */
typedef struct {
	const char *verb, *model;
	const char *layer;           /* the second word: explain's layer, diff's other model */
	const char *weights, *output, *input, *expect, *name, *prefix;
	const Target *target;        /* the first of targets */
	const Target *targets[NTargets];
	int ntargets;
	Pair sizes[NSizes];          /* the first is h, w */
	int nsizes;
	const char *tuned;           /* file of rows */
	const char *depfile, *embed; /* embed: "file" (#embed, .incbin) or "c" */
	bool amalgamate;
	const Tuned *rows;           /* build: rows in memory, instead of a file */
	const Graph *like;           /* build: pack weights as this graph, of another input size, does */
	int batch, h, w, threads, rounds, count, seed, time;
	const char *args[64];
	int nargs;
	PassOptions pass;
	bool json, verbose, quiet, exact, target_given, run;
	const char *command;         /* for the banner: no paths */
} Options;

typedef struct {
	const char *name;
	int (*run)(Options *);
	const char *usage, *doc;
} Verb;

typedef enum { Flag, Text, Number, TargetName, Arg, DumpPass, StopPass, Embed } OptionKind;
typedef struct {
	const char *name, *brief;    /* brief may be NULL */
	OptionKind kind;
	size_t at;                   /* in Options */
	int lo, hi;
	const char *value, *doc;     /* value: as shown, "[=PASS]" and "=PASS" are glued to the name */
} OptionRow;

/* options.c, verbs.c */
extern const OptionRow option_rows[];
extern const int noptions;
extern const Verb verbs[];
extern const int nverbs;
Options options_parse(int argc, char **argv);

/* build.c */
DslOptions dsl_options(const Options *o);
Model *build(Options *o, const char *weights);       /* load, bind, run the passes: what every verb starts with */
void bind_named(char sha[65], Graph *g, const char *weights);

/* one file each; 0 or the exit status */
int verb_compile(Options *o);
int verb_run(Options *o);
int verb_bench(Options *o);
int verb_verify(Options *o);
int verb_tune(Options *o);
int verb_explain(Options *o);
int verb_report(Options *o);
int verb_dot(Options *o);
int verb_diff(Options *o);
int verb_fuzz(Options *o);
int verb_init(Options *o);
int verb_import(Options *o);
int verb_weights(Options *o);
int verb_doc(Options *o);
int verb_version(Options *o);

void doc_man(void);                                  /* manual.c: resnetc(1) and what shells complete, from the tables */
void doc_bash(void);
void doc_zsh(void);
void doc_fish(void);
void doc_types(void);                                /* types.c: the model language for lua-language-server */

#endif
