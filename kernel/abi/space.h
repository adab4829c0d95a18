/* SPDX-License-Identifier: BSD-2-Clause */
/* space.h - what a program says and learns about its address space. */
#ifndef ABI_SPACE_H
#define ABI_SPACE_H
#include <stdint.h>

/* Protection; the same bits as a leaf's R, W, X. */
#define PROT_NONE 0u
#define PROT_R	  1u
#define PROT_W	  2u /* implies PROT_R */
#define PROT_X	  4u
#define PROT_ALL  7u

/* Flags of space_map(), and of a region when it is listed. */
#define MAP_FIXED     0x010u /* at this address, or -E_EXIST */
#define MAP_GROW_DOWN 0x020u /* a stack: grows by faults to its limit */
#define MAP_SHARED    0x040u
#define MAP_HEAP      0x100u /* labels, for listings: [heap], */
#define MAP_STACK     0x200u /* [stack] */
#define MAP_LABELS    0x300u

/* A region that goes on at `end`: it is listed in parts, joined by the reader. */
#define MAP_PART 0x80000000u

/* One region, as space_regions() lists it, in order of address. */
struct region_info {
	uint64_t start, end; /* [start, end), page aligned */
	uint32_t prot;	     /* PROT_* */
	uint32_t flags;	     /* MAP_* */
	uint64_t offset;     /* of `start` in the object, in bytes */
	uint64_t resident;   /* pages that have a frame; of them, */
	uint64_t own;	     /* private, and no other space's */
	uint64_t shared;     /* private, and in common with a clone; or the
				object's, in a shared mapping */
	uint64_t swapped;    /* private pages that lie in swap */
	uint64_t dirty;	     /* private pages written since they are there; of
				a pager's object, since the pager had them */
	char name[24];	     /* of the object; "" for anonymous memory */
};
_Static_assert(sizeof(struct region_info) == 96, "part of the ABI");

#endif
