/*
** graphs.c - ONNX models from one line of text, for tests: statements with ";" between them, the last value is the output
** and x a 1x3x4x5 image unless the line says otherwise:
**
**	k=i 1 -1                    whole numbers, one dimension; k=z 3 is a single one
**	k=v 0.5 2                   floats, one dimension; k=s 2 is a single float
**	k=b 1 0                     booleans; k=t 1 text; k=U 1 2 uint8, k=C -1 int8, k=L 7 int32: of one number a single one
**	k=f 8 3 1 1                 floats of this shape: 0, 0.25, 0.5 ... and again from the seventh
**	k=r 8 3 1 1                 noise of this shape, -1 to 1; k=h as float16, k=c as int8, k=u as uint8, k=d as double
**	y=Conv x w _ | group=1 pads:0,0,1,1 alpha~0.5 mode'linear scales^1,1 value@i,3
**	a,b=Split x k               several results
**	y=QLinearAdd a ...          an operator of ONNX Runtime's own is in its domain: QGemm, QLinear but for Conv and MatMul, and ms.Gelu
**	                            and the like; nchwc.Conv in that of its layout for one processor
**	x=I 1 8 0 5                 the input's shape, 0 where it is open; x=U of bytes, x=H of float16
**	opset=11   shape=y 1 8 4 5 (declared)   out=y z
**
** Inputs with "_" for one that is left out, then attributes: a number, numbers, a float, a string, floats, a tensor.
** alpha~ and others without a value have their type alone, as writers of proto3 leave them; alpha? has not even that.
** tests/import/graphs.py reads the same language.
*/
#include "graphs.h"

/* noise - from -1 to 1, the same everywhere */
double
noise(size_t i)
{
	return (double)(((uint32_t)i*2654435761u) >> 24)/128 - 1;
}

static void *
zeroed(size_t size)
{
	return memset(arena_new(size), 0, size);
}

enum { KFloat = 1, KU8 = 2, KI8 = 3, KI32 = 6, KI64 = 7, KText = 8, KBool = 9, KHalf = 10, KDouble = 11 };

/* the letters of constants; shaped: the numbers are a shape, the values noise (or f's pattern) */
static const struct { char letter; int type, bytes; bool shaped, single; } kinds[] = {
	{ 'i', KI64, 8, false, false }, { 'z', KI64, 8, false, true }, { 'v', KFloat, 4, false, false }, { 's', KFloat, 4, false, true },
	{ 'b', KBool, 1, false, false }, { 't', KText, 0, false, false }, { 'f', KFloat, 4, true, false }, { 'r', KFloat, 4, true, false },
	{ 'h', KHalf, 2, true, false }, { 'c', KI8, 1, true, false }, { 'u', KU8, 1, true, false }, { 'd', KDouble, 8, true, false },
	{ 'U', KU8, 1, false, false }, { 'C', KI8, 1, false, false }, { 'L', KI32, 4, false, false },
};
enum { NKinds = sizeof kinds/sizeof *kinds, MostNumbers = 64 };

/* half_of - the float16 of a multiple of 1/128 below 1 or of a small integer */
static uint16_t
half_of(double v)
{
	uint16_t sign = v < 0 ? 0x8000 : 0;
	int exponent = 15;

	v = fabs(v);
	if (v == 0)
		return sign;
	for (; v < 1; v *= 2)
		exponent--;
	for (; v >= 2; v /= 2)
		exponent++;
	return (uint16_t)(sign | exponent << 10 | (int)((v - 1)*1024));
}

/* put_raw - value i of a type, in raw data */
static void
put_raw(void *to, int type, size_t i, double v)
{
	switch (type) {
	case KFloat:  ((float *)to)[i] = (float)v; break;
	case KDouble: ((double *)to)[i] = v; break;
	case KI64:    ((int64_t *)to)[i] = (int64_t)v; break;
	case KI32:    ((int32_t *)to)[i] = (int32_t)v; break;
	case KHalf:   ((uint16_t *)to)[i] = half_of(v); break;
	case KI8:     ((signed char *)to)[i] = (signed char)v; break;
	default:      ((unsigned char *)to)[i] = (unsigned char)v; break;
	}
}

/* put_values - whole numbers and floats in fields of their own, what has a letter since as raw data */
static void
put_values(Onnx__TensorProto *t, char letter, int type, int bytes, const double *v, size_t count)
{
	t->has_data_type = true;
	t->data_type = type;
	if (letter == 'i') {
		t->n_int64_data = count;
		t->int64_data = zeroed((count + 1)*sizeof *t->int64_data);
	} else if (strchr("vsf", letter)) {
		t->n_float_data = count;
		t->float_data = zeroed((count + 1)*sizeof *t->float_data);
	} else if (type != KText) {
		t->has_raw_data = true;
		t->raw_data.len = count*(size_t)bytes;
		t->raw_data.data = zeroed(count*(size_t)bytes + 1);
	}
	for (size_t i = 0; i < count; i++) {
		if (t->int64_data)
			t->int64_data[i] = (int64_t)v[i];
		else if (t->float_data)
			t->float_data[i] = (float)v[i];
		else if (t->has_raw_data)
			put_raw(t->raw_data.data, type, i, v[i]);
	}
}

