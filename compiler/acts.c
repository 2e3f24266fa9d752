/* acts.c - the rows of acts.h. */
#include "graph.h"

const char *const act_names[NActs] = {
	"none",
#define ACT(name, attrs, word, steepest, rounding, doc) #name,
#include "acts.h"
#undef ACT
};

const char *const act_words[NActs] = {
	"$x",
#define ACT(name, attrs, word, steepest, rounding, doc) word,
#include "acts.h"
#undef ACT
};

uint64_t
epilogue_attrs(void)
{
	return A_act
#define ACT(name, attrs, word, steepest, rounding, doc) | (attrs)
#include "acts.h"
#undef ACT
		;
}
