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

#define CACHE_MAX   63 /* a cache is 512 bytes */
#define CACHE_ORDER 4  /* refilled by a folio of this order, if there is one */
static struct frame_cache {
	struct frame **top; /* above the last; NULL: not used yet */
	struct frame *frame[CACHE_MAX];
} __attribute__((aligned(64))) caches[MAX_HARTS];

/* The zeroed pool: a stack, filled in the idle loop. */
static struct {
	struct lock lock;
	uint32_t n, want;
	struct frame *frame[FRAME_POOL_MAX];
} pool = {.lock = LOCK_INIT(LOCK_FRAME), .want = FRAME_POOL_MAX};

/* ---- the lists (all locked) ------------------------------------------ */

static void list_add_locked(struct frame *f, unsigned order)
{
	uint32_t first = buddy.head[order];

	f->head = FRAME_HEAD(FRAME_FREE, 0);
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

/* Joins the folio with its buddy for as long as that is free, and lists it. */
static void give_locked(struct frame *f, unsigned order)
{
	/* Buddies are pairs of physical numbers, so that folios are aligned. */
	uint64_t base = frame_base >> PAGE_SHIFT, n = NUMBER(f) + base;

	buddy.free += BIT(order);
	for (; order < FRAME_ORDERS - 1; order++) {
		uint64_t other = (n ^ BIT(order)) - base;
		struct frame *b = &frame_records[other];

		if (other >= frame_count || b->state != FRAME_FREE ||
		    b->order != order)
			break;
		list_take_locked(b);
		frame_records[(n | BIT(order)) - base].head = FRAME_TAIL;
		n &= ~BIT(order);
	}
	list_add_locked(&frame_records[n - base], order);
}

/* `n` neighbours from `f` on, as the largest folios that alignment allows. */
static void give_run_locked(struct frame *f, uint64_t n)
{
	while (n > 0) {
		unsigned order = bit_lowest(frame_pa(f) >> PAGE_SHIFT |
					    BIT(FRAME_ORDERS - 1));
		unsigned largest = bit_highest(n);

		if (order > largest)
			order = largest;
		for (uint64_t i = 1; i < BIT(order); i++)
			f[i].head = FRAME_TAIL;
		give_locked(f, order);
		f += BIT(order);
		n -= BIT(order);
	}
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

static uint64_t cache_count(const struct frame_cache *c)
{
	struct frame *const *top = __atomic_load_n(&c->top, __ATOMIC_RELAXED);

	return top ? (uint64_t)(top - c->frame) : 0;
}

static inline bool cache_empty(const struct frame_cache *c)
{
	return c->top <= c->frame; /* NULL, too */
}

static __attribute__((noinline)) bool cache_refill(struct frame_cache *c)
{
	struct frame *f = NULL, **top = c->frame;
	unsigned order = CACHE_ORDER + 1;

	lock_take(&buddy.lock);
	while (!f && order-- > 0)
		f = take_locked(order);
	lock_drop(&buddy.lock);
	if (!f)
		return false;
	for (struct frame *i = f + BIT(order); i > f;) { /* lowest on top */
		(--i)->head = FRAME_HEAD(FRAME_CACHED, 0);
		*top++ = i;
	}
	c->top = top;
	return true;
}

static struct frame *cache_take(void)
{
	struct frame_cache *c = &caches[lock_hart()];

	if (cache_empty(c) && !cache_refill(c))
		return NULL;
	return *--c->top;
}

static __attribute__((noinline)) void cache_spill(struct frame_cache *c)
{
	lock_take(&buddy.lock);
	while (c->top > c->frame + CACHE_MAX / 2)
		give_locked(*--c->top, 0);
	lock_drop(&buddy.lock);
}

static void cache_give(struct frame *f)
{
	struct frame_cache *c = &caches[lock_hart()];

	if (!c->top)
		c->top = c->frame;
	if (c->top == c->frame + CACHE_MAX)
		cache_spill(c);
	f->head = FRAME_HEAD(FRAME_CACHED, 0);
	*c->top++ = f;
}

/* ---- the zeroed pool ------------------------------------------------- */

static struct frame *pool_take(void)
{
	struct frame *f = NULL;

	lock_take(&pool.lock);
	if (pool.n)
		f = pool.frame[--pool.n];
	lock_drop(&pool.lock);
	return f;
}

static inline uint32_t pool_level(void)
{
	return __atomic_load_n(&pool.n, __ATOMIC_RELAXED);
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
		pool.frame[pool.n++] = f;
		f = NULL;
	}
	lock_drop(&pool.lock);
	if (f)
		cache_give(f);
	return true;
}

void frame_pool_refill(void)
{
	while (frame_pool_fill())
		;
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

static __attribute__((noinline)) struct frame *
folio_alloc(unsigned order, enum frame_state state, unsigned flags)
{
	struct frame *f;

	assert(order < FRAME_ORDERS);
	lock_take(&buddy.lock);
	f = take_locked(order);
	lock_drop(&buddy.lock);
	if (!f)
		return NULL;
	if (flags & FRAME_ZERO)
		for (uint64_t i = 0; i < BIT(order); i++)
			page_zero(frame_va(f + i));
	f->head = FRAME_HEAD(state, 1) | order << 8;
	return f;
}

/* From the pool: zeroed, or the last frames there are. */
static __attribute__((noinline)) struct frame *
pool_alloc(enum frame_state state)
{
	struct frame *f = pool_take();

	if (f)
		f->head = FRAME_HEAD(state, 1);
	return f;
}

struct frame *frame_alloc(unsigned order, enum frame_state state,
			  unsigned flags)
{
	struct frame_cache *c = &caches[lock_hart()];
	struct frame *f;

	assert(state >= FRAME_USED);
	if (fails_now())
		return NULL;
	if (order)
		return folio_alloc(order, state, flags);
	if ((flags & FRAME_ZERO) && pool_level() && (f = pool_alloc(state)))
		return f;
	if (cache_empty(c) && !cache_refill(c))
		return pool_alloc(state);
	f = *--c->top;
	f->head = FRAME_HEAD(state, 1);
	if (flags & FRAME_ZERO)
		page_zero(frame_va(f));
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
			lock_take(&buddy.lock);
			f[1 - (int64_t)n].head = FRAME_TAIL;
			give_run_locked(f + 1 - n, n);
			lock_drop(&buddy.lock);
		} else {
			rest = f->next;
			frame_put(f);
		}
		chain = rest;
	}
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
		n += cache_count(&caches[i]);
	return n;
}

/* ---- boot ------------------------------------------------------------ */

void frame_give(pa_t start, pa_t end)
{
	struct frame *f;

	start = round_up(start, PAGE_SIZE);
	end = round_down(end, PAGE_SIZE);
	if (end <= start)
		return;
	f = frame_of(start);
	assert(f && frame_of(end - 1));
	lock_take(&buddy.lock);
	buddy.total += (end - start) >> PAGE_SHIFT;
	give_run_locked(f, (end - start) >> PAGE_SHIFT);
	lock_drop(&buddy.lock);
}
