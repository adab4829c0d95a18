/* SPDX-License-Identifier: BSD-2-Clause */
/* radix_test.c - words by index, against an array; on the host too. */
#include "lib/bits.h"
#include "mm/frame.h"
#include "mm/radix.h"
#include "tests/test.h"

TEST(a_radix_of_any_size_keeps_what_is_put)
{
	static const uint64_t sizes[] = {
		1,	   8,	     9, 512, 513, 1 << 18, (1 << 18) + 1,
		1ul << 27, RADIX_MAX};

	for (unsigned i = 0; i < ARRAY_LEN(sizes); i++) {
		uint64_t n = sizes[i], before = frames_free();
		struct radix r;
		uint64_t *last, *first;

		radix_init(&r, n);
		first = radix_make(&r, 0);
		CHECK(first != NULL);
		*first = 1;
		last = radix_make(&r, n - 1);
		CHECK(last != NULL);
		*last = n;
		CHECK_EQ(*radix_find(&r, n - 1), n);
		CHECK_EQ(*radix_find(&r, 0), n == 1 ? n : 1);
		CHECK(radix_find(&r, n) == NULL);
		CHECK(radix_make(&r, n) == NULL);
		CHECK_EQ(frames_free(), before - r.nodes);
		CHECK(radix_clear(&r, 1000));
		CHECK_EQ(frames_free(), before);
		CHECK(n <= RADIX_INLINE || radix_find(&r, 0) == NULL);
	}
}

TEST(up_to_eight_words_take_no_frame)
{
	uint64_t before = frames_free();
	struct radix r;

	radix_init(&r, RADIX_INLINE);
	for (uint64_t i = 0; i < RADIX_INLINE; i++)
		*radix_make(&r, i) = i + 1;
	CHECK_EQ(frames_free(), before);
	CHECK_EQ(r.word[7], 8);
}

#define WORDS 3000u

static uint64_t random_next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ul + 1442695040888963407ul;
	return *seed >> 33;
}

/* Walks both from `from` to `end`. */
static void same_walk(struct radix *r, const uint8_t *model, uint64_t from,
		      uint64_t end)
{
	uint64_t i = from, *place;

	for (uint64_t k = from; k < end && k < WORDS; k++) {
		if (!model[k])
			continue;
		place = radix_next(r, &i, end);
		CHECK(place != NULL);
		CHECK_EQ(i, k);
		CHECK_EQ(*place, model[k]);
		i++;
	}
	CHECK(radix_next(r, &i, end) == NULL);
}

TEST(a_walk_meets_every_word_in_order_and_no_other)
{
	static uint8_t model[WORDS];
	uint64_t seed = 1;
	struct radix r;

	memset(model, 0, sizeof(model));
	radix_init(&r, WORDS);
	for (unsigned round = 0; round < 300; round++) {
		uint64_t i = random_next(&seed) % WORDS;
		uint64_t from = random_next(&seed) % WORDS;
		uint64_t *place = radix_make(&r, i);

		CHECK(place != NULL);
		model[i] = random_next(&seed) % 4 ? (uint8_t)(i | 1) : 0;
		*place = model[i];
		same_walk(&r, model, from,
			  from + random_next(&seed) % (WORDS + 100));
	}
	same_walk(&r, model, 0, WORDS);
	CHECK(radix_clear(&r, 1000));
}

TEST(a_walk_steps_over_what_is_empty)
{
	uint64_t i = 0;
	struct radix r;

	radix_init(&r, RADIX_MAX);
	CHECK(radix_next(&r, &i, RADIX_MAX) == NULL);
	*radix_make(&r, 1ul << 35) = 7;
	i = 5; /* step by step it would take hours */
	CHECK_EQ(*radix_next(&r, &i, RADIX_MAX), 7);
	CHECK_EQ(i, 1ul << 35);
	i++;
	CHECK(radix_next(&r, &i, RADIX_MAX) == NULL);
	CHECK(radix_clear(&r, 1000));
}
