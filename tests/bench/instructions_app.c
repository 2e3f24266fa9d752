/* instructions_app.c - net.weights run as many times as the first argument says, for instructions.sh. */
#include <stdio.h>
#include <stdlib.h>

#include "net.h"
#include "rc_file.h"

static float in[NET_INPUT_FLOATS], out[NET_OUTPUT_FLOATS];
static RC_ALIGNED(64) char workspace[NET_WORKSPACE_BYTES];

int
main(int argc, char **argv)
{
	const void *weights;
	size_t len;
	int status = rc_file_map("net.weights", &weights, &len);

	for (int i = 0; i < NET_INPUT_FLOATS; i++)
		in[i] = (float)(i%17 - 8)/8;
	if (!status)
		status = net_check(weights, len);
	for (int i = 0; !status && argc > 1 && i < atoi(argv[1]); i++)
		status = net_run(weights, in, out, workspace, sizeof workspace);
	if (status)
		puts(rc_strerror(status));
	return status;
}
