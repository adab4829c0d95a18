/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * arena.h - addresses of one thread, to which it does everything that can be done
 * to memory, at random, and which it knows the contents of at any time.
 *
 * A page is filled with one number, made of its address and of how many writes
 * there had been: so a page that is another's, or older than it should be, is told.
 *
 *	at                     +ARENA_PAGES      + a hole
 *	[ private pages        ]                 [ an object that it resizes ]
 *	                                         elsewhere: its part of a file
 */
#ifndef TESTS_USER_ARENA_H
#define TESTS_USER_ARENA_H
#include "forked.h"
#include "random.h"

#define ARENA_PAGES   1024u /* two leaf tables */
#define ARENA_OBJECT  48u
#define ARENA_FILE    16u
#define ARENA_AT(n)   (0x1000000000ul + ((n) << 30))
#define ARENA_FILE_AT 0x3000000000ul /* of all arenas, one after the other */

struct arena_page {
	uint32_t written; /* 0: it reads as zeros */
	uint32_t is;	  /* arena.c's flags */
};

struct arena {
	uint64_t number;
	struct random random;
	uint32_t writes;
	struct arena_page page[ARENA_PAGES];

	uint64_t object;  /* handle; a shared mapping of it */
	uint32_t visible; /* pages that it has now */
	uint32_t in_object[ARENA_OBJECT];

	uint64_t file;	       /* handle */
	const uint64_t *store; /* what its pager has of all */
	uint32_t in_file[ARENA_FILE];

	struct forked child;
	uint64_t clones, refused; /* for want of memory */
};

/*
 * `number`, seed, file and store are set. `argument` is for forked_child() in a
 * clone of the space, which is to call arena_in_clone() for this arena.
 */
void arena_open(struct arena *a);
void arena_do_something(struct arena *a, uint64_t argument);
void arena_close(struct arena *a);

void arena_in_clone(struct arena *a);

#endif
