/*
** classify.c - an app with a network inside: classifies JPEG and PNG pictures with cifar_resnet20.
**
**	resnetc examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors -o net
**	cc -O2 -Inet net/[a-z]*.c examples/classify.c -lpng -ljpeg -lm -lpthread -o classify
**	./classify net/cifar_resnet20.weights examples/images
**
**	classify [--threads N] [--csv | --json] WEIGHTS PICTURE|FOLDER...
**
** Pictures of any size become the input as Pillow and torchvision make it: picture.h reads them, rc_image.h does the
** rest. Each thread takes the next picture and has a workspace of its own; the weights are shared. Where a file's
** name is that of a class, that is taken for the truth. --json writes a JSON object a line. Any network of one image
** a call that gives logits will do: cc -DNETWORK=resnet18 -DNETWORK_CAPITALS=RESNET18 ...
*/
#define _XOPEN_SOURCE 700
#include <dirent.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#if !defined(NETWORK)
#define NETWORK          cifar_resnet20
#define NETWORK_CAPITALS CIFAR_RESNET20
#endif
#define JOINED(a, b) a##_##b
#define JOIN(a, b)   JOINED(a, b)
#define NET(name)    JOIN(NETWORK, name)             /* cifar_resnet20_run */
#define NET_(name)   JOIN(NETWORK_CAPITALS, name)    /* CIFAR_RESNET20_INPUT_BYTES */
#define QUOTED(x)    #x
#define QUOTE(x)     QUOTED(x)
#include QUOTE(NETWORK.h)

#include "picture.h"
#include "rc_file.h"
#include "rc_image.h"

#if NET_(BATCH) != 1
#error "want a network of one image a call (compiled without --batch)"
#endif
#if NET_(CLASSES)
enum { Classes = NET_(CLASSES) };
#else
enum { Classes = NET_(OUTPUT_FLOATS) };
#endif
enum { MostThreads = 64, Top = Classes < 3 ? Classes : 3 };

static const rc_image how = NET_(IMAGE);

typedef struct {
	char *file;
	int truth;                   /* a class, or -1 */
	int best[Top];
	float share[Top];            /* softmax of the logits */
	double microseconds;
	char wrong[PictureWhy];      /* why it could not be classified, or "" */
} Picture;

static Picture *pictures;
static int count, next, done;        /* next: to be taken; done: finished */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t progress = PTHREAD_COND_INITIALIZER;
static const void *weights;
static char names[Classes][80];

typedef struct {                     /* what a thread has of its own */
	pthread_t thread;
	void *workspace, *input, *scratch;
	size_t scratch_len;
	float *output;
} Worker;

/* --- pictures --- */

/* name_classes - by their numbers where the network has no names */
static void
name_classes(void)
{
	for (int i = 0; i < Classes; i++) {
#if NET_(CLASSES)
		snprintf(names[i], sizeof names[i], "%s", NET(classes)[i]);
#else
		snprintf(names[i], sizeof names[i], "%d", i);
#endif
	}
}

