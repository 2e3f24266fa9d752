/*
** pictures.c - files of pictures, decoded, resized and cropped: the pixels of Pillow and torchvision (image/, make.py), by rc_image
** and by the example program.
*/
#include "../runtime/rc_image.h"
#include "tests.h"

START_TEST(shipped_pictures_are_read)
{
	Picture p = image_read("examples/images/cat.png");

	ck_assert_int_eq(p.h, 32);
	ck_assert_int_eq(p.w, 32);
	ck_assert_int_eq(p.rgb[0], 158);                 /* the first test picture of CIFAR-10 */
	ck_assert_int_eq(p.rgb[1], 112);
	ck_assert_int_eq(p.rgb[2], 49);
	free(p.rgb);
}
END_TEST

START_TEST(pixels_are_pillows)
{
	int count, h = 17, w = 21;
	const char *const *files = input_files(&(const char *){ "tests/image" }, 1, &count);
	Npy want = npy_read("tests/image/pixels.npy");
	const unsigned char *x = want.u8;

	ck_assert_uint_eq(want.count, (size_t)(count*h*w*3));
	for (int i = 0; i < count; i++) {
		Picture p = image_read(files[i]);
		ck_assert_int_eq(p.h, h);
		ck_assert_int_eq(p.w, w);
		for (int k = 0; k < h*w*3; k++, x++)
			ck_assert_msg(abs(p.rgb[k] - *x) <= 1, "%s: value %d is %d instead of %d", files[i], k, p.rgb[k], *x);
		free(p.rgb);
	}
	free(want.u8);
}
END_TEST

static void
read_cut(void *user)
{
	(void)user;
	free(image_read(in_dir("cut")).rgb);
}

START_TEST(cut_pictures_are_refused)
{
	int count;
	const char *const *files = input_files(&(const char *){ "tests/image" }, 1, &count);

	ck_assert_int_ge(count, 40);
	for (int i = 0; i < count; i++) {
		size_t len;
		const unsigned char *whole = file_map(files[i], &len);
		const char *why;
		bool png = whole[0] == 0x89;
		put_file("cut", whole, png ? len - 12 - 4 - 8 : len*9/10);    /* of a PNG the end and some of the pixels are missing */
		why = attempt(read_cut, NULL);
		ck_assert_msg(why && strstr(why, png ? "cut: want a whole PNG picture, got one that ends early" :
			"cut: want a whole JPEG picture, got one that ends early"), "%s: %s", files[i], why ? why : "read");
	}
}
END_TEST

static uint32_t
crc32_of(const unsigned char *p, size_t len)
{
	uint32_t c = 0xffffffff;

	while (len--) {
		c ^= *p++;
		for (int k = 0; k < 8; k++)
			c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
	}
	return c ^ 0xffffffff;
}

/* made_up - the picture that make.py gives Pillow */
static unsigned char *
made_up(int h, int w, int channels)
{
	size_t count = (size_t)(h*w*channels);
	unsigned char *p = malloc(count);

	for (size_t i = 0; i < count; i++) {
		uint32_t v = (uint32_t)i*2654435761u + 12345;
		v = (v ^ v >> 15)*2246822519u;
		p[i] = (unsigned char)(v >> 24);
	}
	return p;
}

START_TEST(resizing_is_pillows)
{
	FILE *f = fopen("tests/image/resize.txt", "r");
	int h, w, c, to_h, to_w, filter, count = 0;
	uint32_t crc;

	for (; fscanf(f, "%d %d %d %d %d %d %x", &h, &w, &c, &to_h, &to_w, &filter, &crc) == 7; count++) {
		size_t len = RC_RESIZE_SCRATCH(filter, h, w, to_h, to_w, c), shift = (size_t)count%4, end = (size_t)(to_h*to_w*c);
		unsigned char *x = made_up(h, w, c), *y = malloc(end), *scratch = malloc(len + 8);
		memset(scratch, 0xa5, len + 8);
		ck_assert_int_eq(rc_image_resize(x, h, w, c, filter, y, to_h, to_w, scratch + shift, len - 1), RC_E_SCRATCH);
		ck_assert_int_eq(rc_image_resize(x, h, w, c, filter, y, to_h, to_w, scratch + shift, len), RC_OK);
		ck_assert_msg(crc32_of(y, end) == crc, "%d x %d x %d to %d x %d, filter %d", h, w, c, to_h, to_w, filter);
		for (size_t i = 0; i < 8; i++)
			ck_assert_int_eq(scratch[i < shift ? i : len + i], 0xa5);      /* around it nothing is written */
		free(x);
		free(y);
		free(scratch);
	}
	ck_assert_int_ge(count, 100);
	fclose(f);
}
END_TEST

