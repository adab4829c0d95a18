/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * disk.h - where a pager keeps pages in fewer bytes than they have: most hold one
 * number over and over, and for those a word is enough. The others have a place in
 * `whole` until their slot is written with a number.
 */
#ifndef TESTS_USER_DISK_H
#define TESTS_USER_DISK_H
#include "check.h"
#include <stdbool.h>

#define DISK_WORDS (PAGE / 8)

struct disk {
	uint64_t slots;
	uint64_t *number; /* of a slot; or, */
	uint16_t *place;  /* not 0: which of `whole` the page is */
	uint64_t (*whole)[DISK_WORDS];
	uint16_t *free; /* places, */
	unsigned frees; /* so many */
};

/* Memory that is there, and that no clone has. */
static inline void *disk_memory(uint64_t bytes)
{
	long r = space_map(SELF, NULL, bytes, RW, 0, NULL);

	CHECK(r > 0);
	CHECK_EQ(space_advise(SELF, (const void *)r, bytes, ADVISE_NO_FORK), 0);
	CHECK_EQ(space_advise(SELF, (const void *)r, bytes, ADVISE_POPULATE),
		 0);
	return (void *)r;
}

static inline void disk_open(struct disk *d, uint64_t slots, uint16_t wholes)
{
	d->slots = slots;
	d->number = disk_memory(slots * sizeof(*d->number));
	d->place = disk_memory(slots * sizeof(*d->place));
	d->whole = disk_memory(wholes * sizeof(*d->whole));
	d->free = disk_memory(wholes * sizeof(*d->free));
	for (d->frees = 0; d->frees < wholes - 1u; d->frees++)
		d->free[d->frees] = (uint16_t)(d->frees + 1);
}

static inline bool disk_is_one_number(const uint64_t *page)
{
	for (unsigned i = 1; i < DISK_WORDS; i++)
		if (page[i] != page[0])
			return false;
	return true;
}

/* False: the disk is full. */
static inline bool disk_keep(struct disk *d, uint64_t slot,
			     const uint64_t *page)
{
	bool is_whole = !disk_is_one_number(page);
	uint16_t *place = &d->place[slot];

	CHECK(slot < d->slots);
	if (is_whole && !*place && !d->frees)
		return false;
	if (is_whole && !*place)
		*place = d->free[--d->frees];
	if (!is_whole && *place)
		d->free[d->frees++] = *place;
	if (is_whole)
		memcpy(d->whole[*place], page, PAGE);
	else
		*place = 0;
	d->number[slot] = page[0];
	return true;
}

static inline void disk_give(const struct disk *d, uint64_t slot,
			     uint64_t *page)
{
	CHECK(slot < d->slots);
	if (d->place[slot])
		memcpy(page, d->whole[d->place[slot]], PAGE);
	else
		for (unsigned i = 0; i < DISK_WORDS; i++)
			page[i] = d->number[slot];
}

#endif
