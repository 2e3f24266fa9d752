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

Suite *
suite_image(void)
{
	Suite *s = suite_create("image");
	TCase *t = tcase_create("image");

	tcase_add_test(t, pixels_are_normalised);
	tcase_add_test(t, bigger_pictures_are_halved_by_a_triangle_filter);
	tcase_add_test(t, crop_keeps_the_centre);
	tcase_add_test(t, shorter_side_decides);
	tcase_add_test(t, shipped_pictures_are_read);
	tcase_add_test(t, npy_there_and_back);
	suite_add_tcase(s, t);
	return s;
}
