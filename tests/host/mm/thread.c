/* SPDX-License-Identifier: BSD-2-Clause */
/* thread.c - who waits for which page. */
#include "tests/host/mm/thread.h"
#include "abi/error.h"
#include "mm/fault.h"
#include "mm/frame.h"
#include "mm/paged.h"
#include "mm/wait.h"
#include "tests/host/mm/choice.h"
#include "tests/test.h"
#include <string.h>

/* The last one is nobody's: it makes calls. */
static struct m_thread threads[THREADS + 1], *current;
#define CALLER (&threads[THREADS])
static int heard;

void threads_begin(void)
{
	memset(threads, 0, sizeof(threads));
	current = NULL;
}

struct m_thread *thread_new(void)
{
	for (unsigned i = 0; i < THREADS; i++)
		if (!threads[i].space)
			return &threads[i];
	return NULL;
}

struct m_thread *thread_ready(void)
{
	unsigned n = choose(THREADS);

	for (unsigned i = 0; i < THREADS; i++) {
		struct m_thread *t = &threads[(n + i) % THREADS];

		if (t->space && !t->waits)
			return t;
	}
	return NULL;
}

void thread_current(struct m_thread *t)
{
	current = t;
}

void threads_kill(const struct m_space *s)
{
	for (unsigned i = 0; i < THREADS; i++)
		if (threads[i].space == s)
			threads[i] = (struct m_thread){0};
}

void thread_call(void)
{
	*CALLER = (struct m_thread){0};
	current = CALLER;
	heard = 0;
}

void thread_call_over(void)
{
	*CALLER = (struct m_thread){0};
	current = NULL;
}

int thread_told(void)
{
	return CALLER->err;
}

int thread_heard(void)
{
	int err = heard;

	heard = 0;
	return err;
}

void threads_check(void)
{
	for (unsigned i = 0; i < THREADS; i++)
		if (threads[i].waits)
			CHECK(paged_is_awaited_locked(threads[i].object,
						      threads[i].index));
}

void thread_time_out(void)
{
	struct m_thread *t = &threads[choose(THREADS)];

	if (!t->space || !t->waits)
		return;
	object_wait_timed_out(t->object, t->index);
	t->waits = false;
	t->err = -E_TIMEDOUT;
}

/* ---- mm/wait.h -------------------------------------------------------------- */

int upcall_page_needed(struct object *o, uint64_t index)
{
	struct m_thread *t = current;
	int err = t ? t->err : 0;

	if (!t)
		return -E_WAIT;
	t->err = 0;
	if (err && t->object == o && t->index == index)
		return heard = err;
	t->object = o;
	t->index = index;
	t->waits = true;
	return -E_WAIT;
}

static void settle(struct m_thread *t, struct object *o, struct frame *f,
		   int err)
{
	t->waits = false;
	t->err = err;
	if (f && t->space)
		fault_page_came_locked(t->space->real,
				       page_va(t->page) | t->access, o, f);
}

void upcall_page_settled(struct object *o, uint64_t index, struct frame *f,
			 int err)
{
	for (unsigned i = 0; i <= THREADS; i++)
		if (threads[i].waits && threads[i].object == o &&
		    threads[i].index == index)
			settle(&threads[i], o, f, err);
}

void upcall_pages_settled(struct object *o)
{
	for (unsigned i = 0; i <= THREADS; i++)
		if (threads[i].waits && threads[i].object == o)
			settle(&threads[i], o, NULL, 0);
}
