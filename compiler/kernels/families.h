/*
** The table of kernel families. Those that are alternatives to an op's own family come first, in the order they are asked;
** to add one: its file and a row here.
*/
FAMILY(grouped)
FAMILY(winograd)
FAMILY(conv)
FAMILY(bn)
FAMILY(act)
FAMILY(add)
FAMILY(mul)
FAMILY(pool)
FAMILY(adaptive)
FAMILY(copy)
FAMILY(softmax)
FAMILY(upsample)
FAMILY(top_k)
