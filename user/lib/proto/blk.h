/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proto/blk.h - a disk: sectors of 512 bytes.
 *
 *	request		words			with	reply
 *	BLK_INFO	-			-	0, sectors, BLK_* flags, max,
 *							most
 *	BLK_READ	sector, bytes		-	0; the bytes
 *	BLK_WRITE	sector			data	0
 *	BLK_FLUSH	-			-	0
 *	BLK_SHARE	bytes			2 handles  0
 *	BLK_FETCH	sector, bytes, at,	-	0: it is under way
 *	BLK_STORE	 done, failed
 *	BLK_WATCH	-			-	none
 *
 * Word 0 is the request; the reply's is 0 or an error. `max` is the largest
 * number of bytes in one request, a multiple of BLK_SECTOR. Many requests can be
 * under way at once, each by a thread of its own, and they end in any order. A
 * write is safe from the loss of power when a flush that was sent after its
 * reply has been answered.
 *
 * ---- memory in common -------------------------------------------------------
 * A client with much to move has memory in common with the driver, into which
 * the device writes, and out of which it reads, without a copy:
 *
 *	BLK_SHARE	the memory (object, DMA: contiguous, `bytes` of it at
 *			least) and a notification (SIGNAL); both are sent as
 *			duplicates, and take the place of those that this client
 *			has shared before.
 *	BLK_FETCH	from the disk into the memory, `at` bytes from its start
 *	BLK_STORE	the other way
 *
 * These two are answered at once; later the notification has the bits `done` or
 * the bits `failed`. So one thread can have many requests under way.
 *
 * A client is who its badge says. The driver knows nothing of the client's memory
 * but what the kernel tells about the handle, so no client reaches what is not
 * his. The memory must not be free before the device is done with it, whoever
 * ends: it is what init gives by `dma` in the manifest, and keeps.
 *
 * A driver that ends forgets all this, and what was under way is lost without a
 * bit. The next driver has reset the device before it answers anything, and says
 * -E_NOENT, whatever is asked for, until it has been given the memory. BLK_WATCH
 * tells by an answer that never comes: the call itself gives -E_PEER when the
 * driver ends (or -E_AGAIN is the answer, if too many watch: ask again).
 *
 * Every request can be sent twice: it says the same again.
 *
 * -E_RANGE	beyond the end of the disk, or of the memory in common
 * -E_INVAL	not whole sectors, none, or more than `max`; BLK_SHARE: not two
 *		such handles, or fewer bytes
 * -E_PERM	a write, and the disk is read-only
 * -E_IO	the device could not
 * -E_NOENT	no memory is in common
 * -E_AGAIN	BLK_SHARE: the device is still at what came before
 * -E_NOMEM	BLK_SHARE: too many clients
 */
#ifndef PROTO_BLK_H
#define PROTO_BLK_H
#include <stddef.h>
#include <stdint.h>

enum blk_request {
	BLK_INFO = 1,
	BLK_READ,
	BLK_WRITE,
	BLK_FLUSH,
	BLK_SHARE,
	BLK_FETCH,
	BLK_STORE,
	BLK_WATCH,
};

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

/* A BLK_FETCH or BLK_STORE. */
struct blk_move {
	enum blk_request request;
	uint64_t sector;
	uint64_t bytes;
	uint64_t at;
	uint64_t done, failed; /* bits of the notification */
};

long blk_info(uint64_t disk, struct blk_info *to);
long blk_read(uint64_t disk, uint64_t sector, void *to, size_t bytes);
long blk_write(uint64_t disk, uint64_t sector, const void *data, size_t bytes);
long blk_flush(uint64_t disk);

/*
 * Waits while the device is at what came before. The handles stay the caller's,
 * and need DUPLICATE.
 */
long blk_share(uint64_t disk, uint64_t memory, uint64_t bytes,
	       uint64_t notification);

/*
 * Begins the request. Not sent again by itself: after -E_PEER, as after -E_NOENT,
 * nothing of what this client had under way will come.
 */
long blk_begin(uint64_t disk, const struct blk_move *move);

/*
 * Waits until the driver ends that has memory in common with this client: -E_PEER.
 * -E_NOENT: this one has none, so it is another; -E_STALE: there will be none.
 */
long blk_watch(uint64_t disk);

#endif
