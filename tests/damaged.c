/* damaged.c - files of weights and ONNX models cut, with a bit flipped, with a byte set, anywhere: a message at most, no crash. */
#define _GNU_SOURCE
#include <glob.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests.h"

typedef struct {                     /* a file, cut and changed in all places */
	const char *path;
	char *link;                  /* to the changed copy, which is in memory: thousands of files would wait for a disk */
	const unsigned char *map;
	unsigned char *copy;
	size_t len;
	int fd;
} Damaged;

/* damage - variant k: every third cut, with a bit flipped, with a byte set; at every byte of a small file, or at a sample */
static void
damage(const Damaged *d, size_t k)
{
	size_t at = k/3, len = d->len;

	if (d->len >= 3000)
		at = (size_t)((at + 1)*UINT64_C(0x9e3779b97f4a7c15) >> 20)%d->len;
	memcpy(d->copy, d->map, d->len);
	if (k%3 == 1)
		d->copy[at] ^= (unsigned char)(1u << (at%8));
	if (k%3 == 2)
		d->copy[at] = 0xff;
	if (k%3 == 0)
		len = at ? at : 1;
	if (ftruncate(d->fd, 0) || pwrite(d->fd, d->copy, len, 0) != (ssize_t)len)
		_exit(ExitBug);
}

static void
read_all(void *path)
{
	Weights *w = weights_open(path);

	for (int i = 0; i < w->count; i++) {
		if (!dtype_bytes(w->tensors[i].dtype))
			continue;
		tensor_load(&w->tensors[i]);
		for (size_t k = 0; k < tensor_count(&w->tensors[i]) && k < 1000; k++)
			tensor_get(&w->tensors[i], k);
		tensor_unload(&w->tensors[i]);
	}
}

/* survives - a child with little memory to spare reads some of the variants; any end but a crash will do */
static bool
survives(const Damaged *d, size_t from, size_t to)
{
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (!child) {
		struct rlimit most = { 256u << 20, 256u << 20 };
		setrlimit(RLIMIT_DATA, &most);
		for (size_t k = from; k < to; k++) {
			damage(d, k);
			attempt(read_all, d->link);
			arena_release();
		}
		_exit(ExitOk);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == ExitOk;
}

static glob_t damaged;

START_TEST(damaged_files_never_crash)
{
	enum { Some = 50 };
	Damaged d = { .path = damaged.gl_pathv[_i] };
	size_t most;

	d.fd = memfd_create("damaged", 0);
	d.link = strdup(in_dir(strstr(d.path, ".onnx") ? "damaged.onnx" : "damaged"));
	remove(d.link);
	ck_assert_int_eq(symlink(arena_text("/proc/%d/fd/%d", (int)getpid(), d.fd), d.link), 0);
	d.map = file_map(d.path, &d.len);
	d.copy = malloc(d.len);
	most = 3*(d.len < 3000 ? d.len : 1500);
	for (size_t k = 0; k < most; k += Some) {
		size_t end = k + Some < most ? k + Some : most;
		for (size_t i = k; i < end && !survives(&d, k, end); i++)
			ck_assert_msg(survives(&d, i, i + 1), "%s: variant %zu of byte %zu", d.path, i%3, i/3);
	}
	free(d.copy);
}
END_TEST

SUITE(damaged)
{
	TCase *t = part("damaged");

	glob("tests/checkpoints/*.[pn][tp]*", 0, NULL, &damaged);
	glob("tests/checkpoints/beside/module.pth", GLOB_APPEND, NULL, &damaged);
	glob("tests/checkpoints/beside/protocol5.pth", GLOB_APPEND, NULL, &damaged);
	glob("tests/checkpoints/beside/arrays[25].p*", GLOB_APPEND, NULL, &damaged);
	glob("tests/import/flat.onnx", GLOB_APPEND, NULL, &damaged);
	glob("tests/import/basic_bn.onnx", GLOB_APPEND, NULL, &damaged);
	tcase_add_loop_test(t, damaged_files_never_crash, 0, (int)damaged.gl_pathc);
}
