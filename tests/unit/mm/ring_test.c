/* SPDX-License-Identifier: BSD-2-Clause */
/* ring_test.c - the kernel's end of a ring; on the host too. */
#include "abi/error.h"
#include "lib/bits.h"
#include "mm/ring.h"
#include "tests/test.h"

static struct pager_ring shared;
static struct ring r;

static void begin(void)
{
	memset(&shared, 0, sizeof(shared));
	ring_init(&r, &shared, PAGER_RING);
}

static void answer(unsigned kind)
{
	shared.answer[shared.answers_put % PAGER_RING].kind = (uint16_t)kind;
	shared.answers_put++;
}

static void put(const struct pager_request *q)
{
	*ring_place(&r) = *q;
	ring_put(&r);
}

TEST(requests_come_in_order_and_go_round)
{
	begin();
	for (uint64_t i = 0; i < 3 * PAGER_RING; i++) {
		struct pager_request q = {.kind = PAGER_PAGEIN, .index = i};

		put(&q);
		CHECK_EQ(shared.requests_put, i + 1);
		CHECK_EQ(shared.request[i % PAGER_RING].index, i);
	}
}

TEST(answers_are_taken_once_and_get_a_result)
{
	struct pager_answer a;
	uint32_t at;

	begin();
	CHECK_EQ(ring_take(&r, &a, &at), 0);
	answer(PAGER_DONE);
	answer(PAGER_SUPPLY);
	CHECK_EQ(ring_take(&r, &a, &at), 1);
	CHECK_EQ(a.kind, PAGER_DONE);
	ring_result(&r, at, -E_TYPE);
	ring_refused(&r);
	CHECK_EQ(shared.answer[0].result, -E_TYPE);
	CHECK_EQ(shared.refused, 1);
	CHECK_EQ(ring_take(&r, &a, &at), 1);
	CHECK_EQ(a.kind, PAGER_SUPPLY);
	ring_result(&r, at, 3);
	CHECK_EQ(shared.answer[1].result, 3);
	CHECK_EQ(shared.refused, 1);
	CHECK_EQ(ring_take(&r, &a, &at), 0);
	CHECK_EQ(shared.answers_taken, 2);
}

/* The pager owns the memory: the kernel's counts must not. */
TEST(a_count_beyond_the_ring_takes_nothing)
{
	static const uint32_t wrong[] = {PAGER_RING + 1, 0x80000000u,
					 UINT32_MAX};
	struct pager_answer a;
	uint32_t at;

	begin();
	for (unsigned i = 0; i < ARRAY_LEN(wrong); i++) {
		shared.answers_put = wrong[i];
		CHECK_EQ(ring_take(&r, &a, &at), -E_INVAL);
		CHECK_EQ(shared.answers_taken, 0);
	}
	shared.answers_put = PAGER_RING;
	for (unsigned i = 0; i < PAGER_RING; i++)
		CHECK_EQ(ring_take(&r, &a, &at), 1);
	CHECK_EQ(ring_take(&r, &a, &at), 0);
}

TEST(what_a_pager_writes_over_the_kernels_words_is_not_read)
{
	struct pager_answer a;
	uint32_t at;

	begin();
	answer(PAGER_DONE);
	shared.answers_taken = 77;
	shared.requests_put = 99;
	shared.refused = 1000;
	CHECK_EQ(ring_take(&r, &a, &at), 1);
	CHECK_EQ(at, 0);
	CHECK_EQ(shared.answers_taken, 1);
	ring_refused(&r);
	CHECK_EQ(shared.refused, 1);
	put(&(struct pager_request){.index = 5});
	CHECK_EQ(shared.requests_put, 1);
	CHECK_EQ(shared.request[0].index, 5);
}

TEST(the_counts_wrap_around)
{
	struct pager_answer a;
	uint32_t at;

	begin();
	r.taken = r.put = shared.answers_put = UINT32_MAX;
	answer(PAGER_DONE);
	answer(PAGER_FAIL);
	CHECK_EQ(ring_take(&r, &a, &at), 1);
	CHECK_EQ(at, PAGER_RING - 1);
	CHECK_EQ(ring_take(&r, &a, &at), 1);
	CHECK_EQ(at, 0);
	CHECK_EQ(ring_take(&r, &a, &at), 0);
}
