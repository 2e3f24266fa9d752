/*
** onnx.c - the protobuf of an ONNX file, through protobuf-c, and the tensors in it: raw, typed or in
** external files beside it. Memory is bounded by the file's size, whatever the file says.
*/
#include <stdlib.h>
#include <string.h>

#include "onnx.h"

enum { Slack = 56 << 20,             /* bytes the unpacked model may be larger than the file */
       MostGraphs = 16 };

typedef struct { size_t left; } Budget;

static void *
budget_alloc(void *user, size_t size)
{
	Budget *b = user;

	if (size > b->left)
		return NULL;
	b->left -= size;
	return malloc(size);
}

static void
budget_free(void *user, void *p)
{
	(void)user;
	free(p);
}

/* --- graphs in graphs, which protobuf-c unpacks by recursion --- */

typedef enum { InModel, InGraph, InFunction, InNode, InAttribute } Within;
static const struct { Within within; uint64_t field; Within next; } ways[] = {
	{ InModel, 7, InGraph }, { InModel, 25, InFunction }, { InGraph, 1, InNode }, { InFunction, 7, InNode },
	{ InFunction, 11, InAttribute }, { InNode, 5, InAttribute }, { InAttribute, 6, InGraph },
};

/* read_number - protobuf's; false: none is left */
static bool
read_number(const unsigned char **p, const unsigned char *end, uint64_t *v)
{
	*v = 0;
	for (int shift = 0; *p < end && shift < 64; shift += 7) {
		unsigned char c = *(*p)++;
		*v |= (uint64_t)(c & 127) << shift;
		if (!(c & 128))
			return true;
	}
	return false;
}

/* check_depth - of what may be nested in a message; one that is no protobuf is the unpacker's business */
static void
check_depth(const char *file, const unsigned char *p, const unsigned char *end, Within within, int depth)
{
	uint64_t tag, len;

	if (depth > MostGraphs)
		fail("%s: want at most %d graphs in each other, got more", file, MostGraphs);
	while (p < end && read_number(&p, end, &tag)) {
		len = tag%8 == 1 ? 8 : tag%8 == 5 ? 4 : 0;
		if ((tag%8 == 2 || tag%8 == 0) && !read_number(&p, end, &len))
			return;
		if (tag%8 == 0)
			continue;
		if ((!len && tag%8 != 2) || len > (uint64_t)(end - p))
			return;
		for (size_t i = 0; tag%8 == 2 && i < sizeof ways/sizeof *ways; i++)
			if (ways[i].within == within && ways[i].field == tag/8)
				check_depth(file, p, p + len, ways[i].next, depth + (ways[i].next == InGraph));
		p += len;
	}
}

/* onnx_read - lives until the process ends: initialisers are used in place */
Onnx__ModelProto *
onnx_read(const char *file, const unsigned char *map, size_t len)
{
	Budget *b = NEW(Budget);
	ProtobufCAllocator allocator = { budget_alloc, budget_free, b };
	Onnx__ModelProto *m;

	check_depth(file, map, map + len, InModel, 0);
	b->left = len + Slack;
	m = onnx__model_proto__unpack(&allocator, len, map);
	if (!m)
		fail("%s: want an ONNX model, got %s", file,
		     content_of(map, len) ? content_of(map, len) : "something protobuf cannot read (truncated?)");
	if (!m->graph)
		fail("%s: want an ONNX model with a graph, got none", file);
	return m;
}

/* dtype_of - onnx.proto's TensorProto.DataType */
static const char *
dtype_of(int type)
{
	for (int i = 0; i < NDtypes; i++)
		if (type && dtype_rows[i].onnx == type)
			return dtype_rows[i].safetensors;
	return NULL;
}

/* narrowed - 16-bit floats and small integers are kept as int32_data */
static void
narrow(Tensor *t, const int32_t *v, size_t count)
{
	int bytes = dtype_bytes(t->dtype);
	unsigned char *p = arena_new(count*(size_t)bytes + 1);

	t->data = p;
	for (size_t i = 0; i < count; i++, p += bytes)
		memcpy(p, &v[i], (size_t)bytes);       /* little-endian: the low bytes */
}

