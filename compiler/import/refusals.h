/* refusals.h - what cannot be translated in a file, by kind. */
#ifndef REFUSALS_H
#define REFUSALS_H

#include "../resnetc.h"

enum { MostKinds = 24 };             /* told; the rest are counted */

typedef struct { const char *op, *message, *text; int nodes; } Refusal;
typedef struct { Refusal *kinds; int count; } Refusals;

void refusal_add(Refusals *r, const char *op, const char *message);
void refuse_all(const Refusals *r, const char *file) NORETURN;

#endif
