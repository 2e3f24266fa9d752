/* landscape.c - resnetc landscape: the loss around weights is the same for rescaled ones, goes on where it stopped, is drawn. */
#include "../compiler/image/image.h"
#include "../compiler/weights/weights.h"
#include "lessons.h"

/* put_linear - weights of a linear layer, all times scale; row 1 is 0 */
static void
put_linear(const char *name, float scale)
{
	float *v = numbers(3*192, 4), bias[3] = { 0.5f, 0, -0.5f };
	File files[2];

	for (int i = 0; i < 3*192; i++)
		v[i] *= i/192 == 1 ? 0 : 0.1f*scale;
	files[0] = npy_file("fc.weight.npy", v, 2, (int64_t[]){ 3, 192 });
	files[1] = npy_file("fc.bias.npy", bias, 1, (int64_t[]){ 3 });
	npz_write(in_dir(name), files, 2);
	free(v);
}

/* points - rows of a landscape of n points */
static void
points(const char *name, int n, double (*to)[4])
{
	const char *at = text_of(name);

	ck_assert(!strncmp(at, "a,b,loss,error\n", 15));
	for (int i = 0; i < n; i++) {
		at = strchr(at, '\n') + 1;
		ck_assert_int_eq(sscanf(at, "%lf,%lf,%lf,%lf", &to[i][0], &to[i][1], &to[i][2], &to[i][3]), 4);
	}
	ck_assert(!strchr(at, '\n')[1]);
}

/* the mean cross entropy of what resnetc run gives, and the share that is wrong */
static void
by_run(const char *model, const char *weights, int count, double *loss, double *error)
{
	const char *dir = in_dir("");
	Ran r = resnetc("run %s -w %s -i %s/x.npy -o %s/out.npy -q", model, in_dir(weights), dir, dir);
	size_t len;
	const float *v;

	ck_assert_msg(r.status == 0, "%s", r.err);
	v = (const float *)(const void *)((const char *)file_map(in_dir("out.npy"), &len) + 128);
	ck_assert_uint_eq(len, 128 + (size_t)count*12);
	for (int i = 0; i < count; i++, v += 3) {
		int best = v[0] >= v[1] && v[0] >= v[2] ? 0 : v[1] >= v[2] ? 1 : 2;
		*loss += (log(exp((double)v[0]) + exp((double)v[1]) + exp((double)v[2])) - (double)v[i%3])/count;
		*error += (best != i%3)/(double)count;
	}
}

/* directions are as long as the weights: other lengths, with the input against them, are the same landscape; 0 stays 0 */
START_TEST(landscape_is_normalised_by_filters)
{
	const char *model = model_file(linear_model), *dir = in_dir("");
	double at[9][4], loss = 0, error = 0, differ = 0;
	Ran r;

	put_data("x.npy", "y.npy", 30, 2);
	put_linear("w.npz", 1);
	r = resnetc("landscape %s -w %s/w.npz --data %s/x.npy,%s/y.npy --grid 3 --range 0.5 -o %s/l.csv -q", model, dir, dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	points("l.csv", 9, at);
	for (int i = 0; i < 9; i++) {
		ck_assert_double_eq_tol(at[i][0], 0.5*(i%3 - 1), 1e-9);
		ck_assert_double_eq_tol(at[i][1], 0.5*(i/3 - 1), 1e-9);
		differ += fabs(at[i][2] - at[4][2]);
	}
	ck_assert_double_gt(differ, 0.1);
	by_run(model, "w.npz", 30, &loss, &error);
	ck_assert_msg(fabs(at[4][2] - loss) < 1e-5*loss && fabs(at[4][3] - error) < 1e-6, "%g %g, by run %g %g", at[4][2], at[4][3], loss, error);
	/* weights times 4, pictures a quarter */
	size_t len;
	char *x = malloc(128 + 30*768);
	memcpy(x, file_map(in_dir("x.npy"), &len), 128 + 30*768);
	for (int i = 0; i < 30*192; i++)
		((float *)(void *)(x + 128))[i] *= 0.25f;
	put_file("quarter.npy", x, len);
	free(x);
	put_linear("w4.npz", 4);
	r = resnetc("landscape %s -w %s/w4.npz --data %s/quarter.npy,%s/y.npy --grid 3 --range 0.5 --threads 2 -o %s/l4.csv -q", model, dir, dir, dir, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	ck_assert_str_eq(text_of("l.csv"), text_of("l4.csv"));
}
END_TEST

START_TEST(landscape_goes_on_and_is_drawn)
{
	const char *model = model_file(arena_text(small_model, "")), *dir = in_dir(""), *whole, *half;
	const char *command = arena_text("landscape %s -w random:2 --data %s/x.npy,%s/y.npy --grid 5 --images 16", model, dir, dir);
	Ran r;

	put_data("x.npy", "y.npy", 30, 2);
	r = resnetc("%s -o %s/w.svg -q", command, dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	whole = text_of("w.csv");
	ck_assert(!strncmp(text_of("w.svg"), "<svg", 4) && !system(arena_text("python3 -c 'import sys, xml.dom.minidom as x; x.parse(sys.argv[1])' %s/w.svg", dir)));
	half = arena_text("%.*s", (int)(strchr(strstr(whole, "\n0,0,") + 1, '\n') + 1 - whole), whole);
	put_file("h.csv", half, strlen(half));
	r = resnetc("%s -o %s/h.html -q", command, dir);
	ck_assert_msg(r.status == 0 && !strcmp(text_of("h.csv"), whole) && strstr(text_of("h.html"), "prefers-color-scheme: dark"), "%s", r.err);
	/* as other code or another machine would have it; and as it would not */
	for (int far = 0; far < 2; far++) {
		const char *center = strstr(half, "\n0,0,") + 5;
		char *end;
		double v = strtod(center, &end);
		const char *moved = arena_text("%.*s%.9g%s", (int)(center - half), half, v*(far ? 1.01 : 1.00001), end);
		put_file("h.csv", moved, strlen(moved));
		r = resnetc("%s -o %s/h.csv", command, dir);
		ck_assert_int_eq(r.status, far);
	}
	put_file("h.csv", half, strlen(half));
	r = resnetc("%s --seed 5 -o %s/h.csv", command, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "h.csv:14: want '0,0,") && strstr(r.err, "other weights, pictures or another seed"), "%s", r.err);
	r = resnetc("%s --range 2 -o %s/h.csv", command, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "h.csv:2: want the point -2,-2, got '-1,-1,"), "%s", r.err);
	put_file("h.csv", "a,b\n", 4);
	r = resnetc("%s -o %s/h.csv", command, dir);
	ck_assert_msg(r.status == 1 && strstr(r.err, "h.csv:1: want points of a landscape") && !strcmp(text_of("h.csv"), "a,b\n"), "%s", r.err);
	r = resnetc("%s -o %s/h.png", command, dir);
	ck_assert_msg(r.status == 2 && strstr(r.err, "landscape: want -o FILE.csv, FILE.svg or FILE.html, got '"), "%s", r.err);
	r = resnetc("%s --range none -o %s/h.csv", command, dir);
	ck_assert_msg(r.status == 2 && strstr(r.err, "--range: want a number above 0 and up to 1000, got 'none'"), "%s", r.err);
}
END_TEST

SUITE(landscape)
{
	TCase *t = part("landscape");

	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_test(t, landscape_is_normalised_by_filters);
	tcase_add_test(t, landscape_goes_on_and_is_drawn);
}
