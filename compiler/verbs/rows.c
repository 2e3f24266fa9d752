/* rows.c - the table of options: what each is, which verbs take it. */
#include <limits.h>
#include <string.h>

#include "verbs.h"

#define AT(field) offsetof(Options, field)

/* the verbs that build a model */
#define MODEL "compile pack run bench tune verify explain report dot diff"
#define LOADS MODEL " train landscape"        /* those and what loads one for another purpose */

const OptionRow option_rows[] = {
	{ "--weights", "-w", Text, AT(weights), 0, 0, "FILE|random[:SEED]", LOADS " quantize",
	  "weights: .pth, .safetensors, .npz or .onnx; FILE:KEY takes a part, - is standard input; or made up from a seed" },
	{ "--output", "-o", Text, AT(output), 0, 0, "DIR|FILE",
	  "compile pack run tune quantize fuzz report import train landscape",
	  "where results go (compile: generated/NAME; train: NAME.safetensors; landscape: .csv, .svg or .html; "
	  "fuzz: a folder for what failed)" },
	{ "--input", "-i", Text, AT(input), 0, 0, "FILE|HxW,...", MODEL " quantize import",
	  "run, verify: .npy, .png or .jpg; run: several, and folders; HxW: another input size, or several in one artefact" },
	{ "--expect", NULL, Text, AT(expect), 0, 0, "FILE.npy|OUTPUT=FILE.npy", "verify",
	  "verify: outputs to compare with, all in one or each by its name" },
	{ "--name", NULL, Text, AT(name), 0, 0, "NAME", LOADS " quantize import",
	  "another name for the model" },
	{ "--prefix", NULL, Text, AT(prefix), 0, 0, "TEXT", LOADS " quantize",
	  "put before every weight's name, such as module." },
	{ "--target", NULL, TargetName, 0, 0, 0, "NAME,...", LOADS " quantize fuzz",
	  "; several: chosen at run time" },
	{ "--batch", NULL, Number, AT(batch), 1, 4096, "N", LOADS " import",
	  "images a call; train: a step" },
	{ "--threads", NULL, Number, AT(threads), 1, 64, "N",
	  "compile run bench tune verify report explain diff quantize fuzz train landscape",
	  "run, train, landscape, bench, tune, report, --run: threads; --train: that there is memory for; fuzz: processes" },
	{ "--rounds", NULL, Number, AT(rounds), 1, 100000, "N", "bench report explain diff",
	  "bench, report, --run: how many runs" },
	{ "--count", NULL, Number, AT(count), 1, INT_MAX, "N", "fuzz",
	  "fuzz: how many networks" },
	{ "--seed", NULL, Number, AT(seed), 0, INT_MAX, "N", "fuzz landscape train",
	  "fuzz: of the first network; each further one has the next; landscape: of directions and choice of images; train: "
	  "instead of nn.train's" },
	{ "--time", NULL, Number, AT(time), 1, INT_MAX, "SECONDS", "fuzz",
	  "fuzz: stop after so long" },
	{ "--data", NULL, Text, AT(data), 0, 0, "cifar10:DIR|images:DIR|X.npy,Y.npy", "train landscape",
	  "train, landscape: pictures and labels: CIFAR-10's binary version, a folder a class (in train and test, or alone), "
	  "arrays (and two more to test)" },
	{ "--epochs", NULL, Number, AT(epochs), 1, 100000, "N", "train",
	  "train: instead of nn.train's" },
	{ "--resume", NULL, Text, AT(resume), 0, 0, "CHECKPOINT", "train",
	  "train: go on from there, to the same bits as without a stop" },
	{ "--log", NULL, Text, AT(log), 0, 0, "FILE.csv", "train",
	  "train: epoch, rate, train_loss, train_error, test_loss, test_error, seconds" },
	{ "--plot", NULL, Text, AT(plot), 0, 0, "FILE.html", "train",
	  "train: a page with the curves, drawn anew each epoch" },
	{ "--grid", NULL, Number, AT(grid), 2, 201, "N", "landscape",
	  "landscape: points a side (25)" },
	{ "--range", NULL, Text, AT(range), 0, 0, "X", "landscape",
	  "landscape: how far from the weights, as a share of each filter's length (1)" },
	{ "--images", NULL, Number, AT(images), 1, INT_MAX, "N", "landscape",
	  "landscape: of how many the loss is the mean (1024)" },
	{ "--limit", NULL, Text, AT(limit), 0, 0, "TIME", "train",
	  "train: stop this run after 90s, 170m or 3h, with a checkpoint" },
	{ "-D", NULL, Arg, 0, 0, 0, "KEY=VALUE", LOADS " quantize",
	  "seen by the model as nn.arg.KEY" },
	{ "--tuned", NULL, Text, AT(tuned), 0, 0, "FILE", MODEL,
	  "algorithms and tiles as resnetc tune measured them" },
	{ "--int8", NULL, Flag, AT(int8), 0, 0, NULL, MODEL,
	  "bytes instead of floats: with --calibrate, or weights that resnetc quantize wrote" },
	{ "--calibrate", NULL, Text, AT(calibrate), 0, 0, "FOLDER|FILE.npy|random", MODEL " quantize",
	  "quantize, --int8: pictures that show the values of every layer" },
	{ "--calibrate-count", NULL, Number, AT(calibrate_count), 1, 100000, "N", MODEL " quantize",
	  "quantize, --int8: how many of them (128)" },
	{ "--accuracy", NULL, Text, AT(accuracy), 0, 0, "FOLDER|X.npy,Y.npy", MODEL " quantize",
	  "quantize, --int8: labelled pictures, a folder a class, to compare floats and bytes on" },
	{ "--max-loss", NULL, Text, AT(max_loss), 0, 0, "POINTS", MODEL " quantize",
	  "quantize, --int8: write nothing where the accuracy is lower by more" },
	{ "--embed", NULL, Embed, AT(embed), 0, 0, "[=c]", "compile",
	  "compile: NAME_weights.c takes the blob into the program; =c: as text, for any compiler" },
	{ "--amalgamate", NULL, Flag, AT(amalgamate), 0, 0, NULL, "compile",
	  "compile: NAME.c and NAME.h that need no other file" },
	{ "--depfile", NULL, Text, AT(depfile), 0, 0, "FILE", "compile",
	  "compile: what the output depends on, as a rule for Make and Ninja" },
	{ "--run", NULL, Flag, AT(run), 0, 0, NULL, "explain diff",
	  "explain, diff: measure each layer too" },
	{ "--train", NULL, Flag, AT(train), 0, 0, NULL, "verify compile explain fuzz",
	  "compile: NAME_train.c and NAME_train.h too; verify, explain: the network in training, forward and backward; fuzz: "
	  "a step of each network" },
	{ "--exact", NULL, Flag, AT(exact), 0, 0, NULL, MODEL,
	  "direct convolutions of floats only: no Winograd and no Strassen, which round otherwise" },
	{ "--store", NULL, Store, AT(store), 0, 0, "f32|f16|bf16", MODEL,
	  "how weights of convolutions and linear layers are kept: f16 and bf16 at half size, rounded once; biases stay "
	  "floats" },
	{ "--winograd", NULL, Flag, AT(winograd), 0, 0, NULL, MODEL,
	  "Winograd where it is faster on scalar and microcontrollers too, which have none unasked: it takes more memory" },
	{ "--budget", NULL, Text, AT(budget), 0, 0, "flash=N,ram=N,stack=N", "explain compile",
	  "explain, compile: bytes (512K, 1M) that the target has; what doesn't fit is refused, beside what would" },
	{ "--dump", NULL, DumpPass, AT(pass.dump), 0, 0, "[=PASS]", MODEL,
	  "print the graph as model text: after a pass, 'input' or 'all'" },
	{ "--dot", NULL, Flag, AT(pass.dot), 0, 0, NULL, MODEL,
	  "print dumps for Graphviz" },
	{ "--stop-after", NULL, StopPass, AT(pass.stop_after), 0, 0, "=PASS", MODEL,
	  "run no pass after this one and emit nothing" },
	{ "--times", NULL, Flag, AT(pass.times), 0, 0, NULL, MODEL,
	  "time of every pass" },
	{ "--json", NULL, Flag, AT(json), 0, 0, NULL,
	  "compile pack run bench tune explain report diff verify weights fuzz train",
	  "compile, pack, report: what was written; run, bench, tune, explain, diff, verify, weights, fuzz, train: what is "
	  "printed: machine-readable" },
	{ "--quiet", "-q", Flag, AT(quiet), 0, 0, NULL, NULL,
	  "no notes, no warnings" },
	{ "--verbose", "-v", Flag, AT(verbose), 0, 0, NULL, NULL,
	  "more notes; Lua traceback" },
};
enum { NRows = sizeof option_rows/sizeof *option_rows };
const int noptions = NRows;

/* option_doc - a row's text; that of --target begins with the targets */
const char *
option_doc(const OptionRow *r)
{
	return r->kind == TargetName ? arena_text("%s%s", target_names(", ", ", "), r->doc) : r->doc;
}

bool
among(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = strstr(words, word); at; at = strstr(at + 1, word))
		if ((at == words || at[-1] == ' ') && (at[len] == ' ' || !at[len]))
			return true;
	return false;
}

bool
verb_takes(const Verb *v, const OptionRow *r)
{
	return !r->verbs || among(r->verbs, v->name);
}

/* verb_builds - is a model compiled: are there passes? */
bool
verb_builds(const Verb *v)
{
	return among(MODEL, v->name);
}
