/* SPDX-License-Identifier: BSD-2-Clause */
/* ops_object.c - memory objects come, are revoked, and go. */
#include "abi/error.h"
#include "mm/ending.h"
#include "mm/object.h"
#include "mm/paged.h"
#include "tests/host/mm/ops.h"
#include "tests/host/mm/pager.h"

static void create(struct m_object *o, struct object *real, unsigned pages)
{
	if (!real)
		return;
	*o = (struct m_object){
		.real = real, .held = true, .type = real->type, .pages = pages};
}

static void create_anonymous(void)
{
	static const uint16_t sizes[] = {1, 3, 8, 9, 30, OBJECT_PAGES};
	struct m_object *o = free_object();
	unsigned pages = CHOOSE(sizes);

	if (o)
		create(o, object_anonymous(pages), pages);
	CHECK(!o || o->real || machine_may_fail());
}

static void create_dma(void)
{
	struct m_object *o = free_object();
	unsigned pages = 1 + choose(5);

	if (o)
		create(o, object_dma(pages), pages);
}

/* What lies there already is what the object holds. */
static void read_run(struct m_object *o)
{
	for (unsigned i = 0; o->real && i < o->pages; i++) {
		const uint8_t *page =
			pa_to_va(o->real->base + ((pa_t)i << PAGE_SHIFT));

		memcpy(&o->page[i].word[0], page + WORD_OFFSET(0), 8);
		memcpy(&o->page[i].word[1], page + WORD_OFFSET(1), 8);
	}
}

static void create_physical(void)
{
	struct m_object *o = free_object();
	unsigned pages = 1 + choose(ARCHIVE_PAGES);

	if (!o)
		return;
	create(o, object_physical("archive", ARCHIVE_BASE, pages << PAGE_SHIFT),
	       pages);
	read_run(o);
}

/* The registers are one object's, so that one array knows what they hold. */
static void create_device(void)
{
	struct m_object *o = free_object();
	int err;

	for (unsigned i = 0; i < OBJECTS; i++)
		if (objects[i].real && objects[i].type == OBJECT_DEVICE)
			return;
	if (!o)
		return;
	create(o, object_device(DEVICE_BASE, DEVICE_PAGES << PAGE_SHIFT, &err),
	       DEVICE_PAGES);
	agree(err, 0);
	read_run(o);
}

static void create_paged(void)
{
	static const uint16_t sizes[] = {1, 5, 12, 40, OBJECT_PAGES};
	static unsigned keys;
	struct m_object *o = free_object();
	struct m_pager *p = any_pager();
	unsigned pages = CHOOSE(sizes);
	int err;

	if (!o || !p)
		return;
	create(o, object_paged(p->real, ++keys, pages, &err), pages);
	if (!agree(err, 0))
		return;
	o->pager = p;
	o->key = keys;
	for (unsigned i = 0; i < pages; i++)
		for (unsigned w = 0; w < 2; w++)
			o->page[i].word[w] = o->stored[i].word[w] =
				model_fresh();
}

static bool is_shown(const struct m_object *o)
{
	for (unsigned s = 0; s < SPACES; s++)
		for (unsigned i = 0; i < PAGES; i++)
			if (spaces[s].page[i].mapped &&
			    spaces[s].page[i].object == o)
				return true;
	return false;
}

/* The last handle goes; regions may remain. */
static void drop(void)
{
	struct m_object *o = &objects[choose(OBJECTS)];

	if (!o->real || !o->held)
		return;
	o->held = false;
	object_put(o->real);
}

/* Nothing leads to it any more: its place is free. */
static void forget(void)
{
	for (unsigned i = 0; i < OBJECTS; i++) {
		struct m_object *o = &objects[i];

		if (o->real && !o->held && !is_shown(o) &&
		    !pager_has(o->pager, o->real))
			o->real = NULL;
	}
}

static void revoke(void)
{
	struct m_object *o = any_object();

	if (!o)
		return;
	o->revoked = true;
	object_revoke_all(&o->real->kobject);
}

/* The pager is asked, and answers when it likes. */
static void begin_sync(void)
{
	struct m_object *o = any_object();
	unsigned first = o ? any_index(o) : 0;
	uint64_t at = 0;

	if (o)
		object_sync(o->real, first, 1 + choose(o->pages - first), &at);
}

/* After a sync that succeeds the pager has all of it. */
static void sync(void)
{
	struct m_object *o = any_object();
	unsigned first = o ? any_index(o) : 0;
	unsigned n = o ? 1 + choose(o->pages - first) : 0;
	uint64_t at = 0;
	int err;

	if (!o)
		return;
	for (;;) {
		err = object_sync(o->real, first, n, &at);
		if (err == -E_WAIT && o->pager)
			pager_serve_all(o->pager);
		else if (err != -E_STEP)
			break;
		if (chance(5))
			return;
	}
	if (err == -E_IO && (!o->pager || o->unwritten))
		return;
	CHECK(!err || (err == -E_WAIT && ending_anywhere()));
	for (unsigned i = first; !err && o->pager && i < first + n; i++) {
		model_at_object(o, i);
		CHECK(!memcmp(&o->stored[i], &o->page[i], sizeof(o->page[i])));
	}
}

const struct op object_ops[] = {
	{"an object: anonymous", 8, create_anonymous},
	{"an object: dma", 3, create_dma},
	{"an object: archive", 3, create_physical},
	{"an object: registers", 2, create_device},
	{"an object: paged", 8, create_paged},
	{"an object's handle goes", 6, drop},
	{"an object is forgotten", 8, forget},
	{"an object is revoked", 3, revoke},
	{"sync", 8, sync},
	{"sync begins", 8, begin_sync},
	{0},
};
