/* SPDX-License-Identifier: BSD-2-Clause */
/* page_wait.c - threads that wait for a page. */
#include "abi/error.h"
#include "mm/wait.h"

int upcall_page_needed(struct object *o, uint64_t index)
{
	(void)o, (void)index;
	return -E_WAIT;
}

void upcall_pages_settled(struct object *o, uint64_t first, uint64_t count,
			  int err)
{
	(void)o, (void)first, (void)count, (void)err;
}

void upcall_signal(struct kobject *notification, uint64_t bits)
{
	(void)notification, (void)bits;
}
