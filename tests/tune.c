/* tune.c - what resnetc tune writes is what compile --tuned obeys, and no other file is. */
#include "tests.h"

static const char body[] = "return nn.relu(nn.bn(nn.conv(nn.relu(nn.conv(x, { 32, kernel = 3, name = \"a\" })), { 32, kernel = 3, name = \"b\" })))";

START_TEST(tuned_rows_decide)
{
	/* a direct convolution with a tile the model would not take, and a Winograd tile it would not take */
	static const char rows[] =
		"# cpu\tcompiler\ttarget\tthreads\tshape\twinograd\ttile\tmicroseconds\n"
		"any\tany\tavx2\t1\t1x32x24x24-32-k3x3-s1x1-p1,1,1,1-d1x1-g1\t0x0\t1x3\t1.00\n"
		"any\tany\tavx512\t1\t1x32x24x24-32-k3x3-s1x1-p1,1,1,1-d1x1-g1\t2x2\t1x5\t1.00\n";
	static const char fly[] = "any\tany\tavx2\t1\t1x32x24x24-32-k3x3-s1x1-p1,1,1,1-d1x1-g1\t4x2-fly\t1x3\t1.00\n";
	const char *model = body_model(3, 24, 24, body);
	Ran r;

	put_file("rows.tuned", rows, strlen(rows));
	r = resnetc("explain --json --target avx2 %s --tuned %s", model, in_dir("rows.tuned"));
	ck_assert_msg(strstr(r.out, "\"tile\": [ 1, 3 ], \"winograd\": [ 0, 0 ]"), "%.1000s%.300s", r.out, r.err);
	r = resnetc("explain --json --target avx512 %s --tuned %s", model, in_dir("rows.tuned"));
	ck_assert_msg(strstr(r.out, "\"tile\": [ 1, 5 ], \"winograd\": [ 2, 2 ]"), "%.1000s%.300s", r.out, r.err);
	put_file("rows.tuned", fly, strlen(fly));
	r = resnetc("explain --json --target avx2 %s --tuned %s", model, in_dir("rows.tuned"));
	ck_assert_msg(strstr(r.out, "\"tile\": [ 1, 3 ], \"winograd\": [ 4, 2 ], \"on_the_fly\": true"), "%.1000s%.300s", r.out, r.err);
	r = resnetc("explain --json --target avx2 %s", model);
	ck_assert_msg(!strstr(r.out, "\"tile\": [ 1, 3 ], \"winograd\": [ 0, 0 ]"), "%.1000s", r.out);
}
END_TEST

/* Strassen's products: asked for by the model or by a row, never with --exact */
START_TEST(strassen_is_asked_for)
{
	static const char body[] = "return nn.conv(nn.conv(nn.conv(x, { 64, kernel = 1 }), { 512, kernel = 1 }), { 512, kernel = 1, name = \"b\" })";
	static const char row[] = "any\tany\tavx2\t1\t1x64x14x14-512-k1x1-s1x1-p0,0,0,0-d1x1-g1\tstrassen\t2x5\t1.00\n";
	const char *model = body_model(3, 14, 14, body);
	Ran r = resnetc("explain --target avx2 %s", model);

	ck_assert_msg(r.status == 0, "%s%s", r.out, r.err);
	ck_assert_msg(!strstr(r.out, "strassen"), "%s", r.out);
	r = resnetc("explain --target avx2 %s", body_model(3, 14, 14, "return nn.conv(nn.conv(x, { 64, kernel = 1 }), { 512, kernel = 1, name = \"b\", strassen = true })"));
	ck_assert_msg(strstr(r.out, "strassen1x1"), "%s", r.out);
	put_file("strassen.tuned", row, strlen(row));
	r = resnetc("explain --json --target avx2 %s --tuned %s", model, in_dir("strassen.tuned"));
	ck_assert_msg(strstr(r.out, "\"tile\": [ 2, 5 ], \"winograd\": [ 0, 0 ], \"on_the_fly\": false, \"strassen\": true"), "%.2000s%.300s", r.out, r.err);
	r = resnetc("%s -w random --target avx2 --tuned %s --input 14x14,20x20 -q -o %s", model, in_dir("strassen.tuned"), in_dir("sizes"));
	ck_assert_msg(r.status == 0, "%s", r.err);
	r = resnetc("explain --exact --target avx2 %s --tuned %s", model, in_dir("strassen.tuned"));
	ck_assert_msg(r.status == 0 && !strstr(r.out, "strassen"), "%s%s", r.out, r.err);
	r = resnetc("explain --exact --json --target avx2 %s --tuned %s", model, in_dir("strassen.tuned"));
	ck_assert_msg(r.status == 0 && !strstr(r.out, "\"tile\": [ 2, 5 ]"), "%s%s", r.out, r.err);
	r = resnetc("explain --target scalar %s", model);
	ck_assert_msg(r.status == 0 && !strstr(r.out, "strassen"), "%s%s", r.out, r.err);
}
END_TEST

