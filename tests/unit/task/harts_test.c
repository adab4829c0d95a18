/* SPDX-License-Identifier: BSD-2-Clause */
/* harts_test.c - the other harts, and interrupts, from the boot hart's view. */
#include "arch/interrupt.h"
#include "arch/mmu.h"
#include "boot/boot.h"
#include "mm/frame_boot.h"
#include "platform/board.h"
#include "task/sched.h"
#include "tests/test.h"

/* True if *counter moves within a second. */
static bool moves(const uint64_t *counter, uint64_t from)
{
	uint64_t end = time_now() + time_frequency;

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
	interrupt_wait();
	interrupt_poll();
	CHECK_EQ(cpu->ipis, ipis + 1);
	interrupt_timer_in(time_frequency / 1000);
	interrupt_wait();
	interrupt_poll();
	CHECK_EQ(cpu->ticks, ticks + 1);
}

TEST(idle_harts_zero_frames)
{
	uint64_t end = time_now() + time_frequency;

	if (cpu_count == 1)
		test_skip("one hart alone");
	frame_pool_limit(FRAME_POOL_MAX);
	sched_hold_frames(false); /* the runner holds them */
	interrupt_send(1);
	while (frame_pool_level() < FRAME_POOL_MAX && time_now() < end)
		;
	sched_hold_frames(true);
	CHECK_EQ(frame_pool_level(), FRAME_POOL_MAX);
	frame_pool_limit(0);
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
