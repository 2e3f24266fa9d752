/*
** pickle.c - the machine of pickles, protocols 0 to 5: Python's pickletools, a row of a table an opcode. What it
** builds are values; globals.c knows what calls mean, and none is made. Memory is bounded, whatever the pickle says.
*/
#include <stdlib.h>
#include <string.h>

#include "pickle.h"

#define bad pickle_bad

enum {
	MostStack = 1 << 20,
	MostText  = 1 << 16          /* letters of a text that is kept */
};

/* opaque - one for all: nobody looks inside */
static Pickled *
opaque(void)
{
	static Pickled v = { .kind = V_opaque };

	return &v;
}

static void
push(Pickle *k, Pickled *v)
{
	if (k->depth == MostStack)
		bad(k, "want at most %d values on the stack, got more", MostStack);
	if (k->depth == k->room) {
		int room = k->room ? 2*k->room : 64;
		Pickled **bigger = pickle_take(k, (size_t)room*sizeof *bigger);
		if (k->depth)
			memcpy(bigger, k->stack, (size_t)k->depth*sizeof *bigger);
		k->stack = bigger;
		k->room = room;
	}
	k->stack[k->depth++] = v;
}

static Pickled *
pop(Pickle *k)
{
	if (!k->depth || k->stack[k->depth-1]->kind == V_mark)
		bad(k, "want a value on the stack, got none");
	return k->stack[--k->depth];
}

/* mark - where the last mark is on the stack */
static int
mark(Pickle *k)
{
	for (int i = k->depth - 1; i >= 0; i--)
		if (k->stack[i]->kind == V_mark)
			return i;
	bad(k, "want a mark on the stack, got none");
}

/* gather - what lies above the mark, into list; both leave the stack */
static void
gather(Pickle *k, Pickled *list, int at)
{
	for (int i = at + 1; i < k->depth; i++)
		value_add(k, list, k->stack[i]);
	k->depth = at;
}

/* --- reading --- */

static uint64_t
number(Pickle *k, int bytes)
{
	uint64_t v = 0;

	if (k->end - k->p < bytes)
		bad(k, "want %d bytes more, got the end (truncated?)", bytes);
	for (int i = 0; i < bytes; i++)
		v |= (uint64_t)*k->p++ << 8*i;
	return v;
}

/* skip - so many bytes; where they were */
static const unsigned char *
skip(Pickle *k, uint64_t len)
{
	if (len > (uint64_t)(k->end - k->p))
		bad(k, "want a string of %llu bytes within the file, got the end", (unsigned long long)len);
	k->p += len;
	return k->p - len;
}

static Pickled *
text_of(Pickle *k, uint64_t len)
{
	const unsigned char *from = skip(k, len);
	Pickled *v = value_new(k, len > MostText ? V_bytes : V_text);
	char *s;

	v->text = (const char *)from;
	v->i = (int64_t)len;
	if (len > MostText)
		return v;
	s = pickle_take(k, (size_t)len + 1);
	memcpy(s, from, (size_t)len);
	v->text = s;
	return v;
}

/* line - text up to a newline (protocol 0) */
static const char *
line(Pickle *k)
{
	const unsigned char *eol = memchr(k->p, '\n', (size_t)(k->end - k->p));
	const Pickled *v;

	if (!eol)
		bad(k, "want a line, got the end");
	v = text_of(k, (uint64_t)(eol - k->p));
	k->p++;
	return v->kind == V_text ? v->text : "";
}

static Pickled *
int_of(Pickle *k, int64_t i)
{
	bool small = i >= 0 && i < 256;
	Pickled *v = small ? k->small[i] : NULL;

	if (v)
		return v;
	v = value_new(k, V_int);
	v->i = i;
	if (small)
		k->small[i] = v;
	return v;
}

/* --- what the opcodes do; each takes its row's number --- */

static void op_skip(Pickle *k, int bytes) { skip(k, (uint64_t)bytes); }
static void op_new(Pickle *k, int kind) { push(k, value_new(k, (Kind)kind)); }

static void
op_bool(Pickle *k, int truth)
{
	Pickled *v = value_new(k, V_bool);

	v->i = truth;
	push(k, v);
}

/* op_int - of so many bytes; four are signed */
static void
op_int(Pickle *k, int bytes)
{
	uint64_t v = number(k, bytes);

	push(k, int_of(k, bytes == 4 ? (int32_t)v : (int64_t)v));
}

/* op_long - two's complement of any length; those beyond 64 bits are only ever magic numbers */
static void
op_long(Pickle *k, int width)
{
	uint64_t bytes = number(k, width), v = 0;
	const unsigned char *p = skip(k, bytes);

	for (uint64_t i = 0; i < bytes && i < 8; i++)
		v |= (uint64_t)p[i] << 8*i;
	if (bytes && bytes < 8 && p[bytes-1] & 0x80)
		v |= ~UINT64_C(0) << 8*bytes;
	push(k, int_of(k, (int64_t)v));
}

static void
op_int_line(Pickle *k, int base)
{
	push(k, int_of(k, strtoll(line(k), NULL, base)));
}

