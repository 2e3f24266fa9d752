/* runtime.c - the generated API as its caller meets it: statuses, threads, addresses, NaN, two models. */
#include <unistd.h>

#include "tests.h"

static const char body[] =
	"local a = nn.relu(nn.bn(nn.conv(x, { 24, kernel = 3 })))\n"
	"local b = nn.relu(nn.bn(nn.conv(a, { 24, kernel = 3 })) + a)\n"
	"return nn.linear(nn.flatten(nn.global_avg_pool(nn.max_pool(b, { kernel = 3, stride = 2, padding = 1 }))), { 10 })";

static Model *m;
static Session s;

static void
open_session(void)
{
	m = compiled(graph_of(body_model(3, 13, 17, body)), "native", 0);
	s = session_open(m, 1, false);
}

static void
close_session(void)
{
	session_close(&s);
}

/* run - with these arguments, everything else right */
static int
run(const rc_options *o, const void *w, const float *in, float *out, void *ws, size_t len)
{
	return s.host.run_with(o, w, in, out, ws, len);
}

START_TEST(bad_arguments_have_their_status)
{
	float *in = numbers(s.inputs, 1), out[10] = { 7 };
	rc_options o = { .struct_size = 3 };
	char *ws = (char *)s.workspace;

	ck_assert_int_eq(run(NULL, NULL, in, out, ws, s.workspace_len), RC_E_NULL);
	ck_assert_int_eq(run(NULL, s.blob.data, NULL, out, ws, s.workspace_len), RC_E_NULL);
	ck_assert_int_eq(run(NULL, s.blob.data, in, NULL, ws, s.workspace_len), RC_E_NULL);
	ck_assert_int_eq(run(NULL, s.blob.data, in, out, NULL, s.workspace_len), RC_E_NULL);
	ck_assert_int_eq(run(NULL, s.blob.data, in, out, ws, s.workspace_len - 1), RC_E_WORKSPACE_SIZE);
	ck_assert_int_eq(run(NULL, s.blob.data, in, out, ws + 1, s.workspace_len), RC_E_WORKSPACE_ALIGN);
	ck_assert_int_eq(run(&o, s.blob.data, in, out, ws, s.workspace_len), RC_E_OPTIONS);
	ck_assert_float_eq(out[0], 7);
	ck_assert_int_eq(run(NULL, s.blob.data, in, out, ws, s.workspace_len), RC_OK);
	free(in);
}
END_TEST

START_TEST(damaged_blobs_are_refused)
{
	size_t len = s.blob.len;
	char *copy = aligned_alloc(64, len + 64);

	memcpy(copy, s.blob.data, len);
	ck_assert_int_eq(s.host.check(copy, len), RC_OK);
	ck_assert_int_eq(s.host.check(NULL, len), RC_E_NULL);
	ck_assert_int_eq(s.host.check(copy, len - 64), RC_E_WEIGHTS_SIZE);
	ck_assert_int_eq(s.host.check(copy, 10), RC_E_WEIGHTS_SIZE);
	memmove(copy + 4, s.blob.data, len);
	ck_assert_int_eq(s.host.check(copy + 4, len), RC_E_WEIGHTS_ALIGN);
	memcpy(copy, s.blob.data, len);
	rc_blob *head = (rc_blob *)(void *)copy;
	head->magic[2] ^= 1;
	ck_assert_int_eq(s.host.check(copy, len), RC_E_MAGIC);
	head->magic[2] ^= 1;
	head->version++;
	ck_assert_int_eq(s.host.check(copy, len), RC_E_VERSION);
	head->version--;
	head->endian = 0x04030201;
	ck_assert_int_eq(s.host.check(copy, len), RC_E_ENDIAN);
	head->endian = 0x01020304;
	head->plan_hash ^= 1;
	ck_assert_int_eq(s.host.check(copy, len), RC_E_PLAN);
	float in[1] = { 0 }, out[1];
	ck_assert_int_eq(run(NULL, copy, in, out, s.workspace, s.workspace_len), RC_E_PLAN);
	head->plan_hash ^= 1;
	for (size_t at = 128; at < len; at += at < 160 ? 1 : 977) {
		copy[at] ^= 16;
		ck_assert_int_eq(s.host.check(copy, len), RC_E_CHECKSUM);
		copy[at] ^= 16;
	}
	copy[len - 1] ^= 1;
	ck_assert_int_eq(s.host.check(copy, len), RC_E_CHECKSUM);
	free(copy);
}
END_TEST

