/* SPDX-License-Identifier: BSD-2-Clause */
/* ops_touch.c - programs read, write and execute. */
#include "abi/error.h"
#include "mm/ending.h"
#include "mm/paged.h"
#include "mm/pin.h"
#include "mm/private.h"
#include "mm/reclaim.h"
#include "tests/host/mm/ops.h"
#include "tests/host/mm/swap.h"
#include "tests/host/mm/thread.h"

/* The page is the object's, and the real object has it. */
static bool is_here(const struct m_page *p)
{
	const struct frame *f = object_frame_locked(p->object->real, p->index);

	return f && (f->flags & PAGE_HERE);
}

/* Of a page that a pager brings. */
static bool may_say_paged(const struct m_page *p, unsigned access, int said)
{
	const struct m_object *o = p->object;

	if (said == -E_WAIT)
		return o->pager || ending_anywhere();
	if (said != -E_IO || o->pager)
		return false;
	return ending_anywhere() || access == PROT_W || !is_here(p);
}

static pte_t entry_of(const struct m_space *s, unsigned i)
{
	pte_t *slot = mmu_leaf_slot_any(&s->real->mmu, page_va(i));

	return slot ? pte_load(slot) : 0;
}

/* It may have been copied for a write that then was not made. */
static void settle_failed(struct m_space *s, unsigned i)
{
	struct m_page *p = &s->page[i];
	pte_t e = entry_of(s, i);
	bool own = pte_has_frame(e) ? private_frame(e) != NULL : e != 0;

	if (!p->mapped || p->shared || !own)
		return;
	model_own(p);
	p->written = MAY_BE_WRITTEN;
}

/* Memory is short, and something is being written. */
static bool may_wait_for_room(int said)
{
	return said == -E_WAIT && machine_may_fail() &&
	       paged_is_awaited_locked(&reclaim_room, 0);
}

/* `told`: why the thread has waited in vain. */
bool touch_may_say(const struct m_space *s, unsigned i, unsigned access,
		   int told, int said)
{
	const struct m_page *p = &s->page[i];
	const struct m_object *o = p->object;
	pte_t e = entry_of(s, i);

	if ((said == -E_NOMEM && machine_may_fail()) || may_wait_for_room(said))
		return true;
	if (!p->mapped || !(p->prot & access) || !said)
		return false;
	if (entry_is_swapped(e))
		return (told && said == told) ||
		       swap_may_say(pte_soft_word(e), said);
	if (p->own && !p->lazy)
		return false;
	if (!o)
		return false;
	if (said == -E_FAULT && (o->revoked || p->index >= o->pages))
		return true; /* a lazy one has gone */
	if (o->type != OBJECT_PAGED)
		return false;
	return (told && said == told) || may_say_paged(p, access, said);
}

/* The access was made: what is there? */
static void look_at(struct m_page *p, unsigned w, unsigned access,
		    uint64_t *word)
{
	uint8_t *page = (uint8_t *)((uintptr_t)word & ~(uintptr_t)PAGE_MASK);
	struct words seen;

	for (unsigned i = 0; i < 2; i++)
		memcpy(&seen.word[i], page + WORD_OFFSET(i), 8);
	if (p->lazy)
		model_is_seen(p, &seen);
	CHECK(page_words(p));
	CHECK_EQ(*word, page_words(p)->word[w]);
	if (access != PROT_W)
		return;
	*word = model_fresh();
	model_write(p, w, *word);
}

/* It was cut off its object, but not yet there. */
static bool is_still_shown(struct m_page *p, int said)
{
	return !said && p->mapped && page_words(p);
}

static void go(struct m_thread *t)
{
	struct m_page *p = &t->space->page[t->page];
	unsigned w = choose(2), access = t->access;
	int told = t->err, expected, err;
	uint64_t *word;

	machine_run(t->space->real);
	model_at(t->space, t->page);
	expected = model_fault(t->space, t->page, access);
	thread_current(t);
	err = machine_access(page_va(t->page) + WORD_OFFSET(w), access, &word);
	thread_current(NULL);
	if (err != expected && !is_still_shown(p, err) &&
	    !touch_may_say(t->space, t->page, access, told, err))
		CHECK_EQ(err, expected);
	if (!err)
		look_at(p, w, access, word);
	else if (access == PROT_W)
		settle_failed(t->space, t->page);
	if (err != -E_WAIT)
		*t = (struct m_thread){0};
}

static unsigned any_access(void)
{
	if (chance(ops_writes))
		return PROT_W;
	return chance(80) ? PROT_R : PROT_X;
}

/* Mostly where it may be. */
static unsigned any_page(const struct m_space *s, unsigned access)
{
	unsigned i = any_place();

	if (chance(15))
		return i;
	for (unsigned n = 0; n < PAGES; n++)
		if (s->page[(i + n) % PAGES].prot & access)
			return (i + n) % PAGES;
	return i;
}

void touch_page(struct m_space *s, unsigned page, unsigned access)
{
	struct m_thread *t = thread_new();

	if (!t)
		return;
	*t = (struct m_thread){.space = s, .page = page, .access = access};
	go(t);
}

/* Most go on in the space that the hart is in. */
static void touch(void)
{
	struct m_space *s = space_of_real(machine_space(machine_hart()));
	unsigned access = any_access();

	if (!s || chance(30))
		s = any_space();
	if (s)
		touch_page(s, any_page(s, access), access);
}

/* Neighbours, one after the other. */
static void touch_some(void)
{
	struct m_space *s = any_space();
	struct range r = any_range_near();
	unsigned access = any_access();

	for (unsigned i = r.from; s && i < r.to; i++)
		touch_page(s, i, access);
}

static void go_on(void)
{
	struct m_thread *t = thread_ready();

	if (t)
		go(t);
}

static void time_out(void)
{
	thread_time_out();
}

/* The kernel takes a page to copy from or to, for a call. */
static void pin_page(void)
{
	struct m_space *s = any_space();
	unsigned i, w = choose(2), access = chance(50) ? PROT_R : PROT_W;
	struct m_page *p;
	struct pin held;
	int err, expected;

	if (!s)
		return;
	i = any_page(s, access);
	p = &s->page[i];
	model_at(s, i);
	expected = model_fault(s, i, access);
	err = pin(s->real, page_va(i), access, &held);
	if (!err && p->mapped && !p->own && p->object->type == OBJECT_DEVICE)
		CHECK(false); /* the kernel does not reach registers */
	if (p->mapped && !p->own && p->object->type == OBJECT_DEVICE)
		return;
	if (err != expected && !is_still_shown(p, err) &&
	    !touch_may_say(s, i, access, 0, err))
		CHECK_EQ(err, expected);
	if (err && access == PROT_W)
		settle_failed(s, i);
	if (err)
		return;
	if (chance(40)) /* what is held stays */
		machine_reclaim(1 + choose(4));
	look_at(p, w, access,
		(uint64_t *)((uint8_t *)held.page + WORD_OFFSET(w)));
	unpin(&held);
}

const struct op touch_ops[] = {
	{"touch", 400, touch},		 {"touch neighbours", 40, touch_some},
	{"a thread goes on", 60, go_on}, {"a wait takes too long", 5, time_out},
	{"pin", 20, pin_page},		 {0},
};
