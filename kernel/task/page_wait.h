/* SPDX-License-Identifier: BSD-2-Clause */
/* page_wait.h - threads that wait for a pager to bring a page (mm/wait.h). */
#ifndef TASK_PAGE_WAIT_H
#define TASK_PAGE_WAIT_H
#include "lib/types.h"

struct thread;

/*
 * The current thread has met -E_WAIT: parks it until its page is settled, or
 * leaves it where it is if that has happened meanwhile. Afterwards the
 * instruction, the call, or `resume` starts again.
 */
void page_wait(void);

/* A thread, claimed while it waited with `wait`, has waited too long. */
void page_wait_timed_out(struct thread *t, uint64_t wait);

#endif
