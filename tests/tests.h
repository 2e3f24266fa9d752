/* tests.h - what the suites share. */
#ifndef TESTS_H
#define TESTS_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../compiler/resnetc.h"
#include "../compiler/verbs/session.h"

#include <check.h>               /* last: it makes fail a macro */

/* Texts of models: the first line; one with a body; one of one stage. */
#define HEAD "local nn = require \"resnet\"\n"
#define BODY(text) HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, body = function(x)\n" text "\nend }\n"
#define STAGE(text) HEAD "return nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, stages = {\nnn.stage { " text " } } }"

/* A model file of this text in the suite's temporary folder; body is what nn.model's body returns for x. */
const char *model_file(const char *text);
const char *body_model(int c, int h, int w, const char *body);

Graph *graph_of(const char *file);                   /* loaded, bound to random:1, no pass run */
Model *compiled(Graph *g, const char *target, unsigned skip);
double *doubles(const float *v, size_t count);
void emit_code(const char *dir, const char *model, const char *target); /* of an example, and the runtime; without weights */
float *numbers(size_t count, unsigned seed);         /* normal-like */
double worst(const float *got, const double *want, size_t count); /* relative to the largest of want; inf on NaN mismatch */
double error_of(const char *file, const char *target, unsigned skip, int threads); /* emitted code against the interpreter before any pass */

/*
** Targets whose instructions this machine lacks. Emitted files in dir get the vector words in plain C (tests/emulate) then;
** or another target serves as well, the nearest that runs here.
*/
void emulate(const char *dir, const char *target);
const Machine *other_machine(const Target *t);       /* that stands in for a processor with t; NULL: this one has it, or there is none here */
const char *nearest_target(const char *name);

/* Runs the resnetc program; its standard error (folder names removed) and exit status. */
typedef struct { int status; char err[4096], out[32768]; } Ran;
Ran resnetc(const char *format, ...) PRINTF(1, 2);
const char *in_dir(const char *name);                /* a path in the suite's temporary folder */
void put_file(const char *name, const void *data, size_t len);
void put_program(const char *name, const char *from); /* a copy of tests/FROM */
const char *script(const char *name, const char *text);   /* an executable there, and its path */

/*
** A C compiler for $CC that takes half the time, for it optimizes nothing: where only what is computed counts. First, in
** the folder of the sources, it does something (":" nothing); options are what it is told beside the rest.
*/
const char *quick_compiler(const char *first, const char *options);
void compile_quickly(void);                          /* a fixture: $CC is one */
int count_files(const char *dir);
int count_in(const char *text, const char *what);    /* how often a text, or NULL, holds another */
bool lacking(const char *program);                   /* is it not installed? its first word counts; then that is told */

/*
** A suite is one file: SUITE(name) { ... } adds its tests, in parts that main.c runs side by side, each a process and a
** folder: TCase *t = part("name"), then Check's words. A part may rely on what its own tests left, on no other's.
*/
#define SUITE(name) \
	static void name##_tests(void); \
	__attribute__((constructor)) static void name##_is(void) { suite_is(#name, name##_tests); } \
	static void name##_tests(void)
void suite_is(const char *name, void (*add)(void));
TCase *part(const char *name);
const char *this_part(void);                         /* of the test that runs */

#endif
