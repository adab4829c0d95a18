/* SPDX-License-Identifier: BSD-2-Clause */
/* vmstat - what the machine has done about memory since it started. */
#include "quire.h"
#include "service.h"
#include <stdio.h>

#define N(x) ((unsigned long)(x))

static void frames(const struct memory_info *m)
{
	printf("frames  %lu, free %lu, zeroed ahead %lu (%lu used), tables "
	       "%lu\n",
	       N(m->total), N(m->free), N(m->zeroed_ready), N(m->zeroed_used),
	       N(m->tables));
}

static void faults(const struct space_counts *c)
{
	printf("faults  %lu: zero page %lu, zeroed %lu, shown %lu, copied "
	       "%lu,\n        A or D %lu, stale %lu, stacks grown %lu\n",
	       N(c->faults), N(c->zero), N(c->zeroed), N(c->shown),
	       N(c->copied), N(c->touched), N(c->stale), N(c->grown));
}

static void pages(const struct mm_counts *c)
{
	printf("pagers  in %lu, out %lu; ahead: used %lu, wasted %lu\n",
	       N(c->pages_in), N(c->pages_out), N(c->ahead_hits),
	       N(c->ahead_waste));
	printf("reclaim scanned %lu, taken %lu, wanted again %lu; swap: in "
	       "%lu, out %lu; killed %lu\n",
	       N(c->scanned), N(c->stolen), N(c->refaults), N(c->swapped_in),
	       N(c->swapped_out), N(c->killed));
}

static void fences(const struct memory_info *m)
{
	printf("fences  all %lu, space %lu, page %lu; to other harts %lu; satp "
	       "%lu\n",
	       N(m->fence_all), N(m->fence_space), N(m->fence_page),
	       N(m->remote), N(m->satp));
}

int main(int argc, char **argv, char **envp)
{
	struct memory_info m;
	long err;

	(void)argc, (void)argv;
	service_begin(envp);
	err = memory_info(&m);
	if (err < 0) {
		printf("vmstat: error %ld\n", -err);
		return 1;
	}
	frames(&m);
	faults(&m.all);
	pages(&m.mm);
	fences(&m);
	return 0;
}
