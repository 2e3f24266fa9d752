/*
** house.c - the structure of the project, and of what it emits: no circle between files, each function said once, lines that
** fit a screen, and what adding something costs.
*/
#include <ctype.h>

#include "tests.h"

/* --- no circle between object files --- */

enum { MostFiles = 1024 };

typedef struct {
	const char *name;
	const char *defines[512], *wants[512];
	int ndefines, nwants;
	bool needs[MostFiles];
} Object;

static Object objects[MostFiles];
static int nobjects;

/* read_symbols - what nm tells of the compiler's object files */
static void
read_symbols(void)
{
	FILE *f = popen("nm -A $(find compiler dsl -name '*.c' ! -path 'compiler/host/*' ! -path 'compiler/static/*' | sed 's|.*|obj/&|; s|c$|o|')", "r");
	char line[512], file[512], symbol[256], kind;

	while (fgets(line, sizeof line, f)) {
		char *colon = strchr(line, ':');
		ck_assert_ptr_nonnull(colon);
		*colon = 0;
		snprintf(file, sizeof file, "%s", line);
		if (sscanf(colon + 1 + strspn(colon + 1, "0123456789abcdef"), " %c %255s", &kind, symbol) != 2)
			continue;
		if (!nobjects || strcmp(objects[nobjects - 1].name, file)) {
			ck_assert_int_lt(nobjects, MostFiles);
			objects[nobjects++].name = arena_text("%s", file);
		}
		Object *o = &objects[nobjects - 1];
		if (kind == 'U')
			o->wants[o->nwants++] = arena_text("%s", symbol);
		else if (isupper((unsigned char)kind))
			o->defines[o->ndefines++] = arena_text("%s", symbol);
		ck_assert(o->nwants < 512 && o->ndefines < 512);
	}
	ck_assert_int_eq(pclose(f), 0);
}

static int
definer(const char *symbol)
{
	for (int i = 0; i < nobjects; i++)
		for (int k = 0; k < objects[i].ndefines; k++)
			if (!strcmp(objects[i].defines[k], symbol))
				return i;
	return -1;
}

START_TEST(no_circle_between_files)
{
	const char *circles = "";

	read_symbols();
	ck_assert_int_gt(nobjects, 80);
	for (int i = 0; i < nobjects; i++)
		for (int k = 0; k < objects[i].nwants; k++) {
			int d = definer(objects[i].wants[k]);
			if (d >= 0 && d != i)
				objects[i].needs[d] = true;
		}
	for (int m = 0; m < nobjects; m++)               /* all that a file needs, and all that that needs */
		for (int i = 0; i < nobjects; i++)
			for (int k = 0; objects[i].needs[m] && k < nobjects; k++)
				objects[i].needs[k] |= objects[m].needs[k];
	for (int i = 0; i < nobjects; i++)
		if (objects[i].needs[i])
			circles = arena_text("%s %s", circles, objects[i].name);
	ck_assert_msg(!*circles, "files that need each other:%s", circles);
}
END_TEST

/* --- emitted files --- */

static const struct { const char *model, *target; int h, w, batch; } emitted[] = {
	{ "cifar_resnet20", "avx2", 0, 0, 1 }, { "resnet18", "avx2", 0, 0, 1 }, { "resnet50", "avx512", 0, 0, 1 }, { "resnext50_32x4d", "avx2", 0, 0, 2 },
	{ "mlperf_tiny_resnet8", "scalar", 0, 0, 1 }, { "preact_resnet18", "neon", 70, 50, 3 }, { "se_resnet50", "scalar", 64, 64, 1 },
};

typedef struct { const char *name, *text; } Body;

