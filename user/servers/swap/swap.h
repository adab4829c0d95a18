/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * swap.h - what the files of the swap server have in common.
 *
 *	swap.c       arguments; the ring: requests in, answers out
 *	area.c       where pages are kept: found on disks, or RAM
 *	drive.c      a disk: requests to it, errors, drivers that die
 *	cluster.c    runs of neighbouring pages (pure)
 *	header.c     what mkswap writes (pure)
 *	partition.c  MBR and GPT (pure)
 *	door.c       questions of others (proto/swap.h)
 *
 * The first thread serves the ring, and is the only one that changes anything. It
 * waits at one notification, for the kernel and for all disks. It never prints by
 * way of a service, and touches no page that is not there already: whoever it
 * waited for could be waiting for a page.
 */
#ifndef SWAP_SWAP_H
#define SWAP_SWAP_H
#include "cluster.h"
#include "header.h"
#include "proto/swap.h"

#define SWAP_PAGE  4096ul
#define AREAS_MAX  8u
#define DRIVES_MAX 3u

/* More would be much to remember: 16 GiB. */
#define AREA_SLOTS_MAX (1ul << 22)

struct drive;

struct area {
	struct drive *drive; /* NULL: RAM */
	char *ram;
	uint64_t first; /* sector */
	struct header header;
	uint64_t slots; /* slot 0 is not used */
	uint64_t *busy; /* a bit a slot: the kernel waits for an answer */
	uint64_t *used; /* a bit a slot: it has been written */
	uint64_t object;
	struct swap_info info;
};

struct swap {
	unsigned areas, drives;
	struct area area[AREAS_MAX];
	uint64_t notification, pager;
	char *dma; /* memory in common with the drivers */
	uint64_t dma_handle, dma_bytes;
	bool plain;
};

extern struct swap swap;

/* The bit of the notification that the kernel sets. */
#define SWAP_RING 1ul

/* ---- swap.c --------------------------------------------------------------- */

/* What was wanted has been done, or not: -E_IO. */
void swap_answer(const struct want *w, bool writes, long err);

/* A page. */
void swap_copy(void *to, const void *from);

/* ---- area.c --------------------------------------------------------------- */

/* The areas on a disk; what is wrong with each is said in a line. */
void areas_find(struct drive *d);

/* Where a slot is on its disk. */
static inline uint64_t area_sector(const struct area *a, uint64_t slot)
{
	return a->first + header_page(&a->header, slot) * CLUSTER_SECTORS;
}

static inline bool area_is_set(const uint64_t *bits, uint64_t slot)
{
	return bits[slot / 64] >> slot % 64 & 1;
}

/* An area in memory. */
void area_in_ram(const char *name, uint64_t bytes);

/* ---- door.c --------------------------------------------------------------- */

/* Answers at the door, in a thread of its own: 0, or an error. */
long door_open(uint64_t door);

#endif
