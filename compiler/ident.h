/* ident.h - names that C can bear: one rule for models, layers, outputs and kernels. */
#ifndef IDENT_H
#define IDENT_H

#include <stdbool.h>

/* What a model's name has to be and is not, after "a name that"; NULL: it will do. */
const char *model_name_flaw(const char *name);

/* A name without a flaw, made of any text. */
const char *model_name_of(const char *text);

/*
** One identifier for each name, all different, none of reserved (which ends with NULL). A name that is an identifier
** and has no twin keeps itself, the others get "_" for what C cannot bear and, where that is taken, a number. They may
** begin with a digit: something stands before them. upper: as macros, in capitals.
*/
const char **idents_of(const char *const *names, int count, bool upper, const char *const *reserved);

#endif
