/*
** options.c - the command line: one parser for all verbs, by the table of options (verbs/rows.c).
*/
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "verbs/verbs.h"

static const Verb *
verb_named(const char *name)
{
	for (int i = 0; i < NVerbs; i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

static int
number(const char *option, const char *s, int lo, int hi)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(s, &end, 10);
	if (*end || end == s || errno || v < lo || v > hi)
		usage_error("%s: want a whole number from %d to %d, got '%s'", option, lo, hi, s);
	return (int)v;
}

/* input_size - "256x320" or a list with commas; false when it is a file name instead */
static bool
input_size(const char *s, Options *o)
{
	int h, w, end = 0, count = 0;

	for (const char *at = s;; at += end + 1) {
		if (sscanf(at, "%dx%d%n", &h, &w, &end) != 2 || (at[end] && at[end] != ','))
			return false;
		if (h < 1 || w < 1 || h > 65536 || w > 65536)
			usage_error("--input: want HxW from 1x1 to 65536x65536, got '%s'", s);
		for (int i = 0; i < count; i++)
			if (o->sizes[i].h == h && o->sizes[i].w == w)
				usage_error("--input: want different sizes, got %dx%d twice", h, w);
		if (count == NSizes)
			usage_error("--input: want at most %d sizes, got '%s'", NSizes, s);
		o->sizes[count++] = (Pair){ h, w };
		if (!at[end])
			break;
	}
	o->nsizes = count;
	o->h = o->sizes[0].h;
	o->w = o->sizes[0].w;
	return true;
}

static const char *
pass_option(const char *option, const char *name, bool others)
{
	const char *names[16];

	if (pass_named(name) >= 0 || (others && (!strcmp(name, "input") || !strcmp(name, "all"))))
		return name;
	for (int i = 0; i < npasses; i++)
		names[i] = passes[i].name;
	usage_error("%s: want a pass, got '%s'%s", option, name, meant(name, names, npasses));
}

/* set_targets - a list with commas; one named twice counts once */
static void
set_targets(Options *o, const char *list)
{
	o->ntargets = 0;
	for (const char *s = list;; s++) {
		size_t len = strcspn(s, ",");
		const Target *t = target_named(arena_text("%.*s", (int)len, s));
		bool twice = false;
		for (int i = 0; i < o->ntargets; i++)
			twice = twice || o->targets[i] == t;
		if (!twice && o->ntargets == NTargets)
			usage_error("--target: want at most %d, got '%s'", NTargets, list);
		if (!twice)
			o->targets[o->ntargets++] = t;
		s += len;
		if (!*s)
			break;
	}
	o->target = o->targets[0];
}

/* store_named - how weights are kept, the argument of --store */
static Dtype
store_named(const char *value)
{
	static const Dtype stores[] = { DT_f32, DT_f16, DT_bf16 };

	for (size_t i = 0; i < sizeof stores/sizeof *stores; i++)
		if (!strcmp(value, dtype_rows[stores[i]].name))
			return stores[i];
	usage_error("--store: want f32, f16 or bf16, got '%s'", value);
}

static void
set(Options *o, int row, const char *value)
{
	void *field = (char *)o + option_rows[row].at;

	switch (option_rows[row].kind) {
	case Flag:
		*(bool *)field = true;
		break;
	case Text:
		if (!strcmp(option_rows[row].name, "--input") && input_size(value, o))
			break;
		if (!strcmp(option_rows[row].name, "--input"))
			PUSH(o->inputs, o->ninputs, value);
		if (!strcmp(option_rows[row].name, "--expect"))
			PUSH(o->expects, o->nexpects, value);
		*(const char **)field = value;
		break;
	case Number:
		*(int *)field = number(option_rows[row].name, value, option_rows[row].lo, option_rows[row].hi);
		break;
	case TargetName:
		set_targets(o, value);
		break;
	case Arg:
		if (!strchr(value, '=') || value[0] == '=')
			usage_error("-D: want KEY=VALUE, got '%s'", value);
		if (o->nargs == (int)(sizeof o->args/sizeof *o->args))
			usage_error("-D: want at most %d, got more", o->nargs);
		o->args[o->nargs++] = value;
		break;
	case DumpPass:
		*(const char **)field = pass_option(option_rows[row].name, value, true);
		break;
	case Embed:
		if (strcmp(value, "c") && strcmp(value, "file"))
			usage_error("--embed: want --embed or --embed=c, got '%s'", value);
		*(const char **)field = value;
		break;
	case Store:
		*(Dtype *)field = store_named(value);
		break;
	case StopPass:
		*(const char **)field = pass_option(option_rows[row].name, value, false);
		break;
	}
}

static void
unknown(const Verb *v, const char *word)
{
	const char **names = arena_new((size_t)(noptions + npasses)*sizeof *names);
	int count = 0;

	for (int i = 0; i < noptions; i++)
		if (verb_takes(v, &option_rows[i]))
			names[count++] = option_rows[i].name;
	for (int i = 0; i < npasses && verb_builds(v); i++)
		names[count++] = arena_text("--no-%s", passes[i].name);
	usage_error("want a known option, got '%s'%s", word, meant(word, names, count));
}

/* option - parse argv[i], return how many words it took */
static int
option(Options *o, int argc, char **argv, int i)
{
	const char *word = argv[i], *eq = strchr(word, '=');
	size_t len = eq && word[1] == '-' ? (size_t)(eq - word) : strlen(word);

	if (!strncmp(word, "--no-", 5)) {
		int p = pass_named(word + 5);
		if (p < 0)
			unknown(o->verb, word);
		if (!verb_builds(o->verb))
			usage_error("%s: want an option of this verb, got '%s'", o->verb->name, word);
		o->pass.skip |= 1u << p;
		return 1;
	}
	for (int r = 0; r < noptions; r++) {
		const char *name = option_rows[r].name, *brief = option_rows[r].brief ? option_rows[r].brief : option_rows[r].name;
		bool is_long = strlen(name) == len && !strncmp(name, word, len);
		bool glued = brief[1] != '-' && !strncmp(word, brief, 2) && word[2] && word[1] != '-' && option_rows[r].kind != Flag;

		if (!is_long && strcmp(brief, word) && !glued)
			continue;
		if (!verb_takes(o->verb, &option_rows[r]))
			usage_error("%s: want an option of this verb, got '%s', which is for %s", o->verb->name, name,
			            option_rows[r].verbs);
		if (option_rows[r].kind == Flag) {
			if (eq)
				usage_error("%s: want no value, got '%s'", name, eq + 1);
			set(o, r, NULL);
			return 1;
		}
		if ((option_rows[r].kind == DumpPass || option_rows[r].kind == Embed) && !(is_long && eq)) {
			set(o, r, option_rows[r].kind == Embed ? "file" : "plan");
			return 1;
		}
		if (glued)
			set(o, r, word + 2);
		else if (is_long && eq && word[1] == '-')
			set(o, r, eq + 1);
		else if (i + 1 < argc)
			set(o, r, argv[i + 1]);
		else
			usage_error("%s: want a value %s, got none", name, option_rows[r].value);
		return glued || (is_long && eq && word[1] == '-') ? 1 : 2;
	}
	unknown(o->verb, word);
	return 1;
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* banner_command - the command as the banner shows it: file names without folders, output left out */
static const char *
banner_command(const Options *o)
{
	const char *s = arena_text("resnetc compile %s", base_name(o->model));

	if (o->weights)
		s = arena_text("%s -w %s", s, base_name(o->weights));
	if (o->name)
		s = arena_text("%s --name %s", s, o->name);
	for (int i = 0; i < o->ntargets; i++)
		s = arena_text("%s%s%s", s, i ? "," : " --target ", o->targets[i]->name);
	if (o->prefix)
		s = arena_text("%s --prefix %s", s, o->prefix);
	if (o->train)
		s = arena_text("%s --train", s);
	if (o->batch)
		s = arena_text("%s --batch %d", s, o->batch);
	for (int i = 0; o->h && i < o->nsizes; i++)
		s = arena_text("%s%s%dx%d", s, i ? "," : " --input ", o->sizes[i].h, o->sizes[i].w);
	for (int i = 0; i < o->nargs; i++)
		s = arena_text("%s -D %s", s, base_name(o->args[i]));
	if (o->tuned)
		s = arena_text("%s --tuned %s", s, base_name(o->tuned));
	if (o->int8)
		s = arena_text("%s --int8", s);
	if (o->calibrate)
		s = arena_text("%s --calibrate %s", s, base_name(o->calibrate));
	if (o->calibrate_count)
		s = arena_text("%s --calibrate-count %d", s, o->calibrate_count);
	if (o->exact)
		s = arena_text("%s --exact", s);
	if (o->store)
		s = arena_text("%s --store %s", s, dtype_rows[o->store].name);
	if (o->winograd)
		s = arena_text("%s --winograd", s);
	if (o->embed)
		s = arena_text("%s --embed%s", s, strcmp(o->embed, "c") ? "" : "=c");
	if (o->amalgamate)
		s = arena_text("%s --amalgamate", s);
	for (int i = 0; i < npasses; i++)
		if (o->pass.skip & 1u << i)
			s = arena_text("%s --no-%s", s, passes[i].name);
	return s;
}

static const char *
meant_verb(const char *word)
{
	const char *names[NVerbs];

	for (int k = 0; k < NVerbs; k++)
		names[k] = verbs[k].name;
	return meant(word, names, NVerbs);
}

/* help - resnetc help, resnetc help VERB */
static void
help(const char *verb)
{
	if (verb && !verb_named(verb))
		usage_error("help: want a verb, got '%s'%s", verb, meant_verb(verb));
	if (verb)
		verb_usage(verb_named(verb));
	else
		usage(stdout);
	exit(ExitOk);
}

/* verb_in - the verb of the command line, which may be left out; *i: the word behind it */
static const Verb *
verb_in(int argc, char **argv, int *i)
{
	if (argc < 2) {
		usage(stderr);
		exit(ExitUsage);
	}
	*i = 1;
	if (argv[1][0] == '-' || strchr(argv[1], '.') || strchr(argv[1], '/'))
		return verb_named("compile");
	if (verb_named(argv[1]))
		return verb_named(argv[(*i)++]);
	if (!strcmp(argv[1], "help"))
		help(argc > 2 ? argv[2] : NULL);
	usage_error("want a verb or a model file, got '%s'%s", argv[1], meant_verb(argv[1]));
}

/* add_name - a word that is no option: a model, a weight file, a layer */
static void
add_name(Options *o, const Verb *v, const char *word)
{
	const char **names[] = { &o->model, &o->layer };
	int count = (o->model != NULL) + (o->layer != NULL);

	if (count == v->most && o->ninputs && !strcmp(v->name, "run")) {
		PUSH(o->inputs, o->ninputs, word);       /* what a shell made of -i *.png */
		return;
	}
	if (!v->most)
		usage_error("%s: want no word, got '%s'", v->name, word);
	if (count == v->most)
		usage_error("%s: want %s, got '%s' too", v->name,
		            v->most == 2 ? strstr(v->usage, "B.lua") ? "two models" : "two names" :
		            strstr(v->usage, "MODEL") ? "one model" : "one name", word);
	*names[count] = word;
}

/* look_again - what only the whole command line tells */
static void
look_again(Options *o, const Verb *v)
{
	if (v->fewest == 2 && !o->layer)
		usage_error("%s: want two model files, got %s", v->name, o->model ? "one" : "none");
	if (v->fewest && !o->model)
		usage_error("%s: want a %sfile, got none", v->name, strstr(v->usage, "MODEL") ? "model " : "");
	o->target_given = o->ntargets > 0;
	if (!o->ntargets)
		set_targets(o, "native");
	if (o->ntargets > 1 && !among("compile pack", v->name))
		usage_error("%s: want one target, got %d", v->name, o->ntargets);
	if (o->nsizes > 1 && !among("compile pack", v->name))
		usage_error("%s: want one input size, got %d", v->name, o->nsizes);
	if (o->ninputs && !among("run verify", v->name))
		usage_error("%s: --input: want HxW, got '%s'", v->name, o->input);
	if (o->ninputs > 1 && strcmp(v->name, "run"))
		usage_error("%s: want one input, got %d", v->name, o->ninputs);
	if (!o->nsizes)
		o->nsizes = 1;               /* the model's own */
	if (o->calibrate && !o->int8 && strcmp(v->name, "quantize"))
		usage_error("--calibrate: want --int8 too, got no wish for bytes");
	if (!o->calibrate && (o->calibrate_count || o->accuracy))
		usage_error("%s: want pictures to calibrate with too (--calibrate FOLDER), got none",
		            o->calibrate_count ? "--calibrate-count" : "--accuracy");
	if (o->resume && o->weights)
		usage_error("--resume: want no weights to start from (-w), for the checkpoint has all parameters, got '%s'",
		            o->weights);
	if (o->budget && (o->ntargets > 1 || o->nsizes > 1))
		usage_error("--budget: want one target and one input size, got %d and %d", o->ntargets, o->nsizes);
	if (o->budget)
		budget_parse(o->budget, o->most);
	if (o->store && o->train)
		usage_error("--store: want a network at work, got --train, whose weights are floats that change");
	if (o->pass.dot && !o->pass.dump)
		usage_error("--dot: want a dump that it draws (--dump), got none");
	if (o->amalgamate && (o->ntargets > 1 || o->nsizes > 1))
		usage_error("--amalgamate: want one target and one input size, got %d and %d", o->ntargets, o->nsizes);
}

Options
options_parse(int argc, char **argv)
{
	Options o = { .pass.out = stdout, .seed = -1 };
	int i;
	const Verb *v = verb_in(argc, argv, &i);

	o.verb = v;
	while (i < argc) {
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			if (i == 1)
				usage(stdout);
			else
				verb_usage(v);
			exit(ExitOk);
		}
		if (!strcmp(argv[i], "--version")) {
			o.verb = verb_named("version");
			return o;
		}
		if (argv[i][0] == '-' && argv[i][1] && argv[i][1] != ':')        /* "-" and "-:KEY" are standard input */
			i += option(&o, argc, argv, i);
		else
			add_name(&o, v, argv[i++]);
	}
	look_again(&o, v);
	quiet = o.quiet;
	if (o.model)
		o.command = banner_command(&o);
	return o;
}
