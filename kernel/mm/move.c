/* SPDX-License-Identifier: BSD-2-Clause */
/* move.c - migration of pages and tables: see move.h. */
#include "mm/move.h"
#include "arch/page.h"
#include "mm/kin.h"
#include "mm/object.h"
#include "mm/paged.h"
#include "mm/private.h"
#include "mm/rmap.h"
#include "mm/sharers.h"
#include "mm/space.h"
#include "mm/span.h"

/* Nobody reaches either. The owner's memory says to whom it belongs, so it is last. */
static void become(struct frame *to, struct frame *f)
{
	page_copy(frame_va(to), frame_va(f));
	to->index = f->index;
	to->next = f->next;
	to->prev = f->prev;
	to->owner = f->owner;
	__atomic_store_n(&to->head, f->head, __ATOMIC_RELEASE);
	f->owner = 0;
	f->head = FRAME_HEAD(FRAME_CLAIMED, 0);
}

/* ---- a private page ----------------------------------------------------------- */

/* Every leaf is held still. */
static void move_leaves(struct sharers *sh, struct frame *f, struct frame *to)
{
	const unsigned n = sh->n;
	pte_t p[SHARERS];

	for (unsigned i = 0; i < n; i++)
		p[i] = pte_swap(sh->slot[i], 0);
	sharers_forget(sh);
	become(to, f);
	for (unsigned i = 0; i < n; i++) {
		if (sh->space[i] && (pte_prot(p[i]) & MMU_X))
			mmu_sync_code(&sh->space[i]->mmu);
		pte_publish(sh->slot[i], pte_with_pa(p[i], frame_pa(to)));
	}
}

static COLD bool move_private(struct frame *f, struct frame *to)
{
	struct sharers sh;
	bool may = sharers_lock(&sh, f) && !sh.is_pinned;

	if (may)
		move_leaves(&sh, f, to);
	sharers_drop(&sh);
	return may;
}

/* ---- an object's ------------------------------------------------------------------ */

static COLD bool move_shown_locked(struct object *o, struct frame *f,
				   struct frame *to)
{
	const unsigned stays = PAGE_BUSY | PAGE_GOING;

	if (f->owner != (uint64_t)o || o->kobject.dead || f->refs != 1 ||
	    (f->flags & stays) || object_frame_locked(o, f->index) != f ||
	    rmap_limit_locked(o, f->index, 1, false))
		return false;
	become(to, f);
	*radix_find(&o->radix, to->index) = (uint64_t)to;
	return true;
}

static COLD bool move_shown(struct object *o, struct frame *f, struct frame *to)
{
	bool moved;

	if (o->type != OBJECT_PAGED && o->type != OBJECT_ANONYMOUS)
		return false;
	if (!lock_try(&o->lock))
		return false;
	moved = move_shown_locked(o, f, to);
	lock_drop(&o->lock);
	return moved;
}

/* ---- a leaf table ------------------------------------------------------------------ */

/* Frames in it know their entry by its place. */
static void tell_owners(pte_t *new, const pte_t *old)
{
	for (unsigned i = 0; i < 512; i++) {
		pte_t p = pte_load(&new[i]);
		struct frame *f = pte_has_frame(p) ? private_frame(p) : NULL;

		if (f && f->owner == (uint64_t)&old[i])
			f->owner = (uint64_t) & new[i];
	}
}

static COLD void move_table_locked(struct space *s, pte_t *pointer,
				   struct frame *f, struct frame *to)
{
	pte_t before = pte_load_table(pointer);

	if (!entry_is_huge(before)) {
		mmu_set_span(&s->mmu, pointer, 0);
		span_forget_pointers(s);
	}
	kin_lock(f->index);
	kin_replace_locked(f, to);
	become(to, f);
	tell_owners(frame_va(to), frame_va(f));
	kin_drop(to->index);
	if (!entry_is_huge(before))
		mmu_set_span(&s->mmu, pointer, pte_table(frame_pa(to)));
}

/* Of one space, and alone: who else has it is not recorded. */
static COLD bool move_table(struct frame *f, struct frame *to)
{
	struct space *s = kin_space(f);
	pte_t *pointer;
	bool may = false;

	if (!s || !lock_try(&s->lock))
		return false;
	if (kin_space(f) == s && f->state == FRAME_TABLE && !s->object.dead &&
	    !s->pinned) {
		pointer = mmu_span_slot(&s->mmu, f->index * MMU_LEVEL_SIZE(1));
		may = pointer && span_leads_to(pte_load_table(pointer), f);
	}
	if (may)
		move_table_locked(s, pointer, f, to);
	lock_drop(&s->lock);
	return may;
}

/* ---- which ------------------------------------------------------------------------- */

/* As reclaim.c's visit(): the owner is read on both sides of the flags. */
COLD bool move_frame(struct frame *f, struct frame *to)
{
	uint64_t owner = __atomic_load_n(&f->owner, __ATOMIC_ACQUIRE);
	unsigned flags = __atomic_load_n(&f->flags, __ATOMIC_ACQUIRE);

	if (f->state == FRAME_TABLE)
		return move_table(f, to);
	if (f->state != FRAME_USED || f->order || !owner)
		return false;
	if (!(flags & FRAME_OF_OBJECT))
		return move_private(f, to);
	if (__atomic_load_n(&f->owner, __ATOMIC_RELAXED) != owner)
		return false;
	return move_shown((struct object *)owner, f, to);
}
