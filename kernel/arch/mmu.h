/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mmu.h - the contract between memory management and a memory management unit.
 *
 * A `struct mmu` is one set of page tables: a root, whose upper half is the
 * kernel's and the same in all of them, and a user half. Entries are read and
 * made by the pte_ functions alone (arch/riscv/pte.h); a caller holds a slot,
 * a pointer to an entry in a table, only while it holds the tables' lock.
 *
 * Invariants
 *  - An entry is a leaf (maps memory), a table (points to one), or invalid. An
 *    invalid entry carries a 61-bit word of the caller's (pte_soft()); 0 is
 *    nothing. A page without any right is a hidden leaf: invalid, with a frame.
 *  - A leaf has A and D clear unless the caller or the hardware sets them.
 *    Hardware that does not set them faults, and the fault handler sets them:
 *    see pte_touch().
 *  - Taking rights away, changing the frame, or clearing A or D owes a flush.
 *    Giving rights owes none: a hart that still has the old entry faults once,
 *    and the handler answers with mmu_flush_stale() and a retry.
 *  - A change of a table entry owes flush_tables(); a page's address is not
 *    enough to forget it (RISC-V privileged spec, SFENCE.VMA).
 *  - A frame or table may be used for something else only after flush_run().
 *
 * Levels count from the leaf end: 0 is 4 KiB, 1 is 2 MiB, 2 is 1 GiB.
 * Locking: all functions on one mmu are called under the lock of its owner,
 * except mmu_switch() and what only reads counters.
 */
#ifndef ARCH_MMU_H
#define ARCH_MMU_H
#include "arch/cpu.h"
#include "arch/layout.h"
#include "arch/riscv/pte.h"
#include "lib/types.h"

#define MMU_LEVELS	  3
#define MMU_LEVEL_SIZE(l) (1ul << (PAGE_SHIFT + 9 * (l)))
#define MMU_USER_END	  (1ul << 38)

struct mmu {
	pa_t root;
	uint64_t harts; /* harts that may hold translations; bit = cpu index */
	uint64_t context; /* generation << 16 | ASID; 0: none yet */
	uint64_t satp;	  /* with that ASID */
	uint64_t tables;  /* of the user half, the root included */

	/* The leaf table found last, and for which 2 MiB: mmu_leaf_slot(). */
	va_t last_span; /* va / 2 MiB; MMU_NO_SPAN: none */
	pte_t *last_leaves;
};
#define MMU_NO_SPAN (~0ul)

/*
 * In mmu.harts besides: more than one thread may run on them. For ever; set
 * under the lock of their owner by mmu_share().
 */
#define MMU_SHARED (1ul << 63)

/* ---- tables ---------------------------------------------------------- */

/* A new root: empty user half, the kernel's upper half. 0 or -E_NOMEM. */
int mmu_create(struct mmu *m);

/*
 * Frees every table of the user half and the root. No leaf may be left that
 * the caller still counts, and no hart may be running on `m`. Fences first.
 */
void mmu_destroy(struct mmu *m);

/*
 * The slot of `va` at `level`, or NULL if the tables above it are not there
 * (or a larger leaf stands in their place).
 */
pte_t *mmu_slot(const struct mmu *m, va_t va, int level);

/* Is the leaf table of `va` the one that was found last? Then its slot there. */
static inline bool mmu_leaf_is_near(const struct mmu *m, va_t va)
{
	return va >> (PAGE_SHIFT + 9) == m->last_span;
}

static inline pte_t *mmu_leaf_slot_near(const struct mmu *m, va_t va)
{
	return m->last_leaves + PTE_INDEX(va, 0);
}

pte_t *mmu_leaf_slot_far(struct mmu *m, va_t va);

/*
 * mmu_slot() of level 0, for the way of a fault. The leaf table noted as found
 * last is in the tree, and this space's own (PTE_SHARED): who changes that
 * forgets it.
 */
