/* SPDX-License-Identifier: BSD-2-Clause */
/* advise.c - advice about memory, a step at a time: see advise.h. */
#include "mm/advise.h"
#include "abi/error.h"
#include "mm/ending.h"
#include "mm/fault.h"
#include "mm/frame.h"
#include "mm/page_state.h"
#include "mm/pages.h"
#include "mm/private.h"
#include "mm/span.h"

/* Flags of a region in 16 bits: MAP_PINNED does not fit. */
#define SHORT_PINNED 1u
#define LONG(flags)  ((flags)&SHORT_PINNED ? MAP_PINNED : (flags))

/* Advice that is a region's from then on: what it takes away, and gives. */
static const struct {
	uint16_t off, on;
} flags_of[] = {
	[ADVISE_NORMAL] = {MAP_SEQUENTIAL | MAP_RANDOM, 0},
	[ADVISE_SEQUENTIAL] = {MAP_RANDOM, MAP_SEQUENTIAL},
	[ADVISE_RANDOM] = {MAP_SEQUENTIAL, MAP_RANDOM},
	[ADVISE_NO_FORK] = {0, MAP_NO_FORK},
	[ADVISE_FORK] = {MAP_NO_FORK, 0},
	[ADVISE_WIPE_ON_FORK] = {0, MAP_WIPE_ON_FORK},
	[ADVISE_KEEP_ON_FORK] = {MAP_WIPE_ON_FORK, 0},
	[ADVISE_HUGE] = {MAP_NO_HUGE, MAP_HUGE},
	[ADVISE_NO_HUGE] = {MAP_HUGE, MAP_NO_HUGE},
	[ADVISE_UNPIN] = {SHORT_PINNED, 0},
	[ADVISE_PIN] = {0, SHORT_PINNED},
};

uint64_t space_pinned_max(void)
{
	return frames_total() / 8;
}

/* What regions must not be that are given this advice. */
static unsigned refused(unsigned advice)
{
	return advice == ADVISE_WIPE_ON_FORK ? MAP_SHARED
	       : advice >= ADVISE_DONT_NEED  ? MAP_PINNED
					     : 0;
}

/*
 * The range lies in regions, all of which may have the advice: 0. A step's worth
 * of them: *end may become less.
 */
static int decode_locked(struct space *s, va_t at, va_t *end, unsigned advice)
{
	const struct region *r = region_next(&s->regions, at);
	uint64_t pins = s->regions.pinned;

	for (unsigned n = 0; at < *end; n++, r = region_after(r)) {
		va_t stop;

		if (n == ENDING_SMALL) {
			*end = at;
			break;
		}
		if (!r || r->start > at)
			return -E_NOMEM;
		if (r->flags & refused(advice))
			return -E_INVAL;
		stop = r->end < *end ? r->end : *end;
		if (!(r->flags & MAP_PINNED))
			pins += (stop - at) >> PAGE_SHIFT;
		at = stop;
	}
	return advice == ADVISE_PIN && pins > space_pinned_max() ? -E_NOMEM : 0;
}

/* ---- bringing ------------------------------------------------------------ */

/* What a step may spend, and what a page costs that is brought, and one not. */
#define BRING_STEP  160
#define BRING_PAGE  16
#define BRING_CHECK 1

/* The access that brings the page of `va`; 0: it is there, or not wanted. */
static unsigned wanted(struct space *s, va_t va, unsigned advice)
{
	const struct region *r = region_find(&s->regions, va);
	uint64_t state = page_state_locked(s, va);
	unsigned access;

	if (!r)
		return 0;
	access = r->prot & PROT_R ? PROT_R : r->prot & PROT_X;
	if (advice == ADVISE_WILL_NEED && !r->object &&
	    !(state & PAGE_IS_SWAPPED))
		return 0;
	if (advice != ADVISE_WILL_NEED && r->prot & PROT_W &&
	    !(r->flags & MAP_SHARED))
		return state & PAGE_IS_WRITABLE ? 0 : PROT_W;
	return state & PAGE_IS_PRESENT ? 0 : access;
}

/* From *at on; gives the error that it has come to. */
static int bring(struct space *s, va_t *at, va_t end, unsigned advice)
{
	int left = BRING_STEP, err = 0;

	for (; *at < end && left > 0 && !err; left -= BRING_CHECK) {
		unsigned access;

		lock_take(&s->lock);
		access = wanted(s, *at, advice);
		lock_drop(&s->lock);
		if (access) {
			err = fault_resolve(s, *at, access);
			left -= s->coming.first ? BRING_STEP : BRING_PAGE;
		}
		if (!err && !(access && s->coming.first))
			*at += PAGE_SIZE;
	}
	return err;
}

/* ---- freeing ------------------------------------------------------------- */

/* Worth nothing from now on, unless they are written again. */
static int free_locked(struct space *s, va_t at, va_t end)
{
	int err = span_own_locked(s, at, end);

	if (!err)
		page_state_free_locked(s, at,
				       (unsigned)((end - at) >> PAGE_SHIFT));
	return err;
}

/* ---- one step ------------------------------------------------------------ */

/* On [at, *end), of which it may have done less. */
static int step_locked(struct space *s, va_t at, va_t *end, unsigned advice)
{
	unsigned entries = ENDING_PAGES;
	int err = decode_locked(s, at, end, advice);

	if (err || advice == ADVISE_WILL_NEED || advice == ADVISE_POPULATE)
		return err;
	if (advice >= ADVISE_DONT_NEED) {
		*end = pages_reach(&s->mmu, at, *end, &entries);
		return advice == ADVISE_FREE ? free_locked(s, at, *end)
					     : space_forget_locked(s, at, *end);
	}
	if (flags_of[advice].on & (MAP_NO_FORK | MAP_WIPE_ON_FORK))
		s->parted = true;
	return region_set_flags(&s->regions, at, *end,
				LONG(flags_of[advice].off),
				LONG(flags_of[advice].on));
}

int space_advise_step(struct space *s, va_t *addr, uint64_t *len,
		      unsigned advice)
{
	uint64_t bytes = space_pages_at(*addr, *len);
	va_t end = *addr + bytes, stop = end;
	int err;

	if (!bytes)
		return -E_INVAL;
	lock_take(&s->lock);
	err = step_locked(s, *addr, &stop, advice);
	lock_drop(&s->lock);
	if (err)
		return err;
	if (advice >= ADVISE_PIN && advice <= ADVISE_POPULATE)
		err = bring(s, addr, stop, advice);
	else
		*addr = stop;
	*len = end - *addr;
	return err;
}
