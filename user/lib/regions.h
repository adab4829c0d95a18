/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * regions.h - the regions of a space, one after another:
 *
 *	struct regions all = {.space = SELF};
 *	struct region_info r;
 *
 *	while (regions_next(&all, &r))
 *		...
 */
#ifndef USER_REGIONS_H
#define USER_REGIONS_H
#include <abi/calls.h>
#include <abi/space.h>
#include <stdbool.h>

struct regions {
	uint64_t space; /* a handle with READ, or SELF */
	uint64_t from;	/* what lies below has been given */
};

/*
 * The next region, whole; the first is cut at `from`. False: there is none, or
 * the space cannot be read.
 */
bool regions_next(struct regions *all, struct region_info *r);

/* Pages in all of them that have a frame. */
uint64_t regions_resident(uint64_t space);

#endif
