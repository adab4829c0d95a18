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
