/*
** pickle.h - values a restricted unpickler makes. It knows what state dicts are made of and nothing else:
** any other global or opcode is an error, and nothing is ever called.
*/
#ifndef PICKLE_H
#define PICKLE_H

#include "tensor.h"

typedef enum { V_none, V_bool, V_int, V_real, V_text, V_tuple, V_list, V_dict, V_global, V_storage, V_tensor, V_mark } Kind;

typedef struct Value Value;
struct Value {
	Kind kind;
	int64_t i;                   /* bool, int; storage: elements */
	double real;
	const char *text;            /* text; global: "module name"; storage: its key */
	Value **items;               /* tuple, list; dict: key, value, key, value, ... */
	int count;
	const Value *storage;        /* tensor */
	int64_t offset;              /* tensor, and a storage that is a view of another: elements */
	int rank;
	int64_t dim[8], stride[8];   /* tensor */
	char dtype[8];               /* storage */
};

/* Reads one pickle; *used: how many bytes it took. file: for messages. */
const Value *unpickle(const char *file, const unsigned char *p, size_t len, size_t *used);
const Value *dict_get(const Value *dict, const char *key);   /* NULL: not there */

#endif
