/* quantize.c - resnetc quantize: a file of quantised weights, which every verb then takes with -w. */
#include <string.h>

#include "verbs.h"

int
verb_quantize(Options *o)
{
	File f;
	const char *file;

	if (!o->weights)
		usage_error("quantize: want weights (-w FILE or -w random), got none");
	if (!o->calibrate)
		usage_error("quantize: want pictures (--calibrate FOLDER, FILE.npy or random), got none");
	if (!is_random(o->weights) && steps_in(weights_open(o->weights)))
		usage_error("quantize: want weights of floats, got '%s', which are quantised", o->weights);
	f = quantised_weights(o, o->weights);
	file = o->output ? o->output : f.name;
	write_at(file, f.data, f.len);
	if (!o->quiet)
		printf("%s: %zu bytes\n", file, f.len);
	return ExitOk;
}
