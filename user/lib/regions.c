/* SPDX-License-Identifier: BSD-2-Clause */
/* regions.c - joins what the kernel lists in parts. */
#include "regions.h"
#include "quire.h"

static bool list_one(const struct regions *all, struct region_info *r)
{
	return space_regions(all->space, (const void *)all->from, r, 1) > 0;
}

bool regions_next(struct regions *all, struct region_info *r)
{
	struct region_info part;

	if (!list_one(all, r))
		return false;
	all->from = r->end;
	while (r->flags & MAP_PART) {
		r->flags &= ~MAP_PART;
		if (!list_one(all, &part) || part.start != r->end)
			break; /* it has changed meanwhile */
		r->end = all->from = part.end;
		r->resident += part.resident;
		r->own += part.own;
		r->shared += part.shared;
		r->swapped += part.swapped;
		r->dirty += part.dirty;
		r->flags |= part.flags & MAP_PART;
	}
	return true;
}

uint64_t regions_resident(uint64_t space)
{
	struct regions all = {.space = space};
	struct region_info r;
	uint64_t n = 0;

	while (regions_next(&all, &r))
		n += r.resident;
	return n;
}
