/* SPDX-License-Identifier: BSD-2-Clause */
/* sched.c - per-hart queues. */
#include "task/sched.h"
#include "arch/interrupt.h"
#include "arch/mmu.h"
#include "lib/assert.h"
#include "lib/atomic.h"
#include "mm/ending.h"
#include "mm/grace.h"
#include "task/idle.h"
#include "task/queue.h"
#include "task/task.h"

#define RUNS_NOTHING (-1)

struct queue queues[MAX_HARTS];

/* The priority of what a hart runs, or RUNS_NOTHING. */
static int runs_on(unsigned cpu)
{
	const struct thread *t =
		__atomic_load_n(&cpus[cpu].current, __ATOMIC_ACQUIRE);

	return t ? t->priority : RUNS_NOTHING;
}

INIT void sched_init(void)
{
	idle_init();
	for (unsigned i = 0; i < MAX_HARTS; i++) {
		lock_init(&queues[i].lock, LOCK_RUNQ);
		queues[i].cpu = &cpus[i];
		for (unsigned p = 0; p < PRIORITIES; p++)
			list_init(&queues[i].ready[p]);
	}
}

/* ---- one queue -------------------------------------------------------- */

static void enqueue(struct queue *q, struct thread *t, bool front)
{
	lock_take(&q->lock);
	t->cpu = (uint8_t)q->cpu->index;
	queue_insert_locked(q, t, front);
	lock_drop(&q->lock);
}

/* The priority of the lowest bit: a de Bruijn sequence has each five bits once. */
static __attribute__((noinline)) unsigned most_urgent(uint32_t levels)
{
	static const uint8_t bit[32] = {
		0,  1,	28, 2,	29, 14, 24, 3, 30, 22, 20, 15, 25, 17, 4,  8,
		31, 27, 13, 23, 21, 19, 16, 7, 26, 12, 18, 6,  11, 5,  10, 9};

	return PRIORITIES - 1 -
	       bit[(levels & (0u - levels)) * 0x077cb531u >> 27];
}

/* The first of a level that may run on one of `harts`, or NULL. */
static struct thread *first_locked(struct queue *q, unsigned level,
				   uint64_t harts)
{
	list_for_each (e, &q->ready[level]) {
		struct thread *t = container_of(e, struct thread, queue);

		if (t->harts & harts)
			return t;
	}
	return NULL;
}

/* The most urgent that may run on one of `harts`, or NULL. */
static inline struct thread *dequeue(struct queue *q, uint64_t harts)
{
	struct thread *t = NULL;
	uint32_t levels;

	if (!__atomic_load_n(&q->n, __ATOMIC_RELAXED))
		return NULL;
	lock_take(&q->lock);
	for (levels = q->cpu->levels; levels && !t; levels &= levels - 1) {
		unsigned level = most_urgent(levels);

		t = first_locked(q, level, harts);
		if (t)
			queue_remove_locked(q, t, level);
	}
	lock_drop(&q->lock);
	return t;
}

COLD bool sched_take(struct thread *t)
{
	struct queue *q = &queues[t->cpu];
	bool found;

	lock_take(&q->lock);
	found = t->ready && &queues[t->cpu] == q;
	if (found)
		queue_remove_locked(q, t, t->priority);
	lock_drop(&q->lock);
	return found;
}

/* A thread that is in no queue has its new priority when it enters one. */
COLD void sched_set_priority(struct thread *t, unsigned priority)
{
	struct queue *q = &queues[t->cpu];

	lock_take(&q->lock);
	if (t->ready && &queues[t->cpu] == q) {
		queue_remove_locked(q, t, t->priority);
		t->priority = (uint8_t)priority;
		queue_insert_locked(q, t, false);
	} else {
		t->priority = (uint8_t)priority;
	}
	lock_drop(&q->lock);
}

COLD void sched_set_harts(struct thread *t, uint64_t harts)
{
	unsigned cpu = t->cpu;

	__atomic_store_n(&t->harts, (uint8_t)harts, __ATOMIC_SEQ_CST);
	if (harts == BIT(cpu_count) - 1)
		__atomic_fetch_and(&t->orders, ~(uint32_t)ORDER_PINNED,
				   __ATOMIC_RELAXED);
	else
		__atomic_fetch_or(&t->orders, ORDER_PINNED, __ATOMIC_RELAXED);
	if (harts & BIT(cpu))
		return;
	if (sched_take(t))
		sched_ready(t);
	else if (sched_runs(t) && cpu != this_cpu()->index)
		interrupt_send(cpu);
}

