/* load.h - the two ways to a graph: a model file in Lua, an ONNX file. */
#ifndef LOAD_H
#define LOAD_H

#include "graph.h"

typedef struct {
	int batch, h, w;             /* 0: as the file says, 1 where it leaves the batch open */
	const struct OnnxConstant *constants;  /* values of further inputs */
	int nconstants;
} OnnxOptions;
Graph *onnx_import(const char *file, const OnnxOptions *o);   /* parameters bound */
char *structured_text(Graph *g);                     /* as stages and blocks; NULL: it is not made of them */
char *stages_text(Graph *g);                      /* stages where they are, all else flat; NULL: less than two blocks */
char *functions_text(Graph *g);                      /* with a function for what is there several times, or NULL */

/* dsl.c */
typedef struct {
	const char *name;            /* NULL: the model's own */
	const char *prefix;          /* of weight names; NULL: the model's own */
	int batch, h, w;             /* 0: the model's own */
	const char *const *args;     /* key=value, seen as nn.arg */
	int nargs;
	bool spare_args;             /* some may be for another model */
	bool verbose;                /* Lua traceback */
} DslOptions;
Graph *dsl_load(const char *file, const DslOptions *o);
Graph *dsl_try(const char *file, const DslOptions *o);    /* NULL instead of an error */
const char *library_text(void);                           /* the Lua of require "resnet", all its files */

#endif
