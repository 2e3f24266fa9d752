/*
** out.h - text with $names, indented by its braces; and functions, each of which stands in an emitted file once.
*/
#ifndef OUT_H
#define OUT_H

#include "base.h"

/* out.c */
typedef struct Out Out;
Out *out_new(void);
void out_set(Out *o, const char *name, const char *format, ...) PRINTF(3, 4);   /* bind $name */
void out_text(Out *o, const char *template);         /* appends, $names replaced, lines indented by their braces */
void out_line(Out *o, const char *format, ...) PRINTF(2, 3);
void out_flow(Out *o, const char *format, ...) PRINTF(2, 3); /* a statement beside the ones before, while one fits */
void out_flow_end(Out *o);
void out_raw(Out *o, const char *text);              /* as it is */
const char *out_value(const Out *o, const char *name);   /* what a name is bound to */
const char *out_string(const Out *o, size_t *len);

/* functions.c */
typedef struct {
	const char *comment;         /* lines that begin with two stars, or "" */
	const char *head;            /* "static void" */
	const char *name;
	const char *rest;            /* parameters and body */
	const char **users;          /* what a comment says of who is served, a line each */
	int nusers;
} Function;
typedef struct {
	Function **all;              /* in the order they are defined */
	int count;
} Functions;
Functions *functions_new(void);
Out *out_in(Functions *f);                           /* a writer whose helpers go there */
const Function *function_add(Functions *f, const char *comment, const char *head, const char *stem, const char *rest);
const char *helper(Out *o, const char *comment, const char *head, const char *stem, Out *rest);  /* its name */
const char *helper_text(Out *o, const char *comment, const char *head, const char *stem, const char *rest);
void function_serves(const Function *f, const char *user);

#endif
