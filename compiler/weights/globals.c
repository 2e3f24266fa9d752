/*
** globals.c - what the globals of a checkpoint mean: tensors, storages, parameters, dictionaries. Any other class or
** function gives an object that remembers its name, arguments and attributes. Nothing is imported, nothing is called.
*/
#include <string.h>

#include "pickle.h"

#define bad pickle_bad

/* element types that are skipped over and never read */
static const struct { const char *dtype; int bytes; } foreign[] = {
	{ "C32", 4 }, { "C64", 8 }, { "C128", 16 }, { "QI8", 1 }, { "QU8", 1 }, { "QI32", 4 }, { "QU4", 1 }, { "QU2", 1 },
	{ "F8_E4M3", 1 }, { "F8_E5M2", 1 }, { "F8_E8M0", 1 }, { "F8_FNUZ", 1 }, { "F4", 1 }, { "BITS8", 1 },
};

/* storages and dtypes beyond those of dtypes.h */
static const struct { const char *storage, *type, *dtype; } types[] = {
	{ "UntypedStorage", "", "U8" },         { "", "uint16", "U16" },               { "", "uint32", "U32" },
	{ "", "uint64", "U64" },                { "", "complex32", "C32" },
	{ "ComplexFloatStorage", "complex64", "C64" }, { "ComplexDoubleStorage", "complex128", "C128" },
	{ "QInt8Storage", "qint8", "QI8" },     { "QUInt8Storage", "quint8", "QU8" },  { "QInt32Storage", "qint32", "QI32" },
	{ "QUInt4x2Storage", "quint4x2", "QU4" }, { "QUInt2x4Storage", "quint2x4", "QU2" },
	{ "", "float8_e4m3fn", "F8_E4M3" },     { "", "float8_e5m2", "F8_E5M2" },      { "", "float8_e8m0fnu", "F8_E8M0" },
	{ "", "float8_e4m3fnuz", "F8_FNUZ" },   { "", "float8_e5m2fnuz", "F8_FNUZ" },  { "", "float4_e2m1fn_x2", "F4" },
	{ "", "bits8", "BITS8" },
};

int
stored_bytes(const char *dtype)
{
	for (size_t i = 0; i < sizeof foreign/sizeof *foreign; i++)
		if (!strcmp(foreign[i].dtype, dtype))
			return foreign[i].bytes;
	return dtype_bytes(dtype);
}

/* dtype_of - a class of storages such as "torch FloatStorage" (an old one: "torch.cuda ..."), or a dtype; or NULL */
static const char *
dtype_of(const Pickled *global)
{
	const char *name = global->kind == V_global && !strncmp(global->text, "torch", 5) ? strchr(global->text, ' ') : NULL;

	for (int i = 0; name && i < NDtypes; i++)
		if (dtype_rows[i].torch && !strcmp(name + 1, dtype_rows[i].torch))
			return dtype_rows[i].safetensors;
	for (size_t i = 0; name && i < sizeof types/sizeof *types; i++)
		if (name[1] && (!strcmp(name + 1, types[i].storage) || !strcmp(name + 1, types[i].type)))
			return types[i].dtype;
	return NULL;
}

/* what a checkpoint never needs and an attacker always does; a name ends with a blank, or begins so */
static const char *const attacks[] = {
	"os system", "os popen", "os exec", "os spawn", "os posix_spawn", "os startfile",
	"posix system", "posix popen", "posix exec", "posix spawn", "posix posix_spawn",
	"nt system", "nt popen", "nt exec", "nt spawn", "nt startfile",
	"builtins eval", "builtins exec", "builtins compile", "builtins open", "builtins __import__",
	"__builtin__ eval", "__builtin__ exec", "__builtin__ compile", "__builtin__ open", "__builtin__ __import__",
	"__builtin__ file",
	"subprocess ", "pty ", "runpy ", "ctypes ", "socket ", "importlib", "webbrowser ", "shutil ",
};

