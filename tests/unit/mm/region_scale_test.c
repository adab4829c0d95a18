/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * region_scale_test.c - a set of very many regions stays flat. What is counted
 * is steps from the root, not time.
 */
#include "lib/bits.h"
#include "tests/test.h"
#include "tests/unit/mm/region_picture.h"

#ifdef QUIRE_HOST
#define MANY 100000u
#else
#define MANY 10000u
#endif
#define STRIDE 61987u /* no factor in common with MANY */

static struct region_set set;

/* Region i is one page, with a free page below it. */
static void insert_page(unsigned i)
{
	CHECK_EQ(picture_insert(&set, 'w', 2 * i + 1, 1), 0);
}

static void remove_page(unsigned i)
{
	CHECK_EQ(region_remove(&set, PICTURE_VA(2 * i + 1),
			       PICTURE_VA(2 * i + 2), NULL, NULL),
		 0);
}

static unsigned depth(const struct region *r)
{
	unsigned n = 1;

	for (; r->parent != NULL; r = r->parent)
		n++;
	return n;
}

/* An AVL tree of n nodes is lower than 1.4405 log2(n + 2). */
static unsigned depth_bound(uint64_t n)
{
	unsigned log2 = bit_highest(n + 2) + 1;

	return (log2 * 14405 + 9999) / 10000;
}

static void check_depth(uint64_t n)
{
	unsigned deepest = 0, d;

	CHECK_EQ(set.count, n);
	CHECK_STR(picture_check(&set), "");
	for (const struct region *r = region_first(&set); r != NULL;
	     r = region_after(r)) {
		d = depth(r);
		deepest = d > deepest ? d : deepest;
	}
	CHECK(deepest <= depth_bound(n));
}

/* The one gap of two pages, below region i, and none after it is filled. */
static void check_gap(unsigned i)
{
	const va_t lo = PICTURE_BASE, hi = PICTURE_VA(2 * MANY);
	va_t va;

	CHECK_EQ(region_gap(&set, 2 * PAGE_SIZE, PAGE_SIZE, lo, hi, 0), 0);
	remove_page(i);
	va = region_gap(&set, 2 * PAGE_SIZE, PAGE_SIZE, lo, hi, 0);
	CHECK_EQ(va, PICTURE_VA(2 * i + 1));
	insert_page(i);
}

TEST(region_tree_stays_flat_when_filled_upwards)
{
	picture_begin(&set);
	for (unsigned i = 0; i < MANY; i++)
		insert_page(i);
	check_depth(MANY);
	for (unsigned i = 0; i < MANY; i += MANY / 100)
		check_gap(i);
	picture_end(&set);
}

TEST(region_tree_stays_flat_when_filled_downwards)
{
	picture_begin(&set);
	for (unsigned i = MANY; i-- > 0;)
		insert_page(i);
	check_depth(MANY);
	picture_end(&set);
}

TEST(region_tree_stays_flat_when_filled_and_thinned_at_random)
{
	picture_begin(&set);
	for (uint64_t i = 0; i < MANY; i++)
		insert_page((unsigned)(i * STRIDE % MANY));
	check_depth(MANY);
	for (uint64_t i = 0; i < MANY - MANY / 10; i++)
		remove_page((unsigned)(i * STRIDE % MANY));
	check_depth(MANY / 10);
	/* The rest in one sweep, from one side. */
	CHECK_EQ(
		region_remove(&set, PICTURE_BASE, PICTURE_VA(MANY), NULL, NULL),
		0);
	check_depth(set.count);
	picture_end(&set);
}

TEST(region_protect_merges_a_long_row_into_one)
{
	picture_begin(&set);
	for (unsigned i = 0; i < MANY / 10; i++)
		CHECK_EQ(picture_insert(&set, i % 2 ? 'r' : 'w', i, 1), 0);
	check_depth(MANY / 10);
	CHECK_EQ(region_protect(&set, PICTURE_BASE, PICTURE_VA(MANY / 10),
				PROT_R),
		 0);
	check_depth(1);
	picture_end(&set);
}
