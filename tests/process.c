/* process.c - starting the C compiler and ending early: odd folders, odd compilers, signals; nothing is left behind. */
#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests.h"

/* verify - of a small network */
static const char *
verify(void)
{
	return arena_text("verify '%s' -q", body_model(3, 4, 4, "return nn.relu(x)"));
}

/* with - the command's outcome where a variable has this value */
static Ran
with(const char *variable, const char *value, const char *command)
{
	const char *before = getenv(variable);
	Ran r;

	before = before ? arena_text("%s", before) : NULL;
	setenv(variable, value, 1);
	r = resnetc("%s", command);
	if (before)
		setenv(variable, before, 1);
	else
		unsetenv(variable);
	return r;
}

/* no shell reads the name of a folder, no program takes it for an option */
START_TEST(any_folder_is_good)
{
	static const char *const names[] = { "it's", "a';touch pwned;'", "$(touch pwned)", "two words", "-dash", "*" };
	const char *name = in_dir(names[_i]);
	Ran r;

	ck_assert(!mkdir(name, 0777) || errno == EEXIST);
	r = with("TMPDIR", name, verify());
	ck_assert_msg(r.status == 0, "%s", r.err);
	ck_assert_int_eq(count_files(name), 0);
	ck_assert_int_ne(access("pwned", F_OK), 0);
}
END_TEST

/* beside this folder's own name, which begins with the dash */
START_TEST(a_relative_folder_is_good)
{
	static const char *const names[] = { "-dash", "rel" };

	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(system(arena_text("mkdir -p -- '%s/%s' && here=$PWD && cd '%s' && TMPDIR=%s $here/resnetc %s",
		                                   in_dir("of"), names[i], in_dir("of"), names[i], verify())), 0);
		ck_assert_int_eq(count_files(in_dir(arena_text("of/%s", names[i]))), 0);
	}
}
END_TEST

START_TEST(a_compiler_of_several_words)
{
	Ran r;

	ck_assert_int_eq(system(arena_text("mkdir -p '%s' && ln -sf \"$(command -v gcc)\" '%s'", in_dir("c c"), in_dir("c c/gcc"))), 0);
	r = with("CC", "env  LANG=C gcc -DSPARE", verify());
	ck_assert_msg(r.status == 0, "%s", r.err);
	r = with("CC", in_dir("c c/gcc"), verify());
	ck_assert_msg(r.status == 0, "%s", r.err);
}
END_TEST

static const struct { const char *text, *message; int status; } compilers[] = {
	{ NULL, "$CC: want a C compiler that can be started, got 'FILE': No such file or directory\n", ExitInput },
	{ "#!/bin/sh\nexit 1\n", "$CC: want a C compiler that works, got 'FILE', which refuses an empty program\n", ExitInput },
	{ "#!/bin/sh\necho 'no licence'; exit 1\n", "no licence\n$CC: want a C compiler that works, got 'FILE', which refuses an empty program\n", ExitInput },
	{ "#!/bin/sh\nkill -9 $$\n", "$CC: want a C compiler that comes to an end, got 'FILE' ended by signal 9 (Killed)\n", ExitInput },
	{ "#!/bin/sh\nfor to; do :; done\necho > \"$to\"\n", "$CC: want a C compiler for this machine, got 'FILE': ", ExitInput },
	/* what compiles everything but emitted code shows a fault of ours */
	{ "#!/bin/sh\ncase \"$*\" in *any.c*) exec cc \"$@\" ;; esac\necho 'rc.h:1: odd' >&2\nexit 1\n", "FILE refused the emitted code", ExitBug },
};
enum { NCompilers = sizeof compilers/sizeof *compilers };

START_TEST(a_compiler_that_fails)
{
	const char *cc = in_dir("no such cc"), *message = compilers[_i].message, *name = strstr(message, "FILE"), *want;
	Ran r;

	if (compilers[_i].text)
		cc = script("cc.sh", compilers[_i].text);
	else
		cc = in_dir("no_such_cc");
	r = with("CC", cc, verify());
	want = arena_text("%.*s%s%s", (int)(name - message), message, strrchr(cc, '/') + 1, name + 4);
	ck_assert_int_eq(r.status, compilers[_i].status);
	ck_assert_msg(strstr(r.err, want) != NULL, "want %s, got %s", want, r.err);
	ck_assert(compilers[_i].status == ExitBug || !strstr(r.err, "internal error"));
}
END_TEST

/* started - resnetc with these words, with a compiler and a folder of its own */
static pid_t
started(const char *cc, const char *verb, const char *file, const int *out)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid)
		return pid;
	setenv("CC", cc, 1);
	setenv("TMPDIR", in_dir("own"), 1);
	if (out)
		dup2(out[1], 1), close(out[0]), close(out[1]);
	execl("./resnetc", "resnetc", verb, file, "--threads", "2", NULL);
	_exit(127);
}

