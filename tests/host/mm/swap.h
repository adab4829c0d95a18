/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * swap.h - swap areas: paged objects of which the model does not say what lies
 * where, but looks: the entry names a slot, and the slot's page is in the area's
 * object, or its pager has it.
 */
#ifndef TESTS_HOST_MM_SWAP_H
#define TESTS_HOST_MM_SWAP_H
#include "mm/swap.h"
#include "tests/host/mm/model.h"

/* By number; NULL: there is none. */
extern struct m_object *swap_areas[SWAP_AREAS];

/* It is one of them; o->is_area: it is, or was. */
bool swap_is_on(const struct m_object *o);

/* The area that the entry names a slot of, and which slot. */
struct m_object *swap_area_named(uint64_t entry, unsigned *slot);

/* What is in the slot: false if that is lost. */
bool swap_words(uint64_t entry, struct words *words);

/*
 * The pager of the area ends, or it is revoked, just now: what only the pager had is
 * lost, and nothing more may be.
 */
void swap_lost(const struct m_object *o);

/* May who needs the page of the slot be told so? */
bool swap_may_say(uint64_t entry, int said);

/* What no entry and no page names is free, and its page goes, when all has ended. */
void swap_check(void);

/* All areas go: nothing is in them any more. */
void swap_end_all(void);

#endif
