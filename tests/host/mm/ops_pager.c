/* SPDX-License-Identifier: BSD-2-Clause */
/* ops_pager.c - pagers begin, serve well or badly, take back, and end. */
#include "tests/host/mm/ops.h"
#include "tests/host/mm/pager.h"

static void begin(void)
{
	static const uint8_t slots[] = {1, 2, 8, PAGER_SLOTS_MAX};
	unsigned flags = chance(30) ? PAGER_TELL_DIRTY : 0;

	pager_make(CHOOSE(slots), flags, chance(20));
}

static void end(void)
{
	struct m_pager *p = any_pager();

	if (p)
		pager_ends(p, chance(50));
}

static void serve(void)
{
	struct m_pager *p = any_asked();

	if (p)
		pager_serve(p, choose(p->asked), chance(12));
}

static void serve_all(void)
{
	struct m_pager *p = any_pager();

	if (p)
		pager_serve_all(p);
}

/* Answers to nothing, of the wrong kind, or twice. */
static void lie(void)
{
	struct m_pager *p = any_asked();
	struct pager_answer a = {.kind = PAGER_SUPPLY, .prot = PROT_R};
	const struct pager_request *r = p ? &p->request[0] : NULL;

	if (!p)
		return;
	a.slot = (uint16_t)p->real->slots;
	CHECK_EQ(pager_answer(p, a, NULL), -E_NOENT);
	a.slot = r->slot;
	a.prot = PROT_X;
	CHECK_EQ(pager_answer(p, a, NULL), -E_INVAL);
	a.prot = PROT_R;
	a.kind = r->kind == PAGER_PAGEIN ? PAGER_DONE : PAGER_SUPPLY;
	CHECK_EQ(pager_answer(p, a, NULL), -E_TYPE);
	a.kind = PAGER_FAIL;
	a.slot = r->slot;
	pager_serve(p, 0, false);
	if (!p->real->slot[a.slot].frame)
		CHECK_EQ(pager_answer(p, a, NULL), -E_NOENT);
}

static void take_back(void)
{
	struct m_object *o = any_paged();
	unsigned prot = chance(50) ? PROT_R : PROT_NONE;
	struct pager_answer a = {.kind = PAGER_REVOKE, .prot = (uint16_t)prot};
	unsigned n;

	if (!o)
		return;
	a.index = any_index(o);
	n = o->pages - (unsigned)a.index;
	a.count =
		(uint16_t)(1 +
			   choose(n < PAGER_REVOKE_MAX ? n : PAGER_REVOKE_MAX));
	CHECK((int)pager_answer(o->pager, a, o) >= 0);
}

/* It changes its own rights to a page of its window. */
static void change_window(void)
{
	struct m_pager *p = any_asked();
	const struct pager_request *r = p ? &p->request[0] : NULL;

	if (!p || !p->real->window || !r->address)
		return;
	machine_fail_after(-1, false);
	space_protect(p->space, r->address, PAGE_SIZE, PROT_R);
	if (space_protect(p->space, r->address, PAGE_SIZE, PROT_R | PROT_W))
		pager_ends(p, false);
}

const struct op pager_ops[] = {
	{"a pager begins", 5, begin},
	{"a pager ends", 1, end},
	{"a pager serves", 150, serve},
	{"a pager serves all", 10, serve_all},
	{"a pager lies", 5, lie},
	{"a pager takes back", 30, take_back},
	{"a pager's window", 3, change_window},
	{0},
};
