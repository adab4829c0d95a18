/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * frame.c - the buddy allocator.
 *
 * Folios of one order are a list; freeing joins a folio with its buddy, the
 * neighbour whose number differs in the one bit, as long as that is free and of
 * the same order. In front of order 0 each hart has a cache, refilled and
 * emptied by the half, so that a page fault takes no lock; and there is one
 * pool of frames that idle harts have zeroed.
 */
#include "mm/frame.h"
#include "arch/cpu.h"
#include "arch/layout.h"
#include "arch/page.h"
#include "lib/assert.h"
#include "lib/bits.h"
#include "lib/lock.h"
#include "mm/frame_boot.h"
#include <string.h>

struct frame *frame_records; /* [0] is the frame at frame_base */
pa_t frame_base;
uint64_t frame_count;

#define NUMBER(f) ((uint32_t)((f)-frame_records))

/* A free list holds frame numbers + 1, so that 0 ends it. */
static struct {
	struct lock lock;
	uint32_t head[FRAME_ORDERS];
	uint64_t free;	/* frames on the lists */
	uint64_t total; /* frames ever given to the allocator */
} buddy = {.lock = LOCK_INIT(LOCK_FRAME)};

#define CACHE_MAX   32
#define CACHE_BATCH 16
static struct frame_cache {
	uint32_t n;
	uint32_t frame[CACHE_MAX];
} __attribute__((aligned(64))) caches[MAX_HARTS];

/* The zeroed pool: a stack, filled in the idle loop. */
static struct {
	struct lock lock;
	uint32_t n, want;
	uint32_t frame[FRAME_POOL_MAX];
} pool = {.lock = LOCK_INIT(LOCK_FRAME), .want = FRAME_POOL_MAX};

/* ---- numbers, records, addresses ------------------------------------- */

pa_t frame_pa(const struct frame *f)
{
	return frame_base + ((pa_t)(f - frame_records) << PAGE_SHIFT);
}

void *frame_va(const struct frame *f)
{
	return pa_to_va(frame_pa(f));
}

struct frame *frame_of(pa_t pa)
{
	uint64_t n = (pa - frame_base) >> PAGE_SHIFT;

	return pa >= frame_base && n < frame_count ? &frame_records[n] : NULL;
}

static void set_free(struct frame *f, enum frame_state state)
{
	f->state = (uint8_t)state;
	f->refs = 0;
	f->flags = 0;
	f->owner = f->index = 0;
}

/* ---- the lists (all locked) ------------------------------------------ */

static void list_add_locked(struct frame *f, unsigned order)
{
	uint32_t first = buddy.head[order];

	set_free(f, FRAME_FREE);
	f->order = (uint8_t)order;
	f->prev = 0;
	f->next = first;
	if (first)
		frame_records[first - 1].prev = NUMBER(f) + 1;
	buddy.head[order] = NUMBER(f) + 1;
}

static void list_take_locked(struct frame *f)
{
	if (f->prev)
		frame_records[f->prev - 1].next = f->next;
	else
		buddy.head[f->order] = f->next;
	if (f->next)
		frame_records[f->next - 1].prev = f->prev;
	f->next = f->prev = 0;
}

/* The head of a free folio of exactly `order` at `number`, or NULL. */
static struct frame *free_folio(uint64_t number, unsigned order)
{
	struct frame *f = &frame_records[number];

	return number < frame_count && f->state == FRAME_FREE &&
			       f->order == order
		       ? f
		       : NULL;
}

/* Buddies are pairs of physical numbers, so that folios are aligned. */
static uint64_t buddy_of(uint64_t number, unsigned order)
{
	uint64_t base = frame_base >> PAGE_SHIFT;

	return ((number + base) ^ BIT(order)) - base;
}

static void give_locked(struct frame *f, unsigned order)
{
	uint64_t n = NUMBER(f);

	buddy.free += BIT(order);
	while (order < FRAME_ORDERS - 1) {
		uint64_t other = buddy_of(n, order);
		struct frame *b =
			other < frame_count ? free_folio(other, order) : NULL;

		if (!b)
			break;
		list_take_locked(b);
		set_free(&frame_records[n > other ? n : other], FRAME_TAIL);
		if (other < n)
			n = other;
		order++;
	}
	list_add_locked(&frame_records[n], order);
}

static struct frame *take_locked(unsigned order)
{
	unsigned o = order;
	struct frame *f;

	while (o < FRAME_ORDERS && !buddy.head[o])
		o++;
	if (o >= FRAME_ORDERS)
		return NULL;
	f = &frame_records[buddy.head[o] - 1];
	list_take_locked(f);
	while (o > order) { /* the upper half goes back, the lower is ours */
		o--;
		list_add_locked(f + BIT(o), o);
	}
	f->order = (uint8_t)order;
	buddy.free -= BIT(order);
	return f;
}

/* ---- the hart's cache ------------------------------------------------ */

static struct frame *cache_take(void)
{
	struct frame_cache *c = &caches[lock_hart()];

	if (!c->n) {
		lock_take(&buddy.lock);
		while (c->n < CACHE_BATCH) {
			struct frame *f = take_locked(0);

			if (!f)
				break;
			set_free(f, FRAME_CACHED);
			c->frame[c->n++] = NUMBER(f);
		}
		lock_drop(&buddy.lock);
		if (!c->n)
			return NULL;
	}
	return &frame_records[c->frame[--c->n]];
}

