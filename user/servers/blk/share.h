/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * share.h - memory that clients have in common with the driver: one piece a
 * client, told apart by badge (proto/blk.h).
 *
 * What the driver believes about a piece, the kernel has said: that it is
 * contiguous, where it is, that it is as long as the client says, and that the
 * client's handle permits to tell devices of it. A piece that the device is at
 * is not replaced.
 */
#ifndef BLK_SHARE_H
#define BLK_SHARE_H
#include <stdbool.h>
#include <stdint.h>

#define SHARES_MAX 32u /* as many as there can be services */

struct share {
	uint64_t badge;
	uint64_t memory, notification; /* handles; 0: free */
	uint64_t physical, bytes;
	unsigned working; /* requests that the device has */
};

struct shares {
	struct share share[SHARES_MAX];
};

/* The client's, or NULL. */
struct share *share_find(struct shares *all, uint64_t badge);

/*
 * The client's piece is this one from now on: 0, and the handles are the table's;
 * else -E_INVAL, -E_AGAIN, -E_NOMEM, and they stay the caller's.
 */
int share_add(struct shares *all, uint64_t badge, uint64_t memory,
	      uint64_t notification, uint64_t bytes);

/* The physical address of `bytes` of it at `at`: 0 if it is not so long. */
uint64_t share_address(const struct share *s, uint64_t at, uint64_t bytes);

#endif
