/* SPDX-License-Identifier: BSD-2-Clause */
/* console.c - two kinds of UART, polled, and the firmware behind them. */
#include "platform/console.h"
#include "arch/kspace.h"
#include "arch/machine.h"
#include "arch/trial.h"
#include "lib/log.h"

static struct board_uart uart;
static volatile uint8_t *registers;

/* ---- ns16550 ---------------------------------------------------------- */

#define NS_DATA	      0
#define NS_LINE	      5
#define NS_LINE_FULL  0x01u /* a byte has come */
#define NS_LINE_EMPTY 0x20u /* another may be sent */

static uint32_t ns_read(unsigned n)
{
	volatile void *r = registers + ((uint64_t)n << uart.reg_shift);

	return uart.reg_width == 4 ? *(volatile uint32_t *)r
				   : *(volatile uint8_t *)r;
}

static void ns_write(unsigned n, uint8_t v)
{
	volatile void *r = registers + ((uint64_t)n << uart.reg_shift);

	if (uart.reg_width == 4)
		*(volatile uint32_t *)r = v;
	else
		*(volatile uint8_t *)r = v;
}

static void ns_put(char c)
{
	while (!(ns_read(NS_LINE) & NS_LINE_EMPTY))
		;
	ns_write(NS_DATA, (uint8_t)c);
}

static int ns_get(void)
{
	return ns_read(NS_LINE) & NS_LINE_FULL ? (int)ns_read(NS_DATA) : -1;
}

/* ---- SiFive UART (FU540-C000 manual, chapter 13) ---------------------- */

#define SF_TXDATA 0 /* bit 31: full */
#define SF_RXDATA 1 /* bit 31: empty */
#define SF_TXCTRL 2 /* bit 0: enable */
#define SF_RXCTRL 3

static volatile uint32_t *sf(unsigned n)
{
	return (volatile uint32_t *)(volatile void *)registers + n;
}

static void sf_put(char c)
{
	while (*sf(SF_TXDATA) >> 31)
		;
	*sf(SF_TXDATA) = (uint8_t)c;
}

static int sf_get(void)
{
	uint32_t v = *sf(SF_RXDATA);

	return v >> 31 ? -1 : (int)(v & 0xff);
}

/* ---- lines ------------------------------------------------------------ */

static void put(char c)
{
	if (uart.kind == UART_NS16550)
		ns_put(c);
	else if (uart.kind == UART_SIFIVE)
		sf_put(c);
	else
		machine_console_write(c);
}

static void write_line(const char *s, size_t n)
{
	for (; n > 0; n--, s++) {
		if (*s == '\n')
			put('\r');
		put(*s);
	}
}

int console_key(void)
{
	if (uart.kind == UART_NS16550)
		return ns_get();
	if (uart.kind == UART_SIFIVE)
		return sf_get();
	return machine_console_read();
}

INIT void console_init_firmware(void)
{
	log_sink = write_line;
}

/* A line status of all ones is a bus where nobody is. */
INIT static bool answers(const struct board_uart *u)
{
	registers = kspace_map_device(u->base, PAGE_SIZE);
	if (!registers || !trial_load(registers))
		return false;
	uart = *u;
	return u->kind != UART_NS16550 || (ns_read(NS_LINE) & 0xff) != 0xff;
}

INIT void console_init_uart(const struct board_uart *u)
{
	if (u->kind == UART_NONE)
		return;
	if (!answers(u)) {
		uart.kind = UART_NONE;
		log_print("quire: no UART answers at 0x%lx; the firmware's "
			  "console stays\n",
			  (unsigned long)u->base);
		return;
	}
	if (uart.kind == UART_SIFIVE) {
		*sf(SF_TXCTRL) |= 1;
		*sf(SF_RXCTRL) |= 1;
	}
}