START_TEST(every_status_has_words)
{
	for (int i = 0; i < RC_STATUS_COUNT; i++) {
		ck_assert_str_ne(s.host.strerror(i), "unknown status");
		for (int j = 0; j < i; j++)
			ck_assert_str_ne(s.host.strerror(i), s.host.strerror(j));
	}
	ck_assert_str_eq(s.host.strerror(-1), "unknown status");
	ck_assert_str_eq(s.host.strerror(RC_STATUS_COUNT), "unknown status");
}
END_TEST

START_TEST(same_bits_for_any_threads_and_address)
{
	float *in = numbers(s.inputs, 1), first[10], again[10];
	char *big = aligned_alloc(64, s.workspace_len + 4096);
	static rc_pool pool;

	ck_assert_int_eq(run(NULL, s.blob.data, in, first, s.workspace, s.workspace_len), RC_OK);
	for (int threads = 1; threads <= 7; threads++) {
		rc_options o = { .struct_size = sizeof o, .parallel_for = rc_pool_for, .parallel_user = &pool, .threads = threads };
		ck_assert_int_eq(rc_pool_start(&pool, threads), RC_OK);
		for (size_t offset = 0; offset <= 4096; offset += 1024 + 64) {
			memset(big, 0xff, s.workspace_len + 4096);       /* NaN everywhere */
			ck_assert_int_eq(run(&o, s.blob.data, in, again, big + offset/64*64, s.workspace_len), RC_OK);
			ck_assert_mem_eq(first, again, sizeof first);
		}
		rc_pool_stop(&pool);
	}
	free(big);
	free(in);
}
END_TEST

/* callers beside each other and calls from inside a task share one pool */
static struct { rc_pool pool; float *in, *want; int wrong; } shared;

static void
run_once(void)
{
	rc_options o = { .struct_size = sizeof o, .parallel_for = rc_pool_for, .parallel_user = &shared.pool, .threads = 3 };
	void *ws = aligned_alloc(64, s.workspace_len);
	float out[10];

	if (run(&o, s.blob.data, shared.in, out, ws, s.workspace_len) != RC_OK || memcmp(out, shared.want, sizeof out))
		__atomic_add_fetch(&shared.wrong, 1, __ATOMIC_RELAXED);
	free(ws);
}

static void *
call_often(void *arg)
{
	for (int i = 0; i < 30; i++)
		run_once();
	return arg;
}

static void
call_inside(void *arg, int part)
{
	(void)arg;
	(void)part;
	run_once();
}

START_TEST(one_pool_serves_callers_beside_and_inside_each_other)
{
	pthread_t thread[4];
	float want[10];

	shared.in = numbers(s.inputs, 1);
	shared.want = want;
	ck_assert_int_eq(run(NULL, s.blob.data, shared.in, want, s.workspace, s.workspace_len), RC_OK);
	ck_assert_int_eq(rc_pool_start(&shared.pool, 3), RC_OK);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, call_often, NULL), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	rc_pool_for(&shared.pool, call_inside, NULL, 7);
	rc_pool_stop(&shared.pool);
	ck_assert_int_eq(shared.wrong, 0);
}
END_TEST

START_TEST(input_and_output_may_be_one_memory_at_any_address)
{
	float *in = numbers(s.inputs, 1), want[10], *both = malloc((s.inputs + 1)*sizeof *both);

	ck_assert_int_eq(run(NULL, s.blob.data, in, want, s.workspace, s.workspace_len), RC_OK);
	memcpy(both + 1, in, s.inputs*sizeof *in);
	ck_assert_int_eq(run(NULL, s.blob.data, both + 1, both + 1, s.workspace, s.workspace_len), RC_OK);
	ck_assert_mem_eq(both + 1, want, sizeof want);
	free(both);
	free(in);
}
END_TEST

static void
note_layer(void *user, int index, const char *name)
{
	int *last = user;

	ck_assert_int_eq(index, *last + 1);
	ck_assert_str_eq(name, m->g->nodes[index]->name);
	*last = index;
}

START_TEST(layer_callback_names_every_layer_in_order)
{
	float *in = numbers(s.inputs, 1), out[10];
	struct { int last; } seen = { -1 };
	rc_options o = { .struct_size = sizeof o, .layer_user = &seen };

	o.layer = note_layer;
	ck_assert_int_eq(run(&o, s.blob.data, in, out, s.workspace, s.workspace_len), RC_OK);
	ck_assert_int_eq(seen.last, m->g->count - 1);
	free(in);
}
END_TEST

START_TEST(nan_comes_through)
{
	/* one NaN pixel reaches the outputs through relu, skip, max pool and mean, as in PyTorch */
	float *in = numbers(s.inputs, 1), out[10];

	in[100] = NAN;
	ck_assert_int_eq(run(NULL, s.blob.data, in, out, s.workspace, s.workspace_len), RC_OK);
	for (int i = 0; i < 10; i++)
		ck_assert_float_nan(out[i]);
	free(in);
}
END_TEST

