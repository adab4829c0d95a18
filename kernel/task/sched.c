/* SPDX-License-Identifier: BSD-2-Clause */
/* sched.c - per-hart queues and the idle loop. */
#include "task/sched.h"
#include "arch/fpu.h"
#include "arch/interrupt.h"
#include "arch/mmu.h"
#include "lib/assert.h"
#include "lib/lock.h"
#include "mm/frame_boot.h"
#include "task/task.h"

uint64_t sched_slice;
void (*sched_idle_hook)(void);

static struct queue {
	struct lock lock;
	struct list ready;
	unsigned n;
	uint32_t idle; /* asleep, or soon */
	uint32_t busy; /* idle, and at work on frames */
} __attribute__((aligned(64))) queues[MAX_HARTS];

static uint32_t frames_still; /* holders: idle harts keep off frames */

/* Wakes one idle hart to zero frames. */
static void wake_an_idle_hart(void)
{
	for (unsigned i = 0; i < cpu_count; i++)
		if (i != this_cpu()->index &&
		    __atomic_load_n(&queues[i].idle, __ATOMIC_RELAXED)) {
			interrupt_send(i);
			return;
		}
}

void sched_init(void)
{
	frame_pool_low = wake_an_idle_hart;
	for (unsigned i = 0; i < MAX_HARTS; i++) {
		lock_init(&queues[i].lock, LOCK_RUNQ);
		list_init(&queues[i].ready);
	}
}

static void enqueue(struct thread *t, unsigned cpu)
{
	struct queue *q = &queues[cpu];

	lock_take(&q->lock);
	t->state = THREAD_READY;
	t->cpu = (uint8_t)cpu;
	list_push_back(&q->ready, &t->queue);
	__atomic_store_n(&q->n, q->n + 1, __ATOMIC_RELAXED);
	lock_drop(&q->lock);
}

static struct thread *dequeue(unsigned cpu)
{
	struct queue *q = &queues[cpu];
	struct list *e;

	if (!__atomic_load_n(&q->n, __ATOMIC_RELAXED))
		return NULL;
	lock_take(&q->lock);
	e = list_pop_front(&q->ready);
	if (e)
		__atomic_store_n(&q->n, q->n - 1, __ATOMIC_RELAXED);
	lock_drop(&q->lock);
	return e ? container_of(e, struct thread, queue) : NULL;
}

unsigned sched_queued(unsigned cpu)
{
	return __atomic_load_n(&queues[cpu].n, __ATOMIC_RELAXED);
}

void sched_start(struct thread *t, unsigned cpu)
{
	assert(t->state == THREAD_NEW && cpu < cpu_count);
	enqueue(t, cpu);
	if (cpu != this_cpu()->index)
		interrupt_send(cpu);
}

void sched_yield(void)
{
	struct cpu *cpu = this_cpu();
	struct thread *t = cpu->current;

	if (!sched_queued(cpu->index))
		return;
	thread_fpu_leave(t);
	cpu->current = NULL;
	enqueue(t, cpu->index);
}

void sched_tick(void)
{
	struct cpu *cpu = this_cpu();

	cpu->ticks++;
	interrupt_timer_stop();
	if (cpu->current)
		sched_yield();
}

static struct trap_frame *run(struct thread *t)
{
	struct cpu *cpu = this_cpu();

	if (!t->started) { /* its text may just have been copied */
		t->started = true;
		interrupt_sync_code();
	}
	t->state = THREAD_RUNNING;
	cpu->current = t;
	mmu_switch(&t->task->space->mmu);
	if (sched_queued(cpu->index))
		interrupt_timer_in(sched_slice);
	return &t->frame;
}

/* Useful work on frames; true if there is more of it. */
static bool tend_frames(struct queue *q)
{
	bool more = false;

	__atomic_store_n(&q->busy, 1, __ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&frames_still, __ATOMIC_SEQ_CST)) {
		more = frame_pool_fill();
		if (!more)
			frame_cache_drain();
	}
	__atomic_store_n(&q->busy, 0, __ATOMIC_RELEASE);
	return more;
}

/* One turn with nothing to run: something useful, or sleep. */
static void idle_once(struct queue *q)
{
	mmu_switch(&kernel_mmu);
	if (sched_idle_hook)
		sched_idle_hook();
	if (tend_frames(q))
		return;
	__atomic_store_n(&q->idle, 1, __ATOMIC_RELAXED);
	interrupt_wait();
	__atomic_store_n(&q->idle, 0, __ATOMIC_RELAXED);
}

void sched_hold_frames(bool still)
{
	__atomic_add_fetch(&frames_still, still ? 1 : -1, __ATOMIC_SEQ_CST);
	for (unsigned i = 0; still && i < cpu_count; i++)
		while (__atomic_load_n(&queues[i].busy, __ATOMIC_SEQ_CST))
			;
}

struct trap_frame *sched_next(void)
{
	struct cpu *cpu = this_cpu();

	if (cpu->current)
		return cpu->frame;
	for (;;) {
		struct thread *t;

		interrupt_poll();
		t = dequeue(cpu->index);
		if (t)
			return run(t);
		idle_once(&queues[cpu->index]);
	}
}

void sched_run(void)
{
	trap_return(sched_next());
}
