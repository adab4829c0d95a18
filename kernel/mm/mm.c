/* SPDX-License-Identifier: BSD-2-Clause */
/* mm.c - from a memory map to frames. */
#include "mm/mm.h"
#include "abi/error.h"
#include "arch/kspace.h"
#include "arch/layout.h"
#include "arch/page.h"
#include "arch/upcall.h"
#include "lib/assert.h"
#include "lib/bits.h"
#include "mm/compact.h"
#include "mm/frame_boot.h"
#include "mm/kin.h"
#include "mm/object.h"
#include "mm/pager.h"
#include "mm/private.h"
#include "mm/space.h"
#include <string.h>

/* ---- tables before there are frames ----------------------------------- */

/*
 * The linear map needs tables before the frames are known: a page for each
 * GiB that is not whole, and for each 2 MiB that is not.
 */
#define EARLY_TABLES 24
static char early_tables[EARLY_TABLES][PAGE_SIZE] WHOLE_PAGES;
static unsigned early_used;

static pa_t early_table(void)
{
	if (early_used == EARLY_TABLES)
		return 0;
	return kspace_image_address(early_tables[early_used++]);
}

pa_t upcall_table_alloc(void)
{
	struct frame *f;

	if (!frame_records)
		return early_table();
	f = frame_alloc(0, FRAME_TABLE, FRAME_ZERO);
	if (!f)
		return 0;
	f->owner = f->index = f->next = f->prev = 0; /* mm/kin.h */
	return frame_pa(f);
}

void upcall_table_free(pa_t table)
{
	frame_put(frame_of(table));
}

COLD void *upcall_table_behind(pa_t pa)
{
	return frame_va(kin_table((pte_t *)frame_of(pa)->owner));
}

/* ---- placing the records ---------------------------------------------- */

INIT static const struct pa_range *taken_in(const struct pa_range *taken,
					    unsigned n, pa_t start, pa_t end)
{
	for (unsigned i = 0; i < n; i++)
		if (ranges_overlap(start, end,
				   round_down(taken[i].start, PAGE_SIZE),
				   round_up(taken[i].end, PAGE_SIZE)))
			return &taken[i];
	return NULL;
}

/* The lowest free place for `bytes` in one bank; 0 if there is none. */
INIT static pa_t place(const struct pa_range *ram, const struct pa_range *taken,
		       unsigned n, uint64_t bytes)
{
	pa_t at = round_up(ram->start, PAGE_SIZE);

	while (at < ram->end && bytes <= ram->end - at) {
		const struct pa_range *hit = taken_in(taken, n, at, at + bytes);

		if (!hit)
			return at;
		at = round_up(hit->end, PAGE_SIZE);
	}
	return 0;
}

INIT static int place_records(const struct pa_range *ram, unsigned n,
			      const struct pa_range *taken, unsigned taken_n,
			      struct pa_range *records)
{
	pa_t lo = round_down(ram[0].start, PAGE_SIZE);
	uint64_t frames = (ram[n - 1].end - lo) >> PAGE_SHIFT;
	uint64_t bytes = round_up(frames * sizeof(struct frame), PAGE_SIZE);
	pa_t at = 0;

	for (unsigned i = 0; i < n && !at; i++)
		at = place(&ram[i], taken, taken_n, bytes);
	if (!at)
		return -E_NOMEM;
	for (uint64_t i = 0; i < bytes; i += PAGE_SIZE)
		page_zero(pa_to_va(at + i));
	frame_base = lo;
	frame_count = frames;
	frame_records = pa_to_va(at);
	frame_bias =
		(uint64_t)frame_records - (lo >> PAGE_SHIFT << FRAME_SHIFT);
	*records = (struct pa_range){at, at + bytes};
	return 0;
}

/* ---- giving the rest -------------------------------------------------- */

/* What of [start, end) nobody has taken. */
INIT static void give_free(pa_t start, pa_t end, const struct pa_range *taken,
			   unsigned n)
{
	while (start < end) {
		const struct pa_range *hit = NULL;
		pa_t stop = end;

		for (unsigned i = 0; i < n; i++) {
			pa_t from = round_down(taken[i].start, PAGE_SIZE);

			if (taken[i].end <= start || from >= stop ||
			    taken[i].end == taken[i].start)
				continue;
			hit = &taken[i];
			stop = from > start ? from : start;
		}
		frame_give(start, stop);
		start = hit ? round_up(hit->end, PAGE_SIZE) : end;
	}
}

/* Records of frames that stay what they are: image, archive, records. */
INIT static void mark_reserved(const struct pa_range *r)
{
	pa_t p = round_down(r->start, PAGE_SIZE);

	for (; p < r->end; p += PAGE_SIZE) {
		struct frame *f = frame_of(p);

		if (f && f->state == FRAME_ABSENT)
			f->state = FRAME_RESERVED;
	}
}

INIT int mm_init(const struct pa_range *ram, unsigned n,
		 const struct pa_range *taken, unsigned taken_n)
{
	struct pa_range all[MM_TAKEN];
	int err;

	if (!n)
		return -E_INVAL;
	assert(taken_n < MM_TAKEN);
	memcpy(all, taken, taken_n * sizeof(*taken));
	err = place_records(ram, n, taken, taken_n, &all[taken_n]);
	if (err)
		return err;
	for (unsigned i = 0; i < n; i++) {
		pa_t start = round_up(ram[i].start, PAGE_SIZE);
		pa_t end = round_down(ram[i].end, PAGE_SIZE);

		give_free(start, end, all, taken_n + 1);
	}
	for (unsigned i = 0; i <= taken_n; i++)
		mark_reserved(&all[i]);
	frame_give(kspace_image_address(early_tables[early_used]),
		   kspace_image_address(early_tables) + sizeof(early_tables));
	zero_page = kspace_image_address(zero_page_bytes);
	return 0;
}

void mm_trim(void)
{
	compact_give_up();
	space_trim();
	object_trim();
	pager_trim();
}
