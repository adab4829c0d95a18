/* SPDX-License-Identifier: BSD-2-Clause */
/* ops_space.c - spaces come, are cloned, and end. */
#include "abi/error.h"
#include "tests/host/mm/ops.h"
#include "tests/host/mm/thread.h"

static void create(void)
{
	struct m_space *s = free_space();

	if (!s)
		return;
	*s = (struct m_space){.real = space_create()};
	CHECK(s->real || machine_may_fail());
}

/* NULL: there is no place for it, or no memory. */
struct m_space *space_cloned(struct m_space *from)
{
	struct m_space *to = free_space();
	int err;

	if (!from || !to)
		return NULL;
	for (unsigned i = 0; i < PAGES; i++) /* of a table in common */
		from->page[i].stays = false;
	*to = *from;
	to->real = space_clone(from->real, &err);
	agree(err, 0);
	CHECK_EQ(!to->real, err != 0);
	for (unsigned i = 0; to->real && i < PAGES; i++) {
		if (to->page[i].flags & MAP_NO_FORK)
			model_unmap(to, i, i + 1);
		else if (to->page[i].flags & MAP_WIPE_ON_FORK)
			model_forget(&to->page[i]);
	}
	if (to->real)
		return to;
	*to = (struct m_space){0};
	return NULL;
}

static void clone(void)
{
	space_cloned(any_space());
}

static void read_some(struct m_space *s, struct range r)
{
	machine_use(choose(HART_COUNT));
	for (unsigned i = r.from; i < r.to; i++)
		touch_page(s, i, PROT_R);
}

/* Both read what was there before: from tables in common. */
static void clone_and_read(void)
{
	struct m_space *from = any_space(), *to;
	struct range r = any_range_near();

	if (!from || !free_space())
		return;
	read_some(from, r);
	to = space_cloned(from);
	read_some(from, r);
	if (to)
		read_some(to, r);
}

void space_ended(struct m_space *s)
{
	struct space *real = s->real;

	threads_kill(s);
	machine_leave(real);
	*s = (struct m_space){0};
	space_put(real);
}

static void end(void)
{
	struct m_space *s = any_space();

	if (s)
		space_ended(s);
}

/* A second thread begins in it. */
static void share(void)
{
	struct m_space *s = any_space();

	if (s)
		space_share(s->real);
}

const struct op space_ops[] = {
	{"a space begins", 6, create},
	{"clone", 12, clone},
	{"clone, and both read", 8, clone_and_read},
	{"a space ends", 6, end},
	{"a space has threads", 3, share},
	{0},
};
