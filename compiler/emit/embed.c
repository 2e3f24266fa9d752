/*
** embed.c - NAME_weights.c: the blob as an object the linker takes in. The file says #embed where the compiler knows it
** and .incbin where it does not; for compilers that know neither, and those who want one file, the bytes themselves as
** text.
*/
#include <stdlib.h>
#include <string.h>

#include "emit.h"

/* emit_bytes - 24 to a line; 4 letters each at most */
static void
emit_bytes(Out *o, const unsigned char *data, size_t len)
{
	char line[24*4 + 1];

	for (size_t i = 0; i < len;) {
		char *p = line;
		for (int k = 0; k < 24 && i < len; k++, i++)
			p += sprintf(p, "%u,", data[i]);
		out_line(o, "%s", line);
	}
}

File
emit_embedded(const Model *m, const File *blob)
{
	Out *o = out_new();
	size_t len;
	const char *text;

	emit_names(o, m->g);
	out_text(o, "/* SPDX-License-Identifier: 0BSD */\n"
	            "/* $name_weights.c - the weights of $name, linked into the program; made by resnetc. */\n");
	out_text(o, "#include \"$name.h\"\n\n");
	if (!strcmp(m->embed, "c")) {
		out_text(o, "#if defined(__cplusplus)\n"
		            "extern \"C\" alignas($NAME_WEIGHTS_ALIGN)\n"
		            "#else\n"
		            "_Alignas($NAME_WEIGHTS_ALIGN)\n"
		            "#endif\n"
		            "const unsigned char $name_weights[$NAME_WEIGHTS_BYTES] = {\n");
		emit_bytes(o, blob->data, blob->len);
		out_line(o, "};");
	} else {
		out_text(o, "/* The blob's path: #embed looks beside this file first, "
		            ".incbin in the working folder and in -Wa,-IFOLDER. */\n"
		            "#if !defined($NAME_WEIGHTS_FILE)\n"
		            "#define $NAME_WEIGHTS_FILE \"$name.weights\"\n"
		            "#endif\n\n"
		            "#if defined(__has_embed) && !defined(__cplusplus)\n"
		            "#if defined(__clang__)\n"
		            "#pragma clang diagnostic ignored \"-Wc23-extensions\"\n"
		            "#endif\n"
		            "_Alignas($NAME_WEIGHTS_ALIGN) const unsigned char $name_weights[$NAME_WEIGHTS_BYTES] = {\n"
		            "#embed $NAME_WEIGHTS_FILE\n"
		            "};\n"
		            "#elif defined(__APPLE__)\n"
		            "__asm__(\".const_data\\n.balign 64\\n.globl _$name_weights\\n_$name_weights:\\n.incbin \\\"\" "
		            "$NAME_WEIGHTS_FILE \"\\\"\\n.text\\n\");\n"
		            "#elif defined(_WIN32)\n"
		            "#define RC_TEXT(word) #word\n"
		            "#define RC_LABEL(prefix, name) RC_TEXT(prefix) name\n"
		            "#define RC_NAME RC_LABEL(__USER_LABEL_PREFIX__, \"$name_weights\")\n"
		            "__asm__(\".section .rdata,\\\"dr\\\"\\n.balign 64\\n.globl \" RC_NAME \"\\n\" RC_NAME \":\\n.incbin "
		            "\\\"\" $NAME_WEIGHTS_FILE \"\\\"\\n.text\\n\");\n"
		            "#elif defined(__ELF__)\n"
		            "__asm__(\".section .rodata\\n.balign 64\\n.globl $name_weights\\n.type $name_weights, %object\\n\"\n"
		            "\"$name_weights:\\n.incbin \\\"\" $NAME_WEIGHTS_FILE \"\\\"\\n.size $name_weights, . - "
		            "$name_weights\\n.previous\\n\");\n"
		            "#else\n"
		            "#error \"want a compiler with #embed or .incbin, got another: "
		            "resnetc --embed=c writes the bytes as C\"\n"
		            "#endif\n");
	}
	text = out_string(o, &len);
	return (File){ arena_text("%s_weights.c", m->g->name), text, len };
}
