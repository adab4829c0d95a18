/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * window.h - what a pager sees of the pages that it is asked about: an object
 * whose page n is the frame in slot n, shown to the pager's space alone.
 *
 * The leaf is put there when the slot is taken, so that the pager need not
 * fault; if its space is busy then, it faults, and finds the page as any other.
 * When the slot is answered the leaf goes, with one fence. pager.shown[] is what
 * was put into it for this request, else 0: mostly a comparison tells that it is
 * so still. If not, because the pager changed its rights, brought the page by a
 * fault, or mapped something else there, what goes is a leaf of that frame, and
 * nothing else.
 * Locking: space, window, pager; from the pager's side the space is only tried.
 */
#ifndef MM_WINDOW_H
#define MM_WINDOW_H
#include "mm/object.h"

struct pager;

/* Maps a window for p's slots; sets p->window and p->window_va. 0, -E_NOMEM. */
int window_create(struct pager *p);

/* The pager ends: its window shows nothing any more. No lock held. */
void window_destroy(struct pager *p);

/* Slot `slot` has just been taken. The pager's lock is held. */
void window_open_locked(struct pager *p, uint64_t slot);

/* Slot `slot` no longer has the frame: its leaf goes. No lock held. */
void window_close(struct pager *p, uint64_t slot, const struct frame *f);

/* object_show() of this kind; access 0 looks, for mm_check(). */
int window_show_locked(struct object *o, uint64_t index, unsigned access,
		       struct object_view *v);

#endif
