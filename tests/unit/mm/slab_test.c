/* SPDX-License-Identifier: BSD-2-Clause */
/* slab_test.c - caches of small structures: see kernel/mm/slab.h. */
#include "lib/bits.h"
#include "mm/frame.h"
#include "mm/slab.h"
#include "tests/test.h"

#define MOST 600 /* structures that a test holds at once */

static struct slab_cache small = SLAB_CACHE_INIT(small, "small", 1);
static struct slab_cache region = SLAB_CACHE_INIT(region, "region", 96);
static struct slab_cache odd = SLAB_CACHE_INIT(odd, "odd", 1000);
static struct slab_cache pair = SLAB_CACHE_INIT(pair, "pair", 2016);
static struct slab_cache big = SLAB_CACHE_INIT(big, "big", 2048);
static struct slab_cache *const caches[] = {&small, &region, &odd, &pair, &big};

static uint8_t *held[MOST];
static uint64_t frames_before;

static void begin(void)
{
	slab_fail_after(SLAB_NEVER);
	frames_before = frames_free();
}

static void check_cache(struct slab_cache *c)
{
	const char *broken = slab_check(c);

	CHECK_STR(broken != NULL ? broken : "", "");
}

/* Everything was given back: so are the frames. */
static void end(struct slab_cache *c)
{
	check_cache(c);
	CHECK_EQ(c->used, 0);
	CHECK(c->slabs <= 1);
	slab_trim(c);
	check_cache(c);
	CHECK_EQ(c->slabs, 0);
	CHECK_EQ(frames_free(), frames_before);
}

/* A new structure: aligned and zero; then filled with `mark`. */
static uint8_t *take(struct slab_cache *c, uint8_t mark)
{
	uint8_t *p = slab_alloc(c);

	CHECK(p != NULL);
	CHECK(is_aligned((uintptr_t)p, SLAB_ALIGN));
	for (uint32_t i = 0; i < c->size; i++)
		CHECK_EQ(p[i], 0);
	memset(p, mark, c->size);
	return p;
}

/* Nobody else wrote to it since take(). */
static void give(struct slab_cache *c, uint8_t *p, uint8_t mark)
{
	for (uint32_t i = 0; i < c->size; i++)
		CHECK_EQ(p[i], mark);
	slab_free(c, p);
}

TEST(slab_sizes_fill_a_frame)
{
	static const uint32_t expected[][2] = {
		{16, 253}, {96, 42}, {1008, 4}, {2016, 2}, {2048, 1},
	};

	for (unsigned i = 0; i < ARRAY_LEN(caches); i++) {
		CHECK_EQ(caches[i]->size, expected[i][0]);
		CHECK_EQ(caches[i]->each, expected[i][1]);
	}
}

TEST(slab_structures_are_zero_aligned_and_apart)
{
	for (unsigned k = 0; k < ARRAY_LEN(caches); k++) {
		struct slab_cache *c = caches[k];
		unsigned n = 2 * c->each + 1;

		begin();
		for (unsigned i = 0; i < n; i++)
			held[i] = take(c, (uint8_t)i);
		check_cache(c);
		CHECK_EQ(c->used, n);
		CHECK_EQ(c->slabs, 3);
		CHECK_EQ(frames_free(), frames_before - 3);
		for (unsigned i = 0; i < n; i++)
			give(c, held[i], (uint8_t)i);
		end(c);
	}
}

TEST(slab_keeps_one_empty_slab)
{
	begin();
	slab_free(&region, take(&region, 1));
	CHECK_EQ(frames_free(), frames_before - 1);
	check_cache(&region);
	for (unsigned i = 0; i < 10; i++) {
		slab_free(&region, take(&region, 1));
		CHECK_EQ(frames_free(), frames_before - 1);
	}
	for (unsigned i = 0; i < 3 * region.each; i++)
		held[i] = take(&region, 2);
	CHECK_EQ(frames_free(), frames_before - 3);
	for (unsigned i = 0; i < 3 * region.each; i++)
		slab_free(&region, held[i]);
	CHECK_EQ(frames_free(), frames_before - 1);
	end(&region);
}

TEST(slab_trim_without_a_spare_does_nothing)
{
	begin();
	held[0] = take(&odd, 3);
	slab_trim(&odd);
	CHECK_EQ(odd.slabs, 1);
	give(&odd, held[0], 3);
	end(&odd);
	slab_trim(&odd);
	end(&odd);
}

