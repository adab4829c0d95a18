/* SPDX-License-Identifier: BSD-2-Clause */
/* clone.c - copy-on-write, drawn: who names which frame. */
#include "demo/second.h"
#include "demo/show.h"
#include "demo/steps.h"
#include "quire.h"
#include <stdio.h>

static volatile int page[1024] __attribute__((aligned(4096))) = {1};

static const char *bits(const struct walk_info *w)
{
	static char to[SHOW_BITS];

	show_sv39(to, w->entry[0]);
	return to;
}

static void arrow(const char *when, const char *who, uint64_t space)
{
	struct walk_info w;

	if (space_walk(space, page, &w) < 0)
		return;
	printf("  %-18s %-5s ", when, who);
	if (w.level < 0)
		printf("--/   the way is folded: V=0 a level above\n");
	else
		printf("----> frame 0x%08lx  %s  refs %u\n",
		       (unsigned long)w.pa, bits(&w), w.refs);
}

/* Both arrows into one frame, or one each. */
static void draw(const char *when)
{
	struct walk_info a, b;

	if (space_walk(SELF, page, &a) < 0 ||
	    space_walk(second_space(), page, &b) < 0)
		return;
	if (a.level < 0 || b.level < 0 || a.pa != b.pa) {
		arrow(when, "tour", SELF);
		arrow("", "clone", second_space());
		return;
	}
	printf("  %-18s tour  --.\n"
	       "  %-18s         >-> frame 0x%08lx  %s  refs %u\n"
	       "  %-18s clone --'\n",
	       when, "", (unsigned long)a.pa, bits(&a), a.refs, "");
}

static void clone_reads(void)
{
	second_tell(SECOND_READS, (const char *)(uintptr_t)page, 1, 1);
	while (!second_is_done() && !second_has_failed())
		thread_yield();
}

void step_clone(void)
{
	show_step("a clone of the space, and copy-on-write: who names which "
		  "frame");
	page[0] = 2;
	arrow("before", "tour", SELF);
	if (!second_begin()) {
		printf("  no memory for a clone\n");
		return;
	}
	draw("cloned");
	(void)page[0];
	clone_reads();
	draw("both have read");
	page[0] = 3;
	draw("the tour has written");
	second_end();
	page[0] = 4;
	arrow("the clone has ended", "tour", SELF);
}
