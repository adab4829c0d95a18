/* SPDX-License-Identifier: BSD-2-Clause */
/* resize_test.c - objects that become smaller and larger, and copies of them. */
#include "mm/frame_boot.h"
#include "mm/private.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"

static int resize(uint64_t pages)
{
	int err = object_resize(paging.object, pages);

	quiet_check();
	return err;
}

/* A page that is there, and dirty. */
static void make_dirty(uint64_t index)
{
	paging_bring(index, 'd');
	CHECK_EQ(touch(0, index, PROT_W), 0);
}

TEST(what_is_cut_off_goes_from_every_space)
{
	uint64_t free;

	paging_open(20, 8, 0);
	paging_bring(3, '3');
	make_dirty(4);
	paging_bring(19, 'l');
	CHECK_EQ(touch(1, 3, PROT_R), 0); /* and 4, around it */
	free = frames_free();
	CHECK_EQ(resize(4), 0);
	CHECK_EQ(frames_free(), free + 2);
	CHECK_EQ(paging.object->dirty, 0);
	CHECK(paging_idle()); /* nothing is written back */
	for (unsigned i = 0; i < 2; i++) {
		CHECK(paging_leaf(paging.client[i], page_va(3)) != 0);
		CHECK_EQ(paging_leaf(paging.client[i], page_va(4)), 0);
		CHECK_EQ(touch(i, 4, PROT_R), -E_FAULT);
		CHECK_EQ(touch(i, 19, PROT_W), -E_FAULT);
	}
	CHECK_EQ(resize(20), 0);
	CHECK_EQ(touch(0, 4, PROT_R), -E_WAIT); /* the pager's, anew */
	CHECK_EQ(paging_next().index, 4);
	paging_close();
}

/* Of each kind of request one is under way. */
static void open_busy(struct pager_request *coming,
		      struct pager_request *writing, struct pager_request *told)
{
	uint64_t at = 0;

	paging_open(8, 8, PAGER_TELL_DIRTY);
	make_dirty(5);
	*told = paging_next();
	CHECK_EQ(paging_sync(8, &at), -E_WAIT);
	*writing = paging_next();
	CHECK_EQ(writing->kind, PAGER_WRITEBACK);
	CHECK_EQ(touch(0, 5, PROT_W), 0); /* dirty again */
	CHECK_EQ(touch(0, 6, PROT_R), -E_WAIT);
	*coming = paging_next();
	CHECK_EQ(resize(5), 0);
	CHECK_EQ(paging.object->resident, 2);
	CHECK_EQ(paging.object->dirty, 0);
}

TEST(requests_for_what_is_cut_off_are_answered_and_ignored)
{
	struct pager_request coming, writing, told;

	for (unsigned fails = 0; fails < 2; fails++) {
		open_busy(&coming, &writing, &told);
		CHECK_EQ(fails ? paging_fail(&coming, E_IO)
			       : paging_supply(&coming, RW),
			 0);
		CHECK_EQ(paging.object->resident, 1);
		CHECK_EQ(fails ? paging_fail(&writing, E_IO)
			       : paging_done(&writing),
			 0);
		CHECK_EQ(paging.object->resident, 1);
		CHECK_EQ(paging_done(&told), 0);
		CHECK_EQ(paging.object->resident, 0);
		CHECK(paging_idle());
		paging_close();
	}
}

TEST(an_answer_from_before_is_not_shown_when_it_has_grown_again)
{
	struct pager_request coming, writing, told, anew;

	open_busy(&coming, &writing, &told);
	CHECK_EQ(resize(8), 0);
	CHECK_EQ(touch(0, 6, PROT_R), -E_WAIT);
	CHECK_EQ(touch(0, 5, PROT_R), -E_WAIT);
	CHECK(paging_idle()); /* not while the old one is under way */
	CHECK_EQ(paging_supply(&coming, RW), 0);
	CHECK_EQ(paging_leaf(paging.client[0], page_va(6)), 0);
	CHECK_EQ(touch(0, 6, PROT_R), -E_WAIT);
	anew = paging_next();
	CHECK_EQ(anew.index, 6);
	CHECK_EQ(paging_supply(&anew, RW), 0);
	CHECK_EQ(touch(0, 6, PROT_R), 0);
	CHECK_EQ(paging_fail(&writing, E_IO), 0);
	CHECK_EQ(paging_done(&told), 0);
	CHECK_EQ(paging_flags(5), 0);
	paging_close();
}

TEST(read_ahead_ends_at_the_new_end)
{
	paging_open(30, 16, PAGING_AHEAD);
	paging_bring(4, '4');
	CHECK_EQ(resize(7), 0);
	CHECK_EQ(touch(0, 5, PROT_R), -E_WAIT);
	CHECK_EQ(paging_next().index, 5);
	CHECK_EQ(paging_next().index, 6);
	CHECK(paging_idle());
	paging_close();
}

/* ---- anonymous ------------------------------------------------------------------- */

static struct space *s;
static struct object *o;

static void open_anonymous(uint64_t pages, uint64_t mapped)
{
	va_t va = VA;

	s = space_create();
	o = object_anonymous(pages);
	CHECK_EQ(space_map_object(s, &va, mapped * PAGE_SIZE, RW, RW,
				  MAP_FIXED | MAP_SHARED, o, 0),
		 0);
}

static void close_anonymous(void)
{
	quiet_check();
	space_put(s);
	object_put(o);
}

static uint64_t *word(uint64_t index)
{
	CHECK_EQ(fault_resolve(s, page_va(index), PROT_W), 0);
	return pa_to_va(pte_pa(paging_leaf(s, page_va(index))));
}

