/* lessons.h - what the suites of training share. */
#ifndef LESSONS_H
#define LESSONS_H

#include "tests.h"

extern const char small_model[];                     /* of two stages, a format: %s is more of nn.train's options */
extern const char linear_model[];                    /* one layer, fc */
void put_data(const char *images, const char *labels, int count, int highest); /* 3 x 8 x 8 floats, the brightest channel's label; highest stands for 2 */
const char *text_of(const char *name);               /* a file of the suite's folder */

#endif
