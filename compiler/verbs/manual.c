/*
** manual.c - resnetc doc man, bash, zsh and fish: the manual page and what shells complete, written from the tables of
** verbs and options.
*/
#include <string.h>

#include "verbs.h"

#define ROFF(text) backslashed(text, "-\\")        /* what troff reads otherwise */

/* glued - "[=PASS]" and "=PASS" follow the name without a blank */
static bool
glued(const OptionRow *r)
{
	return r->value && (r->value[0] == '[' || r->value[0] == '=');
}

void
doc_man(void)
{
	puts(".TH RESNETC 1 \"\" \"resnetc " VERSION "\" \"User Commands\"\n"
	     ".SH NAME\nresnetc \\- compile residual networks to C\n.SH SYNOPSIS");
	for (int i = 0; i < NVerbs; i++)
		printf("%s.B resnetc\n%s\n", i ? ".br\n" : "", ROFF(verbs[i].usage));
	puts(".SH DESCRIPTION\n"
	     "resnetc reads a network written in Lua, or as an ONNX file, and its trained weights, and writes one C file for\n"
	     "exactly that network, input shape and processor, a header, a blob of packed weights and a small runtime.\n"
	     "The C needs no library, allocates nothing and gives the same bits on any number of threads.\n"
	     ".SH COMMANDS");
	for (int i = 0; i < NVerbs; i++)
		printf(".TP\n.B %s\n%s\n", verbs[i].name, ROFF(verbs[i].doc));
	puts(".SH OPTIONS");
	for (int i = 0; i < noptions; i++) {
		const OptionRow *r = &option_rows[i];
		printf(".TP\n.B %s%s%s\n", r->brief ? ROFF(r->brief) : "", r->brief ? ", " : "",
		       ROFF(arena_text("%s%s%s", r->name, r->value && !glued(r) ? " " : "", r->value ? r->value : "")));
		printf("%s\n", ROFF(option_doc(r)));
	}
	puts(".TP\n.B \\-\\-no\\-PASS\nleave out a pass:");
	for (int i = 0; i < npasses; i++)
		printf("%s%s\n", ROFF(passes[i].name), i + 1 < npasses ? "," : ".");
	puts(".SH EXIT STATUS\n.TP\n.B 0\ndone\n.TP\n.B 1\nthe input is wrong\n.TP\n.B 2\nusage\n"
	     ".TP\n.B 3\na fault of resnetc\n"
	     ".SH ENVIRONMENT\n.TP\n.B CC\nthe C compiler that run, bench, verify, tune and fuzz use, with options if it\n"
	     "needs some; else the first of clang\\-19, clang, gcc, cc\n"
	     ".TP\n.B TMPDIR\nwhere they work\n.TP\n.B NO_COLOR\nwhen set, messages on a terminal are plain\n"
	     ".TP\n.B COLUMNS\nhow wide tables may be; else as the terminal is, or 80 columns. Names too long for that\n"
	     "lose their middle\n"
	     ".SH EXAMPLES\n.nf\nresnetc init resnet50 > model.lua\nresnetc model.lua \\-w resnet50.safetensors \\-o net\n"
	     "resnetc verify model.lua \\-w resnet50.safetensors\ncc \\-O2 \\-Inet net/*.c app.c \\-o app\n.fi");
}

static void
print_words(const char *between)
{
	for (int i = 0; i < noptions; i++)
		printf("%s%s%s%s", i ? between : "", option_rows[i].name, option_rows[i].brief ? between : "",
		       option_rows[i].brief ? option_rows[i].brief : "");
	for (int i = 0; i < npasses; i++)
		printf("%s--no-%s", between, passes[i].name);
}

