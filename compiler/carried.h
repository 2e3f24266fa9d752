/* carried.h - files that resnetc carries in its binary: CARRIED(id, path) is the text from id to id_end, then a 0. */
#ifndef CARRIED_H
#define CARRIED_H

#define CARRIED(id, path) \
	__asm__(".section .rodata\n.balign 16\n" #id ":\n.incbin \"" path "\"\n" #id "_end:\n.byte 0\n.previous\n"); \
	extern const char id[], id##_end[];

#endif
