/*
** classify.c - an app with a network inside: classifies PNG pictures with cifar_resnet20.
**
**	resnetc examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors -o net
**	cc -O2 -Inet net/[a-z]*.c examples/classify.c -lpng -lm -lpthread -o classify
**	./classify net/cifar_resnet20.weights examples/images
**
**	classify [--threads N] [--csv | --json] WEIGHTS PICTURE.png|FOLDER...
**
** Each thread takes the next picture and has a workspace of its own; the weights are shared. Where a file's name is that of a
** class, that is taken for the truth. Pictures must have the network's size. --json writes a JSON object a line.
*/
#define _XOPEN_SOURCE 700
#include <dirent.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <png.h>

#include "cifar_resnet20.h"
#include "rc_file.h"

enum { H = CIFAR_RESNET20_INPUT_HEIGHT, W = CIFAR_RESNET20_INPUT_WIDTH, Classes = CIFAR_RESNET20_CLASSES, MostThreads = 64, Top = 3 };

typedef struct {
	char *file;
	int truth;                   /* a class, or -1 */
	int best[Top];
	float share[Top];            /* softmax of the logits */
	double microseconds;
	char wrong[160];             /* why it could not be classified, or "" */
} Picture;

static Picture *pictures;
static int count, next, done;        /* next: to be taken; done: finished */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t progress = PTHREAD_COND_INITIALIZER;
static const void *weights;

/* --- pictures --- */

static int
class_named(const char *path)
{
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;

	for (int i = 0; i < Classes; i++) {
		size_t n = strlen(cifar_resnet20_classes[i]);
		if (!strncmp(name, cifar_resnet20_classes[i], n) && (name[n] == '.' || name[n] == '_' || name[n] == '-'))
			return i;
	}
	return -1;
}

static void
add_picture(const char *path)
{
	Picture *more = realloc(pictures, (size_t)(count + 1)*sizeof *pictures);

	if (!more)
		abort();
	pictures = more;
	pictures[count++] = (Picture){ .file = strdup(path), .truth = class_named(path) };
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const Picture *)a)->file, ((const Picture *)b)->file);
}

/* add_path - a picture, or the .png files of a folder in order */
static int
add_path(const char *path)
{
	struct stat st;
	struct dirent *e;
	DIR *dir;
	int first = count;

	if (stat(path, &st))
		return fprintf(stderr, "%s: want a picture or a folder, got none\n", path), 0;
	if (!S_ISDIR(st.st_mode)) {
		add_picture(path);
		return 1;
	}
	dir = opendir(path);
	while (dir && (e = readdir(dir))) {
		size_t n = strlen(e->d_name);
		char file[4096];
		if (n < 5 || strcmp(e->d_name + n - 4, ".png"))
			continue;
		snprintf(file, sizeof file, "%s/%s", path, e->d_name);
		add_picture(file);
	}
	if (dir)
		closedir(dir);
	qsort(pictures + first, (size_t)(count - first), sizeof *pictures, by_name);
	return 1;
}

static int
refuse(Picture *p, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(p->wrong, sizeof p->wrong, format, args);
	va_end(args);
	return 0;
}

/* read_png - pixels 0..255 to the network's input: (pixel/255 - mean)/std, planes R, G, B */
static int
read_png(Picture *p, float *input)
{
	png_image image = { .version = PNG_IMAGE_VERSION };
	unsigned char rgb[H*W*3];

	if (!png_image_begin_read_from_file(&image, p->file))
		return refuse(p, "%s", image.message);
	if (image.width != W || image.height != H) {
		png_image_free(&image);
		return refuse(p, "want %d x %d pixels, got %u x %u", W, H, image.width, image.height);
	}
	image.format = PNG_FORMAT_RGB;
	if (!png_image_finish_read(&image, NULL, rgb, 0, NULL))
		return refuse(p, "%s", image.message);
	for (int c = 0; c < 3; c++)
		for (int i = 0; i < H*W; i++)
			input[c*H*W + i] = ((float)rgb[3*i + c]/255 - cifar_resnet20_mean[c])/cifar_resnet20_std[c];
	return 1;
}

/* --- the network --- */

/* rank - logits to the Top best classes and their probabilities */
static void
rank(Picture *p, const float *v)
{
	float sum = 0;
	int taken[Classes] = { 0 };

	for (int k = 0; k < Top; k++) {
		int best = -1;
		for (int i = 0; i < Classes; i++)
			if (!taken[i] && (best < 0 || v[i] > v[best]))
				best = i;
		taken[best] = 1;
		p->best[k] = best;
	}
	for (int i = 0; i < Classes; i++)
		sum += expf(v[i] - v[p->best[0]]);
	for (int k = 0; k < Top; k++)
		p->share[k] = expf(v[p->best[k]] - v[p->best[0]])/sum;
}

static double
microseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec*1e6 + (double)t.tv_nsec*1e-3;
}

static void *
work(void *workspace)
{
	float input[CIFAR_RESNET20_INPUT_FLOATS], output[CIFAR_RESNET20_OUTPUT_FLOATS];

	for (;;) {
		Picture *p;
		pthread_mutex_lock(&lock);
		p = next < count ? &pictures[next++] : NULL;
		pthread_mutex_unlock(&lock);
		if (!p)
			return NULL;
		if (read_png(p, input)) {
			double start = microseconds();
			int status = cifar_resnet20_run(weights, input, output, workspace, CIFAR_RESNET20_WORKSPACE_BYTES);
			p->microseconds = microseconds() - start;
			if (status == RC_OK)
				rank(p, output);
			else
				refuse(p, "%s", rc_strerror(status));
		}
		pthread_mutex_lock(&lock);
		done++;
		pthread_cond_signal(&progress);
		pthread_mutex_unlock(&lock);
	}
}

