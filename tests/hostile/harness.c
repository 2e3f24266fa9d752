/*
** harness.c - libFuzzer's way into every reader of untrusted bytes. Compiled with -DFUZZ=n by `make fuzz-NAME`;
** a refusal is what bad input should meet, so only crashes, sanitizer reports, hangs and broken invariants count.
*/
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../compiler/resnetc.h"
#include "../../runtime/rc.h"

enum { model, safetensors, torch, torch_legacy, npz, npy, onnx, image, blob };

typedef struct { const unsigned char *data; size_t len; } Input;

/* as_file - a path under which the bytes can be read */
static const char *
as_file(const Input *in)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("input", 0);
	if (ftruncate(fd, 0) || pwrite(fd, in->data, in->len, 0) != (ssize_t)in->len)
		abort();
	return arena_text("/proc/self/fd/%d", fd);
}

/* touch - read a few values of every tensor, as binding does */
static void
touch(Weights *w)
{
	double sum = 0;

	for (int i = 0; i < w->count; i++) {
		Tensor *t = &w->tensors[i];
		size_t count = tensor_count(t);
		if (count > 1 << 22 || !dtype_bytes(t->dtype))
			continue;
		tensor_load(t);
		for (size_t k = 0; k < count; k += 1 + count/64)
			sum += tensor_get(t, k);
		if (count)
			sum += tensor_get(t, count - 1);
		tensor_unload(t);
	}
	if (sum == 12345.678)
		abort();
}

static void
read_it(void *user)
{
	const Input *in = user;
	DslOptions none = { 0 };
	OnnxOptions usual = { 0 };

	switch (FUZZ) {
	case model: {
		Graph *g = dsl_try(as_file(in), &none);
		if (g)
			check(g, "input");
		break;
	}
	case safetensors:  touch(safetensors_open("input", in->data, in->len)); break;
	case torch:        touch(torch_zip_open("input", zip_map("input", in->data, in->len), NULL)); break;
	case torch_legacy: touch(torch_legacy_open("input", in->data, in->len, NULL)); break;
	case npz:          touch(npz_open("input", zip_map("input", in->data, in->len))); break;
	case npy:          touch(npy_open("input", in->data, in->len)); break;
	case onnx:         check(onnx_import(as_file(in), &usual), "input"); break;
	case image:        free(image_read(as_file(in)).rgb); break;
	case blob: {
		unsigned char *aligned = aligned_alloc(64, (in->len + 63)/64*64 + 64);
		const rc_network net = { .plan_hash = 0x1234, .weights = in->len };
		memcpy(aligned, in->data, in->len);
		if (rc_check_blob(&net, aligned, in->len) == RC_OK && rc_hash(aligned + 128, in->len - 128) != ((rc_blob *)(void *)aligned)->checksum)
			abort();
		free(aligned);
		break;
	}
	}
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t len);

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t len)
{
	Input in = { data, len };

	quiet = true;
	attempt(read_it, &in);
	arena_release();
	return 0;
}
