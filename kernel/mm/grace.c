/* SPDX-License-Identifier: BSD-2-Clause */
/* grace.c - the end of objects. */
#include "mm/grace.h"

void kobject_put(struct kobject *o)
{
	const struct kind *kind = o->kind;
	uint32_t before = __atomic_fetch_sub(&o->refs, 1, __ATOMIC_ACQ_REL);

	assert(before > 0);
	if (before > 1)
		return;
	kind->end(o);
	kind->reclaim(o);
}
