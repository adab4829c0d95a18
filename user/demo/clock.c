/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clock.c - memory becomes short, and the hand of the clock goes over the pages of
 * a second space (mm/reclaim.h). The tour itself takes most of the memory, and is
 * the pager to whom pages go, so its own stay.
 *
 * The hand goes on only while pages find a way out, of which at most 128 are on
 * their way at a time: so who answers for them one by one, and looks after each,
 * sees every state of a page that has more than these before and behind it on the
 * hand's way.
 */
#include "demo/area.h"
#include "demo/draw.h"
#include "demo/second.h"
#include "demo/show.h"
#include "demo/steps.h"
#include "quire.h"
#include <stdio.h>
#include <string.h>

#define PAGE  4096ul
#define ROW   16u
#define FIRST 1024u /* pages of the second space when it begins */
#define AT    ((const char *)0x2000000000)

/* Machines of 24 to 256 MiB: smaller ones have no room, larger take long. */
#define FRAMES_MIN 5000u
#define FRAMES_MAX 65536u

static uint64_t used, mapped; /* pages of the second space's region */
static const char *row;

static struct memory_info memory(void)
{
	struct memory_info m = {0};

	memory_info(&m);
	return m;
}

/* ---- time goes on by steps of these ----------------------------------------- */

static void wait(void)
{
	while (!second_is_done() && !second_has_failed()) {
		if (second_waits_for_page())
			area_serve();
		thread_yield();
	}
}

static void tell(enum second_order order, const char *at, unsigned pages,
		 unsigned apart)
{
	second_tell(order, at, pages, apart);
	wait();
}

/* An answer, or a few pages more that need frames. False: there are none. */
static bool step(void)
{
	if (area_serve())
		return true;
	if (!second_is_done() && !second_has_failed()) {
		thread_yield();
		return true;
	}
	if (used + ROW > mapped || second_has_failed())
		return false;
	second_tell(SECOND_WRITES, AT + used * PAGE, ROW, 1);
	used += ROW;
	return true;
}

static void line(const char *what)
{
	char letters[ROW + 1];

	draw_row(letters, second_space(), row, ROW);
	printf("  %s  %s\n", letters, what);
}

/* On until the row is as it is wanted; and until nobody is at work. */
static void until(const char *wanted, const char *what)
{
	char letters[ROW + 1];

	do
		draw_row(letters, second_space(), row, ROW);
	while (strcmp(letters, wanted) != 0 && step());
	wait();
	line(what);
}

/* ---- which pages ------------------------------------------------------------ */

static uint64_t frame[FIRST];

/* How many pages the hand meets before and after all of these; the fewer. */
static unsigned in_the_middle(const uint64_t *of)
{
	uint64_t low = of[0], high = of[0];
	unsigned before = 0, after = 0;

	for (unsigned i = 1; i < ROW; i++) {
		low = of[i] < low ? of[i] : low;
		high = of[i] > high ? of[i] : high;
	}
	for (unsigned i = 0; i < FIRST; i++) {
		before += frame[i] < low;
		after += frame[i] > high;
	}
	return before < after ? before : after;
}

static const char *choose_row(void)
{
	struct walk_info w;
	unsigned best = 0;

	for (unsigned i = 0; i < FIRST; i++) {
		space_walk(second_space(), AT + i * PAGE, &w);
		frame[i] = w.pa;
	}
	for (unsigned i = 0; i < FIRST; i += ROW)
		if (in_the_middle(&frame[i]) > in_the_middle(&frame[best]))
			best = i;
	return AT + best * PAGE;
}

/* ---- the machine is filled ---------------------------------------------------- */

/* All memory but so many pages, which stay the tour's. Gives how many it has. */
static uint64_t take_all_but(uint64_t pages, char **at)
{
	uint64_t is_free = memory().free;
	uint64_t n = is_free > pages ? is_free - pages : 0;
	long r = space_map(SELF, NULL, n * PAGE, PROT_R | PROT_W, 0, NULL);

	if (r < 0)
		return 0;
	*at = (char *)r; // NOLINT
	space_advise(SELF, *at, n * PAGE, ADVISE_HUGE);
	for (uint64_t i = 0; i < n; i++)
		(*at)[i * PAGE] = 1;
	return n;
}

static bool map_for_second(uint64_t frames)
{
	mapped = frames / 8 + FIRST;
	if (space_map(second_space(), AT, mapped * PAGE, PROT_R | PROT_W,
		      MAP_FIXED, NULL) < 0)
		return false;
	space_advise(second_space(), AT, mapped * PAGE, ADVISE_NO_HUGE);
	tell(SECOND_WRITES, AT, FIRST, 1);
	used = FIRST;
	return true;
}

/* ---- what there is to see ------------------------------------------------------ */

/* A leaf that is still in a TLB is used without A being set again. */
static void forget_translations(void)
{
	space_protect(second_space(), row, ROW * PAGE, PROT_R);
	space_protect(second_space(), row, ROW * PAGE, PROT_R | PROT_W);
}

static void the_hand_goes(void)
{
	row = choose_row();
	line("written; the hand has not been here");
	until("aaaaaaaaaaaaaaaa",
	      "memory is short: the hand has cleared every A");
	forget_translations();
	tell(SECOND_WRITES, row, ROW / 2, 2);
	line("every second page used again");
	until("asasasasasasasas",
	      "the hand comes again: A has spared them, the others went");
	tell(SECOND_READS, row + PAGE, ROW / 2, 2);
	line("the others read: brought back, as they were written");
	printf("  %lu of %u pages hold what they held\n",
	       (unsigned long)second_found_right(), ROW / 2);
}

static void give_back(char *taken, uint64_t pages)
{
	struct memory_info m = memory();

	printf("  the hand has passed %lu frames; %lu pages went out, %lu came "
	       "back\n",
	       (unsigned long)m.mm.scanned, (unsigned long)m.mm.swapped_out,
	       (unsigned long)m.mm.swapped_in);
	second_end();
	while (m.slots_free != m.slots) {
		if (!area_serve())
			thread_yield();
		m = memory();
	}
	printf("  all given back: %s\n",
	       area_close() ? "no swap area any more" : "not the swap area");
	space_unmap(SELF, taken, pages * PAGE);
}

void step_clock(void)
{
	uint64_t frames = memory().total, taken = 0;
	char *at = NULL;

	show_step(
		"memory is short: 16 pages of another space, as the hand goes");
	if (frames < FRAMES_MIN || frames > FRAMES_MAX) {
		printf("  left out: only with 24 to 256 MiB of memory\n");
		return;
	}
	printf("  A used  a not used since the hand was here  s swapped out  B "
	       "brought back\n");
	if (!second_begin())
		return;
	if (!area_open(frames / 32 + FIRST)) {
		printf("  no swap area\n");
		second_end();
		return;
	}
	taken = take_all_but(frames / 32 + FIRST + 256, &at);
	if (map_for_second(frames))
		the_hand_goes();
	give_back(at, taken);
}
