/*
** doc.c - resnetc doc. The documentation of ops and attributes is their tables, in several forms; that of the library
** is the comments of its Lua files.
*/
#include <string.h>

#include "verbs.h"

static void
print_ops(void)
{
	print_wrapped(stdout, 0, 0, "Ops: nn.OP(tensor..., { attribute = value, ... }). conv and batch_norm are other names "
	              "of conv2d and bn.");
	puts("");
	for (int i = 0; i < NLanguageOps; i++) {
		print_one_op((Op)i);
		puts("");
	}
}

/* print_library - the comments of the library that stand above a function, and the rulers between parts */
static void
print_library(void)
{
	const char *s = library_text(), *comment = NULL;

	puts("Library:");
	while (*s) {
		const char *end = strchr(s, '\n');
		if (!strncmp(s, "-- ", 3) && strstr(s, " ------") && strstr(s, " ------") < end) {
			printf("\n%.*s\n", (int)(strstr(s, " ------") - s - 3), s + 3);
			comment = NULL;
		} else if (!strncmp(s, "--", 2)) {
			comment = comment ? comment : s;
		} else {
			if (!strncmp(s, "function nn.", 12)) {
				printf("\n%.*s\n", (int)(strchr(s, ')') + 1 - s - 9), s + 9);
				for (const char *c = comment; c && c < s; c = strchr(c, '\n') + 1)
					printf("    %.*s\n", (int)(strchr(c, '\n') - c - 2) > 0 ? (int)(strchr(c, '\n') - c - 3) : 0, c + 3);
			} else if (comment && s[0] == '\n') {
				for (const char *c = comment; c < s; c = strchr(c, '\n') + 1)
					printf("    %.*s\n", (int)(strchr(c, '\n') - c - 2) > 0 ? (int)(strchr(c, '\n') - c - 3) : 0, c + 3);
			}
			comment = NULL;
		}
		s = end + 1;
	}
}

static void
print_text(void)
{
	print_ops();
	print_library();
	puts("\nPasses:");
	for (int i = 0; i < npasses; i++)
		printf("    %-10s %s\n", passes[i].name, passes[i].doc);
}

/* print_bytes - the arithmetic of networks of bytes: what compiler/interp_int8.c computes and all code must */
static void
print_bytes(void)
{
	puts("\n## Networks of bytes\n\n"
		"`resnetc quantize` makes weights of bytes, with what the bytes of every result stand for: the byte q is the number\n"
		"`step*(q - zero)`. Weights are signed bytes, symmetric, with a `weight_step` for each output channel; biases are\n"
		"whole numbers of 32 bits in the steps of the sums. Every result is defined to the last bit and the same on every\n"
		"target, for any number of threads. `fl` rounds to float32, `rne` to the nearest whole number, both ties to even;\n"
		"a product or sum of floats is rounded once.\n\n"
		"| op | result |\n|---|---|\n"
		"| `conv2d`, `linear` | `acc = bias + sum w*(x - zero_x)`, exact, within 32 bits; `fl(fl(acc)*s)` with `s = "
		"fl(step_x*weight_step/step_y)` |\n"
		"| ... with a skip z | `fl((z - zero_z)*f + fl(fl(acc)*s))`, where `f = step_z/step_y` to 16 bits of mantissa, "
		"so that its product is exact |\n"
		"| `add` | `fl((z - zero_z)*f_z + (x - zero_x)*f_x)`, both products exact |\n"
		"| `mul` | `fl((x - zero_x)*(z - zero_z)*s)` with `s = fl(step_x*step_z/step_y)`; the product of bytes is exact |\n"
		"| `avg_pool`, `adaptive_avg_pool` | `fl(sum (x - zero_x) * fl(fl(step_x/step_y)/count))`; "
		"padding adds nothing to the sum |\n"
		"| `concat` | `(x - zero_x)*f`, of each input |\n"
		"| `quantize` | `fl(x*fl(1/step_y))` |\n"
		"| `max_pool`, `adaptive_max_pool`, `slice`, `pad`, `flatten`, `upsample_nearest` | the bytes as they are |\n"
		"| `dequantize` | `fl((x - zero_x)*fl(step_x))`, a float |\n\n"
		"Such a number v becomes the byte `rne(v between lo and hi) + zero_y`: lo and hi are what a byte has room for, "
		"or less\n"
		"where there is a `relu`, `relu6` or `clip`; NaN is lo. A `conv2d` or `linear` that no op on bytes reads "
		"hands out v\n"
		"itself, with `step_y = 1`. A picture goes in as its own pixels: floats made by `nn.image`'s scale, "
		"mean and std are\n"
		"made pixels again, `rne(fl(fl(x*fl(std/scale)) + fl(mean/scale)))` between 0 and 255; std is in the first weights,\n"
		"`zero` is the mean's nearest pixel in each channel, and the biases have the rest. All other ops work on floats, "
		"between\n"
		"`dequantize` and `quantize` nodes that `resnetc explain` lists.\n\n"
		"`resnetc import` of an ONNX model that is quantised writes such a network with the file's own integers, "
		"scales and zero\n"
		"points, and keeps ONNX Runtime's roundings. `weight_step` is of doubles then, so that `s` is its float32,\n"
		"`fl(fl(step_x*scale_w)/step_y)`. With `requant = \"onnx_u8\"`, or `\"onnx_s8\"` where the file counts bytes from "
		"-128 on (ours\n"
		"are 128 more):\n\n"
		"| op | byte, less the 128, between the ends of a byte or what an activation lets through |\n|---|---|\n"
		"| `add` of x and z | `rne(fl(x*r_x + fl(z*r_z + k)))`, `r = fl(step/step_y)`, `k = fl(zero_y - fl(zero_x*r_x + "
		"fl(zero_z*r_z)))` |\n"
		"| `mul` of x and z | `rne(fl(fl((x - zero_x)*(z - zero_z)*r) + zero_y))`, `r = fl(fl(step_x*step_z)/step_y)` |\n"
		"| `add` and `mul` with `requant = \"onnx_float\"` | `rne(fl(fl(u + v)/step_y)) + zero_y`, "
		"`rne(fl(fl(u*v)/step_y)) + zero_y`, where `u = fl((x - zero_x)*step_x)` and `v = fl((z - zero_z)*step_z)` |\n"
		"| `avg_pool` | `rne(fl(fl(fl(fl(sum u)/count)/step_y) + zero_y))`; each u is added by itself, "
		"row after row |\n"
		"| `adaptive_avg_pool` to one pixel | `rne(fl(fl(sum (x - zero_x)) * fl(step_x/fl(step_y*count)))) + zero_y` |\n"
		"| `quantize` | `rne(fl(x/step_y)) + zero_y` |");
}

