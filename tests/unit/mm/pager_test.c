/* SPDX-License-Identifier: BSD-2-Clause */
/* pager_test.c - slots and queue; a pager that lies; a pager's end. */
#include "mm/frame_boot.h"
#include "mm/grace.h"
#include "mm/mm.h"
#include "mm/pager.h"
#include "mm/slab.h"
#include "tests/unit/mm/paging.h"
#include "tests/unit/quiet.h"

static int sync_all(void)
{
	uint64_t at = 0;

	return paging_sync(paging.object->pages, &at);
}

/* ---- slots and the queue ------------------------------------------------ */

TEST(what_has_no_slot_waits_in_order_and_none_is_lost)
{
	paging_open(100, 3, 0);
	for (unsigned i = 0; i < 100; i++)
		CHECK_EQ(touch(0, 99 - i, PROT_R), -E_WAIT);
	quiet_check();
	for (unsigned i = 0; i < 100; i++) {
		struct pager_request q = paging_next();

		CHECK_EQ(q.index, 99 - i);
		CHECK(q.slot < 3);
		CHECK_EQ(paging_supply(&q, RW), 0);
	}
	CHECK(paging_idle());
	for (unsigned i = 0; i < 100; i++)
		CHECK_EQ(touch(0, i, PROT_W), 0);
	CHECK_EQ(sync_all(), -E_WAIT);
	quiet_check();
	for (unsigned i = 0; i < 100; i++) {
		struct pager_request q = paging_next();

		CHECK_EQ(q.kind, PAGER_WRITEBACK);
		CHECK_EQ(q.index, i);
		CHECK_EQ(paging_done(&q), 0);
	}
	CHECK_EQ(paging.object->dirty, 0);
	paging_close();
}

/* Two wants of one page and one of another, and no slot for either. */
TEST(a_page_can_queue_for_two_things)
{
	struct frame *f;
	struct pager_request in, q;

	paging_open(8, 2, PAGER_TELL_DIRTY);
	f = frame_alloc(0, FRAME_USED, 0); /* whose record was used before */
	f->next = f->prev = ~0u;
	frame_put(f);
	paging_bring(0, 'p');
	CHECK_EQ(touch(0, 1, PROT_R), -E_WAIT);
	CHECK_EQ(touch(0, 2, PROT_R), -E_WAIT);
	in = paging_next();
	paging_next();
	CHECK_EQ(touch(0, 0, PROT_W), 0);
	CHECK_EQ(touch(0, 3, PROT_R), -E_WAIT);
	CHECK_EQ(sync_all(), -E_WAIT);
	CHECK(paging_idle());
	quiet_check();
	CHECK_EQ(paging_supply(&in, RW), 0);
	q = paging_next();
	CHECK_EQ(q.kind, PAGER_WRITEBACK); /* before the notice */
	CHECK_EQ(q.index, 0);
	CHECK_EQ(paging_done(&q), 0);
	q = paging_next();
	CHECK_EQ(q.kind, PAGER_DIRTY);
	CHECK_EQ(q.access, 0);
	CHECK_EQ(paging_done(&q), 0);
	q = paging_next();
	CHECK_EQ(q.kind, PAGER_PAGEIN);
	CHECK_EQ(q.index, 3);
	CHECK_EQ(q.access, PROT_R);
	CHECK(paging_idle());
	paging_close();
}

TEST(slots_are_answered_in_any_order)
{
	struct pager_request q[4];

	paging_open(8, 4, 0);
	for (unsigned i = 0; i < 4; i++) {
		CHECK_EQ(touch(0, i, PROT_R), -E_WAIT);
		q[i] = paging_next();
		memset(paging_bytes(paging.home, q[i].address), 'a' + (int)i,
		       PAGE_SIZE);
	}
	for (unsigned i = 4; i-- > 0;)
		CHECK_EQ(paging_supply(&q[i], RW), 0);
	for (unsigned i = 0; i < 4; i++) {
		CHECK_EQ(touch(0, i, PROT_R), 0);
		CHECK_EQ(paging_bytes(paging.client[0], page_va(i))[0],
			 'a' + i);
	}
	paging_close();
}

