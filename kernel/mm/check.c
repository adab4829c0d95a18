/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check.c - mm_check(): the page tables of every space against its regions, and
 * against the frame records.
 */
#include "arch/layout.h"
#include "lib/assert.h"
#include "mm/frame_boot.h"
#include "mm/mm.h"
#include "mm/object.h"
#include "mm/pages.h"
#include "mm/private.h"
#include "mm/space.h"

static uint64_t leaves_seen, tables_seen;

static void check_leaf(const struct space *s, va_t va, pte_t p)
{
	struct region *r = region_next(&s->regions, va);
	unsigned prot = pte_prot(p);
	struct frame *f = private_frame(p);

	assert(r && r->start <= va); /* a leaf lies in a region */
	assert(prot & MMU_U);
	assert(!(prot & ~(r->prot | MMU_U)));
	if (prot & MMU_W)
		assert(f && f->refs == 1);
	if (f) {
		assert(!(f->flags & FRAME_SEEN)); /* one leaf names it */
		f->flags |= FRAME_SEEN;
		leaves_seen++;
	} else {
		assert(pte_pa(p) == zero_page || r->object);
	}
}

static void check_table(const struct space *s, pa_t table, int level, va_t va)
{
	const pte_t *t = pa_to_va(table);
	unsigned slots = level == MMU_LEVELS - 1 ? 256 : 512;
	struct frame *f = frame_of(table);

	assert(f && f->state == FRAME_TABLE && f->refs == 1);
	tables_seen++;
	for (unsigned i = 0; i < slots; i++) {
		va_t at = va + i * MMU_LEVEL_SIZE(level);
		pte_t p = pte_load(&t[i]);

		if (pte_has_frame(p))
			check_leaf(s, at, p);
		else if (pte_is_table(p) && level > 0)
			check_table(s, pte_pa(p), level - 1, at);
		else
			assert(!pte_valid(p));
	}
}

/* Private frames in use are those that leaves name; forgets the marks. */
static void check_owners(void)
{
	uint64_t used = 0;

	for (uint64_t i = 0; i < frame_count; i++) {
		struct frame *f = &frame_records[i];

		if (f->state != FRAME_USED || (f->flags & FRAME_OF_OBJECT))
			continue;
		used++;
		assert(f->flags & FRAME_SEEN); /* else it is lost */
		f->flags &= (uint16_t)~FRAME_SEEN;
	}
	assert(used == leaves_seen);
}

void mm_check(void)
{
	leaves_seen = tables_seen = 0;
	frame_check();
	lock_take(&spaces_lock);
	list_for_each (e, &spaces_all) {
		struct space *s = container_of(e, struct space, all);
		const char *wrong = region_check(&s->regions);

		if (wrong)
			panic("regions: %s", wrong);
		check_table(s, s->mmu.root, MMU_LEVELS - 1, 0);
	}
	lock_drop(&spaces_lock);
	check_owners();
}
