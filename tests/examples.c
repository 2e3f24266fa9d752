/* examples.c - the programs of examples/ and the guide say what they promise. */
#include <unistd.h>

#include "../compiler/image/image.h"
#include "projects.h"

/* stand_in - what save.py of the guide leaves, for machines without PyTorch: the answer is the interpreter's */
static void
stand_in(void)
{
	DslOptions d = { .h = 96, .w = 96 };
	Graph *g;
	File f;
	float *x = numbers(3*96*96, 5), y[10];
	double *in, **v;

	ck_assert_int_eq(system(arena_text("sed 's/1000/10/' examples/resnet18.lua > '%s'", in_dir("guide/model.lua"))), 0);
	g = dsl_load(in_dir("guide/model.lua"), &d);
	bind_random(g, 3);
	f = safetensors_file(g, "resnet18.pth");
	put_file("guide/resnet18.pth", f.data, f.len);
	in = doubles(x, 3*96*96);
	v = interp(g, in);
	for (int i = 0; i < 10; i++)
		y[i] = (float)v[g->outputs[0]->node->id][i];
	npy_write(in_dir("guide/input.npy"), x, 4, (int64_t[]){ 1, 3, 96, 96 });
	npy_write(in_dir("guide/expected.npy"), y, 2, (int64_t[]){ 1, 10 });
	put_file("guide/input.bin", x, 3*96*96*sizeof *x);
}

/* run_guide - the blocks of a page: those of a file are written, those of sh are run together, the words of python3 only with PyTorch */
static void
run_guide(const char *page, bool torch)
{
	const char *script = "set -e\ncc() { command cc \"$@\" -O0; }\n", *end;

	for (const char *s = strstr(page, "\n```"); s; s = strstr(end + 1, "\n```")) {
		const char *name = s + 4, *body = strchr(name, '\n') + 1;
		end = strstr(body, "\n```") + 4;
		if (!strncmp(name, "sh\n", 3)) {
			if (torch || strncmp(body, "python3", 7))
				script = arena_text("%s%.*s", script, (int)(end - 3 - body), body);
		} else {
			name = strchr(name, ' ') + 1;
			put_file(arena_text("guide/%.*s", (int)(strchr(name, '\n') - name), name), body, (size_t)(end - 3 - body));
		}
	}
	put_file("guide/script.sh", script, strlen(script));
}

START_TEST(guide_from_pytorch_to_an_app)
{
	bool torch = !system("/usr/bin/python3 -c 'import torchvision' > /dev/null 2>&1");
	size_t len;
	const char *said, *first, *second;

	shell_in("guide", "rm -rf *");
	if (!torch)
		stand_in();
	run_guide(file_map("examples/pytorch.md", &len), torch);
	installed();
	compile_quickly();
	shell_in("guide", "PATH=\"/usr/bin:$PATH:%s/bin\" sh script.sh > said", installed());
	said = file_map(in_dir("guide/said"), &len);
	ck_assert_msg(strstr(said, "layer4.1.bn2.running_var") != NULL, "%.1500s", said);
	/* both programs say the class and the logit that PyTorch (or the interpreter) gave */
	first = strstr(said, "class ");
	second = first ? strstr(first + 1, "class ") : NULL;
	ck_assert_msg(first && second && !strncmp(first, second, strcspn(first, "\n")), "%.1500s", said);
	Npy want = npy_read(in_dir("guide/expected.npy"));
	int best = 0;
	for (int i = 1; i < 10; i++)
		best = want.data[i] > want.data[best] ? i : best;
	ck_assert_int_eq(atoi(first + 6), best);
	ck_assert_double_eq_tol(atof(strstr(first, "logit ") + 6), (double)want.data[best], 1e-3*(1 + fabs((double)want.data[best])));
}
END_TEST

START_TEST(example_says)
{
	static const struct { const char *build, *say; } rows[] = {
		{ "cc -O0 -fopenmp -Wall -Wextra -Wpedantic -Werror -Inet net/[a-z]*.c '%s/examples/threads.c' -o app -lpthread && ./app net/cifar_resnet20.weights", "the same bits" },
		{ "cc -O0 -Wall -Wextra -Wpedantic -Werror -Inet net/[a-z]*.c '%s/examples/two_models.c' -o app -lpthread && ./app net", "class 4, 2.3408" },
		{ "cc -O0 -c net/[a-z]*.c && c++ -O0 -std=c++17 -Wall -Wextra -Wpedantic -Werror -Inet '%s/examples/network.cpp' *.o -o app -lpthread && ./app net/cifar_resnet20.weights",
		  "deer 2.3408, the same bits" },
		{ "cc -O0 -shared -fPIC net/[a-z]*.c -o net/net.so -lpthread && /usr/bin/python3 '%s/examples/network.py' net cifar_resnet20", "4 2.3408" },
	};
	const char *dir = arena_text("says%d", _i), *said;
	size_t len;

	if (_i == 3 && system("/usr/bin/python3 -c 'import numpy' 2> /dev/null"))
		return;
	ck_assert_int_eq(resnetc("examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors -q -o %s", in_dir(arena_text("%s/net", dir))).status, 0);
	if (_i == 1)
		ck_assert_int_eq(resnetc("examples/cifar_plain20.lua -w random -q -o %s", in_dir(arena_text("%s/net", dir))).status, 0);
	shell_in(dir, "%s", arena_text("(%s) > said", arena_text(rows[_i].build, here())));
	said = file_map(in_dir(arena_text("%s/said", dir)), &len);
	ck_assert_msg(strstr(said, rows[_i].say) && !strstr(said, "other bits"), "%s", said);
}
END_TEST

