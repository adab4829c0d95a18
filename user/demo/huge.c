/* SPDX-License-Identifier: BSD-2-Clause */
/* huge.c - 512 pages in one leaf, and what becomes of it when one of them goes. */
#include "demo/draw.h"
#include "demo/show.h"
#include "demo/steps.h"
#include "quire.h"
#include <stdio.h>

#define PAGE  4096ul
#define SPAN  (512 * PAGE)
#define SPANS 2ul
#define GONE  100ul

/* Where a leaf of 2 MiB can begin. */
#define AT ((volatile char *)0x2000000000)

static struct space_info told(void)
{
	struct space_info i = {0};

	space_info(SELF, &i);
	return i;
}

static void entry(const char *what, unsigned level)
{
	struct walk_info w;
	char a[SHOW_BITS], b[SHOW_BITS];

	if (space_walk(SELF, AT, &w) < 0)
		return;
	show_sv39(a, w.entry[level]);
	show_x86(b, w.x86[level]);
	printf("  level %u  %-8s to 0x%08lx  %s  x86 %s %s", level, what,
	       (unsigned long)(w.entry[level] << 10 >> 20 << 12), a,
	       level ? "PDE" : "PTE", b);
	if (level)
		printf("  PS=%u", (unsigned)(w.x86[level] >> 7 & 1));
	printf("\n");
}

static void bar(void)
{
	draw_bar((const char *)(uintptr_t)AT, 64, 16);
}

/* What happened since `before`. */
static void counted(const char *what, const struct space_info *before)
{
	struct space_info now = told();

	printf("  %-18s faults %lu, zeroed %lu, copied %lu; leaves of 2 MiB: "
	       "%lu\n",
	       what, (unsigned long)(now.counts.faults - before->counts.faults),
	       (unsigned long)(now.counts.zeroed - before->counts.zeroed),
	       (unsigned long)(now.counts.copied - before->counts.copied),
	       (unsigned long)now.huge);
}

static void steps(void)
{
	struct space_info before = told();

	*AT = 1;
	counted("one write:", &before);
	bar();
	entry("leaf", 1);
	before = told();
	space_unmap(SELF, (const void *)(AT + GONE * PAGE), PAGE);
	counted("a page unmapped:", &before);
	bar();
	entry("pointer", 1);
	entry("leaf", 0);
}

void step_huge_page(void)
{
	const void *at = (const void *)(uintptr_t)AT;

	show_step("4 MiB mapped, with ADVISE_HUGE");
	printf("  a letter is 16 pages: # in a leaf of 2 MiB, = in leaves of "
	       "4 KiB, - some, . none\n");
	if (space_map(SELF, at, SPANS * SPAN, PROT_R | PROT_W, MAP_FIXED,
		      NULL) < 0)
		return;
	space_advise(SELF, at, SPANS * SPAN, ADVISE_HUGE);
	steps();
	space_unmap(SELF, at, SPANS * SPAN);
}
