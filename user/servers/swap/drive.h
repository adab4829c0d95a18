/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * drive.h - a disk behind the blk service, by memory in common (proto/blk.h).
 *
 *	wanted --> queue of reads  --+--> transfer: a run of pages,
 *	       --> queue of writes --+    64 KiB of the memory, one request
 *	                                    |
 *	          answered <---- done ------+
 *	          again, each alone <-------+ failed, and there were several
 *
 * A read that begins where one before has ended goes on as far as it can, and what
 * nobody has asked for yet stays in the memory until that is used again: who reads
 * one page after the other asks the disk once for CLUSTER_MAX of them. A page that
 * is written, or waits to be, is not taken from there.
 *
 * DRIVE_TRANSFERS requests are under way at most. Reads go first; a few transfers
 * are kept from writes, so that a read need not wait for one to end, and one from
 * reads, so that writes, by which memory comes free, are never shut out.
 *
 * When a driver dies, the next one is given the memory, and everything that was
 * under way once more. When there is no next one all fails from then on.
 */
#ifndef SWAP_DRIVE_H
#define SWAP_DRIVE_H
#include "cluster.h"
#include "proto/blk.h"

#define DRIVE_TRANSFERS 8u
#define DRIVE_WRITES	6u /* at once, at most */
#define DRIVE_READS	7u

/* Of the memory in common. */
#define DRIVE_MEMORY (DRIVE_TRANSFERS * (uint64_t)BLK_MAX)

struct transfer {
	unsigned count; /* of want[]; 0: free */
	bool writes;
	uint64_t first; /* sector */
	unsigned pages;
	uint32_t
		valid; /* pages that are, or will be, as on the disk: a bit each */
	struct want want[CLUSTER_MAX];
};

struct drive {
	const char *name; /* of the service */
	unsigned number;
	uint64_t endpoint;
	struct blk_info info;
	unsigned pages;	 /* in a request, at most */
	bool lost;	 /* the driver has ended, or may have */
	bool gone;	 /* for good */
	uint64_t shared; /* notification: the watcher may ask the driver */
	char *memory;	 /* its part of the memory in common, ... */
	uint64_t at;	 /* ... which begins there */
	unsigned reading, writing;
	unsigned turn; /* transfers are used in turn by reads */
	struct cluster reads, writes;
	struct transfer transfer[DRIVE_TRANSFERS];
};

/*
 * The disk behind a service becomes drive `number`: 0, or why it is no use, a
 * literal text.
 */
const char *drive_open(struct drive *d, unsigned number, const char *name);

/* Reads before all else: 0 or an error. */
long drive_read(struct drive *d, uint64_t sector, void *to, uint64_t bytes);

/* A page is wanted. */
void drive_add(struct drive *d, const struct want *w, bool writes);

/* Begins what can be begun. */
void drive_start(struct drive *d);

/* Bits of the notification have come. */
void drive_signalled(struct drive *d, uint64_t bits);

#endif
