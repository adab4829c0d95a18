/* SPDX-License-Identifier: BSD-2-Clause */
/* ops_swap.c - memory is short: areas come and go, the clock goes round. */
#include "abi/error.h"
#include "mm/ending.h"
#include "mm/object.h"
#include "mm/paged.h"
#include "tests/host/mm/ops.h"
#include "tests/host/mm/pager.h"
#include "tests/host/mm/swap.h"
#include "tests/host/mm/thread.h"

static struct m_object *any_area(void)
{
	unsigned n = choose(SWAP_AREAS);

	for (unsigned i = 0; i < SWAP_AREAS; i++)
		if (swap_areas[(n + i) % SWAP_AREAS])
			return swap_areas[(n + i) % SWAP_AREAS];
	return NULL;
}

/* ---- areas ------------------------------------------------------------------ */

static unsigned free_area(void)
{
	unsigned i = 0;

	while (i < SWAP_AREAS && swap_areas[i])
		i++;
	return i;
}

/* Small ones are soon full. */
static void add(void)
{
	static const uint16_t sizes[] = {2, 12, 40, OBJECT_PAGES, OBJECT_PAGES};
	unsigned pages = CHOOSE(sizes), n = free_area();
	struct m_object *o;

	if (n == SWAP_AREAS && chance(90))
		return;
	o = object_make_paged(pages);
	if (!o)
		return;
	CHECK_EQ(swap_add(o->real, pages), -E_INVAL);
	if (!agree(swap_add(o->real, 1), n < SWAP_AREAS ? 0 : -E_BUSY))
		return;
	CHECK_EQ(swap_add(o->real, 1), -E_BUSY);
	swap_areas[n] = o;
	o->is_area = true;
}

static void gone(struct m_object *o)
{
	for (unsigned i = 0; i < SWAP_AREAS; i++)
		if (swap_areas[i] == o)
			swap_areas[i] = NULL;
	o->held = false;
	object_put(o->real);
}

static bool may_say_removed(const struct m_object *o, int told, int said)
{
	if (said == -E_NOMEM && machine_may_fail())
		return true;
	if (said == -E_BUSY)
		return ending_anywhere();
	return (told && said == told) ||
	       (said == -E_IO && (o->revoked || !o->pager));
}

static void serve(struct m_pager *p)
{
	for (unsigned n = 1 + choose(4); n > 0 && pager_looks(p); n--)
		pager_serve(p, choose(p->asked), chance(5));
}

/* All that names it gets its page back. */
static int take_away(struct m_object *o)
{
	unsigned rounds = 0;
	uint64_t n = 0;
	va_t va = 0;
	int err;

	do {
		int told = thread_told(), heard;

		err = swap_remove_step(o->real, &n, &va);
		heard = thread_heard();
		CHECK(!heard || err == heard);
		if (err && err != -E_STEP && err != -E_WAIT &&
		    !may_say_removed(o, told, err))
			CHECK_EQ(err, 0);
		rounds += !n && !va; /* soon one finds nothing any more */
		CHECK(rounds < 6);
		if (err == -E_WAIT && o->pager)
			serve(o->pager);
		if (chance(1))
			break;
	} while (err == -E_STEP || (err == -E_WAIT && o->pager));
	return err;
}

static void remove_area(void)
{
	struct m_object *o = any_area();
	int err;

	if (!o)
		return;
	thread_call();
	err = take_away(o);
	if (!err)
		gone(o);
	thread_call_over();
}

static void revoke(void)
{
	struct m_object *o = any_area();

	if (!o || chance(90))
		return;
	o->revoked = true;
	object_revoke_all(&o->real->kobject);
	swap_lost(o);
}

/* The pager takes pages back that it has given, or is to have. */
static void take_back(void)
{
	struct m_object *o = any_area();
	struct pager_answer a = {.kind = PAGER_REVOKE};
	unsigned n;

	if (!o || !o->pager || o->revoked)
		return;
	a.index = choose(o->pages);
	a.prot = chance(50) ? PROT_R : PROT_NONE;
	n = o->pages - (unsigned)a.index;
	a.count =
		(uint16_t)(1 +
			   choose(n < PAGER_REVOKE_MAX ? n : PAGER_REVOKE_MAX));
	CHECK((int)pager_answer(o->pager, a, o) >= 0);
}

static void sync(void)
{
	struct m_object *o = any_area();
	uint64_t at = 0;

	if (o && !o->revoked)
		object_sync(o->real, 0, o->pages, &at);
}

/* ---- the clock --------------------------------------------------------------- */

/* Two rounds take all that is not in use. */
static void reclaim(void)
{
	machine_reclaim(1 + choose(chance(80) ? 4 : 40));
}

/* All that can go is written. */
static void reclaim_all(void)
{
	machine_reclaim(60);
	for (unsigned i = 0; i < PAGERS; i++)
		if (pagers[i].alive)
			pager_serve_all(&pagers[i]);
}

const struct op swap_ops[] = {
	{"the clock", 40, reclaim},
	{"all that can go goes", 4, reclaim_all},
	{"a swap area", 25, add},
	{"a swap area goes", 2, remove_area},
	{"a swap area is revoked", 1, revoke},
	{"a swap area's pager takes back", 2, take_back},
	{"a swap area is synced", 1, sync},
	{0},
};