TEST(an_object_grows_through_every_height_and_keeps_its_pages)
{
	static const uint64_t sizes[] = {
		9, 513, 1000, 1ul << 19, 1ul << 28, OBJECT_PAGES_MAX};

	open_anonymous(3, 2000);
	for (uint64_t i = 0; i < 3; i++)
		*word(i) = 100 + i;
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint64_t last = (sizes[i] < 2000 ? sizes[i] : 2000) - 1;

		CHECK_EQ(object_resize(o, sizes[i]), 0);
		*word(last) = 200 + i;
		for (uint64_t j = 0; j < 3; j++)
			CHECK_EQ(*word(j), 100 + j);
		if (last < 1999)
			CHECK_EQ(fault_resolve(s, page_va(last + 1), PROT_R),
				 -E_FAULT);
		quiet_check();
	}
	CHECK_EQ(object_resize(o, OBJECT_PAGES_MAX + 1), -E_INVAL);
	close_anonymous();
}

TEST(what_grows_again_is_zero)
{
	open_anonymous(600, 600);
	*word(599) = 5;
	*word(10) = 6;
	CHECK_EQ(object_resize(o, 11), 0);
	quiet_check();
	CHECK_EQ(o->resident, 1);
	CHECK_EQ(object_resize(o, 600), 0);
	CHECK_EQ(*word(599), 0);
	CHECK_EQ(*word(10), 6);
	CHECK_EQ(object_resize(o, 0), 0);
	quiet_check();
	CHECK_EQ(fault_resolve(s, VA, PROT_R), -E_FAULT);
	CHECK_EQ(object_resize(o, 1), 0);
	CHECK_EQ(*word(0), 0);
	close_anonymous();
}

/* Whoever grows it at once finishes what was begun. */
TEST(it_grows_only_when_all_is_gone)
{
	unsigned steps = 0;

	open_anonymous(2000, 2000);
	for (uint64_t i = 0; i < 2000; i++)
		*word(i) = i;
	CHECK_EQ(object_resize(o, 0), 0); /* its first step only */
	while (object_resize(o, 2000) == -E_STEP)
		steps++;
	CHECK(steps > 4);
	CHECK_EQ(o->resident, 0);
	CHECK_EQ(*word(1999), 0);
	close_anonymous();
}

TEST(without_memory_it_stays_as_it_is)
{
	int err = -E_NOMEM;

	for (long n = 0; err; n++) {
		open_anonymous(4, 4);
		*word(2) = 7;
		frame_fail_after(n);
		err = object_resize(o, 1ul << 30);
		frame_fail_after(-1);
		CHECK(err == 0 || err == -E_NOMEM);
		CHECK_EQ(o->pages, err ? 4 : 1ul << 30);
		CHECK_EQ(*word(2), 7);
		close_anonymous();
	}
}

TEST(other_kinds_keep_their_size)
{
	struct object *dma = object_dma(2);

	CHECK_EQ(object_resize(dma, 1), -E_INVAL);
	object_put(dma);
	open_anonymous(2, 2);
	object_revoke_all(&o->kobject);
	CHECK_EQ(object_resize(o, 4), -E_STALE);
	close_anonymous();
}

/* ---- copies ---------------------------------------------------------------------- */

static int copy_all(struct object *to, struct object *from, unsigned *steps)
{
	uint64_t at = 0;
	int err;

	for (*steps = 1; (err = object_copy(to, from, &at)) == -E_STEP;
	     ++*steps)
		;
	return err;
}

TEST(a_copy_takes_what_is_there_in_steps)
{
	struct object *to = object_anonymous(3000);
	unsigned steps;

	open_anonymous(3000, 3000);
	for (uint64_t i = 0; i < 3000; i += 100)
		*word(i) = i + 1;
	CHECK_EQ(copy_all(to, o, &steps), 0);
	CHECK(steps >= 3);
	CHECK_EQ(to->resident, 30);
	for (uint64_t i = 0; i < 3000; i += 100) {
		struct frame *f;

		*word(i) = 0; /* it is its own */
		lock_take(&to->lock);
		f = object_frame_locked(to, i);
		CHECK_EQ(*(uint64_t *)frame_va(f), i + 1);
		lock_drop(&to->lock);
	}
	object_put(to);
	close_anonymous();
}

TEST(a_copy_of_a_pagers_object_waits_for_its_pages)
{
	struct object *to = object_anonymous(3);
	struct pager_request q;
	uint64_t at = 0;

	paging_open(3, 4, 0);
	for (uint64_t i = 0; i < 3; i++) {
		CHECK_EQ(object_copy(to, paging.object, &at), -E_WAIT);
		q = paging_next();
		CHECK_EQ(q.index, i);
		CHECK_EQ(object_copy(to, paging.object, &at), -E_WAIT);
		CHECK_EQ(to->resident, i);
		CHECK_EQ(paging_supply(&q, PROT_R), 0);
	}
	CHECK_EQ(object_copy(to, paging.object, &at), 0);
	CHECK_EQ(to->resident, 3);
	object_put(to);
	paging_close();
}

TEST(a_copy_without_memory_fails_and_loses_nothing)
{
	unsigned steps;

	open_anonymous(600, 600);
	for (uint64_t i = 0; i < 5; i++)
		*word(i) = i;
	for (long n = 0;; n++) {
		struct object *to = object_anonymous(600);
		int err;

		frame_fail_after(n);
		err = copy_all(to, o, &steps);
		frame_fail_after(-1);
		CHECK(!err || err == -E_NOMEM);
		CHECK_EQ(to->resident == 5, !err);
		object_put(to);
		if (!err)
			break;
	}
	close_anonymous();
}
