/* ranks.c - programs on the ranks of MPI beside one process: training bit for bit, pictures spread over them. */
#include "projects.h"

static const char learner[] = "local nn = require \"resnet\"\nreturn nn.model { name = \"m\", input = nn.image { 3, 8, 8 }, stem = nn.stem.cifar { 16 },\n"
	"stages = { nn.stage { nn.basic, width = 16 }, nn.stage { nn.basic, width = 32, stride = 2 } }, head = nn.classifier { 3 },\n"
	"train = nn.train { batch = 3, augment = { crop = 1, flip = true }, freeze = { \"stem\" } } }\n";

static const char mpirun[] = "OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 mpirun --oversubscribe";

START_TEST(ranks_give_the_same_bits)
{
	const char *said;
	size_t len;

	if (system("command -v mpicc > /dev/null 2>&1 && command -v mpirun > /dev/null 2>&1"))
		return;
	ck_assert_int_eq(resnetc("%s -w random:1 --train -q -o %s", model_file(learner), in_dir("ranks/net")).status, 0);
	put_program("ranks/app.c", "apps/ranks.c");
	shell_in("ranks", "mpicc -O0 -Wall -Wextra -Wpedantic -Wno-missing-field-initializers -Werror -DRC_MPI -Inet net/[a-z]*.c app.c -lpthread -o app");
	for (int n = 1; n <= 8; n *= 2) {
		shell_in("ranks", "%s", arena_text("%s -n %d ./app > said", mpirun, n));
		said = file_map(in_dir("ranks/said"), &len);
		ck_assert_msg(strstr(said, arena_text("%d ranks: the same bits, fine", n)) != NULL, "%s", said);
	}
}
END_TEST

START_TEST(synchronised_ranks_are_one_batch)
{
	const char *said, *first = NULL;
	size_t len;

	if (system("command -v mpicc > /dev/null 2>&1 && command -v mpirun > /dev/null 2>&1"))
		return;
	ck_assert_int_eq(resnetc("%s -w random:1 --train -q -o %s", model_file(learner), in_dir("together/net")).status, 0);
	ck_assert_int_eq(resnetc("%s --name n --batch 24 -w random:1 --train -q -o %s", model_file(learner), in_dir("together/net")).status, 0);
	put_program("together/app.c", "apps/synchronised.c");
	shell_in("together", "mpicc -O0 -Wall -Wextra -Wpedantic -Wno-missing-field-initializers -Werror -DRC_MPI -Inet net/[a-z]*.c app.c -lm -lpthread -o app");
	for (int n = 1; n <= 8; n *= 2) {
		shell_in("together", "%s", arena_text("%s -n %d ./app > said", mpirun, n));
		said = arena_text("%s", (const char *)file_map(in_dir("together/said"), &len));
		ck_assert_msg(strstr(said, "fine, near, ") == said, "%d ranks: %s", n, said);
		first = first ? first : said;
		ck_assert_msg(!strcmp(said, first), "%d ranks: %s%s", n, said, first);
	}
}
END_TEST

START_TEST(pictures_over_ranks)
{
	if (system("command -v mpicc > /dev/null 2>&1 && command -v mpirun > /dev/null 2>&1"))
		return;
	ck_assert_int_eq(resnetc("examples/cifar_resnet20.lua -w examples/weights/cifar_resnet20.safetensors -q -o %s", in_dir("spread/net")).status, 0);
	shell_in("spread", "mpicc -O0 -Wall -Wextra -Wpedantic -Werror -Inet net/[a-z]*.c '%s/examples/mpi_classify.c' -lpng -ljpeg -lm -lpthread -o app", here());
	shell_in("spread", "%s", arena_text("%s -n 3 ./app net/cifar_resnet20.weights %s/examples/images/[a-z]*.png | sed 's|.*/||; s|[.]png | |' > said && "
	   "test $(wc -l < said) = 10 && awk '$1 != $2 { exit 1 }' said && sort -c said", mpirun, here()));
}
END_TEST

SUITE(ranks)
{
	TCase *t = part("ranks");

	tcase_add_test(t, ranks_give_the_same_bits);
	tcase_add_test(t, synchronised_ranks_are_one_batch);
	tcase_add_test(t, pictures_over_ranks);
}
