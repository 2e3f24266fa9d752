/*
** mpi_train.c - learns CIFAR-10 on the ranks of an MPI program; 1, 2 and 4 ranks write the same checkpoint.
**
**	resnetc examples/train/cifar_resnet20.lua -w random --train --batch 32 -o net
**	mpicc -O2 -DRC_MPI -Inet net/[a-z]*.c examples/mpi_train.c -lpthread -o mpi_train
**	mpirun -n 4 ./mpi_train 1560 cifar_resnet20.checkpoint data_batch_*.bin
**
** A step is over four groups of 32 images, whose batch norms are synchronised; with --local before the steps each group
** is normalised by its own statistics (rc_mpi.h). The checkpoint is the state.
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cifar_resnet20_train.h"
#include "rc_file.h"
#include "rc_mpi.h"

enum { Groups = 4, Batch = CIFAR_RESNET20_TRAIN_BATCH, Pixels = 3*32*32, Record = Pixels + 1, MostFiles = 8 };

static _Alignas(64) char state[CIFAR_RESNET20_TRAIN_STATE_BYTES], workspaces[Groups*CIFAR_RESNET20_TRAIN_WORKSPACE_BYTES];
static float room[RC_MPI_ROOM(CIFAR_RESNET20_TRAIN_PARAMS_BYTES, Groups)/sizeof(float)];
static float norms[RC_MPI_SYNC(CIFAR_RESNET20_TRAIN_NORM_CHANNELS)/sizeof(float)];
static unsigned char images[Groups*Batch*Pixels];
static int32_t labels[Groups*Batch];
static const unsigned char *files[MostFiles];
static int records[MostFiles], count, nfiles;

static void
must(int status, const char *what)
{
	if (status == RC_OK)
		return;
	fprintf(stderr, "%s: %s\n", what, rc_strerror(status));
	MPI_Abort(MPI_COMM_WORLD, 1);
}

/* group g of a step, this rank's i-th: pictures drawn by the step's and its number */
static void
fill(int step, int g, int i0)
{
	uint64_t seed = (uint64_t)step*Groups + (uint64_t)g;

	for (int i = 0; i < Batch; i++) {
		int which = (int)(rc_random(&seed)%(uint64_t)count), f = 0;
		for (; which >= records[f]; f++)
			which -= records[f];
		labels[i0*Batch + i] = files[f][(size_t)which*Record];
		memcpy(images + (size_t)(i0*Batch + i)*Pixels, files[f] + (size_t)which*Record + 1, Pixels);
	}
}

static void
train(rc_mpi *m, const rc_options *options, int steps, int local)
{
	for (int step = 0; step < steps; step++) {
		rc_loss own[Groups], all;
		rc_train how[Groups];
		rc_mpi_begin(m, state);
		for (int i = 0; i < m->own; i++) {
			rc_train one = { sizeof one, 0.1f*(1 - (float)step/(float)steps), RC_TRAIN_AUGMENT, 0 };
			one.seed = (uint64_t)step*Groups + (uint64_t)(m->first + i);
			how[i] = one;
			fill(step, m->first + i, i);
		}
		for (int i = 0; local && i < m->own; i++) {
			rc_mpi_group(m, i);
			must(cifar_resnet20_train_grad(options, state, images + (size_t)i*Batch*Pixels, labels + i*Batch, &how[i], workspaces,
			                               CIFAR_RESNET20_TRAIN_WORKSPACE_BYTES, &own[i]), "step");
		}
		if (!local)
			must(rc_mpi_grad(m, options, state, images, labels, how, workspaces, sizeof workspaces, own), "step");
		rc_mpi_end(m, own, &all);
		must(cifar_resnet20_train_apply(options, state, how), "step");
		if (!m->rank && (step%20 == 0 || step + 1 == steps))
			printf("step %d: loss %.6f, %d of %d right\n", step + 1, all.loss, all.correct, all.count);
	}
}

int
main(int argc, char **argv)
{
	static rc_mpi m;
	rc_options options = { sizeof options, NULL, NULL, 0, NULL, NULL, NULL };
	const rc_parameter *parameters = cifar_resnet20_train_parameters(&nfiles);
	int local;
	FILE *f;

	MPI_Init(&argc, &argv);
	local = argc > 1 && !strcmp(argv[1], "--local");
	argc -= local;
	argv += local;
	if (argc < 4 || argc > 3 + MostFiles) {
		fprintf(stderr, "usage: mpi_train [--local] STEPS CHECKPOINT DATA.bin...\n");
		MPI_Abort(MPI_COMM_WORLD, 2);
	}
	must(rc_mpi_open(&m, MPI_COMM_WORLD, Groups, parameters, nfiles, CIFAR_RESNET20_TRAIN_GRADIENT_FLOATS, room, sizeof room, &options), "ranks");
	if (!local)
		must(rc_mpi_sync(&m, cifar_resnet20_train_trainer(), norms, sizeof norms), "batch norms");
	if (!m.rank)
		printf("%d groups of %d images on %d ranks, batch norms %s\n", Groups, (int)Batch, m.ranks, local ?
		       "of each group by itself" : "synchronised");
	nfiles = argc - 3;
	for (int i = 0; i < nfiles; i++) {
		const void *map;
		size_t len;
		must(rc_file_map(argv[3 + i], &map, &len), argv[3 + i]);
		files[i] = (const unsigned char *)map;
		records[i] = (int)(len/Record);
		count += records[i];
	}
	must(cifar_resnet20_train_init(state, 1), "state");
	train(&m, &options, atoi(argv[1]), local);
	if (!m.rank) {
		f = fopen(argv[2], "wb");
		if (!f || fwrite(state, 1, sizeof state, f) != sizeof state || fclose(f)) {
			perror(argv[2]);
			MPI_Abort(MPI_COMM_WORLD, 1);
		}
	}
	MPI_Finalize();
	return 0;
}
