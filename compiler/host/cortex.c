/*
** cortex.c - what starts drive.c on a Cortex-M that qemu-system-arm emulates: vector table, floating point, newlib's semihosting.
** The emulator has put code and data where they belong.
*/
#include <stdint.h>
#include <stdlib.h>

extern uint32_t stack_top;
int main(void);
void initialise_monitor_handles(void);

static void
reset(void)
{
	*(volatile uint32_t *)0xe000ed88 |= 0xf << 20;
	__asm__ volatile("dsb\n\tisb");
	initialise_monitor_handles();
	exit(main());
}

static void
fault(void)
{
	exit(7);
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
	&stack_top, (const void *)reset, (const void *)fault, (const void *)fault, (const void *)fault, (const void *)fault,
	(const void *)fault
};

void
_init(void)
{
}

void
_fini(void)
{
}
