/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pressure - a program that has more memory than the machine: its argument, in
 * MiB, written and read in order and at random. Each page holds words that follow
 * from its number and from how often it has been written.
 */
#include "check.h"
#include "proto/swap.h"
#include <stdlib.h>

#define PAGE  4096ul
#define WORDS (PAGE / 8)
#define STEP  61u /* words of a page that are looked at */

static volatile uint64_t *memory;
static uint64_t pages;
static unsigned char *rounds; /* of each page */

static uint64_t word_of(uint64_t page, unsigned i)
{
	return (page << 24 | (uint64_t)rounds[page] << 16 | i) *
	       0x9e3779b97f4a7c15ul;
}

static void write_page(uint64_t page)
{
	rounds[page]++;
	for (unsigned i = 0; i < WORDS; i += STEP)
		memory[page * WORDS + i] = word_of(page, i);
}

static void check_page(uint64_t page)
{
	for (unsigned i = 0; i < WORDS; i += STEP)
		CHECK_EQ(memory[page * WORDS + i], word_of(page, i));
}

static uint64_t next_random(void)
{
	static uint64_t x = 88172645463325252ul;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x;
}

static void in_order(void)
{
	for (uint64_t i = 0; i < pages; i++)
		write_page(i);
	for (unsigned n = 0; n < 2; n++) {
		for (uint64_t i = 0; i < pages; i++)
			check_page(i);
	}
}

static void at_random(void)
{
	for (uint64_t i = 0; i < pages / 2; i++) {
		uint64_t page = next_random() % pages;

		check_page(page);
		if (i & 1)
			write_page(page);
	}
	for (uint64_t i = 0; i < pages; i++)
		check_page(i);
}

static void say(uint64_t swap)
{
	struct swap_info info;

	CHECK_EQ(swap_info(swap, 0, &info), 0);
	printf("pressure: %s: %lu used, %lu in, %lu out, %lu errors\n",
	       info.name, info.used, info.in, info.out, info.errors);
	CHECK_EQ(info.errors, 0);
}

int main(int argc, char **argv, char **envp)
{
	uint64_t swap, mib;
	long r;

	service_begin(envp);
	swap = service_handle("swap");
	CHECK(argc == 2);
	mib = strtoul(argv[1], NULL, 10);
	pages = (mib << 20) / PAGE;
	rounds = calloc(pages, 1);
	r = space_map(SELF, NULL, pages * PAGE, PROT_R | PROT_W, 0, NULL);
	CHECK(r > 0 && rounds);
	memory = (volatile uint64_t *)r;
	say(swap); /* it is ready */
	in_order();
	say(swap);
	at_random();
	say(swap);
	printf("pressure: passed\n");
	return 0;
}
