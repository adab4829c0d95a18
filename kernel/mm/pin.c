/* SPDX-License-Identifier: BSD-2-Clause */
/* pin.c - a reference to the frame behind an address. */
#include "mm/pin.h"
#include "abi/error.h"
#include "lib/assert.h"
#include "mm/fault.h"
#include "mm/frame.h"
#include "mm/kin.h"

/* Between a fault and the look at its result another hart may take the page. */
#define TRIES 16

static bool hold_leaf_locked(struct space *s, va_t va, unsigned access,
			     struct pin *p)
{
	int level;
	pte_t leaf = mmu_query(&s->mmu, va, &level);
	pa_t page = pte_pa(leaf) +
		    round_down(va & (MMU_LEVEL_SIZE(level) - 1), PAGE_SIZE);
	struct frame *f;

	if (!leaf || !(pte_prot(leaf) & access))
		return false;
	if (access == PROT_W && !pte_dirty(leaf))
		return false; /* a fault sets D: hardware does not, for us */
	f = frame_of(page);
	if (!f)
		return false; /* registers: the kernel does not reach them */
	f = frame_head(f);
	p->frame = f->state == FRAME_USED ? f : NULL;
	if (p->frame)
		frame_get(f);
	p->page = pa_to_va(page);
	return true;
}

/* From a table in common the page may be taken at any moment, but under this lock. */
static bool hold_locked(struct space *s, va_t va, unsigned access,
			struct pin *p)
{
	uint64_t span = va / MMU_LEVEL_SIZE(1);
	bool held;

	if (!s->in_common)
		return hold_leaf_locked(s, va, access, p);
	kin_lock(span);
	held = hold_leaf_locked(s, va, access, p);
	kin_drop(span);
	return held;
}

int pin(struct space *s, va_t va, unsigned access, struct pin *p)
{
	for (unsigned i = 0; i < TRIES; i++) {
		bool held;
		int err;

		if (va >= MMU_USER_END)
			return -E_FAULT;
		lock_take(&s->lock);
		held = hold_locked(s, va, access, p);
		lock_drop(&s->lock);
		if (held)
			return 0;
		err = fault_resolve_alone(s, va, access);
		if (err)
			return err;
	}
	return -E_FAULT;
}

void unpin(struct pin *p)
{
	if (p->frame)
		frame_put(p->frame);
}
