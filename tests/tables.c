/* tables.c - what is said once, in a row, reaches all who read it: targets, dtypes, attributes. */
#include <lauxlib.h>

#include "tests.h"

/* the target a command without --target is for, where these are hidden */
static const char *
native_without(const char *hidden)
{
	static char line[64];
	const char *before = getenv("RESNETC_HIDE") ? arena_text("%s", getenv("RESNETC_HIDE")) : NULL;
	FILE *f;

	setenv("RESNETC_HIDE", before ? arena_text("%s,%s", before, hidden) : hidden, 1);
	ck_assert_int_eq(resnetc("examples/mlperf_tiny_resnet8.lua -w random -q -o %s", in_dir("native")).status, 0);
	if (before)
		setenv("RESNETC_HIDE", before, 1);
	else
		unsetenv("RESNETC_HIDE");
	f = popen(arena_text("sed -n 's/^\\*\\* target   //p' '%s'", in_dir("native/mlperf_tiny_resnet8.c")), "r");
	ck_assert(f && fgets(line, sizeof line, f));
	pclose(f);
	line[strcspn(line, "\n")] = 0;
	return line;
}

START_TEST(native_is_the_last_row_that_runs)
{
	const char *hidden = "", *best;

	for (int i = ntargets - 1; i >= 0; i--) {
		if (!target_runs_here(&targets[i]) || strstr(targets[i].name, "-vnni"))  /* those are for bytes alone */
			continue;
		best = native_without(hidden);
		ck_assert_msg(!strcmp(best, targets[i].name), "without '%s': want %s, got %s", hidden, targets[i].name, best);
		hidden = arena_text("%s%s%s", hidden, *hidden ? "," : "", targets[i].name);
	}
	ck_assert(*hidden);
	/* a name is hidden whole */
	best = native_without(arena_text("%s-x,x%s", target_named("native")->name, target_named("native")->name));
	ck_assert_str_eq(best, target_named("native")->name);
}
END_TEST

START_TEST(a_target_brings_its_words)
{
	const Target *t = &targets[_i], *all[1] = { t };
	File files[64];
	int words = 0, own = 0, included = 0;

	for (int i = runtime_files(all, 1, files) - 1; i >= 0; i--)
		if (!strncmp(files[i].name, "rc_simd_", 8)) {
			size_t len;
			const char *text = file_map(arena_text("runtime/%s", files[i].name), &len);
			own += !strcmp(files[i].name, t->simd);
			for (const char *at = text; !strcmp(files[i].name, t->simd) && (at = strstr(at, "#include \"rc_simd_")); at++)
				included++;
			ck_assert_uint_eq(files[i].len, len);
			ck_assert_mem_eq(files[i].data, text, len);
			words++;
		}
	ck_assert_int_eq(own, 1);
	ck_assert_int_eq(words, 1 + included);           /* and no other */
}
END_TEST

/* one_blank - for every break of a line and what it is indented by; no backslashes */
static void
one_blank(char *s)
{
	char *to = s, *start = s;

	for (; *s; s++)
		if (*s != '\\' && (!strchr(" \n", *s) || to == start || to[-1] != ' '))
			*to++ = *s == '\n' ? ' ' : *s;
	*to = 0;
}

/* every place that lists targets lists them all */
START_TEST(targets_are_told)
{
	static const char *const where[] = { "--help", "doc man", "doc bash", "doc zsh", "doc fish" };

	for (size_t i = 0; i < sizeof where/sizeof *where; i++) {
		Ran r = resnetc("%s", where[i]);
		const char *between = i < 2 ? ", " : " ";
		one_blank(r.out);
		ck_assert_msg(strstr(r.out, target_names(between, between)) != NULL, "resnetc %s", where[i]);
	}
	ck_assert(strstr(resnetc("fuzz --target nosuch").err, target_names(", ", " or ")));
}
END_TEST

/* least and largest number of each dtype, as numpy.iinfo and torch.finfo have them */
static const struct { const char *bytes; double least, most; } ends[NDtypes] = {
	[DT_f32]  = { "\xff\xff\x7f\xff" "\xff\xff\x7f\x7f", -3.4028234663852886e38, 3.4028234663852886e38 },
	[DT_f64]  = { "\xff\xff\xff\xff\xff\xff\xef\xff" "\0\0\0\0\0\0\x02\x40", -1.7976931348623157e308, 2.25 },
	[DT_f16]  = { "\xff\xfb" "\xff\x7b", -65504, 65504 },
	[DT_bf16] = { "\x7f\xff" "\x7f\x7f", -3.3895313892515355e38, 3.3895313892515355e38 },
	[DT_i64]  = { "\0\0\0\0\0\0\0\x80" "\0\0\0\0\0\0\0\x40", -9223372036854775808.0, 4611686018427387904.0 },
	[DT_i32]  = { "\0\0\0\x80" "\xff\xff\xff\x7f", -2147483648.0, 2147483647 },
	[DT_i16]  = { "\0\x80" "\xff\x7f", -32768, 32767 },
	[DT_i8]   = { "\x80" "\x7f", -128, 127 },
	[DT_u64]  = { "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\x80", 0, 9223372036854775808.0 },
	[DT_u32]  = { "\0\0\0\0" "\xff\xff\xff\xff", 0, 4294967295 },
	[DT_u16]  = { "\0\0" "\xff\xff", 0, 65535 },
	[DT_u8]   = { "\0" "\xff", 0, 255 },
	[DT_bool] = { "\0" "\x01", 0, 1 },
};

