/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * idle.h - what sched.c asks of idle.c: a hart that has nothing to run zeroes
 * frames for the pool, reclaims what no hart looks at any more, and sleeps.
 */
#ifndef TASK_IDLE_H
#define TASK_IDLE_H
#include "lib/types.h"

/* Before any other hart runs. */
void idle_init(void);

/* One turn with nothing to run: something useful, or sleep. */
void idle_once(void);

/* An interrupt to one hart of `mask` that sleeps; false if none does. */
bool idle_wake(uint64_t mask);

#endif
