/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mmu.c - page tables: walking, making, mapping. Sv39 has three levels of 512
 * entries; what an entry looks like is pte.h's business, when a hart forgets
 * one is tlb.c's.
 */
#include "arch/mmu.h"
#include "abi/error.h"
#include "arch/layout.h"
#include "arch/riscv/asid.h"
#include "arch/upcall.h"
#include "lib/assert.h"
#include <string.h>

NEAR struct mmu kernel_mmu;
bool pte_soft_ad;

#define USER_SLOTS 256 /* of a root's 512 */

static pte_t *table_at(pa_t pa)
{
	return pa_to_va(pa);
}

/* ---- tables ---------------------------------------------------------- */

/* Few of these entries are used, and the new ones are 0. */
static void copy_kernel_half(pte_t *to, const pte_t *from)
{
	for (unsigned i = USER_SLOTS; i < 2 * USER_SLOTS; i++)
		if (from[i])
			store_relaxed(&to[i], from[i]);
}

int mmu_create(struct mmu *m)
{
	pa_t root = upcall_table_alloc();

	if (!root)
		return -E_NOMEM;
	copy_kernel_half(table_at(root), table_at(kernel_mmu.root));
	*m = (struct mmu){.root = root, .tables = 1, .last_span = MMU_NO_SPAN};
	asid_adopt(m);
	return 0;
}

/* The tables below `table`, whose entries are of `level`; then itself. */
static COLD void free_tables(pa_t table, int level, unsigned slots)
{
	pte_t *t = table_at(table);

	for (unsigned i = 0; level > 0 && i < slots; i++)
		if (pte_is_table(pte_load(&t[i])))
			free_tables(pte_pa(pte_load(&t[i])), level - 1, 512);
	upcall_table_free(table);
}

COLD void mmu_destroy(struct mmu *m)
{
	struct mmu_flush f;

	assert(m != &kernel_mmu);
	flush_begin(&f, m);
	flush_tables(&f);
	flush_run(&f);
	free_tables(m->root, m->tables > 1 ? 2 : 0, USER_SLOTS);
	m->root = 0;
}

/* The table that the entry points to, or NULL. */
static inline pte_t *table_below(const pte_t *slot)
{
	pte_t p = pte_load_table(slot);

	return pte_is_table(p) ? table_at(pte_pa(p)) : NULL;
}

pte_t *mmu_slot(const struct mmu *m, va_t va, int level)
{
	pte_t *t = table_at(m->root);

	if (level < 2) {
		t = table_below(&t[PTE_INDEX(va, 2)]);
		if (!t)
			return NULL;
	}
	if (level < 1) {
		t = table_below(&t[PTE_INDEX(va, 1)]);
		if (!t)
			return NULL;
	}
	return &t[PTE_INDEX(va, level)];
}

pte_t *mmu_leaf_slot_far(struct mmu *m, va_t va)
{
	pte_t *t = table_below(table_at(m->root) + PTE_INDEX(va, 2));
	pte_t p = t ? pte_load_table(&t[PTE_INDEX(va, 1)]) : 0;

	if (!pte_is_table(p))
		return NULL;
	t = table_at(pte_pa(p));
	if (!(p & PTE_SHARED)) {
		m->last_span = va >> (PAGE_SHIFT + 9);
		m->last_leaves = t;
	}
	return &t[PTE_INDEX(va, 0)];
}

pte_t *mmu_leaf_slot_any(const struct mmu *m, va_t va)
{
	const pte_t *slot = mmu_span_slot(m, va);
	pte_t p = slot ? pte_load_table(slot) : 0;

	if (pte_is_table(p) || pte_is_folded(p))
		return table_at(pte_pa(p)) + PTE_INDEX(va, 0);
	if (!(p & PTE_RWX))
		return NULL;
	return (pte_t *)upcall_table_behind(pte_pa(p)) + PTE_INDEX(va, 0);
}

va_t mmu_next_span(const struct mmu *m, va_t va)
{
	uint64_t step = MMU_LEVEL_SIZE(mmu_span_slot(m, va) ? 1 : 2);

	return round_down(va, step) + step;
}

void mmu_set_span(struct mmu *m, pte_t *slot, pte_t p)
{
	pte_t before = pte_load_table(slot);

	m->tables += (p != 0) - (before != 0);
	m->last_span = MMU_NO_SPAN;
	pte_publish(slot, p);
}

