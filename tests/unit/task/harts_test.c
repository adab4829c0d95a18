/* SPDX-License-Identifier: BSD-2-Clause */
/* harts_test.c - the other harts, and interrupts, from the boot hart's view. */
#include "arch/interrupt.h"
#include "arch/mmu.h"
#include "arch/riscv/csr.h"
#include "boot/boot.h"
#include "mm/frame_boot.h"
#include "platform/board.h"
#include "task/sched.h"
#include "tests/test.h"
#include "tests/unit/probe.h"

/* True if *counter moves; the limit is for a machine that hangs. */
static bool moves(const uint64_t *counter, uint64_t from)
{
	uint64_t end = time_now() + 20 * time_frequency;

	while (__atomic_load_n(counter, __ATOMIC_RELAXED) == from)
		if (time_now() > end)
			return false;
	return true;
}

TEST(every_usable_hart_is_up)
{
	CHECK_EQ(cpu_count, board.cpu_count);
	CHECK_EQ(cpus_online(), BIT(cpu_count) - 1);
	for (unsigned i = 0; i < cpu_count; i++) {
		CHECK_EQ(cpus[i].index, i);
		CHECK(board_find_cpu(&board, cpus[i].hartid) != NULL);
	}
}

TEST(an_idle_hart_takes_an_ipi)
{
	if (cpu_count == 1)
		test_skip("one hart alone");
	for (unsigned i = 1; i < cpu_count; i++) {
		uint64_t before = cpus[i].ipis;

		interrupt_send(i);
		CHECK(moves(&cpus[i].ipis, before));
	}
}

TEST(this_hart_takes_its_own_ipi_and_timer)
{
	struct cpu *cpu = this_cpu();
	uint64_t ipis = cpu->ipis, ticks = cpu->ticks;

	interrupt_send((unsigned)cpu->index);
	while (cpu->ipis == ipis) { /* wfi may end early */
		interrupt_wait();
		interrupt_poll();
	}
	CHECK_EQ(cpu->ipis, ipis + 1);
	interrupt_timer_at(time_now() + time_frequency / 1000);
	while (cpu->ticks == ticks) {
		interrupt_wait();
		interrupt_poll();
	}
	CHECK_EQ(cpu->ticks, ticks + 1);
}

/* Nobody calls them but the pool itself, when it has fallen to half. */
TEST(idle_harts_fill_the_pool_when_it_runs_low)
{
	struct frame *f[FRAME_POOL_MAX / 2];
	uint64_t end = time_now() + 10 * time_frequency;

	if (cpu_count == 1)
		test_skip("one hart alone");
	frame_pool_limit(FRAME_POOL_MAX);
	frame_pool_refill();
	sched_hold_frames(false); /* the runner holds them */
	for (unsigned i = 0; i < ARRAY_LEN(f); i++)
		f[i] = frame_alloc(0, FRAME_SLAB, FRAME_ZERO);
	while (frame_pool_level() < FRAME_POOL_MAX && time_now() < end)
		;
	sched_hold_frames(true);
	for (unsigned i = 0; i < ARRAY_LEN(f); i++)
		frame_put(f[i]);
	CHECK_EQ(frame_pool_level(), FRAME_POOL_MAX);
	frame_pool_limit(0);
}

/* ---- a fence on another hart ------------------------------------------- */

#define VA GiB

static struct mmu shared;
static uint32_t phase; /* 1 used, 2 flushed, 3 used again */
static uint64_t first_cause, second_cause;

static void set_phase(uint32_t to)
{
	__atomic_store_n(&phase, to, __ATOMIC_RELEASE);
}

static void wait_phase(uint32_t want)
{
	while (__atomic_load_n(&phase, __ATOMIC_ACQUIRE) != want)
		;
}

/* On hart 1, in its idle loop. */
static void use_twice(void)
{
	struct probe_result r;

	if (this_cpu()->index != 1 ||
	    __atomic_load_n(&phase, __ATOMIC_ACQUIRE) != 0)
		return;
	mmu_switch(&shared);
	probe(PROBE_LOAD, VA, 0, &r);
	first_cause = r.cause;
	set_phase(1);
	wait_phase(2);
	probe(PROBE_LOAD, VA, 0, &r);
	second_cause = r.cause;
	mmu_switch(&kernel_mmu);
	set_phase(3);
}

TEST(another_hart_forgets_when_the_flush_returns)
{
	struct frame *f = frame_alloc(0, FRAME_SLAB, FRAME_ZERO);
	struct mmu_flush flush;

	if (cpu_count == 1) {
		frame_put(f);
		test_skip("one hart alone");
	}
	CHECK_EQ(mmu_create(&shared), 0);
	CHECK_EQ(mmu_map(&shared, VA, frame_pa(f), PAGE_SIZE, MMU_R, 0), 0);
	pte_store(mmu_slot(&shared, VA, 0),
		  pte_touch(pte_load(mmu_slot(&shared, VA, 0)), false));
	phase = 0;
	sched_idle_hook = use_twice;
	interrupt_send(1);
	wait_phase(1);
	flush_begin(&flush, &shared);
	mmu_unmap(&shared, VA, PAGE_SIZE, &flush);
	flush_run(&flush);
	set_phase(2);
	wait_phase(3);
	sched_idle_hook = NULL;
	mmu_destroy(&shared);
	frame_put(f);
	CHECK_EQ(first_cause, PROBE_DONE);
	CHECK_EQ(second_cause, CAUSE_LOAD_FAULT);
}

/* A flush reaches a hart that ran the tables: by SBI, and done on return. */
TEST(a_remote_fence_is_sent_to_harts_that_ran_the_tables)
{
	struct mmu_flush f;
	struct mmu m;
	uint64_t before;

	if (cpu_count == 1)
		test_skip("one hart alone");
	CHECK_EQ(mmu_create(&m), 0);
	m.harts = BIT(1); /* as if it had */
	flush_begin(&f, &m);
	flush_add(&f, GiB, PAGE_SIZE);
	before = mmu_counts_read().remote;
	flush_run(&f);
	CHECK_EQ(mmu_counts_read().remote, before + 1);
	flush_add(&f, GiB, GiB);
	flush_run(&f);
	CHECK_EQ(mmu_counts_read().remote, before + 2);
	mmu_destroy(&m);
}
