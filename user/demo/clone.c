/* SPDX-License-Identifier: BSD-2-Clause */
/* clone.c - copy-on-write, drawn: who names which frame. */
#include "demo/draw.h"
#include "demo/second.h"
#include "demo/show.h"
#include "demo/steps.h"
#include "quire.h"
#include <stdio.h>

#define PAGE 4096ul

/* Nothing else lies in these 2 MiB, so nobody else touches their table. */
#define AT ((const void *)0x2000000000)

static volatile int *const page = (volatile int *)AT;

/* The frame is named once, by a table that both spaces have. */
static const char *how(uint64_t space, const struct walk_info *w)
{
	return w->refs == 1 && draw_word(space, AT) & PAGE_IS_SHARED
		       ? "the table is in common"
		       : "";
}

static const char *bits(const struct walk_info *w)
{
	static char to[SHOW_BITS];

	show_sv39(to, w->entry[0]);
	return to;
}

/* Where the walk has come to an end. */
static int folded_at(const struct walk_info *w)
{
	return w->entry[1] ? 1 : 2;
}

static void arrow(const char *when, const char *who, uint64_t space)
{
	struct walk_info w;

	if (space_walk(space, page, &w) < 0)
		return;
	printf("  %-18s %-5s ", when, who);
	if (w.level < 0)
		printf("-/->  folded: V=0 in the entry above, level %d\n",
		       folded_at(&w));
	else
		printf("----> frame 0x%08lx  %s  refs %u  %s\n",
		       (unsigned long)w.pa, bits(&w), w.refs, how(space, &w));
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
	       "  %-18s         >-> frame 0x%08lx  %s  refs %u  %s\n"
	       "  %-18s clone --'\n",
	       when, "", (unsigned long)a.pa, bits(&a), a.refs, how(SELF, &a),
	       "");
}

static void clone_reads(void)
{
	second_reads((const void *)AT);
	while (!second_is_done() && !second_has_failed())
		thread_yield();
}

static void steps(void)
{
	*page = 2;
	arrow("before", "tour", SELF);
	if (!second_begin()) {
		printf("  no memory for a clone\n");
		return;
	}
	draw("cloned");
	(void)*page;
	draw("the tour reads");
	clone_reads();
	draw("the clone reads");
	*page = 3;
	draw("the tour writes");
	second_end();
	*page = 4;
	arrow("the clone ends", "tour", SELF);
}

void step_clone(void)
{
	show_step("a clone of the space, and copy-on-write: who names which "
		  "frame");
	if (space_map(SELF, AT, PAGE, PROT_R | PROT_W, MAP_FIXED, NULL) < 0)
		return;
	steps();
	space_unmap(SELF, AT, PAGE);
}
