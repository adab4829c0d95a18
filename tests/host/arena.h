/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * arena.h - physical memory for host tests of page tables: gives what
 * arch/upcall.h asks for. Not together with a test of kernel/mm.
 *
 * Under the address sanitizer a page that was freed may not be touched, and it
 * comes back last of all. Allocation fails when tests/host/fail.h says so.
 */
#ifndef TESTS_HOST_ARENA_H
#define TESTS_HOST_ARENA_H
#include "lib/types.h"

#define ARENA_PAGES 4096u
#define ARENA_BASE  0x80000000ul /* its physical address */

/* Sets host_linear. upcall_table_alloc() does it, too. */
void arena_begin(void);

/* Pages handed out and not yet returned. */
unsigned arena_used(void);

#endif
