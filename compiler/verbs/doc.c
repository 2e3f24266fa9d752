/*
** doc.c - resnetc doc. The documentation of ops and attributes is their tables, in several forms; that of the library
** is the comments of resnet.lua.
*/
#include <string.h>

#include "../carried.h"
#include "verbs.h"

CARRIED(doc_library, "dsl/resnet.lua")

static void
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

static void
print_ops(void)
{
	print_wrapped(stdout, 0, 0, "Ops: nn.OP(tensor..., { attribute = value, ... }). conv and batch_norm are other names of conv2d and bn.");
	puts("");
	for (int i = 0; i < NOps; i++) {
		print_one_op((Op)i);
		puts("");
	}
}

/* print_library - the comments of resnet.lua that stand above a function, and the rulers between parts */
static void
print_library(void)
{
	const char *s = doc_library, *comment = NULL;

	puts("Library:");
	while (s < doc_library_end && *s) {
		const char *end = strchr(s, '\n');
		end = end ? end : doc_library_end;
		if (!strncmp(s, "-- ", 3) && strstr(s, " ------") && strstr(s, " ------") < end) {
			printf("\n%.*s\n", (int)(strstr(s, " ------") - s - 3), s + 3);
			comment = NULL;
		} else if (!strncmp(s, "--", 2)) {
			comment = comment ? comment : s;
		} else {
			if (!strncmp(s, "function nn.", 12)) {
				printf("\n%.*s\n", (int)(strchr(s, ')') + 1 - s - 9), s + 9);
				for (const char *c = comment; c && c < s; c = strchr(c, '\n') + 1)
					printf("    %.*s\n", (int)(strchr(c, '\n') - c - 2) > 0 ? (int)(strchr(c, '\n') - c - 3) : 0, c + 3);
			} else if (comment && s[0] == '\n') {
				for (const char *c = comment; c < s; c = strchr(c, '\n') + 1)
					printf("    %.*s\n", (int)(strchr(c, '\n') - c - 2) > 0 ? (int)(strchr(c, '\n') - c - 3) : 0, c + 3);
			}
			comment = NULL;
		}
		s = end + 1;
	}
}

static void
print_text(void)
{
	print_ops();
	print_library();
	puts("\nPasses:");
	for (int i = 0; i < npasses; i++)
		printf("    %-10s %s\n", passes[i].name, passes[i].doc);
}

/* print_markdown - dsl/README.md */
static void
print_markdown(void)
{
	puts("# dsl/\n\n"
	     "The model language. `dsl.c` runs a model file and hands back its graph, `sandbox.c` is the Lua state it runs\n"
	     "in, `attr.c` reads an op's options by the attribute table. `resnet.lua` is what `require \"resnet\"` returns:\n"
	     "stems, blocks, stages and heads, all sugar over one function per op. `strict.lua` makes a mistyped global an\n"
	     "error. `types.lua` is the library for lua-language-server; `resnetc doc lua` prints it with the ops.\n\n"
	     "What follows is printed by `resnetc doc markdown` from the op table, the attribute table and the comments of\n"
	     "`resnet.lua`.\n\n"
	     "## Ops\n\n"
	     "`nn.OP(tensor..., { attribute = value, ... })`. `conv`, `batch_norm`, `maxpool`, `avgpool`, `zero_pad`, `swish`\n"
	     "and `clamp` are other names of `conv2d`, `bn`, `max_pool`, `avg_pool`, `pad`, `silu` and `clip`; `x + y`,\n"
	     "`x - y`, `x*y` and `x/y` are `nn.add`, `nn.sub`, `nn.mul` and `nn.div`, of which one may be a number; `-x` is `-1*x`.\n\n"
	     "| op | tensors | attributes | |\n|---|---|---|---|");
	for (int i = 0; i < NOps; i++) {
		const OpRow *r = &op_rows[i];
		printf("| `%s` | %d%s |", r->name, r->lo, r->hi > r->lo ? arena_text(" to %d", r->hi) : "");
		for (int a = 0, n = 0; a < NAttrs; a++)
			if (op_takes((Op)i, (AttrId)a))
				printf("%s`%s`", n++ ? ", " : " ", attr_rows[a].name);
		printf(" | %s |\n", backslashed(r->doc, "|*<"));
	}
	puts("\n## Attributes\n\n| attribute | default | |\n|---|---|---|");
	for (int a = 0; a < NAttrs; a++)
		printf("| `%s` | %s | %s |\n", attr_rows[a].name, backslashed(attr_defaults_text(&attr_rows[a]), "|*<"),
		       backslashed(attr_rows[a].doc, "|*<"));
	puts("\n## Library\n\n```");
	print_library();
	puts("```");
}

