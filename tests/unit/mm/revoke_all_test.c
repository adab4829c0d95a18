/* SPDX-License-Identifier: BSD-2-Clause */
/* revoke_all_test.c - objects that end for everybody: mm/revoke.c. */
#include "mm/paged.h"
#include "mm/pin.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"

static void revoke(struct object *o)
{
	object_revoke_all(&o->kobject);
	quiet_check();
}

TEST(a_revoked_object_is_forgotten_by_the_hart_that_used_it)
{
	uint64_t before;

	paging_open(4, 4, 0);
	paging_bring(1, 'p');
	CHECK_EQ(touch(1, 1, PROT_R), 0);
	paging_ran_here(paging.client[0]);
	before = paging_fences();
	revoke(paging.object);
	CHECK_EQ(paging_fences(), before + 1);
	CHECK_EQ(paging_leaf(paging.client[0], page_va(1)), 0);
	CHECK_EQ(paging_leaf(paging.client[1], page_va(1)), 0);
	CHECK_EQ(paging.object->resident, 0);
	CHECK_EQ(touch(0, 1, PROT_R), -E_FAULT);
	CHECK_EQ(touch(0, 3, PROT_W), -E_FAULT);
	revoke(paging.object); /* once is enough */
	paging_close();
}

TEST(a_pinned_page_outlives_its_object)
{
	uint64_t free;
	struct pin p;

	paging_open(2, 2, 0);
	paging_bring(1, 'p');
	CHECK_EQ(pin(paging.client[0], page_va(1) + 5, PROT_R, &p), 0);
	object_revoke_all(&paging.object->kobject);
	CHECK_EQ(p.frame->refs, 1);
	CHECK_EQ(*(char *)p.page, 'p');
	free = frames_free();
	unpin(&p);
	CHECK_EQ(frames_free(), free + 1);
	paging_close();
}

/* Of each state a page can be in when its object goes. */
TEST(what_the_pager_has_in_hand_goes_with_its_answer)
{
	struct pager_request coming, writing, back;
	uint64_t at = 0;

	paging_open(8, 8, PAGER_TELL_DIRTY);
	paging_bring(0, 'c'); /* clean */
	paging_bring(1, 'd');
	CHECK_EQ(touch(0, 1, PROT_W), 0); /* dirty, and told */
	CHECK_EQ(paging_next().kind, PAGER_DIRTY);
	CHECK_EQ(object_sync(paging.object, 0, 8, &at), -E_WAIT);
	writing = paging_next();
	CHECK_EQ(writing.kind, PAGER_WRITEBACK);
	CHECK_EQ(touch(0, 1, PROT_W), 0); /* dirty again while it is written */
	CHECK_EQ(touch(0, 2, PROT_R), -E_WAIT);
	coming = paging_next();
	revoke(paging.object);
	CHECK_EQ(paging.object->resident, 2);
	CHECK_EQ(paging_flags(0), 0);
	CHECK_EQ(paging_flags(2), PAGE_COMING | PAGE_GOING);
	CHECK_EQ(paging_supply(&coming, RW), 0);
	quiet_check();
	CHECK_EQ(paging_flags(2), 0);
	CHECK_EQ(paging_done(&writing), 0);
	back = paging_next(); /* what was written meanwhile */
	CHECK_EQ(back.kind, PAGER_WRITEBACK);
	quiet_check();
	CHECK_EQ(paging_fail(&back, E_IO), 0);
	CHECK_EQ(paging.object->dirty, 0);
	CHECK(paging_idle());
	quiet_check();
	paging_close(); /* the DIRTY is still to be answered */
}

/* A revoke's steps come to the page only after its answer has. */
TEST(an_answer_takes_no_page_that_is_shown_still)
{
	struct pager_request writing;
	uint64_t at = 0;

	paging_open(300, 4, 0);
	paging_bring(250, 'p');
	CHECK_EQ(touch(0, 250, PROT_W), 0);
	CHECK_EQ(paging_sync(300, &at), -E_WAIT);
	writing = paging_next();
	object_revoke_all(&paging.object->kobject);
	CHECK(paging_leaf(paging.client[0], page_va(250)) != 0);
	CHECK_EQ(paging_done(&writing), 0);
	CHECK_EQ(paging.object->resident, 1);
	quiet_check();
	CHECK_EQ(paging_leaf(paging.client[0], page_va(250)), 0);
	CHECK_EQ(paging.object->resident, 0);
	paging_close();
}

TEST(a_pager_that_ends_lets_go_of_what_was_revoked)
{
	uint64_t at = 0;

	paging_open(8, 1, 0);
	paging_bring(0, 'p');
	paging_bring(1, 'p');
	CHECK_EQ(touch(0, 0, PROT_W), 0);
	CHECK_EQ(object_sync(paging.object, 0, 1, &at), -E_WAIT);
	CHECK_EQ(touch(0, 0, PROT_W), 0); /* again, while it is written */
	CHECK_EQ(touch(0, 1, PROT_W), 0);
	CHECK_EQ(touch(0, 2, PROT_R), -E_WAIT);
	revoke(paging.object); /* two queue behind the first */
	CHECK_EQ(paging.object->resident, 3);
	pager_die(paging.pager);
	CHECK_EQ(paging.object->resident, 0);
	CHECK_EQ(paging.object->dirty, 0);
	paging_close();
}

/* Two regions of a folio and an offset in it; a private copy stays. */
TEST(the_folio_of_a_run_goes_and_copies_of_it_stay)
{
	struct object *o = object_dma(16);
	struct space *s = space_create();
	va_t va = VA, view = 2 * GiB;
	uint64_t free;

	CHECK_EQ(space_map_object(s, &va, 4 * PAGE_SIZE, RW, RW,
				  MAP_FIXED | MAP_SHARED, o, 8 * PAGE_SIZE),
		 0);
	CHECK_EQ(space_map_object(s, &view, 16 * PAGE_SIZE, RW, RW, MAP_FIXED,
				  o, 0),
		 0);
	CHECK_EQ(fault_resolve(s, va, PROT_W), 0);
	CHECK_EQ(fault_resolve(s, view + 3 * PAGE_SIZE, PROT_W), 0);
	CHECK_EQ(fault_resolve(s, view + 15 * PAGE_SIZE, PROT_R), 0);
	free = frames_free();
	revoke(o);
	CHECK_EQ(frames_free(), free + 16);
	CHECK_EQ(paging_leaf(s, va), 0);
	CHECK_EQ(paging_leaf(s, view + 15 * PAGE_SIZE), 0);
	CHECK(paging_leaf(s, view + 3 * PAGE_SIZE) != 0);
	CHECK_EQ(fault_resolve(s, view + 4 * PAGE_SIZE, PROT_W), -E_FAULT);
	space_put(s);
	object_put(o);
}
