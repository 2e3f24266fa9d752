/*
** safetensors.c - an 8-byte little-endian header length, a JSON header, the tensors' bytes.
** Format: huggingface/safetensors. Every size and offset is checked before it is used.
*/
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "bind.h"

typedef struct {
	const char *file;
	const unsigned char *data;
	size_t len;
} Body;

static const struct json_object *
member(const Body *b, const char *tensor, struct json_object *o, const char *key, enum json_type type)
{
	struct json_object *v;

	if (!json_object_object_get_ex(o, key, &v) || !json_object_is_type(v, type))
		fail("%s: tensor '%s': want \"%s\" of type %s, got %s", b->file, tensor, key, json_type_to_name(type),
		     json_object_object_get_ex(o, key, &v) ? json_type_to_name(json_object_get_type(v)) : "none");
	return v;
}

static int64_t
whole(const Body *b, const char *tensor, const char *what, const struct json_object *array, size_t i)
{
	const struct json_object *v = json_object_array_get_idx(array, i);
	int64_t n = json_object_get_int64(v);

	if (!json_object_is_type(v, json_type_int) || n < 0 || n > INT64_C(1) << 48)
		fail("%s: tensor '%s': want %s as whole numbers from 0 to 2^48, got %s", b->file, tensor, what,
		     v ? json_object_to_json_string((struct json_object *)v) : "null");
	return n;
}

static Tensor
read_tensor(const Body *b, const char *name, struct json_object *o)
{
	Tensor t = { .name = arena_text("%s", name) };
	const struct json_object *shape, *offsets;
	const char *dtype;
	int64_t from, to, bytes;

	if (!json_object_is_type(o, json_type_object))
		fail("%s: tensor '%s': want an object, got %s", b->file, name, json_type_to_name(json_object_get_type(o)));
	dtype = json_object_get_string((struct json_object *)member(b, name, o, "dtype", json_type_string));
	shape = member(b, name, o, "shape", json_type_array);
	offsets = member(b, name, o, "data_offsets", json_type_array);
	snprintf(t.dtype, sizeof t.dtype, "%s", dtype);
	if (json_object_array_length(shape) > 8)
		fail("%s: tensor '%s': want at most 8 dimensions, got %zu", b->file, name, json_object_array_length(shape));
	t.rank = (int)json_object_array_length(shape);
	bytes = dtype_bytes(dtype);
	for (int i = 0; i < t.rank; i++) {
		t.dim[i] = whole(b, name, "shape", shape, (size_t)i);
		if (t.dim[i] && bytes > (INT64_C(1) << 48)/t.dim[i])
			fail("%s: tensor '%s': want at most 2^48 bytes, got more", b->file, name);
		bytes *= t.dim[i];
	}
	if (json_object_array_length(offsets) != 2)
		fail("%s: tensor '%s': want two data_offsets, got %zu", b->file, name, json_object_array_length(offsets));
	from = whole(b, name, "data_offsets", offsets, 0);
	to = whole(b, name, "data_offsets", offsets, 1);
	if (to < from || (to - from != bytes && dtype_bytes(dtype)))     /* an unknown kind is listed and never read */
		fail("%s: tensor '%s': want %" PRId64 " bytes for its shape and dtype, got data_offsets %" PRId64 " to %" PRId64,
		     b->file, name, bytes, from, to);
	if ((uint64_t)to > b->len)
		fail("%s: tensor '%s': want data within the %zu bytes of the file, got data_offsets %" PRId64 " to %" PRId64
		     " (truncated?)", b->file, name, b->len, from, to);
	t.data = b->data + from;
	tensor_contiguous(&t);
	return t;
}

static size_t
bytes_of(const Tensor *t)
{
	return tensor_count(t)*(size_t)dtype_bytes(t->dtype);
}

static int
by_data(const void *a, const void *b)
{
	const Tensor *x = a, *y = b;

	size_t n = bytes_of(x), m = bytes_of(y);

	if (x->data != y->data)
		return x->data < y->data ? -1 : 1;
	return (n > m) - (n < m);
}

static void
check_overlap(const Weights *w)
{
	Tensor *t = arena_new((size_t)(w->count + 1)*sizeof *t);

	memcpy(t, w->tensors, (size_t)w->count*sizeof *t);
	qsort(t, (size_t)w->count, sizeof *t, by_data);
	for (int i = 1; i < w->count; i++)
		if (t[i].data < t[i-1].data + bytes_of(&t[i-1]))
			fail("%s: tensors '%s' and '%s': want separate data, got overlapping data_offsets", w->file, t[i-1].name, t[i].name);
}

static void
read_metadata(Weights *w, struct json_object *said)
{
	if (!json_object_is_type(said, json_type_object))
		return;
	json_object_object_foreach(said, key, value) {
		if (json_object_is_type(value, json_type_string))
			PUSH(w->meta, w->nmeta, (Meta){ arena_text("%s", key), arena_text("%s", json_object_get_string(value)) });
	}
}

