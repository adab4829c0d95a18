/* SPDX-License-Identifier: BSD-2-Clause */
/* idle.c - a hart without work: useful things, then sleep. */
#include "task/idle.h"
#include "arch/interrupt.h"
#include "arch/mmu.h"
#include "lib/atomic.h"
#include "lib/bits.h"
#include "mm/ending.h"
#include "mm/frame_boot.h"
#include "mm/grace.h"
#include "mm/reclaim.h"
#include "task/sched.h"

void (*sched_idle_hook)(void);

static struct idler {
	uint32_t asleep; /* about to wait for an interrupt */
	uint32_t busy;	 /* at work on frames */
} __attribute__((aligned(64))) idlers[MAX_HARTS];

static uint32_t frames_still; /* holders: idle harts keep off frames */

bool idle_wake(uint64_t mask)
{
	for (unsigned i = 0; i < cpu_count; i++)
		if (i != this_cpu()->index && (mask & BIT(i)) &&
		    __atomic_load_n(&idlers[i].asleep, __ATOMIC_RELAXED)) {
			interrupt_send(i);
			return true;
		}
	return false;
}

static void pool_is_low(void)
{
	idle_wake(~0ul);
}

void idle_init(void)
{
	frame_pool_low = pool_is_low;
}

/* Useful work on frames; true if there is more of it. */
static bool tend_frames(struct idler *me)
{
	bool more = false;

	__atomic_store_n(&me->busy, 1, __ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&frames_still, __ATOMIC_SEQ_CST)) {
		more = frame_pool_fill();
		if (!more)
			frame_cache_drain();
		if (ending_has_work()) {
			ending_step();
			more = true;
		}
		if (reclaim_is_wanted())
			more |= reclaim_step();
		if (grace_has_work()) {
			grace_work(true);
			more = true; /* this hart, too, must be quiet once */
		}
	}
	store_release(&me->busy, 0);
	return more;
}

void idle_once(void)
{
	struct idler *me = &idlers[this_cpu()->index];

	mmu_switch(&kernel_mmu);
	grace_quiet();
	if (sched_idle_hook)
		sched_idle_hook();
	if (tend_frames(me))
		return;
	__atomic_store_n(&me->asleep, 1, __ATOMIC_SEQ_CST);
	if (!sched_queued((unsigned)this_cpu()->index))
		interrupt_wait();
	store_relaxed(&me->asleep, 0);
}

void sched_hold_frames(bool still)
{
	__atomic_add_fetch(&frames_still, still ? 1 : -1, __ATOMIC_SEQ_CST);
	for (unsigned i = 0; still && i < cpu_count; i++)
		while (__atomic_load_n(&idlers[i].busy, __ATOMIC_SEQ_CST))
			;
}
