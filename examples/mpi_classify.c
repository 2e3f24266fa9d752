/*
** mpi_classify.c - pictures classified on the ranks of an MPI program, told in their order.
**
**	resnetc examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors -o net
**	mpicc -O2 -Inet net/[a-z]*.c examples/mpi_classify.c -lpng -ljpeg -lm -lpthread -o mpi_classify
**	mpirun -n 4 ./mpi_classify net/cifar_resnet20.weights examples/images/[a-z]*.png
*/
#include <mpi.h>

#include "cifar_resnet20.h"
#include "picture.h"
#include "rc_file.h"
#include "rc_image.h"

enum { Classes = CIFAR_RESNET20_OUTPUT_FLOATS, MostScratch = 1 << 24 };

/* the class of a picture, or -1 */
static int
class_of(const char *name, const void *weights)
{
	static const rc_image how = CIFAR_RESNET20_IMAGE;
	static float input[CIFAR_RESNET20_INPUT_FLOATS], output[Classes];
	static _Alignas(64) char workspace[CIFAR_RESNET20_WORKSPACE_BYTES], scratch[MostScratch];
	char why[PictureWhy] = "want a readable file";
	unsigned char *rgb = NULL;
	const void *file;
	size_t len;
	int h, w, best = 0;

	if (rc_file_map(name, &file, &len) == RC_OK)
		rgb = picture_read(file, len, &h, &w, why);
	if (!rgb || rc_image_input(&how, rgb, h, w, input, scratch, sizeof scratch) != RC_OK)
		return fprintf(stderr, "%s: %s\n", name, rgb ? "want a smaller picture" : why), free(rgb), -1;
	free(rgb);
	if (cifar_resnet20_run(weights, input, output, workspace, sizeof workspace) != RC_OK)
		return -1;
	for (int i = 1; i < Classes; i++)
		best = output[i] > output[best] ? i : best;
	return best;
}

int
main(int argc, char **argv)
{
	const void *weights;
	size_t len;
	int rank, ranks, status, *mine = calloc((size_t)argc + 1, sizeof *mine), *all = calloc((size_t)argc + 1, sizeof *all);

	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &ranks);
	status = argc > 2 && mine && all ? rc_file_map(argv[1], &weights, &len) : RC_E_NULL;
	if (status == RC_OK)
		status = cifar_resnet20_check(weights, len);
	if (status != RC_OK) {
		fprintf(stderr, "mpi_classify WEIGHTS PICTURE...: %s\n", rc_strerror(status));
		MPI_Abort(MPI_COMM_WORLD, 1);
	}
	for (int i = 2 + rank; i < argc; i += ranks)
		mine[i] = class_of(argv[i], weights) + 1;
	MPI_Reduce(mine, all, argc, MPI_INT, MPI_SUM, 0, MPI_COMM_WORLD);
	for (int i = 2; i < argc && !rank; i++)
		printf("%s %s\n", argv[i], all[i] ? cifar_resnet20_classes[all[i] - 1] : "-");
	free(mine);
	free(all);
	MPI_Finalize();
	return 0;
}
