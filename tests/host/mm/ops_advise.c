/* SPDX-License-Identifier: BSD-2-Clause */
/* ops_advise.c - what programs say of their pages, and ask about them. */
#include "abi/error.h"
#include "mm/advise.h"
#include "mm/page_state.h"
#include "mm/private.h"
#include "tests/host/mm/ops.h"
#include "tests/host/mm/pager.h"
#include "tests/host/mm/swap.h"
#include "tests/host/mm/thread.h"

/* ---- what it means ----------------------------------------------------------- */

/* abi/space.h, once more. */
static const struct {
	uint32_t off, on;
} flags_of[ADVISE_END] = {
	[ADVISE_NORMAL] = {MAP_SEQUENTIAL | MAP_RANDOM, 0},
	[ADVISE_SEQUENTIAL] = {MAP_RANDOM, MAP_SEQUENTIAL},
	[ADVISE_RANDOM] = {MAP_SEQUENTIAL, MAP_RANDOM},
	[ADVISE_NO_FORK] = {0, MAP_NO_FORK},
	[ADVISE_FORK] = {MAP_NO_FORK, 0},
	[ADVISE_WIPE_ON_FORK] = {0, MAP_WIPE_ON_FORK},
	[ADVISE_KEEP_ON_FORK] = {MAP_WIPE_ON_FORK, 0},
	[ADVISE_HUGE] = {MAP_NO_HUGE, MAP_HUGE},
	[ADVISE_NO_HUGE] = {MAP_HUGE, MAP_NO_HUGE},
	[ADVISE_UNPIN] = {MAP_PINNED, 0},
	[ADVISE_PIN] = {0, MAP_PINNED},
};

static bool brings(unsigned advice)
{
	return advice == ADVISE_PIN || advice == ADVISE_WILL_NEED ||
	       advice == ADVISE_POPULATE;
}

static bool is_refused(const struct m_page *p, unsigned advice)
{
	if (advice == ADVISE_WIPE_ON_FORK)
		return p->shared;
	return (advice == ADVISE_DONT_NEED || advice == ADVISE_FREE) &&
	       (p->flags & MAP_PINNED);
}

static unsigned pinned_pages(const struct m_space *s)
{
	unsigned n = 0;

	for (unsigned i = 0; i < PAGES; i++)
		n += s->page[i].mapped && (s->page[i].flags & MAP_PINNED);
	return n;
}

/* `besides` are as if they were pinned, too. */
static int may_advise(const struct m_space *s, va_t start, va_t end,
		      unsigned advice, unsigned besides)
{
	uint64_t pins = pinned_pages(s) + besides;

	for (va_t va = start; va < end; va += PAGE_SIZE) {
		unsigned i = page_at(va);

		if (i == PAGES || !s->page[i].mapped)
			return -E_NOMEM;
		if (is_refused(&s->page[i], advice))
			return -E_INVAL;
		pins += !(s->page[i].flags & MAP_PINNED);
	}
	return advice == ADVISE_PIN && pins > space_pinned_max() ? -E_NOMEM : 0;
}

/* It may hold nothing any more, until it is written. */
static void may_go(struct m_page *p)
{
	if (!p->own)
		return;
	p->lazy = true;
	if (p->written)
		p->written = MAY_BE_WRITTEN;
}

/* What was brought is there. */
static void check_there(struct m_space *s, unsigned i, unsigned advice)
{
	pte_t *slot = mmu_leaf_slot_any(&s->real->mmu, page_va(i));
	pte_t p = slot ? pte_load(slot) : 0;

	model_at(s, i);
	if (!(s->page[i].prot & (PROT_R | PROT_X)))
		return;
	if (advice != ADVISE_WILL_NEED || s->page[i].object)
		CHECK(pte_is_leaf(p));
	CHECK(!entry_is_swapped(p));
}

/* It was brought: as by a write, if its first would make it the space's own. */
static void brought(struct m_page *p, unsigned advice)
{
	if (advice == ADVISE_WILL_NEED || p->shared || !(p->prot & PROT_W))
		return;
	if (!p->own)
		model_own(p);
	else if (!p->written)
		p->written = MAY_BE_WRITTEN;
}

static void give_flags(struct m_page *p, unsigned advice)
{
	p->flags = (p->flags & ~flags_of[advice].off) | flags_of[advice].on;
}

static void take_effect(struct m_page *p, unsigned advice)
{
	give_flags(p, advice);
	if (advice == ADVISE_DONT_NEED)
		model_forget(p);
	else if (advice == ADVISE_FREE)
		may_go(p);
	else if (brings(advice))
		brought(p, advice);
}

/* ---- a call ------------------------------------------------------------------ */