static Onnx__TensorProto *
tensor(const char *name, char letter, const char *text)
{
	Onnx__TensorProto *t = zeroed(sizeof *t);
	double number[MostNumbers], *v = number;
	size_t count = 0, all;
	int k = 0;

	onnx__tensor_proto__init(t);
	t->name = (char *)(size_t)name;
	while (k < NKinds && kinds[k].letter != letter)
		k++;
	ck_assert_msg(k < NKinds, "a kind of constant: %c", letter);
	for (char *end; *text && count < MostNumbers; text = *end ? end + 1 : end) {
		number[count++] = strtod(text, &end);
		ck_assert_msg(end != text, "a number: %s", text);
	}
	t->dims = zeroed(MostNumbers*sizeof *t->dims);
	all = count;
	if (kinds[k].shaped) {
		all = 1;
		for (size_t i = 0; i < count; i++)
			all *= (size_t)(t->dims[t->n_dims++] = (int64_t)number[i]);
		v = zeroed((all + 1)*sizeof *v);
		for (size_t i = 0; i < all; i++)
			v[i] = letter == 'f' ? (double)(i%7)/4 : letter == 'c' ? noise(i)*128 : letter == 'u' ? noise(i)*128 + 128 : noise(i + 7);
	} else if (!kinds[k].single && !(count == 1 && strchr("UCL", letter))) {
		t->dims[t->n_dims++] = (int64_t)count;
	}
	put_values(t, letter, kinds[k].type, kinds[k].bytes, v, all);
	return t;
}

static Onnx__AttributeProto *
attr(char *text)
{
	Onnx__AttributeProto *a = zeroed(sizeof *a);
	static const char types[] = "?~='@ ^:";      /* in the order of AttributeType */
	size_t n = strcspn(text, types);
	char kind = text[n], *value = text + n + 1;

	onnx__attribute_proto__init(a);
	text[n] = 0;
	a->name = text;
	a->has_type = !*value;
	a->type = (int)(strchr(types, kind) - types);
	if (!*value)
		return a;
	if (kind == '=') {
		a->has_i = true;
		a->i = atoll(value);
	} else if (kind == '~') {
		a->has_f = true;
		a->f = strtof(value, NULL);
	} else if (kind == '\'') {
		a->has_s = true;
		a->s.len = strlen(value);
		a->s.data = (uint8_t *)value;
	} else if (kind == '@') {
		a->t = tensor("t", value[0], value + 2);
	} else {
		Onnx__TensorProto *t = tensor("", kind == ':' ? 'i' : 'v', value);
		a->n_ints = t->n_int64_data;
		a->ints = t->int64_data;
		a->n_floats = t->n_float_data;
		a->floats = t->float_data;
	}
	return a;
}

static Onnx__NodeProto *
node(char *name, char *text)
{
	Onnx__NodeProto *p = zeroed(sizeof *p);
	bool attributes = false;

	onnx__node_proto__init(p);
	p->output = zeroed(16*sizeof *p->output);
	for (char *comma; name; name = comma) {
		comma = strchr(name, ',');
		if (comma)
			*comma++ = 0;
		p->output[p->n_output++] = strcmp(name, "_") ? name : (char *)(size_t)"";
	}
	p->input = zeroed(80*sizeof *p->input);
	p->attribute = zeroed(32*sizeof *p->attribute);
	for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
		if (!p->op_type) {
			if (!strncmp(word, "nchwc.", 6))
				p->domain = (char *)(size_t)"com.microsoft.nchwc";
			else if (!strncmp(word, "ms.", 3))
				p->domain = (char *)(size_t)"com.microsoft";
			p->op_type = word = p->domain && *p->domain ? strchr(word, '.') + 1 : word;
			if (!strcmp(word, "QGemm") ||
			    (!strncmp(word, "QLinear", 7) && strcmp(word, "QLinearConv") && strcmp(word, "QLinearMatMul")))
				p->domain = (char *)(size_t)"com.microsoft";
		} else if (!strcmp(word, "|")) {
			attributes = true;
		} else if (attributes) {
			p->attribute[p->n_attribute++] = attr(word);
		} else {
			p->input[p->n_input++] = strcmp(word, "_") ? word : (char *)(size_t)"";
		}
	}
	return p;
}

Onnx__ValueInfoProto *
value_info(const char *name, const char *dims, int type)
{
	Onnx__ValueInfoProto *v = zeroed(sizeof *v);
	Onnx__TensorProto *t = tensor("", 'i', dims);

	onnx__value_info_proto__init(v);
	v->name = (char *)(size_t)name;
	v->type = zeroed(sizeof *v->type);
	onnx__type_proto__init(v->type);
	v->type->tensor_type = zeroed(sizeof *v->type->tensor_type);
	onnx__tensor_type_proto__init(v->type->tensor_type);
	v->type->tensor_type->has_elem_type = true;
	v->type->tensor_type->elem_type = type;
	v->type->tensor_type->shape = zeroed(sizeof *v->type->tensor_type->shape);
	onnx__tensor_shape_proto__init(v->type->tensor_type->shape);
	v->type->tensor_type->shape->dim = zeroed(8*sizeof(void *));
	for (size_t i = 0; i < t->n_int64_data; i++) {
		Onnx__Dimension *d = zeroed(sizeof *d);
		onnx__dimension__init(d);
		d->has_dim_value = t->int64_data[i] != 0;
		d->dim_value = t->int64_data[i];
		v->type->tensor_type->shape->dim[v->type->tensor_type->shape->n_dim++] = d;
	}
	return v;
}

