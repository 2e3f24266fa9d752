/*
** image.c - pictures to inputs as nn.image says: greys, crops, normalised or as they are, of either layout and order; the same by
** the network's input, by rc_image and by what NAME.h says.
*/
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

SUITE(image)
{
	TCase *t = part("image");

	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_test(t, pixels_are_normalised);
	tcase_add_test(t, one_channel_takes_grey);
	tcase_add_test(t, crop_keeps_the_centre);
	tcase_add_test(t, shorter_side_decides);
	tcase_add_test(t, crop_tells_the_shorter_side);
	tcase_add_test(t, recipes_put_pixels_where_they_belong);
	tcase_add_test(t, header_says_how);
	tcase_add_test(t, pixels_of_any_kind_give_the_same_result);
}
