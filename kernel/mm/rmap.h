/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rmap.h - from an object's page to every leaf that shows it: the reverse map is
 * the object's list of regions, and arithmetic.
 *
 *	object.regions --> region --> set --> space, its lock and tables
 *	page index - region.offset ---------> address --> leaf
 *
 * This is the way against the order of locks (space before object). So a space
 * is only tried; if it is busy the caller drops the object's lock and starts
 * again from the top. A region, and with it its space, stays as long as the
 * object's lock is held, for its way out leads through that lock.
 */
#ifndef MM_RMAP_H
#define MM_RMAP_H
#include "mm/object.h"

/*
 * Takes W from every leaf that shows one of the pages [first, first + count)
 * that the object has; or, unless `keep`, empties the leaf. On return no hart
 * knows better. The object is locked. 0, or -E_AGAIN: a space was busy; part of
 * it may be done, which does no harm.
 */
int rmap_limit_locked(struct object *o, uint64_t first, uint64_t count,
		      bool keep);

/*
 * Whether page `index` has been used since it was asked last, by A of its leaves,
 * which is cleared; or must stay where it is. 1, 0, or -E_AGAIN.
 */
int rmap_used_locked(struct object *o, uint64_t index);

/* Who gets -E_AGAIN from the above starts again so often before he says so. */
#define RMAP_TRIES 1000

#endif