START_TEST(preprocessing_is_torchvisions)
{
	FILE *f = fopen("tests/image/input.txt", "r");
	int h, w, c, resize, ch, cw, count = 0;
	uint32_t crc;

	for (; fscanf(f, "%d %d %d %d %d %d %x", &h, &w, &c, &resize, &ch, &cw, &crc) == 7; count++) {
		rc_image how = { c, ch, cw, resize, RC_BILINEAR, RC_IMAGE_HWC | RC_IMAGE_BYTES, 1, { 0 }, { 0 } };
		size_t len = rc_image_scratch(&how, h, w), end = (size_t)(ch*cw*c);
		unsigned char *x = made_up(h, w, c), *y = malloc(end), *scratch = malloc(len + 8), *resized, *again = malloc(end);
		int to_h, to_w;
		memset(scratch, 0xa5, len + 8);
		ck_assert_uint_eq(len, RC_IMAGE_SCRATCH(RC_BILINEAR, h, w, resize, cw, c));
		ck_assert_int_eq(rc_image_input(&how, x, h, w, y, scratch, len - 1), RC_E_SCRATCH);
		ck_assert_int_eq(rc_image_input(&how, x, h, w, y, scratch, len), RC_OK);
		ck_assert_msg(crc32_of(y, end) == crc, "%d x %d x %d resized to %d, cropped to %d x %d", h, w, c, resize, ch, cw);
		for (size_t i = 0; i < 8; i++)
			ck_assert_int_eq(scratch[len + i], 0xa5);

		/* the steps one by one give the same */
		rc_image_size(h, w, resize, &to_h, &to_w);
		resized = malloc((size_t)(to_h*to_w*c));
		len = RC_RESIZE_SCRATCH(RC_BILINEAR, h, w, to_h, to_w, c);
		scratch = realloc(scratch, len);
		ck_assert_int_eq(rc_image_resize(x, h, w, c, RC_BILINEAR, resized, to_h, to_w, scratch, len), RC_OK);
		ck_assert_int_eq(rc_image_crop(resized, to_h, to_w, c, again, ch, cw), RC_OK);
		ck_assert_mem_eq(again, y, end);
		ck_assert_int_eq(rc_image_convert(&how, again, y), RC_OK);
		ck_assert_mem_eq(again, y, end);
		free(x);
		free(y);
		free(scratch);
		free(resized);
		free(again);
	}
	ck_assert_int_ge(count, 100);
	fclose(f);
}
END_TEST

START_TEST(bad_arguments_of_rc_image)
{
	rc_image how = { 3, 4, 4, 4, RC_BILINEAR, 0, 1, { 0 }, { 1, 1, 1, 1 } }, bad;
	unsigned char x[48] = { 0 }, y[48], scratch[1024];
	float input[48];
	size_t len = sizeof scratch;

	ck_assert_int_eq(rc_image_input(&how, x, 4, 4, input, scratch, len), RC_OK);
	ck_assert_int_eq(rc_image_input(NULL, x, 4, 4, input, scratch, len), RC_E_NULL);
	ck_assert_int_eq(rc_image_input(&how, NULL, 4, 4, input, scratch, len), RC_E_NULL);
	ck_assert_int_eq(rc_image_input(&how, x, 4, 4, NULL, scratch, len), RC_E_NULL);
	ck_assert_int_eq(rc_image_input(&how, x, 4, 4, input, NULL, len), RC_E_NULL);
	ck_assert_int_eq(rc_image_input(&how, x, 0, 4, input, scratch, len), RC_E_PICTURE);
	ck_assert_int_eq(rc_image_input(&how, x, 4, -1, input, scratch, len), RC_E_PICTURE);
	ck_assert_int_eq(rc_image_input(&how, x, 1 << 25, 4, input, scratch, len), RC_E_PICTURE);
	ck_assert_int_eq(rc_image_input(&how, x, 1 << 24, 1, input, scratch, len), RC_E_PICTURE);     /* 2^26 when it is resized */
	bad = how, bad.filter = 3;
	ck_assert_int_eq(rc_image_input(&bad, x, 4, 4, input, scratch, len), RC_E_PICTURE);
	bad = how, bad.channels = 5;
	ck_assert_int_eq(rc_image_input(&bad, x, 4, 4, input, scratch, len), RC_E_PICTURE);
	ck_assert_int_eq(rc_image_convert(&bad, x, input), RC_E_PICTURE);
	ck_assert_int_eq(rc_image_convert(&how, x, NULL), RC_E_NULL);
	bad = how, bad.height = 0;
	ck_assert_int_eq(rc_image_input(&bad, x, 4, 4, input, scratch, len), RC_E_PICTURE);
	ck_assert_int_eq(rc_image_resize(x, 4, 4, 3, 0, y, 4, 4, scratch, len), RC_E_PICTURE);
	ck_assert_int_eq(rc_image_resize(x, 4, 4, 3, RC_BICUBIC, y, 4, 0, scratch, len), RC_E_PICTURE);
	ck_assert_int_eq(rc_image_resize(x, 4, 4, 3, RC_BICUBIC, NULL, 4, 4, scratch, len), RC_E_NULL);
	ck_assert_int_eq(rc_image_crop(x, 4, 4, 0, y, 4, 4), RC_E_PICTURE);
	ck_assert_int_eq(rc_image_crop(x, 4, 4, 3, NULL, 4, 4), RC_E_NULL);
}
END_TEST