unsigned sched_queued(unsigned cpu)
{
	return __atomic_load_n(&queues[cpu].n, __ATOMIC_RELAXED);
}

uint64_t sched_migrations(void)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < cpu_count; i++)
		n += queues[i].taken;
	return n;
}

/* ---- where a thread becomes READY -------------------------------------- */

/* Where it ran last, if it may; else the first hart where it may. */
static unsigned choose_hart(const struct thread *t)
{
	if (t->harts & BIT(t->cpu))
		return t->cpu;
	return bit_lowest(t->harts);
}

/*
 * The thread is in the queue. Another hart is told if it sleeps, runs something
 * less urgent, or must begin to share its time; and if the thread would have to
 * wait, a hart that sleeps comes for it.
 */
static void announce(unsigned cpu, unsigned priority, uint64_t harts)
{
	int runs;

	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* against sched_next() */
	runs = runs_on(cpu);
	if (cpu != this_cpu()->index &&
	    ((int)priority > runs ||
	     ((int)priority == runs && !cpus[cpu].slice_end)))
		interrupt_send(cpu);
	if (runs != RUNS_NOTHING && cpu_count > 1)
		idle_wake(harts & ~BIT(cpu));
}

static __attribute__((noinline)) void make_ready(struct thread *t)
{
	unsigned cpu = choose_hart(t), priority = t->priority;
	uint64_t harts = t->harts;

	enqueue(&queues[cpu], t, false); /* it may run and end at once */
	if (cpu != this_cpu()->index) {
		announce(cpu, priority, harts);
	} else if (this_cpu()->current) {
		timer_want_slice();
		if (cpu_count > 1)
			announce(cpu, priority, harts);
	} /* else this hart looks next */
}

void sched_ready(struct thread *t)
{
	struct cpu *cpu = this_cpu();

	if (cpu->keeps && !cpu->kept && t->cpu == cpu->index &&
	    (t->harts >> cpu->index & 1))
		cpu->kept = t;
	else
		make_ready(t);
}

/* Nothing to do before it goes on, and it may be here. */
static bool is_ready_to_go(const struct thread *t, const struct cpu *cpu)
{
	return !t->resume && !thread_has_orders(t) &&
	       (t->harts >> cpu->index & 1);
}

/* Others are READY here, or it has something to do first. */
static __attribute__((noinline, cold)) void hand_over_slowly(struct thread *t)
{
	struct cpu *cpu = this_cpu();

	assert(!cpu->current);
	if (is_ready_to_go(t, cpu) && !sched_has_above(cpu, t->priority)) {
		timer_want_slice();
		sched_switch(t);
		mmu_switch(&t->task->space->mmu);
	} else if (t->harts >> cpu->index & 1) {
		enqueue(queue_here(), t, true);
	} else {
		sched_ready(t);
	}
}

void sched_hand_over(struct thread *t)
{
	struct cpu *cpu = this_cpu();

	if (cpu->current || cpu->levels || !is_ready_to_go(t, cpu)) {
		hand_over_slowly(t);
		return;
	}
	sched_switch(t);
	mmu_switch(&t->task->space->mmu);
}

void sched_settle(void)
{
	struct cpu *cpu = this_cpu();
	struct thread *t = cpu->kept;

	cpu->keeps = false;
	cpu->kept = NULL;
	if (!t)
		return;
	if (cpu->current)
		make_ready(t);
	else
		sched_hand_over(t);
}

/* ---- giving way -------------------------------------------------------- */
COLD void sched_check(void)
{
	struct cpu *cpu = this_cpu();
	struct thread *t = cpu->current;

	if (!t)
		return;
	if (thread_has_orders(t)) {
		thread_leave();
		if (!thread_obey(t))
			sched_ready(t);
	} else if (!(t->harts & BIT(cpu->index))) {
		thread_leave();
		sched_ready(t);
	} else if (sched_has_above(cpu, t->priority)) {
		thread_leave();
		enqueue(queue_here(), t, true);
	} else if (cpu->levels & LEVEL_BIT(t->priority)) {
		timer_want_slice();
	}
}

/* The next of the same level takes the place of the current thread at once. */
static struct thread *rotate(struct queue *q, struct cpu *cpu, struct thread *t)
{
	struct list *level = &q->ready[t->priority];
	struct thread *next = NULL;

	lock_take(&q->lock);
	if (!list_empty(level)) {
		next = container_of(level->next, struct thread, queue);
		if (!is_ready_to_go(next, cpu))
			next = NULL;
	}
	if (next) {
		list_remove(&next->queue);
		list_push_back(level, &t->queue);
		next->ready = false;
		t->ready = true;
	}
	lock_drop(&q->lock);
	return next;
}

