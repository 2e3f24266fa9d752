/*
** import.c - resnetc import FILE.onnx: NAME.lua, with stages and blocks where the graph is made of them and
** flat calls otherwise, and NAME.safetensors with its weights.
*/
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "verbs.h"

/* identifier_of - a file's name without folder and ending, as a model may be called */
static const char *
identifier_of(const char *file)
{
	const char *base = strrchr(file, '/') ? strrchr(file, '/') + 1 : file, *dot = strrchr(base, '.');
	char *s = arena_text("%.*s", (int)(dot && dot > base ? dot - base : (long)strlen(base)), base);

	s[strlen(s) > 50 ? 50 : strlen(s)] = 0;
	for (char *c = s; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	return isalpha((unsigned char)*s) ? s : arena_text("m%s", s);
}

int
verb_import(Options *o)
{
	OnnxOptions oo = { .batch = o->batch, .h = o->h, .w = o->w };
	Graph *g = onnx_import(o->model, &oo);
	const char *base = strrchr(o->model, '/') ? strrchr(o->model, '/') + 1 : o->model;
	const char *dir = o->output ? o->output : ".", *body;
	size_t end = strlen(dir);
	File files[2];
	bool structured;

	g->name = o->name ? o->name : identifier_of(o->model);
	body = structured_text(g);
	structured = body != NULL;
	if (!structured)
		body = dump_string(g);
	const char *name = g->name;
	if (end > 4 && !strcmp(dir + end - 4, ".lua")) {       /* -o FILE.lua */
		const char *slash = strrchr(dir, '/');
		name = arena_text("%.*s", (int)(end - 4 - (slash ? (size_t)(slash - dir) + 1 : 0)), slash ? slash + 1 : dir);
		dir = slash ? arena_text("%.*s", (int)(slash - dir), dir) : ".";
	}
	const char *text = arena_text("-- made from %s by resnetc import; the weights are in %s.safetensors\n%s", base, name,
	                              body);
	files[0] = (File){ arena_text("%s.lua", name), text, strlen(text) };
	files[1] = safetensors_file(g, arena_text("%s.safetensors", name));
	write_files(dir, files, 2);
	if (!o->quiet)
		printf("%s/%s: %s, %d layers; %s: %zu bytes\n", dir, files[0].name, structured ? "stages and blocks" : "flat",
		       g->count, files[1].name, files[1].len);
	return ExitOk;
}
