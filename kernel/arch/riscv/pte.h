/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pte.h - Sv39 page-table entries; the only file with their masks.
 * RISC-V privileged spec, "Sv39: Page-Based 39-bit Virtual-Memory System".
 *
 *  63 62 61 60    54 53           10 9   8 7 6 5 4 3 2 1 0
 *  N  PBMT  reserved PPN             RSW   D A G U X W R V
 *
 *  V=0            invalid: the other bits are software's; with bit 62 it is a
 *                 hidden leaf, a page that has a frame and no right at all
 *                 (V=1 without R, W, X would be a pointer)
 *                 with bit 61 a folded pointer: to a leaf table that is not to
 *                 be walked for now
 *  V=1, R=W=X=0   a pointer to the next table (then U=A=D=0 too); with RSW0 to
 *                 one that is not this space's alone (mm/span.h)
 *  V=1, else      a leaf; R=0 W=1 is reserved
 *
 * In memory an entry can look otherwise than here: where the machine sets A
 * and D by itself and software is to be tested without that (`ad=soft`), a leaf
 * with A=0 is stored invalid, and one with D=0 without W. pte_load() and
 * pte_store() translate, so nobody else knows.
 */
#ifndef ARCH_RISCV_PTE_H
#define ARCH_RISCV_PTE_H
#include "lib/atomic.h"
#include "lib/bits.h"
#include "lib/types.h"

/* Protection of a leaf. R, W, X are also the values of abi/space.h. */
#define MMU_R  1u
#define MMU_W  2u
#define MMU_X  4u
#define MMU_U  8u  /* user mode may; supervisor only inside uaccess */
#define MMU_G  16u /* the same in every space */
#define MMU_RW (MMU_R | MMU_W)

#define PTE_V	   BIT(0)
#define PTE_R	   BIT(1)
#define PTE_W	   BIT(2)
#define PTE_X	   BIT(3)
#define PTE_U	   BIT(4)
#define PTE_G	   BIT(5)
#define PTE_A	   BIT(6)
#define PTE_D	   BIT(7)
#define PTE_RSW0   BIT(8)   /* free for the kernel, kept by hardware */
#define PTE_RSW1   BIT(9)   /* taken by ad=soft */
#define PTE_HIDDEN BIT(62)  /* in an invalid entry only */
#define PTE_FOLDED BIT(61)  /* in an invalid entry only */
#define PTE_SHARED PTE_RSW0 /* in a pointer only */
#define PTE_WAS_D  PTE_RSW0 /* in a leaf only: D was set before it was in swap */
#define PTE_RWX	   (PTE_R | PTE_W | PTE_X)

#define PTE_PPN_SHIFT	     10
#define PTE_PPN_MASK	     (((1ul << 44) - 1) << PTE_PPN_SHIFT)
#define PTE_INDEX(va, level) ((va) >> (PAGE_SHIFT + 9 * (level)) & 511)

/* How ad=soft hides A=0 and D=0 from the hardware. */
#define PTE_SOFT_OLD   BIT(63)	/* in an invalid entry: a leaf with A=0 */
#define PTE_SOFT_CLEAN PTE_RSW1 /* in a leaf: W withheld because D=0 */
extern bool pte_soft_ad;

/* Protection <-> bits: both sides are contiguous and in the same order. */
_Static_assert(PTE_R == MMU_R << 1 && PTE_W == MMU_W << 1 &&
		       PTE_X == MMU_X << 1 && PTE_U == MMU_U << 1 &&
		       PTE_G == MMU_G << 1,
	       "a protection is the entry's bits 5..1");
#define PTE_PROT_MASK (PTE_RWX | PTE_U | PTE_G)

/* ---- making ---------------------------------------------------------- */

/* A leaf; A and D clear. `pa` is aligned to the leaf's size. */
static inline pte_t pte_leaf(pa_t pa, unsigned prot)
{
	return pa >> PAGE_SHIFT << PTE_PPN_SHIFT | (pte_t)prot << 1 | PTE_V;
}

/* A pointer to the table at `pa`. */
static inline pte_t pte_table(pa_t pa)
{
	return pa >> PAGE_SHIFT << PTE_PPN_SHIFT | PTE_V;
}

static inline pte_t pte_folded(pa_t pa)
{
	return pa >> PAGE_SHIFT << PTE_PPN_SHIFT | PTE_FOLDED;
}

/* An invalid entry that carries `word`, 61 bits; in a leaf's place. */
static inline pte_t pte_soft(uint64_t word)
{
	return word << 1;
}

/* ---- reading --------------------------------------------------------- */

static inline bool pte_valid(pte_t p)
{
	return p & PTE_V;
}

