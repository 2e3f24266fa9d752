/* archives.c - zip archives of arrays: what they hold, and every way they can lie. */
#include <sys/wait.h>
#include <unistd.h>

#include <zip.h>

#include "tests.h"

START_TEST(zip_bomb_is_refused_before_it_is_unpacked)
{
	size_t size = 100u << 20;
	void *zeros = calloc(1, size);
	const char *file = in_dir("bomb.npz");
	int error;
	zip_t *z = zip_open(file, ZIP_CREATE | ZIP_TRUNCATE, &error);
	Ran r;

	ck_assert_ptr_nonnull(z);
	ck_assert_int_ge(zip_file_add(z, "a.npy", zip_source_buffer(z, zeros, size, 0), 0), 0);
	ck_assert_int_eq(zip_close(z), 0);
	free(zeros);
	r = resnetc("weights %s", file);
	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_msg(strstr(r.err, "bomb.npz: entry 'a.npy': want at most ") == r.err && strstr(r.err, "got 104857600"), "%s", r.err);
}
END_TEST

START_TEST(archive_of_objects_is_refused)
{
	static const char head[] = "\x93NUMPY\x01\0\x40\0{'descr': '|O', 'fortran_order': False, 'shape': (), }                 \n";
	int error;
	zip_t *z = zip_open(in_dir("dict.npz"), ZIP_CREATE | ZIP_TRUNCATE, &error);

	ck_assert_int_ge(zip_file_add(z, "params.npy", zip_source_buffer(z, head, sizeof head - 1, 0), 0), 0);
	ck_assert_int_eq(zip_close(z), 0);
	ck_assert_str_eq(resnetc("weights %s", in_dir("dict.npz")).err, "dict.npz: want arrays of numbers, got Python objects alone, such as "
	                 "'params': numpy.savez(FILE, **weights) keeps a dictionary's arrays\n");
}
END_TEST

/* an array in an archive whose sizes and places have 64 bits, as those of more than 4 GB have */
START_TEST(zip_of_64_bits)
{
	Weights *w = weights_open("tests/checkpoints/zip64.npz");

	ck_assert_int_eq(w->count, 1);
	tensor_load(&w->tensors[0]);
	ck_assert_double_eq(tensor_get(&w->tensors[0], 1), 4);
}
END_TEST

/* bytes of tests/checkpoints/arrays.npz that lie, in its first entry and behind the last */
START_TEST(zip_that_lies)
{
	static const struct { const char *record; int at; const char *bytes, *want; } lies[] = {
		{ "PK\5\6", 0, "pk", "want a whole zip archive, got 1296 bytes without its end: cut short" },
		{ "PK\5\6", 10, "\xff\xff", "want a whole zip archive, got 1296 bytes without its end: cut short" },
		{ "PK\5\6", 16, "\xff\xff\xff\xff", "want a whole zip archive, got 1296 bytes: Zip archive inconsistent" },
		{ "PK\1\2", 0, "pk", "want a whole zip archive, got 1296 bytes without its end: cut short" },
		{ "PK\1\2", 28, "\xff\xff", "want a whole zip archive, got 1296 bytes: Zip archive inconsistent" },
		{ "PK\1\2", 8, "\1", "entry 'conv1.weight.npy': want one that can be unpacked, got: " },
		{ "PK\1\2", 42, "\xff\xff\xff\x7f", "entry 'conv1.weight.npy': want one that can be unpacked, got: " },
		{ "PK\1\2", 16, "\1\2\3\4", "entry 'conv1.weight.npy': want an undamaged entry, got: CRC error" },
		{ "PK\1\2", 24, "\xff\xff\xff\x7f", "entry 'conv1.weight.npy': want at most " },
	};
	const void *map;
	size_t len, at = 0;
	char *bytes;
	Ran r;

	map = file_map("tests/checkpoints/arrays.npz", &len);
	bytes = malloc(len);
	memcpy(bytes, map, len);
	while (at + 8 < len && memcmp(bytes + at, lies[_i].record, strlen(lies[_i].record)))
		at++;
	ck_assert_uint_lt(at + 8, len);
	memcpy(bytes + at + lies[_i].at, lies[_i].bytes, strlen(lies[_i].bytes));
	put_file("lie.npz", bytes, len);
	free(bytes);
	r = resnetc("weights %s", in_dir("lie.npz"));
	ck_assert_int_eq(r.status, ExitInput);
	ck_assert_msg(strstr(r.err, arena_text("lie.npz: %s", lies[_i].want)) == r.err, "want %s, got %s", lies[_i].want, r.err);
}
END_TEST

/* every byte of an archive another one: a message at most, no crash */
START_TEST(zip_of_damaged_bytes)
{
	static const char *const files[] = { "tests/checkpoints/arrays.npz", "tests/checkpoints/zip.pth" };
	size_t len;
	const unsigned char *map = file_map(files[_i], &len);
	unsigned char *bytes = malloc(len);

	for (size_t i = 0; i < len; i += 3) {
		pid_t child = fork();
		int status;
		if (child == 0) {
			freopen("/dev/null", "w", stderr);
			memcpy(bytes, map, len);
			bytes[i] ^= (unsigned char)(1 + i*37%255);
			Zip *z = zip_map("damaged", bytes, len);
			for (int64_t e = 0; e < zip_entries(z); e++) {
				size_t n;
				free(zip_load(z, (uint64_t)e, e%2 ? 40 : 0, &n));
			}
			_exit(ExitOk);
		}
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert_msg(WIFEXITED(status) && (WEXITSTATUS(status) == ExitOk || WEXITSTATUS(status) == ExitInput), "byte %zu: %d", i, status);
	}
	free(bytes);
}
END_TEST

SUITE(archives)
{
	TCase *t = part("archives");

	tcase_add_test(t, zip_bomb_is_refused_before_it_is_unpacked);
	tcase_add_test(t, archive_of_objects_is_refused);
	tcase_add_test(t, zip_of_64_bits);
	tcase_add_loop_test(t, zip_that_lies, 0, 9);
	tcase_add_loop_test(t, zip_of_damaged_bytes, 0, 2);
}
