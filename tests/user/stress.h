/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stress.h - what programs that keep all harts busy share. A check that fails
 * ends the task, not the thread.
 */
#ifndef TESTS_USER_STRESS_H
#define TESTS_USER_STRESS_H
#include "ipc.h"
#include "random.h"
#include <stdbool.h>

#define exit(status) stress_end(status)
__attribute__((noreturn)) void stress_end(int status);

#include "check.h"

#define SECOND	 1000000000ul
#define PATIENCE (120 * SECOND) /* for what must come to its end */

/* As the machine has. */
unsigned stress_harts(void);

/*
 * A thread that calls run(argument), on that hart if it is not ~0; its handle,
 * which stays open. Done: it returned.
 */
uint64_t stress_begin(void (*run)(uint64_t), uint64_t argument, unsigned hart);
unsigned stress_done(void);
/* Waits until so many have; the check fails after PATIENCE. */
void stress_wait(unsigned done);

/* Prints how often a lock was waited for, and ends well. */
__attribute__((noreturn)) void stress_well(const char *what);

static inline uint64_t load(const uint64_t *p)
{
	return __atomic_load_n(p, __ATOMIC_SEQ_CST);
}

static inline void store(uint64_t *p, uint64_t v)
{
	__atomic_store_n(p, v, __ATOMIC_SEQ_CST);
}

static inline uint64_t add(uint64_t *p, uint64_t n)
{
	return __atomic_add_fetch(p, n, __ATOMIC_SEQ_CST);
}

static inline uint64_t now(void)
{
	return (uint64_t)time_now();
}

#endif
