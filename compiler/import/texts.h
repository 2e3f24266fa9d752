/* texts.h - a graph as model text: made, loaded again, and compared, so that a wrong guess costs nothing. */
#ifndef TEXTS_H
#define TEXTS_H

#include "../load.h"
#include "../out.h"
#include "../pass.h"

bool adopt_text(Graph *g, const char *text);         /* is it this graph; then g has the names that the text gives */

#endif
