/* SPDX-License-Identifier: BSD-2-Clause */
/* ops_object.c - memory objects come, are revoked, and go. */
#include "abi/error.h"
#include "mm/ending.h"
#include "mm/object.h"
#include "mm/paged.h"
#include "tests/host/mm/ops.h"
#include "tests/host/mm/pager.h"
#include "tests/host/mm/swap.h"
#include "tests/host/mm/thread.h"

/* ---- a place for a new one --------------------------------------------- */

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
static void drop(struct m_object *o)
{
	o->held = false;
	object_put(o->real);
}

static bool is_of_no_use(const struct m_object *o)
{
	return o->revoked || (o->type == OBJECT_PAGED && !o->pager);
}

/* Neither does anything lead to it any more, nor is it still being revoked. */
static bool is_gone(const struct m_object *o)
{
	return !o->held && !swap_is_on(o) && !is_shown(o) &&
	       !pager_has(o->pager, o->real) &&
	       !(o->revoked && ending_anywhere());
}

/* One that is gone leaves its place. */
struct m_object *object_place(void)
{
	unsigned n = choose(OBJECTS);

	for (unsigned i = 0; i < OBJECTS; i++) {
		struct m_object *o = &objects[(n + i) % OBJECTS];

		if (o->real && o->held && !o->is_area && is_of_no_use(o) &&
		    chance(50))
			drop(o);
		if (!o->real || is_gone(o))
			return o;
	}
	return NULL;
}

/* ---- making ---------------------------------------------------------------- */

void object_enter(struct m_object *o, struct object *real, unsigned pages)
{
	*o = (struct m_object){0};
	if (!real)
		return;
	*o = (struct m_object){.real = real,
			       .held = true,
			       .type = real->type,
			       .pages = pages,
			       .shown = pages};
}

static void create_anonymous(void)
{
	static const uint16_t sizes[] = {1, 3, 8, 9, 30, OBJECT_PAGES};
	struct m_object *o = object_place();
	unsigned pages = CHOOSE(sizes);

	if (o)
		object_enter(o, object_anonymous(pages), pages);
	CHECK(!o || o->real || machine_may_fail());
}

static void create_dma(void)
{
	struct m_object *o = object_place();
	unsigned pages = 1 + choose(5);

	if (o)
		object_enter(o, object_dma(pages), pages);
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
	struct m_object *o = object_place();
	unsigned pages = 1 + choose(ARCHIVE_PAGES);

	if (!o)
		return;
	object_enter(
		o,
		object_physical("archive", ARCHIVE_BASE, pages << PAGE_SHIFT),
		pages);
	read_run(o);
}

/* The registers are one object's, so that one array knows what they hold. */
static void create_device(void)
{
	struct m_object *o = object_place();
	int err;

	for (unsigned i = 0; i < OBJECTS; i++)
		if (objects[i].real && objects[i].type == OBJECT_DEVICE)
			return;
	if (!o)
		return;
	object_enter(
		o, object_device(DEVICE_BASE, DEVICE_PAGES << PAGE_SHIFT, &err),
		DEVICE_PAGES);
	agree(err, 0);
	read_run(o);
}

struct m_object *object_make_paged(unsigned pages)
{
	static unsigned keys;
	struct m_object *o = object_place();
	struct m_pager *p = any_pager();
	int err;

	if (!o || !p)
		return NULL;
	object_enter(o, object_paged(p->real, ++keys, pages, &err), pages);
	if (!agree(err, 0))
		return NULL;
	o->pager = p;
	o->key = keys;
	for (unsigned i = 0; i < pages; i++)
		for (unsigned w = 0; w < 2; w++)
			o->page[i].word[w] = o->stored[i].word[w] =
				model_fresh();
	return o;
}

static void create_paged(void)
{
	static const uint16_t sizes[] = {1,	      5, 12, 40, OBJECT_PAGES,
					 OBJECT_PAGES};

	object_make_paged(CHOOSE(sizes));
}

/* ---- what becomes of them --------------------------------------------------- */

static void drop_any(void)
{
	struct m_object *o = &objects[choose(OBJECTS)];

	if (o->real && o->held && !o->is_area)
		drop(o);
}

static void revoke(struct m_object *o)
{
	o->revoked = true;
	object_revoke_all(&o->real->kobject);
}

static void revoke_any(void)
{
	struct m_object *o = chance(50) ? any_paged() : any_object();

	if (o)
		revoke(o);
}

/* Its pager answers between two steps of that. */
static void revoke_and_serve(void)
{
	struct m_object *o = any_paged();
	struct m_pager *p = o ? o->pager : NULL;
	uint64_t at = 0;

	if (!o)
		return;
	object_sync(o->real, 0, o->pages, &at);
	revoke(o);
	for (unsigned n = choose(8); n > 0 && pager_looks(p); n--)
		pager_serve(p, choose(p->asked), false);
}

