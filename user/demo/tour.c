/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tour.c - virtual memory in small steps. Each shows an address, the frame
 * behind it, and the page-table entry in the words of both architectures. The
 * last step is meant to end the program.
 */
#include "demo/show.h"
#include "demo/steps.h"
#include "quire.h"
#include <stdio.h>
#include <stdlib.h>

#define PAGE 4096ul

static const int constant = 7;

/* A page of its own: no other variable's write copies it. */
static int initialised[PAGE / sizeof(int)]
	__attribute__((aligned(4096))) = {42};
static int zero[2 * PAGE / sizeof(int)];

/* ---- 1, 2: what the program brings along ------------------------------- */

static void sections(void)
{
	show_step("the program's own sections");
	show("code", (const void *)sections);
	show("constant", &constant);
	show("data, not written", initialised);
	show("bss, not touched", &zero[PAGE / sizeof(int)]);
	show("stack", __builtin_frame_address(0));
}

static void first_touches(void)
{
	volatile int *in_bss = &zero[PAGE / sizeof(int)];

	show_step("touching pages: what was absent comes, what was shared is "
		  "copied");
	(void)*in_bss;
	show("bss after a read", (const void *)in_bss);
	*in_bss = 1;
	show("bss after a write", (const void *)in_bss);
	initialised[0]++;
	show("data after a write", initialised);
}

/* ---- 3, 4: the stack ----------------------------------------------------- */

static void local_variable(void)
{
	volatile int local = 1234;

	show_step("a local variable");
	show("&local", (const void *)&local);
	printf("  local = %d\n", local);
}

static __attribute__((noinline)) void call_with_a_page(void)
{
	volatile char frame[2 * PAGE];

	frame[0] = 1;
	show("deepest local", (const void *)&frame[0]);
}

static void stack_growth(void)
{
	const char *below = (const char *)__builtin_frame_address(0) - 2 * PAGE;

	show_step("a call that needs more stack than there is");
	show("below the stack", below);
	call_with_a_page();
	show("below the stack", below);
}

/* ---- 5: the heap -------------------------------------------------------- */

static void heap(void)
{
	volatile long *p;

	show_step("malloc grows the heap");
	show_region_with(MAP_HEAP);
	p = malloc(5 * PAGE);
	if (!p) {
		printf("  malloc failed\n");
		exit(1);
	}
	show_region_with(MAP_HEAP);
	p[1024] = 0x600d;
	show("malloc(20 KiB)", (const void *)&p[1024]);
	printf("  the value read back: 0x%lx\n", p[1024]);
	free((void *)p);
	printf("  freed; the pages stay the heap's for the next malloc\n");
}

/* ---- 6: protection ------------------------------------------------------ */

static void protection(void)
{
	volatile char *page;
	long r = space_map(SELF, NULL, PAGE, PROT_R | PROT_W, 0, NULL);

	show_step("a page mapped, written, and made read-only");
	if (r < 0) {
		printf("  space_map: error %ld\n", -r);
		exit(1);
	}
	page = (volatile char *)r;
	show("mapped", (const void *)page);
	*page = 'q';
	show("written", (const void *)page);
	space_protect(SELF, (const void *)page, PAGE, PROT_R);
	show("read-only", (const void *)page);
	space_unmap(SELF, (const void *)page, PAGE);
	show("unmapped", (const void *)page);
}

/* ---- 7 to 13: steps.h; 14: the end -------------------------------------- */

/*
 * Below the lowest address that the stack may reach no page ever comes. What
 * `first` points to is in the stack's first page.
 */
static void guard_page(char *const *first)
{
	uint64_t end = ((uint64_t)first | (PAGE - 1)) + 1;
	volatile char *lowest =
		(volatile char *)end - 8ul * 1024 * 1024; // NOLINT

	show_step("the stack's end: its last page, and the guard page below");
	*lowest = 1;
	show("lowest stack page", (const void *)lowest);
	show_region_with(MAP_STACK);
	show("guard page", (const char *)lowest - 1);
	printf("  writing to it ends the tour, by a fault:\n");
	lowest[-1] = 1;
	printf("  still here: that should not be\n");
}

int main(int argc, char **argv)
{
	(void)argc;
	printf("A tour of one address space. Entries: Sv39 as D A G U X W R "
	       "V,\n"
	       "x86-64 as NX G D A U W P.\n");
	sections();
	show_regions();
	first_touches();
	local_variable();
	stack_growth();
	heap();
	protection();
	show_regions();
	show_faults();
	step_overcommit();
	step_gap();
	step_common_pages();
	step_page_states();
	step_clone();
	step_huge_page();
	guard_page(argv);
	return 1;
}