TEST(who_asks_to_be_told_of_first_writes_is)
{
	struct pager_request q;

	paging_open(4, 2, PAGER_TELL_DIRTY);
	paging_bring(0, 'p');
	CHECK_EQ(touch(0, 0, PROT_W), 0); /* and does not wait */
	q = paging_next();
	CHECK_EQ(q.kind, PAGER_DIRTY);
	CHECK_EQ(q.index, 0);
	CHECK_EQ(q.address, 0);
	CHECK_EQ(touch(1, 0, PROT_W), 0);
	CHECK(paging_idle()); /* it was dirty */
	CHECK_EQ(paging_supply(&q, RW), -E_TYPE);
	CHECK_EQ(paging_done(&q), 0);
	CHECK_EQ(paging_done(&q), -E_NOENT);
	paging_close();
}

/* The notice is not answered; the page is written, revoked and dirtied. */
TEST(a_page_has_one_request_of_each_kind_at_a_time)
{
	struct pager_request dirty, back;

	paging_open(4, 1, PAGER_TELL_DIRTY); /* one slot: the rest queues */
	paging_bring(0, 'p');
	CHECK_EQ(touch(0, 0, PROT_W), 0);
	dirty = paging_next();
	CHECK_EQ(sync_all(), -E_WAIT);
	CHECK_EQ(touch(0, 0, PROT_W), 0);
	CHECK_EQ(paging_revoke(0, 1, PROT_NONE), 1);
	CHECK(paging_idle());
	quiet_check();
	CHECK_EQ(paging_done(&dirty), 0);
	back = paging_next();
	CHECK_EQ(back.kind, PAGER_WRITEBACK);
	CHECK_EQ(touch(0, 0, PROT_R), -E_WAIT);
	CHECK_EQ(paging_done(&back), 0);
	back = paging_next(); /* what was written meanwhile */
	CHECK_EQ(back.kind, PAGER_WRITEBACK);
	CHECK_EQ(paging.object->resident, 1);
	CHECK_EQ(paging_done(&back), 0);
	CHECK_EQ(paging.object->resident, 0);
	CHECK(paging_idle());
	paging_close();
}

/* ---- lies ------------------------------------------------------------------ */

TEST(wrong_answers_are_refused_and_change_nothing)
{
	struct pager_request in, back;
	uint64_t faults;

	paging_open(8, 4, 0);
	paging_bring(0, 'p');
	CHECK_EQ(touch(0, 0, PROT_W), 0);
	CHECK_EQ(sync_all(), -E_WAIT);
	back = paging_next();
	CHECK_EQ(touch(0, 1, PROT_R), -E_WAIT);
	in = paging_next();
	{
		const struct {
			struct pager_answer a;
			int err;
		} rows[] = {
			{{.kind = 0}, -E_INVAL},
			{{.kind = 5, .slot = in.slot}, -E_INVAL},
			{{.kind = 0xffff, .slot = in.slot}, -E_INVAL},
			{{.kind = PAGER_SUPPLY, .slot = 4, .prot = RW},
			 -E_NOENT},
			{{.kind = PAGER_SUPPLY, .slot = 0xffff, .prot = RW},
			 -E_NOENT},
			{{.kind = PAGER_DONE, .slot = 64}, -E_NOENT},
			{{.kind = PAGER_FAIL, .slot = 3, .error = E_IO},
			 -E_NOENT},
			{{.kind = PAGER_SUPPLY, .slot = in.slot, .prot = 0},
			 -E_INVAL},
			{{.kind = PAGER_SUPPLY, .slot = in.slot, .prot = 2},
			 -E_INVAL},
			{{.kind = PAGER_SUPPLY, .slot = in.slot, .prot = 7},
			 -E_INVAL},
			{{.kind = PAGER_DONE, .slot = in.slot}, -E_TYPE},
			{{.kind = PAGER_SUPPLY, .slot = back.slot, .prot = RW},
			 -E_TYPE},
		};

		for (unsigned i = 0; i < ARRAY_LEN(rows); i++) {
			CHECK_EQ(paging_answer(rows[i].a), rows[i].err);
			CHECK_EQ(paging.pager->ring.refused, i + 1);
			quiet_check();
		}
	}
	faults = paging.client[0]->counts.faults;
	CHECK_EQ(touch(0, 1, PROT_R), -E_WAIT);
	CHECK_EQ(paging_flags(0), PAGE_HERE | PAGE_WRITING);
	CHECK_EQ(paging_supply(&in, RW), 0);
	CHECK_EQ(touch(0, 1, PROT_R), 0);
	CHECK_EQ(paging.client[0]->counts.faults, faults + 2);
	CHECK_EQ(paging_done(&back), 0);
	CHECK(paging_idle());
	paging_close();
}

