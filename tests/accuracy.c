/* accuracy.c - bytes beside floats on labelled pictures: what is lost, how much may be, which layers lose most. */
#include "tests.h"

#define CIFAR "examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors"

/* networks run over many pictures: optimized a little, which takes less than it saves */
static void
compile_lightly(void)
{
	setenv("CC", quick_compiler(":", "-O1"), 1);
}

/* a folder a class; a loss that is too large is refused, and nothing written */
START_TEST(accuracy_is_compared)
{
	char labels[144] = "\x93NUMPY\x01\x00\x76\x00{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }";  /* as NumPy makes them */
	float *tiny = numbers(2*3*32*32, 1);
	Ran r;

	ck_assert_int_eq(system(arena_text("for f in examples/images/*.png; do c=$(basename $f .png); mkdir -p '%s'/$c && cp $f '%s'/$c; done",
	                                   in_dir("labelled"), in_dir("labelled"))), 0);
	r = resnetc("quantize " CIFAR " --calibrate examples/images --accuracy %s --max-loss 0 -o %s", in_dir("labelled"), in_dir("a.q"));
	ck_assert_msg(r.status == 0 && strstr(r.out, "accuracy over 10 pictures: 100.00 % with floats, 100.00 % with bytes"), "%s%s", r.out, r.err);
	for (int i = 0; i < 2*3*32*32; i++)
		tiny[i] *= 0.01f;                /* a grey picture: ranges for nothing else */
	npy_write(in_dir("tiny.npy"), tiny, 4, (int64_t[]){ 2, 3, 32, 32 });
	memset(labels + strlen(labels + 10) + 10, ' ', 128 - 10 - strlen(labels + 10));
	put_file("two.npy", labels, sizeof labels);
	r = resnetc("quantize " CIFAR " --calibrate %s --accuracy %s,%s -o %s", in_dir("tiny.npy"), in_dir("tiny.npy"), in_dir("two.npy"), in_dir("a.q"));
	ck_assert_msg(r.status == 0 && strstr(r.out, "accuracy over 2 pictures: "), "%s%s", r.out, r.err);
	r = resnetc("quantize " CIFAR " --calibrate %s -q --accuracy %s --max-loss 0.5 -o %s", in_dir("tiny.npy"), in_dir("labelled"), in_dir("lost.q"));
	ck_assert_msg(r.status == 1 && strstr(r.err, "want a loss of at most 0.5 points, got ") && strstr(r.err, "keep = { \""), "%s%s", r.out, r.err);
	ck_assert_int_ne(system(arena_text("test -e '%s'", in_dir("lost.q"))), 0);
	free(tiny);
}
END_TEST

/* scale_numbers - numbers from..from + step*count of a tensor of floats in a file that is in memory */
static void
scale_numbers(const Weights *w, const char *name, size_t from, size_t step, size_t count, float by)
{
	for (int t = 0; t < w->count; t++)
		for (size_t i = 0; !strcmp(w->tensors[t].name, name) && i < count; i++) {
			unsigned char *at = (unsigned char *)(uintptr_t)w->tensors[t].data + 4*(from + i*step);
			float v;
			memcpy(&v, at, sizeof v);
			v *= by;
			memcpy(at, &v, sizeof v);
		}
}

/* a channel that is much larger than all others beside it, which the next layer makes small again: all others are lost */
START_TEST(what_loses_most_is_named)
{
	static const char named[] = "quantize = { keep = { \"layer2.1.conv1\", \"layer2.1.conv2\"";
	size_t len;
	const char *map = file_map("examples/weights/cifar_resnet20.safetensors", &len);
	unsigned char *own = malloc(len);
	Weights *w;
	Ran r;

	ck_assert_int_eq(system(arena_text("for f in examples/images/*.png; do c=$(basename $f .png); mkdir -p '%s'/$c && cp $f '%s'/$c; done && "
		"sed 's/^  head/  quantize = { keep = { \"layer2.1.conv1\", \"layer2.1.conv2\" } }, head/' examples/cifar_resnet20.lua > '%s'",
		in_dir("known"), in_dir("known"), in_dir("kept.lua"))), 0);
	memcpy(own, map, len);
	w = safetensors_open("uneven", own, len);
	scale_numbers(w, "layer2.1.bn1.weight", 5, 1, 1, 3e4F);
	scale_numbers(w, "layer2.1.bn1.bias", 5, 1, 1, 3e4F);
	for (size_t o = 0; o < 32; o++)
		scale_numbers(w, "layer2.1.conv2.weight", (o*32 + 5)*9, 1, 9, 1/3e4F);
	put_file("uneven.safetensors", own, len);
	r = resnetc("quantize examples/cifar_resnet20.lua -w %s --calibrate examples/images -q --accuracy %s --max-loss 1 -o %s",
	            in_dir("uneven.safetensors"), in_dir("known"), in_dir("uneven.q"));
	ck_assert_msg(r.status == 1 && strstr(r.err, named), "%s%s", r.out, r.err);
	r = resnetc("quantize %s -w %s --calibrate examples/images -q --accuracy %s --max-loss 1 -o %s", in_dir("kept.lua"),
	            in_dir("uneven.safetensors"), in_dir("known"), in_dir("uneven.q"));
	ck_assert_msg(r.status == 0, "%s%s", r.out, r.err);
	free(own);
}
END_TEST

SUITE(accuracy)
{
	TCase *t = part("accuracy");

	tcase_add_unchecked_fixture(t, compile_lightly, NULL);
	tcase_add_test(t, accuracy_is_compared);
	tcase_add_test(t, what_loses_most_is_named);
}
