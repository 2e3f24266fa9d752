/* image.c - pictures to inputs: Pillow's and torchvision's pixels, normalisation, rc_image; .npy and .npz; run on many files. */
#include <unistd.h>

#include "../runtime/rc_image.h"
#include "tests.h"

static Graph *
image_model(const char *image)
{
	return graph_of(model_file(arena_text("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { %s } }\n", image)));
}

/* a picture whose pixel at (c, i, j) is 60*c + 8*i + j */
static Picture
ramp(int h, int w)
{
	Picture p = { "ramp", h, w, malloc((size_t)(3*h*w)) };

	for (int i = 0; i < h*w; i++)
		for (int c = 0; c < 3; c++)
			p.rgb[3*i + c] = (unsigned char)(60*c + 8*(i/w) + i%w);
	return p;
}

START_TEST(pixels_are_normalised)
{
	Graph *g = image_model("3, 4, 4, mean = { 0.5, 0.25, 0 }, std = { 0.5, 1, 2 }");
	Picture p = ramp(4, 4);
	float out[48];

	image_to_input(&p, g, out);
	ck_assert_float_eq_tol(out[0], -1, 1e-6f);
	ck_assert_float_eq_tol(out[6], (10/255.0f - 0.5f)/0.5f, 1e-6f);
	ck_assert_float_eq_tol(out[16], 60/255.0f - 0.25f, 1e-6f);
	ck_assert_float_eq_tol(out[47], (120 + 24 + 3)/255.0f/2, 1e-6f);
	free(p.rgb);
}
END_TEST

/* Pillow's convert("L"), before anything is resized */
START_TEST(one_channel_takes_grey)
{
	static const unsigned char rgb[] = { 158, 112, 49, 255, 0, 0, 1, 2, 3, 10, 200, 250 }, grey[] = { 119, 76, 2, 149 };
	Graph *g = image_model("1, 2, 2, scale = 1");
	Picture p = { "four", 2, 2, malloc(sizeof rgb) };
	float out[4];

	memcpy(p.rgb, rgb, sizeof rgb);
	image_to_input(&p, g, out);
	for (int i = 0; i < 4; i++)
		ck_assert_float_eq(out[i], grey[i]);
	ck_assert_mem_eq(p.rgb, rgb, sizeof rgb);
	free(p.rgb);
}
END_TEST

START_TEST(crop_keeps_the_centre)
{
	Graph *g = image_model("3, 4, 4, scale = 1, crop = 0.5");
	Picture p = ramp(8, 8);
	float out[48];

	image_to_input(&p, g, out);
	ck_assert_float_eq(out[0], 8*2 + 2);
	ck_assert_float_eq(out[15], 8*5 + 5);
	free(p.rgb);
}
END_TEST

START_TEST(shorter_side_decides)
{
	/* 4 x 10 stays; where 3 columns are over, 1.5 are left out on the left: rounded to even as torchvision does, 2 */
	static const struct { int w; float first; } rows[] = { { 10, 3 }, { 7, 2 }, { 5, 0 } };
	Graph *g = image_model("3, 4, 4, scale = 1");
	float out[48];

	for (size_t i = 0; i < sizeof rows/sizeof *rows; i++) {
		Picture p = ramp(4, rows[i].w);
		image_to_input(&p, g, out);
		ck_assert_float_eq(out[0], rows[i].first);
		ck_assert_float_eq(out[3], rows[i].first + 3);
		free(p.rgb);
	}
}
END_TEST

START_TEST(crop_tells_the_shorter_side)
{
	static const struct { const char *image; int resize; } rows[] = {
		{ "3, 224, 224, crop = 0.875", 256 }, { "3, 224, 224, crop = 224/232", 232 }, { "3, 224, 224, crop = 224/256", 256 }, { "3, 384, 384, crop = 384/438", 438 },
		{ "3, 224, 224, crop = 0.9", 248 }, { "3, 224, 224", 224 }, { "3, 200, 224, crop = 0.875", 256 }, { "3, 224, 160, crop = 0.875", 256 },
	};

	for (size_t i = 0; i < sizeof rows/sizeof *rows; i++)
		ck_assert_msg(image_resize(image_model(rows[i].image)) == rows[i].resize, "%s: %d", rows[i].image, image_resize(image_model(rows[i].image)));
}
END_TEST

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

/* --- tests/image: pictures, and what Pillow and torchvision make of them (make.py) --- */

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

