/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * partition.h - where partitions lie: MBR with logical ones, GPT (UEFI, chapter
 * 5). Their types say nothing here; who looks for something looks into each.
 *
 * The table is from a disk: it may lie, and go round in circles. What lies
 * beyond the end of the disk is passed over. Pure, but for read().
 */
#ifndef SWAP_PARTITION_H
#define SWAP_PARTITION_H
#include <stdint.h>

#define PARTITION_SECTOR 512u
#define PARTITIONS_MAX	 64u

struct partition {
	unsigned number; /* from 1, as everybody counts them */
	uint64_t first, sectors;
};

/* One sector into `to`: 0, or an error. */
typedef long partition_read(void *context, uint64_t sector, void *to);

/*
 * The partitions of a disk of that many sectors, at most PARTITIONS_MAX: how
 * many; -E_NOENT: it has no table; or what read() says.
 */
long partitions_find(partition_read *read, void *context, uint64_t sectors,
		     struct partition *to);

#endif
