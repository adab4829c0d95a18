/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * swap.h - where private pages go that have no frame: pages of a paged object.
 *
 * A swap area is a paged object whose pager keeps what it is given (a disk, or
 * memory elsewhere). Its page n is slot n. A page that goes out becomes that
 * object's page, dirty, and is written back like any other; one that is wanted
 * again is brought like any other, and leaves the object for the space:
 *
 *	private frame, leaf         page of the object        on the pager's disk
 *	-------------------         ------------------        -------------------
 *	     | swap_out: entry       | WRITING, GOING               |
 *	     +--------------------->  -------------- DONE --------->|
 *	     |                       |                              |
 *	     |<------- swap_in ------+ HERE <--------- PAGEIN ------+
 *	   FRAME_SWAPPED: the slot stays, with a copy that is good until D is set
 *
 * So asking, waiting, time-outs, failures and the end of a pager are those of
 * paged.h, and what has left its frame but is not written yet is found in the
 * object.
 *
 * An entry (the word of an invalid leaf) is area and slot, and SWAP_WRITTEN: D of
 * the leaf is to be told still (page_state.h), and so is told of the one that comes
 * back. Each slot is counted: entries that name it, in tables however shared, or the
 * frame that remembers it, alone: it is there because the last entry is not.
 *
 * Locking: the object's lock, taken inside; callable with locks of spaces and of
 * kin held.
 */
#ifndef MM_SWAP_H
#define MM_SWAP_H
#include "lib/types.h"

struct frame;
struct object;

#define SWAP_AREAS   4u
#define SWAP_WRITTEN (1ul << 32) /* above area and slot */

/* There is an area with a free slot, most likely. */
bool swap_has_room(void);

/*
 * The object's pages from `first` on are slots. 0; -E_INVAL (not a paged object, or
 * too few pages); -E_BUSY (SWAP_AREAS are in use, it is one, or is mapped
 * somewhere); -E_NOMEM. From then on it cannot be mapped, nor given another size. Takes a
 * reference.
 */
int swap_add(struct object *o, uint64_t first);

/*
 * Brings back what is in the object's slots, for good; a step. *n and *va are 0 at
 * first, and say how far it is. 0: the object is no area any more; -E_STEP, -E_WAIT:
 * again; -E_INVAL (it is none), -E_NOMEM, -E_IO (a page could not be brought),
 * -E_BUSY (who ends has some still: a little later).  swap_remove.c
 */
int swap_remove_step(struct object *o, uint64_t *n, va_t *va);

/* A slot, counted once, in which a page can be kept: its entry; 0: none. */
uint64_t swap_take(void);

void swap_get(uint64_t entry, unsigned n); /* used n times more */
void swap_put(uint64_t entry);		   /* once less; the last frees it */

/* What is in the slot can be brought, as far as anybody knows. */
bool swap_is_good(uint64_t entry);

/*
 * Frame `f`, which no leaf names any more and no hart reaches, with one
 * reference, goes to the slot and is written there.
 */
void swap_out(struct frame *f, uint64_t entry);

/*
 * The page of the slot, as a private frame with one reference, the caller's; one
 * use of the slot goes, or becomes the frame's. 0, -E_NOMEM, -E_IO, -E_TIMEDOUT,
 * -E_WAIT (mm/wait.h).
 */
int swap_in(uint64_t entry, struct frame **f);

/* The frame forgets that swap has a copy of it. */
void swap_forget(struct frame *f);

/* ---- for swap_remove.c ------------------------------------------------------ */

#define SWAP_AREA_SHIFT 30
static inline uint64_t swap_area_of(uint64_t entry)
{
	return (uint32_t)entry >> SWAP_AREA_SHIFT;
}

/* No more is put into the object's area. -E_INVAL: it is none. */
int swap_close(struct object *o, uint64_t *area);
void swap_reopen(uint64_t area);

/* A round has met something that names the area. */
void swap_found(uint64_t area, bool found);

/*
 * A round is over. 0: nothing names the area, and it has ended; -E_STEP: another
 * round; -E_BUSY: nothing was met in this one, and yet.
 */
int swap_end(uint64_t area);

/* Uses of all slots, for mm_check(). */
uint64_t swap_uses(void);

/* Slots, and how many of them are free. */
void swap_figures(uint64_t *slots, uint64_t *free);

#endif
