/* dsl.h - what the files of the model language share. */
#ifndef DSL_H
#define DSL_H

#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

#include "../compiler/load.h"

#define CHUNK "MODEL"                /* chunk name of the model file; messages get the real name */

typedef struct {
	const char *file;
	const DslOptions *o;
	Graph *g;                    /* the model being built */
	lua_State *L;
	size_t memory;               /* Lua's, bytes */
	int line;                    /* where the memory ran out */
	double instructions;
	int last_line;               /* of the model file, run last */
	const char *text;            /* of the model file */
	size_t len;
	int finished;                /* line of the last model that was made, 0: none */
	int hint;                    /* line of the stage, stem or head being built, 0: none */
	bool spent;                  /* over the instruction limit */
	bool starved;                /* the machine has no more memory */
} Dsl;

Dsl *dsl_of(lua_State *L);
int  user_line(lua_State *L);        /* line of the model file that is being run, 0: none */
int  line_of_word(lua_State *L, const char *word);   /* of "word = ..." in the call there; else user_line */
int  dsl_fail(lua_State *L, const char *format, ...) PRINTF(2, 3);  /* a Lua error at the user's line */

/* sandbox.c */
lua_State *sandbox_new(Dsl *d);
void sandbox_globals(lua_State *L);
void sandbox_done(void);             /* the time limit ends with the model */

/* tensor.c */
void tensor_open(lua_State *L);
Value *to_value(lua_State *L, int index, const char *op, const char *name);   /* else an error of layer name */
int  push_results(lua_State *L, Node *n);            /* a tensor a result; how many */

/* raw.c */
void raw_open(lua_State *L);         /* pushes the functions the library builds on */

/* finish.c */
int  raw_finish(lua_State *L);       /* raw.finish(model table, rename, outputs, names of outputs): the model */

/* train.c */
void read_train(lua_State *L, Graph *g);             /* what nn.train returned, on top of the stack */

/* library.c */
void library_open(lua_State *L);     /* takes the table of raw_open; from then on require "resnet" gives the library */

/* attr.c */
void attrs_parse(lua_State *L, int table, Node *n);   /* attributes from a Lua table; name and params included */

#endif
