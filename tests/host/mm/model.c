/* SPDX-License-Identifier: BSD-2-Clause */
/* model.c - the arrays: see model.h. */
#include "tests/host/mm/model.h"
#include "abi/error.h"
#include "tests/host/mm/choice.h"
#include <stdio.h>
#include <string.h>

struct m_space spaces[SPACES];
struct m_object objects[OBJECTS];
static uint64_t numbers;

void model_begin(void)
{
	memset(spaces, 0, sizeof(spaces));
	memset(objects, 0, sizeof(objects));
	numbers = 0;
	model_at_nothing();
}

uint64_t model_fresh(void)
{
	return ++numbers << 16 | 0xcafe;
}

/* ---- finding --------------------------------------------------------------- */

struct m_space *any_space(void)
{
	unsigned n = choose(SPACES);

	for (unsigned i = 0; i < SPACES; i++)
		if (spaces[(n + i) % SPACES].real)
			return &spaces[(n + i) % SPACES];
	return NULL;
}

static struct m_object *any_object_of(bool paged)
{
	unsigned n = choose(OBJECTS);

	for (unsigned i = 0; i < OBJECTS; i++) {
		struct m_object *o = &objects[(n + i) % OBJECTS];

		if (o->real && o->held && !o->revoked && o->pages &&
		    !o->is_area && (!paged || o->pager))
			return o;
	}
	return NULL;
}

struct m_object *any_object(void)
{
	return any_object_of(false);
}

struct m_object *any_paged(void)
{
	return any_object_of(true);
}

struct m_object *any_resizable(void)
{
	unsigned n = choose(OBJECTS);

	for (unsigned i = 0; i < OBJECTS; i++) {
		struct m_object *o = &objects[(n + i) % OBJECTS];

		if (o->real && o->held && !o->is_area)
			return o;
	}
	return NULL;
}

unsigned any_index(const struct m_object *o)
{
	const struct m_space *s = &spaces[choose(SPACES)];
	unsigned n = choose(PAGES);

	for (unsigned i = 0; i < PAGES; i++) {
		const struct m_page *p = &s->page[(n + i) % PAGES];

		if (p->mapped && p->object == o && p->index < o->pages)
			return p->index;
	}
	return choose(o->pages);
}

struct m_space *free_space(void)
{
	for (unsigned i = 0; i < SPACES; i++)
		if (!spaces[i].real)
			return &spaces[i];
	return NULL;
}

struct m_space *space_of_real(const struct space *real)
{
	for (unsigned i = 0; i < SPACES; i++)
		if (real && spaces[i].real == real)
			return &spaces[i];
	return NULL;
}

/* ---- pages ------------------------------------------------------------------ */

struct words *page_words(struct m_page *p)
{
	if (p->own)
		return &p->words;
	return p->index < p->object->shown ? &p->object->page[p->index] : NULL;
}

void model_own(struct m_page *p)
{
	if (p->own)
		return;
	p->words = *page_words(p);
	p->own = true;
	p->written = WRITTEN;
}

void model_forget(struct m_page *p)
{
	if (!p->own)
		return;
	p->own = !p->object;
	p->words = (struct words){0};
	p->lazy = p->lost = p->stays = false;
	p->written = NOT_WRITTEN;
}

void model_is_seen(struct m_page *p, const struct words *seen)
{
	uint8_t written = p->written;

	if (!p->lazy || !memcmp(page_words(p), seen, sizeof(*seen)))
		return;
	model_forget(p); /* and it may have been brought to be written since */
	if (p->own && written)
		p->written = MAY_BE_WRITTEN;
}

void model_cut(struct m_object *o)
{
	for (unsigned i = o->pages; i < o->shown; i++)
		o->page[i] = o->type == OBJECT_PAGED ? o->stored[i]
						     : (struct words){0};
	o->shown = o->pages;
}

void model_write(struct m_page *p, unsigned w, uint64_t value)
{
	if (!p->shared) {
		model_own(p);
		p->lazy = false;
		p->written = WRITTEN;
	}
	page_words(p)->word[w] = value;
}

/* The lowest mapped page above `i` is a stack's that may grow down to it. */
static void grow(struct m_space *s, unsigned i)
{
	unsigned top = i, below = i;

	while (top < PAGES && !s->page[top].mapped)
		top++;
	if (top == PAGES || !(s->page[top].flags & MAP_GROW_DOWN) ||
	    s->page[top].limit > i)
		return;
	while (below > 0 && !s->page[below].mapped)
		below--;
	if (s->page[below].mapped &&
	    page_va(below) + PAGE_SIZE + REGION_GUARD > page_va(i))
		return;
	for (unsigned n = i; n < top; n++) {
		s->page[n] = s->page[top];
		model_forget(&s->page[n]);
	}
}

int model_fault(struct m_space *s, unsigned i, unsigned access)
{
	struct m_page *p = &s->page[i];

	if (!p->mapped)
		grow(s, i);
	if (!p->mapped)
		return -E_FAULT;
	if (!(p->prot & access))
		return -E_ACCES;
	return p->own || p->index < p->object->pages ? 0 : -E_FAULT;
}

void model_unmap(struct m_space *s, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		s->page[i] = (struct m_page){0};
}

int model_may_protect(const struct m_space *s, va_t start, va_t end,
		      unsigned prot)
{
	for (va_t va = start; va < end; va += PAGE_SIZE) {
		unsigned i = page_at(va);

		if (i == PAGES || !s->page[i].mapped)
			return -E_NOMEM;
		if (prot & ~s->page[i].max_prot)
			return -E_ACCES;
	}
	return 0;
}

/* ---- where it went wrong --------------------------------------------------- */

static const struct m_space *at_space;
static const struct m_object *at_object;
static unsigned at_page;

void model_at(const struct m_space *s, unsigned i)
{
	at_space = s;
	at_object = NULL;
	at_page = i;
}

void model_at_object(const struct m_object *o, unsigned index)
{
	at_space = NULL;
	at_object = o;
	at_page = index;
}

void model_at_nothing(void)
{
	at_space = NULL;
	at_object = NULL;
}

const char *model_where(void)
{
	static char s[80];

	s[0] = 0;
	if (at_space)
		snprintf(s, sizeof(s), "space %u, page %u (0x%lx)",
			 (unsigned)(at_space - spaces), at_page,
			 at_page < PAGES ? page_va(at_page) : 0);
	else if (at_object)
		snprintf(s, sizeof(s), "object %u (type %u), page %u",
			 (unsigned)(at_object - objects), at_object->type,
			 at_page);
	return s;
}
