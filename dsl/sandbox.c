/*
** sandbox.c - the Lua state a model runs in: no io, os, debug, package, load or bytecode; limits on
** memory, instructions and processor time.
*/
#define _XOPEN_SOURCE 700
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "dsl.h"

enum {
	MemoryLimit  = 256 << 20,    /* bytes */
	StepLimit    = 20,           /* million instructions */
	HookEvery    = 10000,
	SecondsLimit = 4             /* of processor time: pattern matching runs no instructions */
};

static void *
allocate(void *user, void *p, size_t old, size_t size)
{
	Dsl *d = user;

	if (!p)
		old = 0;
	if (!size) {
		d->memory -= old;
		free(p);
		return NULL;
	}
	if (size > old && d->memory + (size - old) > MemoryLimit) {
		d->line = d->L ? user_line(d->L) : 0;
		return NULL;
	}
	p = realloc(p, size);
	if (p)
		d->memory += size - old;
	else
		d->starved = true;
	return p;
}

/* panic - an error outside of a protected call: there was no memory to tell it with */
static int
panic(lua_State *L)
{
	(void)L;
	fail("out of memory");
}

/* on_step - remembers the user's line, counts instructions */
static void
on_step(lua_State *L, lua_Debug *ar)
{
	Dsl *d = dsl_of(L);

	if (ar->event == LUA_HOOKLINE) {
		if (lua_getinfo(L, "S", ar) && !strcmp(ar->source, "=" CHUNK))
			d->last_line = ar->currentline;
		return;
	}
	d->instructions += d->spent ? 1 : HookEvery;
	if (d->instructions <= StepLimit*1e6)
		return;
	if (!d->spent)
		lua_sethook(L, on_step, LUA_MASKCOUNT, 1);    /* a pcall cannot run on */
	d->spent = true;
	dsl_fail(L, "model: want a result within %d million instructions, got an endless loop?", StepLimit);
}

static const Dsl *timed;             /* the model whose time runs; NULL: none */

/* out_of_time - a signal handler: writes the message by hand and leaves; nothing has been written yet */
static void
out_of_time(int signal)
{
	static const char message[] = ": model: want a result within 4 s of processor time, got an endless computation?\n";
	char line[16];
	size_t at = sizeof line;
	ssize_t ignored;

	(void)signal;
	for (int n = timed->last_line; n > 0 || at == sizeof line; n /= 10)
		line[--at] = (char)('0' + n%10);
	line[--at] = ':';
	ignored = write(2, timed->file, strlen(timed->file));
	ignored = write(2, line + at, sizeof line - at);
	ignored = write(2, message, sizeof message - 1);
	(void)ignored;
	end_now(ExitInput);
}

/* guarded_setmetatable - as Lua's, without finalizers */
static int
guarded_setmetatable(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	if (lua_istable(L, 2) && (lua_pushliteral(L, "__gc"), lua_rawget(L, 2) != LUA_TNIL))
		return dsl_fail(L, "setmetatable: want a metatable without __gc, got one");
	lua_settop(L, 2);
	if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
		return dsl_fail(L, "setmetatable: want a table that is not protected, got one");
	lua_setmetatable(L, 1);
	return 1;
}

static int
print_to_stderr(lua_State *L)
{
	int count = lua_gettop(L);

	for (int i = 1; i <= count; i++) {
		fprintf(stderr, "%s%s", i > 1 ? "\t" : "", luaL_tolstring(L, i, NULL));
		lua_pop(L, 1);
	}
	fputc('\n', stderr);
	return 0;
}

static int
require_resnet(lua_State *L)
{
	const char *name = luaL_checkstring(L, 1);

	if (strcmp(name, "resnet"))
		return dsl_fail(L, "require: want \"resnet\", got \"%s\"", name);
	lua_getfield(L, LUA_REGISTRYINDEX, "resnet.nn");
	return 1;
}

/* sandbox_globals - what a model file sees */
void
sandbox_globals(lua_State *L)
{
	static const char *const forbidden[] = { "dofile", "loadfile", "load", "collectgarbage", NULL };
	static const luaL_Reg own[] = {
		{ "setmetatable", guarded_setmetatable }, { "print", print_to_stderr }, { "require", require_resnet }, { NULL, NULL }
	};

	luaL_requiref(L, "_G", luaopen_base, 1);
	luaL_requiref(L, "table", luaopen_table, 1);
	luaL_requiref(L, "string", luaopen_string, 1);
	luaL_requiref(L, "math", luaopen_math, 1);
	luaL_requiref(L, "utf8", luaopen_utf8, 1);
	lua_getglobal(L, "string");
	lua_pushnil(L);
	lua_setfield(L, -2, "dump");
	lua_settop(L, 0);
	for (int i = 0; forbidden[i]; i++) {
		lua_pushnil(L);
		lua_setglobal(L, forbidden[i]);
	}
	lua_pushglobaltable(L);
	luaL_setfuncs(L, own, 0);
	lua_pop(L, 1);
}

lua_State *
sandbox_new(Dsl *d)
{
	lua_State *L = lua_newstate(allocate, d);
	struct itimerval limit = { .it_value = { SecondsLimit, 0 } };

	if (!L)
		fail("out of memory");
	lua_atpanic(L, panic);
	*(Dsl **)lua_getextraspace(L) = d;
	d->L = L;
	lua_sethook(L, on_step, LUA_MASKCOUNT | LUA_MASKLINE, HookEvery);
	timed = d;
	signal(SIGVTALRM, out_of_time);
	setitimer(ITIMER_VIRTUAL, &limit, NULL);
	return L;
}

void
sandbox_done(void)
{
	struct itimerval off = { .it_value = { 0, 0 } };

	setitimer(ITIMER_VIRTUAL, &off, NULL);
	signal(SIGVTALRM, SIG_DFL);
}
