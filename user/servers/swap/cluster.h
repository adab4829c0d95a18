/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cluster.h - requests that wait for a disk, and runs of neighbouring pages among
 * them, each of which is one request to the disk. Pure.
 *
 *	queue, by page    3 4 5 . 9 . 20 21
 *	                  ----- first run; then 9; then 20 21; then from the
 *	                        lowest on again
 *
 * The runs are taken in rising order, beginning where the last one ended, and
 * from the lowest page again when there is none above: so nobody waits longer
 * than for one sweep, and neighbours that come in the meantime go along.
 */
#ifndef SWAP_CLUSTER_H
#define SWAP_CLUSTER_H
#include <stdbool.h>
#include <stdint.h>

#define CLUSTER_MAX	16u /* pages in a run */
#define CLUSTER_SECTORS 8u  /* a page */
#define CLUSTER_QUEUE	64u /* as many as a pager can be asked at once */

/* A page that the kernel wants read or written. */
struct want {
	uint64_t sector;  /* of the disk, CLUSTER_SECTORS of them */
	uint64_t address; /* in the window */
	uint64_t slot;	  /* of the area */
	uint16_t area;
	uint16_t ring; /* slot of the pager's ring */
	bool alone;    /* in a run of its own: one with it has failed */
};

struct cluster {
	unsigned count;
	uint64_t next;			 /* where the sweep goes on */
	struct want want[CLUSTER_QUEUE]; /* by sector */
};

/* The queue is not full. */
void cluster_add(struct cluster *c, const struct want *w);

/*
 * Takes the next run, of at most `max` pages, CLUSTER_MAX at most: how many; 0 if
 * the queue is empty.
 */
unsigned cluster_take(struct cluster *c, unsigned max, struct want *run);

#endif