static inline pte_t *mmu_leaf_slot(struct mmu *m, va_t va)
{
	if (mmu_leaf_is_near(m, va))
		return mmu_leaf_slot_near(m, va);
	return mmu_leaf_slot_far(m, va);
}

/*
 * The same for who only reads, or changes atomically: also in a table that is
 * folded away, or that a leaf of 2 MiB stands for. Nothing is noted.
 */
pte_t *mmu_leaf_slot_any(const struct mmu *m, va_t va);

/* The entry that leads to the leaf table of `va`, or NULL: none can. */
static inline pte_t *mmu_span_slot(const struct mmu *m, va_t va)
{
	return mmu_slot(m, va, 1);
}

/*
 * The next address that another leaf table can hold: 2 MiB further, or a whole GiB
 * where no table leads to leaf tables.
 */
va_t mmu_next_span(const struct mmu *m, va_t va);

/*
 * Lets the leaf table of `va` be reached by `p`, a pointer, folded or not, or 0.
 * The entry is as mmu_span_slot() gave it. One that could be walked owes
 * flush_tables().
 */
void mmu_set_span(struct mmu *m, pte_t *slot, pte_t p);

/*
 * The same, making the tables that are missing: 0, -E_NOMEM, or -E_EXIST where
 * a larger leaf stands. Tables made before a failure stay; mmu_destroy() frees
 * them.
 */
int mmu_make_slot(struct mmu *m, va_t va, int level, pte_t **slot);

struct mmu_flush;

/*
 * Takes the table that holds the leaves around `va` (2 MiB of addresses, all
 * entries empty) out of the tree, and adds that to the batch. Gives the table
 * for upcall_table_free() after flush_run(), or 0 if there is none.
 */
pa_t mmu_cut_table(struct mmu *m, va_t va, struct mmu_flush *f);

/*
 * The same of any table but the root, the first at or above *va, if all leaves
 * are gone: *va moves on, and *looks loses what the search has cost. 0: *looks is
 * 0, or *va the end of the user half.
 */
pa_t mmu_cut_next(struct mmu *m, va_t *va, unsigned *looks,
		  struct mmu_flush *f);

/* ---- leaves ---------------------------------------------------------- */

/*
 * Maps [va, va+len) to [pa, pa+len), by the largest leaves that alignment
 * allows, none above `max_level`. Everything is page aligned and the range
 * holds no leaf yet: -E_EXIST, and -E_NOMEM, leave what was mapped so far.
 */
int mmu_map(struct mmu *m, va_t va, pa_t pa, uint64_t len, unsigned prot,
	    int max_level);

/*
 * Empties every leaf and soft word in [va, va+len) and adds what was mapped to
 * the batch. A larger leaf that the range covers in part is -E_BUSY and nothing
 * is changed (the caller splits it first). Tables stay.
 */
int mmu_unmap(struct mmu *m, va_t va, uint64_t len, struct mmu_flush *f);

/*
 * Gives every leaf in the range the protection `prot`; A, D and the frame stay.
 * Counts on the caller for leaves that must stay read-only (copy-on-write).
 * Same condition as mmu_unmap().
 */
int mmu_protect(struct mmu *m, va_t va, uint64_t len, unsigned prot,
		struct mmu_flush *f);

/* The leaf that maps `va`, and its level; 0 if there is none. */
pte_t mmu_query(const struct mmu *m, va_t va, int *level);

/*
 * The entries on the way to `va` as they stand in memory, root first in
 * entry[2]; below where the walk ends they are 0. Gives the level of the leaf,
 * or -1 if there is none. For people: panic texts, listings, lessons.
 */
int mmu_walk(const struct mmu *m, va_t va, pte_t entry[MMU_LEVELS]);

/*
 * Clears A, or D, of the leaf that maps `va`, atomically against the
 * hardware; says whether it was set. A cleared D owes a flush; a cleared A need
 * not (a stale A only delays ageing).
 */
