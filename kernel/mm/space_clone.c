/* SPDX-License-Identifier: BSD-2-Clause */
/* space_clone.c - a space like another: its regions, and its tables in common. */
#include "abi/error.h"
#include "mm/object.h"
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

	for (struct region *r = region_first(&from->regions); r && !err;
	     r = region_after(r))
		err = region_insert(&to->regions, r->start, r->end, r->prot,
				    r->max_prot, r->flags, r->object,
				    r->offset);
	return err;
}

static COLD int clone_locked(struct space *from, struct space *to)
{
	int err;

	if (has_window(from))
		return -E_BUSY;
	err = copy_regions(from, to);
	return err ? err : span_share_all_locked(from, to);
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
	*err = clone_locked(from, to);
	lock_drop(&to->lock);
	lock_drop(&from->lock);
	if (!*err)
		return to;
	space_put(to);
	return NULL;
}