/* a skip that several passes add and one that a single pass adds: the same sum */
START_TEST(a_tile_changes_no_bit)
{
	static const char row[] = "any\tany\tavx2\t1\t1x96x9x9-96-k3x3-s1x1-p1,1,1,1-d1x1-g1-skip\t0x0\t%s\t1.00\n", *const tile[] = { "1x3", "3x3" };
	const char *model = body_model(3, 9, 9, "x = nn.conv2d(x, { 96, kernel = 1, name = \"a\" }) return nn.relu(x + nn.conv2d(nn.relu(x), { 96, kernel = 3, padding = 1, name = \"b\" }))");

	if (!target_runs_here(target_named("avx2")))
		return;
	for (int i = 0; i < 2; i++) {
		const char *text = arena_text(row, tile[i]);
		put_file("tile.tuned", text, strlen(text));
		ck_assert_int_eq(resnetc("%s --name net --exact -w random:1 --target avx2 --tuned %s -q -o %s", model, in_dir("tile.tuned"), in_dir("tile")).status, 0);
		ck_assert_int_eq(!!strstr(file_map(in_dir("tile/net.c"), &(size_t){ 0 }), " passes of "), i);
		ck_assert_int_eq(resnetc("run %s --exact -w random:1 --target avx2 --tuned %s -q -i examples/images/cat.png -o %s.npy", model, in_dir("tile.tuned"), in_dir(tile[i])).status, 0);
	}
	ck_assert_int_eq(system(arena_text("cd '%s' && cmp %s.npy %s.npy", in_dir("."), tile[0], tile[1])), 0);
}
END_TEST

/* of bytes: a measured way that is not exact with the weights of a layer of the same shape is passed over there */
START_TEST(rows_of_bytes_are_kept_where_they_are_exact)
{
	static const char rows[] =
		"any\tany\tavx2\t1\t1x512x8x8-8-k3x3-s1x1-p1,1,1,1-d1x1-g1-int8\t4x4\t1x3\t1.00\n"
		"any\tany\tavx2\t1\t1x64x8x8-8-k3x3-s1x1-p1,1,1,1-d1x1-g1-int8\t4x4\t1x3\t1.00\n";
	const char *wide = body_model(3, 8, 8, "return nn.conv(nn.conv(nn.quantize(x, { step = 0.1 }), { 512, kernel = 1, step = 0.1 }), { 8, kernel = 3, name = \"b\" })");
	Ran r;

	put_file("bytes.tuned", rows, strlen(rows));
	r = resnetc("explain --json --target avx2 -w random %s --tuned %s", wide, in_dir("bytes.tuned"));
	ck_assert_msg(r.status == 0 && !strstr(strstr(r.out, "\"name\": \"b\""), "\"winograd\": [ 4, 4 ]"), "%.1000s%.300s", r.out, r.err);
	r = resnetc("explain --json --target avx2 -w random %s --tuned %s",
	            body_model(3, 8, 8, "return nn.conv(nn.conv(nn.quantize(x, { step = 0.1 }), { 64, kernel = 1, step = 0.1 }), { 8, kernel = 3, name = \"b\" })"),
	            in_dir("bytes.tuned"));
	ck_assert_msg(r.status == 0 && strstr(strstr(r.out, "\"name\": \"b\""), "\"winograd\": [ 4, 4 ]"), "%.1000s%.300s", r.out, r.err);
}
END_TEST

/* networks of bytes too: with --exact Winograd's ways are among theirs, for their sums are exact */
START_TEST(bytes_are_tuned)
{
	const char *model = body_model(3, 8, 8, "return nn.conv(nn.conv(nn.quantize(x, { step = 0.1 }), { 32, kernel = 1, step = 0.1 }), { 32, kernel = 3, name = \"b\" })");
	Ran r = resnetc("tune --exact --target avx2 -w random %s -o %s", model, in_dir("q.tuned"));
	size_t len;

	if (!target_runs_here(target_named("avx2")))
		return;
	ck_assert_msg(r.status == 0 && strstr(r.out, "the model's choice"), "%.1000s%.300s", r.out, r.err);
	ck_assert_ptr_nonnull(strstr(file_map(in_dir("q.tuned"), &len), "\t1x32x8x8-32-k3x3-s1x1-p1,1,1,1-d1x1-g1-int8\t"));
	r = resnetc("verify -w random --target avx2 %s --tuned %s", model, in_dir("q.tuned"));
	ck_assert_msg(r.status == 0 && strstr(r.out, "\nverified\n"), "%.1000s%.300s", r.out, r.err);
}
END_TEST

