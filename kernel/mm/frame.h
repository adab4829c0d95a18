/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * frame.h - physical memory: one record a frame, and the buddy allocator.
 *
 * A frame is 4 KiB; a folio is 2^order of them, aligned to its size, with one
 * record - the first frame's, the head - standing for all. Records are 32 bytes
 * and lie in one array over all RAM, so a record, its number and its address
 * are arithmetic from one another.
 *
 *	          frame_alloc              frame_put (last)
 *	FREE ----------------> USED/TABLE/SLAB ------------> FREE
 *	  buddy lists, or a hart's cache, or the zeroed pool
 *
 * Invariants (frame_check() walks them)
 *  - Every frame has one state. frames_total() = free + used, always: what lies
 *    in a hart's cache or in the zeroed pool is free.
 *  - refs > 0 exactly for heads in use.
 *  - A FREE folio's buddy of the same order is not FREE on a buddy list.
 * Locking: the buddy lists have one lock; caches belong to their hart; refs
 * are atomic.
 */
#ifndef MM_FRAME_H
#define MM_FRAME_H
#include "arch/layout.h"
#include "lib/types.h"

#define FRAME_ORDERS 19 /* 4 KiB .. 1 GiB */

enum frame_state {
	FRAME_ABSENT,	/* no RAM here, or not ours (firmware) */
	FRAME_RESERVED, /* image, records, archive: never freed */
	FRAME_FREE,	/* head of a folio on a buddy list */
	FRAME_CACHED,	/* free, in a hart's cache */
	FRAME_ZEROED,	/* free, in the zeroed pool */
	FRAME_CLAIMED,	/* neither free nor used: of a folio that is filled */
	FRAME_TAIL,	/* inside a folio; see its head */
	FRAME_USED,	/* memory of a space or an object */
	FRAME_TABLE,	/* a page table */
	FRAME_SLAB,	/* small kernel structures */
};

struct frame {
	union {
		struct {
			uint8_t state; /* enum frame_state */
			uint8_t order; /* of a head */
			uint16_t flags;
			uint32_t refs; /* mappings and objects that hold it */
		};
		uint64_t head; /* the four at once; little-endian */
	};
	uint64_t owner;	     /* the user's: a leaf (kin.h), or an object */
	uint64_t index;	     /* the user's: which page of the object */
	uint32_t next, prev; /* free lists, by frame number + 1; 0 ends */
};
_Static_assert(sizeof(struct frame) == 32, "one record is 32 bytes");

/* The head of a record of this state, order 0, without flags, with `refs`. */
#define FRAME_HEAD(state, refs) \
	((uint64_t)(refs) << 32 | (uint64_t)(int)(state))

/* Flags, as a part of `head`. */
#define FRAME_FLAGS(flags) ((uint64_t)(flags) << 16)

/* frame.flags */
#define FRAME_OF_OBJECT 1u /* an object's, not private to a region */
#define FRAME_SEEN	2u /* mm_check() has met it */
/* Private: swap has a copy of it, in the slot that `index` says, which is good
 * as long as no leaf has D. The frame counts as one that uses the slot. */
#define FRAME_SWAPPED 8u
#define FRAME_LAZY    16u /* private: worth nothing as long as D is clear */

/* frame_alloc() flags */
#define FRAME_ZERO 1u /* contents zero (else unspecified) */

/*
 * A folio with refs 1, in `state` (USED, TABLE or SLAB), or NULL when there is
 * none: an ordinary error. Does not wait. The caller owns the reference.
 */
struct frame *frame_alloc(unsigned order, enum frame_state state,
			  unsigned flags);

/* The record that stands for `f`: its own, or of a folio in use its head's. */
struct frame *frame_head(struct frame *f);

void frame_get(struct frame *f); /* one more reference */
void frame_put(struct frame *f); /* one less; the last frees the folio */

/* ---- when memory is short (reclaim.h); all 0 until there is a remedy ------ */

struct frame_marks {
	uint64_t reserve; /* what only those get who help to free memory */
	uint64_t low;	  /* below that somebody should free some */
	void (*is_low)(void);
};
extern struct frame_marks frame_marks;

/* No more than the reserve is left: that may be why there was no frame. */
bool frame_only_reserve(void);

/* This hart works for who helps, until it says otherwise. */
void frame_use_reserve(bool may);

/*
 * The frames on a chain (by number + 1, through frame.next; 0 ends) lose a
 * reference each. Neighbours that follow each other downwards go back as one.
 */
void frame_put_chain(uint32_t chain);

/* The array: [0] is the frame at frame_base. */
extern struct frame *frame_records;
extern pa_t frame_base;
extern uint64_t frame_count;
extern uint64_t frame_bias; /* where the record of address 0 would lie */

#define FRAME_SHIFT 5 /* of a record */
_Static_assert(sizeof(struct frame) == 1 << FRAME_SHIFT, "a power of two");

static inline pa_t frame_pa(const struct frame *f)
{
	return ((uint64_t)f - frame_bias) << (PAGE_SHIFT - FRAME_SHIFT);
}

/* In the linear map. */
static inline void *frame_va(const struct frame *f)
{
	return pa_to_va(frame_pa(f));
}

/* The record of the frame that holds `pa`, NULL if `pa` is not RAM. */
static inline struct frame *frame_of(pa_t pa)
{
	uint64_t n = (pa - frame_base) >> PAGE_SHIFT; /* huge if below */

	return n < frame_count ? &frame_records[n] : NULL;
}

/* In frames of 4 KiB. */
uint64_t frames_total(void);
uint64_t frames_free(void);

#endif