TEST(slab_free_takes_null)
{
	begin();
	slab_free(&region, NULL);
	end(&region);
}

/* xorshift64: the same choices on every machine. */
static unsigned random_below(uint64_t *seed, unsigned n)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (unsigned)((*seed >> 16) % n);
}

TEST(slab_random_traffic_loses_nothing)
{
	uint64_t seed = 0x2545f4914f6cdd1d;

	for (unsigned k = 1; k < ARRAY_LEN(caches); k++) {
		struct slab_cache *c = caches[k];

		begin();
		memset(held, 0, sizeof(held));
		for (unsigned step = 0; step < 4000; step++) {
			unsigned i = random_below(&seed, 8 * c->each);

			if (held[i] != NULL) {
				give(c, held[i], (uint8_t)i);
				held[i] = NULL;
			} else {
				held[i] = take(c, (uint8_t)i);
			}
			if (step % 64 == 0)
				check_cache(c);
		}
		for (unsigned i = 0; i < 8 * c->each; i++) {
			if (held[i] != NULL)
				give(c, held[i], (uint8_t)i);
		}
		end(c);
	}
}

TEST(slab_fails_when_told_and_recovers)
{
	void *p;

	begin();
	slab_fail_after(2);
	held[0] = slab_alloc(&region);
	held[1] = slab_alloc(&odd);
	p = slab_alloc(&region);
	held[2] = slab_alloc(&odd);
	slab_fail_after(SLAB_NEVER);
	CHECK(held[0] != NULL && held[1] != NULL);
	CHECK(p == NULL && held[2] == NULL);
	check_cache(&region);
	p = take(&region, 4);
	slab_free(&region, p);
	slab_free(&region, held[0]);
	slab_free(&odd, held[1]);
	slab_trim(&region);
	end(&odd);
	end(&region);
}

/* ---- that slab_check() sees ------------------------------------------- */

TEST(slab_alloc_dirty_clears_nothing)
{
	uint8_t *p, *q;

	begin();
	p = slab_alloc_dirty(&region);
	CHECK(p != NULL);
	slab_free(&region, p);
	memset(p + sizeof(void *), SLAB_POISON, 96 - sizeof(void *));
	q = slab_alloc_dirty(&region);
	CHECK(q == p);
	CHECK_EQ(q[95], SLAB_POISON);
	slab_free(&region, q);
	slab_fail_after(0);
	CHECK(slab_alloc_dirty(&region) == NULL);
	slab_fail_after(SLAB_NEVER);
	end(&region);
}

TEST(slab_check_sees_wrong_counters)
{
	const char *broken;

	begin();
	held[0] = take(&region, 5);
	region.used++;
	broken = slab_check(&region);
	region.used--;
	CHECK_STR(broken != NULL ? broken : "",
		  "the counters are the sums over the slabs");
	give(&region, held[0], 5);
	end(&region);
}

TEST(slab_check_sees_a_broken_free_list)
{
	const char *broken;
	void **p, *link;

	begin();
	for (unsigned i = 0; i < 3; i++)
		held[i] = take(&region, 6);
	slab_free(&region, held[0]);
	slab_free(&region, held[1]);
	p = (void **)(void *)held[1];
	link = *p;
	*p = held[1] + 8;
	broken = slab_check(&region);
	*p = link;
	CHECK(broken != NULL);
	*p = held[1];
	broken = slab_check(&region);
	*p = link;
	CHECK(broken != NULL);
	give(&region, held[2], 6);
	end(&region);
}

#ifdef QUIRE_DEBUG
TEST(slab_debug_poisons_and_sees_a_write_after_free)
{
	const char *broken;
	uint8_t last;

	begin();
	held[0] = take(&region, 7);
	held[1] = take(&region, 7);
	slab_free(&region, held[0]);
	for (uint32_t i = sizeof(void *); i < region.size; i++)
		CHECK_EQ(held[0][i], SLAB_POISON);
	last = held[0][region.size - 1];
	held[0][region.size - 1] = 0;
	broken = slab_check(&region);
	held[0][region.size - 1] = last;
	CHECK_STR(broken != NULL ? broken : "",
		  "nobody writes to a free structure");
	give(&region, held[1], 7);
	end(&region);
}
#endif