/* the example program on every kind of picture, with the trained network: PyTorch's classes and probabilities (make.py) */
START_TEST(classify_says_what_pytorch_says)
{
	char line[512], file[256], class[32], *said;
	double p;
	int count = 0;
	FILE *want, *got;

	ck_assert_int_eq(resnetc("examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors -q -o %s", in_dir("net")).status, 0);
	ck_assert_int_eq(system(arena_text("cc -O2 -std=c11 -Wall -Wextra -Wpedantic -Werror -I'%s' '%s'/[a-z]*.c examples/classify.c -lpng -ljpeg -lm -lpthread -o '%s' && "
		"'%s' --threads 2 --csv '%s/cifar_resnet20.weights' tests/image examples/images > '%s'", in_dir("net"), in_dir("net"), in_dir("classify"),
		in_dir("classify"), in_dir("net"), in_dir("said.csv"))), 0);
	want = fopen("tests/image/classes.txt", "r");
	got = fopen(in_dir("said.csv"), "r");
	ck_assert(fgets(line, sizeof line, got) && !strcmp(line, "file,truth,class,share,microseconds,error\n"));
	for (; fgets(line, sizeof line, got); count++) {
		ck_assert_int_eq(fscanf(want, "%255s %31s %lg", file, class, &p), 3);
		ck_assert_msg(!strncmp(line + 1, file, strlen(file)), "%s", line);
		said = strchr(strchr(line, ',') + 1, ',') + 1;
		ck_assert_msg(!strncmp(said, class, strlen(class)), "%s", line);
		ck_assert_double_eq_tol(atof(strchr(said, ',') + 1), p, 1e-4);
	}
	ck_assert_int_ge(count, 50);
	fclose(want);
	fclose(got);
}
END_TEST

/* of a network of one channel too: the class that run finds */
START_TEST(classify_takes_grey)
{
	const char *model = model_file("local nn = require \"resnet\"\nreturn nn.model { name = \"grey\", input = nn.image { 1, 17, 21 }, "
		"stem = nn.stem.cifar { 8 }, head = nn.classifier { 10 }, classes = { \"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \"i\", \"j\" } }\n");
	char line[512], *said;
	FILE *f;
	Ran r;

	ck_assert_int_eq(resnetc("compile %s -w random -q -o %s", model, in_dir("net")).status, 0);
	ck_assert_int_eq(system(arena_text("cc -O0 -std=c11 -DNETWORK=grey -DNETWORK_CAPITALS=GREY -I'%s' '%s'/[a-z]*.c examples/classify.c -lpng -ljpeg -lm -lpthread -o '%s' && "
		"'%s' --csv '%s/grey.weights' tests/image/rgb8.png > '%s'", in_dir("net"), in_dir("net"), in_dir("classify"),
		in_dir("classify"), in_dir("net"), in_dir("said.csv"))), 0);
	r = resnetc("run %s -w random -i tests/image/rgb8.png", model);
	f = fopen(in_dir("said.csv"), "r");
	ck_assert(fgets(line, sizeof line, f) && fgets(line, sizeof line, f));
	said = strchr(strchr(line, ',') + 1, ',') + 1;
	ck_assert_msg(strstr(r.out, arena_text(" %.*s", (int)strcspn(said, ","), said)) != NULL, "%s\n%s", r.out, line);
	fclose(f);
}
END_TEST

SUITE(pictures)
{
	TCase *t = part("pictures");

	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_test(t, shipped_pictures_are_read);
	tcase_add_test(t, pixels_are_pillows);
	tcase_add_test(t, cut_pictures_are_refused);
	tcase_add_test(t, resizing_is_pillows);
	tcase_add_test(t, preprocessing_is_torchvisions);
	tcase_add_test(t, bad_arguments_of_rc_image);
	tcase_add_test(t, classify_says_what_pytorch_says);
	tcase_add_test(t, classify_takes_grey);
}
