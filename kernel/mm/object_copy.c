/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * object_copy.c - what one object holds, into an anonymous one: page by page, in
 * steps. Not by sharing frames until one is written: a frame's record names one
 * object, and the way back from a page to its leaves leads through that
 * (mm/rmap.h).
 */
#include "abi/error.h"
#include "abi/space.h"
#include "arch/page.h"
#include "mm/paged.h"

/* One step: so many pages copied, of so many looked at. */
#define COPIES 12u
#define LOOKS  1024u

struct source {
	pa_t pa; /* 0: nothing is there, which is zeros */
	struct frame *held;
};

/* The next page below `end` that holds something, at *at or above; locked. */
static void find_locked(struct object *o, uint64_t *at, uint64_t end,
			struct source *s)
{
	uint64_t *place;

	if (object_is_run(o)) {
		s->pa = object_page(o, *at);
		s->held = o->folio;
		return;
	}
	if (o->type == OBJECT_PAGED)
		place = radix_find(&o->radix, *at);
	else if (!(place = radix_next(&o->radix, at, end)))
		*at = end;
	s->held = place ? (struct frame *)*place : NULL;
	if (s->held && o->type == OBJECT_PAGED && !page_is_to_be_seen(s->held))
		s->held = NULL;
	if (s->held)
		s->pa = frame_pa(s->held);
}

/* The same, held. */
static void find(struct object *o, uint64_t *at, uint64_t end, struct source *s)
{
	*s = (struct source){0};
	lock_take(&o->lock);
	if (end > o->pages)
		end = o->pages;
	if (*at < end)
		find_locked(o, at, end, s);
	if (s->held)
		frame_get(s->held);
	lock_drop(&o->lock);
}

static int put_copy(struct object *to, uint64_t index, pa_t from)
{
	struct frame *f = frame_alloc(0, FRAME_USED, 0);
	uint64_t *place;
	int err = -E_NOMEM;

	if (!f)
		return err;
	page_copy(frame_va(f), pa_to_va(from));
	lock_take(&to->lock);
	place = radix_make(&to->radix, index);
	if (place && !*place) {
		object_add_locked(to, place, f, index, 0);
		f = NULL;
	}
	if (place)
		err = 0;
	lock_drop(&to->lock);
	if (f)
		frame_put(f); /* somebody has written there already */
	return err;
}

int object_copy(struct object *to, struct object *from, uint64_t *at)
{
	uint64_t pages = __atomic_load_n(&from->pages, __ATOMIC_RELAXED);
	uint64_t end = pages < to->pages ? pages : to->pages;
	uint64_t look = *at + LOOKS < end ? *at + LOOKS : end;
	struct object_view v;
	struct source s;
	int err;

	for (unsigned n = 0; n < COPIES && *at < look; ++*at, n++) {
		find(from, at, look, &s);
		if (!s.pa && from->type == OBJECT_PAGED) {
			err = object_show(from, *at, PROT_R, &v);
			if (err)
				return err == -E_FAULT ? 0 : err;
			return -E_STEP; /* it has just come */
		}
		if (!s.pa)
			break;
		err = put_copy(to, *at, s.pa);
		if (s.held)
			frame_put(s.held);
		if (err)
			return err;
	}
	return *at < end ? -E_STEP : 0;
}
