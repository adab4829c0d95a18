/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stress_revoke.c - objects that are revoked while all harts write in them, map
 * and unmap them, and change their protection. From then on nobody reaches a
 * page, and none of them is lost (tests/unit/run.c counts frames).
 *
 *	father                     one child a hart
 *	  object, mapped twice       writes, by calls, where it may
 *	  round++                    maps a view, unmaps it, protects a part
 *	  revokes it                 then no page of it can be written
 *	  waits for all
 */
#include "stress.h"

#define ROUNDS 12u
#define PAGES  600ul

static uint64_t object, shared, private, round_of, ended, revoked;

/* A call writes there for us; 0 or -E_FAULT. */
static long write_page(uint64_t base, uint64_t page)
{
	return memory_info((struct memory_info *)(base + page * PAGE));
}

static void change(struct random *r)
{
	uint64_t first = random_below(r, PAGES / 2);
	unsigned how = random_once_in(r, 2) ? RW | MAP_SHARED : RW;
	long at;

	switch (random_below(r, 4)) {
	case 0:
		at = space_map_object(SELF, NULL, PAGES * PAGE, how, object, 0);
		if (at < 0)
			break; /* it is stale by now */
		write_page((uint64_t)at, first);
		CHECK_EQ(space_unmap(SELF, (const void *)at, PAGES * PAGE), 0);
		break;
	case 1:
		space_protect(SELF, (const void *)(shared + first * PAGE),
			      8 * PAGE, PROT_R);
		space_protect(SELF, (const void *)(shared + first * PAGE),
			      8 * PAGE, RW);
		break;
	}
}

/* After the revoke has returned nothing is there. */
static void one_life(struct random *r)
{
	while (!load(&revoked)) {
		if (random_once_in(r, 4))
			change(r);
		for (uint64_t i = random_below(r, 16); i; i--)
			write_page(shared, random_below(r, PAGES));
		if (random_once_in(r, 8))
			write_page(private, random_below(r, PAGES));
	}
	for (uint64_t i = 0; i < PAGES; i++)
		CHECK_EQ(write_page(shared, i), -E_FAULT);
}

static void child(uint64_t n)
{
	struct random r = {n};

	for (uint64_t i = 1; i <= ROUNDS; i++) {
		while (load(&round_of) < i)
			thread_yield();
		one_life(&r);
		add(&ended, 1);
	}
}

static void one_round(uint64_t n, unsigned children, struct random *r)
{
	object = (uint64_t)object_create(SELF, PAGES * PAGE, 0);
	shared = (uint64_t)space_map_object(SELF, NULL, PAGES * PAGE,
					    RW | MAP_SHARED, object, 0);
	private = (uint64_t)space_map_object(SELF, NULL, PAGES * PAGE, RW,
					     object, 0);
	CHECK((long)object > 0 && (long)shared > 0 && (long)private > 0);
	store(&revoked, 0);
	store(&ended, 0);
	store(&round_of, n);
	sleep_until(now() + random_below(r, 3000000));
	CHECK_EQ(handle_revoke(object), 0);
	store(&revoked, 1);
	while (load(&ended) < children)
		thread_yield();
	CHECK_EQ(space_unmap(SELF, (const void *)shared, PAGES * PAGE), 0);
	CHECK_EQ(space_unmap(SELF, (const void *)private, PAGES * PAGE), 0);
	CHECK_EQ(handle_close(object), 0);
}

int main(void)
{
	unsigned children = stress_harts();
	struct random r = {7};

	for (unsigned i = 0; i < children; i++)
		stress_begin(child, i, i);
	for (uint64_t n = 1; n <= ROUNDS; n++)
		one_round(n, children, &r);
	stress_wait(children);
	stress_well("revoke");
}
