/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * move.h - what a frame holds goes to another frame: migration.
 *
 *	private page	every leaf by the ring of its tables (sharers.h)
 *	object's page	every leaf by the object's regions (rmap.h): emptied, the
 *			next fault shows the page where it is then
 *	leaf table	the pointer to it, and the owners of the frames in it
 *
 * Each in the same order: taken out, forgotten by all harts, copied, put back. So
 * no store is lost, nor an A or D. Who touches the page meanwhile faults, and waits
 * for the lock. Contents, references, flags, a copy in swap: all stay as they are.
 */
#ifndef MM_MOVE_H
#define MM_MOVE_H
#include "mm/frame.h"

#define COST_MOVE 1700 /* instructions; of a table: twice that */

/*
 * `to`, fresh and the caller's, is what `f` was, and `f` the caller's, CLAIMED.
 * False: it has to stay where it is, at this moment or for ever; nothing has
 * changed. No lock of a space is held.
 */
bool move_frame(struct frame *f, struct frame *to);

#endif
