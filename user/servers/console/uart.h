/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * uart.h - two kinds of UART, with interrupts: ns16550, and the SiFive UART
 * (FU540-C000 manual, chapter 13).
 *
 * The kernel's log writes to the same UART by polling, at any time: speed and
 * format are left as they are, and never is the transmitter filled to the brim.
 */
#ifndef CONSOLE_UART_H
#define CONSOLE_UART_H
#include <stdbool.h>
#include <stdint.h>

struct uart {
	volatile char *registers;
	bool is_sifive;
	unsigned shift, width; /* of the ns16550's registers */
};

/* `text` is init's "ns16550,SHIFT,WIDTH" or "sifive,...": false if neither. */
bool uart_begin(struct uart *u, volatile void *registers, const char *text);

/* A byte that has come, or -1. */
int uart_get(struct uart *u);

/* How many bytes can be sent now. */
unsigned uart_room(struct uart *u);

void uart_put(struct uart *u, char c);

/* Interrupts for bytes that come, always; and when there is room, if wanted. */
void uart_interrupts(struct uart *u, bool room);

#endif
