/* SPDX-License-Identifier: 0BSD */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif
#include "rc_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

RC_WEAK int
rc_file_map(const char *path, const void **weights, size_t *len)
{
	struct stat st;
	void *map;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return RC_E_IO;
	if (fstat(fd, &st) || st.st_size <= 0) {
		close(fd);
		return RC_E_IO;
	}
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		return RC_E_IO;
	*weights = map;
	*len = (size_t)st.st_size;
	return RC_OK;
}

RC_WEAK void
rc_file_unmap(const void *weights, size_t len)
{
	munmap((void *)(uintptr_t)weights, len);
}
