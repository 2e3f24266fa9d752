/* SPDX-License-Identifier: 0BSD */
/* rc_file.h - optional: map a weight blob into memory, read-only and shared with other processes. */
#ifndef RC_FILE_H
#define RC_FILE_H

#include "rc.h"

#ifdef __cplusplus
extern "C" {
#endif

#define rc_file_map    RC_SYMBOL(rc_file_map)
#define rc_file_unmap  RC_SYMBOL(rc_file_unmap)

/* Sets *weights and *len; RC_E_IO when the file cannot be opened or mapped. */
int  rc_file_map(const char *path, const void **weights, size_t *len);
void rc_file_unmap(const void *weights, size_t len);

#ifdef __cplusplus
}
#endif
#endif