struct call {
	struct m_space *s;
	va_t at, end;
	unsigned advice, besides;
};

/* The regions have it as far as a step reaches, though less may have been brought. */
static void settle_pins(struct call *c)
{
	for (va_t va = c->at; va < c->end; va += PAGE_SIZE) {
		struct region *r = region_find(&c->s->real->regions, va);

		if (!r || !(r->flags & MAP_PINNED) || page_at(va) == PAGES)
			return;
		give_flags(&c->s->page[page_at(va)], ADVISE_PIN);
	}
}

/* The page at c->at could not be brought. It may have been copied all the same. */
static void check_not_brought(struct call *c, int err, int told)
{
	unsigned i = page_at(c->at);
	struct m_page *p = &c->s->page[i];
	unsigned access = p->prot & PROT_R ? PROT_R : p->prot & PROT_X;

	CHECK(i < PAGES);
	model_at(c->s, i);
	if (c->advice != ADVISE_WILL_NEED && (p->prot & PROT_W) && !p->shared)
		access = PROT_W;
	if (!touch_may_say(c->s, i, access, told, err))
		CHECK_EQ(err, model_fault(c->s, i, access));
}

/* A step, with as many pages pinned somewhere else; gives what it said. */
static int advise_step(struct call *c)
{
	uint64_t *pinned = &c->s->real->regions.pinned;
	uint64_t len = c->end - c->at, before = c->at;
	int err, told = thread_told();
	int expected = may_advise(c->s, c->at, c->end, c->advice, c->besides);

	*pinned += c->besides;
	err = space_advise_step(c->s->real, &c->at, &len, c->advice);
	*pinned -= c->besides;
	CHECK_EQ(c->at + len, c->end);
	if (told && thread_heard())
		CHECK_EQ(err, told);
	if (before < c->at)
		CHECK_EQ(may_advise(c->s, before, c->at, c->advice, c->besides),
			 0);
	for (va_t va = before; va < c->at; va += PAGE_SIZE) {
		take_effect(&c->s->page[page_at(va)], c->advice);
		if (brings(c->advice))
			check_there(c->s, page_at(va), c->advice);
	}
	if (c->advice == ADVISE_PIN)
		settle_pins(c);
	if (err && brings(c->advice) && page_at(c->at) < PAGES &&
	    c->s->page[page_at(c->at)].mapped && err != expected)
		check_not_brought(c, err, told);
	else if (err)
		agree(err, expected);
	return err;
}

static void serve_any(void)
{
	struct m_pager *p = any_asked();

	if (p)
		pager_serve(p, choose(p->asked), chance(8));
}

/* A few more may be pinned. */
static unsigned nearly_too_many(const struct m_space *s)
{
	return (unsigned)space_pinned_max() - pinned_pages(s) - choose(12);
}

static void advise_range(struct m_space *s, struct range r, unsigned advice)
{
	struct call c = {.s = s, .at = r.start, .end = r.end, .advice = advice};
	unsigned waits = 0;

	if (advice == ADVISE_PIN && chance(60))
		c.besides = nearly_too_many(s);
	thread_call();
	while (c.at < c.end) {
		int err = advise_step(&c);

		if (err == -E_WAIT && waits++ < 8)
			serve_any();
		else if (err)
			break;
		if (chance(5))
			break;
	}
	thread_call_over();
}

static void advise_with(const uint8_t *advices, unsigned n)
{
	struct m_space *s = any_space();
	struct range r = chance(80) ? any_range_near() : any_range();
	unsigned advice = advices[choose(n)];

	if (!s)
		return;
	model_at(s, r.from);
	advise_range(s, r, advice);
}

static void advise_flags(void)
{
	static const uint8_t advices[] = {
		ADVISE_NORMAL,	     ADVISE_SEQUENTIAL,	  ADVISE_RANDOM,
		ADVISE_NO_FORK,	     ADVISE_FORK,	  ADVISE_FORK,
		ADVISE_WIPE_ON_FORK, ADVISE_KEEP_ON_FORK, ADVISE_KEEP_ON_FORK,
		ADVISE_HUGE,	     ADVISE_NO_HUGE};

	advise_with(advices, sizeof(advices));
}

static void advise_pins(void)
{
	static const uint8_t advices[] = {ADVISE_UNPIN, ADVISE_UNPIN,
					  ADVISE_PIN};

	advise_with(advices, sizeof(advices));
}

static void advise_bring(void)
{
	static const uint8_t advices[] = {ADVISE_WILL_NEED, ADVISE_POPULATE};

	advise_with(advices, sizeof(advices));
}

