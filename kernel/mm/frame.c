/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * frame.c - giving out frames, and taking them back. In front of the buddy
 * lists each hart has a cache of single frames, refilled by a folio and emptied
 * by the half, so that a page fault takes no lock.
 */
#include "mm/frame.h"
#include "arch/cpu.h"
#include "arch/page.h"
#include "lib/assert.h"
#include "lib/atomic.h"
#include "lib/bits.h"
#include "lib/lock.h"
#include "mm/buddy.h"
#include "mm/frame_boot.h"
#include "mm/swap.h"
#include <string.h>

struct frame *frame_records;
pa_t frame_base;
uint64_t frame_count;
uint64_t frame_bias;

#define CACHE_MAX   63 /* a cache is 512 bytes */
#define CACHE_ORDER 4  /* refilled by a folio of this order, if there is one */
static struct frame_cache {
	struct frame **top; /* above the last; NULL: not used yet */
	struct frame *frame[CACHE_MAX];
} __attribute__((aligned(64))) caches[MAX_HARTS];

/* ---- the hart's cache ------------------------------------------------ */

static uint64_t cache_count(const struct frame_cache *c)
{
	struct frame *const *top = __atomic_load_n(&c->top, __ATOMIC_RELAXED);

	return top ? (uint64_t)(top - c->frame) : 0;
}

static inline bool cache_empty(const struct frame_cache *c)
{
	return c->top <= c->frame; /* NULL, too */
}

struct frame_marks frame_marks;
static bool helps[MAX_HARTS];

void frame_use_reserve(bool may)
{
	helps[lock_hart()] = may;
}

COLD bool frame_only_reserve(void)
{
	return buddy_free() <= frame_marks.reserve;
}

/* Somebody is told if memory is low. */
static COLD bool may_refill(enum frame_state state, uint64_t free)
{
	frame_marks.is_low();
	return state != FRAME_USED || free > frame_marks.reserve ||
	       helps[lock_hart()];
}

static __attribute__((noinline)) bool cache_refill(struct frame_cache *c,
						   enum frame_state state)
{
	struct frame *f = NULL, **top = c->frame;
	unsigned order = CACHE_ORDER + 1;
	uint64_t free = buddy_free();

	if (free < frame_marks.low && !may_refill(state, free))
		return false;
	while (!f && order-- > 0)
		f = buddy_take(order);
	if (!f)
		return false;
	for (struct frame *i = f + BIT(order); i > f;) { /* lowest on top */
		(--i)->head = FRAME_HEAD(FRAME_CACHED, 0);
		*top++ = i;
	}
	c->top = top;
	return true;
}

/* Down to `keep` frames. */
static __attribute__((noinline)) void cache_spill(struct frame_cache *c,
						  uint64_t keep)
{
	uint64_t n = cache_count(c);

	if (n <= keep)
		return;
	buddy_give_each(c->frame + keep, n - keep);
	store_relaxed(&c->top, c->frame + keep);
}

void frame_cache_drain(void)
{
	cache_spill(&caches[lock_hart()], 0);
}

static void cache_give(struct frame *f)
{
	struct frame_cache *c = &caches[lock_hart()];

	if (!c->top)
		c->top = c->frame;
	if (c->top == c->frame + CACHE_MAX)
		cache_spill(c, CACHE_MAX / 2);
	f->head = FRAME_HEAD(FRAME_CACHED, 0);
	*c->top++ = f;
}

/* ---- allocating ------------------------------------------------------ */

#ifdef QUIRE_TEST
static long fail_in = -1;

void frame_fail_after(long n)
{
	fail_in = n;
}

static bool fails_now(void)
{
	return fail_in >= 0 && fail_in-- == 0;
}
#else
static inline bool fails_now(void)
{
	return false;
}
#endif

#ifdef QUIRE_DEBUG
#define POISON 0xa5
static void poison(struct frame *f)
{
	memset(frame_va(f), POISON, PAGE_SIZE << f->order);
}
#else
static inline void poison(struct frame *f)
{
	(void)f;
}
#endif

static __attribute__((noinline)) struct frame *
folio_alloc(unsigned order, enum frame_state state, unsigned flags)
{
	struct frame *f;

	assert(order < FRAME_ORDERS);
	f = buddy_take(order);
	if (!f)
		return NULL;
	if (flags & FRAME_ZERO)
		for (uint64_t i = 0; i < BIT(order); i++)
			page_zero(frame_va(f + i));
	f->head = FRAME_HEAD(state, 1) | order << 8;
	return f;
}