COLD int mmu_make_slot(struct mmu *m, va_t va, int level, pte_t **slot)
{
	pte_t *t = table_at(m->root);

	for (int l = MMU_LEVELS - 1; l > level; l--) {
		pte_t *s = &t[PTE_INDEX(va, l)];
		pte_t p = pte_load(s);

		if (!pte_is_table(p)) {
			pa_t table;

			if (pte_valid(p) || pte_is_folded(p))
				return -E_EXIST;
			table = upcall_table_alloc();
			if (!table)
				return -E_NOMEM;
			p = pte_table(table);
			pte_publish(s, p);
			m->tables++;
		}
		t = table_at(pte_pa(p));
	}
	*slot = &t[PTE_INDEX(va, level)];
	return 0;
}

/* The table that the entry leads to. */
static pa_t cut(struct mmu *m, pte_t *s, struct mmu_flush *f)
{
	pa_t table = pte_pa(pte_load(s));

	pte_store(s, 0);
	m->last_span = MMU_NO_SPAN;
	m->tables--;
	flush_tables(f);
	return table;
}

COLD pa_t mmu_cut_table(struct mmu *m, va_t va, struct mmu_flush *f)
{
	pte_t *s = mmu_slot(m, va, 1);

	return s && pte_is_table(pte_load(s)) ? cut(m, s, f) : 0;
}

/* What cutting one table costs, in looks at an entry. */
#define LOOKS_A_TABLE 16u

static unsigned less(unsigned looks, unsigned n)
{
	return looks > n ? looks - n : 0;
}

static inline bool any_of_eight(const pte_t *t)
{
	return (t[0] | t[1] | t[2] | t[3] | t[4] | t[5] | t[6] | t[7]) != 0;
}

/* Within the GiB of *va, whose table is `t` and hangs at `root`. */
static pa_t cut_within(struct mmu *m, pte_t *root, pte_t *t, va_t *va,
		       unsigned *looks, struct mmu_flush *f)
{
	unsigned i = PTE_INDEX(*va, 1);
	unsigned stop = i + *looks < 512 ? i + *looks : 512;

	*looks -= stop - i;
	while (i + 8 <= stop && !any_of_eight(&t[i]))
		i += 8;
	while (i < stop && !pte_load_table(&t[i]))
		i++;
	*looks += stop - i;
	*va = round_down(*va, MMU_LEVEL_SIZE(2)) + i * MMU_LEVEL_SIZE(1);
	if (!*looks && i < 512)
		return 0;
	*looks = less(*looks, LOOKS_A_TABLE);
	return cut(m, i < 512 ? &t[i] : root, f);
}

pa_t mmu_cut_next(struct mmu *m, va_t *va, unsigned *looks, struct mmu_flush *f)
{
	if (m->tables == 1)
		*va = MMU_USER_END;
	while (*va < MMU_USER_END && *looks) {
		pte_t *root = &table_at(m->root)[PTE_INDEX(*va, 2)];
		pte_t *t = table_below(root);

		if (t)
			return cut_within(m, root, t, va, looks, f);
		--*looks;
		*va = round_down(*va, MMU_LEVEL_SIZE(2)) + MMU_LEVEL_SIZE(2);
	}
	return 0;
}

COLD int mmu_walk(const struct mmu *m, va_t va, pte_t entry[MMU_LEVELS])
{
	pte_t *t = table_at(m->root);

	memset(entry, 0, MMU_LEVELS * sizeof(pte_t));
	for (int l = MMU_LEVELS - 1; l >= 0; l--) {
		pte_t p = pte_load(&t[PTE_INDEX(va, l)]);

		entry[l] = p;
		if (pte_is_leaf(p))
			return l;
		if (!pte_is_table(p))
			return -1;
		t = table_at(pte_pa(p));
	}
	return -1;
}

/* ---- leaves ---------------------------------------------------------- */

/* The largest level at which a leaf fits at both addresses. */
static int fitting_level(va_t va, pa_t pa, uint64_t len, int max_level)
{
	int l = max_level;

	while (l > 0 && (!is_aligned(va | pa, MMU_LEVEL_SIZE(l)) ||
			 len < MMU_LEVEL_SIZE(l)))
		l--;
	return l;
}