static void cache_spill(struct frame_cache *c, uint32_t keep)
{
	lock_take(&buddy.lock);
	while (c->n > keep)
		give_locked(&frame_records[c->frame[--c->n]], 0);
	lock_drop(&buddy.lock);
}

static void cache_give(struct frame *f)
{
	struct frame_cache *c = &caches[lock_hart()];

	if (c->n == CACHE_MAX)
		cache_spill(c, CACHE_MAX - CACHE_BATCH);
	set_free(f, FRAME_CACHED);
	c->frame[c->n++] = NUMBER(f);
}

/* ---- the zeroed pool ------------------------------------------------- */

static struct frame *pool_take(void)
{
	struct frame *f = NULL;

	if (!__atomic_load_n(&pool.n, __ATOMIC_RELAXED))
		return NULL;
	lock_take(&pool.lock);
	if (pool.n)
		f = &frame_records[pool.frame[--pool.n]];
	lock_drop(&pool.lock);
	return f;
}

bool frame_pool_fill(void)
{
	struct frame *f;

	if (__atomic_load_n(&pool.n, __ATOMIC_RELAXED) >= pool.want ||
	    frames_free() < FRAME_POOL_RESERVE)
		return false;
	f = cache_take();
	if (!f)
		return false;
	page_zero(frame_va(f));
	lock_take(&pool.lock);
	if (pool.n < pool.want) {
		f->state = FRAME_ZEROED;
		pool.frame[pool.n++] = NUMBER(f);
		f = NULL;
	}
	lock_drop(&pool.lock);
	if (f)
		cache_give(f);
	return true;
}

void frame_pool_limit(unsigned want)
{
	assert(want <= FRAME_POOL_MAX);
	pool.want = want;
	while (pool.n > want) {
		struct frame *f = pool_take();

		if (f)
			cache_give(f);
	}
}

unsigned frame_pool_level(void)
{
	return pool.n;
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

/* Frames of order 0: the pool for zeroed ones, else the hart's cache. */
static struct frame *take_single(unsigned flags)
{
	struct frame *f;

	if (flags & FRAME_ZERO) {
		f = pool_take();
		if (f)
			return f;
	}
	f = cache_take();
	if (!f)
		return pool_take(); /* the last frames may lie there */
	if (flags & FRAME_ZERO)
		page_zero(frame_va(f));
	return f;
}

static struct frame *take_folio(unsigned order, unsigned flags)
{
	struct frame *f;

	lock_take(&buddy.lock);
	f = take_locked(order);
	lock_drop(&buddy.lock);
	if (!f)
		return NULL;
	for (uint64_t i = 1; i < BIT(order); i++)
		f[i].state = FRAME_TAIL;
	if (flags & FRAME_ZERO)
		for (uint64_t i = 0; i < BIT(order); i++)
			page_zero(frame_va(f + i));
	return f;
}

struct frame *frame_alloc(unsigned order, enum frame_state state,
			  unsigned flags)
{
	struct frame *f;

	assert(order < FRAME_ORDERS && state >= FRAME_USED);
	if (fails_now())
		return NULL;
	f = order ? take_folio(order, flags) : take_single(flags);
	if (!f)
		return NULL;
	f->state = (uint8_t)state;
	f->order = (uint8_t)order;
	f->refs = 1;
	return f;
}

void frame_get(struct frame *f)
{
	uint32_t before = __atomic_fetch_add(&f->refs, 1, __ATOMIC_RELAXED);

	assert(before > 0 && before < UINT32_MAX);
}

static void folio_free(struct frame *f)
{
	poison(f);
	if (!f->order) {
		cache_give(f);
		return;
	}
	lock_take(&buddy.lock);
	give_locked(f, f->order);
	lock_drop(&buddy.lock);
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

uint64_t frames_total(void)
{
	return buddy.total;
}

uint64_t frames_free(void)
{
	uint64_t n = __atomic_load_n(&buddy.free, __ATOMIC_RELAXED) +
		     __atomic_load_n(&pool.n, __ATOMIC_RELAXED);

	for (unsigned i = 0; i < MAX_HARTS; i++)
		n += __atomic_load_n(&caches[i].n, __ATOMIC_RELAXED);
	return n;
}

/* ---- boot ------------------------------------------------------------ */

void frame_give(pa_t start, pa_t end)
{
	struct frame *f = frame_of(round_up(start, PAGE_SIZE));
	uint64_t n = (round_down(end, PAGE_SIZE) -
		      round_up(start, PAGE_SIZE)) >> PAGE_SHIFT;

	if (round_down(end, PAGE_SIZE) <= round_up(start, PAGE_SIZE))
		return;
	assert(f && frame_of(end - 1));
	lock_take(&buddy.lock);
	buddy.total += n;
	while (n > 0) { /* the largest aligned folio each time */
		uint64_t number = frame_pa(f) >> PAGE_SHIFT;
		unsigned order = number ? bit_lowest(number) : 0;

		while (order >= FRAME_ORDERS || BIT(order) > n)
			order = order >= FRAME_ORDERS ? FRAME_ORDERS - 1
						      : order - 1;
		for (uint64_t i = 0; i < BIT(order); i++)
			f[i].state = FRAME_TAIL;
		give_locked(f, order);
		f += BIT(order);
		n -= BIT(order);
	}
	lock_drop(&buddy.lock);
}
