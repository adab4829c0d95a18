/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * region.h - what may be where in a space: its regions (VMAs), in order.
 *
 * A region is a run of pages with one protection and one origin. It says what
 * a fault may bring; which frame a page has, the page tables say.
 *
 * Invariants (region_check() walks them)
 *  - Regions are page aligned, not empty, in the user half, and do not overlap.
 *  - prot is within max_prot. PROT_W always comes with PROT_R.
 *  - Two neighbours that could be one are one: see region_insert(). Hence a
 *    range of pages has one way only to be written as regions.
 *  - The tree is balanced; a look-up among 100,000 takes at most 24 steps.
 * Locking: none here. Callers hold the lock of the space that owns the set.
 * Nothing here waits. What fails changes nothing: memory is reserved first.
 */
#ifndef MM_REGION_H
#define MM_REGION_H
#include "abi/error.h"
#include "abi/space.h"
#include "arch/mmu.h"
#include "lib/list.h"
#include "lib/types.h"
#include "mm/slab.h"

struct object;
struct region_set;

/*
 * Kept free below a region that grows down: growth stops that far above its
 * lower neighbour, and region_gap() stays as far below the lowest address to
 * which it may grow. Only region_insert() at an address of the caller's choice
 * may come nearer.
 */
#define REGION_GUARD PAGE_SIZE

struct region {
	va_t start, end; /* [start, end) */

	/* The tree's; see region_tree.h. */
	struct region *child[2], *parent;
	uint32_t gap, max_gap;

	uint32_t flags; /* MAP_* without MAP_FIXED */
	uint8_t prot, max_prot;
	uint8_t height; /* the tree's */

	struct object *object; /* NULL: anonymous */
	union {
		uint64_t offset; /* bytes of `start` in the object, else 0 */
		va_t limit;	 /* grows down: `start` never goes below this */
	};

	/* For the hooks: the object's list of its regions, and the way back. */
	struct list in_object;
	struct region_set *set;
};
_Static_assert(sizeof(struct region) == 96, "42 to a frame");

/*
 * How an object learns of the regions that name it. Called for regions with an
 * object only, once each: get() when the region is whole, before it is found;
 * put() when nothing finds it any more, before its memory goes.
 */
struct region_ops {
	void (*get)(struct region *r);
	void (*put)(struct region *r);
};

struct region_set {
	struct region *root;
	struct region *last; /* found or made last, or NULL */
	uint64_t count;
	uint64_t pinned;	      /* pages in regions with MAP_PINNED */
	const struct region_ops *ops; /* NULL: no hooks */
};

/* A piece [start, end) of `r` that goes away; `r` is still as it was. */
typedef void region_gone(void *ctx, const struct region *r, va_t start,
			 va_t end);

extern struct slab_cache region_cache;

void region_set_init(struct region_set *set, const struct region_ops *ops);

/* ---- finding --------------------------------------------------------- */

/* `r` may be NULL. */
static inline bool region_holds(const struct region *r, va_t va)
{
	return r != NULL && va - r->start < r->end - r->start;
}

/* The first region that ends above `va`, or NULL. */
struct region *region_next(const struct region_set *set, va_t va);

/* In order of address; NULL at either end. */
struct region *region_first(const struct region_set *set);
struct region *region_after(const struct region *r);
struct region *region_before(const struct region *r);

struct region *region_find_slow(struct region_set *set, va_t va);

/* Step 4 of a page fault: the region that holds `va`, or NULL. */
static inline struct region *region_find(struct region_set *set, va_t va)
{
	if (region_holds(set->last, va))
		return set->last;
	return region_find_slow(set, va);
}

/*
 * The highest free [address, address + len) within [lo, hi) that ends at or
 * below `hint`, else the highest at all; 0 if there is none. A hint below `lo`
 * or of `hi` states no wish; a random one is how a space scatters its regions.
 * `len` is a multiple of the page size, `align` a power of two not below it.
 * Page 0 is never given, nor what a region may yet grow into. To stay
 * logarithmic the search may pass over a gap shorter than
 * len + align - PAGE_SIZE.
 */
va_t region_gap(const struct region_set *set, uint64_t len, uint64_t align,
		va_t lo, va_t hi, va_t hint);

/* ---- changing -------------------------------------------------------- */

/*
 * Adds [start, end). `offset` is where `start` lies in the object: aligned, and
 * ignored without one; with MAP_GROW_DOWN, which is for anonymous memory only,
 * it is the limit: aligned, and at least REGION_GUARD. The region becomes one
 * with a neighbour of equal prot, max_prot, flags and object whose offset
 * continues; regions that grow down stay apart. With MAP_PINNED the caller adds
 * to set->pinned. The set takes its own references by ops->get(). 0, -E_INVAL, -E_ACCES (prot beyond max_prot),
 * -E_EXIST (overlaps a region), -E_NOMEM.
 */
int region_insert(struct region_set *set, va_t start, va_t end, unsigned prot,
		  unsigned max_prot, unsigned flags, struct object *object,
		  uint64_t offset);

/*
 * Takes [start, end) out, holes or not, and calls `gone` (may be NULL) for each
 * piece of a region in it, in order of address and before it goes; `gone` may
 * not change the set. 0, -E_INVAL, -E_NOMEM. Memory is needed only to
 * leave a region on both sides, so who removes a long range in steps, up to the
 * end of one region at a time, cannot fail after the first.
 */
int region_remove(struct region_set *set, va_t start, va_t end,
		  region_gone *gone, void *ctx);

/*
 * Gives [start, end) another protection. 0, -E_INVAL, -E_NOMEM (a page without
 * region, or no memory), -E_ACCES (beyond a max_prot); of several the lowest
 * address decides. The caller brings the page tables in line.
 */
int region_protect(struct region_set *set, va_t start, va_t end, unsigned prot);

/*
 * Gives [start, end), holes or not, the flags `on` in place of `off`: 0, -E_NOMEM.
 */
int region_set_flags(struct region_set *set, va_t start, va_t end, unsigned off,
		     unsigned on);

/*
 * An access to `va`, which no region holds: if the next region above grows
 * down, may come that far by its limit, and REGION_GUARD to the neighbour below
 * remains, it now starts at the page of `va` and 0 is returned; else -E_NOENT.
 */
int region_grow_down(struct region_set *set, va_t va);

/*
 * Takes up to `max` regions out, lowest first, calling `gone` for each: true
 * when none is left. Once begun, the set is good for nothing else until then.
 */
bool region_destroy(struct region_set *set, uint64_t max, region_gone *gone,
		    void *ctx);

static inline void region_destroy_all(struct region_set *set, region_gone *gone,
				      void *ctx)
{
	region_destroy(set, UINT64_MAX, gone, ctx);
}

/* ---- checking -------------------------------------------------------- */

/* NULL if all invariants hold, else the one that does not, in words. */
const char *region_check(const struct region_set *set);

#endif
