/* SPDX-License-Identifier: BSD-2-Clause */
/* space_clone.c - a space like another: its regions, and its tables in common. */
#include "abi/error.h"
#include "mm/object.h"
#include "mm/private.h"
#include "mm/space.h"
#include "mm/span.h"

/* A pager's window is one pager's. */
static COLD bool has_window(const struct space *s)
{
	for (struct region *r = region_first(&s->regions); r;
	     r = region_after(r))
		if (r->object && r->object->type == OBJECT_WINDOW)
			return true;
	return false;
}

static COLD int copy_regions(const struct space *from, struct space *to)
{
	int err = 0;

	to->regions.pinned = from->regions.pinned;
	for (struct region *r = region_first(&from->regions); r && !err;
	     r = region_after(r))
		err = region_insert(&to->regions, r->start, r->end, r->prot,
				    r->max_prot, r->flags, r->object,
				    r->offset);
	return err;
}

/* Advice keeps regions, or pages, from clones: they go before it is found. */
static COLD int part(struct space *clone)
{
	struct region *r;
	int err = 0;

	clone->parted = true;
	for (va_t va = 0; (r = region_next(&clone->regions, va)) && !err;) {
		va_t start = r->start;

		va = r->end;
		if (r->flags & MAP_NO_FORK)
			err = space_unmap_locked(clone, start, va);
		else if (r->flags & MAP_WIPE_ON_FORK)
			err = space_forget_locked(clone, start, va);
	}
	return err;
}

static COLD int clone_locked(struct space *from, struct space *to)
{
	int err;

	if (has_window(from))
		return -E_BUSY;
	err = copy_regions(from, to);
	if (!err)
		err = span_share_all_locked(from, to);
	return err || !from->parted ? err : part(to);
}

COLD struct space *space_clone(struct space *from, int *err)
{
	struct space *to = space_create();

	*err = -E_NOMEM;
	if (!to)
		return NULL;
	lock_take(&from->lock);
	while (!lock_try(&to->lock))
		; /* whoever has seen it in the list of all */
	to->maps = from->maps;
	*err = clone_locked(from, to);
	lock_drop(&to->lock);
	lock_drop(&from->lock);
	if (!*err)
		return to;
	space_put(to);
	return NULL;
}