void
doc_bash(void)
{
	puts("# bash completion for resnetc; made by resnetc doc bash\n"
	     "_resnetc()\n{\n"
	     "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
	     "\tcase $before in");
	printf("\t--target) COMPREPLY=($(compgen -P \"${word%%\"${word##*,}\"}\" -W \"%s\" -- \"${word##*,}\")); return ;;\n",
	       target_names(" ", " "));
	printf("\tdoc) COMPREPLY=($(compgen -W \"%s\" -- \"$word\")); return ;;\n"
	       "\t--stop-after) COMPREPLY=($(compgen -W \"", doc_words(" "));
	for (int i = 0; i < npasses; i++)
		printf("%s%s", i ? " " : "", passes[i].name);
	puts("\" -- \"$word\")); return ;;\n"
	     "\tinit) COMPREPLY=($(compgen -W \"$(resnetc init)\" -- \"$word\")); return ;;\n"
	     "\tesac\n"
	     "\tif [[ $word == -* ]]; then");
	printf("\t\tCOMPREPLY=($(compgen -W \"");
	print_words(" ");
	puts("\" -- \"$word\"))\n\t\treturn\n\tfi");
	printf("\tif [[ $COMP_CWORD == 1 ]]; then\n\t\tCOMPREPLY=($(compgen -W \"");
	for (int i = 0; i < NVerbs; i++)
		printf("%s%s", i ? " " : "", verbs[i].name);
	puts("\" -- \"$word\"))\n\tfi\n"
	     "\tCOMPREPLY+=($(compgen -f -- \"$word\"))\n"
	     "}\ncomplete -o filenames -F _resnetc resnetc");
}

/* zsh_text - inside '...' and of _arguments: quotes, brackets and colons escaped */
static const char *
zsh_text(const char *s)
{
	char *to = arena_new(4*strlen(s) + 1), *p = to;

	for (; *s; s++) {
		if (*s == '\'')
			p += sprintf(p, "'\\''");
		else {
			if (*s == '[' || *s == ']' || *s == ':')
				*p++ = '\\';
			*p++ = *s;
		}
	}
	*p = 0;
	return to;
}

void
doc_zsh(void)
{
	puts("#compdef resnetc\n# zsh completion for resnetc; made by resnetc doc zsh\nlocal -a verbs\nverbs=(");
	for (int i = 0; i < NVerbs; i++)
		printf("\t'%s:%s'\n", verbs[i].name, zsh_text(verbs[i].doc));
	puts(")\n_arguments -s \\");
	for (int i = 0; i < noptions; i++) {
		const OptionRow *r = &option_rows[i];
		const char *action = r->kind == TargetName ? arena_text("_values -s , target %s", target_names(" ", " ")) :
			r->kind == Text ? "_files" : " ";
		const char *value = r->kind == Flag || r->kind == DumpPass || r->kind == Embed ? "" : arena_text(":%s:%s",
			zsh_text(r->value), action);
		printf("\t'%s[%s]%s' \\\n", r->name, zsh_text(option_doc(r)), value);
		if (r->brief)
			printf("\t'%s[%s]%s' \\\n", r->brief, zsh_text(option_doc(r)), value);
	}
	printf("\t'1: :{_describe verb verbs; _files}' \\\n"
	       "\t'*:file:{case $words[2] in init) compadd $(resnetc init) ;; doc) compadd %s ;; *) _files ;; esac}'\n",
	       doc_words(" "));
}

void
doc_fish(void)
{
	puts("# fish completion for resnetc; made by resnetc doc fish");
	for (int i = 0; i < NVerbs; i++)
		printf("complete -c resnetc -n __fish_use_subcommand -a %s -d '%s'\n", verbs[i].name,
		       backslashed(verbs[i].doc, "'\\"));
	for (int i = 0; i < noptions; i++) {
		const OptionRow *r = &option_rows[i];
		printf("complete -c resnetc");
		if (r->name[1] == '-')
			printf(" -l %s", r->name + 2);
		if (r->brief || r->name[1] != '-')
			printf(" -s %s", (r->brief ? r->brief : r->name) + 1);
		if (r->kind == TargetName) {
			printf(" -x -a '(__fish_complete_list , \"string split \\\" \\\" \\\"%s\\\"\")'", target_names(" ", " "));
		} else if (r->kind == Text) {
			printf(" -r -F");
		} else if (r->kind != Flag && r->kind != DumpPass && r->kind != Embed) {
			printf(" -x");
		}
		printf(" -d '%s'\n", backslashed(option_doc(r), "'\\"));
	}
	puts("complete -c resnetc -n '__fish_seen_subcommand_from init' -x -a '(resnetc init)'");
	printf("complete -c resnetc -n '__fish_seen_subcommand_from doc' -x -a '%s'\n", doc_words(" "));
}
