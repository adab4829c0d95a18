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

static void clone(void)
{
	struct m_space *from = any_space(), *to = free_space();
	int err;

	if (!from || !to)
		return;
	*to = *from;
	to->real = space_clone(from->real, &err);
	agree(err, 0);
	CHECK_EQ(!to->real, err != 0);
}

static void end(void)
{
	struct m_space *s = any_space();
	struct space *real;

	if (!s)
		return;
	real = s->real;
	threads_kill(s);
	machine_leave(real);
	*s = (struct m_space){0};
	space_put(real);
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
	{"a space ends", 4, end},
	{"a space has threads", 3, share},
	{0},
};
