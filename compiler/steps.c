/* steps.c - what bytes stand for, layer by layer, as the metadata of a file of quantised weights has it. */
#include <float.h>
#include <stdio.h>
#include <string.h>

#include "pass.h"

const StepRow *
steps_find(const Steps *s, const char *name)
{
	for (int i = 0; i < s->count; i++)
		if (!strcmp(s->rows[i].name, name))
			return &s->rows[i];
	return NULL;
}

const char *
step_text(const StepRow *r)
{
	return arena_text("step=%.17g zero=%d%s%s%s%s noise=%.4g clipped=%.4g lost=%.4g", r->step, r->zero,
	                  r->pixels ? " pixels" : "", r->weights ? " weights" : "", r->pair_safe ? " pair_safe" : "",
	                  r->keep ? " keep" : "", r->noise, r->clipped, r->lost);
}

/* has - is the word there, alone */
static bool
has(const char *text, const char *word)
{
	return strstr(arena_text(" %s ", text), arena_text(" %s ", word)) != NULL;
}

/* number - of KEY=NUMBER, -1 where it is none */
static double
number(const char *text, const char *key)
{
	const char *at = strstr(arena_text(" %s", text), arena_text(" %s=", key));
	double v;

	return at && sscanf(at + strlen(key) + 2, "%lf", &v) == 1 ? v : -1;
}

StepRow
step_read(const char *file, const char *name, const char *text)
{
	StepRow r = { .name = arena_text("%s", name), .step = number(text, "step"), .pixels = has(text, "pixels"),
	              .weights = has(text, "weights"), .pair_safe = has(text, "pair_safe"), .keep = has(text, "keep"),
	              .noise = number(text, "noise"), .clipped = number(text, "clipped"), .lost = number(text, "lost") };
	double zero = number(text, "zero");

	if (!(r.step >= (double)FLT_MIN && r.step <= (double)FLT_MAX))
		fail("%s: layer '%s': want a step that is a normal float above 0, got '%s'", file, name, text);
	if (!(zero >= 0 && zero <= 255) || zero != (double)(int)zero)
		fail("%s: layer '%s': want a zero of 0 to 255, got '%s'", file, name, text);
	r.zero = (int)zero;
	return r;
}

Steps *
steps_in(Weights *w)
{
	Steps *s = NULL;

	for (int i = 0; i < w->nmeta && !s; i++)
		if (!strcmp(w->meta[i].key, "resnetc.int8")) {
			if (strcmp(w->meta[i].value, "1"))
				fail("%s: want quantised weights of format 1, got '%s'", w->file, w->meta[i].value);
			s = NEW(Steps);
			s->weights = w;
		}
	for (int i = 0; s && i < w->nmeta; i++)
		if (strncmp(w->meta[i].key, "resnetc.", 8))
			PUSH(s->rows, s->count, step_read(w->file, w->meta[i].key, w->meta[i].value));
	return s;
}
