/* SPDX-License-Identifier: BSD-2-Clause */
/* count.c - counters, and sums over spaces: see count.h. */
#include "mm/count.h"
#include "mm/private.h"

NEAR struct mm_counts mm_counts;

static struct space_counts ended; /* of spaces that are gone */

#define COUNTS (sizeof(struct space_counts) / sizeof(uint64_t))

static void add(struct space_counts *to, const struct space_counts *from)
{
	for (unsigned i = 0; i < COUNTS; i++)
		((uint64_t *)to)[i] += ((const uint64_t *)from)[i];
}

void count_space_ended_locked(const struct space *s)
{
	add(&ended, &s->counts);
}

void count_spaces(struct space_counts *all, uint64_t *tables, unsigned max)
{
	unsigned n = 0;

	*all = (struct space_counts){0};
	*tables = 0;
	lock_take(&spaces_lock);
	add(all, &ended);
	list_for_each (e, &spaces_all) {
		const struct space *s = container_of(e, struct space, all);

		if (n++ == max)
			break;
		add(all, &s->counts);
		*tables += s->mmu.tables;
	}
	lock_drop(&spaces_lock);
}
