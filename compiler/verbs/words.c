/*
** words.c - resnetc doc WORD: an op, a function of the library or an option of ops by itself, and the list of them all.
*/
#include <string.h>

#include "verbs.h"

void
print_one_op(Op op)
{
	const OpRow *r = &op_rows[op];

	printf("nn.%s  (%d%s tensor%s)\n    ", r->name, r->lo, r->hi > r->lo ? arena_text(" to %d", r->hi) : "",
	       r->hi == 1 ? "" : "s");
	print_wrapped(stdout, 4, 4, r->doc);
	for (int a = 0; a < NAttrs; a++)
		if (op_takes(op, (AttrId)a)) {
			int at = printf("    %-18s ", attr_rows[a].name);
			print_wrapped(stdout, at, at, arena_text("%s (%s)", attr_rows[a].doc, attr_default_text(&attr_rows[a], op)));
		}
}

/* print_op - one op with its attributes; false: there is none of this name */
static bool
print_op(const char *name)
{
	static const char *const other[][2] = { { "conv", "conv2d" }, { "batch_norm", "bn" }, { "maxpool", "max_pool" },
		{ "avgpool", "avg_pool" }, { "zero_pad", "pad" }, { "swish", "silu" }, { "clamp", "clip" } };

	for (size_t i = 0; i < sizeof other/sizeof *other; i++)
		if (!strcmp(name, other[i][0]))
			name = other[i][1];
	for (int i = 0; i < NLanguageOps; i++)
		if (!strcmp(op_rows[i].name, name)) {
			print_one_op((Op)i);
			return true;
		}
	return false;
}

/* print_function - a function of the library with its comment, or its part's where it has none; false: there is none */
static bool
print_function(const char *name)
{
	const char *library = library_text(), *head = strstr(library, arena_text("\nfunction nn.%s(", name));
	const char *comment = head, *line;

	if (!head)
		head = comment = strstr(library, arena_text("\nnn.%s = ", name));
	if (!head)
		return false;
	if (head[1] == 'f')
		printf("%.*s\n", (int)(strchr(head, ')') + 1 - head - 10), head + 10);
	else
		printf("nn.%s\n", name);
	while (comment > library) {              /* back over the comment above it; a blank line may part them */
		for (line = comment; line > library && line[-1] != '\n'; line--)
			;
		if (strncmp(line, "--", 2) && !(comment == head && *line == '\n'))
			break;
		if (strstr(line, " ------") && strstr(line, " ------") < strchr(line, '\n'))
			break;
		comment = line - 1;
	}
	for (const char *s = comment + 1; s < head; s = strchr(s, '\n') + 1)
		if (!strncmp(s, "--", 2) && s[2] == ' ')
			printf("    %.*s\n", (int)(strchr(s, '\n') - s - 3), s + 3);
	return true;
}

/* print_options - the functions of the library whose comments have a line for this option; false: there are none */
static bool
print_options(const char *name)
{
	const char *library = library_text(), *line = library, *head;
	bool known = false;

	while ((line = strstr(line, arena_text("\n--   %s  ", name)))) {
		for (head = ++line; !strncmp(head, "--", 2); head = strchr(head, '\n') + 1)
			;
		if (strncmp(head, "function nn.", 12))
			continue;
		if (known)
			puts("");
		print_function(arena_text("%.*s", (int)strcspn(head + 12, "("), head + 12));
		known = true;
	}
	return known;
}

/* print_attribute - what an option of ops means */
static bool
print_attribute(const char *name)
{
	for (int a = 0; a < NAttrs; a++)
		if (!strcmp(attr_rows[a].name, name)) {
			printf("%s\n    %s (%s)\n    of:", name, attr_rows[a].doc, attr_defaults_text(&attr_rows[a]));
			for (int i = 0; i < NLanguageOps; i++)
				if (op_takes((Op)i, (AttrId)a))
					printf(" %s", op_rows[i].name);
			puts("");
			return true;
		}
	return false;
}

const char *
doc_words(const char *between)
{
	const char *list = "text markdown lua man bash zsh fish";
	char *s;

	for (int i = 0; i < NLanguageOps; i++)
		list = arena_text("%s %s", list, op_rows[i].name);
	for (const char *f = library_text(); (f = strstr(f, "\nfunction nn.")); f++)
		list = arena_text("%s %.*s", list, (int)strcspn(f + 13, "("), f + 13);
	for (s = arena_text("%s", list), list = s; *s; s++)
		*s = *s == ' ' ? *between : *s;
	return list;
}

/* meant_word - of all that doc WORD knows */
const char *
meant_word(const char *word)
{
	const char **names = NULL;
	int count = 0;

	for (int i = 0; i < NLanguageOps; i++)
		PUSH(names, count, op_rows[i].name);
	for (int a = 0; a < NAttrs; a++)
		PUSH(names, count, attr_rows[a].name);
	for (const char *s = library_text(); (s = strstr(s, "\nfunction nn.")); s++)
		PUSH(names, count, arena_text("%.*s", (int)strcspn(s + 13, "("), s + 13));
	return meant(word, names, count);
}

/* doc_word - false: there is none */
bool
doc_word(const char *word)
{
	bool known = print_op(word);

	known = print_function(word) || known;
	return print_attribute(word) || known || print_options(word);
}