/* From the hart's cache; the pool's are the last frames there are. */
static struct frame *cache_alloc(enum frame_state state, unsigned flags)
{
	struct frame_cache *c = &caches[lock_hart()];
	struct frame *f;

	if (cache_empty(c) && !cache_refill(c, state))
		return frame_pool_take(FRAME_HEAD(state, 1));
	f = *--c->top;
	f->head = FRAME_HEAD(state, 1);
	if (flags & FRAME_ZERO)
		page_zero(frame_va(f));
	return f;
}

static __attribute__((noinline)) struct frame *
zeroed_alloc(enum frame_state state)
{
	struct frame *f = frame_pool_take(FRAME_HEAD(state, 1));

	return f ? f : cache_alloc(state, FRAME_ZERO);
}

/* Step 6 of a page fault. */
struct frame *frame_alloc(unsigned order, enum frame_state state,
			  unsigned flags)
{
	assert(state >= FRAME_USED);
	if (fails_now())
		return NULL;
	if (order)
		return folio_alloc(order, state, flags);
	if ((flags & FRAME_ZERO) && frame_pool_level())
		return zeroed_alloc(state);
	return cache_alloc(state, flags);
}

struct frame *frame_head(struct frame *f)
{
	uint64_t n = (uint64_t)(f - frame_records);
	uint64_t first = frame_base >> PAGE_SHIFT;

	/* A folio is aligned by its address, not by its number. */
	for (uint64_t size = 2; f->state == FRAME_TAIL; size *= 2)
		f = &frame_records[round_down(first + n, size) - first];
	return f;
}

void frame_get(struct frame *f)
{
	uint32_t before = __atomic_fetch_add(&f->refs, 1, __ATOMIC_RELAXED);

	assert(before > 0 && before < UINT32_MAX);
}

/* Neither of a larger order, nor with a copy in swap. */
static inline bool is_simple(const struct frame *f)
{
	return !(f->head & (0xff00u | FRAME_SWAPPED << 16));
}

static COLD __attribute__((noinline)) void free_rare(struct frame *f)
{
	if (f->flags & FRAME_SWAPPED)
		swap_put(f->index);
	poison(f);
	if (f->order)
		buddy_give(f, BIT(f->order));
	else
		cache_give(f);
}

static void folio_free(struct frame *f)
{
	if (!is_simple(f)) {
		free_rare(f);
		return;
	}
	poison(f);
	cache_give(f);
}

void frame_put(struct frame *f)
{
	assert(f->state >= FRAME_USED);
	if (__atomic_load_n(&f->refs, __ATOMIC_ACQUIRE) != 1) {
		uint32_t before =
			__atomic_fetch_sub(&f->refs, 1, __ATOMIC_ACQ_REL);

		assert(before > 0);
		if (before != 1)
			return;
	}
	folio_free(f);
}

/* Takes off the chain's head what may go at once: a run of `*n` downwards. */
static uint32_t chain_run(uint32_t chain, uint64_t *n)
{
	struct frame *f = &frame_records[chain - 1];
	uint64_t single = f->head & ~FRAME_HEAD(0xfful, 0);

	*n = 0;
	while (chain && single == FRAME_HEAD(0, 1)) {
		uint32_t next = f->next;

		++*n;
		poison(f);
		if (next != chain - 1)
			return next;
		chain = next;
		f--;
		single = f->head & ~FRAME_HEAD(0xfful, 0);
	}
	return chain;
}

void frame_put_chain(uint32_t chain)
{
	while (chain) {
		struct frame *f = &frame_records[chain - 1];
		uint64_t n;
		uint32_t rest = chain_run(chain, &n);

		if (n > 1) {
			buddy_give(f + 1 - n, n);
		} else {
			rest = f->next;
			frame_put(f);
		}
		chain = rest;
	}
}

uint64_t frames_total(void)
{
	return buddy_total();
}

uint64_t frames_free(void)
{
	uint64_t n = buddy_free() + frame_pool_level();

	for (unsigned i = 0; i < MAX_HARTS; i++)
		n += cache_count(&caches[i]);
	return n;
}

/* ---- boot ------------------------------------------------------------ */

void frame_give(pa_t start, pa_t end)
{
	start = round_up(start, PAGE_SIZE);
	end = round_down(end, PAGE_SIZE);
	if (end <= start)
		return;
	assert(frame_of(start) && frame_of(end - 1));
	buddy_add(frame_of(start), (end - start) >> PAGE_SHIFT);
}