/* classify_all - on so many threads; a bar on a terminal */
static int
classify_all(int threads)
{
	pthread_t thread[MostThreads];
	void *workspace[MostThreads];
	int started = 0, bar = isatty(2) && count > 20;

	for (; started < threads; started++) {
		workspace[started] = aligned_alloc(CIFAR_RESNET20_WORKSPACE_ALIGN, CIFAR_RESNET20_WORKSPACE_BYTES);
		if (!workspace[started] || pthread_create(&thread[started], NULL, work, workspace[started]))
			break;
	}
	if (!started)
		return fprintf(stderr, "classify: want a thread, got none\n"), 0;
	pthread_mutex_lock(&lock);
	while (done < count) {
		pthread_cond_wait(&progress, &lock);
		if (bar)
			fprintf(stderr, "\r%6d of %d  [%-40.*s]", done, count, 40*done/count, "########################################");
	}
	pthread_mutex_unlock(&lock);
	if (bar)
		fprintf(stderr, "\r%70s\r", "");
	for (int i = 0; i < started; i++) {
		pthread_join(thread[i], NULL);
		free(workspace[i]);
	}
	return 1;
}

/* --- results --- */

/* print_quoted - a name in CSV or JSON */
static void
print_quoted(const char *s, int csv)
{
	putchar('"');
	for (; *s; s++) {
		if (*s == '"')
			putchar(csv ? '"' : '\\');
		if (*s == '\\' && !csv)
			putchar('\\');
		if ((unsigned char)*s < 32 && !csv)
			printf("\\u%04x", (unsigned)*s);
		else
			putchar(*s);
	}
	putchar('"');
}

static void
print_csv(const Picture *p)
{
	print_quoted(p->file, 1);
	if (*p->wrong)
		printf(",,,,");
	else
		printf(",%s,%s,%.6f,%.1f,", p->truth < 0 ? "" : cifar_resnet20_classes[p->truth], cifar_resnet20_classes[p->best[0]], (double)p->share[0],
		       p->microseconds);
	print_quoted(p->wrong, 1);
	puts("");
}

static void
print_json(const Picture *p)
{
	printf("{ \"file\": ");
	print_quoted(p->file, 0);
	if (*p->wrong) {
		printf(", \"error\": ");
		print_quoted(p->wrong, 0);
	} else {
		for (int k = 0; k < Top; k++)
			printf("%s{ \"class\": \"%s\", \"share\": %.6f }", k ? ", " : ", \"top\": [ ", cifar_resnet20_classes[p->best[k]], (double)p->share[k]);
		printf(" ], \"microseconds\": %.1f", p->microseconds);
		if (p->truth >= 0)
			printf(", \"right\": %s", p->truth == p->best[0] ? "true" : "false");
	}
	puts(" }");
}

static void
print_line(const Picture *p)
{
	char said[128] = "";

	if (*p->wrong) {
		printf("%-34s %s\n", p->file, p->wrong);
		return;
	}
	for (int k = 0; k < Top; k++)
		snprintf(said + strlen(said), sizeof said - strlen(said), "%s%s %.3f", k ? ", " : "", cifar_resnet20_classes[p->best[k]], (double)p->share[k]);
	printf("%-34s %-11s %-44s %5.0f us\n", p->file, p->truth < 0 ? "?" : cifar_resnet20_classes[p->truth], said, p->microseconds);
}

int
main(int argc, char **argv)
{
	void (*print)(const Picture *p) = print_line;
	int threads = 1, status, right = 0, known = 0, failed = 0, i = 1;
	size_t len;

	for (; i < argc && !strncmp(argv[i], "--", 2); i++) {
		if (!strcmp(argv[i], "--csv"))
			print = print_csv;
		else if (!strcmp(argv[i], "--json"))
			print = print_json;
		else if (!strcmp(argv[i], "--threads") && i + 1 < argc && atoi(argv[i + 1]) > 0 && atoi(argv[i + 1]) <= MostThreads)
			threads = atoi(argv[++i]);
		else
			return fprintf(stderr, "classify: want --threads 1 to %d, --csv or --json, got '%s'\n", MostThreads, argv[i]), 2;
	}
	if (argc - i < 2)
		return fprintf(stderr, "usage: classify [--threads N] [--csv | --json] WEIGHTS PICTURE.png|FOLDER...\n"), 2;
	status = rc_file_map(argv[i], &weights, &len);
	if (status == RC_OK)
		status = cifar_resnet20_check(weights, len);
	if (status != RC_OK)
		return fprintf(stderr, "%s: %s\n", argv[i], rc_strerror(status)), 1;
	while (++i < argc)
		if (!add_path(argv[i]))
			return 1;
	if (!classify_all(threads))
		return 1;

	if (print == print_line)
		printf("%-34s %-11s %-44s %8s\n", "picture", "true class", "the network says", "time");
	else if (print == print_csv)
		puts("file,truth,class,share,microseconds,error");
	for (int k = 0; k < count; k++) {
		print(&pictures[k]);
		failed += *pictures[k].wrong != 0;
		known += !*pictures[k].wrong && pictures[k].truth >= 0;
		right += !*pictures[k].wrong && pictures[k].truth >= 0 && pictures[k].truth == pictures[k].best[0];
		free(pictures[k].file);
	}
	free(pictures);
	if (print == print_line)
		printf("%d of %d right\n", right, known);
	return failed > 0;
}
