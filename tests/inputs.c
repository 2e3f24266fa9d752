/* inputs.c - the exact message for pictures, arrays and expected values that are none. */
#include "tests.h"

static const char cifar[] = "examples/cifar_resnet20.lua";

static void
want_input_error(const char *file, const char *message)
{
	Ran r = resnetc("run %s -w random -i %s", cifar, in_dir(file));

	ck_assert_str_eq(r.err, arena_text("%s: %s\n", file, message));
	ck_assert_int_eq(r.status, ExitInput);
}

START_TEST(bad_inputs)
{
	static const unsigned char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", jpg[] = "\xff\xd8\xff\xe0\0\x10JFIF";
	float v[12] = { 0 };
	int64_t dim[] = { 3, 2, 2 };

	put_file("empty.png", "", 0);
	want_input_error("empty.png", "want a file with contents, got an empty one");
	put_file("cut.png", png, sizeof png - 1);
	want_input_error("cut.png", "want a whole PNG picture, got one that ends early");
	put_file("cut.jpg", jpg, sizeof jpg - 1);
	want_input_error("cut.jpg", "want a whole JPEG picture, got one that ends early");
	npy_write(in_dir("small.npy"), v, 3, dim);
	want_input_error("small.npy", "want shape Nx3x32x32 or 3x32x32, got 3x2x2");
	put_file("bad.npy", "\x93NUMPY\x01\0\x40\0{'descr': '<f8', 'fortran_order': False, 'shape': (3, 0, 2), }          \n", 74);
	want_input_error("bad.npy", "want dtype float32 or uint8, got F64");
	put_file("odd.npy", "\x93NUMPY\x01\0\x40\0{'descr': '>f4', 'fortran_order': False, 'shape': (3, 2, 2), }          \n", 74);
	want_input_error("odd.npy", "want a little-endian number dtype such as float32 ('<f4') or uint8 ('|u1'), got '>f4'");
	put_file("dict.npy", "\x93NUMPY\x01\0\x40\0{'descr': '|O', 'fortran_order': False, 'shape': (), }                 \n", 74);
	want_input_error("dict.npy", "want an array of numbers, got one of Python objects: numpy.savez(FILE, **weights) keeps a dictionary's arrays");
	put_file("cut.npy", "\x93NUMPY\x01\0\x40\0{'descr': '<f4', 'fortran_order': False, 'shape': (3, 32, 32), }        \n", 74);
	want_input_error("cut.npy", "want 12288 bytes of data, got 0 (truncated?)");
	put_file("fortran.npy", "\x93NUMPY\x01\0\x40\0{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2, 2), }          \n................................................", 122);
	want_input_error("fortran.npy", "want C order, got Fortran order");
	put_file("bytes.npy", "\x93NUMPY\x01\0\x40\0{'descr': '|u1', 'fortran_order': False, 'shape': (3, 2, 2), }          \n............", 86);
	want_input_error("bytes.npy", "want dtype float32, got uint8 (nn.image { dtype = \"u8\" } takes bytes)");
	put_file("huge.npy", "\x93NUMPY\x01\0\x50\0{'descr': '<f4', 'fortran_order': False, 'shape': (999999999, 999999999), }    \n", 90);
	want_input_error("huge.npy", "want less than 2^45 values, got more");
}
END_TEST

/* crc - PNG's, of a chunk's type and data */
static unsigned
crc(const unsigned char *p, size_t len)
{
	unsigned c = 0xffffffff;

	while (len--) {
		c ^= *p++;
		for (int k = 0; k < 8; k++)
			c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
	}
	return c ^ 0xffffffff;
}

START_TEST(bad_pictures)
{
	size_t len;
	const unsigned char *cat = file_map("examples/images/cat.png", &len);
	unsigned char head[33], *whole = malloc(len);
	Ran r;

	put_file("half.png", cat, len/2);
	want_input_error("half.png", "want a whole PNG picture, got one that ends early");
	memcpy(head, cat, sizeof head);
	head[16] = 0x10;                         /* 268435488 wide */
	for (int i = 0; i < 4; i++)
		head[29 + i] = (unsigned char)(crc(head + 12, 17) >> (24 - 8*i));
	memcpy(whole, cat, len);
	memcpy(whole, head, sizeof head);
	put_file("wide.png", whole, len);
	want_input_error("wide.png", "want a picture of at most 178956970 pixels, got 32 x 268435488");
	r = resnetc("run %s -w random -i examples/images/cat.png", body_model(2, 32, 32, "return nn.relu(x)"));
	ck_assert_msg(strstr(r.err, "want an input of 3 channels, or 1, for a picture, got 2") != NULL, "%s", r.err);
	ck_assert_int_eq(r.status, ExitInput);
}
END_TEST

START_TEST(bad_expectations)
{
	float v[3072*2] = { 0 };
	Ran r;

	npy_write(in_dir("nine.npy"), v, 1, (int64_t[]){ 9 });
	r = resnetc("verify examples/mlperf_tiny_resnet8.lua --expect %s", in_dir("nine.npy"));
	ck_assert_str_eq(r.err, "nine.npy: want 10 values, one per output of mlperf_tiny_resnet8, got 9\n");
	npy_write(in_dir("two.npy"), v, 4, (int64_t[]){ 2, 3, 32, 32 });
	r = resnetc("verify examples/mlperf_tiny_resnet8.lua -i %s --expect %s", in_dir("two.npy"), in_dir("nine.npy"));
	ck_assert_str_eq(r.err, "nine.npy: want 20 values, one per output of mlperf_tiny_resnet8 and image, 2 of them, got 9\n");
	put_file("whole.npy", "\x93NUMPY\x01\0\x40\0{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }             \n........", 82);
	r = resnetc("verify examples/mlperf_tiny_resnet8.lua --expect %s", in_dir("whole.npy"));
	ck_assert_str_eq(r.err, "whole.npy: want 10 values, one per output of mlperf_tiny_resnet8, got 1\n");     /* numbers of classes may be whole */
	put_file("truth.npy", "\x93NUMPY\x01\0\x40\0{'descr': '|b1', 'fortran_order': False, 'shape': (1,), }             \n.", 75);
	r = resnetc("verify examples/mlperf_tiny_resnet8.lua --expect %s", in_dir("truth.npy"));
	ck_assert_str_eq(r.err, "truth.npy: want numbers, got BOOL\n");
}
END_TEST

SUITE(inputs)
{
	TCase *t = part("inputs");

	tcase_add_test(t, bad_inputs);
	tcase_add_test(t, bad_pictures);
	tcase_add_test(t, bad_expectations);
}
