/* SPDX-License-Identifier: BSD-2-Clause */
/* pin_test.c - a page held while its object lets it go. */
#include "mm/frame.h"
#include "mm/pin.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"

TEST(a_pinned_page_stays_when_it_is_revoked)
{
	struct pin p;

	paging_open(2, 2, 0);
	paging_bring(1, 'p');
	CHECK_EQ(pin(paging.client[0], page_va(1) + 5, PROT_R, &p), 0);
	CHECK_EQ(paging_revoke(1, 1, PROT_NONE), 0);
	CHECK_EQ(p.frame->refs, 1); /* the object has let go */
	CHECK_EQ(*(char *)p.page, 'p');
	unpin(&p);
	paging_close();
}

TEST(a_pin_waits_for_a_page_as_a_fault_does)
{
	struct pin p;

	paging_open(2, 2, 0);
	CHECK_EQ(pin(paging.client[0], page_va(1), PROT_R, &p), -E_WAIT);
	CHECK_EQ(paging_next().index, 1);
	paging_close();
}

TEST(a_page_inside_a_folio_is_held_by_its_head)
{
	struct object *o = object_dma(4);
	struct space *s = space_create();
	struct frame *head = o->folio;
	va_t va = VA;
	struct pin p;

	CHECK_EQ(space_map_object(s, &va, 4 * PAGE_SIZE, RW, RW,
				  MAP_FIXED | MAP_SHARED, o, 0),
		 0);
	CHECK_EQ(pin(s, VA + 3 * PAGE_SIZE, PROT_W, &p), 0);
	CHECK(p.frame == head);
	CHECK_EQ(head->refs, 2);
	space_put(s);
	object_put(o);
	CHECK_EQ(head->refs, 1);
	*(char *)p.page = 'x';
	unpin(&p);
}

TEST(registers_cannot_be_pinned)
{
	struct space *s = space_create();
	va_t va = VA;
	struct pin p;
	int err;
	struct object *o = object_device(0x10000000, PAGE_SIZE, &err);

	CHECK_EQ(space_map_object(s, &va, PAGE_SIZE, RW, RW,
				  MAP_FIXED | MAP_SHARED, o, 0),
		 0);
	CHECK_EQ(pin(s, VA, PROT_R, &p), -E_FAULT);
	space_put(s);
	object_put(o);
}
