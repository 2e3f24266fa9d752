/*
** process.c - what this process has besides memory: temporary folders, a program that it waits for, children. However
** it ends, by itself or by a signal, none of them stays behind.
*/
#define _XOPEN_SOURCE 700
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base.h"

extern char **environ;

enum { MostChildren = 128 };

static struct { const char *path; DIR *files; pid_t owner; } *temporary;
static volatile sig_atomic_t ntemporary;
static volatile sig_atomic_t program;        /* process group of the program that runs, 0: none */
static volatile sig_atomic_t children[MostChildren];
static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM };
enum { NEnding = sizeof ending/sizeof *ending };

/* --- ends --- */

/* end_others - what runs for this process ends before it; only calls that a signal handler may make */
static void
end_others(void)
{
	if (program > 0) {
		kill(-(pid_t)program, SIGTERM);
		waitpid((pid_t)program, NULL, 0);
	}
	for (int i = 0; i < MostChildren; i++)
		if (children[i] > 0)
			kill((pid_t)children[i], SIGTERM);
	for (int i = 0; i < MostChildren; i++)
		if (children[i] > 0)
			waitpid((pid_t)children[i], NULL, 0);
}

/* empty - takes away a folder without folders in it; the DIR is read by nobody else, so that a signal handler may */
static void
empty(const char *path, DIR *files)
{
	struct dirent *e;

	rewinddir(files);
	while ((e = readdir(files)))
		unlinkat(dirfd(files), e->d_name, 0);
	rmdir(path);
}

static void
leave_nothing(void)
{
	end_others();
	for (int i = 0; i < ntemporary; i++)
		if (temporary[i].owner == getpid())      /* not a forked child's business */
			empty(temporary[i].path, temporary[i].files);
}

/* end_now - for signal handlers */
void
end_now(int status)
{
	leave_nothing();
	_exit(status);
}

/* by_signal - the end that the signal is for, with nothing left behind */
static void
by_signal(int sig)
{
	sigset_t this;

	leave_nothing();
	signal(sig, SIG_DFL);
	sigemptyset(&this);
	sigaddset(&this, sig);
	raise(sig);
	sigprocmask(SIG_UNBLOCK, &this, NULL);
}

/* guard - from now on a signal that ends this process goes by way of by_signal; one ignored or caught stays so */
static void
guard(void)
{
	struct sigaction how = { .sa_handler = by_signal }, now;
	static bool guarded;

	if (guarded)
		return;
	guarded = true;
	sigemptyset(&how.sa_mask);
	for (int i = 0; i < NEnding; i++)
		sigaddset(&how.sa_mask, ending[i]);
	for (int i = 0; i < NEnding; i++)
		if (!sigaction(ending[i], NULL, &now) && now.sa_handler == SIG_DFL)
			sigaction(ending[i], &how, NULL);
}

/* --- an interrupt that is waited for --- */

static volatile sig_atomic_t interrupts;
static struct sigaction uncaught;

static void
on_interrupt(int sig)
{
	interrupts = 1;
	sigaction(sig, &uncaught, NULL);     /* the next one ends the process, as it would have before */
}

void
catch_interrupt(void)
{
	struct sigaction how = { .sa_handler = on_interrupt };

	guard();
	sigemptyset(&how.sa_mask);
	sigaction(SIGINT, &how, &uncaught);
	if (uncaught.sa_handler == SIG_IGN)
		uncaught.sa_handler = by_signal;
}

bool
was_interrupted(void)
{
	return interrupts;
}

/* --- signals that wait --- */

/* hold - signals that end this process wait until let_go */
static void
hold(sigset_t *before)
{
	sigset_t all;

	sigemptyset(&all);
	for (int i = 0; i < NEnding; i++)
		sigaddset(&all, ending[i]);
	sigprocmask(SIG_BLOCK, &all, before);
}

static void
let_go(const sigset_t *before)
{
	sigprocmask(SIG_SETMASK, before, NULL);
}

/* --- temporary folders --- */

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static void
remove_temporary(void)
{
	for (int i = 0; i < ntemporary; i++)
		if (temporary[i].owner == getpid())
			nftw(temporary[i].path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

char *
temp_dir(void)
{
	const char *base = getenv("TMPDIR");
	char *path = arena_text("%s/resnetc-XXXXXX", base && *base ? base : "/tmp"), *whole = NULL;
	DIR *files = NULL;
	sigset_t before;

	guard();
	hold(&before);
	if (!mkdtemp(path) || !(whole = realpath(path, NULL)) || !(files = opendir(whole)))
		fail("%s: want a folder for temporary files, got: %s", path, strerror(errno));
	if (!ntemporary)
		atexit(remove_temporary);
	path = arena_text("%s", whole);
	free(whole);
	temporary = array_grow(temporary, ntemporary, sizeof *temporary);
	temporary[ntemporary].path = path;
	temporary[ntemporary].files = files;
	temporary[ntemporary].owner = getpid();
	ntemporary++;
	let_go(&before);
	return path;
}

/* --- programs and children --- */

/* surroundings - environ with another TMPDIR */
static char **
surroundings(const char *dir)
{
	int count = 0, kept = 0;
	char **to;

	while (environ[count])
		count++;
	to = arena_new((size_t)(count + 2)*sizeof *to);
	for (int i = 0; i < count; i++)
		if (strncmp(environ[i], "TMPDIR=", 7))
			to[kept++] = environ[i];
	to[kept] = arena_text("TMPDIR=%s", dir);
	return to;
}

/* start - the program, as a process group of its own; 0: it did not start, see errno */
static pid_t
start(const char *const *argv, const char *dir, const sigset_t *signals)
{
	const char *log = arena_text("%s/program.log", dir);
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	pid_t pid;

	if (posix_spawn_file_actions_init(&files) || posix_spawnattr_init(&how))
		fail("out of memory");
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	posix_spawn_file_actions_adddup2(&files, 1, 2);
	posix_spawnattr_setpgroup(&how, 0);
	posix_spawnattr_setsigmask(&how, signals);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	errno = posix_spawnp(&pid, argv[0], &files, &how, (char *const *)argv, surroundings(dir));
	if (errno)
		pid = 0;
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&how);
	return pid;
}

bool
program_run(const char *const *argv, const char *dir, int *status)
{
	sigset_t before;

	guard();
	hold(&before);
	program = start(argv, dir, &before);
	let_go(&before);
	if (!program)
		return false;
	while (waitpid((pid_t)program, status, 0) < 0)
		if (errno != EINTR)
			die("waitpid: %s", strerror(errno));
	program = 0;
	return true;
}

int
child_start(void)
{
	sigset_t before;
	int at = 0, pid;

	while (at < MostChildren && children[at])
		at++;
	if (at == MostChildren)
		die("more than %d children", MostChildren);
	guard();
	hold(&before);
	pid = fork();
	if (pid > 0)
		children[at] = pid;
	for (int i = 0; i < MostChildren && !pid; i++)
		children[i] = 0;             /* the parent's, not its own */
	let_go(&before);
	return pid;
}

int
child_wait(int pid, int *status)
{
	while ((pid = waitpid(pid, status, 0)) < 0 && errno == EINTR)
		;
	for (int i = 0; i < MostChildren; i++)
		if (children[i] == pid)
			children[i] = 0;
	return pid;
}