static inline bool pte_is_leaf(pte_t p)
{
	return (p & PTE_V) && (p & PTE_RWX);
}

static inline bool pte_is_table(pte_t p)
{
	return (p & (PTE_V | PTE_RWX)) == PTE_V;
}

static inline bool pte_is_folded(pte_t p)
{
	return (p & (PTE_V | PTE_FOLDED)) == PTE_FOLDED;
}

/* A pointer, to a table that others have, too, or had. */
static inline bool pte_is_shared(pte_t p)
{
	return (p & (PTE_V | PTE_RWX | PTE_SHARED)) == (PTE_V | PTE_SHARED);
}

/* Does the entry hold a frame: a leaf, or a hidden one? */
static inline bool pte_has_frame(pte_t p)
{
	return (p & PTE_V) ? (p & PTE_RWX) != 0 : (p & PTE_HIDDEN) != 0;
}

/* Bits 63..54 are pushed out at the top, 9..0 at the bottom. */
static inline pa_t pte_pa(pte_t p)
{
	return p << 10 >> 20 << PAGE_SHIFT;
}

static inline unsigned pte_prot(pte_t p)
{
	return (unsigned)(p & PTE_PROT_MASK) >> 1;
}

static inline bool pte_accessed(pte_t p)
{
	return p & PTE_A;
}

static inline bool pte_dirty(pte_t p)
{
	return p & PTE_D;
}

/* Of an entry that has a frame: written since that was last told (mm/page_state.h). */
static inline bool pte_is_to_be_told(pte_t p)
{
	return p & (PTE_D | PTE_WAS_D);
}

/* A leaf that was written, as it stands in memory: told without pte_load(). */
static inline bool pte_is_written(pte_t memory)
{
	return (memory & (PTE_V | PTE_D)) == (PTE_V | PTE_D);
}

/* pte_pa() in pages. */
static inline uint64_t pte_page(pte_t p)
{
	return p << 10 >> 20;
}

/* The word of an invalid entry. */
static inline uint64_t pte_soft_word(pte_t p)
{
	return p >> 1;
}

/* ---- changing -------------------------------------------------------- */

/* Of an entry that has a frame. Without R, W and X it becomes a hidden leaf. */
static inline pte_t pte_with_prot(pte_t p, unsigned prot)
{
	p = (p & ~(PTE_PROT_MASK | PTE_HIDDEN | PTE_V)) | (pte_t)prot << 1;
	return p | (prot & (MMU_RW | MMU_X) ? PTE_V : PTE_HIDDEN);
}

/* Of an entry that has a frame: another frame. */
static inline pte_t pte_with_pa(pte_t p, pa_t pa)
{
	return (p & ~PTE_PPN_MASK) | pa >> PAGE_SHIFT << PTE_PPN_SHIFT;
}

/* What an access leaves behind: A, and D if it writes. */
static inline pte_t pte_touch(pte_t p, bool write)
{
	return p | PTE_A | (write ? PTE_D : 0);
}

static inline pte_t pte_without_ad(pte_t p)
{
	return p & ~(PTE_A | PTE_D);
}

/* ---- memory ---------------------------------------------------------- */

/* What ad=soft makes of an entry on its way to memory. */
static inline pte_t pte_disguised(pte_t p)
{
	if (!pte_is_leaf(p))
		return p;
	if ((p & PTE_W) && !(p & PTE_D))
		p = (p & ~PTE_W) | PTE_SOFT_CLEAN;
	if (!(p & PTE_A))
		p = (p & ~PTE_V) | PTE_SOFT_OLD;
	return p;
}

/* And on its way back. */
static inline pte_t pte_undisguised(pte_t p)
{
	if (!(p & PTE_V)) {
		if (!(p & PTE_SOFT_OLD))
			return p;
		p = (p & ~PTE_SOFT_OLD) | PTE_V;
	}
	if ((p & PTE_SOFT_CLEAN) && (p & PTE_RWX))
		p = (p & ~PTE_SOFT_CLEAN) | PTE_W;
	return p;
}

/*
 * In the kernel they stand once, in soft_ad.c, and are called by way of
 * soft_ad.S, which keeps all registers but t0 and t1: who reads and writes
 * entries pays for no call that nearly never is made.
 */
