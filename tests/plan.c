/* plan.c - the memory plan on random graphs: nothing live overlaps, the arena stays near its bound. */
#include "tests.h"

static unsigned state;

static int
roll(int n)
{
	state = state*1664525u + 1013904223u;
	return (int)((state >> 8)%(unsigned)n);
}

/* random_body - convs, adds, pools, concats over earlier tensors, some read again much later */
static const char *
random_body(unsigned seed)
{
	const char *s = "local t = { nn.conv(x, { 8, kernel = 3 }) }\n";
	int count = 1;

	state = seed;
	for (int i = 0; i < 4 + roll(30); i++) {
		int a = 1 + roll(count), b = roll(3) ? count : 1 + roll(count);
		switch (roll(5)) {
		case 0: s = arena_text("%st[%d] = nn.conv(t[%d], { %d, kernel = 3 })\n", s, ++count, b, 8 << roll(3)); break;
		case 1: s = arena_text("%st[%d] = nn.conv(t[%d], { t[%d].channels, kernel = 1 }) + t[%d]\n", s, count + 1, b, a, a); count++; break;
		case 2: s = arena_text("%st[%d] = nn.relu(t[%d])\n", s, ++count, b); break;
		case 3: s = arena_text("%st[%d] = nn.concat(t[%d], t[%d])\n", s, count + 1, a, b); count++; break;
		case 4: s = arena_text("%st[%d] = nn.max_pool(t[%d], { kernel = 3, stride = 1, padding = 1 })\n", s, ++count, b); break;
		}
		s = arena_text("%sif t[%d].channels > 200 then t[%d] = nn.slice(t[%d], { channels = { 0, 8 } }) end\n", s, count, count, count);
	}
	return arena_text("%sreturn t[%d]", s, count);
}

static bool
live_together(const Graph *g, const Value *a, const Value *b)
{
	/* a before b; a is still needed when b is made, and b does not take it over as its last reader */
	int last = is_output(a) ? g->count : a->node->id;

	for (int i = 0; i < g->count; i++)
		for (int j = 0; j < g->nodes[i]->nin; j++)
			if (g->nodes[i]->in[j] == a && i > last)
				last = i;
	return last > b->node->id || (last == b->node->id && b->over != a);
}

START_TEST(nothing_live_overlaps)
{
	Graph *g = graph_of(body_model(3, 12, 10, random_body((unsigned)_i + 1)));

	compiled(g, _i%2 ? "avx2" : "neon", 0);
	for (int i = 0; i < g->count; i++)
		for (int j = i + 1; j < g->count; j++) {
			const Value *a = g->nodes[i]->out, *b = g->nodes[j]->out;
			size_t alen = value_bytes(a->dtype, a->shape, &a->lay), blen = value_bytes(b->dtype, b->shape, &b->lay);
			if (live_together(g, a, b))
				ck_assert_msg(a->at + alen <= b->at || b->at + blen <= a->at, "'%s' and '%s'", a->node->name, b->node->name);
			ck_assert(a->at + alen <= g->arena && b->at + blen <= g->arena);
		}
	ck_assert_msg((double)g->arena <= 1.15*(double)g->live, "arena %zu, live %zu", g->arena, g->live);
	ck_assert_uint_ge(g->arena, g->live);
}
END_TEST

/* disturbs - has what step a writes bytes in common with what step b reads or writes */
static bool
disturbs(const Step *s, const Step *t)
{
	const Node *a = s->node, *b = t->node;
	const Value *wrote[NResults + 2], *touched[NInputs + NResults + 2];
	int na = 0, nb = 0;

	for (int i = 0; i < a->nout; i++)
		wrote[na++] = &a->out[i];
	for (int i = 0; i < b->nout; i++)
		touched[nb++] = &b->out[i];
	if (!s->halo) {
		wrote[na++] = &a->scratch;
		wrote[na++] = &a->own;
	}
	if (!t->halo) {
		touched[nb++] = &b->scratch;
		touched[nb++] = &b->own;
	}
	for (int i = 0; i < b->nin && !t->halo && b->op != O_concat; i++)    /* a step of a concat reads one of them */
		touched[nb++] = b->in[i];
	for (int i = 0; i < na; i++)
		for (int k = 0; k < nb; k++)
			if (wrote[i]->at < touched[k]->at + touched[k]->bytes && touched[k]->at < wrote[i]->at + wrote[i]->bytes)
				return true;
	return false;
}

