/*
** amalgamate.c - NAME.c and NAME.h that need no other file: what they include of ours is put in its place, once, and
** rc.c follows. The optional parts of the runtime are in it too, asleep until
** -DRC_FILE, -DRC_IMAGE or -DRC_THREADS.
*/
#include <stdlib.h>
#include <string.h>

#include "emit.h"

typedef struct {
	const File *files;
	int count;
	bool in[64];                 /* files[i] is in the text already */
	Out *to;
} Whole;

static int
file_named(const Whole *w, const char *name, size_t len)
{
	for (int i = 0; i < w->count; i++)
		if (strlen(w->files[i].name) == len && !strncmp(w->files[i].name, name, len))
			return i;
	return -1;
}

/* put - files[i] with its includes in place; keep: this one stays an include */
static void
put(Whole *w, int i, int keep)
{
	const char *s = w->files[i].data, *end = s + w->files[i].len;

	w->in[i] = true;
	while (s < end) {
		const char *eol = memchr(s, '\n', (size_t)(end - s));
		size_t len = eol ? (size_t)(eol + 1 - s) : (size_t)(end - s);
		int other = !strncmp(s, "#include \"", 10) ? file_named(w, s + 10, strcspn(s + 10, "\"")) : -1;
		if (other < 0 || other == keep)
			out_raw(w->to, arena_text("%.*s", (int)len, s));
		else if (!w->in[other])
			put(w, other, keep);
		s += len;
	}
}

/* put_optional - the runtime's optional parts, each when its macro is defined */
static void
put_optional(Whole *w, const char *extension)
{
	static const struct { const char *file, *macro; } parts[] = {
		{ "rc_file", "RC_FILE" }, { "rc_image", "RC_IMAGE" }, { "rc_threads", "RC_THREADS" },
	};

	for (size_t i = 0; i < sizeof parts/sizeof *parts; i++) {
		const char *file = arena_text("%s.%s", parts[i].file, extension);
		if (file_named(w, file, strlen(file)) < 0)
			continue;                /* a bare target has no such thing */
		out_raw(w->to, arena_text("\n#if defined(%s)\n", parts[i].macro));
		put(w, file_named(w, file, strlen(file)), -1);
		out_raw(w->to, "#endif\n");
	}
}

/* amalgamate - files begins with NAME.c, NAME.h, the blob, what is embedded, the runtime; leaves the first three */
int
amalgamate(File *files, int count)
{
	Whole h = { files, count, { false }, out_new() }, c = { files, count, { false }, out_new() };
	const char *embedded = arena_text("%.*s_weights.c", (int)strlen(files[0].name) - 2, files[0].name);

	put(&h, 1, -1);
	if (file_named(&h, "rc_port.h", 9) >= 0) {
		out_raw(h.to, "\n#if defined(RC_FILE) || defined(RC_THREADS)\n");
		put(&h, file_named(&h, "rc_port.h", 9), -1);
		out_raw(h.to, "#endif\n");
	}
	put_optional(&h, "h");
	memcpy(c.in, h.in, sizeof c.in);
	out_raw(c.to, "#if (defined(RC_FILE) || defined(RC_THREADS)) && !defined(_POSIX_C_SOURCE) && !defined(_WIN32)\n"
	              "#define _POSIX_C_SOURCE 200809L\n#endif\n");
	out_raw(c.to, "#if defined(__GNUC__)\n#pragma GCC diagnostic ignored \"-Wunused-function\"\n#endif\n");
	put(&c, 0, 1);
	out_raw(c.to, "\n");
	put(&c, file_named(&c, "rc.c", 4), 1);
	put_optional(&c, "c");
	if (file_named(&c, embedded, strlen(embedded)) >= 0) {
		out_raw(c.to, "\n");
		put(&c, file_named(&c, embedded, strlen(embedded)), -1);
	}
	files[0].data = out_string(c.to, &files[0].len);
	files[1].data = out_string(h.to, &files[1].len);
	return 3;
}