/* weights that resnetc quantize wrote */
START_TEST(a_quantised_file_is_tuned)
{
	const char *model = body_model(3, 8, 8, "return nn.conv(nn.relu(nn.conv(x, { 32, kernel = 1 })), { 32, kernel = 3 })");
	Ran r = resnetc("quantize %s -w random:1 --calibrate random -q -o %s", model, in_dir("w.q.safetensors"));
	size_t len;

	ck_assert_msg(r.status == 0, "%s", r.err);
	r = resnetc("tune %s -w %s -o %s", model, in_dir("w.q.safetensors"), in_dir("w.tuned"));
	ck_assert_msg(r.status == 0 && strstr(r.out, "the model's choice"), "%.1000s%.300s", r.out, r.err);
	ck_assert_ptr_nonnull(strstr(file_map(in_dir("w.tuned"), &len), "\t1x32x8x8-32-k3x3-s1x1-p1,1,1,1-d1x1-g1-int8\t"));
	r = resnetc("verify %s -w %s --tuned %s", model, in_dir("w.q.safetensors"), in_dir("w.tuned"));
	ck_assert_msg(r.status == 0 && strstr(r.out, "\nverified\n"), "%.1000s%.300s", r.out, r.err);
}
END_TEST

START_TEST(tune_writes_what_compile_reads)
{
	const char *model = body_model(3, 24, 24, body);
	Ran r = resnetc("tune %s -o %s", model, in_dir("m.tuned"));

	ck_assert_msg(r.status == 0 && strstr(r.out, "the model's choice"), "%.1000s%.300s", r.out, r.err);
	r = resnetc("verify %s --tuned %s", model, in_dir("m.tuned"));
	ck_assert_msg(r.status == 0, "%.1000s%.300s", r.out, r.err);
}
END_TEST

/* pair_in - the two numbers behind the key, in what follows the first place of after */
static bool
pair_in(const char *text, const char *after, const char *key, Pair *p)
{
	const char *s = strstr(text, after), *at = s ? strstr(s, arena_text("\"%s\": [", key)) : NULL;

	return at && sscanf(strchr(at, '['), "[ %d, %d ]", &p->h, &p->w) == 2;
}

/* what the cost model takes for this shape, one of Winograd's, is among the candidates; only a faster one is recorded */
START_TEST(the_models_own_way_is_measured)
{
	const char *model = body_model(3, 7, 14, "return nn.conv(nn.conv(x, { 64, kernel = 3, name = \"a\" }), { 64, kernel = 3, name = \"b\" })");
	Ran own = resnetc("explain --json %s", model), r = resnetc("tune --json %s -o %s", model, in_dir("own.tuned")), after;
	Pair chosen, first, won, recorded;
	double us, best;

	after = resnetc("explain --json %s --tuned %s", model, in_dir("own.tuned"));
	ck_assert_int_eq(r.status, 0);
	ck_assert_str_eq(after.err, "");
	ck_assert(pair_in(own.out, "\"name\": \"b\"", "winograd", &chosen) && pair_in(after.out, "\"name\": \"b\"", "winograd", &recorded));
	ck_assert(strcmp(target_named("native")->name, "avx512") || chosen.h > 0);
	ck_assert_msg(pair_in(r.out, "1x64x7x14", "model_winograd", &first) && pair_in(r.out, "1x64x7x14", "winograd", &won), "%.1500s", r.out);
	ck_assert_msg(sscanf(strstr(strstr(r.out, "1x64x7x14"), "\"us\""), "\"us\": %lf, \"best_us\": %lf", &us, &best) == 2 && best <= us, "%.1500s", r.out);
	ck_assert_int_eq(10*first.h + first.w, 10*chosen.h + chosen.w);
	ck_assert_ptr_nonnull(strstr(r.out, arena_text("\"algorithm\": \"%dx%d", chosen.h, chosen.w)));
	if (strstr(r.out, "\"changed\": 0"))
		won = chosen;
	ck_assert_int_eq(10*recorded.h + recorded.w, 10*won.h + won.w);
}
END_TEST

/* rows are found by shape: a file of another network, or of another target, serves in part or not at all, and that is said */
START_TEST(rows_of_another_network_are_told)
{
	static const char rows[] = "any\tany\tavx2\t1\t1x32x24x24-32-k3x3-s1x1-p1,1,1,1-d1x1-g1\t0x0\t1x3\t1.00\n";
	const char *model = body_model(3, 24, 24, body), *other = body_model(3, 16, 16, body);

	put_file("some.tuned", rows, strlen(rows));
	ck_assert_str_eq(resnetc("%s -w random -o %s --target avx2,scalar --tuned %s", model, in_dir("some"), in_dir("some.tuned")).err,
		"warning: some.tuned: tuned rows: want one for each of the network's 2 convolutions on avx2, got none for 1 (tuned for another "
		"network, input size, batch or target?): the cost model chooses for them\n"
		"warning: some.tuned: tuned rows: want one for each of the network's 2 convolutions on scalar, got none for 2 (tuned for another "
		"network, input size, batch or target?): the cost model chooses for them\n");
	ck_assert_ptr_nonnull(strstr(resnetc("explain %s --target avx2 --tuned %s", other, in_dir("some.tuned")).err, "got none for 2"));
}
END_TEST