void sched_yield(void)
{
	struct cpu *cpu = this_cpu();
	struct thread *t = cpu->current, *next = NULL;

	if (!(cpu->levels & LEVELS_FROM(t->priority)))
		return;
	if (cpu->fpu_owner)
		thread_fpu_leave(t);
	if (!sched_has_above(cpu, t->priority))
		next = rotate(queue_here(), cpu, t);
	if (next) {
		cpu->frame = NULL;
		sched_switch(next);
		mmu_switch(&next->task->space->mmu);
		grace_quiet();
		return;
	}
	thread_leave();
	enqueue(queue_here(), t, false);
}

void sched_slice_over(void)
{
	if (this_cpu()->current)
		sched_yield();
	if (sched_queued((unsigned)this_cpu()->index))
		timer_want_slice();
}

/* ---- what runs next ---------------------------------------------------- */

/* What there is to do before it goes to user mode. */
static __attribute__((noinline)) void run_carefully(struct thread *t)
{
	void (*resume)(struct thread *) = t->resume;

	if (thread_has_orders(t) && thread_obey(t))
		return;
	sched_switch(t);
	mmu_switch(&t->task->space->mmu);
	grace_quiet();
	if (grace_is_due())
		grace_work(false);
	if (ending_has_work())
		interrupt_again();
	if (resume) {
		t->resume = NULL;
		resume(t);
	}
}

/* It may have orders, or find something else to wait for: then nobody runs. */
static inline void run(struct queue *q, struct thread *t)
{
	if (q->n)
		timer_want_slice();
	if (t->resume || grace_is_due() || thread_has_orders(t) ||
	    ending_has_work()) {
		run_carefully(t);
		return;
	}
	sched_switch(t);
	mmu_switch(&t->task->space->mmu);
	grace_quiet();
}

/* From the queue of another hart that is busy. */
static COLD struct thread *take_from_another(struct queue *q)
{
	uint64_t me = BIT(this_cpu()->index);

	for (unsigned i = 0; i < cpu_count; i++) {
		struct thread *t;

		if (&queues[i] == q || runs_on(i) == RUNS_NOTHING)
			continue;
		t = dequeue(&queues[i], me);
		if (t) {
			q->taken++;
			return t;
		}
	}
	return NULL;
}

/* The queue is empty: interrupts, another hart's queue, sleep. */
static COLD __attribute__((noinline)) struct thread *find_work(struct queue *q)
{
	struct cpu *cpu = this_cpu();
	struct thread *t;

	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* against announce() */
	interrupt_poll();
	thread_look_at_poked();
	t = dequeue(q, BIT(cpu->index));
	if (!t && cpu_count > 1)
		t = take_from_another(q);
	if (!t)
		idle_once();
	return t;
}

/* The first of the most urgent, if it may be here; NULL: look closer. */
static __attribute__((noinline)) struct thread *
take_first(struct queue *q, const struct cpu *cpu)
{
	struct thread *t = NULL;
	struct list *level;

	if (!__atomic_load_n(&cpu->levels, __ATOMIC_RELAXED))
		return NULL;
	lock_take(&q->lock);
	if (cpu->levels) {
		unsigned p = most_urgent(cpu->levels);

		level = &q->ready[p];
		t = container_of(level->next, struct thread, queue);
		if (t->harts >> cpu->index & 1)
			queue_remove_locked(q, t, p);
		else
			t = NULL;
	}
	lock_drop(&q->lock);
	return t;
}

struct trap_frame *sched_next(void)
{
	struct cpu *cpu = this_cpu();
	struct queue *q = queue_here();

	while (!cpu->current) {
		struct thread *t = take_first(q, cpu);

		if (!t)
			t = find_work(q);
		if (t)
			run(q, t);
	}
	return &cpu->current->frame;
}

static __attribute__((noinline, cold)) struct trap_frame *settle_slowly(void)
{
	sched_settle();
	return sched_next();
}

/* A leaf, if the one in hand can go on at once. */
struct trap_frame *sched_settle_next(void)
{
	struct cpu *cpu = this_cpu();
	struct thread *t = cpu->kept;

	if (!t || cpu->levels || !is_ready_to_go(t, cpu))
		return settle_slowly();
	cpu->keeps = false;
	cpu->kept = NULL;
	sched_switch(t);
	return mmu_switch_then(&t->task->space->mmu, &t->frame);
}

void sched_run(void)
{
	trap_return(sched_next());
}