#ifndef QUIRE_HOST
#define PTE_SOFTLY(way, p)                                                \
	({                                                                \
		register pte_t pte_ __asm__("t0") = (p);                  \
		__asm__("jal t1, " #way "_softly" : "+r"(pte_) : : "t1"); \
		pte_;                                                     \
	})
#else
#define PTE_SOFTLY(way, p) way(p)
#endif

static inline pte_t pte_to_memory(pte_t p)
{
	if (__builtin_expect(pte_soft_ad, false))
		return PTE_SOFTLY(pte_disguised, p);
	return p;
}

static inline pte_t pte_from_memory(pte_t p)
{
	if (__builtin_expect(pte_soft_ad, false))
		return PTE_SOFTLY(pte_undisguised, p);
	return p;
}

/* For who only follows tables: an entry for one is the same in memory. */
static inline pte_t pte_load_table(const pte_t *slot)
{
	return __atomic_load_n(slot, __ATOMIC_RELAXED);
}

static inline pte_t pte_load(const pte_t *slot)
{
	return pte_from_memory(__atomic_load_n(slot, __ATOMIC_RELAXED));
}

static inline void pte_store(pte_t *slot, pte_t p)
{
	store_relaxed(slot, pte_to_memory(p));
}

/*
 * Step 7 of a page fault.
 *
 * The same, for an entry that leads to memory just filled: whoever walks
 * through it sees the contents (a release store).
 */
static inline void pte_publish(pte_t *slot, pte_t p)
{
	store_release(slot, pte_to_memory(p));
}

/* Replaces an entry that hardware may be setting A and D in; gives the old. */
static inline pte_t pte_swap(pte_t *slot, pte_t p)
{
	return pte_from_memory(
		__atomic_exchange_n(slot, pte_to_memory(p), __ATOMIC_RELAXED));
}

/*
 * Replaces *old by `p` unless the hardware changed the entry meanwhile; then
 * false, and *old is what stands there.
 */
static inline bool pte_update(pte_t *slot, pte_t *old, pte_t p)
{
	pte_t expected = pte_to_memory(*old);
	bool done = __atomic_compare_exchange_n(
		slot, &expected, pte_to_memory(p), false, __ATOMIC_RELAXED,
		__ATOMIC_RELAXED);

	if (!done)
		*old = pte_from_memory(expected);
	return done;
}

/* The same in one try, for who starts over from the entry itself. */
static inline bool pte_replace(pte_t *slot, pte_t old, pte_t p)
{
	return pte_update(slot, &old, p);
}

/*
 * Takes D, and what is left of an earlier one, from an entry that has a frame,
 * atomically against the hardware; gives what it was.
 */
static inline pte_t pte_clean(pte_t *slot)
{
	const pte_t both = PTE_D | PTE_WAS_D;
	pte_t p = pte_load(slot);

	while ((p & both) && !pte_update(slot, &p, p & ~both))
		;
	return p;
}

/* Nothing at all is there. */
static inline bool pte_is_empty(const pte_t *slot)
{
	return !pte_load_table(slot);
}

/*
 * Those of the `n` entries from `slot` on that are empty become leaves like `p`,
 * which is for the first: of frames that follow one another, long filled.
 */
static inline void pte_fill_empty(pte_t *slot, uint64_t n, pte_t p)
{
	p = pte_to_memory(p);
	for (pte_t *end = slot + n; slot < end; slot++) {
		if (!pte_load_table(slot))
			store_relaxed(slot, p);
		p += 1ul << PTE_PPN_SHIFT;
	}
}

/* Empties the entry and gives what it was; `alone` as in mmu_is_alone(). */
static inline pte_t pte_take(pte_t *slot, bool alone)
{
	pte_t p;

	if (!*slot || !alone)
		return *slot ? pte_swap(slot, 0) : 0;
	p = pte_load(slot);
	*slot = 0;
	return p;
}

/*
 * Gives those of the `n` entries from `slot` on that are leaves the protection
 * `prot`, which has no W. Only if alone, and not under ad=soft: then an entry
 * looks in memory as it does here, and six instructions do for each.
 */
static inline void pte_protect_plain(pte_t *slot, unsigned n, unsigned prot)
{
	const pte_t set = (pte_t)prot << 1;

#pragma GCC unroll 8
	for (unsigned i = 0; i < n; i++)
		if (pte_valid(slot[i]))
			slot[i] = (slot[i] & ~PTE_PROT_MASK) | set;
}

/*
 * The same against other harts, if `prot` is part of what the leaves have: bits
 * are only cleared, whatever else happens to the entry.
 */
static inline void pte_protect_fewer(pte_t *slot, unsigned n, unsigned prot)
{
	const pte_t keep = ~PTE_PROT_MASK | (pte_t)prot << 1;

	for (unsigned i = 0; i < n; i++)
		if (pte_valid(slot[i]))
			__atomic_fetch_and(&slot[i], keep, __ATOMIC_RELAXED);
}

#endif
