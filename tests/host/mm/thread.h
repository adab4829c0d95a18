/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * thread.h - threads that wait for a page: what task/page_wait.c does in the
 * kernel, and the upcalls of mm/wait.h.
 */
#ifndef TESTS_HOST_MM_THREAD_H
#define TESTS_HOST_MM_THREAD_H
#include "tests/host/mm/model.h"

#define THREADS 16u

struct m_thread {
	struct m_space *space; /* NULL: this place is free */
	unsigned page, access;
	bool waits;
	struct object *object; /* for its page `index` */
	uint64_t index;
	int err; /* why it did not come, not told yet */
};

void threads_begin(void);

/* A thread that does nothing yet, or NULL: all wait. */
struct m_thread *thread_new(void);

/* One that has waited and is to go on, or NULL. */
struct m_thread *thread_ready(void);

/* Whose faults are the next, NULL: nobody's, or the kernel's. */
void thread_current(struct m_thread *t);

/* The threads of a space that ends. */
void threads_kill(const struct m_space *s);

/*
 * Between the two a call is made, which may wait, and is then made again; what it
 * waited for in vain it is told. thread_told() is what it will be told, or 0;
 * thread_heard() what it has been told since that was last asked.
 */
void thread_call(void);
void thread_call_over(void);
int thread_told(void);
int thread_heard(void);

/* Whoever waits will be woken. */
void threads_check(void);

/* One that waits is tired of it, if any does. */
void thread_time_out(void);

#endif
