/* training.c - resnetc train: that it learns, from arrays and folders of pictures, into weights of the model; what it refuses. */
#include <sys/resource.h>
#include <unistd.h>

#include "../compiler/image/image.h"
#include "../compiler/weights/weights.h"
#include "../compiler/weights/tensor.h"
#include "lessons.h"

START_TEST(training_learns_and_goes_on)
{
	const char *model = model_file(arena_text(small_model, "")), *dir = in_dir("");
	size_t len[3];
	const void *weights[3];
	int epoch;
	double rate, loss, error, test_loss, test_error;
	Ran r;

	put_data("x.npy", "y.npy", 160, 2);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy,%s/x.npy,%s/y.npy -o %s/a.safetensors --log %s/a.csv --plot %s/a.html -q", model, dir, dir,
	            dir, dir, dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	ck_assert_int_eq(sscanf(strstr(text_of("a.csv"), "\n3,"), "%d,%lf,%lf,%lf,%lf,%lf", &epoch, &rate, &loss, &error, &test_loss, &test_error), 6);
	ck_assert_msg(loss < 0.5 && test_error < 0.1 && fabs(rate - 0.05) < 1e-9, "%s", text_of("a.csv"));
	ck_assert(!strncmp(text_of("a.html"), "<!DOCTYPE html>", 15) && !strstr(text_of("a.html"), "refresh"));
	ck_assert(strstr(text_of("a.html"), arena_text("train 3: %.6g</title>", loss)) && strstr(text_of("a.html"), arena_text("test 3: %.6g</title>", test_error)));
	ck_assert(!strstr(text_of("a.html"), "src=") && !strstr(text_of("a.html"), "href="));
	/* stopped after one step, on other threads; then to the end; not optimized, which changes no bit either */
	compile_quickly();
	r = resnetc("train %s --data %s/x.npy,%s/y.npy -o %s/b.safetensors --limit 0.000001 --threads 3", model, dir, dir, dir);
	ck_assert_msg(r.status == 0 && strstr(r.err, "stopped after 1 of 30 steps"), "%s", r.err);
	/* the limit is of a run: one more step, and then to the end */
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --resume %s/b.checkpoint -o %s/d.safetensors --limit 0.000001", model, dir, dir, dir, dir);
	ck_assert_msg(r.status == 0 && strstr(r.err, "stopped after 2 of 30 steps"), "%s", r.err);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --resume %s/d.checkpoint -o %s/c.safetensors --threads 2 --log %s/c.csv -q", model, dir, dir,
	            dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	for (int i = 0; i < 3; i++)
		weights[i] = file_map(in_dir(i == 0 ? "a.safetensors" : i == 1 ? "b.safetensors" : "c.safetensors"), &len[i]);
	ck_assert(len[0] == len[1] && memcmp(weights[0], weights[1], len[0]));
	ck_assert(len[0] == len[2] && !memcmp(weights[0], weights[2], len[0]));
	ck_assert(!strncmp(strstr(text_of("a.csv"), "\n1,"), strstr(text_of("c.csv"), "\n1,"), strlen("\n1,0.05,0.123456,0.123456,")));
	/* what it wrote is a weight file of the model */
	r = resnetc("verify %s -w %s/a.safetensors -q", model, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
}
END_TEST

/* --seed takes nn.train's place; fresh parts come from it and not from the weights, whatever their shape there */
START_TEST(starting_with_another_head)
{
	const char *dir = in_dir(""), *old = model_file(arena_text(small_model, "")), *other, *anew;
	int same = 0;
	Weights *one, *two;
	Ran r;

	put_data("x.npy", "y.npy", 48, 2);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy -o %s/a.safetensors --limit 0.000001 --seed 8", old, dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	other = arena_text(small_model, ", freeze = { 'stem', 'layer1', 'layer2' }, fresh = { 'fc' }");
	other = arena_text("%.*sclassifier { 4 }%s", (int)(strstr(other, "classifier") - other), other, strstr(other, "classifier") + 16);
	anew = model_file(other);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy -w %s/a.safetensors -o %s/b.safetensors --limit 0.000001 --seed 0", anew, dir, dir, dir, dir);
	ck_assert_msg(r.status == 0 && strstr(r.err, "made up anew, not of ") && strstr(r.err, "a.safetensors: fc.weight, fc.bias\n"), "%s", r.err);
	/* all but the head is what it was */
	one = weights_open(in_dir("a.safetensors"));
	two = weights_open(in_dir("b.safetensors"));
	ck_assert_int_eq(one->count, two->count);
	for (int i = 0; i < one->count; i++)
		for (int k = 0; k < two->count; k++) {
			Tensor *a = &one->tensors[i], *b = &two->tensors[k];
			if (strcmp(a->name, b->name) || !strncmp(a->name, "fc.", 3))
				continue;
			tensor_load(a);
			tensor_load(b);
			for (size_t v = 0; v < tensor_count(a); v++)
				ck_assert_msg(fabs(tensor_get(a, v) - tensor_get(b, v)) <= 0, "%s", a->name);
			same++;
		}
	ck_assert_int_eq(same, one->count - 2);
	other = arena_text("%.*s%s", (int)(strstr(other, ", fresh") - other), other, strstr(other, ", fresh") + strlen(", fresh = { 'fc' }"));
	r = resnetc("train %s --data %s/x.npy,%s/y.npy -w %s/a.safetensors", model_file(other), dir, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "want tensor 'fc.weight' of shape 4x16, got 3x16 (nn.train { fresh = { 'fc' } } makes it up anew)"),
	              "%s", r.err);
}
END_TEST