/* print_markdown - dsl/README.md */
static void
print_markdown(void)
{
	puts("# dsl/\n\n"
	     "The model language. `dsl.c` runs a model file and hands back its graph, `sandbox.c` is the Lua state it runs\n"
	     "in, `place.c` knows the user's line. `library/` is what `require \"resnet\"` returns: stems, blocks, stages\n"
	     "and heads, all sugar over one function per op; `library.c` runs its files, each with what those before it\n"
	     "returned. They build on `raw.c`, `tensor.c` and `finish.c`; `attr.c` reads an op's options by the attribute\n"
	     "table. `types.lua` is the library for lua-language-server; `resnetc doc lua` prints it with the ops.\n\n"
	     "What follows is printed by `resnetc doc markdown` from the op table, the attribute table and the comments of\n"
	     "`library/`.\n\n"
	     "## Ops\n\n"
	     "`nn.OP(tensor..., { attribute = value, ... })`. `conv`, `batch_norm`, `maxpool`, `avgpool`, `zero_pad`, `swish`"
	     "\n"
	     "and `clamp` are other names of `conv2d`, `bn`, `max_pool`, `avg_pool`, `pad`, `silu` and `clip`; `x + y`,\n"
	     "`x - y`, `x*y` and `x/y` are `nn.add`, `nn.sub`, `nn.mul` and `nn.div`, of which one may be a number; `-x` is "
	     "`-1*x`.\n\n"
	     "| op | tensors | attributes | |\n|---|---|---|---|");
	for (int i = 0; i < NLanguageOps; i++) {
		const OpRow *r = &op_rows[i];
		printf("| `%s` | %d%s |", r->name, r->lo, r->hi > r->lo ? arena_text(" to %d", r->hi) : "");
		for (int a = 0, n = 0; a < NAttrs; a++)
			if (op_takes((Op)i, (AttrId)a))
				printf("%s`%s`", n++ ? ", " : " ", attr_rows[a].name);
		printf(" | %s |\n", backslashed(r->doc, "|*<"));
	}
	puts("\n## Attributes\n\n| attribute | default | |\n|---|---|---|");
	for (int a = 0; a < NAttrs; a++)
		printf("| `%s` | %s | %s |\n", attr_rows[a].name, backslashed(attr_defaults_text(&attr_rows[a]), "|*<"),
		       backslashed(attr_rows[a].doc, "|*<"));
	print_bytes();
	puts("\n## Library\n\n```");
	print_library();
	puts("```");
}

static const struct {
	const char *name;
	void (*print)(void);
} forms[] = {
	{ "text", print_text }, { "markdown", print_markdown }, { "lua", doc_types }, { "man", doc_man }, { "bash", doc_bash },
		{ "zsh", doc_zsh }, { "fish", doc_fish }, };
enum { NForms = sizeof forms/sizeof *forms };

int
verb_doc(Options *o)
{
	const char *list = "";

	for (int i = 0; i < NForms; i++) {
		if (!strcmp(o->model ? o->model : "text", forms[i].name)) {
			forms[i].print();
			return ExitOk;
		}
		list = arena_text("%s%s%s", list, i ? ", " : "", forms[i].name);
	}
	const char *word = strncmp(o->model, "nn.", 3) ? o->model : o->model + 3;
	if (doc_word(word))
		return ExitOk;
	usage_error("doc: want one of %s, or a word of the language, got '%s'%s", list, o->model, meant_word(word));
}
