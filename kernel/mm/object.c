/* SPDX-License-Identifier: BSD-2-Clause */
/* object.c - memory objects. */
#include "mm/object.h"
#include "arch/layout.h"
#include "lib/assert.h"
#include "lib/bits.h"
#include "mm/frame.h"
#include "mm/slab.h"
#include <string.h>

static struct slab_cache objects =
	SLAB_CACHE_INIT(objects, "object", sizeof(struct object));

static unsigned order_for(uint64_t bytes)
{
	uint64_t pages = round_up(bytes, PAGE_SIZE) >> PAGE_SHIFT;

	return pages <= 1 ? 0 : bit_highest(pages - 1) + 1;
}

/* Memory of its own for bytes that do not start at a page. */
static bool adopt_copy(struct object *o, pa_t pa, uint64_t bytes)
{
	unsigned order = order_for(bytes);

	if (order >= FRAME_ORDERS)
		return false;
	o->folio = frame_alloc(order, FRAME_USED, FRAME_ZERO);
	if (!o->folio)
		return false;
	o->folio->flags |= FRAME_OF_OBJECT;
	memcpy(frame_va(o->folio), pa_to_va(pa), bytes);
	o->base = frame_pa(o->folio);
	return true;
}

struct object *object_physical(const char *name, pa_t pa, uint64_t bytes)
{
	struct object *o = slab_alloc(&objects);

	if (!o)
		return NULL;
	o->refs = 1;
	o->pages = round_up(bytes, PAGE_SIZE) >> PAGE_SHIFT;
	o->base = pa;
	strncpy(o->name, name, OBJECT_NAME - 1);
	if (!is_aligned(pa, PAGE_SIZE) && !adopt_copy(o, pa, bytes)) {
		slab_free(&objects, o);
		return NULL;
	}
	return o;
}

void object_get(struct object *o)
{
	uint32_t before = __atomic_fetch_add(&o->refs, 1, __ATOMIC_RELAXED);

	assert(before > 0);
}

void object_put(struct object *o)
{
	uint32_t before = __atomic_fetch_sub(&o->refs, 1, __ATOMIC_ACQ_REL);

	assert(before > 0);
	if (before > 1)
		return;
	if (o->folio)
		frame_put(o->folio);
	slab_free(&objects, o);
}

/* Step 5 of a page fault, where the region has an object. */
pa_t object_page(const struct object *o, uint64_t index)
{
	return index < o->pages ? o->base + (index << PAGE_SHIFT) : 0;
}

void object_trim(void)
{
	slab_trim(&objects);
}
