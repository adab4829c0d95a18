/* SPDX-License-Identifier: BSD-2-Clause */
/* ops.c - what operations have in common. */
#include "tests/host/mm/ops.h"
#include "abi/error.h"
#include "lib/bits.h"

unsigned ops_writes;
static unsigned hot;

void ops_begin(void)
{
	static const uint8_t writes[] = {3, 15, 40, 60};

	ops_writes = CHOOSE(writes);
	hot = choose(PAGES);
}

unsigned any_place(void)
{
	if (chance(1))
		hot = choose(PAGES);
	return chance(70) ? (hot + choose(8)) % PAGES : choose(PAGES);
}

static struct range range_of(unsigned from, unsigned to)
{
	return (struct range){.start = page_va(from),
			      .end = page_va(to - 1) + PAGE_SIZE,
			      .from = from,
			      .to = to};
}

struct range any_range_near(void)
{
	unsigned from = any_place(), n = 1 + choose(chance(85) ? 6 : 128);
	const struct area *a = area_of(from);
	unsigned end = a->first + a->pages;

	return range_of(from, from + n < end ? from + n : end);
}

/* All leaf tables that it touches, as a whole. */
static struct range widened(struct range r)
{
	r.start = round_down(r.start, 2 * MiB);
	r.end = round_up(r.end, 2 * MiB);
	if (r.start < SPACE_LOW)
		r.start = SPACE_LOW;
	if (r.end > SPACE_HIGH)
		r.end = SPACE_HIGH;
	r.from = page_above(r.start);
	r.to = page_above(r.end);
	return r;
}

struct range any_range(void)
{
	unsigned i = choose(PAGES), j = choose(PAGES);
	struct range r;

	if (chance(88))
		return any_range_near();
	r = i < j ? range_of(i, j + 1) : range_of(j, i + 1);
	return chance(50) ? widened(r) : r;
}

unsigned any_prot(void)
{
	static const uint8_t prots[] = {PROT_R | PROT_W, PROT_R | PROT_W,
					PROT_R | PROT_W, PROT_W,
					PROT_R,		 PROT_R,
					PROT_NONE,	 PROT_R | PROT_X,
					PROT_X,		 PROT_ALL};

	return CHOOSE(prots);
}

bool agree(int said, int expected)
{
	if (said == -E_NOMEM && machine_may_fail())
		return false;
	CHECK_EQ(said, expected);
	return !said;
}
