/* main.c - all suites; arguments name the ones to run. Prints Check's summary. */
#include "tests.h"

int
main(int argc, char **argv)
{
	Suite *(*const suites[])(void) = { suite_passes, suite_plan, suite_matrix, suite_pairs, suite_errors, suite_weights, suite_image,
		suite_onnx, suite_import, suite_tune, suite_runtime, suite_emitted, suite_networks, suite_fuzz, suite_hostile, suite_selftest, suite_verbs, suite_sanitize, suite_operators, suite_apps, suite_tables };
	static const char *const names[] = { "passes", "plan", "matrix", "pairs", "errors", "weights", "image", "onnx", "import", "tune", "runtime", "emitted", "networks", "fuzz", "hostile", "selftest", "verbs", "sanitize", "operators", "apps", "tables" };
	SRunner *sr = srunner_create(NULL);
	int failed;

	in_dir("");                      /* before Check forks: one folder for all */
	quiet = true;
	for (size_t i = 0; i < sizeof suites/sizeof *suites; i++) {
		bool wanted = argc < 2;
		for (int k = 1; k < argc; k++)
			wanted = wanted || !strcmp(argv[k], names[i]);
		if (wanted)
			srunner_add_suite(sr, suites[i]());
	}
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed > 0;
}
