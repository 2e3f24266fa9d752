/* train.c - what nn.train returned, into the graph; library/training.lua has checked every value. */
#include <string.h>

#include "../compiler/gradients/train.h"
#include "dsl.h"

static double
real(lua_State *L, const char *field)
{
	double v;

	lua_getfield(L, -1, field);
	v = lua_tonumber(L, -1);
	lua_pop(L, 1);
	return v;
}

static bool
truth(lua_State *L, const char *field)
{
	bool v;

	lua_getfield(L, -1, field);
	v = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return v;
}

static ScheduleKind
schedule(lua_State *L)
{
	ScheduleKind kind = Schedule_constant;

	lua_getfield(L, -1, "schedule");
	if (!strcmp(lua_tostring(L, -1), "steps"))
		kind = Schedule_steps;
	else if (!strcmp(lua_tostring(L, -1), "one_cycle"))
		kind = Schedule_one_cycle;
	lua_pop(L, 1);
	return kind;
}

static void
read_steps(lua_State *L, Training *t)
{
	lua_getfield(L, -1, "steps");
	for (int i = 1; i < (int)lua_rawlen(L, -1); i += 2) {
		RateStep s = { 0, 0 };
		lua_rawgeti(L, -1, i);
		s.share = lua_tonumber(L, -1);
		lua_rawgeti(L, -2, i + 1);
		s.rate = lua_tonumber(L, -1);
		lua_pop(L, 2);
		PUSH(t->steps, t->nsteps, s);
	}
	lua_pop(L, 1);
}

static Parts
parts(lua_State *L, const char *field)
{
	Parts p = { 0 };

	lua_getfield(L, -1, field);
	for (int i = 1; i <= (int)lua_rawlen(L, -1); i++) {
		lua_rawgeti(L, -1, i);
		PUSH(p.name, p.count, arena_text("%s", lua_tostring(L, -1)));
		lua_pop(L, 1);
	}
	lua_pop(L, 1);
	return p;
}

/* read_train - the table on top of the stack */
void
read_train(lua_State *L, Graph *g)
{
	Training *t = training_new();

	t->line = (int)real(L, "line");
	t->batch = (int)real(L, "batch");
	t->epochs = (int)real(L, "epochs");
	t->seed = (uint64_t)real(L, "seed");
	t->smoothing = real(L, "smoothing");
	t->momentum = real(L, "momentum");
	t->nesterov = truth(L, "nesterov");
	t->weight_decay = real(L, "weight_decay");
	t->decay_weights = truth(L, "decay_weights");
	t->schedule = schedule(L);
	t->peak = real(L, "peak");
	t->warm = real(L, "warm");
	t->crop = (int)real(L, "crop");
	t->flip = truth(L, "flip");
	t->cutout = (int)real(L, "cutout");
	t->bn_momentum = real(L, "bn_momentum");
	t->bn_frozen = truth(L, "bn_frozen");
	t->zero_gamma = truth(L, "zero_gamma");
	t->bn_groups = (int)real(L, "bn_groups");
	t->recompute = truth(L, "recompute");
	t->recompute_bytes = 1e6*real(L, "recompute_mb");
	t->freeze = parts(L, "freeze");
	t->fresh = parts(L, "fresh");
	read_steps(L, t);
	g->train = t;
}
