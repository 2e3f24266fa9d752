/* lessons.c - what the suites of training share: two models, pictures and labels to learn. */
#include "../compiler/image/image.h"
#include "lessons.h"

const char small_model[] = "local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 8, 8 },\n"
	"stem = function(x) return nn.conv(nn.stem.cifar { 8 }(x), { 8, kernel = 3, winograd = {4, 2}, on_the_fly = true }) end,\n"
	"stages = { nn.stage { nn.basic, width = 8 }, nn.stage { nn.basic, width = 16, stride = 2 } }, head = nn.classifier { 3 },\n"
	"train = nn.train { batch = 16, epochs = 3, schedule = nn.constant { 0.05 }, augment = { crop = 1, flip = true, cutout = 2 }%s } }\n";

const char linear_model[] = "local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, body = function(x)\n"
	"	return nn.linear(nn.flatten(x), { 3, name = \"fc\" })\nend, train = nn.train { batch = 16 } }\n";

/* put_data - count pictures whose label is their brightest channel */
void
put_data(const char *images, const char *marks, int count, int highest)
{
	float *v = numbers((size_t)count*192, 9);
	int64_t dim[] = { count, 3, 8, 8 };
	char *file = calloc(1, 128 + (size_t)count*4);
	int32_t *y = (int32_t *)(void *)(file + 128);

	for (int i = 0; i < count; i++) {
		y[i] = i%3 == 2 ? highest : i%3;
		for (int k = 0; k < 64; k++)
			v[i*192 + i%3*64 + k] += 1;
	}
	npy_write(in_dir(images), v, 4, dim);
	memset(file, ' ', 128);
	memcpy(file, "\x93NUMPY\x01\x00\x76\x00", 10);
	file[10 + sprintf(file + 10, "{'descr': '<i4', 'fortran_order': False, 'shape': (%d,), }", count)] = ' ';
	file[127] = '\n';
	put_file(marks, file, 128 + (size_t)count*4);
	free(v);
	free(file);
}

const char *
text_of(const char *name)
{
	size_t len;
	const char *text = file_map(in_dir(name), &len);

	return arena_text("%.*s", (int)len, text);
}