static const struct { const char *options, *want; } refused[] = {
	{ ", freeze = { 'layer7' }", "train: freeze: want a part of the model, got 'layer7'" },
	{ ", optimizer = 3", "train: want optimizer as nn.sgd { ... }, got 3" },
	{ ", optimizer = nn.sgd { momentum = 2 }", "sgd: want momentum as a number from 0 to 0.9999, got 2" },
	{ ", loss = nn.cross_entropy { label_smoothing = true }", "cross_entropy: want label_smoothing as a number from 0 to 0.999, got a boolean" },
	{ ", recompute = 'less'", "train: want recompute as true, false or a number of MB, got \"less\"" },
	{ ", recompute = 0", "train: want recompute as a number from 0.001 to 1e+06, got 0" },
	{ ", epoch = 3", "train: want one of its options, got 'epoch'; did you mean 'epochs'?" },
	{ ", freeze = { 'stem', 'layer1', 'layer2', 'fc' }", "train: want parameters that learn, got none" },
};

/* without stages a stem is the layer of that name, if there is one */
START_TEST(stems_are_by_name_without_stages)
{
	const char *dir = in_dir(""), *model = "local nn = require 'resnet'\nreturn nn.model { name = 'm', input = nn.image { 3, 8, 8 }, body = function(x)\n"
		"	return nn.linear(nn.flatten(nn.relu(nn.conv(x, { 8, kernel = 3, name = '%s' }))), { 3, name = 'fc' })\nend, "
		"train = nn.train { batch = 4, epochs = 1, freeze = { 'stem' } } }\n";
	Ran r;

	put_data("x.npy", "y.npy", 4, 2);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy -o %s/s.safetensors -q", model_file(arena_text(model, "stem")), dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy -o %s/s.safetensors -q", model_file(arena_text(model, "first")), dir, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "train: freeze: want a part of the model, got 'stem'\n"), "%s", r.err);
}
END_TEST

START_TEST(bad_models_are_refused)
{
	const char *model = model_file(arena_text(small_model, refused[_i].options));
	Ran r = resnetc("train %s --data %s/no.npy,%s/no.npy", model, in_dir(""), in_dir(""));

	ck_assert_int_eq(r.status, 1);
	ck_assert_msg(strstr(r.err, refused[_i].want) != NULL, "%s", r.err);
}
END_TEST

