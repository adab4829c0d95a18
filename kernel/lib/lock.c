/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock.c - test-and-set with a polite wait. Debug builds keep, for each hart,
 * the set of ranks it holds, and check the order at every lock_take().
 */
#include "lib/lock.h"
#include "lib/assert.h"
#include "lib/atomic.h"
#include "lib/bits.h"

uint64_t lock_wait_count;

#ifdef QUIRE_DEBUG
#define MAX_HARTS 8
static uint32_t ranks_held[MAX_HARTS];

static void order_check(const struct lock *l)
{
	uint32_t held = ranks_held[lock_hart()];

	if (held >> l->rank)
		panic("lock order: rank %u taken while holding ranks 0x%x",
		      l->rank, held);
}

static void order_enter(const struct lock *l)
{
	ranks_held[lock_hart()] |= 1u << l->rank;
}

static void order_leave(const struct lock *l)
{
	ranks_held[lock_hart()] &= ~(1u << l->rank);
}
#endif

void lock_init(struct lock *l, enum lock_rank rank)
{
	*l = (struct lock)LOCK_INIT((uint8_t)rank);
}

#ifdef QUIRE_DEBUG
static bool try_once(struct lock *l)
{
	return !__atomic_exchange_n(&l->held, 1, __ATOMIC_ACQUIRE);
}

static void lock_wait(struct lock *l)
{
	__atomic_add_fetch(&lock_wait_count, 1, __ATOMIC_RELAXED);
	do {
		while (__atomic_load_n(&l->held, __ATOMIC_RELAXED))
			;
	} while (!try_once(l));
}

void lock_take(struct lock *l)
{
	order_check(l);
	if (!try_once(l))
		lock_wait(l);
	order_enter(l);
}

bool lock_try(struct lock *l)
{
	if (!try_once(l))
		return false;
	order_enter(l);
	return true;
}

void lock_drop(struct lock *l)
{
	assert(lock_is_held(l));
	order_leave(l);
	store_release(&l->held, 0);
}
#endif

bool lock_is_held(const struct lock *l)
{
	return __atomic_load_n(&l->held, __ATOMIC_RELAXED);
}

uint64_t lock_waits(void)
{
	return __atomic_load_n(&lock_wait_count, __ATOMIC_RELAXED);
}
