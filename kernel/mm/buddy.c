/* SPDX-License-Identifier: BSD-2-Clause */
/* buddy.c - splitting and joining. */
#include "mm/buddy.h"
#include "lib/bits.h"
#include "lib/lock.h"

#define NUMBER(f) ((uint32_t)((f)-frame_records))

/* A free list holds frame numbers + 1, so that 0 ends it. */
static struct {
	struct lock lock;
	uint32_t head[FRAME_ORDERS];
	uint64_t free, total;
} buddy = {.lock = LOCK_INIT(LOCK_FRAME)};

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
	/* FREE no more before the lock goes, or its buddy joins with it. */
	f->head = FRAME_HEAD(FRAME_CACHED, 0) | order << 8;
	buddy.free -= BIT(order);
	return f;
}
COLD struct frame *buddy_take(unsigned order)
{
	struct frame *f;

	lock_take(&buddy.lock);
	f = take_locked(order);
	lock_drop(&buddy.lock);
	return f;
}

/* One that became free a moment ago may have joined with what lies beyond. */
COLD void buddy_claim(struct frame *f, uint64_t n)
{
	struct frame *end = f + n;

	lock_take(&buddy.lock);
	while (f < end) {
		uint64_t size = f->state == FRAME_FREE ? BIT(f->order) : 0;

		if (!size || size > (uint64_t)(end - f)) {
			f++;
			continue;
		}
		list_take_locked(f);
		buddy.free -= size;
		for (; size > 0; size--, f++)
			f->head = FRAME_HEAD(FRAME_CLAIMED, 0);
	}
	lock_drop(&buddy.lock);
}

void buddy_give(struct frame *f, uint64_t n)
{
	lock_take(&buddy.lock);
	give_run_locked(f, n);
	lock_drop(&buddy.lock);
}

void buddy_give_each(struct frame *const *f, uint64_t n)
{
	lock_take(&buddy.lock);
	for (uint64_t i = 0; i < n; i++)
		give_locked(f[i], 0);
	lock_drop(&buddy.lock);
}

void buddy_add(struct frame *f, uint64_t n)
{
	lock_take(&buddy.lock);
	buddy.total += n;
	give_run_locked(f, n);
	lock_drop(&buddy.lock);
}

uint64_t buddy_free(void)
{
	return __atomic_load_n(&buddy.free, __ATOMIC_RELAXED);
}

uint64_t buddy_total(void)
{
	return buddy.total;
}
