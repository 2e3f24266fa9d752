/*
** start.c - what runs before and beside main on a Cortex-M without an operating system: the vector table, the reset, a clock of
** SysTick, and text to a debugger or an emulator by semihosting.
*/
#include "board.h"

extern uint32_t stack_top, data_from, data_start, data_end, bss_start, bss_end;
int main(void);

#define REGISTER(address) (*(volatile uint32_t *)(address))

static volatile uint32_t wraps;

/* semihosting: operation and argument to whoever holds the bkpt */
static int
ask(int operation, const void *argument)
{
	register int r0 __asm__("r0") = operation;
	register const void *r1 __asm__("r1") = argument;

	__asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
	return r0;
}

void
say(const char *text)
{
	ask(0x04, text);
}

void
leave(int status)
{
	ask(0x18, (const void *)(status ? 0x20024 : 0x20026));    /* run-time error, or the application's end */
	for (;;)
		;
}

/* SysTick counts down 24 bits at the processor's clock */
uint32_t
ticks(void)
{
	uint32_t before, at;

	do {
		before = wraps;
		at = REGISTER(0xe000e018);
	} while (before != wraps);
	return (before << 24) + (0xffffff - at);
}

static void
tick(void)
{
	wraps++;
}

void reset(void);

void
reset(void)
{
	REGISTER(0xe000ed88) |= 0xf << 20;                        /* the floating point unit on */
	__asm__ volatile("dsb\n\tisb");
	for (uint32_t *to = &data_start, *from = &data_from; to < &data_end;)
		*to++ = *from++;
	for (uint32_t *to = &bss_start; to < &bss_end;)
		*to++ = 0;
	REGISTER(0xe000e014) = 0xffffff;
	REGISTER(0xe000e018) = 0;
	REGISTER(0xe000e010) = 7;
	leave(main());
}

static void
fault(void)
{
	say("fault\n");
	leave(1);
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
	&stack_top, (const void *)reset, (const void *)fault, (const void *)fault, (const void *)fault, (const void *)fault, (const void *)fault,
	NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, (const void *)tick
};
