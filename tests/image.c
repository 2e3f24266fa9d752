/* image.c - pictures to inputs: exact pixels, normalisation, resizing; .npy there and back. */
#include "tests.h"

static Graph *
image_model(const char *image)
{
	return graph_of(model_file(arena_text("local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { %s } }\n", image)));
}

/* a picture whose pixel at (c, i, j) is 100*c + 8*i + j */
static Picture
ramp(int h, int w)
{
	Picture p = { 3, h, w, malloc((size_t)(3*h*w)*sizeof(float)) };

	for (int c = 0; c < 3; c++)
	for (int i = 0; i < h; i++)
	for (int j = 0; j < w; j++)
		p.data[(c*h + i)*w + j] = (float)(100*c + 8*i + j);
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
	ck_assert_float_eq_tol(out[16], 100/255.0f - 0.25f, 1e-6f);
	ck_assert_float_eq_tol(out[47], (200 + 24 + 3)/255.0f/2, 1e-6f);
}
END_TEST

START_TEST(bigger_pictures_are_halved_by_a_triangle_filter)
{
	/* Pillow's BILINEAR on a ramp keeps the ramp: the middle of each 2 x 2, weights 1 3 3 1 */
	Graph *g = image_model("3, 4, 4, scale = 1");
	Picture p = ramp(8, 8);
	float out[48];

	image_to_input(&p, g, out);
	ck_assert_float_eq_tol(out[5], 8*2.5f + 2.5f, 1e-4f);
	ck_assert_float_eq_tol(out[16 + 10], 100 + 8*4.5f + 4.5f, 1e-4f);
	/* at the corner the filter is cut: weights 3 3 1 of pixels 0 1 2 */
	ck_assert_float_eq_tol(out[0], 9*(3 + 2)/7.0f, 1e-4f);
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
}
END_TEST

START_TEST(shorter_side_decides)
{
	Graph *g = image_model("3, 4, 4, scale = 1");
	Picture p = ramp(4, 10);
	float out[48];

	image_to_input(&p, g, out);
	ck_assert_float_eq(out[0], 3);
	ck_assert_float_eq(out[3], 6);
}
END_TEST

START_TEST(shipped_pictures_are_read)
{
	Picture p = image_read("examples/images/cat.png");

	ck_assert_int_eq(p.h, 32);
	ck_assert_int_eq(p.w, 32);
	ck_assert_float_eq(p.data[0], 158);              /* the first test picture of CIFAR-10 */
	ck_assert_float_eq(p.data[1024], 112);
	ck_assert_float_eq(p.data[2048], 49);
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

SUITE(image)
{
	TCase *t = part("image");

	tcase_add_test(t, pixels_are_normalised);
	tcase_add_test(t, bigger_pictures_are_halved_by_a_triangle_filter);
	tcase_add_test(t, crop_keeps_the_centre);
	tcase_add_test(t, shorter_side_decides);
	tcase_add_test(t, shipped_pictures_are_read);
	tcase_add_test(t, npy_there_and_back);
	tcase_add_test(t, pixels_of_any_kind_give_the_same_result);
}
