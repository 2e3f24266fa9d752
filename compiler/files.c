/* files.c - mapping input files, writing outputs all or none. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base.h"

static char **mapped;                /* every path that was read, once; for --depfile */
static int nmapped;

const char *const *
files_mapped(int *count)
{
	*count = nmapped;
	return (const char *const *)mapped;
}

static void
note_mapped(const char *path)
{
	char **more;

	for (int i = 0; i < nmapped; i++)
		if (!strcmp(mapped[i], path))
			return;
	more = realloc(mapped, (size_t)(nmapped + 1)*sizeof *mapped);
	if (!more || !(more[nmapped] = malloc(strlen(path) + 1)))
		fail("out of memory");
	mapped = more;
	strcpy(mapped[nmapped++], path);
}

/* --- pipes: can be read once, and are asked for several times --- */

typedef struct {
	char *path, *data;
	size_t len;
} Piped;

static Piped *piped;
static int npiped;

static const Piped *
piped_at(const char *path)
{
	for (int i = 0; i < npiped; i++)
		if (!strcmp(piped[i].path, path))
			return &piped[i];
	return NULL;
}

/* read_pipe - all of it, kept until the process ends */
static const Piped *
read_pipe(int fd, const char *path)
{
	Piped p = { .path = malloc(strlen(path) + 1) }, *more = realloc(piped, (size_t)(npiped + 1)*sizeof *piped);
	size_t room = 0;
	ssize_t n = 1;

	if (!more || !p.path)
		fail("out of memory");
	piped = more;
	strcpy(p.path, path);
	while (n) {
		if (p.len == room) {
			char *bigger = want_memory(realloc(p.data, room = room ? 2*room : 1 << 16));
			p.data = bigger;
		}
		n = read(fd, p.data + p.len, room - p.len);
		if (n < 0 && errno != EINTR)
			fail("%s: want a readable file, got: %s", path, strerror(errno));
		p.len += n > 0 ? (size_t)n : 0;
	}
	piped[npiped] = p;
	return &piped[npiped++];
}

/* file_map - "-" is standard input; a pipe is read once, whoever asks again */
void *
file_map(const char *path, size_t *len)
{
	bool standard = !strcmp(path, "-");
	const Piped *p = piped_at(path);
	struct stat st;
	void *map;
	int fd = p ? -1 : standard ? dup(STDIN_FILENO) : open(path, O_RDONLY);

	if (!p && (fd < 0 || fstat(fd, &st)))
		fail("%s: want a readable file, got: %s", path, strerror(errno));
	if (!p && (S_ISDIR(st.st_mode) || (S_ISCHR(st.st_mode) && !isatty(fd)) || S_ISBLK(st.st_mode)))
		fail("%s: want a regular file or a pipe, got a %s", path, S_ISDIR(st.st_mode) ? "folder" : "device");
	if (!p && !S_ISREG(st.st_mode)) {
		p = read_pipe(fd, path);
		close(fd);
	}
	*len = p ? p->len : (size_t)st.st_size;
	if (!*len)
		fail("%s: want a file with contents, got an empty one", path);
	if (p)
		return p->data;
	map = mmap(NULL, *len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		fail("%s: want a readable file, got: %s", path, strerror(errno));
	close(fd);
	if (!standard)
		note_mapped(path);
	return map;
}

double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9*(double)t.tv_nsec;
}

/* --- outputs --- */

static char **partial;               /* temporary names to remove when something fails */
static int npartial;
static char **made;                  /* folders made for outputs that are not written yet, to remove then too */
static int nmade;

static void
remove_partial(void)
{
	for (int i = 0; i < npartial; i++)
		if (partial[i])
			unlink(partial[i]);
	for (int i = nmade - 1; i >= 0; i--)
		rmdir(made[i]);              /* stays when something else is in it */
}