/* every kind of input from one picture: what NAME_run takes, in its place */
START_TEST(recipes_put_pixels_where_they_belong)
{
	static const char *const image[] = { "", ", layout = \"HWC\"", ", order = \"BGR\"", ", dtype = \"u8\"", ", dtype = \"u8\", layout = \"HWC\", order = \"BGR\"",
		", normalize = true", ", trained = \"BGR\"", ", order = \"BGR\", trained = \"BGR\"" };
	static const double mean[] = { 0.4, 0.5, 0.6 }, std[] = { 0.2, 0.25, 0.3 };
	Picture p = ramp(4, 5);

	for (int k = 0; k < (int)(sizeof image/sizeof *image); k++) {
		Graph *g = image_model(arena_text("3, 4, 5, crop = 1, mean = { 0.4, 0.5, 0.6 }, std = { 0.2, 0.25, 0.3 }%s", image[k]));
		bool hwc = g->image.hwc, bytes = g->image.u8;
		rc_image how = image_recipe(g);
		float input[60];
		how.resize = 0;                          /* as large as the input already */
		ck_assert_int_eq(rc_image_convert(&how, p.rgb, input), RC_OK);
		for (int i = 0; i < 20; i++)
			for (int c = 0; c < 3; c++) {
				int at = hwc ? 3*i + c : 20*c + i, from = g->image.bgr ? 2 - c : c, trained = g->image.swap ? 2 - c : c;
				double pixel = p.rgb[3*i + from];
				if (bytes)
					ck_assert_int_eq(((unsigned char *)input)[at], (int)pixel);
				else if (g->image.normalize)
					ck_assert_float_eq(input[at], (float)pixel);
				else
					ck_assert_double_eq_tol((double)input[at], (pixel/255 - mean[trained])/std[trained], 1e-6);
			}
	}
	free(p.rgb);
}
END_TEST

/* a program with only what NAME.h says, in C and C++: its input is the compiler's */
START_TEST(header_says_how)
{
	static const char app[] =
		"#include <stdio.h>\n#include <stdlib.h>\n#include \"net.h\"\n#include \"rc_image.h\"\n"
		"static const rc_image how = NET_IMAGE;\n"
		"static unsigned char scratch[NET_IMAGE_SCRATCH(32, 32)], pixels[32*32*3];\n"
		"int main(void)\n{\n	float *input = (float *)malloc(NET_INPUT_BYTES);\n"
		"	for (int i = 0; i < 32*32*3; i++) pixels[i] = (unsigned char)(i*37%251);\n"
		"	if (rc_image_input(&how, pixels, 32, 32, input, scratch, sizeof scratch)) return 1;\n"
		"	for (int i = 0; i < NET_INPUT_FLOATS; i++) printf(\"%a\\n\", (double)input[i]);\n"
		"	printf(\"%d %g %d %d %d\\n\", NET_RESIZE, NET_CROP, NET_OUTPUT_A_C, NET_OUTPUT_A_H, NET_OUTPUT_STEM_W);\n	return 0;\n}\n";
	static const char *const compilers[] = { "cc -std=c11", "c++ -x c++ -std=c++17" };
	Graph *g = graph_of(model_file("local nn = require \"resnet\"\n"
		"return nn.model { name = \"net\", input = nn.image { 3, 20, 28, crop = 0.875, mean = { 0.4, 0.5, 0.6 }, std = { 0.2, 0.25, 0.3 }, trained = \"BGR\" },\n"
		"stem = nn.stem.cifar { 5 }, head = { { \"a\", nn.embedding {} } }, taps = { \"stem\" } }\n"));
	Picture p = { "made up", 32, 32, malloc(32*32*3) };
	float *want = malloc(3*20*28*sizeof *want);
	File f;

	for (int i = 0; i < 32*32*3; i++)
		p.rgb[i] = (unsigned char)(i*37%251);
	image_to_input(&p, g, want);
	f = emit_header(compiled(g, "native", 0));
	put_file(f.name, f.data, f.len);
	put_file("use.c", app, strlen(app));
	for (int k = 0; k < 2; k++) {
		FILE *said;
		double v;
		int resize, c, h, w;
		ck_assert_int_eq(system(arena_text("%s -O1 -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror -I'%s' -Iruntime '%s' runtime/rc_image.c "
			"-o '%s' && '%s' > '%s'", compilers[k], in_dir(""), in_dir("use.c"), in_dir("use"), in_dir("use"), in_dir("said"))), 0);
		said = fopen(in_dir("said"), "r");
		for (int i = 0; i < 3*20*28; i++) {
			ck_assert_int_eq(fscanf(said, "%la", &v), 1);
			ck_assert_float_eq((float)v, want[i]);
		}
		ck_assert_int_eq(fscanf(said, "%d %lg %d %d %d", &resize, &v, &c, &h, &w), 5);
		ck_assert_int_eq(resize, 32);
		ck_assert_double_eq(v, 0.875);
		ck_assert_int_eq(c, 5);
		ck_assert_int_eq(h, 1);
		ck_assert_int_eq(w, 28);
		fclose(said);
	}
	free(p.rgb);
	free(want);
}
END_TEST

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

