/* run.c - run on many files: pictures, folders of them and arrays in, .npy, .npz and JSON out. */
#include <unistd.h>

#include "tests.h"

START_TEST(npy_there_and_back)
{
	float *v = numbers(24, 1);
	int64_t dim[] = { 2, 3, 4 };
	Npy a;

	npy_write(in_dir("a.npy"), v, 3, dim);
	a = npy_read(in_dir("a.npy"));
	ck_assert_int_eq(a.rank, 3);
	ck_assert_int_eq(a.dim[2], 4);
	ck_assert_mem_eq(a.data, v, 24*sizeof *v);
}
END_TEST

static void
copy_to(const char *name, const char *from)
{
	size_t len;
	const void *data = file_map(from, &len);

	put_file(name, data, len);
}

/* some pictures in folders, and a .npy of two images */
static void
make_folder(void)
{
	float *x = numbers(2*3*12*12, 1);

	ck_assert_int_eq(system(arena_text("cd '%s' && rm -rf in empty && mkdir -p in/b/.hidden empty && ln -s . in/loop", in_dir(""))), 0);
	copy_to("in/z.JPG", "tests/image/cmyk.jpg");
	copy_to("in/a.png", "tests/image/grey16.png");
	copy_to("in/b/c.jpeg", "tests/image/rgb420.jpg");
	copy_to("in/b/.hidden/d.png", "tests/image/rgb8.png");
	put_file("in/notes.txt", "no", 2);
	npy_write(in_dir("x.npy"), x, 4, (int64_t[]){ 2, 3, 12, 12 });
	free(x);
}

START_TEST(folders_are_their_pictures)
{
	static const char *const want[] = { "in/a.png", "in/z.JPG", "in/b/c.jpeg", "x.npy" };
	const char *const given[] = { in_dir("in"), in_dir("x.npy") };
	const char *const *files;
	int count;

	make_folder();
	files = input_files(given, 2, &count);
	ck_assert_int_eq(count, 4);
	for (int i = 0; i < 4; i++)
		ck_assert_str_eq(files[i], in_dir(want[i]));
}
END_TEST

static const char two_outputs[] =
	"local nn = require \"resnet\"\n"
	"return nn.model { name = \"two\", input = nn.image { 3, 12, 12, crop = 0.875 },\n"
	"stem = nn.stem.cifar { 4 }, head = { { \"class\", nn.classifier { 5 } } }, taps = { \"stem\" } }\n";

START_TEST(many_files_give_what_each_gives)
{
	static const char *const files[] = { "in/a.png", "in/z.JPG", "in/b/c.jpeg", "x.npy" };
	const char *model = model_file(two_outputs);

	make_folder();
	for (int batch = 1; batch <= 3; batch += 2) {
		Ran r = resnetc("run %s -w random:3 --batch %d -i %s --input=%s -o %s", model, batch, in_dir("in"), in_dir("x.npy"), in_dir("all.npz"));
		ck_assert_msg(r.status == 0 && !*r.err, "%s", r.err);
		ck_assert_msg(strstr(r.out, "/in/a.png\n") && strstr(r.out, "/x.npy, image 1\n"), "%s", r.out);
		Weights *all = weights_open(in_dir("all.npz"));
		ck_assert_int_eq(all->count, 2);
		ck_assert_str_eq(all->tensors[0].name, "class");
		ck_assert_str_eq(tensor_shape(&all->tensors[0]), "5x5");
		ck_assert_str_eq(all->tensors[1].name, "stem");
		ck_assert_str_eq(tensor_shape(&all->tensors[1]), "5x4x12x12");
		tensor_load(&all->tensors[0]);
		tensor_load(&all->tensors[1]);
		for (int i = 0, row = 0; i < 4; i++) {
			int images = i == 3 ? 2 : 1;
			ck_assert_int_eq(resnetc("run %s -w random:3 -q -i %s -o %s", model, in_dir(files[i]), in_dir("one.npy")).status, 0);
			Npy one = npy_read(in_dir("one.npy"));       /* both outputs, one behind the other */
			ck_assert_uint_eq(one.count, (size_t)(images*(5 + 4*144)));
			for (int k = 0; k < images*5; k++)
				ck_assert_double_eq_tol(tensor_get(&all->tensors[0], (size_t)(row*5 + k)), (double)one.data[k], 1e-5);
			for (int k = 0; k < images*4*144; k++)
				ck_assert_double_eq_tol(tensor_get(&all->tensors[1], (size_t)(row*4*144 + k)), (double)one.data[images*5 + k], 1e-5);
			row += images;
			free(one.data);
		}
	}
}
END_TEST