Weights *
safetensors_open(const char *file, const unsigned char *map, size_t len)
{
	Weights *w = NEW(Weights);
	Body b = { file, NULL, 0 };
	struct json_tokener *tok;
	struct json_object *root;
	uint64_t header = 0;

	if (len < 8)
		fail("%s: want a safetensors file, got %zu bytes", file, len);
	for (int i = 0; i < 8; i++)
		header |= (uint64_t)map[i] << 8*i;
	if (header < 2 || header > 100u << 20 || header > len - 8 || map[8] != '{')
		fail("%s: want a safetensors file with a header within its %zu bytes, got a header of %" PRIu64 " bytes%s",
		     file, len, header, header >= 2 && header <= len - 8 && map[8] != '{' ? " that does not start with '{'" : "");
	b.data = map + 8 + header;
	b.len = len - 8 - header;
	tok = json_tokener_new_ex(16);
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS);
	root = json_tokener_parse_ex(tok, (const char *)map + 8, (int)header);
	if (!root || !json_object_is_type(root, json_type_object))
		fail("%s: header: want a JSON object, got %s", file,
		     root ? json_type_to_name(json_object_get_type(root)) : json_tokener_error_desc(json_tokener_get_error(tok)));
	w->file = file;
	json_object_object_foreach(root, name, value) {
		if (strcmp(name, "__metadata__"))
			PUSH(w->tensors, w->count, read_tensor(&b, name, value));
		else
			read_metadata(w, value);
	}
	json_object_put(root);
	json_tokener_free(tok);
	check_overlap(w);
	return w;
}

/* add_head - where a tensor's bytes lie from at on; where the next one's do */
static size_t
add_head(struct json_object *head, const Stored *s, size_t at)
{
	struct json_object *t = json_object_new_object(), *dims = json_object_new_array(), *offsets = json_object_new_array();
	size_t bytes = dtype_rows[s->dtype].bytes;

	for (int d = 0; d < s->rank; d++) {
		json_object_array_add(dims, json_object_new_int(s->dim[d]));
		bytes *= (size_t)s->dim[d];
	}
	json_object_array_add(offsets, json_object_new_int64((int64_t)at));
	json_object_array_add(offsets, json_object_new_int64((int64_t)(at + bytes)));
	json_object_object_add(t, "dtype", json_object_new_string(dtype_rows[s->dtype].safetensors));
	json_object_object_add(t, "shape", dims);
	json_object_object_add(t, "data_offsets", offsets);
	if (json_object_object_get_ex(head, s->name, NULL))
		fail("safetensors: want tensors of different names, got '%s' twice", s->name);
	json_object_object_add(head, s->name, t);
	return at + bytes;
}

File
safetensors_write(char *name, const Stored *t, int count, const Meta *meta, int nmeta)
{
	struct json_object *head = json_object_new_object(), *said = json_object_new_object();
	size_t *at = arena_new((size_t)(count + 1)*sizeof *at), text_len, len;
	const char *text;
	unsigned char *all;

	for (int i = 0; i < nmeta; i++)
		json_object_object_add(said, meta[i].key, json_object_new_string(meta[i].value));
	if (nmeta)
		json_object_object_add(head, "__metadata__", said);
	else
		json_object_put(said);
	for (int i = 0; i < count; i++)
		at[i + 1] = add_head(head, &t[i], at[i]);
	text = json_object_to_json_string_ext(head, JSON_C_TO_STRING_PLAIN);
	text_len = (strlen(text) + 7)/8*8;           /* padded with blanks, so that the data is aligned */
	len = 8 + text_len + at[count];
	all = want_memory(malloc(len));
	memset(all + 8, ' ', text_len);
	memcpy(all + 8, text, strlen(text));
	for (int i = 0; i < 8; i++)
		all[i] = (unsigned char)((uint64_t)text_len >> 8*i);
	for (int i = 0; i < count; i++)
		memcpy(all + 8 + text_len + at[i], t[i].data, at[i + 1] - at[i]);
	json_object_put(head);
	return (File){ name, all, len };
}

/* stored_as - what a parameter is kept as: floats, or what belongs to weights of bytes */
static Dtype
stored_as(const Node *n, ParamId id)
{
	const Param *p = &n->p[id];
	Dtype d = has_weights_of_bytes(n) && id != P_slope ? dtype_on_bytes(id) : DT_f32;

	for (size_t i = 0; i < p->count && id == P_weight_step; i++)
		if ((double)(float)p->data[i] != p->data[i])
			d = DT_f64;
	return d;
}

/* stored - its numbers so */
static void *
stored(const Param *p, Dtype d)
{
	void *v = want_memory(malloc(p->count*dtype_rows[d].bytes + 1));

	for (size_t i = 0; i < p->count; i++)
		switch (d) {
		case DT_i8:  ((signed char *)v)[i] = (signed char)p->data[i]; break;
		case DT_i32: ((int32_t *)v)[i] = (int32_t)p->data[i]; break;
		case DT_f64: ((double *)v)[i] = p->data[i]; break;
		default:     ((float *)v)[i] = (float)p->data[i];
		}
	return v;
}

/* safetensors_file - every parameter of g, as F32 or as weights of bytes are kept, in the order of the layers */
File
safetensors_file(const Graph *g, char *name)
{
	Stored *all = NULL;
	int count = 0;
	File file;

	for (int i = 0; i < g->count; i++)
		for (int p = 0; p < NParams; p++) {
			const Node *n = g->nodes[i];
			int rank;
			if (!n->p[p].name)
				continue;
			Shape s = param_shape(n, (ParamId)p, &rank);
			Dtype d = stored_as(n, (ParamId)p);
			PUSH(all, count, (Stored){ n->p[p].name, d, rank, { s.n, s.c, s.h, s.w }, stored(&n->p[p], d) });
		}
	file = safetensors_write(name, all, count, NULL, 0);
	for (int i = 0; i < count; i++)
		free((void *)all[i].data);
	return file;
}
