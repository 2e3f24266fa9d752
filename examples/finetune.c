/*
** finetune.c - a program that learns: it takes a network of ten classes and teaches it two others from 500 pictures, with
** emitted C alone.
**
**	resnetc examples/train/animals_vehicles.lua -w examples/weights/cifar_resnet20.safetensors --train -o net
**	cc -O2 -Inet net/[a-z]*.c examples/finetune.c -lpthread -o finetune
**	./finetune net/animals_vehicles.params data_batch_1.bin test_batch.bin
**
**	finetune [--threads N] [--epochs N] PARAMS TRAIN.bin TEST.bin [WEIGHTS]
**
** The .bin files are those of CIFAR-10's binary version, labelled with its ten classes; the first 500 pictures of TRAIN are
** learned from, up to 1000 of TEST are asked. WEIGHTS is written at the end: what animals_vehicles_run takes.
*/
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "animals_vehicles.h"
#include "animals_vehicles_train.h"
#include "rc_file.h"
#include "rc_threads.h"

enum { Pixels = 3*32*32, Record = Pixels + 1, Learned = 500, Asked = 1000, Batch = ANIMALS_VEHICLES_TRAIN_BATCH };

typedef struct {
	int count;
	unsigned char *pixels;
	int32_t *labels;
} Pictures;

static _Alignas(64) char state[ANIMALS_VEHICLES_TRAIN_STATE_BYTES], workspace[ANIMALS_VEHICLES_TRAIN_WORKSPACE_BYTES];
static _Alignas(64) char weights[ANIMALS_VEHICLES_WEIGHTS_BYTES], run_workspace[ANIMALS_VEHICLES_WORKSPACE_BYTES];

static void
must(int status, const char *what)
{
	if (status == RC_OK)
		return;
	fprintf(stderr, "%s: %s\n", what, rc_strerror(status));
	exit(1);
}

static Pictures
read_pictures(const char *file, int most)
{
	static const int animal[10] = { 0, 0, 1, 1, 1, 1, 1, 1, 0, 0 };      /* airplane, automobile, bird, cat, ... */
	Pictures p = { 0, NULL, NULL };
	const void *map;
	size_t len;

	must(rc_file_map(file, &map, &len), file);
	p.count = len/Record < (size_t)most ? (int)(len/Record) : most;
	p.pixels = malloc((size_t)p.count*Pixels + 1);
	p.labels = malloc((size_t)p.count*sizeof *p.labels + 1);
	if (len%Record || p.count < Batch || !p.pixels || !p.labels) {
		fprintf(stderr, "%s: want at least %d records of %d bytes, got %zu bytes\n", file, Batch, Record, len);
		exit(1);
	}
	for (int i = 0; i < p.count; i++) {
		const unsigned char *record = (const unsigned char *)map + (size_t)i*Record;
		p.labels[i] = animal[record[0]%10];
		memcpy(p.pixels + (size_t)i*Pixels, record + 1, Pixels);
	}
	rc_file_unmap(map, len);
	return p;
}

static void
ask(const rc_options *options, const Pictures *p, const char *when)
{
	rc_loss loss;

	must(animals_vehicles_train_eval(options, state, p->pixels, p->labels, p->count, workspace, sizeof workspace, &loss), "eval");
	printf("%s: loss %.4f, %d of %d right\n", when, loss.loss, loss.correct, loss.count);
}

/* one time over all pictures in a random order; the rate falls in a straight line */
static void
learn(const rc_options *options, const Pictures *p, int epoch, int epochs)
{
	static unsigned char images[Batch*Pixels];
	static int32_t labels[Batch];
	int steps = p->count/Batch, order[Learned];
	uint64_t seed = (uint64_t)epoch;
	rc_train how = { sizeof how, 0, RC_TRAIN_AUGMENT, 0 };

	for (int i = 0; i < p->count; i++)
		order[i] = i;
	for (int i = p->count - 1; i > 0; i--) {
		int k = (int)(rc_random(&seed)%(uint64_t)(i + 1)), other = order[k];
		order[k] = order[i];
		order[i] = other;
	}
	for (int step = 0; step < steps; step++) {
		for (int i = 0; i < Batch; i++) {
			memcpy(images + (size_t)i*Pixels, p->pixels + (size_t)order[step*Batch + i]*Pixels, Pixels);
			labels[i] = p->labels[order[step*Batch + i]];
		}
		how.seed = rc_random(&seed);
		how.rate = 0.01f*(1 - (float)(epoch*steps + step)/(float)(epochs*steps));
		must(animals_vehicles_train_step(options, state, images, labels, &how, workspace, sizeof workspace, NULL), "step");
	}
}

/* what was learned, as the network at work has it */
static void
export(const Pictures *p, const char *file)
{
	int right = 0;
	FILE *f;

	must(animals_vehicles_train_export(state, weights, sizeof weights), "export");
	must(animals_vehicles_check(weights, sizeof weights), "export");
	for (int i = 0; i < p->count; i++) {
		float out[2];
		must(animals_vehicles_run(weights, p->pixels + (size_t)i*Pixels, out, run_workspace, sizeof run_workspace), "run");
		right += (out[1] > out[0]) == p->labels[i];
	}
	printf("exported: %d of %d right\n", right, p->count);
	if (!file)
		return;
	f = fopen(file, "wb");
	if (!f || fwrite(weights, 1, sizeof weights, f) != sizeof weights || fclose(f)) {
		perror(file);
		exit(1);
	}
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9*(double)t.tv_nsec;
}

int
main(int argc, char **argv)
{
	rc_options options = { sizeof options, NULL, NULL, 0, NULL, NULL, NULL };
	int at = 1, threads = 1, epochs = 5;
	Pictures train, test;
	const void *params;
	rc_pool pool;
	size_t len;
	double start;

	for (; at + 1 < argc && argv[at][0] == '-'; at += 2)
		*(strcmp(argv[at], "--threads") ? &epochs : &threads) = atoi(argv[at + 1]);
	if (argc - at < 3 || argc - at > 4 || threads < 1 || threads > 64 || epochs < 1) {
		fprintf(stderr, "usage: finetune [--threads N] [--epochs N] PARAMS TRAIN.bin TEST.bin [WEIGHTS]\n");
		return 2;
	}
	must(rc_file_map(argv[at], &params, &len), argv[at]);
	must(animals_vehicles_train_load(state, params, len), argv[at]);
	train = read_pictures(argv[at + 1], Learned);
	test = read_pictures(argv[at + 2], Asked);
	if (threads > 1) {
		must(rc_pool_start(&pool, threads), "threads");
		options.parallel_for = rc_pool_for;
		options.parallel_user = &pool;
		options.threads = threads;
	}
	ask(&options, &test, "before");
	start = seconds();
	for (int e = 0; e < epochs; e++)
		learn(&options, &train, e, epochs);
	printf("%d times %d pictures in %.1f s\n", epochs, train.count, seconds() - start);
	ask(&options, &test, "after");
	export(&test, argc - at > 3 ? argv[at + 3] : NULL);
	if (threads > 1)
		rc_pool_stop(&pool);
	return 0;
}
