/* SPDX-License-Identifier: BSD-2-Clause */
/* pager.c - pagers that answer, fail, and answer twice: see pager.h. */
#include "tests/host/mm/pager.h"
#include "mm/paged.h"
#include "tests/host/mm/choice.h"
#include "tests/host/mm/machine.h"
#include "tests/host/mm/swap.h"
#include "tests/test.h"

struct m_pager pagers[PAGERS];

void pagers_begin(void)
{
	memset(pagers, 0, sizeof(pagers));
}

/* ---- life ------------------------------------------------------------------- */

bool pager_make(unsigned slots, unsigned flags, bool physical)
{
	struct pager_config c = {
		.slots = slots, .flags = flags, .physical = physical};
	struct m_pager *p = pagers;

	while (p < pagers + PAGERS && p->real)
		p++;
	if (p == pagers + PAGERS || !(c.space = space_create()))
		return false;
	*p = (struct m_pager){.space = c.space, .real = pager_create(&c)};
	if (!p->real) {
		space_put(c.space);
		p->space = NULL;
		return false;
	}
	kobject_get(&p->space->object);
	p->alive = true;
	return true;
}

void pager_ends(struct m_pager *p, bool revoke)
{
	struct space *space = p->space;
	struct pager *real = p->real;

	for (unsigned i = 0; i < OBJECTS; i++)
		if (objects[i].pager == p) {
			objects[i].pager = NULL;
			if (objects[i].is_area)
				swap_lost(&objects[i]);
		}
	machine_leave(space);
	*p = (struct m_pager){0};
	if (revoke)
		pager_die(real);
	kobject_put(&real->kobject);
	space_put(space);
}

bool pager_has(const struct m_pager *p, const struct object *o)
{
	uint32_t n = p ? p->real->head : 0;

	for (unsigned i = 0; p && i < p->real->slots; i++) {
		const struct frame *f = p->real->slot[i].frame;

		if (f && f->owner == (uint64_t)o)
			return true;
	}
	for (; n; n = frame_records[n - 1].next)
		if (frame_records[n - 1].owner == (uint64_t)o)
			return true;
	return false;
}

/* ---- the ring ---------------------------------------------------------------- */

static struct pager_ring *ring_of(const struct m_pager *p)
{
	return pa_to_va(p->real->ring_memory->base);
}

bool pager_looks(struct m_pager *p)
{
	const struct pager_ring *r = ring_of(p);

	for (; p->seen != r->requests_put; p->seen++) {
		CHECK(p->asked < p->real->slots);
		p->request[p->asked++] = r->request[p->seen % PAGER_RING];
	}
	return p->asked;
}

int pager_answer(struct m_pager *p, struct pager_answer a,
		 struct m_object *revoked)
{
	struct pager_ring *r = ring_of(p);
	struct pager_answer *place = &r->answer[r->answers_put % PAGER_RING];
	struct pager_taking t = {.left = PAGER_RING};
	int n;

	*place = a;
	r->answers_put++;
	n = pager_take(p->real, &t);
	CHECK_EQ(n, a.kind == PAGER_REVOKE ? PAGER_REVOKE : 0);
	if (n == PAGER_REVOKE)
		pager_result(p->real, t.at,
			     object_revoke(revoked->real, p->real, a.index,
					   a.count, a.prot));
	return place->result;
}

struct m_pager *any_pager(void)
{
	unsigned n = choose(PAGERS);

	for (unsigned i = 0; i < PAGERS; i++)
		if (pagers[(n + i) % PAGERS].alive)
			return &pagers[(n + i) % PAGERS];
	return NULL;
}

struct m_pager *any_asked(void)
{
	unsigned n = choose(PAGERS);

	for (unsigned i = 0; i < PAGERS; i++) {
		struct m_pager *p = &pagers[(n + i) % PAGERS];

		if (p->alive && pager_looks(p))
			return p;
	}
	return NULL;
}

/* ---- serving ------------------------------------------------------------------ */

static struct m_object *object_by_key(uint64_t key)
{
	for (unsigned i = 0; i < OBJECTS; i++)
		if (objects[i].real && objects[i].type == OBJECT_PAGED &&
		    objects[i].key == key)
			return &objects[i];
	return NULL;
}