START_TEST(damaged_rows_are_refused)
{
	const char *model = body_model(3, 24, 24, body);
	Ran r;

	put_file("bad.tuned", "# a comment\nzen\tclang\tavx2\tone\tshape\n", 42);
	r = resnetc("explain %s --tuned %s", model, in_dir("bad.tuned"));
	ck_assert_str_eq(r.err, "bad.tuned:2: tuned row: want cpu, compiler, target, threads, shape, HxW, VxP and microseconds, parted by tabs, got 'zen'\n");
	ck_assert_int_eq(r.status, ExitInput);
}
END_TEST

/* what was measured on a processor before is taken on that one, and for native alone */
START_TEST(known_processors_have_rows)
{
	Target zen = *target_named("avx512"), other = zen;
	const Tuned *rows;
	const char *native = resnetc("explain --json examples/resnet50.lua").out, *file = "compiler/measured/zen_4.tsv";

	zen.processor = "Zen 4";
	other.processor = "a new one";
	ck_assert_ptr_null(tuned_on(target_named("avx512")));
	ck_assert_ptr_null(tuned_on(&other));
	rows = tuned_on(&zen);
	ck_assert_ptr_nonnull(rows);
	ck_assert_int_gt(rows->count, 5);
	for (int i = 0; i < rows->count; i++)
		ck_assert_msg(!strncmp(rows->rows[i].target, "avx512", 6), "%s", rows->rows[i].target);
	ck_assert_ptr_nonnull(strstr(resnetc("explain --json --target avx512 examples/resnet50.lua --tuned %s", file).out, "\"strassen\": true"));
	ck_assert_ptr_nonnull(strstr(resnetc("explain --target avx512 examples/resnet50.lua layer3.1.conv1 --tuned %s", file).out, "\n  measured fastest on AMD EPYC"));
	ck_assert_ptr_null(strstr(resnetc("explain --json --target avx512 examples/resnet50.lua").out, "\"strassen\": true"));
	ck_assert_ptr_null(strstr(resnetc("explain --json --exact examples/resnet50.lua").out, "\"strassen\": true"));
	ck_assert_int_eq(strstr(native, "\"strassen\": true") != NULL, tuned_on(target_named("native")) != NULL);
}
END_TEST

/* what ResNet-18 has on AVX-512: blocks that a thread does alone where U stays in the second cache, bands where it does
** not; weights on the fly fetched one and two chunks ahead */
START_TEST(memory_is_busy_while_others_multiply)
{
	size_t len;
	const char *text, *fly;

	emit_code(in_dir("r18"), "resnet18", "avx512");
	text = file_map(in_dir("r18/resnet18.c"), &len);
	ck_assert_ptr_nonnull(strstr(text, "by Winograd F(4x4, 3x3); a unit is a block of tiles, from x over V to y\n** x  64 x 56 x 56"));
	ck_assert_ptr_null(strstr(text, "from x over V to y\n** x  128 x 28 x 28"));
	fly = strstr(text, "\nproduct_16x4_36(");
	ck_assert_ptr_nonnull(fly);
	fly = strstr(fly, "RC_FETCH(next); RC_FETCH_FAR(next + 2304);");
	ck_assert_ptr_nonnull(fly);
}
END_TEST

SUITE(tune)
{
	TCase *t = part("tune");

	tcase_add_unchecked_fixture(t, compile_quickly, NULL);     /* which way is the fastest does not matter */
	tcase_add_test(t, tuned_rows_decide);
	tcase_add_test(t, strassen_is_asked_for);
	tcase_add_test(t, a_tile_changes_no_bit);
	tcase_add_test(t, rows_of_bytes_are_kept_where_they_are_exact);
	tcase_add_test(t, bytes_are_tuned);
	tcase_add_test(t, a_quantised_file_is_tuned);
	tcase_add_test(t, tune_writes_what_compile_reads);
	tcase_add_test(t, the_models_own_way_is_measured);
	tcase_add_test(t, rows_of_another_network_are_told);
	tcase_add_test(t, damaged_rows_are_refused);
	tcase_add_test(t, known_processors_have_rows);
	tcase_add_test(t, memory_is_busy_while_others_multiply);
}
