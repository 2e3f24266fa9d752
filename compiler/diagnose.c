/*
** diagnose.c - a message on a terminal: in colour, and below one that begins with FILE:LINE: that line of the file
** with a caret under the word it speaks of. In a pipe, or with NO_COLOR, messages are plain.
*/
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base.h"

static const char red[] = "\033[1;31m", yellow[] = "\033[1;33m", bold[] = "\033[1m", soft[] = "\033[2m",
	plain[] = "\033[0m";

static bool
in_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(2) && !(no && *no) && !(term && !strcmp(term, "dumb"));
}

/* line_of - a line of a file without its end, or NULL; short ones only */
static const char *
line_of(const char *file, int number)
{
	static char line[400];
	FILE *f = fopen(file, "r");
	bool found = false;

	for (int i = 1; f && i <= number && fgets(line, sizeof line, f); i++) {
		found = i == number;
		if (!strchr(line, '\n') && !feof(f))
			found = false, number = 0;
	}
	if (f)
		fclose(f);
	line[strcspn(line, "\r\n")] = 0;
	return found && *line ? line : NULL;
}

/* word_in - where a word stands alone in a line, or NULL */
static const char *
word_in(const char *line, const char *word, size_t len)
{
	for (const char *s = line; len && (s = strstr(s, arena_text("%.*s", (int)len, word))); s++) {
		bool before = s > line && (isalnum((unsigned char)s[-1]) || s[-1] == '_');
		bool after = isalnum((unsigned char)s[len]) || s[len] == '_';
		if (!before && !after)
			return s;
	}
	return NULL;
}

/*
** pointed - the word a message speaks of, in its line: what it got, else the option it wants, else the op or function
** it names
*/
static const char *
pointed(const char *line, const char *message, size_t *len)
{
	const char *got = strstr(message, ", got "), *want = strstr(message, "want "), *s, *at;

	if (got) {
		s = got + 6 + (got[6] == '\'' || got[6] == '"');
		*len = strcspn(s, " ,;'\"\n");
		if ((at = word_in(line, s, *len)))
			return at;
	}
	for (s = want ? want + 5 : message; *s; s += *len + (s[*len] != 0)) {
		*len = strcspn(s, " ,:;");
		if (*len > 2 && want && !strncmp(s + *len, " as ", 4) && (at = word_in(line, s, *len)))
			return at;
	}
	for (s = message; *s && s != want; s += *len + (s[*len] != 0)) {
		*len = strcspn(s, " ,:;'\"");
		if (*len > 1 && ((at = word_in(line, s, *len)) ||
		                 (!strncmp(s, "conv2d", 6) && (*len = 4, at = word_in(line, "conv", 4)))))
			return at;
	}
	*len = 1;
	return line + strspn(line, " \t");
}

/* location - the length of FILE in a message that begins with FILE:LINE:, and the line; 0: it does not */
static size_t
location(const char *message, long *number)
{
	const char *colon = message;
	char *end;

	while ((colon = strchr(colon, ':'))) {
		*number = strtol(colon + 1, &end, 10);
		if (end > colon + 1 && *end == ':' && *number > 0)
			return (size_t)(colon - message);
		colon++;
	}
	return 0;
}

/* show_source - the line, and a caret under the word */
static void
show_source(const char *file, long number, const char *message)
{
	const char *line = line_of(file, (int)number), *at;
	size_t len = 0;

	if (!line)
		return;
	at = pointed(line, message, &len);
	fprintf(stderr, "%s%5ld |%s %s\n%s      |%s ", soft, number, plain, line, soft, plain);
	for (const char *s = line; s < at; s++)
		fputc(*s == '\t' ? '\t' : ' ', stderr);
	fprintf(stderr, "%s^", red);
	for (size_t i = 1; i < len; i++)
		fputc('~', stderr);
	fprintf(stderr, "%s\n", plain);
}

void
tell(const char *message)
{
	static const char *const words[] = { "warning: ", "note: ", "resnetc: " };
	const char *word = "error: ", *text = message, *colour = red;
	long number = 0;
	size_t file;

	if (!in_colour()) {
		fprintf(stderr, "%s\n", message);
		return;
	}
	for (int i = 0; i < 3; i++)
		if (!strncmp(message, words[i], strlen(words[i]))) {
			word = words[i];
			text = message + strlen(word);
			colour = i == 2 ? red : yellow;
		}
	file = location(text, &number);
	if (!file || !strcmp(word, "resnetc: ")) {
		fprintf(stderr, "%s%s%s%s\n", colour, word, plain, text);
		return;
	}
	fprintf(stderr, "%s%.*s:%ld:%s %s%s%s%s\n", bold, (int)file, text, number, plain, colour, word, plain,
	        strchr(text + file + 1, ':') + 2);
	show_source(arena_text("%.*s", (int)file, text), number, text + file);
}