TEST(a_second_answer_finds_nothing)
{
	struct pager_request q;

	paging_open(4, 1, 0);
	CHECK_EQ(touch(0, 0, PROT_R), -E_WAIT);
	q = paging_next();
	CHECK_EQ(paging_supply(&q, RW), 0);
	CHECK_EQ(paging_supply(&q, RW), -E_NOENT);
	CHECK_EQ(paging_fail(&q, E_IO), -E_NOENT);
	CHECK_EQ(touch(0, 0, PROT_R), 0);
	CHECK_EQ(paging.pager->ring.refused, 2);
	paging_close();
}

/* A revocation in between is for who takes; what comes after it waits. */
TEST(answers_are_taken_in_order_and_no_more_than_wanted)
{
	static const unsigned kinds[] = {PAGER_SUPPLY, PAGER_REVOKE,
					 PAGER_SUPPLY, PAGER_SUPPLY};
	struct pager_taking t = {.left = 3};
	struct pager_ring *r;

	paging_open(4, 4, 0);
	r = pa_to_va(paging.pager->ring_memory->base);
	for (unsigned i = 0; i < 3; i++)
		CHECK_EQ(touch(0, i, PROT_R), -E_WAIT);
	for (unsigned i = 0; i < 4; i++)
		r->answer[i] = (struct pager_answer){
			.kind = (uint16_t)kinds[i],
			.slot = (uint16_t)(i - (i > 0)),
			.prot = RW,
			.result = 1,
		};
	r->answers_put = 4;
	CHECK_EQ(pager_take(paging.pager, &t), PAGER_REVOKE);
	CHECK_EQ(t.left, 1);
	CHECK_EQ(t.at, 1);
	CHECK_EQ(paging_flags(0), PAGE_HERE);
	CHECK_EQ(paging_flags(1), PAGE_COMING);
	pager_result(paging.pager, t.at, 7);
	CHECK_EQ(pager_take(paging.pager, &t), 0);
	CHECK_EQ(t.left, 0);
	CHECK_EQ(paging_flags(1), PAGE_HERE);
	CHECK_EQ(paging_flags(2), PAGE_COMING);
	CHECK_EQ(r->answers_taken, 3);
	CHECK_EQ(pager_take(paging.pager, &t), 0);
	CHECK_EQ(paging_flags(2), PAGE_COMING);
	t.left = 1;
	CHECK_EQ(pager_take(paging.pager, &t), 0);
	CHECK_EQ(paging_flags(2), PAGE_HERE);
	CHECK_EQ(r->answer[0].result, 0);
	CHECK_EQ(r->answer[1].result, 7);
	CHECK_EQ(r->answer[3].result, 0);
	paging_close();
}

