/* SPDX-License-Identifier: BSD-2-Clause */
/* states.c - the life of one page, in the bits that space_pages() tells. */
#include "demo/draw.h"
#include "demo/show.h"
#include "demo/steps.h"
#include "quire.h"
#include <stdio.h>

#define PAGE 4096ul

void step_page_states(void)
{
	long at = space_map(SELF, NULL, PAGE, PROT_R | PROT_W, 0, NULL);
	volatile char *page = (volatile char *)at; // NOLINT
	const void *address = (const void *)page;

	show_step("the states of one page, and advice about it");
	if (at < 0) {
		printf("  space_map: error %ld\n", -at);
		return;
	}
	draw_state("not touched", address);
	(void)*page;
	draw_state("read", address);
	*page = 7;
	draw_state("written", address);
	space_advise(SELF, address, PAGE, ADVISE_FREE);
	draw_state("advice FREE", address);
	*page = 8;
	draw_state("written again", address);
	space_advise(SELF, address, PAGE, ADVISE_DONT_NEED);
	draw_state("advice DONT_NEED", address);
	printf("  and it reads %d\n", *page);
	space_unmap(SELF, address, PAGE);
	draw_state("unmapped", address);
}