/* appears - waits for a file that the process makes */
static void
appears(const char *file, pid_t pid)
{
	int status;

	while (access(in_dir(file), F_OK)) {
		ck_assert_msg(waitpid(pid, &status, WNOHANG) == 0, "ended before %s", file);
		nanosleep(&(struct timespec){ 0, 5000000 }, NULL);
	}
}

/* a signal while the compiler runs ends it first, then resnetc, by that signal */
START_TEST(a_signal_ends_the_compiler_too)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	int fuzzes = _i/3, sig = signals[_i%3], status;
	const char *cc = script("slow.sh", arena_text("#!/bin/sh\ncd '%s' && echo $$ > $$ && mv $$ begun && exec sleep 1000\n", in_dir("")));
	size_t len;
	pid_t pid;

	unlink(in_dir("begun"));
	ck_assert(!mkdir(in_dir("own"), 0777) || errno == EEXIST);
	pid = fuzzes ? started(cc, "fuzz", "--count=30", NULL) : started(cc, "verify", body_model(3, 4, 4, "return nn.relu(x)"), NULL);
	appears("begun", pid);
	ck_assert_int_gt(count_files(in_dir("own")), 0);
	kill(pid, sig);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == sig);
	ck_assert(kill(atoi(file_map(in_dir("begun"), &len)), 0) < 0 && errno == ESRCH);
	ck_assert_int_eq(count_files(in_dir("own")), 0);
}
END_TEST

START_TEST(nobody_reads_the_output)
{
	int out[2], status;
	pid_t pid;

	ck_assert(!mkdir(in_dir("own"), 0777) || errno == EEXIST);
	ck_assert_int_eq(pipe(out), 0);
	pid = started("cc", "verify", body_model(3, 4, 4, "return nn.relu(x)"), out);
	close(out[0]);
	close(out[1]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE);
	ck_assert_int_eq(count_files(in_dir("own")), 0);
}
END_TEST

/* a limit on the size of files is told as a full disk is, and leaves as little behind */
START_TEST(files_too_large)
{
	const char *dir = in_dir("limited");
	size_t len;
	int status = system(arena_text("(ulimit -f 2; ./resnetc examples/mlperf_tiny_resnet8.lua -w random -o '%s' > '%s' 2>&1)", dir,
	                               in_dir("told")));

	ck_assert_int_eq(WEXITSTATUS(status), ExitInput);
	ck_assert_msg(strstr((const char *)file_map(in_dir("told"), &len), strerror(EFBIG)) != NULL, "%s",
	              (const char *)file_map(in_dir("told"), &len));
	ck_assert(access(dir, F_OK) || !count_files(dir));
}
END_TEST

/* nor is a folder left that was made for what could not be written, whatever was written before it */
START_TEST(no_folder_without_files)
{
	const char *dir = in_dir("limited");
	int status = system(arena_text("(ulimit -f 4; ./resnetc import tests/import/bottleneck_folded.onnx -o '%s' 2> '%s')", dir, in_dir("told")));
	size_t len;

	ck_assert_int_eq(WEXITSTATUS(status), ExitInput);
	ck_assert_msg(strstr((const char *)file_map(in_dir("told"), &len), strerror(EFBIG)) != NULL, "%s", (const char *)file_map(in_dir("told"), &len));
	ck_assert_int_ne(access(dir, F_OK), 0);
}
END_TEST

/* of folders one in the other that cannot be made the outermost is why; a place that is none is told before long work */
START_TEST(places_that_are_none)
{
	static const char *const late[] = { "tune %s -o %s/x", "run %s -w random -i examples/images/cat.png -o %s/x.npz" };
	Ran r = resnetc("examples/mlperf_tiny_resnet8.lua -w random -o /sys/none/deeper");

	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_msg(strstr(r.err, "want a folder that can be made, got: ") && !strstr(r.err, strerror(ENOENT)), "%s", r.err);
	put_file("file", "x", 1);
	for (int i = 0; i < 2; i++) {
		r = resnetc(late[i], "examples/mlperf_tiny_resnet8.lua", in_dir("file"));
		ck_assert_int_eq(r.status, ExitInput);
		ck_assert_msg(strstr(r.err, ": want a folder, got a file") && !*r.out, "%s%s", r.out, r.err);
	}
}
END_TEST

SUITE(process)
{
	TCase *t = part("process");

	tcase_add_loop_test(t, any_folder_is_good, 0, 6);
	tcase_add_test(t, a_relative_folder_is_good);
	tcase_add_test(t, a_compiler_of_several_words);
	tcase_add_loop_test(t, a_compiler_that_fails, 0, NCompilers);
	tcase_add_loop_test(t, a_signal_ends_the_compiler_too, 0, 6);
	tcase_add_test(t, nobody_reads_the_output);
	tcase_add_test(t, files_too_large);
	tcase_add_test(t, no_folder_without_files);
	tcase_add_test(t, places_that_are_none);
}
