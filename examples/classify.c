/*
** classify.c - an app with a network inside: classifies PNG pictures with cifar_resnet20.
**
**	resnetc examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors -o net
**	cc -O2 -Inet net/[a-z]*.c examples/classify.c -lpng -lm -o classify
**	./classify net/cifar_resnet20.weights examples/images/[a-z]*.png
**
** The file name is taken as the true class. Pictures must have the network's size.
*/
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <png.h>

#include "cifar_resnet20.h"
#include "rc_file.h"

enum { H = CIFAR_RESNET20_INPUT_HEIGHT, W = CIFAR_RESNET20_INPUT_WIDTH, Classes = CIFAR_RESNET20_CLASSES };

static _Alignas(CIFAR_RESNET20_WORKSPACE_ALIGN) unsigned char workspace[CIFAR_RESNET20_WORKSPACE_BYTES];

/* read_png - pixels 0..255 to the network's input: (pixel/255 - mean)/std, planes R, G, B */
static int
read_png(const char *file, float *input)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	static unsigned char rgb[H*W*3];

	if (!png_image_begin_read_from_file(&image, file))
		return fprintf(stderr, "%s: %s\n", file, image.message), 0;
	if (image.width != W || image.height != H)
		return fprintf(stderr, "%s: want %d x %d pixels, got %u x %u\n", file, W, H, image.width, image.height), 0;
	image.format = PNG_FORMAT_RGB;
	if (!png_image_finish_read(&image, NULL, rgb, 0, NULL))
		return fprintf(stderr, "%s: %s\n", file, image.message), 0;
	for (int c = 0; c < 3; c++)
		for (int i = 0; i < H*W; i++)
			input[c*H*W + i] = ((float)rgb[3*i + c]/255 - cifar_resnet20_mean[c])/cifar_resnet20_std[c];
	return 1;
}

/* softmax - logits to probabilities, in place */
static void
softmax(float *v)
{
	float most = v[0], sum = 0;

	for (int i = 1; i < Classes; i++)
		most = v[i] > most ? v[i] : most;
	for (int i = 0; i < Classes; i++)
		sum += v[i] = expf(v[i] - most);
	for (int i = 0; i < Classes; i++)
		v[i] /= sum;
}

static double
microseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec*1e6 + (double)t.tv_nsec*1e-3;
}

int
main(int argc, char **argv)
{
	static float input[CIFAR_RESNET20_INPUT_FLOATS], output[CIFAR_RESNET20_OUTPUT_FLOATS];
	const void *weights;
	size_t len;
	int status, right = 0;

	if (argc < 3)
		return fprintf(stderr, "usage: classify WEIGHTS PICTURE.png...\n"), 2;
	status = rc_file_map(argv[1], &weights, &len);
	if (status == RC_OK)
		status = cifar_resnet20_check(weights, len);
	if (status != RC_OK)
		return fprintf(stderr, "%s: %s\n", argv[1], rc_strerror(status)), 1;

	printf("%-34s %-11s %-44s %8s\n", "picture", "true class", "the network says", "time");
	for (int k = 2; k < argc; k++) {
		const char *name = strrchr(argv[k], '/') ? strrchr(argv[k], '/') + 1 : argv[k];
		char truth[32], said[128] = "";
		double start, spent;

		if (!read_png(argv[k], input))
			return 1;
		start = microseconds();
		status = cifar_resnet20_run(weights, input, output, workspace, sizeof workspace);
		spent = microseconds() - start;
		if (status != RC_OK)
			return fprintf(stderr, "%s\n", rc_strerror(status)), 1;
		softmax(output);
		snprintf(truth, sizeof truth, "%.*s", (int)strcspn(name, "."), name);
		for (int shown = 0; shown < 3; shown++) {
			int best = 0;
			for (int i = 1; i < Classes; i++)
				best = output[i] > output[best] ? i : best;
			right += shown == 0 && !strcmp(cifar_resnet20_classes[best], truth);
			snprintf(said + strlen(said), sizeof said - strlen(said), "%s%s %.3f", shown ? ", " : "", cifar_resnet20_classes[best],
			         (double)output[best]);
			output[best] = -1;
		}
		printf("%-34s %-11s %-44s %5.0f us\n", argv[k], truth, said, spent);
	}
	printf("%d of %d right\n", right, argc - 2);
	return 0;
}
