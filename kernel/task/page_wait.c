/* SPDX-License-Identifier: BSD-2-Clause */
/* page_wait.c - to be joined with pagers. */
#include "task/page_wait.h"
#include "abi/error.h"
#include "mm/wait.h"
#include "task/thread.h"

void page_wait(void)
{
}

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