/* copy_picture - one of the examples, into a folder of the suite's that is made */
static void
copy_picture(const char *name, const char *folder)
{
	ck_assert_int_eq(system(arena_text("mkdir -p '%s' && cp examples/images/%s.png '%s'", in_dir(folder), name, in_dir(folder))), 0);
}

/* refused_data - what train says of pictures in folders, with nothing written */
static void
refused_data(const char *model, const char *want)
{
	const char *dir = in_dir("");
	Ran r = resnetc("train %s --data images:%s/classes -o %s/none.safetensors -q", model, dir, dir);

	ck_assert_msg(r.status == 1 && strstr(r.err, want), "want %s, got %s", want, r.err);
	ck_assert(access(in_dir("none.safetensors"), F_OK) && access(in_dir("none.checkpoint"), F_OK));
}

START_TEST(bad_folders_are_refused)
{
	const char *model = model_file(linear_model), *dir = in_dir("");

	ck_assert_int_eq(system(arena_text("mkdir -p '%s/classes/a' '%s/classes/b'", dir, dir)), 0);
	refused_data(model, "classes: want 3 folders, one for each class of the model, got 2\n");
	ck_assert_int_eq(system(arena_text("mkdir '%s/classes/c' && cp examples/images/bird.png '%s/classes/a' && cp examples/images/bird.png '%s/classes/b'",
	                                   dir, dir, dir)), 0);
	refused_data(model, "classes/c: want a folder with .png or .jpg pictures, got none in it\n");
	put_file("classes/c/dog.png", "no picture", 10);
	refused_data(model, "classes/c/dog.png: want a .png, .jpg or .npy file, got text: 'no picture'\n");
	ck_assert_int_eq(system(arena_text("head -c 300 examples/images/bird.png > '%s/classes/c/dog.png'", dir)), 0);
	refused_data(model, "classes/c/dog.png: ");
}
END_TEST

/* a folder's class is the one of the model that it is named after, whatever the order */
START_TEST(folders_are_classes)
{
	static const char *const names[] = { "ship", "frog", "bird" };
	const char *dir = in_dir(""), *at = strstr(linear_model, "batch = 16"), *model;
	Ran r;

	ck_assert_int_eq(system(arena_text("rm -rf '%s/classes'", dir)), 0);
	for (int i = 0; i < 3; i++) {
		copy_picture(names[i], arena_text("classes/train/%s", names[i]));
		copy_picture(names[i], arena_text("classes/valid/%s", names[i]));
	}
	model = model_file(arena_text("%.*sbatch = 3, epochs = 30, optimizer = nn.sgd { weight_decay = 0 }, schedule = nn.constant { 0.02 } }, "
	                              "classes = { 'ship', 'frog', 'bird' } }\n", (int)(at - linear_model), linear_model));
	r = resnetc("train %s --data images:%s/classes -o %s/n.safetensors --log %s/n.csv", model, dir, dir, dir);
	ck_assert_msg(r.status == 0 && !strcmp(r.err, "note: 3 pictures to train with, 3 to test\n"), "%s", r.err);
	for (int i = 0; i < 3; i++) {
		r = resnetc("run %s -w %s/n.safetensors -i examples/images/%s.png", model, dir, names[i]);
		ck_assert_msg(r.status == 0 && strstr(r.out, names[i]) == strpbrk(r.out, "abcdefghijklmnopqrstuvwxyz"), "%s: %s%s", names[i], r.out, r.err);
	}
	ck_assert_int_eq(system(arena_text("mv '%s/classes/valid/frog' '%s/classes/valid/ship2'", dir, dir)), 0);
	refused_data(model, "classes/valid/ship2: want a folder named as a class of the model, as others there are, got 'ship2'; did you mean 'ship'?\n");
	refused_data(model_file(linear_model), "classes/valid: want the same folders as there are to train with, such as 'frog', got 'ship' in its place\n");
}
END_TEST

