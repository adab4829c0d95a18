/* SPDX-License-Identifier: BSD-2-Clause */
/* ops_map.c - what comes into a space: memory, objects, stacks. */
#include "abi/error.h"
#include "mm/frame.h"
#include "tests/host/mm/ops.h"

static void enter(struct m_space *s, struct range r, const struct m_page *first)
{
	for (unsigned i = r.from; i < r.to; i++) {
		s->page[i] = *first;
		s->page[i].index += i - r.from;
	}
}

static bool is_free(const struct m_space *s, struct range r)
{
	for (unsigned i = r.from; i < r.to; i++)
		if (s->page[i].mapped)
			return false;
	return true;
}

/* The real thing, with the arguments that make `p` the first page of `r`. */
static int map(struct m_space *s, va_t *va, struct range r, unsigned flags,
	       const struct m_page *p)
{
	flags |= p->flags | (p->shared ? MAP_SHARED : 0);
	if (p->object)
		return space_map_object(s->real, va, r.end - r.start, p->prot,
					p->max_prot, flags, p->object->real,
					(uint64_t)p->index << PAGE_SHIFT);
	return space_map(s->real, va, r.end - r.start, p->prot, flags, NULL, 0);
}

static int expected_of(const struct m_page *p)
{
	if (p->object && p->object->type == OBJECT_DEVICE &&
	    (!p->shared || (p->max_prot & PROT_X)))
		return -E_INVAL;
	return whole(p->prot) & ~whole(p->max_prot) ? -E_ACCES : 0;
}

/* As the region set writes it. */
static struct m_page as_mapped(const struct m_page *p)
{
	struct m_page q = *p;

	q.mapped = true;
	q.own = !p->object;
	q.prot = (uint8_t)whole(p->prot);
	q.max_prot = (uint8_t)whole(p->max_prot);
	return q;
}

/* Where space_map() found room. What the model does not know goes again. */
static void enter_found(struct m_space *s, va_t va, struct range r,
			const struct m_page *p)
{
	uint64_t len = r.end - r.start;
	bool known = page_at(va) < PAGES && page_at(va + len - 1) < PAGES &&
		     area_of(page_at(va)) == area_of(page_at(va + len - 1));

	for (va_t at = va; at < va + len; at += PAGE_SIZE)
		CHECK(page_at(at) == PAGES || !s->page[page_at(at)].mapped);
	r.from = page_at(va);
	r.to = r.from + (unsigned)(len >> PAGE_SHIFT);
	if (known) {
		enter(s, r, p);
		return;
	}
	machine_fail_after(-1, false);
	while (!agree(space_unmap(s->real, va, len), 0))
		machine_squeeze(frames_free() + 16);
}

static void map_page(struct m_space *s, const struct m_page *p, struct range r)
{
	bool fixed = chance(70);
	va_t va = fixed || chance(30) ? r.start : 0;
	struct m_page q = as_mapped(p);
	int expected = expected_of(p);

	model_at(s, r.from);
	if (fixed && !expected && !is_free(s, r))
		expected = -E_EXIST;
	if (!agree(map(s, &va, r, fixed ? MAP_FIXED : 0, p), expected))
		return;
	if (fixed)
		enter(s, r, &q);
	else
		enter_found(s, va, r, &q);
}

static void map_anonymous(void)
{
	static const uint16_t labels[] = {0, 0, 0, MAP_HEAP};
	struct m_page p = {.prot = (uint8_t)any_prot(),
			   .max_prot = PROT_ALL,
			   .flags = CHOOSE(labels)};
	struct m_space *s = any_space();

	if (s)
		map_page(s, &p, any_range_near());
}

/* The rights of the handle say what can be; what exists is not for writing. */
static unsigned any_max(const struct m_object *o, bool shared)
{
	if (o->type == OBJECT_PHYSICAL && shared)
		return PROT_R | PROT_X;
	if (o->type == OBJECT_DEVICE && chance(90))
		return PROT_R | PROT_W;
	return chance(80) ? PROT_ALL : any_prot();
}

static void map_object(void)
{
	struct m_object *o = chance(50) ? any_paged() : any_object();
	struct m_space *s = any_space();
	bool shared = chance(60);
	struct m_page p = {.object = o, .shared = shared};
	struct range r = any_range_near();

	if (!o || !s)
		return;
	p.max_prot = (uint8_t)any_max(o, shared);
	p.prot = (uint8_t)(any_prot() & (chance(90) ? p.max_prot : PROT_ALL));
	p.index = chance(50) ? 0 : choose(o->pages);
	if (r.to - r.from > o->pages - p.index && chance(90)) {
		r.to = r.from + o->pages - p.index;
		r.end = page_va(r.to - 1) + PAGE_SIZE;
	}
	map_page(s, &p, r);
}

/* A stack is its top page; below it there may be room, or not. */
static void map_stack(void)
{
	struct m_space *s = any_space();
	struct range r = any_range_near();
	unsigned top = r.to - 1, flags = MAP_GROW_DOWN | MAP_STACK;
	struct m_page p = {.mapped = true,
			   .own = true,
			   .prot = PROT_R | PROT_W,
			   .max_prot = PROT_ALL,
			   .flags = flags,
			   .limit = (uint16_t)r.from};
	va_t va = r.start;
	int expected;

	if (!s)
		return;
	model_at(s, top);
	expected = s->page[top].mapped ? -E_EXIST : 0;
	if (agree(space_map(s->real, &va, r.end - r.start, p.prot,
			    flags | MAP_FIXED, NULL, r.start),
		  expected))
		s->page[top] = p;
}

const struct op map_ops[] = {
	{"map memory", 40, map_anonymous},
	{"map an object", 40, map_object},
	{"map a stack", 10, map_stack},
	{0},
};
