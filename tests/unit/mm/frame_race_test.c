/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * frame_race_test.c - all harts allocate and free at once, each frame marked by
 * its owner. The others do it in their idle loop, by sched_idle_hook.
 */
#include "arch/interrupt.h"
#include "mm/frame_boot.h"
#include "task/sched.h"
#include "tests/test.h"

#define HELD   16
#define ROUNDS 20000

static volatile bool go;
static uint32_t done, order;

static bool turn(struct frame **slot)
{
	uint64_t *p;
	bool fine = true;

	if (*slot) {
		p = frame_va(*slot);
		fine = *p == (uint64_t)p + 1; /* nobody else wrote there */
		frame_put(*slot);
		*slot = NULL;
		return fine;
	}
	*slot = frame_alloc(order, FRAME_TABLE, order ? FRAME_ZERO : 0);
	if (*slot) {
		p = frame_va(*slot);
		*p = (uint64_t)p + 1;
	}
	return true;
}

static bool work(uint32_t seed, unsigned rounds)
{
	struct frame *held[HELD] = {0};
	bool fine = true;

	for (unsigned i = 0; i < rounds; i++) {
		seed = seed * 1103515245u + 12345u;
		if (!turn(&held[seed >> 16 & (HELD - 1)]))
			fine = false;
	}
	for (unsigned i = 0; i < HELD; i++)
		if (held[i])
			frame_put(held[i]);
	frame_cache_drain();
	return fine;
}

static void others_work(void)
{
	uint32_t me = 1u << this_cpu()->index;

	if (!go || me == 1 || (__atomic_load_n(&done, __ATOMIC_ACQUIRE) & me))
		return;
	work(me, ROUNDS >> order);
	__atomic_fetch_or(&done, me, __ATOMIC_RELEASE);
}

static void race(unsigned folio)
{
	uint64_t before = frames_free();
	bool fine;

	order = folio;
	done = 1;
	sched_idle_hook = others_work;
	go = true;
	for (unsigned i = 1; i < cpu_count; i++)
		interrupt_send(i);
	fine = work(77, ROUNDS >> order);
	while (__atomic_load_n(&done, __ATOMIC_ACQUIRE) !=
	       (1u << cpu_count) - 1)
		;
	go = false;
	sched_idle_hook = NULL;
	frame_check();
	CHECK(fine);
	CHECK_EQ(frames_free(), before);
}

TEST(folios_of_several_harts_are_apart)
{
	if (cpu_count == 1)
		test_skip("one hart alone");
	race(5);
	race(1);
}

TEST(frames_of_several_harts_are_apart)
{
	if (cpu_count == 1)
		test_skip("one hart alone");
	for (unsigned i = 0; i < 5; i++)
		race(0);
}
