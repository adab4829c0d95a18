/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * radix.h - words by index, sparse: what page of an object is where.
 *
 *	1 .. 8 words      in the structure itself
 *	.. 512            root -> [512 words]
 *	.. 2^18           root -> [512] -> [512 words]      and so on
 *
 * A node is a frame. The height follows from the largest size it has had, so that a
 * look-up is a loop of known length. A word of 0 is nothing.
 * Locking: none here; callers hold the object's lock.
 */
#ifndef MM_RADIX_H
#define MM_RADIX_H
#include "lib/types.h"

#define RADIX_INLINE 8u
#define RADIX_BITS   9u
#define RADIX_MAX    (1ul << 36) /* words: four levels of nodes */

struct radix {
	uint64_t size;	 /* indexes are below it */
	uint32_t height; /* levels of nodes */
	uint32_t nodes;	 /* that there are */
	union {
		uint64_t word[RADIX_INLINE];
		uint64_t *root; /* height > 0; NULL: empty */
	};
};

/* `size` is at most RADIX_MAX. */
void radix_init(struct radix *r, uint64_t size);

uint64_t *radix_find_deep(struct radix *r, uint64_t index);

/* The place of a word, if a look or two tell; else NULL, which says nothing. */
static inline uint64_t *radix_near(struct radix *r, uint64_t index)
{
	if (r->height == 1 && index < r->size && r->root)
		return &r->root[index];
	return NULL;
}

/* The place of a word, or NULL: nothing is there, also past the end. */
static inline uint64_t *radix_find(struct radix *r, uint64_t index)
{
	uint64_t *place = radix_near(r, index);

	return place ? place : radix_find_deep(r, index);
}

/* The same, making the nodes that are missing. NULL: no memory, or past the
 * end. What was made before a failure stays. */
uint64_t *radix_make(struct radix *r, uint64_t index);

/* Indexes below `size` are in it, too. False: no memory; nothing is lost. */
bool radix_grow(struct radix *r, uint64_t size);

/*
 * The first place at or above *index whose word is not 0, and *index becomes
 * its index; NULL if there is none below `end`. Steps over empty nodes.
 */
uint64_t *radix_next(struct radix *r, uint64_t *index, uint64_t end);

/*
 * Frees up to `max` nodes, whose words are forgotten: true when there are no
 * more. Once begun, the rest is good for nothing else.
 */
bool radix_clear(struct radix *r, unsigned max);

#endif