static void
want_ends(const char *file, int dtype)
{
	Weights *w = weights_open(in_dir(file));
	Tensor *t = &w->tensors[0];

	ck_assert_uint_eq(tensor_count(t), 2);
	tensor_load(t);
	ck_assert_str_eq(t->dtype, dtype_rows[dtype].safetensors);
	ck_assert_double_eq(tensor_get(t, 0), ends[dtype].least);
	ck_assert_double_eq(tensor_get(t, 1), ends[dtype].most);
}

START_TEST(a_dtype_is_read_from_every_format)
{
	const DtypeRow *r = &dtype_rows[_i];
	const char *head = arena_text("{\"t\": {\"dtype\": \"%s\", \"shape\": [2], \"data_offsets\": [0, %zu]}}", r->safetensors, 2*r->bytes);
	char file[512] = { 0 };
	size_t len = strlen(head);

	ck_assert_ptr_nonnull(ends[_i].bytes);
	ck_assert_ptr_eq(dtype_named(r->safetensors), r);
	memcpy(file, &len, 8);
	memcpy(file + 8, head, len);
	memcpy(file + 8 + len, ends[_i].bytes, 2*r->bytes);
	put_file("t.safetensors", file, 8 + len + 2*r->bytes);
	want_ends("t.safetensors", _i);
	if (!r->npy)
		return;
	head = arena_text("\x93NUMPY\x01%c%c%c{'descr': '%s', 'fortran_order': False, 'shape': (2,), }", 'a', 'b', 'c', r->npy);
	len = strlen(head);
	memcpy(file, head, len);
	memcpy(file + 7, (char[]){ 0, (char)(len - 10), 0 }, 3);
	memcpy(file + len, ends[_i].bytes, 2*r->bytes);
	put_file("t.npy", file, len + 2*r->bytes);
	want_ends("t.npy", _i);
}
END_TEST

/* what the documentation says of a default is Lua for the number a new node has */
START_TEST(defaults_are_told_as_they_are)
{
	lua_State *L = luaL_newstate();
	int told = 0;

	for (int op = 0; op < NLanguageOps; op++)
	for (int i = 0; i < NAttrs; i++) {
		const AttrRow *r = &attr_rows[i];
		const Node *n = node_new(graph_new(""), (Op)op, 0);
		const void *field = (const char *)&n->a + r->at;
		const char *text = attr_default_text(r, (Op)op);
		double v = r->kind == K_REAL ? *(const double *)field : r->kind == K_BOOL ? *(const bool *)field : *(const int *)field;
		int words;
		ck_assert_msg(strstr(attr_defaults_text(r), text) != NULL, "%s: %s", r->name, text);
		if (luaL_dostring(L, arena_text("return %s", text)) != LUA_OK || lua_isnil(L, -1)) {
			lua_settop(L, 0);       /* words, such as: the kernel */
			continue;
		}
		if (lua_istable(L, -1))
			lua_rawgeti(L, -1, 1);
		if (r->kind == K_WORD)
			ck_assert_str_eq(lua_tostring(L, -1), words_of(r, &words)[(int)v]);
		else
			ck_assert_msg((lua_isboolean(L, -1) ? lua_toboolean(L, -1) : lua_tonumber(L, -1)) == v, "%s of %s: %s", r->name, op_rows[op].name, text);
		told += op_takes((Op)op, (AttrId)i);
		lua_settop(L, 0);
	}
	ck_assert_int_gt(told, 40);
	lua_close(L);
	ck_assert_str_eq(attr_defaults_text(&attr_rows[At_slope]), "0.01; hard_sigmoid, hard_swish: 1/6");
	ck_assert_str_eq(attr_defaults_text(&attr_rows[At_padding]), "0; conv2d: dilation*(kernel - 1)/2");
}
END_TEST

SUITE(tables)
{
	TCase *t = part("tables");

	tcase_add_test(t, native_is_the_last_row_that_runs);
	tcase_add_loop_test(t, a_target_brings_its_words, 0, ntargets);
	tcase_add_test(t, targets_are_told);
	tcase_add_loop_test(t, a_dtype_is_read_from_every_format, 0, NDtypes);
	tcase_add_test(t, defaults_are_told_as_they_are);
}
