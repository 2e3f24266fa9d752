/*
** table.c - what the verbs print in columns. Columns are as wide as their widest cell; where a line would be too long
** for the terminal, columns of text give way, those first that then cut the fewest texts, and a text too long for its
** column has a "~" for its middle.
*/
#define _DEFAULT_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "verbs.h"

enum { MostCells = 10, Narrowest = 8, Between = 2 };

struct Table {
	int columns, width[MostCells];
	bool text[MostCells];        /* to the left, and may be cut */
	const char **cells;
	int ncells;
};

/* columns_here - $COLUMNS, or what the terminal has, or 80 */
static int
columns_here(void)
{
	const char *said = getenv("COLUMNS");
	struct winsize size;
	int columns = said ? atoi(said) : 0;

	if (columns <= 0 && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		columns = size.ws_col;
	return columns > 0 ? columns : Columns;
}

/* letters - of UTF-8 */
static int
letters(const char *s)
{
	int n = 0;

	for (; *s; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

/* after - behind so many letters */
static const char *
after(const char *s, int count)
{
	for (; *s && (count > 0 || (*s & 0xc0) == 0x80); s++)
		count -= (s[1] & 0xc0) != 0x80;
	return s;
}

Table *
table_new(const char *const *heads)
{
	Table *t = NEW(Table);

	for (; heads[t->columns]; t->columns++) {
		if (t->columns == MostCells)
			die("a table has at most %d columns", MostCells);
		t->text[t->columns] = heads[t->columns][0] == '<';
		PUSH(t->cells, t->ncells, heads[t->columns] + t->text[t->columns]);
	}
	return t;
}

void
table_cell(Table *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	PUSH(t->cells, t->ncells, arena_text_of(format, args));
	va_end(args);
}

/* cut_by - texts of column c that are cut when it is one narrower */
static int
cut_by(const Table *t, int c)
{
	int count = 0;

	for (int i = c; i < t->ncells; i += t->columns)
		count += letters(t->cells[i]) >= t->width[c];
	return count;
}

/* give_way - columns of text get narrower until the line fits */
static void
give_way(Table *t)
{
	int most = columns_here(), sum = Between*(t->columns - 1);

	for (int c = 0; c < t->columns; c++)
		sum += t->width[c];
	for (; sum > most; sum--) {
		int best = -1, fewest = 0;
		for (int c = 0; c < t->columns; c++) {
			int cut = cut_by(t, c);
			if (!t->text[c] || t->width[c] <= Narrowest)
				continue;
			if (best < 0 || cut < fewest || (cut == fewest && t->width[c] > t->width[best])) {
				best = c;
				fewest = cut;
			}
		}
		if (best < 0)
			return;
		t->width[best]--;
	}
}

static void
print_cell(const Table *t, int c, const char *s)
{
	int width = t->width[c], have = letters(s), head = (width - 1)/2;
	bool last = c == t->columns - 1;

	if (have > width) {
		s = arena_text("%.*s~%s", (int)(after(s, head) - s), s, after(s, have - (width - 1 - head)));
		have = width;
	}
	printf("%*s%s%*s%s", t->text[c] ? 0 : width - have, "", s, t->text[c] && !last ? width - have : 0, "",
	       last ? "" : "  ");
}

void
table_print(Table *t)
{
	if (t->ncells%t->columns)
		die("a table of %d columns has %d cells", t->columns, t->ncells);
	for (int i = 0; i < t->ncells; i++) {
		int *width = &t->width[i%t->columns], have = letters(t->cells[i]);
		*width = have > *width ? have : *width;
	}
	give_way(t);
	for (int i = 0; i < t->ncells; i++) {
		print_cell(t, i%t->columns, t->cells[i]);
		if (i%t->columns == t->columns - 1)
			puts("");
	}
}
