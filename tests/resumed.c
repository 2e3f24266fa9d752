/* resumed.c - trainings that stop and go on: interrupts, the checkpoint that stays, checkpoints of others and damaged ones. */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../runtime/rc_train.h"
#include "lessons.h"

START_TEST(checkpoints_of_others_are_refused)
{
	const char *dir = in_dir(""), *at = strstr(linear_model, "\"fc\""), *other = arena_text("%.*s\"gc\"%s", (int)(at - linear_model), linear_model, at + 4);
	Ran r;

	put_data("x.npy", "y.npy", 48, 2);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy -o %s/w.safetensors --epochs 1 -q", model_file(linear_model), dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --resume %s/w.checkpoint", model_file(other), dir, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "w.checkpoint: want a checkpoint of m, got another file: "), "%s", r.err);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --resume %s/w.checkpoint", model_file(arena_text(small_model, "")), dir, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "w.checkpoint: want a checkpoint of m, ") && strstr(r.err, " bytes, got "), "%s", r.err);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --resume %s/w.checkpoint --batch 8", model_file(linear_model), dir, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "w.checkpoint: want a checkpoint of a training with 8 pictures a step, got one with 16: "), "%s", r.err);
	put_data("x32.npy", "y32.npy", 32, 2);
	r = resnetc("train %s --data %s/x32.npy,%s/y32.npy --resume %s/w.checkpoint", model_file(linear_model), dir, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "w.checkpoint: want a checkpoint of a training with 32 pictures, got one with 48: "), "%s", r.err);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --resume %s/w.checkpoint --log %s/y.npy", model_file(linear_model), dir, dir, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "y.npy: want the log of a training, got another file\n"), "%s", r.err);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --resume %s/w.checkpoint --epochs 1 -o %s/v.safetensors", model_file(linear_model), dir, dir, dir, dir);
	ck_assert_msg(r.status == 0 && strstr(r.err, "w.checkpoint: has made 3 steps, of 3: nothing is left to do\n"), "%s", r.err);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --resume %s/w.checkpoint --epochs 2 -o %s/v.safetensors", model_file(linear_model), dir, dir, dir, dir);
	ck_assert_msg(r.status == 0 && strstr(r.err, "w.checkpoint: began as a training of 1 epochs; the rate goes on as one of 2 has it\n"), "%s", r.err);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --resume %s/w.checkpoint --seed 3", model_file(linear_model), dir, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "w.checkpoint: want a checkpoint of seed 3, got one of seed 1"), "%s", r.err);
}
END_TEST

/* a flipped bit in the head, the room behind it, the checksum itself, parameters, momentum or gradients; without a checksum it goes on */
START_TEST(damaged_checkpoints_are_refused)
{
	const char *dir = in_dir(""), *good;
	size_t len, at[] = { offsetof(rc_state, seed), offsetof(rc_state, step), offsetof(rc_state, user) + 7, offsetof(rc_state, model), offsetof(rc_state, checksum) + 7,
		255, 256, 0, 0, 0 };
	enum { NPlaces = sizeof at/sizeof *at };
	char *bad;
	Ran r;

	put_data("x.npy", "y.npy", 48, 2);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy -o %s/w.safetensors --epochs 1 -q", model_file(linear_model), dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	good = file_map(in_dir("w.checkpoint"), &len);
	at[NPlaces - 3] = 256 + (len - 256)/3 + 8;
	at[NPlaces - 2] = 256 + 2*(len - 256)/3 + 8;
	at[NPlaces - 1] = len - 1;
	bad = memcpy(malloc(len), good, len);
	for (int i = 0; i <= NPlaces; i++) {
		if (i < NPlaces)
			bad[at[i]] ^= 16;
		else
			memset(bad + offsetof(rc_state, checksum), 0, 8);
		put_file("bad.checkpoint", bad, len);
		memcpy(bad, good, len);
		r = resnetc("train %s --data %s/x.npy,%s/y.npy --resume %s/bad.checkpoint --epochs 1 -o %s/v.safetensors", model_file(linear_model), dir, dir, dir, dir);
		if (i < NPlaces)
			ck_assert_msg(r.status == 1 && strstr(r.err, "bad.checkpoint: want an undamaged checkpoint of m, got one with another checksum than that of its bytes\n"),
			              "%zu: %d %s", at[i], r.status, r.err);
		else
			ck_assert_msg(r.status == 0, "%s", r.err);
	}
	free(bad);
}
END_TEST

