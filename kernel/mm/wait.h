/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wait.h - what memory management asks of the layers above it, above all when a
 * page must come from a pager. Like arch/upcall.h: the only calls that go up from
 * mm.
 *
 * A fault that must wait does not wait inside: it says which page it needs, and
 * unwinds with -E_WAIT. A thread that faulted in user mode is parked by that, and
 * touched no more; one that is in a call when the call has unwound, if the page
 * still has not come. Then the instruction, or the call, runs again from its
 * start.
 */
#ifndef MM_WAIT_H
#define MM_WAIT_H
#include "lib/kobject.h"

struct frame;
struct object;

/*
 * The current thread needs page `index`, which has been asked for. Gives
 * -E_WAIT; or, if that thread has waited for this very page in vain, why
 * (-E_IO, -E_TIMEDOUT), once. With -E_WAIT a thread that faulted in user mode
 * waits from now on. Called with the object's lock held. task/page_wait.c
 */
int upcall_page_needed(struct object *o, uint64_t index);

/*
 * Page `index` is to be looked at again (err 0), or will not come (err
 * negative): wakes who waits for it. `f`: the page is there, so it is shown where
 * they touched it if that can be done at once (fault_page_came_locked()); or
 * NULL. Called with the object's lock held. task/page_wait.c
 */
void upcall_page_settled(struct object *o, uint64_t index, struct frame *f,
			 int err);

/* The same for all of its pages: each is to be looked at again. */
void upcall_pages_settled(struct object *o);

/* How urgent is the thread that this hart runs, or ran just now. task/thread.c */
unsigned upcall_priority(void);

/* Sets bits of a notification. Called with the object's or pager's lock held,
 * or none. ipc/notification.c */
void upcall_signal(struct kobject *notification, uint64_t bits);

#endif
