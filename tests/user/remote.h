/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * remote.h - a client in a space and a task of its own, whose code is a copy of
 * one function of this program: position independent, without data.
 *
 *	here                               there
 *	text: remote_client()  -- copy --> REMOTE_TEXT, r-x
 *	struct remote          == shared = REMOTE_DATA, rw-
 *	object                 == shared = REMOTE_FILE, rw-
 *	                                   a stack below REMOTE_STACK
 */
#ifndef TESTS_USER_REMOTE_H
#define TESTS_USER_REMOTE_H
#include "ipc.h"
#include "quire.h"
#include <string.h>

#define REMOTE_TEXT  0x1000000ul
#define REMOTE_DATA  0x2000000ul
#define REMOTE_STACK 0x3000000ul
#define REMOTE_FILE  0x4000000ul

#define REMOTE_QUIETLY 2ul /* ... without those HINTs */

/* Between the two; in one page. */
struct remote {
	uint64_t notification; /* a handle there, and the bits that say: done */
	uint64_t bits;
	uint64_t pages; /* touched, from the first; 0: the client ends */
	uint64_t step;	/* from one to the next, modulo pages */
	uint64_t
		write; /* 1: writes the index; 0: adds what is there to sum, ... */
	uint64_t sum;
};

/* A HINT around each touch, which counts as marker `id` (tests/bench). */
#ifndef REMOTE_BEGIN
#define REMOTE_BEGIN
#define REMOTE_END
#endif

static __attribute__((noinline, section(".text.remote"))) void
remote_client(volatile struct remote *r)
{
	for (uint64_t i = 0; i < r->pages; i++) {
		volatile uint64_t *at = (volatile uint64_t *)REMOTE_FILE +
					i * r->step % r->pages * 512;

		if (r->write == 1) {
			REMOTE_BEGIN;
			*at = i;
			REMOTE_END;
		} else {
			if (r->write != REMOTE_QUIETLY) {
				REMOTE_BEGIN;
				(void)*at;
				REMOTE_END;
			}
			r->sum += *at;
		}
	}
	notification_signal(r->notification, r->bits);
	thread_exit(0);
	for (;;)
		;
}

/* What belongs to one. */
struct remote_task {
	uint64_t space, task;
	struct remote *data; /* here */
};

static inline long remote_map(uint64_t space, uint64_t to, uint64_t object,
			      uint64_t bytes, unsigned how)
{
	return space_map_object(space, (const void *)to, bytes,
				how | MAP_FIXED | MAP_SHARED, object, 0);
}

/* The page of the function, and the next. */
static inline long remote_text(uint64_t space)
{
	uint64_t text = (uint64_t)(uintptr_t)remote_client & ~4095ul;
	long object = object_create(SELF, 8192, 0), at, err;

	at = space_map_object(SELF, NULL, 8192, PROT_R | PROT_W | MAP_SHARED,
			      (uint64_t)object, 0);
	if (at < 0)
		return at;
	memcpy((void *)at, (const void *)text, 8192);
	err = remote_map(space, REMOTE_TEXT, (uint64_t)object, 8192,
			 PROT_R | PROT_X);
	space_unmap(SELF, (const void *)at, 8192);
	handle_close((uint64_t)object);
	return err < 0 ? err : 0;
}

/* A task that shows `file`, and may signal `notification`. 0 or an error. */
static inline long remote_open(struct remote_task *t, uint64_t file,
			       uint64_t bytes, uint64_t notification,
			       uint64_t bits)
{
	long object = object_create(SELF, 4096, 0), at, err;

	at = space_map_object(SELF, NULL, 4096, PROT_R | PROT_W | MAP_SHARED,
			      (uint64_t)object, 0);
	t->space = (uint64_t)space_create();
	t->task = (uint64_t)task_create(t->space, "remote", 6);
	t->data = (struct remote *)at;
	err = remote_text(t->space);
	if (err)
		return err;
	err = remote_map(t->space, REMOTE_DATA, (uint64_t)object, 4096,
			 PROT_R | PROT_W);
	if (err > 0)
		err = remote_map(t->space, REMOTE_FILE, file, bytes,
				 PROT_R | PROT_W);
	if (err > 0)
		err = space_map(t->space, (const void *)(REMOTE_STACK - 4096),
				4096, PROT_R | PROT_W, MAP_FIXED, NULL);
	handle_close((uint64_t)object);
	if (err < 0)
		return err;
	*t->data = (struct remote){.bits = bits, .step = 1};
	err = handle_duplicate(t->task, notification, RIGHT_SIGNAL, 0);
	t->data->notification = (uint64_t)err;
	return err < 0 ? err : 0;
}

/* Touches `pages` from the first on. */
static inline long remote_start(struct remote_task *t, uint64_t pages,
				uint64_t write)
{
	uint64_t entry = (uint64_t)(uintptr_t)remote_client & 4095;
	long thread;

	t->data->pages = pages;
	t->data->write = write;
	t->data->sum = 0;
	thread = thread_create(t->task, (const void *)(REMOTE_TEXT + entry),
			       (const void *)REMOTE_STACK, REMOTE_DATA);
	if (thread < 0)
		return thread;
	return thread_control((uint64_t)thread, THREAD_START)
		       ?: handle_close((uint64_t)thread);
}

static inline void remote_close(struct remote_task *t)
{
	task_end(t->task, 0);
	handle_close(t->task);
	handle_close(t->space);
	space_unmap(SELF, t->data, 4096);
}

#endif
