/*
** refusals.c - what cannot be translated, all of it at once: each node is tried, what it refuses is kept, and its
** results are lost, so that nodes behind it are left out instead of refused for its sake. Where the file declares a
** lost result's shape, an image of that shape stands for it, and what is behind is tried as well.
*/
#include <ctype.h>
#include <string.h>

#include "refusals.h"

/* same_kind - the same but for names and numbers */
static bool
same_kind(const char *a, const char *b)
{
	for (; *a && *b; a++, b++) {
		if (*a == '\'' && *b == '\'') {
			a += strcspn(a + 1, "'") + 1;
			b += strcspn(b + 1, "'") + 1;
			if (!*a || !*b)
				break;
		}
		while (isdigit((unsigned char)*a) && isdigit((unsigned char)a[1]))
			a++;
		while (isdigit((unsigned char)*b) && isdigit((unsigned char)b[1]))
			b++;
		if (*a != *b && !(isdigit((unsigned char)*a) && isdigit((unsigned char)*b)))
			return false;
	}
	return !*a && !*b;
}

void
refusal_add(Refusals *r, const char *op, const char *message)
{
	const char *text = strstr(message, ": ");

	text = text ? text : message;
	for (int i = 0; i < r->count; i++)
		if (!strcmp(r->kinds[i].op, op) && same_kind(r->kinds[i].text, text)) {
			r->kinds[i].nodes++;
			return;
		}
	Refusal one = { op, message, text, 1 };
	PUSH(r->kinds, r->count, one);
}

/* refuse_all - the first node of each kind */
void
refuse_all(const Refusals *r, const char *file)
{
	const char *list = "";
	int nodes = 0;

	if (r->count == 1 && r->kinds[0].nodes == 1)
		fail("%s", r->kinds[0].message);
	for (int i = 0; i < r->count; i++) {
		const Refusal *k = &r->kinds[i];
		nodes += k->nodes;
		if (i < MostKinds)
			list = arena_text("%s%s%s\n", list, k->message, k->nodes == 1 ? "" :
			                  arena_text(" (and %d more like it)", k->nodes - 1));
	}
	fail("%s%s: want nodes that can be translated, got %d of %d kinds that cannot", list, file, nodes, r->count);
}
