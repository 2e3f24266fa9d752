/*
** report.c - resnetc report: one page of HTML that needs nothing else. The facts, the emitted C and the Lua are data
** in it; what draws them are the scripts in report/, how it looks is page.css.
*/
#include <string.h>

#include "../carried.h"
#include "session.h"

CARRIED(page_html, "compiler/report/page.html")
CARRIED(page_css,  "compiler/report/page.css")

/* what draws it, in the order in which it is run */
#define SCRIPTS(ROW) ROW(words) ROW(layer) ROW(graph) ROW(charts) ROW(tables) ROW(page)
#define ROW(name) CARRIED(script_##name, "compiler/report/" #name ".js")
SCRIPTS(ROW)
#undef ROW
static const char *const scripts[] = {
#define ROW(name) script_##name,
	SCRIPTS(ROW)
#undef ROW
};

static const char *
page_js(void)
{
	const char *all = "";

	for (size_t i = 0; i < sizeof scripts/sizeof *scripts; i++)
		all = arena_text("%s%s", all, scripts[i]);
	return all;
}

/* add_sources - the C of every kernel by its name, and the model's text */
static void
add_sources(struct json_object *facts, const Model *m)
{
	struct json_object *c = json_object_new_object();
	size_t len;
	const char *lua = file_map(m->g->file, &len);

	for (int i = 0; i < m->functions->count; i++)
		json_object_object_add(c, m->functions->all[i]->name,
		                       json_object_new_string(function_source(m, m->functions->all[i])));
	json_object_object_add(facts, "c", c);
	json_object_object_add(facts, "lua", json_object_new_string_len(lua, (int)len));
	json_object_object_add(facts, "file", json_object_new_string(strrchr(m->g->file, '/') ? strrchr(m->g->file, '/') + 1 :
	                                                             m->g->file));
	json_object_object_add(facts, "version", json_object_new_string(VERSION));
	json_object_object_add(facts, "command", json_object_new_string(m->command));
}

/* guarded - JSON inside a script element: no "<" that could end it */
static const char *
guarded(const char *json)
{
	size_t n = 0;
	char *to, *p;

	for (const char *s = json; *s; s++)
		n += *s == '<' ? 6 : 1;
	p = to = arena_new(n + 1);
	for (const char *s = json; *s; s++)
		if (*s == '<')
			p += sprintf(p, "\\u003c");
		else
			*p++ = *s;
	return to;
}

/* escaped - text between tags */
static const char *
escaped(const char *s)
{
	char *to = arena_new(6*strlen(s) + 1), *p = to;

	for (; *s; s++)
		if (*s == '<' || *s == '>' || *s == '&')
			p += sprintf(p, "&#%d;", *s);
		else
			*p++ = *s;
	*p = 0;
	return to;
}

int
verb_report(Options *o)
{
	Model *m = build(o, o->weights ? o->weights : "random:0");
	Measured measured, *t = NULL;
	struct json_object *facts;
	const char *file, *slash, *page = page_html, *text = "";
	File f;

	if (!m)
		return ExitOk;
	if (target_runs_here(m->g->target) && host_loads()) {
		measured = measure(m, o->threads, o->rounds ? o->rounds : 20);
		t = &measured;
	} else if (!host_loads()) {
		warn("a static resnetc loads no code: the report has no times");
	} else {
		warn("%s does not run here: the report has no times", m->g->target->name);
	}
	facts = facts_of(m, t);
	add_sources(facts, m);
	/* the page has one place for each: @title@, @css@, @data@, @js@ */
	for (const char *at; (at = strchr(page, '@')); page = strchr(at + 1, '@') + 1) {
		const char *what = !strncmp(at, "@css@", 5) ? page_css : !strncmp(at, "@js@", 4) ? page_js() : !strncmp(at, "@title@",
			7) ? escaped(m->g->name) :
			guarded(json_object_to_json_string_ext(facts, JSON_C_TO_STRING_PLAIN));
		text = arena_text("%s%.*s%s", text, (int)(at - page), page, what);
	}
	text = arena_text("%s%s", text, page);
	json_object_put(facts);
	file = o->output ? o->output : arena_text("%s.html", m->g->name);
	slash = strrchr(file, '/');
	f = (File){ arena_text("%s", slash ? slash + 1 : file), text, strlen(text) };
	write_files(slash ? arena_text("%.*s", (int)(slash - file) + (slash == file), file) : ".", &f, 1);
	if (o->json) {
		struct json_object *all = json_object_new_object();
		json_object_object_add(all, "file", json_object_new_string(file));
		json_object_object_add(all, "bytes", json_object_new_int64((int64_t)f.len));
		json_object_object_add(all, "layers", json_object_new_int(m->g->count));
		json_object_object_add(all, "ms", t ? json_object_new_double(t->whole*1e3) : NULL);
		print_json(all);
	} else if (!o->quiet) {
		printf("%s: %d layers, %zu bytes\n", file, m->g->count, f.len);
	}
	return ExitOk;
}