static void advise_forget(void)
{
	static const uint8_t advices[] = {ADVISE_DONT_NEED, ADVISE_FREE,
					  ADVISE_FREE};

	advise_with(advices, sizeof(advices));
}

static void serve_all(void)
{
	for (unsigned i = 0; i < PAGERS; i++)
		if (pagers[i].alive)
			pager_serve_all(&pagers[i]);
}

/* What can be swapped is, and some of it is brought back to be read. */
static void go_and_come_back(struct m_space *s, struct range r)
{
	machine_reclaim(6);
	serve_all();
	for (unsigned i = r.from; i < r.to; i++)
		touch_page(s, i, PROT_R);
	serve_all();
}

/* What is here, clean or not, is worth nothing, and memory is short. */
static void free_and_reclaim(void)
{
	struct m_space *s = any_space();
	struct range r = any_range_near();

	if (!s)
		return;
	if (chance(50))
		go_and_come_back(s, r);
	for (unsigned i = r.from; i < r.to; i++)
		touch_page(s, i, chance(20) ? PROT_W : PROT_R);
	model_at(s, r.from);
	advise_range(s, r, ADVISE_FREE);
	machine_reclaim(6);
}

static void ask_in(struct m_space *s, struct range r, bool cleans);

/* A clone says that it needs nothing of what both have, and ends. */
static void free_in_clone(void)
{
	struct m_space *s = any_space(), *clone;
	struct range r = any_range_near();

	if (!s || !free_space())
		return;
	ask_in(s, r, true);
	clone = space_cloned(s);
	if (!clone)
		return;
	for (unsigned i = r.from; i < r.to; i++)
		touch_page(clone, i, PROT_R);
	model_at(clone, r.from);
	advise_range(clone, r, ADVISE_FREE);
	machine_reclaim(choose(3));
	space_ended(clone);
	machine_end_all();
	machine_reclaim(6);
}

/* ---- space_pages -------------------------------------------------------------- */

static void check_word(struct m_space *s, unsigned i, uint64_t word)
{
	struct m_page *p = &s->page[i];
	bool is_own = word & (PAGE_IS_PRIVATE | PAGE_IS_SWAPPED);

	model_at(s, i);
	CHECK_EQ(word & PAGE_IS_MAPPED, p->mapped ? PAGE_IS_MAPPED : 0);
	if (!p->mapped) {
		CHECK_EQ(word, 0);
		return;
	}
	CHECK_EQ(!(word & PAGE_IS_PINNED), !(p->flags & MAP_PINNED));
	CHECK(!is_own || p->own);
	CHECK(!(word & PAGE_IS_OBJECT) || !p->own || p->lazy);
	CHECK(!(word & PAGE_IS_WRITABLE) || (p->prot & PROT_W));
	CHECK(!(word & PAGE_IS_FREE) || p->lazy);
	CHECK(!(word & PAGE_IS_PRESENT) || !(word & PAGE_IS_SWAPPED));
	if (!p->own || p->lazy || p->written == MAY_BE_WRITTEN)
		return;
	CHECK_EQ(!(word & PAGE_IS_DIRTY), p->written == NOT_WRITTEN);
}

/* A page is written between the look and the end of the call, if it likes. */
static void clean(struct m_space *s, struct range r, const uint64_t *words,
		  unsigned n)
{
	if (chance(20))
		touch_page(s, r.from + choose(n), PROT_W);
	if (chance(20))
		machine_reclaim(2);
	page_state_clean(s->real, r.start, words, n);
	for (unsigned i = 0; i < n; i++)
		if (words[i] & PAGE_IS_DIRTY)
			s->page[r.from + i].written = NOT_WRITTEN;
}

static void ask_in(struct m_space *s, struct range r, bool cleans)
{
	uint64_t words[PAGES];
	int n;

	model_at(s, r.from);
	do
		n = page_state_read(s->real, r.start, words, r.to - r.from,
				    cleans);
	while (n == -E_STEP);
	if (n < 0 && !agree(n, 0))
		return;
	for (int i = 0; i < n; i++)
		check_word(s, r.from + (unsigned)i, words[i]);
	if (cleans)
		clean(s, r, words, (unsigned)n);
}

static void ask(void)
{
	struct m_space *s = any_space();
	struct range r = any_range_near();

	if (s)
		ask_in(s, r, chance(60));
}

const struct op advise_ops[] = {
	{"pages are told", 25, ask},
	{"advice: how to be used", 12, advise_flags},
	{"advice: forget", 12, advise_forget},
	{"advice: forget, and it is", 6, free_and_reclaim},
	{"advice: forget, in a clone", 4, free_in_clone},
	{"advice: bring", 8, advise_bring},
	{"advice: pin", 5, advise_pins},
	{0},
};
