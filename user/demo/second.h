/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * second.h - a second space: a clone of the tour's, with one thread in it that
 * touches pages when it is told. One at a time.
 */
#ifndef DEMO_SECOND_H
#define DEMO_SECOND_H
#include <stdbool.h>
#include <stdint.h>

enum second_order {
	SECOND_READS, /* and counts the pages that hold what it has written */
	SECOND_WRITES /* each page's address into the page */
};

/* The caller has the clone's priority from now on: who waits yields. */
bool second_begin(void);
void second_end(void);

/* With all rights: to walk, to list, to map into. */
uint64_t second_space(void);

/* Of `pages` pages from `at` on, each that is `apart` from the one before. */
void second_tell(enum second_order order, const char *at, unsigned pages,
		 unsigned apart);
bool second_is_done(void);
uint64_t second_found_right(void);

/* It cannot go on before a page has been brought. */
bool second_waits_for_page(void);

/* It has ended: by a fault. */
bool second_has_failed(void);

#endif
