/* entries.c - entries of a zip archive by their names. */
#include <string.h>

#include "tensor.h"

int64_t
zip_named(const Zip *z, const char *name)
{
	for (int64_t i = 0; i < zip_entries(z); i++)
		if (!strcmp(zip_name(z, (uint64_t)i), name))
			return i;
	return -1;
}

int64_t
zip_find(const Zip *z, const char *suffix)
{
	size_t m = strlen(suffix);

	for (int64_t i = 0; i < zip_entries(z); i++) {
		const char *name = zip_name(z, (uint64_t)i);
		size_t n = strlen(name);
		if (n >= m && !strcmp(name + n - m, suffix) && (n == m || suffix[0] == '.' || suffix[0] == '/' || name[n-m-1] == '/'))
			return i;
	}
	return -1;
}