static void
locate_external(const char *file, const Onnx__TensorProto *t, Tensor *x, size_t bytes)
{
	const char *location = NULL, *slash = strrchr(file, '/');
	uint64_t offset = 0, length = bytes;
	size_t len;
	const unsigned char *map;

	for (size_t i = 0; i < t->n_external_data; i++) {
		const Onnx__Entry *e = t->external_data[i];
		if (!e->key || !e->value)
			continue;
		if (!strcmp(e->key, "location"))
			location = e->value;
		else if (!strcmp(e->key, "offset"))
			offset = strtoull(e->value, NULL, 10);
		else if (!strcmp(e->key, "length"))
			length = strtoull(e->value, NULL, 10);
	}
	if (!location || !*location || location[0] == '/' || strstr(location, ".."))
		fail("%s: tensor '%s': want external data in a file beside the model, got '%s'", file, x->name,
		     location ? location : "none");
	map = file_map(arena_text("%.*s%s", slash ? (int)(slash - file) + 1 : 0, file, location), &len);
	if (length != bytes || offset > len || bytes > len - offset)
		fail("%s: tensor '%s': want %zu bytes within the %zu of '%s', got offset %llu and length %llu",
		     file, x->name, bytes, len, location,
		     (unsigned long long)offset, (unsigned long long)length);
	x->data = map + offset;
}

Tensor
onnx_tensor(const char *file, const Onnx__TensorProto *t)
{
	Tensor x = { .name = t->name && *t->name ? t->name : "?", .rank = (int)t->n_dims };
	const char *dtype = dtype_of(t->data_type);
	size_t count, given = 0, bytes;

	if (!dtype)
		fail("%s: tensor '%s': want floats, integers or booleans, got data type %d", file, x.name,
		     t->data_type);
	if (t->n_dims > 8)
		fail("%s: tensor '%s': want at most 8 dimensions, got %zu", file, x.name, t->n_dims);
	snprintf(x.dtype, sizeof x.dtype, "%s", dtype);
	for (int i = 0; i < x.rank; i++) {
		x.dim[i] = t->dims[i];
		if (x.dim[i] < 0 || x.dim[i] > INT64_C(1) << 40)
			fail("%s: tensor '%s': want dimensions from 0 to 2^40, got %lld", file, x.name,
			     (long long)x.dim[i]);
	}
	if (!tensor_contiguous(&x))
		fail("%s: tensor '%s': want less than 2^45 elements, got %s", file, x.name, tensor_shape(&x));
	count = tensor_count(&x);
	bytes = count*(size_t)dtype_bytes(dtype);
	if (t->data_location == 1) {
		locate_external(file, t, &x, bytes);
		return x;
	}
	if (t->has_raw_data) {
		x.data = t->raw_data.data;
		given = t->raw_data.len/(size_t)dtype_bytes(dtype);
		if (t->raw_data.len%(size_t)dtype_bytes(dtype))
			given = SIZE_MAX;
	} else if (t->n_float_data) {
		x.data = (const unsigned char *)t->float_data;
		given = strcmp(dtype, "F32") ? SIZE_MAX : t->n_float_data;
	} else if (t->n_double_data) {
		x.data = (const unsigned char *)t->double_data;
		given = strcmp(dtype, "F64") ? SIZE_MAX : t->n_double_data;
	} else if (t->n_int64_data) {
		x.data = (const unsigned char *)t->int64_data;
		given = strcmp(dtype, "I64") ? SIZE_MAX : t->n_int64_data;
	} else if (t->n_uint64_data) {
		x.data = (const unsigned char *)t->uint64_data;
		given = strcmp(dtype, "U64") ? SIZE_MAX : t->n_uint64_data;
	} else if (t->n_int32_data && dtype_bytes(dtype) <= 4 && strcmp(dtype, "F32")) {
		narrow(&x, t->int32_data, t->n_int32_data);
		given = t->n_int32_data;
	}
	if (given != count)
		fail("%s: tensor '%s': want %zu values of %s for its shape %s, got other data", file, x.name,
		     count, dtype, tensor_shape(&x));
	return x;
}

OnnxValue
onnx_constant(const char *file, const Onnx__TensorProto *p)
{
	Tensor t = onnx_tensor(file, p);
	OnnxValue v = { .name = t.name, .rank = t.rank, .type = p->data_type };
	size_t count = tensor_count(&t);
	double *data = want_memory(calloc(count ? count : 1, sizeof *data));

	for (size_t i = 0; i < count; i++)
		data[i] = tensor_get(&t, i);
	memcpy(v.dim, t.dim, sizeof v.dim);
	v.data = data;
	return v;
}