/* two interrupts, the second while the first waits for the end of a step: nothing is left behind, nothing is half */
START_TEST(second_interrupt_ends)
{
	const char *dir = in_dir(""), *tmp = in_dir("tmp"), *model = model_file(arena_text(small_model, ", init = nn.he {}"));
	int pid, status, tries = 0;
	Ran r;

	setenv("CC", quick_compiler(":", "-O1"), 1);     /* a step of so many pictures takes long otherwise */
	put_data("x.npy", "y.npy", 4096, 2);
	ck_assert_int_eq(system(arena_text("mkdir -p '%s'", tmp)), 0);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --batch 4096 --epochs 1 -o %s/w.safetensors -q", model, dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	signal(SIGINT, SIG_DFL);             /* Check's handler would end the test with the child */
	pid = fork();
	if (!pid) {
		setenv("TMPDIR", tmp, 1);
		execl("./resnetc", "resnetc", "train", model, "--data", arena_text("%s/x.npy,%s/y.npy", dir, dir), "--batch", "4096", "--epochs",
		      "1000", "-o", arena_text("%s/v.safetensors", dir), "-q", (char *)NULL);
		_exit(127);
	}
	while (access(in_dir("v.checkpoint"), R_OK) && tries++ < 1200)
		nanosleep(&(struct timespec){ 0, 100000000 }, NULL);
	kill(pid, SIGINT);
	nanosleep(&(struct timespec){ 0, 30000000 }, NULL);
	kill(pid, SIGINT);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg((WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) || (WIFEXITED(status) && !WEXITSTATUS(status)), "status %d", status);
	ck_assert_msg(!system(arena_text("test -z \"$(ls -A '%s')\"", tmp)), "something is left in %s", tmp);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --batch 4096 --epochs 1 --resume %s/v.checkpoint -o %s/v.safetensors -q", model, dir, dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
}
END_TEST

/* a child that trains; its pid */
static int
start_training(const char *model, const char *data, const char *epochs, const char *name)
{
	int pid = fork();

	if (!pid) {
		execl("./resnetc", "resnetc", "train", model, "--data", data, "--epochs", epochs, "-o", in_dir(arena_text("%s.safetensors", name)),
		      "--log", in_dir(arena_text("%s.csv", name)), "-q", (char *)NULL);
		_exit(127);
	}
	return pid;
}

static int
count_of_lines(const char *name)
{
	int lines = 0;

	for (const char *s = access(in_dir(name), R_OK) ? "" : text_of(name); *s; s++)
		lines += *s == '\n';
	return lines;
}

/* all columns of a log but the seconds */
static const char *
without_seconds(const char *name)
{
	const char *all = "";

	for (const char *s = text_of(name), *end; *s; s = end + 1) {
		const char *comma = end = strchr(s, '\n');
		while (*comma != ',')
			comma--;
		all = arena_text("%s%.*s\n", all, (int)(comma - s), s);
	}
	return all;
}

/* a test of many pictures behind each step: what is interrupted in it is tested when the training goes on, whole */
START_TEST(interrupted_tests_are_made_again)
{
	const char *dir = in_dir(""), *model = model_file(arena_text(small_model, "")), *data;
	int pid, status, tries = 0;
	Ran r;

	put_data("x.npy", "y.npy", 16, 2);
	put_data("many.npy", "labels.npy", 20000, 2);
	data = arena_text("%s/x.npy,%s/y.npy,%s/many.npy,%s/labels.npy", dir, dir, dir, dir);
	r = resnetc("train %s --data %s --epochs 3 -o %s/whole.safetensors --log %s/whole.csv -q", model, data, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	signal(SIGINT, SIG_DFL);
	pid = start_training(model, data, "3", "cut");
	while (count_of_lines("cut.csv") < 2 && tries++ < 6000)
		nanosleep(&(struct timespec){ 0, 10000000 }, NULL);
	nanosleep(&(struct timespec){ 0, 30000000 }, NULL);
	kill(pid, SIGINT);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && !WEXITSTATUS(status), "status %d", status);
	r = resnetc("train %s --data %s --epochs 3 --resume %s/cut.checkpoint -o %s/cut.safetensors --log %s/cut.csv -q", model, data, dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	ck_assert_str_eq(without_seconds("cut.csv"), without_seconds("whole.csv"));
}
END_TEST

SUITE(resumed)
{
	TCase *t = part("checkpoints");

	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_test(t, checkpoints_of_others_are_refused);
	tcase_add_test(t, damaged_checkpoints_are_refused);
	t = part("interrupted");
	tcase_add_test(t, second_interrupt_ends);
	tcase_add_test(t, interrupted_tests_are_made_again);
}
