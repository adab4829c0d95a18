/* SPDX-License-Identifier: BSD-2-Clause */
/* stubs.c - of the layers around mm what it needs on the host. */
#include "arch/interrupt.h"
#include "arch/page.h"
#include "mm/wait.h"
#include <string.h>

void page_zero(void *page)
{
	memset(page, 0, PAGE_SIZE);
}

void page_copy(void *to, const void *from)
{
	memcpy(to, from, PAGE_SIZE);
}

void interrupt_again(void)
{
}

void interrupt_send(unsigned cpu)
{
	(void)cpu;
}

void interrupt_poll(void)
{
}

unsigned upcall_priority(void)
{
	return 0;
}

void upcall_signal(struct kobject *notification, uint64_t bits)
{
	(void)notification;
	(void)bits;
}
