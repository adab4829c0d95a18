/* SPDX-License-Identifier: BSD-2-Clause */
/* port.c - the serial line, the exit, and what the compiler calls. */
#include "tests/x86/oracle/oracle.h"

#define COM1	    0x3f8
#define LINE_STATUS (COM1 + 5)
#define CAN_TAKE    0x20
#define IS_EMPTY    0x40

void serial_init(void)
{
	static const uint8_t setup[][2] = {
		{3, 0x80}, {0, 1}, {1, 0}, {3, 3}, {2, 7}};

	for (unsigned i = 0; i < 5; i++)
		out(COM1 + setup[i][0], setup[i][1]);
}

void put_char(char c)
{
	while (!(in(LINE_STATUS)&CAN_TAKE))
		;
	out(COM1, (uint8_t)c);
}

void put(const char *s)
{
	while (*s)
		put_char(*s++);
}

void put_hex(uint64_t v, unsigned digits)
{
	while (digits--)
		put_char("0123456789abcdef"[v >> 4 * digits & 15]);
}

void quit(void)
{
	put("# end\n");
	while (!(in(LINE_STATUS)&IS_EMPTY))
		;
	out(0xf4, 0x10); /* QEMU's isa-debug-exit: status 0x10 << 1 | 1 */
	for (const char *s = "Shutdown"; *s; s++)
		out(0x8900, (uint8_t)*s); /* Bochs */
	for (;;)
		__asm__ volatile("cli; hlt");
}

void *memset(void *to, int c, size_t n);
void *memset(void *to, int c, size_t n)
{
	__asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(c) : "memory");
	return to;
}

void *memcpy(void *to, const void *from, size_t n);
void *memcpy(void *to, const void *from, size_t n)
{
	void *at = to;

	__asm__ volatile("rep movsb"
			 : "+D"(at), "+S"(from), "+c"(n)
			 :
			 : "memory");
	return to;
}
