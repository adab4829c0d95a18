/* SPDX-License-Identifier: BSD-2-Clause */
/* pager_memory_test.c - the life of a pager, memory failing at every n. */
#include "mm/frame_boot.h"
#include "mm/slab.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"

static int supply_slot_0(struct pager *p)
{
	struct pager_ring *r = pa_to_va(p->ring_memory->base);
	struct pager_taking t = {.left = PAGER_RING};

	r->answer[0] = (struct pager_answer){.kind = PAGER_SUPPLY, .prot = RW};
	r->answers_put = 1;
	CHECK_EQ(pager_take(p, &t), 0);
	CHECK_EQ(t.left, PAGER_RING - 1);
	return r->answer[0].result;
}

static int life_of_a_pager(void)
{
	struct pager_config c = {.space = space_create(), .slots = 64};
	struct space *s = space_create();
	struct object *o = NULL;
	struct pager *p = NULL;
	int err = -E_NOMEM;
	va_t va = VA;

	if (c.space && s)
		p = pager_create(&c);
	if (p)
		o = object_paged(p, 1, 1000, &err);
	if (o)
		err = space_map_object(s, &va, 1000 * PAGE_SIZE, RW, RW,
				       MAP_FIXED | MAP_SHARED, o, 0);
	if (!err)
		err = fault_resolve(s, va + 900 * PAGE_SIZE, PROT_W);
	if (err == -E_WAIT)
		err = supply_slot_0(p);
	if (!err)
		err = fault_resolve(s, va + 900 * PAGE_SIZE, PROT_W);
	quiet_check();
	if (o)
		object_put(o);
	if (s)
		space_put(s);
	if (p)
		kobject_put(&p->kobject);
	else if (c.space)
		space_put(c.space);
	return err;
}

TEST(pagers_lose_nothing_when_memory_fails_at_every_frame)
{
	uint64_t before = quiet_frames();
	int err = -E_NOMEM;
	long n = 0;

	for (; err; n++) {
		frame_fail_after(n);
		err = life_of_a_pager();
		frame_fail_after(-1);
		CHECK_EQ(quiet_frames(), before);
		CHECK(err == 0 || err == -E_NOMEM);
		CHECK(n < 40);
	}
	CHECK(n > 12);
}

TEST(pagers_lose_nothing_when_memory_fails_at_every_structure)
{
	uint64_t before = quiet_frames(), n = 0;
	int err = -E_NOMEM;

	for (; err; n++) {
		slab_fail_after(n);
		err = life_of_a_pager();
		slab_fail_after(SLAB_NEVER);
		CHECK_EQ(quiet_frames(), before);
		CHECK(err == 0 || err == -E_NOMEM);
		CHECK(n < 40);
	}
	CHECK(n > 7);
}
