/* help.c - what --help and help VERB print, in 80 columns. */
#include <string.h>

#include "verbs.h"

enum { OptionsAt = 30, VerbsAt = 6 };

void
print_wrapped(FILE *f, int at, int indent, const char *text)
{
	bool first = true;

	while (*(text += strspn(text, " "))) {
		int len = (int)strcspn(text, " ");
		if (!first && at + 1 + len > Columns) {
			fprintf(f, "\n%*s", indent, "");
			at = indent;
			first = true;
		}
		at += fprintf(f, "%s%.*s", first ? "" : " ", len, text);
		first = false;
		text += len;
	}
	fputc('\n', f);
}

/* print_pair - a word, and beside or below it what it means */
static void
print_pair(FILE *f, const char *word, const char *doc, int at)
{
	int have = fprintf(f, "  %s", word);

	if (have + 2 > at)
		have = fprintf(f, "\n") - 1;
	fprintf(f, "%*s", at - have, "");
	print_wrapped(f, at, at, doc);
}

static void
print_option(FILE *f, const OptionRow *r)
{
	const char *blank = r->value && r->value[0] != '[' && r->value[0] != '=' ? " " : "";
	const char *words = arena_text("%s%s%s%s%s", r->brief ? r->brief : "", r->brief ? ", " : "", r->name, blank,
	                               r->value ? r->value : "");

	print_pair(f, words, option_doc(r), OptionsAt);
}

static void
print_passes(FILE *f)
{
	const char *list = "leave out a pass:";

	for (int i = 0; i < npasses; i++)
		list = arena_text("%s %s", list, passes[i].name);
	print_pair(f, "--no-PASS", list, OptionsAt);
}

void
usage(FILE *f)
{
	fputs("resnetc - compiles residual networks to C\n\n", f);
	for (int i = 0; i < NVerbs; i++) {
		print_wrapped(f, 0, VerbsAt, arena_text("resnetc %s", verbs[i].usage));
		fprintf(f, "%*s", VerbsAt, "");
		print_wrapped(f, VerbsAt, VerbsAt, verbs[i].doc);
	}
	fputs("resnetc help VERB\n      what it does and its options alone\n\n", f);
	for (int i = 0; i < noptions; i++)
		print_option(f, &option_rows[i]);
	print_passes(f);
	fputs("\nexit status: 0 done, 1 the input is wrong, 2 usage, 3 a fault of resnetc\n", f);
}

void
verb_usage(const Verb *v)
{
	print_wrapped(stdout, 0, VerbsAt, arena_text("resnetc %s", v->usage));
	fputc('\n', stdout);
	print_wrapped(stdout, 0, 0, v->doc);
	fputc('\n', stdout);
	for (int i = 0; i < noptions; i++)
		if (verb_takes(v, &option_rows[i]))
			print_option(stdout, &option_rows[i]);
	if (verb_builds(v))
		print_passes(stdout);
}
