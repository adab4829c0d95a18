/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * harts.c - faults of tasks that have nothing to do with one another, one a hart:
 * how often one finds a lock taken by another. Not instructions, which several
 * harts never count alike.
 *
 * Each task maps memory, writes all of it, and unmaps it, over and over: faults,
 * tables and frames, from each hart's cache and from the lists that all share.
 */
#include "../user/forked.h"
#include "quire.h"
#include "rows.h"
#include <stdio.h>
#include <stdlib.h>

#define PAGE   4096ul
#define RW     (PROT_R | PROT_W)
#define PAGES  512ul
#define ROUNDS 40ul
#define HARTS  8ul

/* In a clone, which nobody else knows of. */
int forked_child(uint64_t hart)
{
	if (thread_schedule(SELF, PRIORITY_DEFAULT, 1ul << hart))
		return 1;
	for (uint64_t n = 0; n < ROUNDS; n++) {
		long r = space_map(SELF, NULL, PAGES * PAGE, RW, 0, NULL);
		volatile char *p = (volatile char *)r;

		if (r < 0)
			return 2;
		for (uint64_t i = 0; i < PAGES; i++)
			p[i * PAGE] = 1;
		if (space_unmap(SELF, (const void *)p, PAGES * PAGE))
			return 3;
	}
	return 0;
}

int main(void)
{
	static struct forked child[HARTS];
	struct memory_info before, after;
	uint64_t waits, faults;

	must("memory", memory_info(&before));
	for (uint64_t i = 0; i < before.harts; i++) {
		child[i].over = (uint64_t)notification_create();
		must("a task", fork_off(&child[i], i));
	}
	for (uint64_t i = 0; i < before.harts; i++)
		must("its end", -fork_wait(&child[i]));
	must("memory", memory_info(&after));
	waits = after.lock_waits - before.lock_waits;
	faults = after.all.faults - before.all.faults;
	printf("harts %lu faults %lu waits %lu\n", before.harts, faults, waits);
	return 0;
}
