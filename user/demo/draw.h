/* SPDX-License-Identifier: BSD-2-Clause */
/* draw.h - what space_pages() tells, in letters and words. */
#ifndef DEMO_DRAW_H
#define DEMO_DRAW_H
#include <stdint.h>

/* The word of one page; of SELF, or of the space. 0 if it cannot be had. */
uint64_t draw_word(uint64_t space, const void *page);

/* One line: the bits of the page's word as words. */
void draw_state(const char *what, const void *page);

/*
 * One line: a letter for so many pages each. '#' all in a leaf of 2 MiB, '=' there,
 * '-' some of them, '.' none.
 */
void draw_bar(const char *at, unsigned letters, unsigned pages_each);

#endif
