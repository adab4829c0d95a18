/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * watch.h - who is told of an end: a few places in what can end, a notification
 * each. Nobody takes the place of one that somebody can wait for, so who watched
 * first, a supervisor mostly, is told whatever others do.
 *
 * Locking: the places are under the lock of what is watched. What comes out of
 * them is signalled, and let go, without it.
 */
#ifndef TASK_WATCH_H
#define TASK_WATCH_H
#include "lib/kobject.h"
#include "lib/types.h"

struct watch {
	struct kobject *notification; /* counted; NULL: free */
	uint64_t bits;
};

/*
 * `n` is to get `bits`; none: it is not told any more. A place takes a reference
 * of its own; *old is what the caller is to let go, or NULL. 0, or -E_BUSY: every
 * place is another's.
 */
int watch_set_locked(struct watch *w, unsigned places, struct kobject *n,
		     uint64_t bits, struct kobject **old);

/* Moves the places to `to`. */
void watch_take_locked(struct watch *w, unsigned places, struct watch *to);

/* Signals them, and lets them go. No lock held. */
void watch_tell(const struct watch *w, unsigned places);

#endif