/* a rate that is too high stops, says the step and the layer, and leaves the last checkpoint as it is */
START_TEST(what_is_not_finite_stops)
{
	const char *dir = in_dir(""), *before, *wild = arena_text("%s", linear_model);
	size_t len, now;
	Ran r;

	put_data("x.npy", "y.npy", 48, 2);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy -o %s/w.safetensors --epochs 1 -q", model_file(linear_model), dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	wild = arena_text("%.*sbatch = 16, epochs = 9, schedule = nn.constant { 1e6 }, optimizer = nn.sgd { weight_decay = 1 } } }\n",
	                  (int)(strstr(wild, "batch") - wild), wild);
	before = file_map(in_dir("w.checkpoint"), &len);
	before = memcpy(malloc(len), before, len);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --resume %s/w.checkpoint -o %s/w.safetensors", model_file(wild), dir, dir, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, ": want a finite loss, got ") && strstr(r.err, "; the first layer without is 'fc' (a smaller rate than 1e+06 may help)\n"), "%s", r.err);
	ck_assert(!strncmp(r.err, "step ", 5) || strstr(r.err, "\nstep "));
	ck_assert(file_map(in_dir("w.checkpoint"), &now) && now >= len);
}
END_TEST

/* put_bytes - N x 3 x 8 x 8 bytes, and as floats what nn.image makes of them */
static void
put_bytes(int count)
{
	char *file = calloc(1, 128 + (size_t)count*192);
	float *v = malloc((size_t)count*192*sizeof *v);
	int64_t dim[] = { count, 3, 8, 8 };

	memset(file, ' ', 128);
	memcpy(file, "\x93NUMPY\x01\x00\x76\x00", 10);
	file[10 + sprintf(file + 10, "{'descr': '|u1', 'fortran_order': False, 'shape': (%d, 3, 8, 8), }", count)] = ' ';
	file[127] = '\n';
	for (int i = 0; i < count*192; i++) {
		unsigned char b = (unsigned char)(i*37%251);
		file[128 + i] = (char)b;
		v[i] = (float)((b/255.0 - 0.5)/0.25);
	}
	put_file("bytes.npy", file, 128 + (size_t)count*192);
	npy_write(in_dir("floats.npy"), v, 4, dim);
	free(file);
	free(v);
}

START_TEST(bytes_are_read_as_pictures)
{
	static const char image[] = "nn.image { 3, 8, 8, scale = 1/255, mean = { 0.5, 0.5, 0.5 }, std = { 0.25, 0.25, 0.25 } }";
	const char *dir = in_dir(""), *at = strstr(linear_model, "nn.image"), *model;
	const char *one, *two;
	size_t len[2];

	model = model_file(arena_text("%.*s%s%s", (int)(at - linear_model), linear_model, image, strchr(at, '}') + 1));
	put_data("x.npy", "y.npy", 48, 2);
	put_bytes(48);
	for (int floats = 0; floats < 2; floats++) {
		Ran r = resnetc("train %s --data %s/%s.npy,%s/y.npy -o %s/%d.safetensors --epochs 2 -q", model, dir, floats ? "floats" : "bytes", dir, dir, floats);
		ck_assert_msg(r.status == 0, "%s", r.err);
	}
	one = file_map(in_dir("0.safetensors"), &len[0]);
	two = file_map(in_dir("1.safetensors"), &len[1]);
	ck_assert(len[0] == len[1] && !memcmp(one, two, len[0]));
}
END_TEST