Pickled *
global_named(Pickle *k, const char *module, const char *name)
{
	Pickled *v = value_new(k, V_global);
	char text[512];

	snprintf(text, sizeof text, "%.250s %.250s", module, name);
	for (size_t i = 0; i < sizeof attacks/sizeof *attacks; i++)
		if (!strncmp(text, attacks[i], strlen(attacks[i])))
			bad(k, "want a checkpoint, got a program: Python would call '%.120s' when it loads this", text);
	k->arrays = k->arrays || !strcmp(name, "_reconstruct") || !strcmp(name, "_frombuffer");
	k->dumped = k->dumped || !strcmp(text, "torch.storage _load_from_bytes");
	v->text = strcpy(pickle_take(k, strlen(text) + 1), text);
	return v;
}

static int64_t
whole(const Pickle *k, const Pickled *v, const char *what)
{
	if (v->kind != V_int || v->i < 0 || v->i > INT64_C(1) << 45)
		bad(k, "want %s as a whole number from 0 to 2^45, got something else", what);
	return v->i;
}

/* persistent_value - ('storage', class, key, location, elements[, view]); ('module', class, file, source): the class */
Pickled *
persistent_value(Pickle *k, const Pickled *id)
{
	const char *dtype;
	Pickled *v;

	if (id->kind == V_tuple && id->count > 1 && id->items[0]->kind == V_text && !strcmp(id->items[0]->text, "module"))
		return id->items[1];
	dtype = id->kind == V_tuple && id->count >= 5 ? dtype_of(id->items[1]) : NULL;
	if (!dtype || id->items[0]->kind != V_text || strcmp(id->items[0]->text, "storage") || id->items[2]->kind != V_text)
		bad(k, "want a persistent id of a storage, got something else");
	v = value_new(k, V_storage);
	v->place = pickle_take(k, sizeof *v->place);
	snprintf(v->place->dtype, sizeof v->place->dtype, "%s", dtype);
	v->text = id->items[2]->text;
	v->i = whole(k, id->items[4], "the size of a storage");
	if (id->count > 5 && id->items[5]->kind == V_tuple && id->items[5]->count == 3) {       /* key, offset, elements */
		v->place->offset = whole(k, id->items[5]->items[1], "the offset of a view");
		v->i = whole(k, id->items[5]->items[2], "the size of a view");
	}
	PUSH(k->storages, k->nstorages, v);
	return v;
}

/* sizes - a tuple, or torch.Size of one; NULL: neither */
static const Pickled *
sizes(const Pickled *v)
{
	if (v->kind == V_object && !strcmp(v->text, "torch Size") && v->args && v->args->count)
		v = v->args->items[0];
	return v->kind == V_tuple || v->kind == V_list ? v : NULL;
}

/* check_reach - all elements of a tensor are in its storage */
static void
check_reach(const Pickle *k, const Place *p)
{
	int64_t last = p->offset, each = stored_bytes(p->dtype);
	int64_t all = p->storage->i*stored_bytes(p->storage->place->dtype)/each;

	for (int i = 0; i < p->rank; i++)
		if (!p->dim[i])
			return;
	for (int i = 0; i < p->rank; i++) {
		if (p->dim[i] > 1 && p->stride[i] > (INT64_C(1) << 45)/p->dim[i])
			bad(k, "want a tensor within its storage of %lld elements, got one that reaches beyond", (long long)all);
		last += (p->dim[i] - 1)*p->stride[i];
	}
	if (last >= all)
		bad(k, "want a tensor within its storage of %lld elements, got one that reaches element %lld", (long long)all,
		    (long long)last);
}

/* rebuild_tensor - (storage, offset, sizes, strides, ...); a dtype of its own is the 7th, of _v3 */
static Pickled *
rebuild_tensor(Pickle *k, const Pickled *args, bool typed)
{
	Pickled *v = value_new(k, V_tensor);
	Place *p = v->place = pickle_take(k, sizeof *p);
	const Pickled *size = args->count >= 4 ? sizes(args->items[2]) : NULL;
	const Pickled *stride = args->count >= 4 ? sizes(args->items[3]) : NULL;
	const char *dtype = typed && args->count > 6 ? dtype_of(args->items[6]) : NULL;

	if (!size || !stride || args->items[0]->kind != V_storage || size->count != stride->count || size->count > 8)
		bad(k, "want a tensor as storage, offset, at most 8 sizes and as many strides, got something else");
	if (typed && !dtype)
		bad(k, "want a tensor of a known dtype, got another");
	p->storage = args->items[0];
	snprintf(p->dtype, sizeof p->dtype, "%s", dtype ? dtype : p->storage->place->dtype);
	p->offset = whole(k, args->items[1], "the offset of a tensor");
	p->rank = size->count;
	for (int i = 0; i < p->rank; i++) {
		p->dim[i] = whole(k, size->items[i], "the size of a tensor");
		p->stride[i] = whole(k, stride->items[i], "the stride of a tensor");
	}
	check_reach(k, p);
	return v;
}

