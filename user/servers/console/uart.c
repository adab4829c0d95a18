/* SPDX-License-Identifier: BSD-2-Clause */
/* uart.c - registers. */
#include "uart.h"
#include <stdlib.h>
#include <string.h>

/* ---- ns16550 ------------------------------------------------------------ */

enum { NS_DATA = 0, NS_ENABLE = 1, NS_FIFO = 2, NS_LINE = 5 };

#define NS_ENABLE_RECEIVE  1u
#define NS_ENABLE_TRANSMIT 2u
#define NS_FIFO_ON	   1u
#define NS_LINE_FULL	   0x01u /* a byte has come */
#define NS_LINE_EMPTY	   0x20u /* the transmitter's FIFO is empty: 16 fit */
#define NS_ROOM		   8u	 /* the log may put some there, too */

static uint32_t ns_read(struct uart *u, unsigned n)
{
	volatile void *r = u->registers + ((uint64_t)n << u->shift);

	return u->width == 4 ? *(volatile uint32_t *)r : *(volatile uint8_t *)r;
}

static void ns_write(struct uart *u, unsigned n, uint8_t v)
{
	volatile void *r = u->registers + ((uint64_t)n << u->shift);

	if (u->width == 4)
		*(volatile uint32_t *)r = v;
	else
		*(volatile uint8_t *)r = v;
}

/* ---- SiFive ------------------------------------------------------------- */

enum {
	SF_TXDATA = 0, /* bit 31: full */
	SF_RXDATA = 1, /* bit 31: empty */
	SF_TXCTRL = 2,
	SF_RXCTRL = 3,
	SF_ENABLE = 4,
};

#define SF_ON		   1u
#define SF_TXCNT	   (7u << 16) /* watermark: below so many, ... */
#define SF_TXCNT_1	   (1u << 16) /* ... here 1: empty */
#define SF_ENABLE_TRANSMIT 1u
#define SF_ENABLE_RECEIVE  2u

static volatile uint32_t *sf(struct uart *u, unsigned n)
{
	return (volatile uint32_t *)(volatile void *)u->registers + n;
}

/* ---- both --------------------------------------------------------------- */

static unsigned number_after_comma(const char **text)
{
	*text = strchr(*text, ',');
	return *text ? (unsigned)strtoul(++*text, NULL, 10) : 0;
}

bool uart_begin(struct uart *u, volatile void *registers, const char *text)
{
	*u = (struct uart){.registers = registers};
	if (strncmp(text, "sifive,", 7) == 0) {
		u->is_sifive = true;
		*sf(u, SF_TXCTRL) =
			(*sf(u, SF_TXCTRL) & ~SF_TXCNT) | SF_TXCNT_1 | SF_ON;
		*sf(u, SF_RXCTRL) = SF_ON; /* watermark 0: each byte */
	} else if (strncmp(text, "ns16550,", 8) == 0) {
		u->shift = number_after_comma(&text);
		u->width = text ? number_after_comma(&text) : 0;
		if (u->width != 1 && u->width != 4)
			return false;
		ns_write(u, NS_FIFO, NS_FIFO_ON);
	} else {
		return false;
	}
	uart_interrupts(u, false);
	return true;
}

int uart_get(struct uart *u)
{
	uint32_t v;

	if (u->is_sifive) {
		v = *sf(u, SF_RXDATA);
		return v >> 31 ? -1 : (int)(v & 0xff);
	}
	return ns_read(u, NS_LINE) & NS_LINE_FULL
		       ? (int)(ns_read(u, NS_DATA) & 0xff)
		       : -1;
}

unsigned uart_room(struct uart *u)
{
	if (u->is_sifive)
		return *sf(u, SF_TXDATA) >> 31 ? 0 : 1;
	return ns_read(u, NS_LINE) & NS_LINE_EMPTY ? NS_ROOM : 0;
}

void uart_put(struct uart *u, char c)
{
	if (u->is_sifive)
		*sf(u, SF_TXDATA) = (uint8_t)c;
	else
		ns_write(u, NS_DATA, (uint8_t)c);
}

void uart_interrupts(struct uart *u, bool room)
{
	if (u->is_sifive)
		*sf(u, SF_ENABLE) =
			SF_ENABLE_RECEIVE | (room ? SF_ENABLE_TRANSMIT : 0);
	else
		ns_write(u, NS_ENABLE,
			 NS_ENABLE_RECEIVE | (room ? NS_ENABLE_TRANSMIT : 0));
}