/* weights are written after each epoch: 28 times more, of 1.2 M parameters, take no more memory */
START_TEST(epochs_leave_no_memory_behind)
{
	const char *dir = in_dir(""), *at = strstr(linear_model, "nn.linear"), *model;
	long most[2];

	model = model_file(arena_text("%.*snn.linear(nn.relu(nn.linear(nn.flatten(x), { 6000 })), { 3 })\nend, train = nn.train { batch = 2 } }\n",
	                              (int)(at - linear_model), linear_model));
	put_data("x.npy", "y.npy", 2, 2);
	for (int i = 0; i < 2; i++) {
		struct rusage use;
		Ran r = resnetc("train %s --data %s/x.npy,%s/y.npy --epochs %d -o %s/l.safetensors -q", model, dir, dir, i ? 30 : 2, dir);
		ck_assert_msg(r.status == 0, "%s", r.err);
		getrusage(RUSAGE_CHILDREN, &use);
		most[i] = use.ru_maxrss;
	}
	ck_assert_msg(most[1] < most[0] + 65536, "%ld KB, then %ld", most[0], most[1]);
}
END_TEST

START_TEST(bad_data_is_refused)
{
	const char *model = model_file(arena_text(small_model, "")), *wild = model_file(arena_text(small_model, ", optimizer = nn.sgd { momentum = 0.99 }"));
	const char *dir = in_dir("");
	static char file[128 + 32*192*4];
	size_t len;
	Ran r;

	put_data("x.npy", "y.npy", 160, 3);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy", model, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "y.npy: label 2: want one from 0 to 2, the model's classes, got 3"), "%s", r.err);
	put_data("x.npy", "y.npy", 12, 2);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy", model, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "train: want a batch of at most 12, the pictures there are, got 16"), "%s", r.err);
	put_data("short.npy", "y.npy", 9, 2);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy", model, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "want 12 labels, one for each picture of"), "%s", r.err);
	r = resnetc("train %s --data %s/x.npy", model, dir);
	ck_assert_msg(r.status == 2 && strstr(r.err, "--data: want cifar10:DIR, images:DIR or x.npy,y.npy"), "%s", r.err);
	for (int i = 0; i < 4; i++) {
		static const char *const specs[] = { "images:", ",", "x.npy,", "x.npy,y.npy,x.npy,y.npy,x.npy" };
		r = resnetc("train %s --data %s", model, specs[i]);
		ck_assert_msg(r.status == 2 && strstr(r.err, "--data: want "), "%s: %s", specs[i], r.err);
	}
	put_data("x.npy", "y.npy", 32, 2);
	((float *)(void *)memcpy(file, file_map(in_dir("x.npy"), &len), sizeof file))[32 + 3*192 + 5] = (float)NAN;
	put_file("nan.npy", file, sizeof file);
	r = resnetc("train %s --data %s/nan.npy,%s/y.npy", model, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "nan.npy: picture 3: want finite numbers, got nan\n"), "%s", r.err);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy -o %s", model, dir, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, ": want a file that can be written, got a folder\n"), "%s", r.err);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --log %s/x.npy/log.csv", model, dir, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "x.npy: want a folder, got a file\n"), "%s", r.err);
	put_file("not.checkpoint", "resnett", 7);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --resume %s/not.checkpoint", model, dir, dir, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "not.checkpoint: want a checkpoint of m,"), "%s", r.err);
	r = resnetc("train %s --data %s/x.npy,%s/y.npy --limit soon", wild, dir, dir);
	ck_assert_msg(r.status == 2 && strstr(r.err, "--limit: want a time such as 90s, 170m or 3h, got 'soon'"), "%s", r.err);
}
END_TEST

SUITE(training)
{
	TCase *t = part("training");

	tcase_add_test(t, training_learns_and_goes_on);
	t = part("options");
	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_test(t, starting_with_another_head);
	tcase_add_test(t, bytes_are_read_as_pictures);
	tcase_add_test(t, folders_are_classes);
	tcase_add_test(t, epochs_leave_no_memory_behind);
	t = part("refused");
	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_loop_test(t, bad_models_are_refused, 0, sizeof refused/sizeof *refused);
	tcase_add_test(t, stems_are_by_name_without_stages);
	tcase_add_test(t, bad_data_is_refused);
	tcase_add_test(t, bad_folders_are_refused);
	tcase_add_test(t, what_is_not_finite_stops);
}