TEST(the_objects_of_another_pager_are_out_of_reach)
{
	struct pager_config c = {.space = space_create(), .slots = 1};
	struct pager *other;
	struct object *o;

	paging_open(4, 1, 0);
	paging_bring(0, 'p');
	other = pager_create(&c);
	CHECK(other != NULL);
	CHECK_EQ(object_revoke(paging.object, other, 0, 1, PROT_NONE), -E_PERM);
	o = object_anonymous(1);
	CHECK_EQ(object_revoke(o, other, 0, 1, PROT_NONE), -E_PERM);
	object_put(o);
	CHECK_EQ(touch(0, 0, PROT_R), 0);
	CHECK_EQ(paging_flags(0), PAGE_HERE);
	kobject_put(&other->kobject);
	/* Nor is an object's whose pager has ended anybody's. */
	pager_die(paging.pager);
	CHECK_EQ(paging_revoke(0, 1, PROT_NONE), -E_PERM);
	paging_close();
}

/* Else nearly all answers are refused at once. */
static void tame(struct pager_ring *r)
{
	for (unsigned i = 0; i < PAGER_RING; i++) {
		struct pager_answer *a = &r->answer[i];

		a->kind &= 3;
		a->slot &= 7;
		a->prot = a->prot & 1 ? RW : PROT_R;
	}
}

/* Random bytes all over the ring, between requests. */
TEST(a_ring_full_of_rubbish_hurts_only_the_pagers_clients)
{
	struct pager_taking t;
	uint64_t seed = 7;

	paging_open(64, 4, 0);
	for (unsigned round = 0; round < 2000; round++) {
		struct pager_ring *r =
			pa_to_va(paging.pager->ring_memory->base);
		uint8_t *p = (uint8_t *)r;

		for (unsigned i = 0; i < 16; i++) {
			seed = seed * 6364136223846793005ul + 1;
			p[(seed >> 33) % sizeof(*r)] = (uint8_t)(seed >> 20);
		}
		r->answers_put = paging.pager->ring.taken +
				 (uint32_t)(seed >> 40) % (PAGER_RING + 2);
		touch(round & 1, (seed >> 50) & 63,
		      seed >> 60 & 1 ? PROT_R : PROT_W);
		tame(r);
		t.left = PAGER_RING;
		pager_take(paging.pager, &t);
		if (round % 50 == 0)
			quiet_check();
	}
	paging_close();
}

/* ---- the end ---------------------------------------------------------------- */

TEST(a_pagers_end_fails_what_is_asked_and_leaves_what_is_there)
{
	paging_open(8, 2, 0);
	paging_bring(0, 'p');
	paging_bring(1, 'q');
	CHECK_EQ(touch(0, 1, PROT_W), 0);
	for (unsigned i = 2; i < 6; i++) /* two in slots, two queued */
		CHECK_EQ(touch(0, i, PROT_R), -E_WAIT);
	pager_die(paging.pager);
	quiet_check();
	CHECK_EQ(paging.object->resident, 2);
	CHECK(paging.object->pager == NULL);
	CHECK_EQ(pager_timeout(paging.object), 0);
	for (unsigned i = 2; i < 8; i++)
		CHECK_EQ(touch(0, i, PROT_R), -E_IO);
	CHECK_EQ(touch(1, 0, PROT_R), 0);
	CHECK_EQ(touch(1, 0, PROT_W), 0);
	CHECK_EQ(paging_bytes(paging.client[1], page_va(0))[0], 'p');
	CHECK_EQ(sync_all(), -E_IO);
	CHECK_EQ(sync_all(), -E_IO);
	CHECK_EQ(paging.object->dirty, 2);
	paging_close();
}

TEST(a_pagers_end_with_a_writeback_out_leaves_the_page_dirty)
{
	paging_open(8, 2, 0);
	paging_bring(0, 'p');
	CHECK_EQ(touch(0, 0, PROT_W), 0);
	CHECK_EQ(sync_all(), -E_WAIT);
	kobject_put(&paging.pager->kobject); /* the last handle goes */
	paging.pager = NULL;
	CHECK_EQ(paging_flags(0), PAGE_HERE | PAGE_DIRTY | PAGE_FAILED);
	CHECK_EQ(touch(0, 0, PROT_W), 0);
	CHECK_EQ(sync_all(), -E_IO);
	paging_close();
}

