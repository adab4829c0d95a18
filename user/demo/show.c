/* SPDX-License-Identifier: BSD-2-Clause */
/* show.c - what the kernel tells about a space, as text. */
#include "demo/show.h"
#include "quire.h"
#include "regions.h"
#include <stdio.h>

void show_step(const char *what)
{
	static int step;

	printf("\n%d. %s\n", ++step, what);
}

/* Letters where the bits are set, '-' where they are not. */
static const char *letters(char *to, uint64_t entry, const char *names,
			   const char *bits)
{
	for (; *names; names++, bits++)
		*to++ = entry >> *bits & 1 ? *names : '-';
	*to = 0;
	return to;
}

/* Sv39: bits 7..0 of a leaf. */
void show_sv39(char to[SHOW_BITS], uint64_t entry)
{
	letters(to, entry, "DAGUXWRV", "\7\6\5\4\3\2\1\0");
}

/* x86-64: NX is bit 63; the rest are bits 8, 6, 5, 2, 1, 0. */
void show_x86(char to[SHOW_BITS], uint64_t entry)
{
	letters(to, entry, "NGDAUWP", "\77\10\6\5\2\1\0");
}

static const char *const kinds[] = {
	[WALK_NONE] = "",
	[WALK_PRIVATE] = "its own",
	[WALK_ZERO] = "the zero page",
	[WALK_OBJECT] = "an object's page",
};

void show(const char *what, const void *address)
{
	struct walk_info w;
	char a[SHOW_BITS], b[SHOW_BITS];

	if (space_walk(SELF, address, &w) < 0)
		return;
	if (w.level < 0) {
		printf("  %-18s va 0x%010lx  not there yet: V=0 (x86: P=0)\n",
		       what, (unsigned long)address);
		return;
	}
	show_sv39(a, w.entry[w.level]);
	show_x86(b, w.x86[w.level]);
	printf("  %-18s va 0x%010lx  frame 0x%08lx  %s  x86 %s  %s\n", what,
	       (unsigned long)address, (unsigned long)(w.pa & ~4095ul), a, b,
	       kinds[w.frame]);
}

static const char *label(const struct region_info *r)
{
	if (r->name[0])
		return r->name;
	return r->flags & MAP_STACK  ? "[stack]"
	       : r->flags & MAP_HEAP ? "[heap]"
				     : "[anonymous]";
}

/* As in /proc/self/maps; then pages. */
static void show_region(const struct region_info *r)
{
	printf("  %010lx-%010lx %c%c%c%c %08lx %5lu %5lu %5lu %5lu %5lu  %s\n",
	       (unsigned long)r->start, (unsigned long)r->end,
	       r->prot & PROT_R ? 'r' : '-', r->prot & PROT_W ? 'w' : '-',
	       r->prot & PROT_X ? 'x' : '-', r->flags & MAP_SHARED ? 's' : 'p',
	       (unsigned long)r->offset, (unsigned long)r->resident,
	       (unsigned long)r->own, (unsigned long)r->shared,
	       (unsigned long)r->swapped, (unsigned long)r->dirty, label(r));
}

/* Regions with all bits of `flags`; gives how many. */
static unsigned list(unsigned flags)
{
	struct regions all = {.space = SELF};
	struct region_info r;
	unsigned found = 0;

	while (regions_next(&all, &r))
		if ((r.flags & flags) == flags) {
			show_region(&r);
			found++;
		}
	return found;
}

void show_regions(void)
{
	printf("  %-21s      %-8s %5s %5s %5s %5s %5s\n", "regions", "offset",
	       "there", "own", "share", "swap", "dirty");
	list(0);
}

void show_region_with(unsigned flag)
{
	if (!list(flag))
		printf("  there is no such region yet\n");
}

void show_region_at(const void *address)
{
	struct regions all = {.space = SELF, .from = (uint64_t)address};
	struct region_info r;

	if (regions_next(&all, &r))
		show_region(&r);
}

void show_faults(void)
{
	struct memory_info m;

	if (memory_info(&m) < 0)
		return;
	printf("  faults so far: %lu; they brought %lu file pages as they lie, "
	       "%lu as copies,\n  the zero page %lu times, %lu zeroed frames, "
	       "and grew the stack %lu times\n",
	       (unsigned long)m.faults, (unsigned long)m.shown,
	       (unsigned long)m.copied, (unsigned long)m.zero,
	       (unsigned long)m.zeroed, (unsigned long)m.grown);
}