COLD int mmu_map(struct mmu *m, va_t va, pa_t pa, uint64_t len, unsigned prot,
		 int max_level)
{
	assert(is_aligned(va | pa | len, PAGE_SIZE) && max_level < MMU_LEVELS);
	while (len > 0) {
		int l = fitting_level(va, pa, len, max_level);
		pte_t *slot;
		int err = mmu_make_slot(m, va, l, &slot);

		if (err)
			return err;
		if (pte_valid(pte_load(slot)) || pte_has_frame(pte_load(slot)))
			return -E_EXIST;
		pte_publish(slot, pte_leaf(pa, prot));
		va += MMU_LEVEL_SIZE(l);
		pa += MMU_LEVEL_SIZE(l);
		len -= MMU_LEVEL_SIZE(l);
	}
	return 0;
}

/*
 * The slot that decides about `va`: of the leaf that maps it, or of the entry
 * where the walk ends. *level is its level.
 */
static pte_t *last_slot(const struct mmu *m, va_t va, int *level)
{
	pte_t *t = table_at(m->root);

	for (int l = MMU_LEVELS - 1;; l--) {
		pte_t *s = &t[PTE_INDEX(va, l)];
		pte_t p = pte_load(s);

		if (l == 0 || !pte_is_table(p)) {
			*level = l;
			return s;
		}
		t = table_at(pte_pa(p));
	}
}

/*
 * Calls `change` on each leaf and soft word in the range, in order. -E_BUSY,
 * and no call, if a leaf sticks out of it.
 */
static COLD int each_entry(struct mmu *m, va_t va, uint64_t len, unsigned prot,
			   struct mmu_flush *f,
			   void (*change)(pte_t *, va_t, int, unsigned,
					  struct mmu_flush *))
{
	va_t end = va + len;
	int l;

	assert(is_aligned(va | len, PAGE_SIZE));
	for (va_t edge = va;; edge = end - 1) {
		pte_t p = pte_load(last_slot(m, edge, &l));
		va_t leaf = round_down(edge, MMU_LEVEL_SIZE(l));

		if (pte_is_leaf(p) &&
		    (leaf < va || leaf + MMU_LEVEL_SIZE(l) - 1 > end - 1))
			return -E_BUSY;
		if (len == 0 || edge == end - 1)
			break;
	}
	while (va < end) {
		pte_t *s = last_slot(m, va, &l);

		if (pte_load(s) != 0)
			change(s, va, l, prot, f);
		va = round_down(va, MMU_LEVEL_SIZE(l)) + MMU_LEVEL_SIZE(l);
	}
	return 0;
}

static COLD void entry_empty(pte_t *s, va_t va, int level, unsigned prot,
			     struct mmu_flush *f)
{
	(void)prot;
	if (pte_valid(pte_swap(s, 0)))
		flush_add(f, va, MMU_LEVEL_SIZE(level));
}

COLD int mmu_unmap(struct mmu *m, va_t va, uint64_t len, struct mmu_flush *f)
{
	return each_entry(m, va, len, 0, f, entry_empty);
}

static COLD void entry_protect(pte_t *s, va_t va, int level, unsigned prot,
			       struct mmu_flush *f)
{
	pte_t p;

	do {
		p = pte_load(s);
		if (!pte_has_frame(p))
			return;
	} while (!pte_replace(s, p, pte_with_prot(p, prot)));
	if (pte_prot(p) & ~prot)
		flush_add(f, va, MMU_LEVEL_SIZE(level));
}

COLD int mmu_protect(struct mmu *m, va_t va, uint64_t len, unsigned prot,
		     struct mmu_flush *f)
{
	return each_entry(m, va, len, prot, f, entry_protect);
}

COLD pte_t mmu_query(const struct mmu *m, va_t va, int *level)
{
	pte_t p = pte_load(last_slot(m, va, level));

	return pte_is_leaf(p) ? p : 0;
}

static COLD bool test_clear(struct mmu *m, va_t va, pte_t bit)
{
	int l;
	pte_t *s = last_slot(m, va, &l);
	pte_t p;

	do {
		p = pte_load(s);
		if (!pte_is_leaf(p) || !(p & bit))
			return false;
	} while (!pte_replace(s, p, p & ~bit));
	return true;
}

bool mmu_test_clear_accessed(struct mmu *m, va_t va)
{
	return test_clear(m, va, PTE_A);
}

bool mmu_test_clear_dirty(struct mmu *m, va_t va)
{
	return test_clear(m, va, PTE_D);
}