/* bodies_of - the functions of an emitted file: from a line "{" to a line "}" with the parameters before it */
static int
bodies_of(const char *source, Body *to, int most)
{
	int count = 0;

	for (const char *open = strstr(source, "\n{\n"); open; open = strstr(open + 1, "\n{\n")) {
		const char *close = strstr(open, "\n}\n"), *name = open;
		while (name > source && strncmp(name - 1, "\nstatic", 7) && !(name[-1] == '\n' && isalpha((unsigned char)*name) && strchr(name, '(') < open))
			name--;
		size_t len = strcspn(name, "(");
		ck_assert(close && count < most);
		to[count++] = (Body){ arena_text("%.*s", (int)len, name), arena_text("%.*s", (int)(close - name - (long)len), name + len) };
	}
	return count;
}

/* reads_well - the statement of an else is indented, no choice is between a number and itself, nothing times 1 */
static void
reads_well(const char *line, const char *end)
{
	size_t tabs = strspn(line, "\t");
	const char *choice = strstr(line, " ? ");
	int a, b, ends = 0;

	if (end - line == (long)tabs + 4 && !strncmp(end - 4, "else", 4))
		ck_assert_msg(strspn(end + 1, "\t") == tabs + 1, "%.*s", (int)strcspn(end + 1, "\n"), end + 1);
	ck_assert_msg(!strstr(arena_text("%.*s", (int)(end - line), line), "%4*1;"), "%.*s", (int)(end - line), line);
	if (choice && choice < end && sscanf(choice, " ? %d : %d%n", &a, &b, &ends) == 2 && strchr(";,)", choice[ends]))
		ck_assert_msg(a != b, "%.*s", (int)(end - line), line);
}

START_TEST(a_function_is_said_once)
{
	DslOptions o = { .batch = emitted[_i].batch, .h = emitted[_i].h, .w = emitted[_i].w };
	Graph *g = dsl_load(arena_text("examples/%s.lua", emitted[_i].model), &o);
	static Body b[1000];
	const Model *m;
	const char *source;
	int count;

	bind_random(g, 1);
	m = compiled(g, emitted[_i].target, 0);
	source = emit_source(m).data;
	count = bodies_of(source, b, 1000);
	ck_assert_int_gt(count, m->functions->count);    /* all of them, and NAME_run and its like */
	for (int i = 0; i < count; i++)
		for (int k = i + 1; k < count; k++) {
			ck_assert_msg(strcmp(b[i].text, b[k].text), "%s and %s", b[i].name, b[k].name);
			ck_assert_msg(strcmp(b[i].name, b[k].name), "two are called %s", b[i].name);
		}
	for (const char *line = source, *end; *line; line = end + 1) {
		end = strchr(line, '\n');
		ck_assert_msg(end - line <= 120 || !strncmp(line, "** command", 10), "%d columns: %.*s", (int)(end - line), (int)(end - line), line);
		reads_well(line, end);
	}
}
END_TEST

/* the committed sample and ResNet-50 */
START_TEST(emitted_files_are_short)
{
	DslOptions o = { 0 };
	Graph *g = dsl_load("examples/resnet50.lua", &o);
	size_t len;
	const char *sample = file_map("generated/cifar_resnet20/cifar_resnet20.c", &len);
	int lines = 0;

	for (size_t i = 0; i < len; i++)
		lines += sample[i] == '\n';
	ck_assert_int_lt(lines, 1500);
	bind_random(g, 1);
	ck_assert_uint_lt(emit_source(compiled(g, "avx2", 0)).len, 175000);
}
END_TEST

/* a toy op, activation, verb and target, each in as many places as the README says */
START_TEST(adding_costs_what_it_should)
{
	int status = system(arena_text("sh tests/adding.sh '%s' > '%s' 2>&1", in_dir("adding"), in_dir("adding.log")));
	size_t len;

	ck_assert_msg(status == 0, "%.1500s", (const char *)file_map(in_dir("adding.log"), &len));
}
END_TEST

SUITE(house)
{
	TCase *t = part("house");

	tcase_add_test(t, no_circle_between_files);
	tcase_add_loop_test(t, a_function_is_said_once, 0, sizeof emitted/sizeof *emitted);
	tcase_add_test(t, emitted_files_are_short);
	tcase_add_test(part("adding"), adding_costs_what_it_should);
}
