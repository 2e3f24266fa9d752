/* verbs.c - the verbs: one row each. */
#include "verbs.h"

const Verb verbs[] = {
	{ "compile", verb_compile, "[compile] MODEL.lua -w WEIGHTS [-o DIR]", "emit NAME.c NAME.h NAME.weights and the runtime" },
	{ "run",     verb_run,     "run MODEL.lua -w WEIGHTS -i IN [-o OUT.npy]", "compile, load, run; prints the top classes" },
	{ "bench",   verb_bench,   "bench MODEL.lua [-w WEIGHTS] [--threads N]", "time every layer against this machine's peak" },
	{ "tune",    verb_tune,    "tune MODEL.lua [-w WEIGHTS] [--threads N] [-o FILE]", "time algorithms and tiles; compile --tuned FILE uses them" },
	{ "verify",  verb_verify,  "verify MODEL.lua [-w W] [-i IN] [--expect OUT.npy]", "emitted code against double precision, by layer" },
	{ "fuzz",    verb_fuzz,    "fuzz [CASE.lua] [--count N] [--seed N] [--time SECONDS] [--target NAME]", "random networks against double precision" },
	{ "explain", verb_explain, "explain MODEL.lua [LAYER] [--run]", "what was fused, which algorithm and tile, why, how long it takes" },
	{ "report",  verb_report,  "report MODEL.lua [-w WEIGHTS] [-o FILE.html]", "one page: the graph, memory, roofline, times, weights, C beside Lua" },
	{ "dot",     verb_dot,     "dot MODEL.lua [--stop-after=PASS]", "the graph for Graphviz" },
	{ "diff",    verb_diff,    "diff A.lua B.lua [--run]", "two models: parameters, MACs, memory, time, layer by layer" },
	{ "import",  verb_import,  "import FILE.onnx [-o DIR]", "an ONNX model as NAME.lua and NAME.safetensors" },
	{ "weights", verb_weights, "weights FILE", "what a weight file holds: names, shapes, ranges, NaNs" },
	{ "init",    verb_init,    "init NAME", "print a ready model: resnet50, cifar_resnet20, ..." },
	{ "doc",     verb_doc,     "doc [text|markdown|lua|man|bash|zsh|fish]", "the model language and this command, printed from their tables" },
	{ "version", verb_version, "version", "the version" },
};
const int nverbs = sizeof verbs/sizeof *verbs;
