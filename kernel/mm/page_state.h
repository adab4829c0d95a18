/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page_state.h - what the pages of a range are, as entry, frame record and region
 * say: a word of PAGE_IS_* bits each (abi/space.h); page_state.c also counts them
 * for space_list().
 */
#ifndef MM_PAGE_STATE_H
#define MM_PAGE_STATE_H
#include "mm/space.h"

/* The word of one page; the space is locked. */
uint64_t page_state_locked(struct space *s, va_t va);

/*
 * The words of the pages from `va` on, at most `max` and none beyond the 2 MiB of
 * `va`: gives how many. `own`: first the leaf table becomes the space's own:
 * -E_NOMEM, or -E_STEP if that was a step's work.
 */
int page_state_read(struct space *s, va_t va, uint64_t *words, unsigned max,
		    bool own);

/*
 * Of these words those that are private and dirty: the page is clean from now on,
 * if its table is the space's own. What is written after this is told the next
 * time; what was written before it, at any time, the caller has been told, for he
 * has the words and has not looked at the pages yet. One flush for all.
 */
void page_state_clean(struct space *s, va_t va, const uint64_t *words,
		      unsigned n);

/*
 * Private pages among the `n` from `va` on, where the table is the space's own,
 * are clean and FRAME_LAZY: their contents may go as long as they are.
 */
void page_state_free_locked(struct space *s, va_t va, unsigned n);

#endif
