/*
** carried.h - files that resnetc carries in its binary: CARRIED(id, path) is the text from id to id_end, then a 0. The
** names are the program's: for those of one file the linker for AArch64 makes one address of both.
*/
#ifndef CARRIED_H
#define CARRIED_H

#define CARRIED(id, path) \
	__asm__(".section .rodata\n.balign 16\n" CARRIED_NAME(#id) ".incbin \"" path "\"\n" CARRIED_NAME(#id "_end") \
	        ".byte 0\n.previous\n"); \
	extern const char id[] __attribute__((visibility("hidden"))), id##_end[] __attribute__((visibility("hidden")));
#define CARRIED_NAME(id) ".globl " id "\n.hidden " id "\n" id ":\n"

#endif
