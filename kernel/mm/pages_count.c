/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pages_count.c - what the pages of a region are, counted for a listing. The
 * frame record is looked at for each page, so the usual one has a short way.
 */
#include "arch/layout.h"
#include "mm/paged.h"
#include "mm/pages.h"
#include "mm/pages_run.h"
#include "mm/private.h"

static COLD void count_entry(pte_t p, bool shared_mapping,
			     struct region_info *c)
{
	struct frame *f;

	if (!pte_has_frame(p)) {
		c->swapped += entry_is_swapped(p);
		return;
	}
	c->resident++;
	f = private_frame(p);
	if (f) {
		c->own += f->refs == 1;
		c->shared += f->refs != 1;
		c->dirty += pte_dirty(p);
	} else if (shared_mapping) {
		f = frame_of(pte_pa(p));
		c->shared++;
		c->dirty += f && (f->flags & PAGE_DIRTY);
	}
}

/* The frames, as a loop wants them. */
struct records {
	const struct frame *first;
	uint64_t base, count;
};

/* A leaf that was written, of a private frame that nobody else has. */
static inline bool is_usual(pte_t p, const struct records *all)
{
	uint64_t n = pte_page(p) - all->base;

	return pte_is_written(p) && n < all->count &&
	       all->first[n].head == FRAME_HEAD(FRAME_USED, 1);
}

/* The first entry from `e` on that is not, or that and at most three more. */
static __attribute__((noinline, hot)) const pte_t *pass_usual(const pte_t *e,
							      const pte_t *end)
{
	const struct records all = {frame_records, frame_base >> PAGE_SHIFT,
				    frame_count};

	while (end - e >= 4 && is_usual(e[0], &all) && is_usual(e[1], &all) &&
	       is_usual(e[2], &all) && is_usual(e[3], &all))
		e += 4;
	return e;
}

static COLD void count_run(const struct run *run, bool shared_mapping,
			   struct region_info *c)
{
	const pte_t *e = run->slot, *end = e + run->n, *from;

	while (e != end) {
		if (!*e) {
			e++;
			continue;
		}
		from = e;
		e = pass_usual(e, end);
		c->resident += (uint64_t)(e - from);
		c->own += (uint64_t)(e - from);
		c->dirty += (uint64_t)(e - from);
		for (from = e + 4; e != end && e != from; e++)
			count_entry(pte_load(e), shared_mapping, c);
	}
}

/* What the space alone has in a table that it has with others is theirs, too. */
static bool is_in_common(const struct run *run)
{
	return frame_of(va_to_pa(run->slot))->refs > 1;
}

COLD void pages_count(struct mmu *m, const struct region *r,
		      struct region_info *c)
{
	va_t va = c->start;
	struct run run;

	c->resident = c->own = c->shared = c->swapped = c->dirty = 0;
	while (next_run(m, &va, c->end, &run)) {
		uint64_t own = c->own;

		count_run(&run, r->flags & MAP_SHARED, c);
		if (is_in_common(&run)) {
			c->shared += c->own - own;
			c->own = own;
		}
	}
}