/* print_op - one op with its attributes; false: there is none of this name */
static bool
print_op(const char *name)
{
	static const char *const other[][2] = { { "conv", "conv2d" }, { "batch_norm", "bn" }, { "maxpool", "max_pool" }, { "avgpool", "avg_pool" },
		{ "zero_pad", "pad" }, { "swish", "silu" }, { "clamp", "clip" } };

	for (size_t i = 0; i < sizeof other/sizeof *other; i++)
		if (!strcmp(name, other[i][0]))
			name = other[i][1];
	for (int i = 0; i < NOps; i++)
		if (!strcmp(op_rows[i].name, name)) {
			print_one_op((Op)i);
			return true;
		}
	return false;
}

/* print_function - a function of the library, nn.NAME, with the comment of its part where it has none of its own; false: none */
static bool
print_function(const char *name)
{
	const char *head = strstr(doc_library, arena_text("\nfunction nn.%s(", name)), *comment = head, *line;

	if (!head)
		head = comment = strstr(doc_library, arena_text("\nnn.%s = ", name));
	if (!head)
		return false;
	if (head[1] == 'f')
		printf("%.*s\n", (int)(strchr(head, ')') + 1 - head - 10), head + 10);
	else
		printf("nn.%s\n", name);
	while (comment > doc_library) {              /* back over the comment above it; a blank line may part them */
		for (line = comment; line > doc_library && line[-1] != '\n'; line--)
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

/* print_attribute - what an option of ops means */
static bool
print_attribute(const char *name)
{
	for (int a = 0; a < NAttrs; a++)
		if (!strcmp(attr_rows[a].name, name)) {
			printf("%s\n    %s (%s)\n    of:", name, attr_rows[a].doc, attr_defaults_text(&attr_rows[a]));
			for (int i = 0; i < NOps; i++)
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

	for (int i = 0; i < NOps; i++)
		list = arena_text("%s %s", list, op_rows[i].name);
	for (const char *f = doc_library; (f = strstr(f, "\nfunction nn.")); f++)
		list = arena_text("%s %.*s", list, (int)strcspn(f + 13, "("), f + 13);
	for (s = arena_text("%s", list), list = s; *s; s++)
		*s = *s == ' ' ? *between : *s;
	return list;
}

static const struct {
	const char *name;
	void (*print)(void);
} forms[] = {
	{ "text", print_text }, { "markdown", print_markdown }, { "lua", doc_types }, { "man", doc_man }, { "bash", doc_bash },
		{ "zsh", doc_zsh }, { "fish", doc_fish }, };
enum { NForms = sizeof forms/sizeof *forms };

/* meant_word - of all that doc WORD knows */
static const char *
meant_word(const char *word)
{
	const char **names = NULL;
	int count = 0;

	for (int i = 0; i < NOps; i++)
		PUSH(names, count, op_rows[i].name);
	for (int a = 0; a < NAttrs; a++)
		PUSH(names, count, attr_rows[a].name);
	for (const char *s = doc_library; (s = strstr(s, "\nfunction nn.")); s++)
		PUSH(names, count, arena_text("%.*s", (int)strcspn(s + 13, "("), s + 13));
	return meant(word, names, count);
}

int
verb_doc(Options *o)
{
	const char *list = "";

	for (int i = 0; i < NForms; i++) {
		if (!strcmp(o->model ? o->model : "text", forms[i].name)) {
			forms[i].print();
			return ExitOk;
		}
		list = arena_text("%s%s%s", list, i ? ", " : "", forms[i].name);
	}
	const char *word = strncmp(o->model, "nn.", 3) ? o->model : o->model + 3;
	bool known = print_op(word);
	known = print_function(word) || known;
	if (known || print_attribute(word))
		return ExitOk;
	usage_error("doc: want one of %s, or a word of the language, got '%s'%s", list, o->model, meant_word(word));
}
