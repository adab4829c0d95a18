/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * swap_remove.c - an area goes: whatever names one of its slots gets its page
 * back. There is no way from a slot to its entries, so all tables are walked.
 */
#include "abi/error.h"
#include "mm/fault.h"
#include "mm/kin.h"
#include "mm/private.h"
#include "mm/space.h"
#include "mm/span.h"
#include "mm/swap.h"

/* A step: entries looked at, of which so many may be brought. */
#define LOOKS 1024u
#define BRING 24u

struct walk {
	uint64_t area;
	unsigned looks, bring;
	bool found; /* something that names the area */
	int err;
	va_t waits; /* the first that has to be waited for; 0: none */
};

/* What swap has of a page that is here is not needed any more. */
static void look_at_frame(struct walk *w, pte_t p)
{
	struct frame *f = private_frame(p);

	if (f && (f->flags & FRAME_SWAPPED) &&
	    swap_area_of(f->index) == w->area) {
		w->found = true;
		swap_forget(f);
	}
}

static int bring(struct space *s, va_t va)
{
	int err = span_own_locked(s, va, va + PAGE_SIZE);

	return err ? err : fault_bring_locked(s, va);
}

/* One entry of a leaf table. False: the step is over. */
static bool look_at(struct walk *w, struct space *s, const pte_t *slot, va_t va)
{
	pte_t p = pte_load(slot);

	w->looks--;
	if (pte_has_frame(p)) {
		look_at_frame(w, p);
	} else if (p && swap_area_of(pte_soft_word(p)) == w->area) {
		w->found = true;
		w->bring--;
		w->err = bring(s, va);
		if (w->err == -E_WAIT && !w->waits)
			w->waits = va;
	}
	return w->looks && w->bring && (!w->err || w->err == -E_WAIT);
}

/* From *va on; true: the space has no more. */
static bool walk_locked(struct walk *w, struct space *s, va_t *va)
{
	for (; *va < MMU_USER_END; *va += PAGE_SIZE) {
		pte_t *slot = mmu_leaf_slot_any(&s->mmu, *va);

		if (!slot) {
			*va = mmu_next_span(&s->mmu, *va) - PAGE_SIZE;
			if (!--w->looks)
				return false;
			continue;
		}
		if (!look_at(w, s, slot, *va))
			return false;
	}
	return true;
}

/* The n-th space of all there are, referenced; NULL: there are fewer. */
static struct space *nth_space(uint64_t n)
{
	struct space *found = NULL;

	lock_take(&spaces_lock);
	list_for_each (e, &spaces_all) {
		struct space *s = container_of(e, struct space, all);

		if (n-- == 0 && kobject_try(&s->object)) {
			found = s;
			break;
		}
	}
	lock_drop(&spaces_lock);
	return found;
}

static int walk_space(struct walk *w, struct space *s, uint64_t *n, va_t *va)
{
	bool over;

	lock_take(&s->lock);
	over = walk_locked(w, s, va);
	lock_drop(&s->lock);
	space_put(s);
	if (w->err && w->err != -E_WAIT)
		return w->err;
	if (w->waits) { /* that one first, the next time */
		*va = w->waits;
		return -E_WAIT;
	}
	if (over) {
		*va = 0;
		++*n;
	}
	return -E_STEP;
}

int swap_remove_step(struct object *o, uint64_t *n, va_t *va)
{
	struct walk w = {.looks = LOOKS, .bring = BRING};
	int err = swap_close(o, &w.area);
	struct space *s;

	if (err)
		return err;
	s = nth_space(*n);
	if (s) {
		err = walk_space(&w, s, n, va);
		swap_found(w.area, w.found);
	} else { /* once round */
		*n = *va = 0;
		err = swap_end(w.area);
	}
	if (err && err != -E_WAIT && err != -E_STEP)
		swap_reopen(w.area);
	return err;
}