/* dictionary - of pairs, or of another dictionary */
static Pickled *
dictionary(Pickle *k, const Pickled *args)
{
	Pickled *v = value_new(k, V_dict);
	const Pickled *from = args->count ? args->items[0] : v;

	for (int i = 0; i < from->count; i++) {
		const Pickled *pair = from->items[i];
		if (from->kind == V_dict || from->kind == V_object) {
			value_add(k, v, from->items[i]);
			continue;
		}
		if ((pair->kind != V_tuple && pair->kind != V_list) || pair->count != 2)
			bad(k, "want pairs for an OrderedDict, got something else");
		value_add(k, v, pair->items[0]);
		value_add(k, v, pair->items[1]);
	}
	return v;
}

static bool
is_one_of(const char *text, const char *const *names)
{
	for (; *names; names++)
		if (!strcmp(text, *names))
			return true;
	return false;
}

/* functions that give back their first argument, or what is made of it */
static const char *const first[] = {
	"torch._utils _rebuild_parameter", "torch._utils _rebuild_parameter_with_state", "torch.nn.parameter Parameter",
	"torch.nn.parameter Buffer", "torch._utils _rebuild_device_tensor_from_cpu_tensor",
	"torch.jit._pickle restore_type_tag", NULL,
};
static const char *const dictionaries[] = { "collections OrderedDict", "builtins dict", "__builtin__ dict", NULL };
static const char *const lists[] = {
	"builtins set", "builtins frozenset", "builtins list", "builtins tuple",
	"__builtin__ set", "__builtin__ frozenset", "__builtin__ list", "__builtin__ tuple", NULL,
};
/* (function, class, arguments, attributes): a tensor of a subclass, or one with attributes */
static const char *const typed[] = {
	"torch._tensor _rebuild_from_type_v2", "torch._tensor _rebuild_from_type", "torch.tensor _rebuild_from_type", NULL,
};
static const char *const reconstructors[] = { "copyreg _reconstructor", "copy_reg _reconstructor", NULL };

/* object - of the class or function f; copyreg's (class, base, value) is of that class */
static Pickled *
object(Pickle *k, const Pickled *f, Pickled *args)
{
	Pickled *v = value_new(k, V_object);

	v->text = f->kind == V_global ? f->text : "?";
	v->args = args;
	if (is_one_of(v->text, reconstructors) && args->count == 3 && args->items[0]->kind == V_global) {
		v->text = args->items[0]->text;
		for (int i = 0; args->items[2]->kind == V_dict && i < args->items[2]->count; i++)
			value_add(k, v, args->items[2]->items[i]);
	}
	return v;
}

Pickled *
global_called(Pickle *k, Pickled *f, Pickled *args)
{
	static const char *const tensors[] = { "torch._utils _rebuild_tensor", "torch._utils _rebuild_tensor_v2", NULL };

	while (f->kind == V_global && is_one_of(f->text, typed) && args->count >= 3 && args->items[2]->kind == V_tuple) {
		f = args->items[0];
		args = args->items[2];
	}
	if (f->kind == V_global && !strcmp(f->text, "torch._utils _rebuild_tensor_v3"))
		return rebuild_tensor(k, args, true);
	if (f->kind == V_global && is_one_of(f->text, tensors) && !(args->count && args->items[0]->kind == V_object))
		return rebuild_tensor(k, args, false);
	if (f->kind == V_global && is_one_of(f->text, first) && args->count)
		return args->items[0];
	if (f->kind == V_global && is_one_of(f->text, dictionaries))
		return dictionary(k, args);
	if (f->kind == V_global && is_one_of(f->text, lists) && args->count && args->items[0]->kind == V_list)
		return args->items[0];
	return object(k, f, args);
}
