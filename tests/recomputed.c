/* recomputed.c - what a step of training keeps and what it makes again: less memory, the same bits, in strips of images too. */
#include "lessons.h"

START_TEST(strips_of_two_images_make_the_same_bits)
{
	Ran r = resnetc("verify --train %s --batch 34 --threads 3 -q", model_file(arena_text(small_model, "")));

	ck_assert_msg(r.status == 0 && strstr(r.out, "\nin strips of images: the same bits\nverified\n"), "%s%s", r.out, r.err);
}
END_TEST

/* a pointwise convolution of stride 2 has gradients at one pixel of four: no weights are packed for the others */
START_TEST(weights_of_strided_pointwise_layers_stay_in_their_place)
{
	Ran r = resnetc("verify --train %s --batch 4 -q", model_file("local nn = require 'resnet'\nreturn nn.model { name = 'm', "
		"input = nn.image { 3, 16, 16 }, stem = nn.stem.cifar { 64 }, stages = { nn.stage { nn.bottleneck, width = 32, stride = 2 } }, "
		"head = nn.classifier { 3 }, train = nn.train {} }"));

	ck_assert_msg(r.status == 0, "%s%s", r.out, r.err);
}
END_TEST

static const char deep_model[] = "local nn = require 'resnet'\nreturn nn.model { name = 'm', input = nn.image { 3, 16, 16 }, "
	"stem = nn.stem.cifar { 8 }, stages = { nn.stage { %s, blocks = 6, width = 8 }, nn.stage { %s, blocks = 2, width = 16, stride = 2 } }, "
	"head = nn.classifier { 3 }, train = nn.train { batch = 16, recompute = %s } }";

static size_t
plan_bytes(const char *text, int threads)
{
	Ran r = resnetc("explain --train %s --threads %d", model_file(text), threads);
	const char *at = strstr(r.out, ", workspace ");
	size_t bytes = 0;

	ck_assert_msg(r.status == 0 && at && sscanf(at, ", workspace %zu", &bytes) == 1, "%s%s", r.out, r.err);
	return bytes;
}

/* blocks with a skip, without one, and with a gate */
START_TEST(recomputed_results_take_less_memory)
{
	static const char *const blocks[] = { "nn.basic", "nn.plain", "nn.preact, se = 4" };
	const char *made = arena_text(deep_model, blocks[_i], blocks[_i], "true");
	size_t whole = plan_bytes(arena_text(deep_model, blocks[_i], blocks[_i], "false"), 1), less = plan_bytes(made, 1);
	Ran r = resnetc("verify --train %s --threads 3 -q", model_file(made));

	ck_assert_msg(3*less < 2*whole, "%zu of %zu bytes", less, whole);
	ck_assert_uint_lt(less, plan_bytes(made, 4));
	ck_assert_msg(r.status == 0 && strstr(r.out, "\nwith all that the way back reads kept: the same bits\nverified\n"), "%s%s", r.out, r.err);
}
END_TEST

/* what a strip fetches is what its kernels take, of the next strip, and no more of it than there is */
START_TEST(strips_fetch_what_the_next_one_takes)
{
	static const char moved[] = " + (size_t)(u + 1)*";
	Ran r = resnetc("compile --train %s --target avx512 -w random -q -o %s", model_file(arena_text(deep_model, "nn.basic", "nn.basic", "false")),
	                in_dir(""));
	const char *text = text_of("m_train.c");
	int count = 0;

	ck_assert_msg(r.status == 0 && strstr(text, "\trc_fetch_coming(coming, "), "%s", r.err);
	for (const char *at = text, *from; (at = strstr(at, moved)); at++, count++) {
		size_t bytes, lines;
		ck_assert_int_eq(sscanf(at + sizeof moved - 1, "%zu, %zu }", &bytes, &lines), 2);
		ck_assert_msg(bytes >= 4096 && lines == bytes/64, "%zu lines of %zu bytes", lines, bytes);
		for (from = at; *from != '{'; from--)
			;
		ck_assert_msg(strstr(text, arena_text("%.*s + (size_t)u*%zu", (int)(at - from) - 2, from + 2, bytes)), "%.80s", from);
	}
	ck_assert_int_gt(count, 20);
}
END_TEST

/* where so many MB may lie in memory no more is made again than has to be */
START_TEST(memory_for_results_saves_work)
{
	size_t most = plan_bytes(arena_text(deep_model, "nn.basic", "nn.basic", "false"), 1);
	size_t least = plan_bytes(arena_text(deep_model, "nn.basic", "nn.basic", "true"), 1), goal = (most + least)/2;
	const char *model = arena_text(deep_model, "nn.basic", "nn.basic", arena_text("%.6f", (double)goal/1e6));
	size_t bytes = plan_bytes(model, 1);
	Ran r = resnetc("verify --train %s --threads 3 -q", model_file(model));

	ck_assert_msg(least < bytes && bytes < most && 10*bytes < 11*goal, "%zu of %zu bytes, %zu to %zu", bytes, goal, least, most);
	ck_assert_msg(r.status == 0 && strstr(r.out, "\nwith all that the way back reads kept: the same bits\nverified\n"), "%s%s", r.out, r.err);
}
END_TEST

/* stays_for_the_way_back - does explain --train say that a node's result is kept for the way back */
static bool
stays_for_the_way_back(const char *table, const char *name)
{
	const char *row = strstr(table, arena_text("\n%s ", name)), *end;

	ck_assert_msg(row != NULL, "want '%s', got\n%s", name, table);
	end = strchr(row + 1, '\n');
	return strstr(row, " to '") && strstr(row, " to '") < end;
}

/* sums of a norm and a skip are made again from each other, two at most: of a stage every third is kept */
START_TEST(starts_of_blocks_are_made_again)
{
	const char *model = model_file("local nn = require 'resnet'\nreturn nn.model { name = 'm', input = nn.image { 3, 8, 8 }, "
		"stem = nn.stem.cifar { 8 }, stages = { nn.stage { nn.basic, blocks = 7, width = 8 } }, head = nn.classifier { 3 }, "
		"train = nn.train { batch = 16 } }");
	Ran r = resnetc("explain --train %s", model);

	for (int i = 0; i < 6; i++)
		ck_assert_msg(stays_for_the_way_back(r.out, arena_text("layer1.%d.bn2", i)) == (i%3 == 2), "%d\n%s", i, r.out);
	r = resnetc("verify --train %s --threads 3 -q", model);
	ck_assert_msg(r.status == 0, "%s%s", r.out, r.err);
}
END_TEST

SUITE(recomputed)
{
	TCase *t = part("recomputed");

	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_test(t, strips_of_two_images_make_the_same_bits);
	tcase_add_test(t, strips_fetch_what_the_next_one_takes);
	tcase_add_test(t, weights_of_strided_pointwise_layers_stay_in_their_place);
	tcase_add_loop_test(t, recomputed_results_take_less_memory, 0, 3);
	tcase_add_test(t, memory_for_results_saves_work);
	tcase_add_test(t, starts_of_blocks_are_made_again);
}
