/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz.h - calls at random.
 *
 *	fuzz.c        the supervisor: starts tasks that fuzz, ends them, counts
 *	fuzz_task.c   such a task: a watchdog, and threads that call
 *	fuzz_call.c   one call, its arguments wild or nearly right
 *
 * Supervisor and tasks share a page.
 */
#ifndef TESTS_USER_FUZZ_H
#define TESTS_USER_FUZZ_H
#include "quire.h"
#include "random.h"

#define FUZZ_SHARED  0x50000000ul /* the page, in a fuzzing task */
#define FUZZ_ARENA   0x60000000ul /* where it maps and unmaps */
#define FUZZ_PAGES   64ul
#define FUZZ_THREADS 5u
#define FUZZ_GIVEN   12u
#define FUZZ_POOL    64u

struct fuzz_shared {
	uint64_t seed;
	uint64_t calls;	 /* made so far */
	uint64_t wanted; /* then the task ends */
	uint64_t given;
	uint64_t handle[FUZZ_GIVEN];	      /* of all sorts */
	uint32_t good[CALL_END - CALL_FIRST]; /* how often each succeeded */
};

/* What the threads of a task have in hand, and of what kind it was. */
extern uint64_t fuzz_pool[FUZZ_POOL];
extern uint8_t fuzz_kind[FUZZ_POOL];
void fuzz_take(unsigned place, uint64_t handle);
extern char fuzz_stacks[8][8192];

void fuzz_thread_entry(uint64_t name);

/* One call. */
void fuzz_call(struct random *r);

/* The program, as a fuzzing task. Does not return. */
int fuzz_task(void);

#endif