static void
op_real(Pickle *k, int bytes)
{
	if (bytes)
		skip(k, (uint64_t)bytes);
	else
		line(k);
	push(k, opaque());
}

static void op_text(Pickle *k, int width) { push(k, text_of(k, number(k, width))); }

static void
op_bytes(Pickle *k, int width)
{
	Pickled *v = value_new(k, V_bytes);

	v->i = (int64_t)number(k, width);
	v->text = (const char *)skip(k, (uint64_t)v->i);
	push(k, v);
}

/* op_text_line - as it is, or in quotes */
static void
op_text_line(Pickle *k, int quotes)
{
	const char *s = line(k);
	size_t n = strlen(s);
	Pickled *v = value_new(k, V_text);
	bool quoted = quotes && n >= 2 && (s[0] == '\'' || s[0] == '"') && s[n-1] == s[0];

	v->text = quoted ? arena_text("%.*s", (int)n - 2, s + 1) : s;
	push(k, v);
}

static void
op_tuple(Pickle *k, int count)
{
	Pickled *v = value_new(k, V_tuple);

	if (k->depth < count)
		bad(k, "want %d values for a tuple, got %d", count, k->depth);
	for (int i = 0; i < count; i++)
		value_add(k, v, k->stack[k->depth - count + i]);
	k->depth -= count;
	push(k, v);
}

static void
op_gather(Pickle *k, int kind)
{
	int at = mark(k);
	Pickled *v = value_new(k, (Kind)kind);

	if (kind == V_dict && (k->depth - at - 1)%2)
		bad(k, "want pairs for a dictionary, got an odd number");
	gather(k, v, at);
	push(k, v);
}

/* op_pairs - into the dictionary below the mark, or below a single pair */
static void
op_pairs(Pickle *k, int single)
{
	int at = single ? k->depth - 3 : mark(k) - 1;
	Pickled *to = at >= 0 ? k->stack[at] : NULL;

	if (!to || (to->kind != V_dict && to->kind != V_object && to->kind != V_opaque) || (k->depth - at - !single)%2 == 0)
		bad(k, "want a dictionary and pairs on the stack, got something else");
	for (int i = at + 1 + !single; to->kind != V_opaque && i < k->depth; i++)
		value_add(k, to, k->stack[i]);
	k->depth = at + 1;
}

/* op_items - into the list below the mark, or below a single one; a foreign class's items are let go */
static void
op_items(Pickle *k, int single)
{
	int at = single ? k->depth - 2 : mark(k) - 1;
	Pickled *to = at >= 0 ? k->stack[at] : NULL;

	if (!to || (to->kind != V_list && to->kind != V_object && to->kind != V_opaque))
		bad(k, "want a list and items on the stack, got something else");
	for (int i = at + 1 + !single; to->kind == V_list && i < k->depth; i++)
		value_add(k, to, k->stack[i]);
	k->depth = at + 1;
}

static void
op_pop(Pickle *k, int unused)
{
	(void)unused;
	if (!k->depth)
		bad(k, "want a value on the stack, got none");
	k->depth--;
}

static void op_pop_mark(Pickle *k, int unused) { (void)unused; k->depth = mark(k); }

static void
op_dup(Pickle *k, int unused)
{
	Pickled *v = pop(k);

	(void)unused;
	push(k, v);
	push(k, v);
}

static void
memoize(Pickle *k, uint64_t at)
{
	if (!k->depth)
		bad(k, "want a value to remember, got none");
	if (at > (uint64_t)(k->end - k->start))
		bad(k, "want a memo number below the pickle's %zu bytes, got %llu", (size_t)(k->end - k->start),
		    (unsigned long long)at);
	if ((int64_t)at >= k->memos) {
		int64_t room = k->memos ? k->memos : 64;
		while (room <= (int64_t)at)
			room *= 2;
		Pickled **bigger = pickle_take(k, (size_t)room*sizeof *bigger);
		if (k->memos)
			memcpy(bigger, k->memo, (size_t)k->memos*sizeof *bigger);
		k->memo = bigger;
		k->memos = room;
	}
	k->memoized += !k->memo[at];
	k->memo[at] = k->stack[k->depth-1];
}

/* memo_number - of so many bytes; 0: in a line */
static uint64_t memo_number(Pickle *k, int bytes) { return bytes ? number(k, bytes) : strtoull(line(k), NULL, 10); }
static void op_put(Pickle *k, int bytes) { memoize(k, memo_number(k, bytes)); }
static void op_memoize(Pickle *k, int unused) { (void)unused; memoize(k, (uint64_t)k->memoized); }

static void
op_get(Pickle *k, int bytes)
{
	uint64_t at = memo_number(k, bytes);

	if (at >= (uint64_t)k->memos || !k->memo[at])
		bad(k, "want a memo that was set, got number %llu", (unsigned long long)at);
	push(k, k->memo[at]);
}

static void
op_global(Pickle *k, int stacked)
{
	const char *module = NULL, *name = NULL;

	if (stacked) {
		const Pickled *n = pop(k), *m = pop(k);
		if (m->kind != V_text || n->kind != V_text)
			bad(k, "want the names of a global, got something else");
		module = m->text;
		name = n->text;
	} else {
		module = line(k);
		name = line(k);
	}
	push(k, global_named(k, module, name));
}

