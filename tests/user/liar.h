/* SPDX-License-Identifier: BSD-2-Clause */
/* liar.h - a pager that is not to be trusted, and its object: what its tests share. */
#ifndef TESTS_USER_LIAR_H
#define TESTS_USER_LIAR_H
#include "paging.h"

#define PAGES 8u
#define OTHER 8ul /* a bit that a second client sets */

static uint64_t object;
static volatile char *file;

static inline void open_liar(unsigned slots, uint64_t timeout)
{
	open_all(slots, timeout, 0);
	object = (uint64_t)object_create(pager.handle, PAGES * PAGE, KEY);
	CHECK((long)object > 0);
	file = map_pages(object, PAGES, RW | MAP_SHARED);
}

static inline void close_liar(void)
{
	wait_for_last();
	CHECK_EQ(space_unmap(SELF, (const void *)file, PAGES * PAGE), 0);
	close_pager(object);
}

static inline uint32_t refused(void)
{
	return __atomic_load_n(&pager.ring->refused, __ATOMIC_RELAXED);
}

static inline long sync_all(void)
{
	return object_sync(object, 0, PAGES * PAGE);
}

/* Brings page 0 and has it written. */
static inline void dirty_a_page(void)
{
	struct pager_request q;

	begin_write(file, 'd');
	q = next_request();
	CHECK_EQ(supply(&q, RW), 0);
	while (submit(DONE | FAULT) == FAULT) { /* we were too slow for it */
		CHECK_EQ(why, E_TIMEDOUT);
		begin_write(file, 'd');
	}
}

static inline long revoke_of(uint64_t handle)
{
	return answer((struct pager_answer){.kind = PAGER_REVOKE,
					    .object = handle,
					    .count = 1,
					    .prot = PROT_NONE});
}

#endif
