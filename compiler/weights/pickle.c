/*
** pickle.c - a restricted unpickler. Opcodes: Python's pickletools, protocols 0 to 5. Globals: collections
** OrderedDict, torch's _rebuild_tensor(_v2), _rebuild_parameter, storages, Size and device. Calls of them
** are understood, not made. Memory is bounded, whatever the pickle says.
*/
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pickle.h"

enum {
	MostBytes = 40 << 20,        /* of values */
	MostStack = 1 << 20,
	MostText  = 1 << 16          /* letters of one string */
};

typedef struct {
	const char *file;
	const unsigned char *start, *p, *end;
	Value **stack;
	int depth, room;
	Value **memo;
	int64_t memos;
	size_t spent;                /* bytes of values */
} Pickle;

static void bad(const Pickle *k, const char *format, ...) PRINTF(2, 3) NORETURN;

static void
bad(const Pickle *k, const char *format, ...)
{
	va_list args;
	char text[512];

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	fail("%s: pickle, byte %zu: %s", k->file, (size_t)(k->p - k->start), text);
}

static void *
take(Pickle *k, size_t bytes)
{
	k->spent += bytes;
	if (k->spent > MostBytes)
		bad(k, "want a pickle that needs at most %d MB of memory, got more", MostBytes >> 20);
	return arena_new(bytes);
}

static Value *
value_new(Pickle *k, Kind kind)
{
	Value *v = take(k, sizeof *v);

	v->kind = kind;
	return v;
}

static void
push(Pickle *k, Value *v)
{
	if (k->depth == MostStack)
		bad(k, "want at most %d values on the stack, got more", MostStack);
	if (k->depth == k->room) {
		int room = k->room ? 2*k->room : 64;
		Value **bigger = take(k, (size_t)room*sizeof *bigger);
		if (k->depth)
			memcpy(bigger, k->stack, (size_t)k->depth*sizeof *bigger);
		k->stack = bigger;
		k->room = room;
	}
	k->stack[k->depth++] = v;
}

static Value *
pop(Pickle *k)
{
	if (!k->depth)
		bad(k, "want a value on the stack, got none");
	return k->stack[--k->depth];
}

static Value *
top(Pickle *k, Kind kind, const char *what)
{
	if (!k->depth || k->stack[k->depth-1]->kind != kind)
		bad(k, "want %s on the stack, got something else", what);
	return k->stack[k->depth-1];
}

static void
add(Pickle *k, Value *list, Value *item)
{
	if (!(list->count & (list->count - 1))) {
		Value **bigger = take(k, (list->count ? 2*(size_t)list->count : 1)*sizeof *bigger);
		if (list->count)
			memcpy(bigger, list->items, (size_t)list->count*sizeof *bigger);
		list->items = bigger;
	}
	list->items[list->count++] = item;
}

/* mark - how deep the stack was at the last mark, which is taken off */
static int
mark(Pickle *k)
{
	for (int i = k->depth - 1; i >= 0; i--)
		if (k->stack[i]->kind == V_mark)
			return i;
	bad(k, "want a mark on the stack, got none");
}