/* op_call - f(args) below each other; with names too: f(args, **names) */
static void
op_call(Pickle *k, int names)
{
	Pickled *args, *f;

	if (names)
		pop(k);
	args = pop(k);
	f = pop(k);
	if (args->kind != V_tuple)
		bad(k, "want a call with a tuple, got something else");
	push(k, global_called(k, f, args));
}

/* op_instance - of protocols 0 and 1: the class in two lines, or above the mark */
static void
op_instance(Pickle *k, int lines)
{
	int at = mark(k);
	Pickled *args = value_new(k, V_tuple), *f;

	if (lines) {
		const char *module = line(k), *name = line(k);
		f = global_named(k, module, name);
	} else {
		if (at + 1 >= k->depth)
			bad(k, "want a class above the mark, got none");
		f = k->stack[at + 1];
		for (int i = at + 1; i + 1 < k->depth; i++)
			k->stack[i] = k->stack[i + 1];
		k->depth--;
	}
	gather(k, args, at);
	push(k, global_called(k, f, args));
}

static void
op_persistent(Pickle *k, int unused)
{
	const Pickled *id = pop(k);

	(void)unused;
	push(k, persistent_value(k, id));
}

/* op_build - attributes; a dictionary's (_metadata) and a tensor's are nobody's business */
static void
op_build(Pickle *k, int unused)
{
	Pickled *state = pop(k), *v = pop(k);

	(void)unused;
	if (v->kind == V_object)
		v->state = state;
	push(k, v);
}

typedef struct { void (*run)(Pickle *, int); int number; } Opcode;

static const Opcode opcodes[256] = {
	[0x80] = { op_skip, 1 },         [0x95] = { op_skip, 8 },                /* PROTO, FRAME */
	['('] = { op_new, V_mark },      ['N'] = { op_new, V_none },
	[')'] = { op_new, V_tuple },     [']'] = { op_new, V_list },
	['}'] = { op_new, V_dict },      [0x8f] = { op_new, V_list },            /* a set is a list */
	[0x88] = { op_bool, true },      [0x89] = { op_bool, false },
	['K'] = { op_int, 1 },           ['M'] = { op_int, 2 },           ['J'] = { op_int, 4 },
	[0x8a] = { op_long, 1 },         [0x8b] = { op_long, 4 },
	['I'] = { op_int_line, 10 },     ['L'] = { op_int_line, 10 },
	['G'] = { op_real, 8 },          ['F'] = { op_real, 0 },
	[0x8c] = { op_text, 1 },         ['X'] = { op_text, 4 },          [0x8d] = { op_text, 8 },
	['U'] = { op_text, 1 },          ['T'] = { op_text, 4 },                 /* Python 2's str */
	['V'] = { op_text_line, false }, ['S'] = { op_text_line, true },
	['C'] = { op_bytes, 1 },         ['B'] = { op_bytes, 4 },
	[0x8e] = { op_bytes, 8 },        [0x96] = { op_bytes, 8 },               /* BYTEARRAY8 */
	[0x85] = { op_tuple, 1 },        [0x86] = { op_tuple, 2 },        [0x87] = { op_tuple, 3 },
	['t'] = { op_gather, V_tuple },  ['l'] = { op_gather, V_list },
	['d'] = { op_gather, V_dict },   [0x91] = { op_gather, V_list },         /* FROZENSET */
	['s'] = { op_pairs, true },      ['u'] = { op_pairs, false },
	['a'] = { op_items, true },      ['e'] = { op_items, false },     [0x90] = { op_items, false },
	['0'] = { op_pop, 0 },           ['1'] = { op_pop_mark, 0 },      ['2'] = { op_dup, 0 },
	['q'] = { op_put, 1 },           ['r'] = { op_put, 4 },           ['p'] = { op_put, 0 },
	['h'] = { op_get, 1 },           ['j'] = { op_get, 4 },           ['g'] = { op_get, 0 },
	[0x94] = { op_memoize, 0 },
	['c'] = { op_global, false },    [0x93] = { op_global, true },
	['R'] = { op_call, false },      [0x81] = { op_call, false },     [0x92] = { op_call, true },    /* NEWOBJ too */
	['o'] = { op_instance, false },  ['i'] = { op_instance, true },
	['Q'] = { op_persistent, 0 },    ['b'] = { op_build, 0 },
};

Pickle *
pickle_new(const char *file, const unsigned char *p, size_t len)
{
	Pickle *k = NEW(Pickle);

	k->file = file;
	k->start = k->p = p;
	k->end = p + len;
	return k;
}

Pickled *
unpickle(Pickle *k)
{
	k->start = k->p;
	k->memos = k->memoized = k->depth = 0;
	for (;;) {
		int op = (int)number(k, 1);
		if (op == '.')
			return pop(k);
		if (!opcodes[op].run) {
			k->p--;
			bad(k, "want an opcode of a pickle, got 0x%02x", op);
		}
		opcodes[op].run(k, opcodes[op].number);
	}
}
