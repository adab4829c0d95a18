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

/* Of a region, by space_advise(). */
#define MAP_NO_FORK	 0x0080u     /* a clone has no such region, */
#define MAP_WIPE_ON_FORK 0x0400u     /* or one without private pages */
#define MAP_SEQUENTIAL	 0x0800u     /* how it is read: much ahead, */
#define MAP_RANDOM	 0x1000u     /* or not at all */
#define MAP_HUGE	 0x2000u     /* larger pages where they can be, */
#define MAP_NO_HUGE	 0x4000u     /* or never */
#define MAP_PINNED	 0x80000000u /* its pages stay, once they are there */

/* space_advise() */
enum advice {
	/* The region's flags, until there is other advice. */
	ADVISE_NORMAL, /* neither of the next two */
	ADVISE_SEQUENTIAL,
	ADVISE_RANDOM,
	ADVISE_NO_FORK,
	ADVISE_FORK,
	ADVISE_WIPE_ON_FORK, /* private mappings only */
	ADVISE_KEEP_ON_FORK,
	ADVISE_HUGE,
	ADVISE_NO_HUGE,
	ADVISE_UNPIN,
	ADVISE_PIN, /* and all pages are brought */

	/* Pages, once. */
	ADVISE_WILL_NEED, /* those that lie elsewhere are brought for reading */
	ADVISE_POPULATE,  /* all are, for writing if it is private and may */
	ADVISE_DONT_NEED, /* private pages are forgotten: zero, or as in the
			     object, when touched again */
	ADVISE_FREE,	  /* they may be, until they are written again */
	ADVISE_END
};

/* A region that goes on at `end`: it is listed in parts, joined by the reader. */
#define MAP_PART 0x40000000u

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

/*
 * One page, as space_pages() tells it: bits, and how often its frame is named if
 * it is private, saturated.
 *
 *	untouched   MAPPED			read, zero  PRESENT ZERO
 *	written     PRESENT PRIVATE DIRTY	a file's    PRESENT OBJECT
 *	swapped     SWAPPED			shared	    PRESENT OBJECT SHARED
 *	and a clone has it, too: SHARED, and not WRITABLE
 */
#define PAGE_IS_MAPPED	 0x001ul /* a region holds it */
#define PAGE_IS_PRESENT	 0x002ul /* it has a frame */
#define PAGE_IS_ACCESSED 0x004ul
#define PAGE_IS_DIRTY \
	0x008ul /* as region_info.dirty, in swap, too; see PAGES_CLEAN */
#define PAGE_IS_WRITABLE 0x010ul /* a write meets no fault */
#define PAGE_IS_PRIVATE	 0x020ul
#define PAGE_IS_SHARED	 0x040ul /* as region_info.shared */
#define PAGE_IS_ZERO	 0x080ul /* the zero page that all have */
#define PAGE_IS_OBJECT	 0x100ul /* the object's, as it is there */
#define PAGE_IS_SWAPPED	 0x200ul
#define PAGE_IS_HUGE	 0x400ul  /* part of a larger leaf */
#define PAGE_IS_PINNED	 0x800ul  /* as ADVISE_PIN */
#define PAGE_IS_FREE	 0x1000ul /* as ADVISE_FREE, not written since */
#define PAGE_REFS_SHIFT	 48
#define PAGE_REFS_MAX	 0xfffful
#define PAGE_REFS(word)	 ((unsigned)((word) >> PAGE_REFS_SHIFT))

/* Flags of space_pages(). */
#define PAGES_CLEAN 1u /* what is told as written is told so once */

/* What faults of a space have done. */
struct space_counts {
	uint64_t faults;  /* all, refused ones too */
	uint64_t zero;	  /* the zero page mapped for a read */
	uint64_t zeroed;  /* a fresh frame for a write */
	uint64_t shown;	  /* an object's page mapped as it is */
	uint64_t copied;  /* a private copy made for a write */
	uint64_t touched; /* A or D set by hand */
	uint64_t stale;	  /* the entry was good, the TLB's was not */
	uint64_t grown;	  /* a stack grew */
	uint64_t swapped; /* brought back from swap */
};

/* space_info() */
struct space_info {
	struct space_counts counts;
	uint64_t regions;
	uint64_t tables;    /* pages of them, those in common too */
	uint64_t in_common; /* leaf tables that clones have, or had */
	uint64_t pinned;    /* pages that its regions pin */
	uint64_t huge;	    /* leaves of 2 MiB */
};
_Static_assert(sizeof(struct space_info) == 112, "part of the ABI");

/* What the machine has done about memory since it started, in pages. */
struct mm_counts {
	uint64_t pages_in;  /* that pagers supplied, */
	uint64_t pages_out; /* and wrote back */
	uint64_t scanned;   /* looked at by reclaim, */
	uint64_t stolen;    /* and taken */
	uint64_t refaults;  /* taken, and soon wanted again */
	uint64_t swapped_in, swapped_out;
	uint64_t ahead_hits;		/* brought ahead, and used, */
	uint64_t ahead_waste;		/* or not */
	uint64_t killed;		/* tasks, for want of memory */
	uint64_t huge_made, huge_split; /* leaves of 2 MiB */
	uint64_t moved;			/* to other frames, for folios */
};

#endif