/* The pager is asked, and answers when it likes. */
static void begin_sync(void)
{
	struct m_object *o = any_paged();
	unsigned first = o ? any_index(o) : 0;
	uint64_t at = 0;

	if (o)
		object_sync(o->real, first, 1 + choose(o->pages - first), &at);
}

/* ---- another size, a copy --------------------------------------------------- */

static void grow(struct m_object *o, unsigned pages)
{
	int err;

	do
		err = object_resize(o->real, pages);
	while (err == -E_STEP);
	if (!agree(err, 0))
		return;
	model_cut(o);
	for (unsigned i = o->pages; i < pages; i++)
		if (o->type == OBJECT_ANONYMOUS)
			o->page[i] = (struct words){0};
	o->pages = o->shown = pages;
}

static void shrink(struct m_object *o, unsigned pages)
{
	CHECK_EQ(object_resize(o->real, pages), 0);
	o->pages = pages;
}

static void resize(struct m_object *o)
{
	static const uint16_t sizes[] = {0, 1, 2, 5, 20, 64, OBJECT_PAGES};
	bool may = o->type == OBJECT_ANONYMOUS || o->type == OBJECT_PAGED;
	unsigned pages = CHOOSE(sizes);

	if (chance(70)) /* by a little */
		pages = o->pages + choose(8) > 4 ? o->pages + choose(8) - 4 : 0;
	if (pages > OBJECT_PAGES)
		pages = OBJECT_PAGES;
	model_at_object(o, pages);
	if (!may || o->revoked)
		CHECK_EQ(object_resize(o->real, pages),
			 may ? -E_STALE : -E_INVAL);
	else if (pages < o->pages)
		shrink(o, pages);
	else
		grow(o, pages);
}

static void resize_any(void)
{
	struct m_object *o = any_resizable();

	if (o)
		resize(o);
}

/* What is shown, and what is being asked for, is cut off. */
static void resize_and_serve(void)
{
	struct m_object *o = any_paged();
	struct m_pager *p = o ? o->pager : NULL;
	uint64_t at = 0;

	if (!o)
		return;
	object_sync(o->real, 0, o->pages, &at);
	resize(o);
	for (unsigned n = choose(8); n > 0 && pager_looks(p); n--)
		pager_serve(p, choose(p->asked), chance(12));
	resize(o);
}

/* What a step of a copy may say, but that there is more. */
static bool may_say_copied(const struct m_object *from, int told, int said)
{
	if (said == -E_NOMEM && machine_may_fail())
		return true;
	if (from->type != OBJECT_PAGED)
		return false;
	return (told && said == told) ||
	       (said == -E_IO && (!from->pager || ending_anywhere()));
}

/* A step; pages [before, at) are as they are now. */
static int copy_some(struct m_object *to, struct m_object *from, uint64_t *at)
{
	uint64_t before = *at;
	int told = thread_told();
	int err = object_copy(to->real, from->real, at);

	for (uint64_t i = before; i < *at && i < from->pages; i++)
		to->page[i] = from->page[i];
	if (told && thread_heard())
		CHECK_EQ(err, told);
	CHECK(err != -E_STEP || from->type == OBJECT_PAGED || *at > before);
	if (err && err != -E_STEP && err != -E_WAIT &&
	    !may_say_copied(from, told, err))
		CHECK_EQ(err, 0);
	return err;
}

static void copy(void)
{
	struct m_object *from = chance(50) ? any_paged() : any_object();
	struct m_object *to = from ? object_place() : NULL;
	uint64_t at = 0;
	int err;

	if (!to || from == to || !from->real || from->type == OBJECT_DEVICE)
		return;
	object_enter(to, object_anonymous(from->pages), from->pages);
	CHECK(to->real || machine_may_fail());
	thread_call();
	while (to->real && (err = copy_some(to, from, &at)) != 0) {
		if (err == -E_WAIT && from->pager && pager_looks(from->pager))
			pager_serve(from->pager, choose(from->pager->asked),
				    chance(8));
		else if (err != -E_STEP)
			break;
		if (chance(3))
			break;
		if (chance(4))
			resize(from);
	}
	thread_call_over();
}

/* After a sync that succeeds the pager has all of it. */
static void sync(void)
{
	struct m_object *o = any_paged();
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
	{"an object: paged", 20, create_paged},
	{"an object's handle goes", 8, drop_any},
	{"an object is revoked", 3, revoke_any},
	{"an object is revoked, served", 4, revoke_and_serve},
	{"an object of another size", 12, resize_any},
	{"an object of another size, served", 5, resize_and_serve},
	{"an object is copied", 6, copy},
	{"sync", 8, sync},
	{"sync begins", 8, begin_sync},
	{0},
};
