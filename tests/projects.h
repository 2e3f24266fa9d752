/* projects.h - what the suites of other people's programs and builds share. */
#ifndef PROJECTS_H
#define PROJECTS_H

#include "tests.h"

void shell_in(const char *folder, const char *format, ...) PRINTF(2, 3); /* a command in a folder of the suite's; what it says when it fails is told */
const char *here(void);                              /* the folder of the sources, absolute */
const char *installed(void);                         /* a prefix with resnetc in it; built once */
const char *unoptimized(void);                       /* cc, whatever a project wants of it: the same numbers in half the time */

#endif
