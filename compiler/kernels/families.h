/*
** The table of families that are alternatives to an op's own, which stands in the op's row, in the order they are asked whether
** they fit; to add one: its file and a row here.
*/
FAMILY(grouped)
FAMILY(winograd)
