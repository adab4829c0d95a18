/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * queue.h - one hart's run queue: what is READY there, by priority. For sched.c
 * alone.
 *
 * Which of ready[] are not empty, the hart's record says (cpu.levels), where the
 * way of a message can look without the queue. Locking: LOCK_RUNQ; `n`, `taken`
 * and the levels may be read without.
 */
#ifndef TASK_QUEUE_H
#define TASK_QUEUE_H
#include "task/sched.h"

struct queue {
	struct lock lock;
	uint32_t n;
	struct cpu *cpu;
	uint64_t taken; /* threads from other queues */
	struct list ready[PRIORITIES];
} __attribute__((aligned(64)));

extern struct queue queues[MAX_HARTS]; /* sched.c's */

static inline struct queue *queue_here(void)
{
	return &queues[this_cpu()->index];
}

static inline void queue_insert_locked(struct queue *q, struct thread *t,
				       bool front)
{
	struct list *level = &q->ready[t->priority];

	if (front)
		level = level->next; /* the list is a ring: before its first */
	list_insert(&t->queue, level->prev, level);
	t->ready = true;
	store_relaxed(&q->cpu->levels, q->cpu->levels | LEVEL_BIT(t->priority));
	store_relaxed(&q->n, q->n + 1);
}

static inline void queue_remove_locked(struct queue *q, struct thread *t,
				       unsigned level)
{
	list_remove(&t->queue);
	t->ready = false;
	if (list_empty(&q->ready[level]))
		store_relaxed(&q->cpu->levels,
			      q->cpu->levels & ~LEVEL_BIT(level));
	store_relaxed(&q->n, q->n - 1);
}

#endif