TEST(a_page_to_read_only_cannot_be_written_when_its_pager_is_gone)
{
	struct pager_request q;

	paging_open(8, 2, 0);
	CHECK_EQ(touch(0, 0, PROT_R), -E_WAIT);
	q = paging_next();
	CHECK_EQ(paging_supply(&q, PROT_R), 0);
	pager_die(paging.pager);
	CHECK_EQ(touch(0, 0, PROT_R), 0);
	CHECK_EQ(touch(0, 0, PROT_W), -E_IO);
	paging_close();
}

TEST(a_dead_pager_answers_nothing_and_gets_no_object)
{
	struct pager_request q;
	int err;

	paging_open(8, 2, 0);
	CHECK_EQ(touch(0, 0, PROT_R), -E_WAIT);
	q = paging_next();
	pager_die(paging.pager);
	CHECK_EQ(paging_leaf(paging.home, q.address), 0);
	CHECK_EQ(paging_supply(&q, RW), -E_NOENT);
	CHECK(object_paged(paging.pager, 1, 1, &err) == NULL);
	CHECK_EQ(err, -E_STALE);
	CHECK_EQ(fault_resolve(paging.home, q.address, PROT_R), -E_FAULT);
	pager_die(paging.pager); /* twice is once */
	paging_close();
}

TEST(a_window_outlives_its_pager_and_shows_nothing)
{
	struct space *home;
	va_t window;

	paging_open(8, 2, 0);
	home = paging.home;
	window = paging.pager->window_va;
	kobject_get(&home->object);
	kobject_put(&paging.pager->kobject);
	paging.pager = NULL;
	grace_flush(); /* its memory is another's now */
	CHECK_EQ(fault_resolve(home, window, PROT_R), -E_FAULT);
	quiet_check();
	space_put(home);
	paging_close();
}

/* Nobody names the object any more but the request. */
TEST(an_object_lives_as_long_as_its_pager_owes_an_answer)
{
	struct pager_request q, queued;

	paging_open(8, 1, 0);
	CHECK_EQ(touch(0, 0, PROT_R), -E_WAIT);
	CHECK_EQ(touch(0, 1, PROT_R), -E_WAIT);
	q = paging_next();
	CHECK_EQ(space_unmap(paging.client[0], VA, 8 * PAGE_SIZE), 0);
	CHECK_EQ(space_unmap(paging.client[1], VA, 8 * PAGE_SIZE), 0);
	object_put(paging.object);
	quiet_check();
	CHECK_EQ(paging_supply(&q, RW), 0);
	queued = paging_next();
	CHECK_EQ(queued.key, KEY);
	CHECK_EQ(paging_supply(&queued, RW), 0);
	CHECK(list_empty(&paging.pager->objects));
	paging.object = NULL;
	paging_close();
}

TEST(time_outs_are_counted_and_a_late_answer_is_welcome)
{
	struct pager_request q;

	paging_open(8, 1, 0);
	paging.pager->timeout = 1000;
	CHECK_EQ(pager_timeout(paging.object), 1000);
	CHECK_EQ(touch(0, 0, PROT_R), -E_WAIT);
	q = paging_next();
	object_wait_timed_out(paging.object, 0);
	CHECK_EQ(paging.pager->timeouts, 1);
	CHECK_EQ(paging_supply(&q, RW), 0);
	CHECK_EQ(touch(0, 0, PROT_R), 0);
	paging_close();
}

/* A space without room, but for the ring. */
TEST(a_pager_without_room_leaves_nothing_mapped)
{
	struct pager_config c = {.space = space_create(), .slots = 64};
	struct region_info list[4];
	va_t va = SPACE_LOW;

	CHECK_EQ(space_map(c.space, &va, SPACE_HIGH - SPACE_LOW, RW, MAP_FIXED,
			   NULL, 0),
		 0);
	CHECK(pager_create(&c) == NULL);
	CHECK_EQ(space_unmap(c.space, VA, 4 * PAGE_SIZE), 0);
	CHECK(pager_create(&c) == NULL);
	CHECK_EQ(space_list(c.space, 0, list, 4), 2);
	quiet_check();
	space_put(c.space);
}