/* told - statements about the graph itself; false: it is another */
static bool
told(Built *b, const char *name, char *text)
{
	if (!strcmp(name, "opset")) {
		b->opset.version = atoll(text);
	} else if (!strcmp(name, "x") && strchr("IUH", *text) && text[1] == ' ') {
		b->g.input[0] = value_info("x", text + 2, *text == 'I' ? KFloat : *text == 'U' ? KU8 : KHalf);
	} else if (!strcmp(name, "shape")) {
		char *dims = strchr(text, ' ');
		*dims++ = 0;
		b->g.value_info[b->g.n_value_info++] = value_info(text, dims, KFloat);
	} else if (!strcmp(name, "out")) {
		for (char *word = strtok(text, " "); word; word = strtok(NULL, " "))
			b->g.output[b->g.n_output++] = value_info(word, "", KFloat);
	} else {
		return false;
	}
	return true;
}

Built *
built(const char *statements)
{
	Built *b = zeroed(sizeof *b);
	char *text = arena_text("%s", statements), *last = NULL;

	onnx__model_proto__init(&b->m);
	onnx__graph_proto__init(&b->g);
	onnx__operator_set_id_proto__init(&b->opset);
	b->m.graph = &b->g;
	b->opset.has_version = true;
	b->opset.version = 17;
	b->opsets[0] = &b->opset;
	b->m.n_opset_import = 1;
	b->m.opset_import = b->opsets;
	b->g.node = zeroed(64*sizeof(void *));
	b->g.initializer = zeroed(32*sizeof(void *));
	b->g.input = zeroed(4*sizeof(void *));
	b->g.output = zeroed(8*sizeof(void *));
	b->g.value_info = zeroed(8*sizeof(void *));
	b->g.input[b->g.n_input++] = value_info("x", "1 3 4 5", KFloat);
	for (char *s = text, *end; s; s = end) {
		char *eq = strchr(s, '=');
		end = strchr(s, ';');
		if (end)
			*end++ = 0;
		*eq = 0;
		if (told(b, s, eq + 1))
			continue;
		last = s;
		if (eq[1] && strchr("ivsfrhcubtzdUCL", eq[1]) && (eq[2] == ' ' || !eq[2]))
			b->g.initializer[b->g.n_initializer++] = tensor(s, eq[1], eq[2] ? eq + 3 : "");
		else
			b->g.node[b->g.n_node++] = node(s, eq + 1);
	}
	if (!b->g.n_output)
		b->g.output[b->g.n_output++] = value_info(last, "", KFloat);
	return b;
}

void
put_model(const char *name, const Onnx__ModelProto *m)
{
	size_t len = onnx__model_proto__get_packed_size(m);
	uint8_t *data = malloc(len + 1);

	onnx__model_proto__pack(m, data);
	put_file(name, data, len);
	free(data);
}

static const char *summary;

/* import - leaves the output's shape and its first value in every channel, for an image of zeros */
static void
import(void *user)
{
	static const OnnxOptions none;
	Graph *g = onnx_import(in_dir("g.onnx"), &none);
	Shape s = g->outputs[0]->shape;
	double *x = calloc(count_of(g->nodes[0]->out->shape), sizeof *x), **v = interp(g, x);

	(void)user;
	check(g, "import");
	summary = arena_text("%dx%dx%d:", s.c, s.h, s.w);
	for (int c = 0; c < s.c && c < 3; c++)
		summary = arena_text("%s %g", summary, v[g->outputs[0]->node->id][(size_t)c*(size_t)(s.h*s.w)] + 0);
	interp_free(g, v);
	free(x);
}

/* want_graph - a file's result for zeros, "CxHxW: first values of three channels", or the message that refuses it */
void
want_graph(const Built *b, const char *text)
{
	const char *message;

	put_model("g.onnx", &b->m);
	message = attempt(import, NULL);
	if (message) {
		const char *said = "";
		for (const char *s = text, *next; *s; s = next) {    /* KINDS and nothing before ":" stand for the file */
			next = strstr(s + 1, "KINDS");
			next = next ? next : s + strlen(s);
			if (!strncmp(s, "KINDS", 5))
				s += 5;
			said = arena_text("%s%s%.*s", said, in_dir("g.onnx"), (int)(next - s), s);
		}
		ck_assert_msg(!strcmp(message, said), "got %s\nwant %s", message, said);
	}
	else
		ck_assert_str_eq(summary, text);
}
