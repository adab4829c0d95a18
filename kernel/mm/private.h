/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * private.h - shared among the files of mm/ alone: which frame a leaf names,
 * where a space's maps begin.
 */
#ifndef MM_PRIVATE_H
#define MM_PRIVATE_H
#include "arch/mmu.h"
#include "lib/random.h"
#include "mm/frame.h"
#include "mm/space.h"
#include "mm/swap.h"

/* A page of zeros that every space may show read-only. */
extern pa_t zero_page;
extern char zero_page_bytes[];

/*
 * The space's own frame that a leaf maps, or NULL: the zero page, an object's
 * page, a device.
 */
static inline struct frame *private_frame(pte_t p)
{
	struct frame *f = frame_of(pte_pa(p));

	if (f && f->state == FRAME_USED && !(f->flags & FRAME_OF_OBJECT))
		return f;
	return NULL;
}

/* A private frame that no clone has, nor anybody else: it may have W. */
static inline bool is_sole_owner(pte_t p)
{
	struct frame *f = private_frame(p);

	return f && f->refs == 1;
}

/* An invalid entry with a word in it: a private page that lies in swap. */
static inline bool entry_is_swapped(pte_t p)
{
	return !pte_has_frame(p) && pte_soft_word(p) != 0;
}

/* The same of a page whose leaf is `p`, and the leaf's part of what `e` says. */
static inline pte_t entry_of_swap(uint64_t entry, pte_t p)
{
	return pte_soft(entry | (pte_is_to_be_told(p) ? SWAP_WRITTEN : 0));
}

static inline pte_t entry_was_d(pte_t e)
{
	return pte_soft_word(e) & SWAP_WRITTEN ? PTE_WAS_D : 0;
}

/*
 * D of a leaf of the private frame `f` was set, and has been cleared so that the next
 * write is seen. From here on a clear D does not mean that the contents
 * are as they were: who has noted anything of them that holds only until D is set
 * - a copy in swap, say - forgets it here. Under the lock of a space that shows
 * it.
 */
static inline void frame_modified(struct frame *f)
{
	__atomic_fetch_and(&f->head, ~FRAME_FLAGS(FRAME_LAZY),
			   __ATOMIC_RELAXED);
	if (f->flags & FRAME_SWAPPED)
		swap_forget(f);
}

/*
 * The page may be dropped instead of being written anywhere: its owner has said
 * so (ADVISE_FREE), and has not written it since. Who does so empties the entry
 * by pte_update(), so that a write in between is not lost.
 */
static inline bool entry_is_lazy(pte_t p)
{
	struct frame *f =
		pte_has_frame(p) && !pte_dirty(p) ? private_frame(p) : NULL;

	return f && f->refs == 1 && f->flags & FRAME_LAZY;
}

/* Every space, for mm_check(); under its lock. */
extern struct list spaces_all;
extern struct lock spaces_lock;

/* Where maps of a new space begin: below where the first stack may lie. */
static inline va_t random_maps(void)
{
	va_t below = random_pages(SPACE_MAPS_BITS);

	return below ? SPACE_HIGH - (PAGE_SIZE << SPACE_STACK_BITS) - below : 0;
}

#endif
