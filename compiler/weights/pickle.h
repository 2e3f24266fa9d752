/*
** pickle.h - the values of a pickle. Nothing in it is ever called: tensors, storages and dictionaries are
** understood, whatever else is in a checkpoint is kept as an object of some class and skipped.
*/
#ifndef PICKLE_H
#define PICKLE_H

#include "tensor.h"

typedef enum {
	V_opaque,                    /* a real number: nobody asks what it is */
	V_bytes,                     /* as they are in the pickle; a very long text too */
	V_none, V_bool, V_int, V_text, V_tuple, V_list, V_dict, V_global, V_object, V_storage, V_tensor, V_mark
} Kind;

typedef struct Pickled Pickled;

typedef struct {                     /* where numbers lie, and how */
	char dtype[8];
	int rank;
	const Pickled *storage;      /* tensor */
	int64_t offset;              /* in elements of dtype; a storage may be a view of another */
	int64_t dim[8], stride[8];   /* tensor */
} Place;

struct Pickled {
	Kind kind;
	int count, room;             /* items */
	int visit;                   /* for who walks over all: 0, not yet */
	const char *text;            /* text, bytes; global, object: "module name" of class or function; storage: its key */
	Pickled **items;             /* tuple, list (and set); dict, object: key, value, key, value, ... */
	int64_t i;                   /* bool, int; text, bytes: how many; storage: elements */
	Pickled *args, *state;       /* object: what it was called with, its attributes; NULL: none */
	Place *place;                /* storage, tensor */
};

typedef struct {
	const char *file;            /* for messages */
	const unsigned char *start, *p, *end;
	Pickled **stack;
	int depth, room;
	Pickled **memo;
	int64_t memos, memoized;     /* places, and how many are taken */
	size_t spent;                /* bytes of values */
	Pickled *small[256];         /* the ints 0 to 255 */
	Pickled **storages;          /* all that were named */
	int nstorages;
	bool arrays, dumped;         /* NumPy's were named; tensors, as pickle.dump writes them */
} Pickle;

/* pickle.c - the machine: reads one pickle, k->p is behind it then */
Pickle *pickle_new(const char *file, const unsigned char *p, size_t len);
Pickled *unpickle(Pickle *k);

/* values.c */
void pickle_bad(const Pickle *k, const char *format, ...) PRINTF(2, 3) NORETURN;
void *pickle_take(Pickle *k, size_t bytes);          /* memory, within its bounds */
Pickled *value_new(Pickle *k, Kind kind);
void value_add(Pickle *k, Pickled *list, Pickled *item);
const Pickled *dict_get(const Pickled *dict, const char *key);   /* NULL: not there */
const Pickled *value_attributes(const Pickled *object);  /* a dictionary, or NULL */
const Pickled *value_dict(const Pickled *v);             /* what it holds as a dictionary, or NULL */
const char *value_told(const Pickled *v);              /* in a word or two, for who expected tensors */

/* globals.c - what a checkpoint's globals mean */
Pickled *global_named(Pickle *k, const char *module, const char *name);
Pickled *global_called(Pickle *k, Pickled *f, Pickled *args);
Pickled *persistent_value(Pickle *k, const Pickled *id);
int stored_bytes(const char *dtype);                 /* of an element; 0: not known */

/* arrays.c - NumPy's */
bool is_array(const Pickled *v);
bool read_array(const char *file, const Pickled *v, Tensor *t);  /* used in place; false: it is no array */

/* modules.c */
bool is_module(const Pickled *v);
Pickled *module_state(Pickle *k, const Pickled *module); /* a dictionary of tensors */
const char *name_joined(Pickle *k, const char *path, const char *name); /* "path.name"; NULL: longer than any name is */

/* state.c - the network's tensors: below key, or where they usually are; *rest: what of it is in the names, or NULL */
const Pickled *state_dict(Pickle *k, Pickled *root, const char *key, const char **rest);

#endif
