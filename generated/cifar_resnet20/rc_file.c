/* SPDX-License-Identifier: 0BSD */
#if !defined(_DEFAULT_SOURCE) && !defined(_WIN32)
#define _DEFAULT_SOURCE                  /* for madvise beside POSIX */
#endif
#include "rc_file.h"

#include <string.h>

#include "rc_port.h"

RC_WEAK int
rc_file_map(const char *path, const void **weights, size_t *len)
{
	return rc_map(path, weights, len) ? RC_E_IO : RC_OK;
}

RC_WEAK void
rc_file_unmap(const void *weights, size_t len)
{
	rc_unmap(weights, len);
}

RC_WEAK int
rc_file_load(const char *path, const void **weights, size_t *len)
{
	const void *file;
	size_t size;
	void *copy;

	if (rc_map(path, &file, &size))
		return RC_E_IO;
	copy = rc_pages(size);
	if (copy) {
		memcpy(copy, file, size);
		*weights = copy;
		*len = size;
	}
	rc_unmap(file, size);
	return copy ? RC_OK : RC_E_IO;
}

RC_WEAK void
rc_file_unload(const void *weights, size_t len)
{
	rc_pages_free(weights, len);
}
