/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kobject.h - what everything that a handle can name begins with: its kind, and
 * how many hold it.
 *
 * Two ways to hold one. A counted reference (kobject_get) lasts. A pointer found
 * in a table or another structure without one is good until the hart leaves the
 * kernel, because the last reference does not free the memory: it goes through
 * mm/grace.h, which waits until every hart has left the kernel once. So who
 * finds an object looks whether it is dead, under the object's own lock, or
 * takes a reference by kobject_try(), and need lock no table.
 */
#ifndef LIB_KOBJECT_H
#define LIB_KOBJECT_H
#include "lib/assert.h"
#include "lib/atomic.h"
#include "lib/types.h"

struct kobject;
struct slab_cache;

struct kind {
	unsigned number; /* enum handle_kind */
	const char *name;
	/*
	 * The last reference went: ends what the object does. Called with no
	 * lock held, again and again until it gives true; each call does a step
	 * of it (mm/ending.h).
	 */
	bool (*end)(struct kobject *o);
	/*
	 * No hart can be looking any more: gives the memory back, in few
	 * instructions. NULL: it is part of something else.
	 */
	void (*reclaim)(struct kobject *o);
	/* It ends for everybody, while handles remain; NULL: cannot be. */
	void (*revoke)(struct kobject *o);
	/* Handles with the right to receive came (+1) or went (-1), or NULL. */
	void (*receivers)(struct kobject *o, int change);
};

struct kobject {
	const struct kind *kind;
	uint32_t refs;
	uint32_t dead; /* revoked, or ended; set under the object's own lock */
	struct kobject *next; /* in mm/ending.c, then mm/grace.c */
};

/* One reference, the caller's. */
static inline void kobject_init(struct kobject *o, const struct kind *kind)
{
	o->kind = kind;
	o->dead = 0;
	store_relaxed(&o->refs, 1);
}

/* One more, by who has one. */
static inline void kobject_get(struct kobject *o)
{
	uint32_t before = __atomic_fetch_add(&o->refs, 1, __ATOMIC_RELAXED);

	assert(before > 0 && before < UINT32_MAX);
}

/* One more, unless the last has gone: for a pointer that is not counted. */
static inline bool kobject_try(struct kobject *o)
{
	uint32_t n = __atomic_load_n(&o->refs, __ATOMIC_RELAXED);

	do
		if (!n)
			return false;
	while (!__atomic_compare_exchange_n(
		&o->refs, &n, n + 1, true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
	return true;
}

/* One less; the last ends it (mm/ending.h). */
void kobject_put(struct kobject *o);

/* The same for who is in the midst of a step: none of its end is done now. */
void kobject_put_later(struct kobject *o);

#endif
