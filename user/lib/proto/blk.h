/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proto/blk.h - a disk: sectors of 512 bytes.
 *
 *	request		words			bytes	reply
 *	BLK_INFO	-			-	0, sectors, BLK_* flags, max,
 *							most
 *	BLK_READ	sector, bytes		-	0; the bytes
 *	BLK_WRITE	sector			data	0
 *	BLK_FLUSH	-			-	0
 *
 * Word 0 is the request; the reply's is 0 or an error. `max` is the largest
 * number of bytes in one request, a multiple of BLK_SECTOR. Many requests can be
 * under way at once, each by a thread of its own, and they end in any order. A
 * write is safe from the loss of power when a flush that was sent after its
 * reply has been answered.
 *
 * Every request can be sent twice: it says the same again.
 *
 * -E_RANGE	beyond the end of the disk
 * -E_INVAL	not whole sectors, none, or more than `max`
 * -E_PERM	a write, and the disk is read-only
 * -E_IO	the device could not
 */
#ifndef PROTO_BLK_H
#define PROTO_BLK_H
#include <stddef.h>
#include <stdint.h>

enum blk_request { BLK_INFO = 1, BLK_READ, BLK_WRITE, BLK_FLUSH };

#define BLK_SECTOR 512u
#define BLK_MAX	   0x10000u /* `max` is never more */

#define BLK_READ_ONLY 1u
#define BLK_HAS_FLUSH 2u /* else what has been written is on the disk */

struct blk_info {
	uint64_t sectors;
	uint32_t flags;
	uint32_t max;
	uint32_t most; /* requests that the device had at once, so far */
};

long blk_info(uint64_t disk, struct blk_info *to);
long blk_read(uint64_t disk, uint64_t sector, void *to, size_t bytes);
long blk_write(uint64_t disk, uint64_t sector, const void *data, size_t bytes);
long blk_flush(uint64_t disk);

#endif
