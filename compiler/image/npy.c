/*
** npy.c - inputs and outputs as NumPy's .npy: float32 or bytes in C order. The header is weights/npy.c's.
*/
#include <stdlib.h>
#include <string.h>

#include "../weights/tensor.h"
#include "image.h"

Npy
npy_read(const char *file)
{
	size_t len;
	const unsigned char *map = file_map(file, &len);
	Npy a = { .count = 1 };
	Tensor t = { .name = file };
	bool bytes;
	void *data;

	npy_parse(file, map, len, len, &t);
	bytes = !strcmp(t.dtype, "U8");
	if (strcmp(t.dtype, "F32") && !bytes)
		fail("%s: want dtype float32 or uint8, got %s", file, t.dtype);
	a.rank = t.rank;
	a.count = tensor_count(&t);
	memcpy(a.dim, t.dim, sizeof a.dim);
	for (int i = t.rank - 1, step = 1; i >= 0; step *= (int)t.dim[i], i--)
		if (t.stride[i] != step && t.dim[i] > 1)
			fail("%s: want C order, got Fortran order", file);
	data = want_memory(malloc((a.count ? a.count : 1)*(bytes ? 1 : sizeof(float))));
	memcpy(data, map + t.at, a.count*(bytes ? 1 : sizeof(float)));
	if (bytes)
		a.u8 = data;
	else
		a.data = data;
	return a;
}

/* npy_file - float32 in C order, as a File of this name; malloc'd */
File
npy_file(char *name, const float *data, int rank, const int64_t *dim)
{
	char text[256];
	size_t count = 1, head;
	int n = snprintf(text, sizeof text, "{'descr': '<f4', 'fortran_order': False, 'shape': (");
	char *bytes;

	for (int i = 0; i < rank; i++) {
		const char *comma = rank == 1 ? "," : i + 1 < rank ? ", " : "";
		n += snprintf(text + n, sizeof text - (size_t)n, "%lld%s", (long long)dim[i], comma);
		count *= (size_t)dim[i];
	}
	n += snprintf(text + n, sizeof text - (size_t)n, "), }");
	head = (10 + (size_t)n + 1 + 63)/64*64;
	bytes = want_memory(malloc(head + count*sizeof *data));
	memset(bytes, ' ', head);
	memcpy(bytes, "\x93NUMPY\x01\x00", 8);
	bytes[8] = (char)((head - 10) & 255);
	bytes[9] = (char)((head - 10) >> 8);
	memcpy(bytes + 10, text, (size_t)n);
	bytes[head - 1] = '\n';
	memcpy(bytes + head, data, count*sizeof *data);
	return (File){ name, bytes, head + count*sizeof *data };
}

/* write_at - one file where its path says */
void
write_at(const char *path, const void *data, size_t len)
{
	const char *slash = strrchr(path, '/');
	File f = { (char *)(slash ? slash + 1 : path), data, len };

	write_files(slash ? arena_text("%.*s", (int)(slash - path) + (slash == path), path) : ".", &f, 1);
}

void
npy_write(const char *file, const float *data, int rank, const int64_t *dim)
{
	File f = npy_file("", data, rank, dim);

	write_at(file, f.data, f.len);
	free((void *)f.data);
}
