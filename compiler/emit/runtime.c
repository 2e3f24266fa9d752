/*
** runtime.c - the runtime's files, carried inside resnetc so that it can put them beside its output: all of runtime/,
** but of the headers of vector words only those of the targets.
*/
#include <string.h>

#include "../carried.h"
#include "emit.h"

/* runtime.txt holds the files one after the other, each below a line "=== NAME" */
CARRIED(runtime, OBJ "/runtime.txt")

/* brings - is the header of words this file, or does it include it? */
static bool
brings(const char *simd, const char *name)
{
	const char *at = strstr(runtime, arena_text("=== %s\n", simd)), *next, *line;

	if (!strcmp(simd, name) || !at)
		return at != NULL;
	next = strstr(at + 1, "\n=== ");
	line = strstr(at, arena_text("#include \"%s\"\n", name));
	return line && (!next || line < next);
}
typedef enum { AtWork = 1, InTraining = 2 } Use;      /* both: 3 */

static bool
wanted(const char *name, const Target *const *t, int nt, int uses)
{
	if (!strncmp(name, "rc_train", 8) || !strncmp(name, "rc_mpi", 6) || !strcmp(name, "rc_grad.h"))
		return uses & InTraining;
	if (!(uses & AtWork))
		return false;
	static const char *const systems[] = { "rc_file.h", "rc_file.c", "rc_port.h", "rc_threads.h", "rc_threads.c" };
	bool bare = true;

	for (int i = 0; i < nt; i++)
		bare = bare && t[i]->bare;
	for (size_t i = 0; bare && i < sizeof systems/sizeof *systems; i++)
		if (!strcmp(name, systems[i]))
			return false;
	if (strncmp(name, "rc_simd_", 8))
		return true;
	for (int i = 0; i < nt; i++)
		if (brings(t[i]->simd, name))
			return true;
	return false;
}

static int
files_for(const Target *const *t, int nt, int uses, File *files)
{
	const char *s = runtime, *next;
	int count = 0;

	for (; s < runtime_end; s = next) {
		const char *text = strchr(s, '\n') + 1;
		char *name = arena_text("%.*s", (int)(text - s - 5), s + 4);
		next = strstr(text, "\n=== ");
		next = next ? next + 1 : runtime_end;
		if (wanted(name, t, nt, uses))
			files[count++] = (File){ name, text, (size_t)(next - text) };
	}
	return count;
}

int
runtime_files(const Target *const *t, int nt, File *files)
{
	return files_for(t, nt, AtWork, files);
}

int
train_runtime_files(const Target *t, File *files)
{
	return files_for(&t, 1, AtWork | InTraining, files);
}

int
train_runtime_only(File *files)
{
	return files_for(NULL, 0, InTraining, files);
}
