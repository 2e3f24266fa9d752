/*
** main.c - a network on a microcontroller: weights in flash, used in place; one workspace in RAM; no heap. It checks the blob,
** tests itself, classifies a photograph, and says class, time and how deep the stack was.
*/
#include "board.h"
#include "net.h"
#include "picture.h"
#include "rc_image.h"

static _Alignas(NET_WORKSPACE_ALIGN) unsigned char workspace[NET_WORKSPACE_BYTES];
static float input[NET_INPUT_FLOATS], output[NET_OUTPUT_FLOATS];

extern unsigned char bss_end, stack_top;

static void
say_number(const char *before, uint32_t v, const char *after)
{
	char digits[11], *p = digits + 10;

	*p = 0;
	do
		*--p = (char)('0' + v%10);
	while (v /= 10);
	say(before);
	say(p);
	say(after);
}

/* the part of the stack that is not in use is filled, and looked at later */
static void
fill_stack(void)
{
	for (volatile uint32_t *p = (uint32_t *)(void *)&bss_end; (unsigned char *)p < (unsigned char *)__builtin_frame_address(0) - 64; p++)
		*p = 0xdeadbeef;
}

static uint32_t
stack_used(const void *from)
{
	const uint32_t *p = (const uint32_t *)(const void *)&bss_end;

	while (*p == 0xdeadbeef)
		p++;
	return (uint32_t)((const unsigned char *)from - (const unsigned char *)p);
}

int
main(void)
{
	static const rc_image how = NET_IMAGE;
	uint32_t start, time;
	int best = 0, status = net_check(net_weights, NET_WEIGHTS_BYTES);

	for (int c = 0; c < 3; c++)
		for (int i = 0; i < 32*32; i++)
			input[c*32*32 + i] = (how.scale*(float)picture[3*i + c] - how.mean[c])/how.std[c];
	fill_stack();
	start = ticks();
	if (!status)
		status = net_run(net_weights, input, output, workspace, sizeof workspace);
	time = ticks() - start;
	if (status) {
		say(rc_strerror(status));
		say("\n");
		return 1;
	}
	for (int i = 1; i < NET_OUTPUT_FLOATS; i++)
		best = output[i] > output[best] ? i : best;
	say(net_classes[best]);
	say_number("\n", time, " ticks\n");
	say_number("", stack_used(__builtin_frame_address(0)), " bytes of stack");
	say_number(" of ", NET_STACK_BYTES, "\n");
	return 0;
}
