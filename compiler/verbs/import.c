/*
** import.c - resnetc import FILE.onnx: NAME.lua, with stages and blocks where the graph is made of them and
** flat calls otherwise, and NAME.safetensors with its weights.
*/
#include <stdlib.h>
#include <string.h>

#include "../ident.h"
#include "verbs.h"

/* base_of - a file's name without folder and ending */
static const char *
base_of(const char *file)
{
	const char *base = strrchr(file, '/') ? strrchr(file, '/') + 1 : file, *dot = strrchr(base, '.');

	return arena_text("%.*s", (int)(dot && dot > base ? dot - base : (long)strlen(base)), base);
}

/* name_of - what the model is called: as it was asked for, or after its file; says so where that is not possible */
static const char *
name_of(const Options *o)
{
	const char *base = base_of(o->model), *name = model_name_of(base);

	if (o->name && model_name_flaw(o->name))
		usage_error("import: want --name as a name that %s, got '%s'", model_name_flaw(o->name), o->name);
	if (!o->name && strcmp(name, base))
		warn("%s: the model is called '%s': want a name that %s, got '%s'", o->model, name, model_name_flaw(base), base);
	return o->name ? o->name : name;
}

/* in_comment - a file's name as a comment of one line can bear it */
static const char *
in_comment(const char *file)
{
	char *s = arena_text("%s", strrchr(file, '/') ? strrchr(file, '/') + 1 : file);

	for (char *c = s; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 127)
			*c = '?';
	return s;
}

int
verb_import(Options *o)
{
	OnnxOptions oo = { .batch = o->batch, .h = o->h, .w = o->w };
	Graph *g = onnx_import(o->model, &oo);
	const char *dir = o->output ? o->output : ".", *body, *how = "stages and blocks";
	size_t end = strlen(dir);
	File files[2];

	g->name = name_of(o);
	body = structured_text(g);
	if (!body && (body = stages_text(g)))
		how = "stages and flat calls";
	if (!body && (body = functions_text(g)))
		how = "functions and calls";
	if (!body) {
		body = dump_string(g);
		how = "flat";
	}
	const char *name = g->name;
	if (end > 4 && !strcmp(dir + end - 4, ".lua")) {       /* -o FILE.lua */
		const char *slash = strrchr(dir, '/');
		name = arena_text("%.*s", (int)(end - 4 - (slash ? (size_t)(slash - dir) + 1 : 0)), slash ? slash + 1 : dir);
		dir = slash ? arena_text("%.*s", (int)(slash - dir), dir) : ".";
	}
	const char *ending = any_bytes(g) ? "q.safetensors" : "safetensors";
	const char *text = arena_text("-- made from %s by resnetc import; the weights are in %s.%s\n%s",
	                              in_comment(o->model), name, ending, body);
	files[0] = (File){ arena_text("%s.lua", name), text, strlen(text) };
	files[1] = safetensors_file(g, arena_text("%s.%s", name, ending));
	write_files(dir, files, 2);
	if (!o->quiet)
		printf("%s/%s: %s, %d layers; %s: %zu bytes\n", dir, files[0].name, how, g->count, files[1].name, files[1].len);
	return ExitOk;
}