START_TEST(what_is_done_beside_has_other_memory)
{
	Graph *g = graph_of(body_model(3, 12, 10, random_body((unsigned)_i + 1)));
	const Model *m = compiled(g, _i%2 ? "avx512" : "scalar", 0);
	int beside = 0;

	for (int i = 0, first = 0; i < m->nsteps - g->noutputs; i++) {
		first = m->steps[i].start == RC_BESIDE ? first : i;
		beside += m->steps[i].start == RC_BESIDE;
		for (int k = first; k < i; k++) {
			const Step *a = &m->steps[k], *b = &m->steps[i];
			ck_assert_int_eq(a->rounds, 1);
			ck_assert_msg(a->node == b->node ? a->halo : !disturbs(a, b) && !disturbs(b, a), "'%s' and '%s'",
			              a->node->name, b->node->name);
		}
	}
	ck_assert_int_gt(beside, 0);
}
END_TEST

START_TEST(random_graphs_compute_right)
{
	double e;

	compile_quickly();
	e = error_of(body_model(3, 12, 10, random_body((unsigned)_i + 1)), "native", 0, 1 + _i%3);
	ck_assert_msg(e < 2e-5, "seed %d: error %g", _i + 1, e);
}
END_TEST

START_TEST(last_reader_is_overwritten)
{
	Graph *g = graph_of(body_model(16, 8, 8, "local a = nn.conv(x, { 16, kernel = 3 }) return nn.conv(nn.relu(nn.conv(a, { 16, kernel = 1 })), { 16, kernel = 3 }) + a"));

	compiled(g, "avx2", 0);
	ck_assert_ptr_nonnull(g->outputs[0]->over);
	ck_assert_uint_eq(g->outputs[0]->at, g->outputs[0]->over->at);
}
END_TEST

/* a sum and its summand want other halos: both get the wider one, and lie in one place */
START_TEST(a_summand_of_another_halo_is_overwritten)
{
	Graph *g = graph_of(body_model(16, 32, 32, "local a = nn.relu(nn.conv(x, { 16, kernel = 3 }))\n"
		"local b = nn.relu(nn.conv(nn.relu(nn.conv(a, { 16, kernel = 3 })), { 16, kernel = 3 }) + a)\n"
		"return nn.conv(b, { 16, kernel = 3, stride = 2, padding = { 0, 0, 1, 1 } })"));
	const Value *sum = NULL;

	compiled(g, "scalar", 0);
	for (int i = 0; i < g->count; i++)
		if (takes_skip(g->nodes[i]) && g->nodes[i]->nin == 2)
			sum = g->nodes[i]->out;
	ck_assert(sum && sum->over && sum->at == sum->over->at);
	ck_assert_uint_eq(g->arena, 2*34*34*16*sizeof(float));
}
END_TEST

/* where memory is dear, Winograd comes when it is asked for: by an option, by the model */
START_TEST(lean_targets_have_no_winograd_unasked)
{
	static const struct { const char *target, *tile; bool exact, winograd, is; } rows[] = {
		{ "scalar", "", false, false, false }, { "scalar", "", false, true, true }, { "scalar", ", winograd = {2, 2}", false, false, true },
		{ "scalar", ", winograd = {2, 2}", true, true, false }, { "avx2", "", false, false, true }, { "avx2", "", true, false, false },
	};
	Graph *g = graph_of(body_model(32, 32, 32, arena_text("return nn.conv(nn.relu(x), { 32, kernel = 3%s })", rows[_i].tile)));

	g->exact = rows[_i].exact;
	g->winograd = rows[_i].winograd;
	compiled(g, rows[_i].target, 0);
	ck_assert_int_eq(g->outputs[0]->node->family == &family_winograd, rows[_i].is);
}
END_TEST

START_TEST(without_plan_nothing_is_shared)
{
	Graph *g = graph_of(body_model(3, 12, 10, random_body(5)));
	size_t sum = 0;

	compiled(g, "avx2", 1u << pass_named("plan"));
	for (int i = 0; i < g->count; i++) {
		const Value *y = g->nodes[i]->out;
		Kernel k = kernel_of(g->nodes[i], 0);
		sum += value_bytes(y->dtype, y->shape, &y->lay);
		sum += k.family->scratch ? aligned(k.family->scratch(&k)) : 0;
		sum += g->nodes[i]->own.bytes;
	}
	ck_assert_uint_eq(g->arena, sum);
}
END_TEST

SUITE(plan)
{
	TCase *t = part("plan");

	tcase_add_loop_test(t, nothing_live_overlaps, 0, 200);
	tcase_add_loop_test(t, what_is_done_beside_has_other_memory, 0, 100);
	tcase_add_loop_test(t, random_graphs_compute_right, 0, 12);
	tcase_add_test(t, last_reader_is_overwritten);
	tcase_add_test(t, a_summand_of_another_halo_is_overwritten);
	tcase_add_loop_test(t, lean_targets_have_no_winograd_unasked, 0, 6);
	tcase_add_test(t, without_plan_nothing_is_shared);
}
