/* init.c - resnetc init: prints a model of examples/, or their names. */
#include <string.h>

#include "../carried.h"
#include "verbs.h"

/* the examples one after the other, each below a line "=== NAME" */
CARRIED(init_models, OBJ "/models.txt")

int
verb_init(Options *o)
{
	const char *names[128];
	int count = 0;

	for (const char *s = strstr(init_models, "=== "); s; s = strstr(s, "\n=== ") ? strstr(s, "\n=== ") + 1 : NULL) {
		const char *eol = strchr(s, '\n'), *next = strstr(s, "\n=== ");
		size_t len = (size_t)(eol - s - 4);
		names[count++] = arena_text("%.*s", (int)len, s + 4);
		if (o->model && !strcmp(names[count-1], o->model)) {
			fwrite(eol + 1, 1, next ? (size_t)(next + 1 - eol - 1) : strlen(eol + 1), stdout);
			return ExitOk;
		}
	}
	if (!o->model) {
		for (int i = 0; i < count; i++)
			puts(names[i]);
		return ExitOk;
	}
	usage_error("init: want a model (resnetc init lists them), got '%s'%s", o->model, meant(o->model, names, count));
}
