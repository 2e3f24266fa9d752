#!/bin/sh
# What adding something costs: a toy op, activation, verb and target in a copy of the tree, each in the places that README.md
# ("How to add") counts and in no other; then it is built and they are used. adding.sh DIR
set -e
mkdir -p "$1"
cp -r Makefile compiler dsl runtime examples tests "$1"
cd "$1"

# put FILE AFTER LINE: a line behind the first that contains AFTER
put() {
	grep -qF "$2" "$1"
	awk -v after="$2" -v line="$3" '{ print } !done && index($0, after) { print line; done = 1 }' "$1" > added && mv added "$1"
}

# an op, 5 places: row, shape rule, reference loop, family, row of the test matrix
put compiler/ops.h '#include "acts.h"' 'OP(twice, 1, 1, twice, twice, 0,1,0,0, A_offset, "2*x + offset")'
put compiler/shape.c '#include "graph.h"' 'static void
shape_twice(Node *n)
{
	n->out->shape = n->in[0]->shape;
}
'
put compiler/interp.c '#include "graph.h"' 'static void
interp_twice(const Node *n, const double *const *x, double *y)
{
	for (size_t i = 0; i < count_of(n->out->shape); i++)
		y[i] = 2*x[0][i] + n->a.offset;
}
'
cat > compiler/kernels/twice.c <<'C'
/* twice.c - 2*x + offset. A unit of work is one vector of channels of one image. */
#include "kernel.h"

static void
twice_describe(const Kernel *k, char *name, size_t len)
{
	snprintf(name, len, "twice_%dx%dx%d", k->out->shape.c, k->out->shape.h, k->out->shape.w);
}

static int
twice_emit(Out *o, const Kernel *k, int phase)
{
	out_line(o, "** y = 2*x + %s", float_text(k->a.offset));
	emit_head(o, k, phase);
	emit_image_loop(o, k, "v", vectors_of(k));
	out_line(o, "const float *xv = %s;", vector_base(k, "x", &k->in->lay));
	out_line(o, "float *yv = %s;", vector_base(k, "y", &k->out->lay));
	out_line(o, "for (int i = 0; i < %d; i++)", k->out->shape.h);
	out_line(o, "for (int j = 0; j < %d; j++)", k->out->shape.w);
	out_line(o, "\tst(yv + i*%zu + j*%d, fma_(ld(xv + i*%zu + j*%d), splat(2.0f), splat(%s)));", k->out->lay.row, k->out->lay.cb, k->in->lay.row,
	         k->in->lay.cb, float_text(k->a.offset));
	out_line(o, "}");
	out_line(o, "}");
	return k->out->shape.n*vectors_of(k);
}

const Family family_twice = { .name = "twice", .describe = twice_describe, .emit = twice_emit };
C
put tests/matrix.c '} rows[] = {' '	{ O_twice, 17, 3, 5, 2, "return nn.twice(x, { offset = 3 })" },'

# an activation, 3 places: row, reference, word
put compiler/acts.h '"max(x, 0); NaN stays NaN")' 'ACT(cube, 0, "cube($x)", 3*s*s, 2*U*y, "x*x*x")'
put compiler/interp.c 'case Act_none:' '	case Act_cube: return v*v*v;'
echo 'static inline V cube(V a) { return mul(a, mul(a, a)); }' >> runtime/rc_act.h

# attributes up to the last bit of a set, before all others: a row each
spare=$(awk '/^ATTR\(/ { n++ } END { while (n++ < 64) printf "ATTR(spare%d, INT, spare%d, 0, 9, \"spare\", ANY(0))\n", n, n }' compiler/attrs.h)
put compiler/attrs.h '*/' "$spare"

# a verb, 2 places: row and file
put compiler/verbs/list.h 'VERB(version' 'VERB(hello, 0, 0, "hello", "says hello")'
cat > compiler/verbs/hello.c <<'C'
/* hello.c - resnetc hello. */
#include "verbs.h"

int
verb_hello(Options *o)
{
	(void)o;
	puts("hello");
	return ExitOk;
}
C

# a target, 2 places: row and vector words
put compiler/targets.h 'MACHINE(neon,' 'TARGET(toy_1, "toy-1", toy, , 1, 16, 8, 16, 2048, 1, 0, 2, 2, 4, 4, 24e3, 384e3, 16, 10, 5, ANY)'
cp runtime/rc_simd_scalar.h runtime/rc_simd_toy.h

make -s CFLAGS=-O0 resnetc
[ "$(./resnetc hello)" = hello ]
cat > toy.lua <<'L'
local nn = require "resnet"
return nn.model { name = "toy", input = nn.image { 20, 9, 7 }, body = function(x)
	return nn.cube(nn.twice(nn.cube(nn.conv(x, { 20, kernel = 3 })), { offset = 0.25 }))
end }
L
for target in native toy-1; do
	./resnetc verify toy.lua -w random --target $target --batch 2 | grep -q '^verified'
done
./resnetc doc text | grep -q '2\*x + offset'
for form in man bash zsh fish; do
	./resnetc doc $form | grep -q hello
	./resnetc doc $form | grep -q 'toy\\*-1'
done
./resnetc fuzz --count 6 --target toy-1
./resnetc toy.lua -w random --target toy-1,scalar -q -o both
cc -O0 -c both/toy.c both/toy_toy_1.c both/toy_scalar.c
grep -n wanted both/toy.c | tail -2 | head -1 | grep -q toy-1      # before scalar, which runs anywhere