/* The word of a request's page as the pager reaches it. */
static uint64_t *word_of(const struct m_pager *p, const struct pager_request *r,
			 unsigned w, unsigned access)
{
	uint64_t *word = NULL;

	if (!p->real->window)
		return pa_to_va(r->address + WORD_OFFSET(w));
	machine_run(p->space);
	CHECK_EQ(machine_access(r->address + WORD_OFFSET(w), access, &word), 0);
	return word;
}

/* It brings what it has; of a page that is there already it changes nothing. */
static void bring(struct m_pager *p, const struct pager_request *r,
		  struct m_object *o)
{
	const struct frame *f = p->real->slot[r->slot].frame;
	bool fresh = !(f->flags & (PAGE_HERE | PAGE_DIRTY | PAGE_WRITING));
	const struct words *have = &o->stored[r->index];

	model_at_object(o, (unsigned)r->index);
	for (unsigned w = 0; fresh && !o->is_area && w < 2; w++)
		CHECK_EQ(have->word[w], o->page[r->index].word[w]);
	if (!p->real->window && fresh)
		memset(pa_to_va(r->address), 0, PAGE_SIZE);
	for (unsigned w = 0; w < 2; w++) {
		uint64_t *word = word_of(p, r, w, PROT_W);

		if (!fresh && !o->is_area && !(f->flags & PAGE_CUT))
			CHECK_EQ(*word, o->page[r->index].word[w]);
		else if (*word && fresh)
			CHECK_EQ(*word, have->word[w]);
		if (fresh)
			*word = have->word[w];
	}
}

/* Of a page of swap compare.c knows what it should be; of one cut off nobody does. */
static void store(struct m_pager *p, const struct pager_request *r,
		  struct m_object *o)
{
	bool cut = p->real->slot[r->slot].frame->flags & PAGE_CUT;
	uint64_t *word;

	model_at_object(o, (unsigned)r->index);
	for (unsigned w = 0; w < 2; w++) {
		word = word_of(p, r, w, PROT_R);
		if (cut)
			o->page[r->index].word[w] = *word;
		if (!o->is_area)
			CHECK_EQ(*word, o->page[r->index].word[w]);
		o->stored[r->index].word[w] = *word;
	}
	if (p->real->window && chance(10))
		CHECK_EQ(machine_access(r->address, PROT_W, &word), -E_ACCES);
}

/* What a program that does as it should answers. */
static struct pager_answer serve(struct m_pager *p,
				 const struct pager_request *r)
{
	struct pager_answer a = {.kind = PAGER_DONE, .slot = r->slot};
	struct m_object *o = object_by_key(r->key);

	if (!o) { /* has ended, but for what goes back */
		CHECK(r->kind != PAGER_PAGEIN);
		return a;
	}
	if (r->kind == PAGER_PAGEIN) {
		bring(p, r, o);
		a.kind = PAGER_SUPPLY;
		a.prot = chance(30) ? PROT_R : PROT_R | PROT_W;
	} else if (r->kind == PAGER_WRITEBACK) {
		store(p, r, o);
	}
	return a;
}

static struct pager_answer refuse(const struct pager_request *r)
{
	static const int32_t errors[] = {E_IO, E_NOMEM, E_ACCES, E_TIMEDOUT,
					 77};
	struct m_object *o = object_by_key(r->key);

	CHECK(o || r->kind != PAGER_PAGEIN);
	if (o && r->kind == PAGER_WRITEBACK)
		o->unwritten = true;
	return (struct pager_answer){
		.kind = PAGER_FAIL, .slot = r->slot, .error = CHOOSE(errors)};
}

void pager_serve(struct m_pager *p, unsigned n, bool fail)
{
	struct pager_request r = p->request[n];
	struct pager_answer a = fail ? refuse(&r) : serve(p, &r);

	CHECK(r.slot < p->real->slots && r.count == 1);
	p->request[n] = p->request[--p->asked];
	CHECK_EQ(pager_answer(p, a, NULL), 0);
}

void pager_serve_all(struct m_pager *p)
{
	while (pager_looks(p))
		pager_serve(p, 0, false);
}