bool mmu_test_clear_accessed(struct mmu *m, va_t va);
bool mmu_test_clear_dirty(struct mmu *m, va_t va);

/*
 * No hart but this one can be walking the tables or setting A and D in them, so
 * entries may be changed by plain loads and stores: this hart runs on them, no
 * other ever has, and there is one thread that could, which is here.
 */
static inline bool mmu_is_alone(const struct mmu *m)
{
	const struct cpu *cpu = this_cpu();

	return cpu->mmu == m && __atomic_load_n(&m->harts, __ATOMIC_RELAXED) ==
					1ul << cpu->index;
}

void mmu_share(struct mmu *m);

/*
 * Code was written that may be fetched through these tables: harts that ran
 * them fetch anew (FENCE.I), those that will do so when they first do.
 */
void mmu_sync_code(struct mmu *m);

/* ---- flushing -------------------------------------------------------- */

/*
 * One batch: what a walk over many pages owes the TLBs, paid at once and to
 * those harts alone that ran the tables. At most a handful of addressed fences;
 * beyond FLUSH_PAGES, or after flush_tables(), one of the whole ASID.
 */
#define FLUSH_PAGES 16

struct mmu_flush {
	struct mmu *mmu;
	va_t lo, hi; /* hull of what was added, hi included; empty: lo > hi */
	bool tables; /* a table entry changed */
};

void flush_begin(struct mmu_flush *f, struct mmu *m);
void flush_add(struct mmu_flush *f, va_t va, uint64_t len);
void flush_tables(struct mmu_flush *f);
/* On return no hart uses what was added. The batch is empty again. */
void flush_run(struct mmu_flush *f);

/* A batch of one page. */
void mmu_forget_page(struct mmu *m, va_t va);

/* Every hart forgets every translation. */
void mmu_forget_everywhere(void);

/* This hart alone: the entry in memory permits what just faulted. */
void mmu_flush_stale(struct mmu *m, va_t va);

/*
 * This hart alone, by kind; for code that states its own fences (the x86
 * mirror). With errata that forbid addressed fences each is a full one.
 */
void mmu_fence_all(void);		     /* x0, x0: globals too */
void mmu_fence_space(struct mmu *m);	     /* x0, asid */
void mmu_fence_page(struct mmu *m, va_t va); /* va, asid */
void mmu_fence_page_global(va_t va);	     /* va, x0: any ASID, globals */

/*
 * Whether supervisor loads and stores may use U pages on this hart; at once,
 * without a fence. For the x86 mirror's STAC and CLAC; uaccess has its own.
 */
void mmu_allow_user(bool on);

/* ---- spaces ---------------------------------------------------------- */

/* The same at the end of a function that gives `result`. */
void *mmu_switch_then(struct mmu *m, void *result);

/*
 * Makes `m` current on this hart. With ASIDs one satp write and no fence;
 * without, a fence if the last tables were others. Nothing if `m` is current.
 */
static inline void mmu_switch(struct mmu *m)
{
	if (this_cpu()->mmu != m)
		mmu_switch_then(m, NULL);
}

/* The kernel's own tables: user half empty. */
extern struct mmu kernel_mmu;

/* The tables that this hart runs on. */
const struct mmu *mmu_current(void);

/* ---- what this machine can do, found at boot ------------------------- */

struct mmu_features {
	unsigned asid_bits; /* 0: no ASIDs */
	bool soft_ad; /* A=0, D=0 must fault although hardware sets them */
	bool full_fences_only; /* errata: an addressed fence may miss */
};
extern struct mmu_features mmu_features;

/* Fences by kind and satp writes, all harts; for statistics and tests. */
struct mmu_counts {
	uint64_t fence_all, fence_space, fence_page, remote, satp, rollovers;
};
struct mmu_counts mmu_counts_read(void);

#endif