/* `everywhere` has NaN and infinities in optimized code */
START_TEST(odd_values_agree_with_the_interpreter)
{
	static const char *const bodies[] = {
		"return nn.relu(x)", "return nn.max_pool(x, { kernel = 3, stride = 1, padding = 1 })",
		"return nn.adaptive_max_pool(x, { size = 2 })", "return nn.avg_pool(x, { kernel = 2 })", "return x + x", "return nn.bn(x)",
	};
	static const char *const target[] = { "native", "scalar" };
	float in[48];

	compile_quickly();
	for (int t = 0; t < 2; t++) {
		Graph *g = graph_of(body_model(3, 4, 4, bodies[_i]));
		Model *odd = compiled(graph_of(body_model(3, 4, 4, bodies[_i])), target[t], 0);
		Session o = session_open(odd, 1, false);
		float *fresh = numbers(48, 9), out[48];
		double *x, **v;
		memcpy(in, fresh, sizeof in);
		in[5] = NAN;
		in[17] = INFINITY;
		in[40] = -INFINITY;
		in[41] = 1e-40f;
		session_run(&o, in, out);
		x = doubles(in, 48);
		v = interp(g, x);
		ck_assert_msg(worst(out, v[g->outputs[0]->node->id], o.outputs) < 1e-6, "%s on %s", bodies[_i], target[t]);
		session_close(&o);
		interp_free(g, v);
		free(fresh);
		free(x);
	}
}
END_TEST

START_TEST(batches_are_looped_over)
{
	/* seven images through a batch of three give what they give one by one */
	DslOptions d = { .batch = 3 };
	Graph *g = dsl_load(body_model(3, 13, 17, body), &d);
	float *in = numbers(7*s.inputs, 1), one[10];
	Session b;
	Feed f;

	bind_random(g, 1);
	b = session_open(compiled(g, "native", 0), 2, false);
	f = feed_open(&b);
	feed(&f, in, 2);                         /* in pieces that don't fit its batch */
	feed(&f, in + 2*s.inputs, 5);
	feed_end(&f);
	ck_assert_int_eq(f.images, 7);
	for (int i = 0; i < 7; i++) {
		session_run(&s, in + (size_t)i*s.inputs, one);
		for (int k = 0; k < 10; k++)
			ck_assert_float_eq_tol(one[k], f.all[0][10*i + k], 1e-5f);
	}
	feed_close(&f);
	session_close(&b);
	free(in);
}
END_TEST

/* what Linux says of the processor is what rc_x86 finds out, without the compiler's help */
START_TEST(features_of_x86)
{
	static const struct { const char *name; int feature; } rows[] = {
		{ "fma", RC_FMA }, { "f16c", RC_F16C }, { "avx2", RC_AVX2 }, { "avx512f", RC_AVX512F }, { "avx512bw", RC_AVX512BW },
		{ "avx512_vnni", RC_AVX512_VNNI }, { "avx_vnni", RC_AVX_VNNI },
	};
	int all = 0;

	if (!target_runs_here(target_named("avx2")))
		return;
	for (int i = 0; i < 7; i++) {
		bool has = system(arena_text("grep -m1 ^flags /proc/cpuinfo | grep -qw %s", rows[i].name)) == 0;
		ck_assert_msg(!!rc_x86(rows[i].feature) == has, "%s: %d", rows[i].name, has);
		all |= has ? rows[i].feature : RC_AVX_VNNI << 1;
	}
	ck_assert_int_eq(rc_x86(all), all < RC_AVX_VNNI << 1);     /* one that lacks is enough */
}
END_TEST

SUITE(runtime)
{
	TCase *t = part("runtime");

	tcase_add_unchecked_fixture(t, open_session, close_session);
	tcase_add_test(t, bad_arguments_have_their_status);
	tcase_add_test(t, damaged_blobs_are_refused);
	tcase_add_test(t, every_status_has_words);
	tcase_add_test(t, same_bits_for_any_threads_and_address);
	tcase_add_test(t, one_pool_serves_callers_beside_and_inside_each_other);
	tcase_add_test(t, input_and_output_may_be_one_memory_at_any_address);
	tcase_add_test(t, layer_callback_names_every_layer_in_order);
	tcase_add_test(t, nan_comes_through);
	tcase_add_loop_test(t, odd_values_agree_with_the_interpreter, 0, 6);
	tcase_add_test(t, batches_are_looped_over);
	tcase_add_test(t, features_of_x86);
}
