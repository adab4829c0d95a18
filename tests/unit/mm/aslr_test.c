/* SPDX-License-Identifier: BSD-2-Clause */
/* aslr_test.c - what may lie anywhere lies where nobody knows, if seeded. */
#include "lib/random.h"
#include "mm/mm.h"
#include "mm/region.h"
#include "mm/space.h"
#include "tests/test.h"
#include "tests/unit/quiet.h"

#define RW     (PROT_R | PROT_W)
#define STARTS 128u
#define LOW_END                                         \
	(SPACE_HIGH - (PAGE_SIZE << SPACE_STACK_BITS) - \
	 (PAGE_SIZE << SPACE_MAPS_BITS))

static uint64_t seed = 1;

static struct space *new_space(void)
{
	struct space *s = space_create();

	CHECK(s != NULL);
	return s;
}

static va_t map(struct space *s, uint64_t pages)
{
	va_t va = 0;

	CHECK_EQ(space_map(s, &va, pages * PAGE_SIZE, RW, 0, NULL, 0), 0);
	return va;
}

/* Where a page lies in a space made after `seed`. */
static va_t start(uint64_t with)
{
	struct space *s;
	va_t va;

	random_seed(with);
	s = new_space();
	va = map(s, 1);
	space_put(s);
	return va;
}

/* As other tests expect it. */
static void end(void)
{
	random_seed(0);
	quiet_check();
}

TEST(without_a_seed_maps_begin_at_the_top)
{
	CHECK_EQ(start(0), SPACE_HIGH - PAGE_SIZE);
	CHECK_EQ(start(0), SPACE_HIGH - PAGE_SIZE);
	end();
}

TEST(the_same_seed_gives_the_same_place_and_another_another)
{
	CHECK_EQ(start(7), start(7));
	CHECK(start(7) != start(8));
	end();
}

/* Each of 20 bits and more is about as often 0 as 1; hardly two are equal. */
TEST(maps_vary_in_twenty_bits)
{
	static va_t at[STARTS];
	unsigned ones[SPACE_MAPS_BITS] = {0}, equal = 0;

	random_seed(seed++);
	for (unsigned i = 0; i < STARTS; i++) {
		struct space *s = new_space();

		at[i] = map(s, 1);
		space_put(s);
		CHECK(at[i] >= LOW_END - PAGE_SIZE && at[i] < SPACE_HIGH);
		for (unsigned b = 0; b < SPACE_MAPS_BITS; b++)
			ones[b] += at[i] >> PAGE_SHIFT >> b & 1;
		for (unsigned j = 0; j < i; j++)
			equal += at[j] == at[i];
	}
	for (unsigned b = 0; b < SPACE_MAPS_BITS; b++)
		CHECK(ones[b] > STARTS / 4 && ones[b] < STARTS * 3 / 4);
	CHECK(equal <= 1);
	end();
}

TEST(maps_follow_one_another_below_the_first)
{
	struct space *s;
	va_t last, va;

	random_seed(seed++);
	s = new_space();
	last = map(s, 3);
	for (unsigned n = 1; n < 10; n++, last = va) {
		va = map(s, n);
		CHECK_EQ(va, last - n * PAGE_SIZE);
	}
	space_put(s);
	end();
}

TEST(a_clone_maps_where_its_parent_would)
{
	struct space *s, *clone;
	va_t va;
	int err;

	random_seed(seed++);
	s = new_space();
	va = map(s, 1);
	clone = space_clone(s, &err);
	CHECK(clone != NULL);
	CHECK_EQ(map(clone, 1), va - PAGE_SIZE);
	CHECK_EQ(map(s, 1), va - PAGE_SIZE);
	space_put(clone);
	space_put(s);
	end();
}

TEST(what_finds_no_room_below_goes_above)
{
	struct space *s;
	va_t va = SPACE_LOW;

	random_seed(seed++);
	s = new_space();
	CHECK_EQ(space_map(s, &va, s->maps - SPACE_LOW, RW, MAP_FIXED, NULL, 0),
		 0);
	va = map(s, 1);
	CHECK_EQ(va, SPACE_HIGH - PAGE_SIZE);
	space_put(s);
	end();
}

/* A stack that may grow keeps its room, and a guard page below that. */
TEST(maps_keep_clear_of_a_stack_that_may_grow)
{
	struct space *s;
	va_t top, limit;

	random_seed(seed++);
	s = new_space();
	top = s->maps - 5 * PAGE_SIZE;
	limit = top - 64 * PAGE_SIZE;
	top -= PAGE_SIZE;
	CHECK_EQ(space_map(s, &top, PAGE_SIZE, RW,
			   MAP_FIXED | MAP_GROW_DOWN | MAP_STACK, NULL, limit),
		 0);
	CHECK_EQ(map(s, 5), s->maps - 5 * PAGE_SIZE);
	CHECK(map(s, 1) + PAGE_SIZE < limit);
	space_put(s);
	end();
}
