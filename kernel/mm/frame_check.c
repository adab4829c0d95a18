/* SPDX-License-Identifier: BSD-2-Clause */
/* frame_check.c - every record against every list: the invariants of frame.h.
 */
#include "arch/cpu.h"
#include "lib/assert.h"
#include "lib/bits.h"
#include "mm/frame_boot.h"

/* Records by state; tails count with their heads. */
struct census {
	uint64_t listed, cached, zeroed, claimed, in_use;
};

static void count_folio(struct census *c, const struct frame *f)
{
	uint64_t n = BIT(f->order);

	switch (f->state) {
	case FRAME_FREE:
		c->listed += n;
		assert(f->refs == 0);
		break;
	case FRAME_CACHED:
		c->cached++;
		assert(f->refs == 0);
		break;
	case FRAME_ZEROED:
		c->zeroed++;
		assert(f->refs == 0);
		break;
	case FRAME_CLAIMED:
		c->claimed++;
		assert(f->refs == 0);
		break;
	default:
		c->in_use += n;
		assert(f->refs > 0);
	}
}

static bool has_tails(const struct frame *f)
{
	return f->state == FRAME_FREE || f->state >= FRAME_USED;
}

static void check_folio(const struct frame *f, uint64_t left)
{
	uint64_t n = BIT(f->order);

	assert(n <= left);
	assert(is_aligned(frame_pa(f), n << PAGE_SHIFT));
	for (uint64_t i = 1; i < n; i++)
		assert(f[i].state == FRAME_TAIL);
}

void frame_check(void)
{
	struct census c = {0};
	uint64_t i = 0;

	while (i < frame_count) {
		const struct frame *f = &frame_records[i];

		assert(f->state <= FRAME_SLAB && f->state != FRAME_TAIL);
		if (f->state == FRAME_ABSENT || f->state == FRAME_RESERVED) {
			i++;
			continue;
		}
		count_folio(&c, f);
		if (!has_tails(f)) {
			i++;
			continue;
		}
		check_folio(f, frame_count - i);
		i += BIT(f->order);
	}
	assert(c.listed + c.cached + c.zeroed == frames_free());
	assert(c.zeroed == frame_pool_level());
	assert(frames_free() + c.claimed + c.in_use == frames_total());
}