/* put_records - CIFAR-10's binary version of the example pictures, each 50 times */
static void
put_records(const char *name)
{
	static const char *const names[] = { "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck" };
	static unsigned char records[500*3073];

	for (int i = 0; i < 500; i++) {
		Picture p = image_read(arena_text("examples/images/%s.png", names[i%10]));
		unsigned char *to = records + i*3073;
		ck_assert(p.h == 32 && p.w == 32);
		*to++ = (unsigned char)(i%10);
		for (int c = 0; c < 3; c++)
			for (int k = 0; k < 1024; k++)
				*to++ = p.rgb[3*k + c];
		free(p.rgb);
	}
	put_file(name, records, sizeof records);
}

/* a program that learns: it is surer of its pictures afterwards, the exported network has them right; same bits on threads */
START_TEST(finetune_learns)
{
	int after, exported;
	double before, loss;
	const char *said;
	size_t len;

	ck_assert_int_eq(resnetc("examples/train/animals_vehicles.lua -w examples/weights/cifar_resnet20.safetensors --train -q -o %s", in_dir("fine/net")).status, 0);
	put_records("fine/all.bin");
	shell_in("fine", "cc -O1 -Wall -Wextra -Wpedantic -Werror -Inet net/[a-z]*.c '%s/examples/finetune.c' -lpthread -o app", here());
	shell_in("fine", "./app --epochs 2 net/animals_vehicles.params all.bin all.bin a.weights > said && "
	   "./app --epochs 2 --threads 3 net/animals_vehicles.params all.bin all.bin b.weights > said3 && cmp a.weights b.weights && "
	   "! ./app net/animals_vehicles.weights all.bin all.bin && ! ./app net/animals_vehicles.params app all.bin");
	said = file_map(in_dir("fine/said"), &len);
	ck_assert_int_eq(sscanf(said, "before: loss %lf", &before), 1);
	ck_assert_int_eq(sscanf(strstr(said, "after: "), "after: loss %lf, %d", &loss, &after), 2);
	ck_assert_int_eq(sscanf(strstr(said, "exported: "), "exported: %d", &exported), 1);
	ck_assert_msg(loss < before/4 && after == 500 && exported == after, "%s", said);
}
END_TEST

/* the experiments' models are ones to be trained, their scripts are scripts */
START_TEST(experiments_can_be_run)
{
	static const char *const words[] = { "-D depth=20 -D skip=no", "-D depth=56 -D skip=yes -D peak=0.02" };

	for (int i = 0; i < 2; i++) {
		Ran r = resnetc("examples/train/degradation.lua %s -w random --train --batch 2 -q -o %s", words[i], in_dir(arena_text("runs%d", i)));
		ck_assert_msg(r.status == 0, "%s", r.err);
		ck_assert_int_eq(access(in_dir(i ? "runs1/resnet56_train.c" : "runs0/plain20_train.c"), R_OK), 0);
	}
	ck_assert_int_eq(resnetc("examples/train/cifar_resnet20.lua -w random --train --batch 32 -q -o %s", in_dir("runs2")).status, 0);
	shell_in("runs2", "for f in '%s'/examples/train/*.sh; do sh -n \"$f\" && ! sh \"$f\" none; done", here());
	if (!system("command -v mpicc > /dev/null 2>&1"))
		shell_in("runs2", "mpicc -fsyntax-only -Wall -Wextra -Wpedantic -Werror -DRC_MPI -I. '%s/examples/mpi_train.c'", here());
}
END_TEST

SUITE(examples)
{
	TCase *t = part("examples");

	tcase_add_loop_test(t, example_says, 0, 4);
	t = part("guide");
	tcase_add_test(t, guide_from_pytorch_to_an_app);
	t = part("learning");
	tcase_add_test(t, finetune_learns);
	tcase_add_test(t, experiments_can_be_run);
}
