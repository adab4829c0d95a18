/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proto/swap.h - what the swap server can be asked.
 *
 *	request		words	reply
 *	SWAP_INFO	area	0, slots, used, in, out, errors; its name
 *	SWAP_OBJECT	area	0; a handle
 *
 * Word 0 is the request; the reply's is 0 or an error. Areas count from 0. Both
 * can be sent twice.
 *
 * SWAP_OBJECT gives a new object that shows the area, slot n as page n, to read
 * and write: for who wants to try the server without a kernel that is short of
 * memory. Only a server that was started with `plain` does that; it gives its
 * areas to nobody else. Two such objects of one area do not know of each other.
 *
 * -E_NOENT	no area of that number
 * -E_PERM	the area is the kernel's
 * -E_INVAL	no such request
 */
#ifndef PROTO_SWAP_H
#define PROTO_SWAP_H
#include <stdint.h>

enum swap_request { SWAP_INFO = 1, SWAP_OBJECT };

#define SWAP_NAME_MAX 48u

struct swap_info {
	char name[SWAP_NAME_MAX]; /* where it is */
	uint64_t slots;		  /* pages that it has room for */
	uint64_t used;		  /* of them, so many have been written once */
	uint64_t in, out;	  /* pages read and written, so far */
	uint64_t errors;	  /* pages that could not be */
};

long swap_info(uint64_t swap, unsigned area, struct swap_info *to);

/* A handle. */
long swap_object(uint64_t swap, unsigned area);

#endif
