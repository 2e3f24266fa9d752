/* SPDX-License-Identifier: 0BSD */
#if !defined(_POSIX_C_SOURCE) && !defined(_WIN32)
#define _POSIX_C_SOURCE 200809L
#endif
#include "rc_file.h"

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
