/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * space.h - an address space: its regions say what may be where, its page
 * tables say what is.
 *
 * The page table is the truth about a private page: a leaf is a frame of the
 * space's own, the zero page, or a page of the region's object, read-only or, in
 * a shared region, as the object has it.
 *
 *	region        entry             the page is
 *	none          0                 nobody's: -E_FAULT
 *	any           0                 not there yet: the next fault brings it
 *	any           leaf, zero page   read, never written
 *	with object   leaf, its page    read, never written
 *	shared        leaf, its page    the object's own; W as object.h says
 *	any           leaf, private     the space's own
 *	PROT_NONE     hidden leaf       any of the last three, out of reach
 *
 * Invariants (mm_check() walks them)
 *  - A leaf lies in a region and has no right that the region has not.
 *  - A leaf with W is a private frame with one reference, or a writable page
 *    of a shared region's object (page_is_writable(), of a PAGED one).
 *  - A leaf table exists only where a region touches its 2 MiB.
 * Locking: all functions take the space's lock (LOCK_SPACE) themselves.
 *
 * Work on a long range is done in steps of at most about 20,000 instructions.
 * What a step leaves behind is as if the call had been for the part that is
 * done; between two steps others may use the space.
 */
#ifndef MM_SPACE_H
#define MM_SPACE_H
#include "abi/space.h"
#include "arch/mmu.h"
#include "lib/kobject.h"
#include "lib/lock.h"
#include "mm/huge.h"
#include "mm/region.h"

struct object;

struct space {
	struct kobject object; /* refs: tasks, handles */
	struct lock lock;
	uint32_t tasks; /* that run in it, or did */
	struct mmu mmu;
	struct region_set regions;
	struct space_counts counts; /* of its faults; under its lock */
	/* Leaf tables that others have, or had (span.h); that a leaf stands for, or
	 * that is being filled (huge.h): who changes entries looks there first. */
	uint32_t in_common;
	uint32_t huge;	 /* leaves of 2 MiB */
	bool pinned;	 /* its pages stay: reclaim.h */
	bool parted;	 /* a region is, or was, not for clones */
	bool small_only; /* the fault at work is to bring its page alone */
	struct huge_folio coming;
	struct list all; /* every space, for mm_check() */
	va_t maps; /* what may lie anywhere lies below, if it fits; 0: no matter */
	/* Of one that ends: below, tables in common are left, pages are gone,
	 * tables are cut. */
	va_t leaving_at, ending_at, cutting_at;
};

/* Programs live in [SPACE_LOW, SPACE_HIGH). Page 0 is never mapped. */
#define SPACE_LOW  PAGE_SIZE
#define SPACE_HIGH (MMU_USER_END - PAGE_SIZE)

/* Random bits of where maps begin below SPACE_HIGH, and the first stack; pages. */
#define SPACE_MAPS_BITS	 24u
#define SPACE_STACK_BITS 20u

/* The length in whole pages; 0 if [addr, addr+len) is no range of user pages. */
uint64_t space_pages_at(va_t addr, uint64_t len);

extern const struct kind space_kind;

static inline struct space *space_of(struct kobject *o)
{
	return container_of(o, struct space, object);
}

/* An empty space with one reference, the caller's. NULL: no memory. */
struct space *space_create(void);

/*
 * The last reference frees all its memory at once; its tables go when no hart
 * can be running on them any more.
 */
static inline void space_put(struct space *s)
{
	kobject_put(&s->object);
}

/*
 * From now on several threads may run in it, or work on it from outside: its
 * tables are changed by atomic means (mmu_is_alone()). For ever.
 */
void space_share(struct space *s);

/*
 * A space with the same regions and the same contents, but for what advice keeps
 * from clones (MAP_NO_FORK, MAP_WIPE_ON_FORK): what either writes from
 * then on the other does not see, but in shared mappings. Costs a pointer a leaf
 * table (span.h), and a region each. One reference, the caller's. NULL and *err:
 * -E_NOMEM; -E_BUSY: it has a pager's window.
 */
struct space *space_clone(struct space *from, int *err);

/*
 * Maps `len` bytes (rounded up to pages) at *addr, or with *addr = 0 where
 * there is room; *addr becomes the address. Anonymous memory with object =
 * NULL, else a private view of the object from `offset`, of which the region
 * takes its own reference. With MAP_GROW_DOWN `offset` is the lowest address
 * that the stack may reach. 0, -E_INVAL, -E_EXIST, -E_NOMEM.
 */
int space_map(struct space *s, va_t *addr, uint64_t len, unsigned prot,
	      unsigned flags, struct object *object, uint64_t offset);

/*
 * The same of an object, with `max_prot` (PROT_*) the most that the pages may
 * ever get. With MAP_SHARED the object's own pages; a private view of registers,
 * or registers to execute, are -E_INVAL. -E_ACCES: `prot` goes beyond.
 */
int space_map_object(struct space *s, va_t *addr, uint64_t len, unsigned prot,
		     unsigned max_prot, unsigned flags, struct object *object,
		     uint64_t offset);

/*
 * Free what lies in the range, holes or not; give it another protection. 0,
 * -E_INVAL, -E_NOMEM (no memory; to protect, a hole), -E_ACCES; then nothing is
 * changed.
 */
int space_unmap(struct space *s, va_t addr, uint64_t len);
int space_protect(struct space *s, va_t addr, uint64_t len, unsigned prot);

/*
 * The same in steps, for more than SPACE_SHORT. One step: *addr and *len become
 * what is left to do, *len 0 if nothing is. After an error that part has been
 * done which lies below *addr.
 */
#define SPACE_SHORT (32 * PAGE_SIZE)

int space_unmap_step(struct space *s, va_t *addr, uint64_t *len,
		     unsigned unused);
int space_protect_step(struct space *s, va_t *addr, uint64_t *len,
		       unsigned prot);

/*
 * Lists up to `max` regions, what of them lies above `from`; gives how many. Of
 * one with very many pages, which is then the last, a part: MAP_PART.
 */
int space_list(struct space *s, va_t from, struct region_info *to,
	       unsigned max);

/*
 * The pages of a step's range go, the regions stay: private ones are zero, or as
 * in the object, when touched again. 0, -E_NOMEM: nothing is changed.
 */
int space_forget_locked(struct space *s, va_t start, va_t end);

/* The same, and the regions go. */
int space_unmap_locked(struct space *s, va_t start, va_t end);

void space_trim(void);

#endif
