/*
** module.c - a network for a page: a picture's pixels in, outputs out, and how long each layer takes. There is no libc:
** what has a known size is an array, and the picture lies behind all of them, in memory that grows when it must.
*/
#include "net.h"
#include "rc_image.h"

#if defined(__wasm_atomics__)
#include "threads.h"
#define PARALLEL_FOR share
#else
#define PARALLEL_FOR NULL
enum { threads = 1 };
#endif

#if !defined(NET_IMAGE) || NET_INPUT_CHANNELS != 3 || NET_BATCH != 1
#error "want a network of one picture of three channels a call"
#endif

#if NET_OUTPUT_0_H*NET_OUTPUT_0_W != 1
#error "want a network whose first output is a vector, of logits or of shares"
#endif

#define EXPORT(name) __attribute__((export_name(#name)))

/* milliseconds of the page's clock */
__attribute__((import_module("page"), import_name("now"))) double now(void);

enum { MostLayers = 4096, Page = 65536 };

typedef struct { const char *name; double took; } Layer;

extern unsigned char __heap_base;    /* the linker's: behind all arrays */

static const rc_image how = NET_IMAGE;
static RC_ALIGNED(64) unsigned char weights[NET_WEIGHTS_BYTES], workspace[NET_SELFTEST_BYTES];
static RC_ALIGNED(64) unsigned char input[NET_INPUT_BYTES];
static float output[NET_OUTPUT_FLOATS];
static Layer layers[MostLayers];
static int layer_count;
static double before;                /* when the layer before was done */

/* --- what there is --- */

EXPORT(weights) void *the_weights(void)               { return weights; }
EXPORT(weights_bytes) unsigned weights_bytes(void)    { return sizeof weights; }
EXPORT(input) void *the_input(void)                   { return input; }
EXPORT(input_bytes) unsigned input_bytes(void)        { return sizeof input; }
EXPORT(output) float *the_output(void)                { return output + NET_OUTPUT_0_AT; }
EXPORT(output_floats) int output_floats(void)         { return NET_OUTPUT_0_FLOATS; }
EXPORT(height) int height(void)                       { return NET_INPUT_HEIGHT; }
EXPORT(width) int width(void)                         { return NET_INPUT_WIDTH; }
EXPORT(workspace_bytes) unsigned workspace_bytes(void) { return NET_WORKSPACE_BYTES; }
EXPORT(macs) double macs(void)                        { return (double)NET_MACS; }
EXPORT(words) const char *words(int status)           { return rc_strerror(status); }

/* NULL: the model names no classes, or not so many */
EXPORT(class_name) const char *
class_name(int i)
{
#if NET_CLASSES
	return i < NET_CLASSES ? net_classes[i] : NULL;
#else
	(void)i;
	return NULL;
#endif
}

/* --- a picture --- */

/* where its pixels go, four bytes each; NULL: there is no such memory. The network's scratch lies behind them */
EXPORT(pixels) unsigned char *
pixels(int h, int w)
{
	size_t picture = (size_t)h*(size_t)w*4, end, have = __builtin_wasm_memory_size(0);

	if (h <= 0 || w <= 0 || (uint64_t)h*(uint64_t)w > 1 << 28)
		return NULL;
	end = (size_t)&__heap_base + picture + rc_image_scratch(&how, h, w);
	if (end > have*Page && __builtin_wasm_memory_grow(0, (end + Page - 1)/Page - have) == (size_t)-1)
		return NULL;
	return &__heap_base;
}

/* from the pixels to the input; what is told of transparency does not count */
EXPORT(prepare) int
prepare(int h, int w)
{
	unsigned char *at = pixels(h, w);

	if (!at)
		return RC_E_SCRATCH;
	for (size_t i = 0; i < (size_t)h*(size_t)w; i++)
		for (int c = 0; c < 3; c++)
			at[3*i + (size_t)c] = at[4*i + (size_t)c];
	return rc_image_input(&how, at, h, w, input, at + (size_t)h*(size_t)w*4, rc_image_scratch(&how, h, w));
}

/* --- the network --- */

EXPORT(check) int
check(void)
{
	return net_check(weights, sizeof weights);
}

/* the first layer that is wrong, or NULL */
EXPORT(selftest) const char *
selftest(void)
{
	const char *layer = NULL;

	net_selftest(weights, workspace, sizeof workspace, &layer);
	return layer;
}

static void
note_layer(void *user, int i, const char *name)
{
	double at = now();

	(void)user;
	if (i < MostLayers) {
		layers[i].name = name;
		layers[i].took += at - before;
		layer_count = i >= layer_count ? i + 1 : layer_count;
	}
	before = at;
}

static int
run_with(void (*layer)(void *user, int i, const char *name))
{
	rc_options o = { sizeof o, PARALLEL_FOR, NULL, threads, layer, NULL, NULL };

	return net_run_with(&o, weights, (const void *)input, output, workspace, sizeof workspace);
}

EXPORT(run) int run(void)                             { return run_with(NULL); }

/* the same; what the layers took is added up */
EXPORT(run_timed) int
run_timed(void)
{
	before = now();
	return run_with(note_layer);
}

EXPORT(forget_times) void
forget_times(void)
{
	for (int i = 0; i < layer_count; i++)
		layers[i].took = 0;
}

EXPORT(layer_count) int count_layers(void)            { return layer_count; }
EXPORT(layer_name) const char *layer_name(int i)      { return layers[i].name; }
EXPORT(layer_took) double layer_took(int i)           { return layers[i].took; }
