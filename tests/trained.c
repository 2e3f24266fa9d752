/* trained.c - the emitted training API by itself, without resnetc: statuses, the exported blob, groups of a batch. */
#include <stdio.h>

#include "lessons.h"

/* what is folded into weights, and what is packed by itself */
static const char various[] = "local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, body = function(x)\n"
	"	local y = nn.layer_scale(nn.bn(nn.conv(x, { 10, kernel = 3, bias = true })), { name = 'gamma' })\n"
	"	y = nn.prelu(nn.conv(2*y, { 10, kernel = 3, bias = true, winograd = { 4, 4 } })*0.5 + 1, { name = 'a' }) + nn.prelu(-nn.max_pool(y, { kernel = 3, stride = 1, padding = 1 }), { name = 'b', shared = true })\n"
	"	y = nn.group_norm(y, { groups = 2, name = 'gn' }) + nn.layer_scale(nn.layer_norm(nn.sigmoid(y), { name = 'ln' }), { name = 'c' })\n"
	"	y = nn.prelu(y + nn.prelu(nn.depthwise(y, { kernel = 3 }) + y, { name = 'd' }), { name = 'e' })\n"
	"	return nn.linear(nn.adaptive_avg_pool(nn.bn(nn.relu(y)), { size = 1 }), { 3 })/4\n"
	"end, train = nn.train { batch = 16, bn = { momentum = 0.9 } } }\n";

/* tiles of stride 2, whose weights are packed by a training's program too */
static const char strided[] = "local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, body = function(x)\n"
	"	local y = nn.relu(nn.bn(nn.conv(x, { 20, kernel = 7, stride = 2, winograd = { 2, 2 } })))\n"
	"	y = nn.relu(nn.bn(nn.conv(y, { 24, kernel = 3, stride = 2, winograd = { 4, 4 } })))\n"
	"	return nn.linear(nn.adaptive_avg_pool(y, { size = 1 }), { 3 })\n"
	"end, train = nn.train { batch = 16, bn = { momentum = 0.9 } } }\n";

/* line_of_app - the one that the program there prints */
static const char *
line_of_app(const char *dir)
{
	static char line[64];
	FILE *f = popen(arena_text("cd '%s' && ./app", dir), "r");

	ck_assert_ptr_nonnull(fgets(line, sizeof line, f));
	pclose(f);
	return line;
}

/* the blob of _export is that of resnetc compile, and gives the network that _eval evaluates; statuses; no warnings */
START_TEST(export_is_the_network_at_work)
{
	const char *target = _i%2 ? "scalar" : "native", *dir = in_dir(target);
	const char *model = _i < 2 ? arena_text(small_model, "") : _i < 4 ? various : strided;
	Ran r = resnetc("compile %s -w random:3 --train --target %s -o %s -q", model_file(model), target, dir);

	ck_assert_msg(r.status == 0, "%s", r.err);
	put_program(arena_text("%s/app.c", target), "training/export.c");
	ck_assert_int_eq(system(arena_text("cd '%s' && cc %s -Wall -Wextra -Wpedantic -Werror -c m_train.c rc_train.c && "
	                                   "cc -O0 -w m.c rc.c m_train.o rc_train.o app.c -lm -o app", dir, _i%2 ? "-O0" : "-O1")), 0);
	ck_assert_str_eq(line_of_app(dir), "000 1 0 1 11111111111\n");
}
END_TEST

START_TEST(groups_are_parts_of_a_batch)
{
	const char *dir = in_dir("groups");
	Ran r = resnetc("compile %s -w random:3 --train -o %s -q", model_file(arena_text(small_model, ", bn = { groups = 3 }")), dir);

	ck_assert_msg(r.status == 1 && strstr(r.err, "train: want a batch of whole groups, bn = { groups = 3 }, got 16 pictures"), "%s", r.err);
	r = resnetc("compile %s -w random:3 --train --batch 6 -o %s -q", model_file(arena_text(small_model, ", bn = { groups = 3 }")), dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	r = resnetc("compile %s --name n -w random:3 --train --batch 2 -o %s -q", model_file(arena_text(small_model, "")), dir);
	ck_assert_msg(r.status == 0, "%s", r.err);
	put_program("groups/app.c", "training/groups.c");
	ck_assert_int_eq(system(arena_text("cd '%s' && cc -O0 -w *_train.c m.c n.c rc.c app.c -lm -o app", dir)), 0);
	ck_assert_str_eq(line_of_app(dir), "0000 1 111\n");
}
END_TEST

SUITE(trained)
{
	TCase *t = part("trained");

	tcase_add_loop_test(t, export_is_the_network_at_work, 0, 6);
	t = part("groups");
	tcase_add_unchecked_fixture(t, compile_quickly, NULL);
	tcase_add_test(t, groups_are_parts_of_a_batch);
}
