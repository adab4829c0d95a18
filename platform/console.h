/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * console.h - the kernel's own way to a person: output only waits for the
 * device, input is polled. A driver in user mode takes the device over later.
 */
#ifndef PLATFORM_CONSOLE_H
#define PLATFORM_CONSOLE_H
#include "platform/board.h"

/* The firmware's console; works from the first instruction. */
void console_init_firmware(void);

/* The board's own UART, mapped. Stays with the firmware's if there is none. */
void console_init_uart(const struct board_uart *uart);

/* A key that was pressed, or -1. */
int console_key(void);

#endif
