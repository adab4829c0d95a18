/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wait.h - what memory management asks of the layers above it, above all when a
 * page must come from a pager. Like arch/upcall.h: the only calls that go up from mm.
 *
 * A fault that must wait does not wait inside: it says which page it needs,
 * unwinds with -E_WAIT, and trap.c parks the thread if the page still has not
 * come; then the instruction, or the call, runs again from its start.
 */
#ifndef MM_WAIT_H
#define MM_WAIT_H
#include "lib/kobject.h"

struct object;

/*
 * The current thread needs page `index`, which has been asked for. Gives
 * -E_WAIT; or, if that thread has waited for this very page in vain, why
 * (-E_IO, -E_TIMEDOUT), once. Takes a reference of the object for the thread.
 * Callable with any lock held. task/page_wait.c
 */
int upcall_page_needed(struct object *o, uint64_t index);

/*
 * Pages [first, first + count) are there (err 0), or will not come (err
 * negative): wakes who waits for them. Called with the object's lock held.
 * task/page_wait.c
 */
void upcall_pages_settled(struct object *o, uint64_t first, uint64_t count,
			  int err);

/* How urgent is the thread that this hart runs, or ran just now. task/sched.c */
unsigned upcall_priority(void);

/* Sets bits of a notification. Called with the object's or pager's lock held,
 * or none. ipc/notification.c */
void upcall_signal(struct kobject *notification, uint64_t bits);

#endif
