/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * slab.h - small kernel structures of one size: threads, regions, objects.
 *
 * A cache cuts frames into structures. The frame so cut is a slab:
 *
 *	0        48                                                4096
 *	| header | used | free | used | free | never given ...  | rest |
 *	           |      |              ^
 *	 header.free ---> next free ...  header.fresh
 *
 * Invariants (slab_check() walks them)
 *  - A slab is on the partial list if it has both free and used structures, on
 *    the full list if it has none free; an empty one goes back to the frames,
 *    save one that each cache keeps so that a lone user does not take and give
 *    the same frame for ever.
 *  - Debug builds (QUIRE_DEBUG) fill free structures with SLAB_POISON, and
 *    assert on a structure given back twice, or written after it was given
 *    back when it is next given out.
 * Locking: each cache has its own lock (LOCK_SLAB), taken inside.
 */
#ifndef MM_SLAB_H
#define MM_SLAB_H
#include "lib/list.h"
#include "lib/lock.h"
#include "lib/types.h"

#define SLAB_MAX    2048ul /* the largest structure, in bytes */
#define SLAB_ALIGN  16ul
#define SLAB_HEADER 48ul
#define SLAB_POISON 0xa5

struct slab_cache {
	const char *name;
	uint32_t size; /* of one structure in its slab, in bytes */
	uint32_t each; /* structures in a slab */
	struct lock lock;
	struct list partial, full;
	struct slab *spare; /* the empty one that is kept, or NULL */
	/* Counters; read without the lock they may be a moment old. */
	uint64_t used;	/* structures given out */
	uint64_t slabs; /* frames held, the spare one too */
#ifdef QUIRE_TEST
	struct slab_cache *next_known;
	bool known;
#endif
};

#define SLAB_ROUND(n) (((n) + SLAB_ALIGN - 1) & ~(SLAB_ALIGN - 1))
#define SLAB_EACH(n)  ((PAGE_SIZE - SLAB_HEADER) / SLAB_ROUND(n))

/*
 * struct slab_cache c = SLAB_CACHE_INIT(c, "name", sizeof(struct thing));
 * A size of 0 or above SLAB_MAX does not compile.
 */
/* clang-format off */
#define SLAB_CACHE_INIT(cache, label, bytes)                                   \
	{                                                                      \
		.name = (label), .size = SLAB_ROUND(bytes),                    \
		.each = SLAB_EACH(bytes) / ((bytes) <= SLAB_MAX),              \
		.lock = LOCK_INIT(LOCK_SLAB),                                  \
		.partial = {&(cache).partial, &(cache).partial},               \
		.full = {&(cache).full, &(cache).full},                        \
	}
/* clang-format on */

/*
 * One structure, all bytes zero, aligned to SLAB_ALIGN; the caller's until
 * slab_free(). NULL when there is no frame: an ordinary error. Constant time
 * (plus the zeroing); does not wait.
 */
void *slab_alloc(struct slab_cache *c);

/* The same, with bytes of any value, for who writes each field anyway. */
void *slab_alloc_dirty(struct slab_cache *c);

/* Gives `p` back to the cache that it came from. NULL is nothing. */
void slab_free(struct slab_cache *c, void *p);

/* Gives the spare slab's frame back, so that frames can be counted. */
void slab_trim(struct slab_cache *c);

/* NULL if all invariants hold, else the one that does not, in words. */
const char *slab_check(struct slab_cache *c);

#ifdef QUIRE_TEST
/*
 * From now on `n` more calls of slab_alloc(), of any cache, give memory and
 * all later ones NULL. SLAB_NEVER ends that.
 */
#define SLAB_NEVER (~0ul)
void slab_fail_after(uint64_t n);

/* Every cache that ever had a slab, through next_known. */
extern struct slab_cache *slab_known;
#endif

#endif