/* class_named - the class that a file's name begins with, or -1 */
static int
class_named(const char *path)
{
#if NET_(CLASSES)
	const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;

	for (int i = 0; i < Classes; i++) {
		size_t n = strlen(names[i]);
		if (!strncmp(name, names[i], n) && (name[n] == '.' || name[n] == '_' || name[n] == '-'))
			return i;
	}
#else
	(void)path;
#endif
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

static int
ends_in(const char *name, const char *ending)
{
	size_t len = strlen(name), n = strlen(ending);

	return len > n && !strcasecmp(name + len - n, ending);
}

/* add_path - a picture, or the pictures of a folder in order */
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
		char file[4096];
		if (e->d_name[0] == '.')
			continue;
		if (!ends_in(e->d_name, ".png") && !ends_in(e->d_name, ".jpg") && !ends_in(e->d_name, ".jpeg"))
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

/* prepare - the file's pixels, resized, cut and normalised, as the worker's input */
static int
prepare(Picture *p, Worker *w)
{
	const void *file;
	unsigned char *rgb;
	size_t len;
	int h, wide, status;

	if (rc_file_map(p->file, &file, &len) != RC_OK)
		return refuse(p, "want a readable file with contents, got none");
	rgb = picture_read(file, len, &h, &wide, p->wrong);
	rc_file_unmap(file, len);
	if (!rgb)
		return 0;
	if (how.channels == 1)
		picture_grey(rgb, h, wide);
	else if (how.channels != 3)
		return free(rgb), refuse(p, "want a network of 3 channels or 1 for a picture, got one of %d", how.channels);
	if (rc_image_scratch(&how, h, wide) > w->scratch_len) {
		free(w->scratch);
		w->scratch_len = rc_image_scratch(&how, h, wide);
		w->scratch = malloc(w->scratch_len);
	}
	status = rc_image_input(&how, rgb, h, wide, w->input, w->scratch, w->scratch_len);
	free(rgb);
	return status == RC_OK || refuse(p, "%s", rc_strerror(status));
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
work(void *arg)
{
	Worker *w = arg;

	for (;;) {
		Picture *p;
		pthread_mutex_lock(&lock);
		p = next < count ? &pictures[next++] : NULL;
		pthread_mutex_unlock(&lock);
		if (!p)
			return NULL;
		if (prepare(p, w)) {
			double start = microseconds();
			int status = NET(run)(weights, w->input, w->output, w->workspace, NET_(WORKSPACE_BYTES));
			p->microseconds = microseconds() - start;
			if (status == RC_OK)
				rank(p, w->output);
			else
				refuse(p, "%s", rc_strerror(status));
		}
		pthread_mutex_lock(&lock);
		done++;
		pthread_cond_signal(&progress);
		pthread_mutex_unlock(&lock);
	}
}

static int
start_worker(Worker *w)
{
	w->workspace = aligned_alloc(NET_(WORKSPACE_ALIGN), NET_(WORKSPACE_BYTES));
	w->input = malloc(NET_(INPUT_BYTES));
	w->output = malloc(NET_(OUTPUT_FLOATS)*sizeof(float));
	return w->workspace && w->input && w->output && !pthread_create(&w->thread, NULL, work, w);
}

/* classify_all - on so many threads; a bar on a terminal */
static int
classify_all(int threads)
{
	static Worker workers[MostThreads];
	int started = 0, bar = isatty(2) && count > 20;

	while (started < threads && start_worker(&workers[started]))
		started++;
	if (!started)
		return fprintf(stderr, "classify: want a thread and its memory, got none\n"), 0;
	pthread_mutex_lock(&lock);
	while (done < count) {
		pthread_cond_wait(&progress, &lock);
		if (bar)
			fprintf(stderr, "\r%6d of %d  [%-40.*s]", done, count, 40*done/count, "########################################");
	}
	pthread_mutex_unlock(&lock);
	if (bar)
		fprintf(stderr, "\r%70s\r", "");
	for (int i = 0; i < threads; i++) {
		if (i < started)
			pthread_join(workers[i].thread, NULL);
		free(workers[i].workspace);
		free(workers[i].input);
		free(workers[i].scratch);
		free(workers[i].output);
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
		printf(",%s,%s,%.6f,%.1f,", p->truth < 0 ? "" : names[p->truth], names[p->best[0]], (double)p->share[0],
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
			printf("%s{ \"class\": \"%s\", \"share\": %.6f }", k ? ", " : ", \"top\": [ ", names[p->best[k]],
			       (double)p->share[k]);
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
		snprintf(said + strlen(said), sizeof said - strlen(said), "%s%s %.3f", k ? ", " : "", names[p->best[k]],
		         (double)p->share[k]);
	printf("%-34s %-11s %-44s %5.0f us\n", p->file, p->truth < 0 ? "?" : names[p->truth], said, p->microseconds);
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
		return fprintf(stderr, "usage: classify [--threads N] [--csv | --json] WEIGHTS PICTURE|FOLDER...\n"), 2;
	name_classes();
	status = rc_file_map(argv[i], &weights, &len);
	if (status == RC_OK)
		status = NET(check)(weights, len);
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
