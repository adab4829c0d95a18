/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stress_clone.c - a space is cloned while its threads write in it on all harts.
 *
 *	writers, a hart each     pages of their own, each word one more a round;
 *	                         nobody else runs there, so nothing else makes
 *	                         such a hart forget what it may write
 *	father                   clones, starts a child there, unmaps and maps
 *	child                    reads all pages twice: nothing moves any more; then
 *	                         writes them, which the father must not see
 */
#include "forked.h"
#include "stress.h"

#define PAGES  700ul
#define CLONES 60u

static uint64_t *memory;
static uint64_t stop, lost;
static unsigned writers;

/* Its words only grow: a smaller one is what a child wrote, or an old frame. */
static void writer(uint64_t hart)
{
	uint64_t round = 0;

	while (!load(&stop)) {
		round++;
		for (uint64_t i = hart; i < PAGES; i += 8) {
			uint64_t was = load(&memory[i * 512]);

			if (was != round - 1)
				add(&lost, 1);
			store(&memory[i * 512], round);
		}
	}
}

/* Where father and children run. */
static uint64_t home(void)
{
	return stress_harts() > 2 ? (1ul << (stress_harts() - writers)) - 1
				  : ~0ul;
}

static uint64_t sum(void)
{
	uint64_t s = 0;

	for (uint64_t i = 0; i < PAGES; i++)
		s += load(&memory[i * 512]) * (i + 1);
	return s;
}

int forked_child(uint64_t argument)
{
	uint64_t first = sum();

	for (unsigned n = 0; n < 20; n++) {
		if (argument & 1)
			thread_yield();
		if (sum() != first)
			return 1;
	}
	for (uint64_t i = argument % 7; i < PAGES; i += argument % 5 + 1)
		store(&memory[i * 512], ~0ul);
	thread_yield();
	for (uint64_t i = argument % 7; i < PAGES; i += argument % 5 + 1)
		if (load(&memory[i * 512]) != ~0ul)
			return 2;
	return 0;
}

int main(void)
{
	struct forked child[3];
	struct random r = {42};

	memory = (uint64_t *)space_map(SELF, NULL, PAGES * PAGE, RW, 0, NULL);
	for (unsigned i = 0; i < 3; i++)
		child[i].over = (uint64_t)notification_create();
	writers = stress_harts() > 2 ? stress_harts() - 2 : 1;
	CHECK_EQ(thread_schedule(SELF, PRIORITY_DEFAULT, home()), 0);
	for (unsigned i = 0; i < writers; i++)
		stress_begin(writer, i, stress_harts() - 1 - i);
	for (unsigned n = 0; n < CLONES; n += 3) {
		for (unsigned i = 0; i < 3; i++)
			CHECK_EQ(fork_off(&child[i], random_word(&r) >> 8), 0);
		for (unsigned i = 0; i < 3; i++)
			CHECK_EQ(fork_wait(&child[i]), 0);
	}
	store(&stop, 1);
	stress_wait(writers);
	CHECK_EQ(lost, 0);
	stress_well("clone");
}
