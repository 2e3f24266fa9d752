/* app.c - the outputs of a run, with the blob mapped, loaded or linked in. */
#include <stdio.h>
#include <stdlib.h>
#include "net.h"
#if !defined(EMBEDDED)
#ifndef RC_FILE_H
#include "rc_file.h"
#endif
#endif
#include <unistd.h>

int
main(void)
{
	static float in[NET_INPUT_FLOATS], out[NET_OUTPUT_FLOATS];
	void *ws = aligned_alloc(64, NET_WORKSPACE_BYTES);
	const void *w;
	size_t len = NET_WEIGHTS_BYTES;
#if defined(EMBEDDED)
	w = net_weights;
#elif defined(LOADED)
	if (rc_file_load("none", &w, &len) != RC_E_IO || rc_file_load("net.weights", &w, &len))
		return 1;
	if (truncate("net.weights", 0))
		return 1;
#else
	if (rc_file_map("net.weights", &w, &len))
		return 1;
#endif
	for (int i = 0; i < NET_INPUT_FLOATS; i++)
		in[i] = (float)(i % 17 - 8);
	if (net_check(w, len) || net_run(w, in, out, ws, NET_WORKSPACE_BYTES))
		return 1;
	for (int i = 0; i < NET_OUTPUT_FLOATS; i++)
		printf("%a\n", (double)out[i]);
	return 0;
}