/* one net of a file with nn.image options, run on in; malloc'd outputs */
static float *
run_image_model(const char *options, const void *in, size_t *count)
{
	Session s = session_open(compiled(graph_of(model_file(arena_text(
		"local nn = require \"resnet\"\n"
		"return nn.model { name = \"m\", input = nn.image { 3, 6, 7, mean = { 0.4, 0.5, 0.6 }, std = { 0.2, 0.25, 0.3 }%s },\n"
		"stem = nn.stem.cifar { 8 }, head = { { \"a\", nn.embedding {} }, { \"b\", nn.classifier { 5, softmax = true, top = 2 } } }, taps = { \"stem\" } }\n",
		options))), "native", 0), 1, false);
	float *out = malloc(s.outputs*sizeof *out);

	session_run(&s, in, out);
	*count = s.outputs;
	session_close(&s);
	return out;
}

START_TEST(pixels_of_any_kind_give_the_same_result)
{
	static const double mean[] = { 0.4, 0.5, 0.6 }, std[] = { 0.2, 0.25, 0.3 };
	enum { H = 6, W = 7 };
	unsigned char hwc[H*W*3], chw[H*W*3];        /* BGR and RGB */
	float ready[3*H*W], raw[3*H*W], *want, *got;
	size_t n, m;

	for (int c = 0; c < 3; c++)
		for (int i = 0; i < H*W; i++) {
			int v = (c*71 + i*37)%256;
			hwc[i*3 + 2 - c] = chw[c*H*W + i] = (unsigned char)v;
			raw[c*H*W + i] = (float)v;
			ready[c*H*W + i] = (float)((v/255.0 - mean[c])/std[c]);
		}
	want = run_image_model("", ready, &n);
	ck_assert_uint_eq(n, 8 + 4 + 8*H*W);
	static const char *const options[] = { ", dtype = \"u8\"", ", dtype = \"u8\", layout = \"HWC\", order = \"BGR\"", ", normalize = true" };
	const void *inputs[] = { chw, hwc, raw };
	for (int k = 0; k < 3; k++) {
		got = run_image_model(options[k], inputs[k], &m);
		ck_assert_uint_eq(n, m);
		for (size_t i = 0; i < n; i++)
			ck_assert_msg(fabsf(got[i] - want[i]) < 1e-5f, "%s: value %zu is %g instead of %g", options[k], i, (double)got[i], (double)want[i]);
		free(got);
	}
	/* a network trained on BGR, fed BGR: nothing is swapped; fed RGB: the channels are */
	got = run_image_model(", dtype = \"u8\", trained = \"BGR\", order = \"BGR\"", chw, &m);
	for (size_t i = 0; i < n; i++)
		ck_assert_float_eq_tol(got[i], want[i], 1e-5f);
	free(got);
	got = run_image_model(", dtype = \"u8\", trained = \"BGR\", layout = \"HWC\"", hwc, &m);
	for (size_t i = 0; i < n; i++)
		ck_assert_float_eq_tol(got[i], want[i], 1e-5f);
	free(got);
	free(want);
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

/* --- run on many files --- */

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
	ck_assert_int_eq(system(arena_text("cc -O2 -std=c11 -DNETWORK=grey -DNETWORK_CAPITALS=GREY -I'%s' '%s'/[a-z]*.c examples/classify.c -lpng -ljpeg -lm -lpthread -o '%s' && "
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

SUITE(image)
{
	TCase *t = part("image");

	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_test(t, pixels_are_normalised);
	tcase_add_test(t, one_channel_takes_grey);
	tcase_add_test(t, crop_keeps_the_centre);
	tcase_add_test(t, shorter_side_decides);
	tcase_add_test(t, crop_tells_the_shorter_side);
	tcase_add_test(t, shipped_pictures_are_read);
	tcase_add_test(t, pixels_are_pillows);
	tcase_add_test(t, cut_pictures_are_refused);
	tcase_add_test(t, resizing_is_pillows);
	tcase_add_test(t, preprocessing_is_torchvisions);
	tcase_add_test(t, bad_arguments_of_rc_image);
	tcase_add_test(t, recipes_put_pixels_where_they_belong);
	tcase_add_test(t, header_says_how);
	tcase_add_test(t, npy_there_and_back);
	tcase_add_test(t, pixels_of_any_kind_give_the_same_result);
	tcase_add_test(t, folders_are_their_pictures);
	tcase_add_test(t, many_files_give_what_each_gives);
	tcase_add_test(t, npz_is_numpys);
	tcase_add_test(t, json_names_the_files);
	tcase_add_test(t, bad_inputs_of_run);
	tcase_add_test(t, classify_says_what_pytorch_says);
	tcase_add_test(t, classify_takes_grey);
}