START_TEST(npz_is_numpys)
{
	make_folder();
	ck_assert_int_eq(resnetc("run %s -w random:3 -q -i %s -o %s", model_file(two_outputs), in_dir("x.npy"), in_dir("np.npz")).status, 0);
	ck_assert_int_eq(resnetc("run %s -w random:3 -q -i %s -o %s", model_file(two_outputs), in_dir("x.npy"), in_dir("again.npz")).status, 0);
	ck_assert_int_eq(system(arena_text("cmp '%s' '%s'", in_dir("np.npz"), in_dir("again.npz"))), 0);
	if (!system("command -v unzip > /dev/null"))
		ck_assert_int_eq(system(arena_text("unzip -tqq '%s'", in_dir("np.npz"))), 0);
	if (!system("/usr/bin/python3 -c 'import numpy' 2> /dev/null"))
		ck_assert_int_eq(system(arena_text("/usr/bin/python3 -c \"import numpy as np; z = np.load('%s'); assert z.files == ['class', 'stem'] and "
			"z['class'].shape == (2, 5) and z['stem'].shape == (2, 4, 12, 12) and z['stem'].dtype == np.float32\"", in_dir("np.npz"))), 0);
}
END_TEST

START_TEST(json_names_the_files)
{
	struct json_object *all, *images, *last, *v;
	Ran r;

	make_folder();
	r = resnetc("run %s -w random:3 --json -i %s %s %s", model_file(two_outputs), in_dir("in/a.png"), in_dir("in/z.JPG"), in_dir("x.npy"));
	ck_assert_int_eq(r.status, 0);
	all = json_tokener_parse(r.out);
	ck_assert(json_object_object_get_ex(all, "images", &images));
	ck_assert_int_eq((int)json_object_array_length(images), 4);
	last = json_object_array_get_idx(images, 3);
	ck_assert(json_object_object_get_ex(last, "file", &v));
	ck_assert_str_eq(json_object_get_string(v), in_dir("x.npy"));
	ck_assert(json_object_object_get_ex(last, "image", &v));
	ck_assert_int_eq(json_object_get_int(v), 1);
	ck_assert(json_object_object_get_ex(last, "top", &v));
	ck_assert_int_eq((int)json_object_array_length(v), 5);
	json_object_put(all);
}
END_TEST

START_TEST(bad_inputs_of_run)
{
	const char *model = model_file(two_outputs);
	Ran r;

	make_folder();
	r = resnetc("run %s -w random -i %s", model, in_dir("empty"));
	ck_assert_int_eq(r.status, 1);
	ck_assert_str_eq(r.err, "empty: want a folder with .png or .jpg pictures, got none in it\n");
	put_file("in/broken.png", "\x89PNG\r\n\x1a\n", 8);
	r = resnetc("run %s -w random -q -i %s -o %s", model, in_dir("in"), in_dir("never.npz"));
	ck_assert_int_eq(r.status, 1);
	ck_assert_str_eq(r.err, "in/broken.png: want a whole PNG picture, got one that ends early\n");
	ck_assert_int_eq(access(in_dir("never.npz"), F_OK), -1);
	r = resnetc("verify %s -i %s -i %s", model, in_dir("x.npy"), in_dir("x.npy"));
	ck_assert_int_eq(r.status, ExitUsage);
	ck_assert(strstr(r.err, "verify: want one input, got 2") != NULL);
	r = resnetc("compile %s %s", model, in_dir("x.npy"));
	ck_assert(strstr(r.err, "compile: want one model, got") != NULL);
}
END_TEST

SUITE(run)
{
	TCase *t = part("run");

	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_test(t, npy_there_and_back);
	tcase_add_test(t, folders_are_their_pictures);
	tcase_add_test(t, many_files_give_what_each_gives);
	tcase_add_test(t, npz_is_numpys);
	tcase_add_test(t, json_names_the_files);
	tcase_add_test(t, bad_inputs_of_run);
}
