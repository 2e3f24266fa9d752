/* SPDX-License-Identifier: 0BSD */
/* rc_file.h - optional: a weight blob from a file, mapped or loaded. */
#ifndef RC_FILE_H
#define RC_FILE_H

#include "rc.h"

#ifdef __cplusplus
extern "C" {
#endif

#define rc_file_map    RC_SYMBOL(rc_file_map)
#define rc_file_unmap  RC_SYMBOL(rc_file_unmap)
#define rc_file_load   RC_SYMBOL(rc_file_load)
#define rc_file_unload RC_SYMBOL(rc_file_unload)

/*
** Read-only and shared with other processes: a start costs page faults only. Sets *weights and *len; RC_E_IO when the
** file cannot be opened or mapped.
*/
int  rc_file_map(const char *path, const void **weights, size_t *len);
void rc_file_unmap(const void *weights, size_t len);

/*
** A copy of this process's own, in pages of 2 MB where the system has them to give: a start reads the whole file, a run
** walks fewer pages, and what becomes of the file no longer matters. Sets *weights and *len; RC_E_IO as above, and when
** memory is short.
*/
int  rc_file_load(const char *path, const void **weights, size_t *len);
void rc_file_unload(const void *weights, size_t len);

#ifdef __cplusplus
}
#endif
#endif
