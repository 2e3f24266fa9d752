/* board.h - what a program without an operating system has here: text for whoever debugs or emulates it, a clock, an end. */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>
#include <stdint.h>

void say(const char *text);
void leave(int status);
uint32_t ticks(void);                /* of the processor's clock since the reset; wraps */

#endif