/* gather - what lies above the last mark, into list */
static void
gather(Pickle *k, Value *list, int at)
{
	for (int i = at + 1; i < k->depth; i++)
		add(k, list, k->stack[i]);
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

static Value *
text_of(Pickle *k, uint64_t len)
{
	Value *v;
	char *s;

	if (len > (uint64_t)(k->end - k->p))
		bad(k, "want a string of %llu bytes within the file, got the end", (unsigned long long)len);
	if (len > MostText)
		bad(k, "want strings of at most %d bytes, got %llu", MostText, (unsigned long long)len);
	v = value_new(k, V_text);
	s = take(k, (size_t)len + 1);
	memcpy(s, k->p, (size_t)len);
	k->p += len;
	v->text = s;
	return v;
}

/* line - text up to a newline (protocol 0) */
static Value *
line(Pickle *k)
{
	const unsigned char *eol = memchr(k->p, '\n', (size_t)(k->end - k->p));
	Value *v;

	if (!eol)
		bad(k, "want a line, got the end");
	v = text_of(k, (uint64_t)(eol - k->p));
	k->p = eol + 1;
	return v;
}

static Value *
int_of(Pickle *k, int64_t i)
{
	Value *v = value_new(k, V_int);

	v->i = i;
	return v;
}

/* big_int - LONG1, LONG4: two's complement of any length; those beyond 64 bits are only ever magic numbers */
static Value *
big_int(Pickle *k, uint64_t bytes)
{
	Value *v = int_of(k, 0);

	if (bytes > (uint64_t)(k->end - k->p) || bytes > 255)
		bad(k, "want a number of at most 255 bytes, got %llu", (unsigned long long)bytes);
	for (uint64_t i = 0; i < bytes; i++)
		if (i < 8)
			v->i = (int64_t)((uint64_t)v->i | (uint64_t)k->p[i] << 8*i);
	if (bytes && bytes < 8 && k->p[bytes-1] & 0x80)
		v->i = (int64_t)((uint64_t)v->i | ~UINT64_C(0) << 8*bytes);
	k->p += bytes;
	return v;
}

/* --- torch --- */

static const char *
storage_dtype(const char *global)
{
	for (int i = 0; i < NDtypes && !strncmp(global, "torch ", 6); i++)
		if (dtype_rows[i].torch && !strcmp(global + 6, dtype_rows[i].torch))
			return dtype_rows[i].safetensors;
	return NULL;
}

static Value *
global(Pickle *k, const char *module, const char *name)
{
	static const char *const known[] = {
		"collections OrderedDict", "torch._utils _rebuild_tensor", "torch._utils _rebuild_tensor_v2", "torch._utils _rebuild_parameter",
		"torch Size", "torch device", "torch.nn.parameter Parameter",
	};
	Value *v = value_new(k, V_global);
	char text[256];

	snprintf(text, sizeof text, "%.120s %.120s", module, name);
	for (size_t i = 0; i < sizeof known/sizeof *known; i++)
		if (!strcmp(known[i], text)) {
			v->text = known[i];
			return v;
		}
	if (!storage_dtype(text))
		bad(k, "want tensors, dictionaries and numbers, got the global '%s' (save model.state_dict() alone)", text);
	v->text = strcpy(take(k, strlen(text) + 1), text);
	return v;
}

static int64_t
whole(const Pickle *k, const Value *v, const char *what)
{
	if (v->kind != V_int || v->i < 0 || v->i > INT64_C(1) << 45)
		bad(k, "want %s as a whole number from 0 to 2^45, got something else", what);
	return v->i;
}

/* persistent - ('storage', class, key, location, elements[, view]) */
static Value *
persistent(Pickle *k, const Value *id)
{
	Value *v;

	if (id->kind != V_tuple || id->count < 5 || id->items[0]->kind != V_text || strcmp(id->items[0]->text, "storage") ||
	    id->items[1]->kind != V_global || !storage_dtype(id->items[1]->text) || id->items[2]->kind != V_text)
		bad(k, "want a persistent id of a storage, got something else");
	v = value_new(k, V_storage);
	snprintf(v->dtype, sizeof v->dtype, "%s", storage_dtype(id->items[1]->text));
	v->text = id->items[2]->text;
	v->i = whole(k, id->items[4], "the size of a storage");
	if (id->count > 5 && id->items[5]->kind == V_tuple && id->items[5]->count == 3)
		v->offset = whole(k, id->items[5]->items[1], "the offset of a view");
	return v;
}

/* rebuild_tensor - (storage, offset, sizes, strides, ...) */
static Value *
rebuild_tensor(Pickle *k, const Value *args)
{
	Value *v = value_new(k, V_tensor);
	const Value *size, *stride;
	int64_t last;

	if (args->count < 4 || args->items[0]->kind != V_storage || args->items[2]->kind != V_tuple || args->items[3]->kind != V_tuple ||
	    args->items[2]->count != args->items[3]->count || args->items[2]->count > 8)
		bad(k, "want a tensor as storage, offset, at most 8 sizes and as many strides, got something else");
	v->storage = args->items[0];
	size = args->items[2];
	stride = args->items[3];
	last = v->offset = whole(k, args->items[1], "the offset of a tensor");
	v->rank = size->count;
	for (int i = 0; i < v->rank; i++) {
		v->dim[i] = whole(k, size->items[i], "the size of a tensor");
		v->stride[i] = whole(k, stride->items[i], "the stride of a tensor");
		if (v->dim[i] > 1 && v->stride[i] > (INT64_C(1) << 45)/v->dim[i])
			bad(k, "want a tensor within its storage of %lld elements, got one that reaches beyond", (long long)v->storage->i);
		last += v->dim[i] ? (v->dim[i] - 1)*v->stride[i] : 0;
	}
	for (int i = 0; i < v->rank; i++)
		if (!v->dim[i])
			return v;
	if (last >= v->storage->i)
		bad(k, "want a tensor within its storage of %lld elements, got one that reaches element %lld", (long long)v->storage->i, (long long)last);
	return v;
}

/* call - what a call of a known global would give */
static Value *
call(Pickle *k, const Value *f, Value *args)
{
	if (f->kind != V_global || args->kind != V_tuple)
		bad(k, "want a call of a known global, got something else");
	if (!strcmp(f->text, "collections OrderedDict")) {
		Value *v = value_new(k, V_dict);
		for (int i = 0; args->count && args->items[0]->kind == V_list && i < args->items[0]->count; i++) {
			const Value *pair = args->items[0]->items[i];
			if ((pair->kind != V_tuple && pair->kind != V_list) || pair->count != 2)
				bad(k, "want pairs for an OrderedDict, got something else");
			add(k, v, pair->items[0]);
			add(k, v, pair->items[1]);
		}
		return v;
	}
	if (!strncmp(f->text, "torch._utils _rebuild_tensor", 28))
		return rebuild_tensor(k, args);
	if (!strcmp(f->text, "torch._utils _rebuild_parameter") || !strcmp(f->text, "torch.nn.parameter Parameter")) {
		if (!args->count || args->items[0]->kind != V_tensor)
			bad(k, "want a parameter of a tensor, got something else");
		return args->items[0];
	}
	return args;                         /* Size, device: plain tuples */
}

/* --- the machine --- */

static void
set_items(Pickle *k, int at)
{
	if (at < 1 || k->stack[at-1]->kind != V_dict || (k->depth - at - 1)%2)
		bad(k, "want a dictionary and pairs on the stack, got something else");
	gather(k, k->stack[at-1], at);
}

static void
memoize(Pickle *k, uint64_t at)
{
	if (!k->depth)
		bad(k, "want a value to remember, got none");
	if (at > (uint64_t)(k->end - k->start))
		bad(k, "want a memo number below the pickle's %zu bytes, got %llu", (size_t)(k->end - k->start), (unsigned long long)at);
	if ((int64_t)at >= k->memos) {
		int64_t room = k->memos ? k->memos : 64;
		while (room <= (int64_t)at)
			room *= 2;
		Value **bigger = take(k, (size_t)room*sizeof *bigger);
		if (k->memos)
			memcpy(bigger, k->memo, (size_t)k->memos*sizeof *bigger);
		k->memo = bigger;
		k->memos = room;
	}
	k->memo[at] = k->stack[k->depth-1];
}

static void
recall(Pickle *k, uint64_t at)
{
	if (at >= (uint64_t)k->memos || !k->memo[at])
		bad(k, "want a memo that was set, got number %llu", (unsigned long long)at);
	push(k, k->memo[at]);
}

static void
push_tuple(Pickle *k, int count)
{
	Value *v = value_new(k, V_tuple);

	if (k->depth < count)
		bad(k, "want %d values for a tuple, got %d", count, k->depth);
	for (int i = 0; i < count; i++)
		add(k, v, k->stack[k->depth - count + i]);
	k->depth -= count;
	push(k, v);
}

/* step - one opcode; false: it was the last */
static bool
step(Pickle *k)
{
	int op = (int)number(k, 1), at;
	Value *v, *w;
	uint64_t bits;

	switch (op) {
	case 0x80: number(k, 1); break;                                        /* PROTO */
	case 0x95: number(k, 8); break;                                        /* FRAME */
	case '.':  return false;                                               /* STOP */
	case '(':  push(k, value_new(k, V_mark)); break;
	case 'N':  push(k, value_new(k, V_none)); break;
	case 0x88:
	case 0x89: v = value_new(k, V_bool); v->i = op == 0x88; push(k, v); break;
	case 'J':  push(k, int_of(k, (int32_t)number(k, 4))); break;           /* BININT */
	case 'K':  push(k, int_of(k, (int64_t)number(k, 1))); break;
	case 'M':  push(k, int_of(k, (int64_t)number(k, 2))); break;
	case 0x8a: push(k, big_int(k, number(k, 1))); break;                   /* LONG1 */
	case 0x8b: push(k, big_int(k, number(k, 4))); break;
	case 'I':
	case 'L':  push(k, int_of(k, strtoll(line(k)->text, NULL, 10))); break;
	case 'F':  v = line(k); v->kind = V_real; v->real = strtod(v->text, NULL); push(k, v); break;
	case 'G':                                                              /* BINFLOAT, big-endian */
		bits = number(k, 8);
		bits = (bits & 0xff) << 56 | (bits >> 8 & 0xff) << 48 | (bits >> 16 & 0xff) << 40 | (bits >> 24 & 0xff) << 32 |
		       (bits >> 32 & 0xff) << 24 | (bits >> 40 & 0xff) << 16 | (bits >> 48 & 0xff) << 8 | bits >> 56;
		v = value_new(k, V_real);
		memcpy(&v->real, &bits, 8);
		push(k, v);
		break;
	case 'X':
	case 'T':
	case 'B':  push(k, text_of(k, number(k, 4))); break;                   /* BINUNICODE, BINSTRING, BINBYTES */
	case 0x8c:
	case 'U':
	case 'C':  push(k, text_of(k, number(k, 1))); break;
	case 0x8d: push(k, text_of(k, number(k, 8))); break;
	case 'V':
	case 'S':  push(k, line(k)); break;
	case '}':  push(k, value_new(k, V_dict)); break;
	case ']':  push(k, value_new(k, V_list)); break;
	case ')':  push(k, value_new(k, V_tuple)); break;
	case 0x85:
	case 0x86:
	case 0x87: push_tuple(k, op - 0x84); break;
	case 't':
	case 'l':
	case 'd':
		at = mark(k);
		if (op == 'd' && (k->depth - at - 1)%2)
			bad(k, "want pairs for a dictionary, got an odd number");
		v = value_new(k, op == 't' ? V_tuple : op == 'l' ? V_list : V_dict);
		gather(k, v, at);
		push(k, v);
		break;
	case 's':                                                              /* SETITEM */
		if (k->depth < 3)
			bad(k, "want a dictionary and a pair on the stack, got less");
		w = pop(k);
		v = pop(k);
		top(k, V_dict, "a dictionary");
		add(k, k->stack[k->depth-1], v);
		add(k, k->stack[k->depth-1], w);
		break;
	case 'u':  set_items(k, mark(k)); break;
	case 'a':  v = pop(k); add(k, top(k, V_list, "a list"), v); break;
	case 'e':
		at = mark(k);
		if (at < 1 || k->stack[at-1]->kind != V_list)
			bad(k, "want a list below the mark, got something else");
		gather(k, k->stack[at-1], at);
		break;
	case '0':  pop(k); break;
	case '1':  k->depth = mark(k); break;
	case '2':  v = pop(k); push(k, v); push(k, v); break;
	case 'q':  memoize(k, number(k, 1)); break;
	case 'r':  memoize(k, number(k, 4)); break;
	case 'p':  v = line(k); memoize(k, (uint64_t)strtoull(v->text, NULL, 10)); break;
	case 0x94:                                                             /* MEMOIZE */
		for (bits = 0; bits < (uint64_t)k->memos && k->memo[bits]; bits++)
			;
		memoize(k, bits);
		break;
	case 'h':  recall(k, number(k, 1)); break;
	case 'j':  recall(k, number(k, 4)); break;
	case 'g':  v = line(k); recall(k, (uint64_t)strtoull(v->text, NULL, 10)); break;
	case 'c':  v = line(k); w = line(k); push(k, global(k, v->text, w->text)); break;
	case 0x93:                                                             /* STACK_GLOBAL */
		w = pop(k);
		v = pop(k);
		if (v->kind != V_text || w->kind != V_text)
			bad(k, "want the names of a global, got something else");
		push(k, global(k, v->text, w->text));
		break;
	case 'Q':  v = pop(k); push(k, persistent(k, v)); break;               /* BINPERSID */
	case 'R':
	case 0x81: w = pop(k); v = pop(k); push(k, call(k, v, w)); break;      /* REDUCE, NEWOBJ */
	case 'b':                                                              /* BUILD: attributes of a dictionary, such as _metadata */
		pop(k);
		top(k, V_dict, "a dictionary");
		break;
	default:
		k->p--;
		bad(k, "want an opcode that state dicts are made of, got 0x%02x", op);
	}
	return true;
}

const Value *
unpickle(const char *file, const unsigned char *p, size_t len, size_t *used)
{
	Pickle k = { .file = file, .start = p, .p = p, .end = p + len };

	while (step(&k))
		;
	*used = (size_t)(k.p - p);
	return pop(&k);
}

const Value *
dict_get(const Value *dict, const char *key)
{
	for (int i = 0; dict->kind == V_dict && i + 1 < dict->count; i += 2)
		if (dict->items[i]->kind == V_text && !strcmp(dict->items[i]->text, key))
			return dict->items[i+1];
	return NULL;
}
