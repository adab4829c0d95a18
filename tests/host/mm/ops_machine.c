/* SPDX-License-Identifier: BSD-2-Clause */
/* ops_machine.c - what harts do by themselves. */
#include "mm/frame_boot.h"
#include "tests/host/mm/ops.h"

static void run_another(void)
{
	struct m_space *s = any_space();

	machine_run(s && chance(80) ? s->real : NULL);
}

static void quiet(void)
{
	machine_quiet();
}

/* An idle hart zeroes frames ahead of need, and keeps none. */
static void idle(void)
{
	machine_run(NULL);
	machine_quiet();
	frame_cache_drain();
	for (unsigned n = choose(FRAME_POOL_MAX); n > 0; n--)
		frame_pool_fill();
}

const struct op machine_ops[] = {
	{"a hart runs another", 30, run_another},
	{"a hart is quiet", 60, quiet},
	{"a hart idles", 5, idle},
	{0},
};
