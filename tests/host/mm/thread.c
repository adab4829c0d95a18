/* SPDX-License-Identifier: BSD-2-Clause */
/* thread.c - who waits for which page. */
#include "tests/host/mm/thread.h"
#include "abi/error.h"
#include "mm/fault.h"
#include "mm/frame.h"
#include "mm/paged.h"
#include "mm/wait.h"
#include "tests/host/mm/choice.h"
#include <string.h>

static struct m_thread threads[THREADS], *current;

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
		return err;
	t->object = o;
	t->index = index;
	t->waits = true;
	return -E_WAIT;
}

static void settle(struct m_thread *t, struct object *o, struct frame *f,
		   int err)
{
	uint64_t fault = page_va(t->page) | t->access;

	t->waits = false;
	t->err = err;
	if (f)
		fault_page_came_locked(t->space->real, fault, o, f);
}

void upcall_page_settled(struct object *o, uint64_t index, struct frame *f,
			 int err)
{
	for (unsigned i = 0; i < THREADS; i++)
		if (threads[i].waits && threads[i].object == o &&
		    threads[i].index == index)
			settle(&threads[i], o, f, err);
}

void upcall_pages_settled(struct object *o)
{
	for (unsigned i = 0; i < THREADS; i++)
		if (threads[i].waits && threads[i].object == o)
			settle(&threads[i], o, NULL, 0);
}