static bool
make_one(const char *path)
{
	struct stat st;

	if (mkdir(path, 0777)) {
		bool there = errno == EEXIST;
		if (there && stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
			fail("%s: want a folder, got a file", path);
		return there;
	}
	PUSH(made, nmade, arena_text("%s", path));
	return true;
}

static void
make_folder(const char *dir)
{
	char *path = arena_text("%s", dir);
	int why = 0;                         /* what the first one says that cannot be made: those below it are missing */

	for (char *s = path + 1; *s; s++)
		if (*s == '/') {
			*s = 0;
			if (!make_one(path) && !why)
				why = errno;
			*s = '/';
		}
	if (!make_one(path))
		fail("%s: want a folder that can be made, got: %s", dir, strerror(why ? why : errno));
}

static void
write_one(const char *path, const File *f)
{
	const char *data = f->data;
	size_t left = f->len;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	if (fd < 0)
		fail("%s: want a file that can be written, got: %s", path, strerror(errno));
	while (left) {
		ssize_t n = write(fd, data, left < 1 << 30 ? left : 1 << 30);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			fail("%s: want to write %zu bytes, got: %s", path, f->len, n < 0 ? strerror(errno) : "no space");
		data += n;
		left -= (size_t)n;
	}
	if (close(fd))
		fail("%s: want to write %zu bytes, got: %s", path, f->len, strerror(errno));
}

/* replace - all of count files get their new names, or the old ones are put back */
static void
replace(const char *dir, const File *files, int count, char **from)
{
	char **old = arena_new((size_t)count*sizeof *old), *to = NULL;
	int done = 0, why;

	for (int i = 0; i < count; i++) {
		if (!from[i])
			continue;
		to = arena_text("%s/%s", dir, files[i].name);
		char *aside = arena_text("%s/.%s.%ld.old.tmp", dir, files[i].name, (long)getpid());
		if (!link(to, aside)) {
			PUSH(partial, npartial, aside);
			old[i] = aside;
		}
	}
	for (; done < count; done++) {
		to = arena_text("%s/%s", dir, files[done].name);
		if (from[done] && rename(from[done], to))
			break;
	}
	why = errno;
	for (int i = 0; i < done && done < count; i++) {
		const char *name = arena_text("%s/%s", dir, files[i].name);
		if (from[i] && (!old[i] || rename(old[i], name)))
			unlink(name);
	}
	if (done < count)
		fail("%s: want a file that can be replaced, got: %s", to, strerror(why));
	for (int i = 0; i < count; i++)
		if (old[i])
			unlink(old[i]);
}

/* is_stream - a device or a pipe, such as /dev/null: it is written to, never replaced */
static bool
is_stream(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

void
want_place(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	const char *dir = !slash ? "." : slash == path ? "/" : arena_text("%.*s", (int)(slash - path), path);
	struct stat st;

	if (!path)
		return;
	if (!*path || (slash && !slash[1]) || (!stat(path, &st) && S_ISDIR(st.st_mode)))
		fail("%s: want a file that can be written, got a folder", path);
	if (!stat(dir, &st) && !S_ISDIR(st.st_mode))
		fail("%s: want a folder, got a file", dir);
	if (!is_stream(path) && access(dir, W_OK) && errno != ENOENT)
		fail("%s: want a folder that can be written to, got: %s", dir, strerror(errno));
}

/*
** write_files - all or none: under temporary names first, renamed when all are there. A signal that ends the
** process waits until that is done.
*/
void
write_files(const char *dir, const File *files, int count)
{
	static bool ready;
	sigset_t ending, before;
	char **from = arena_new((size_t)count*sizeof *from);
	int first = npartial;

	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	sigprocmask(SIG_BLOCK, &ending, &before);
	if (!ready)
		atexit(remove_partial);
	ready = true;
	make_folder(dir);
	for (int i = 0; i < count; i++) {
		const char *to = arena_text("%s/%s", dir, files[i].name);
		if (is_stream(to)) {
			from[i] = NULL;
			write_one(to, &files[i]);
			continue;
		}
		from[i] = arena_text("%s/.%s.%ld.tmp", dir, files[i].name, (long)getpid());
		PUSH(partial, npartial, from[i]);
		write_one(from[i], &files[i]);
	}
	replace(dir, files, count, from);
	for (int i = first; i < npartial; i++)
		partial[i] = NULL;
	nmade = 0;
	sigprocmask(SIG_SETMASK, &before, NULL);
}
