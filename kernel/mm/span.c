/* SPDX-License-Identifier: BSD-2-Clause */
/* span.c - leaf tables in common: see span.h. */
#include "mm/span.h"
#include "abi/error.h"
#include "arch/layout.h"
#include "lib/assert.h"
#include "mm/frame_boot.h"
#include "mm/huge.h"
#include "mm/kin.h"
#include "mm/private.h"
#include "mm/swap.h"

#define ENTRIES 512u
#define SPAN	MMU_LEVEL_SIZE(1)

static bool in_common(pte_t pointer)
{
	return pte_is_folded(pointer) || pte_is_shared(pointer);
}

/* Something has to be done before the entries may be changed. */
static bool is_special(pte_t pointer)
{
	return in_common(pointer) || entry_is_huge(pointer);
}

static struct frame *table_of(pte_t pointer)
{
	return entry_is_huge(pointer) ? huge_table(pte_from_memory(pointer))
				      : frame_of(pte_pa(pointer));
}

static pte_t *entries(const struct frame *table)
{
	return frame_va(table);
}

COLD bool span_leads_to(pte_t pointer, const struct frame *table)
{
	return pointer && !in_common(pointer) && table_of(pointer) == table;
}

/* Nobody else has the table, and so nobody else can get it. */
static bool is_alone(const struct frame *table)
{
	return __atomic_load_n(&table->refs, __ATOMIC_ACQUIRE) == 1;
}

/* ---- one table ---------------------------------------------------------- */

/* The entry, from now on without W; against others who do the same, and rmap.h. */
static inline pte_t strip_entry(pte_t *e)
{
	pte_t p = pte_load(e);

	while (pte_is_leaf(p) && (p & PTE_W) && !pte_update(e, &p, p & ~PTE_W))
		;
	return pte_is_leaf(p) ? p & ~PTE_W : p;
}

/* The same where an entry looks in memory as it does here. */
static inline pte_t strip_plain(pte_t *e)
{
	pte_t p = pte_load_table(e);

	if ((p & (PTE_V | PTE_W)) != (PTE_V | PTE_W))
		return p;
	return __atomic_fetch_and(e, ~PTE_W, __ATOMIC_RELAXED) & ~PTE_W;
}

static void note_stripped(struct frame *table)
{
	store_release(&table->flags, FRAME_STRIPPED); /* no other changes */
}

static COLD void strip(struct frame *table)
{
	pte_t *e = entries(table);

	if (__atomic_load_n(&table->flags, __ATOMIC_ACQUIRE) & FRAME_STRIPPED)
		return;
	for (unsigned i = 0; i < ENTRIES; i++)
		strip_entry(&e[i]);
	note_stripped(table);
}

static inline void get_private(pte_t p)
{
	struct frame *f;

	if (!pte_has_frame(p)) {
		if (p)
			swap_get(pte_soft_word(p), 1);
		return;
	}
	f = private_frame(p);
	if (f)
		__atomic_fetch_add(&f->refs, 1, __ATOMIC_RELAXED);
}

static COLD void copy_slowly(pte_t *to, pte_t *from)
{
	for (unsigned i = 0; i < ENTRIES; i++) {
		pte_t p = strip_entry(&from[i]);

		get_private(p);
		pte_store(&to[i], p);
	}
}

/* 512 times; programs wait for it. */
static __attribute__((noinline, hot)) void copy_quickly(pte_t *to, pte_t *from)
{
	for (unsigned i = 0; i < ENTRIES; i++) {
		pte_t p = strip_plain(&from[i]);

		store_relaxed(&to[i], p);
		get_private(p);
	}
}

/* A table like it, kin, which has a reference more to each private frame. */
static COLD struct frame *copy(struct frame *table)
{
	struct frame *new = frame_alloc(0, FRAME_TABLE, 0);

	if (!new)
		return NULL;
	kin_lock(table->index);
	if (pte_soft_ad)
		copy_slowly(entries(new), entries(table));
	else
		copy_quickly(entries(new), entries(table));
	kin_join_locked(new, table);
	kin_drop(table->index);
	note_stripped(table);
	return new;
}

/* Nobody has the table any more: what is in it loses a reference. */
static COLD void drop_contents(struct frame *table)
{
	uint64_t span = table->index;
	pte_t *e = entries(table);

	kin_lock(span);
	for (unsigned i = 0; i < ENTRIES; i++) {
		pte_t p = pte_load(&e[i]);
		struct frame *f = pte_has_frame(p) ? private_frame(p) : NULL;

		if (f)
			kin_frame_leaves_locked(f, &e[i]);
		if (f)
			frame_put(f);
		else if (p && !pte_has_frame(p))
			swap_put(pte_soft_word(p));
	}
	kin_table_ends_locked(table);
	kin_drop(span);
}

/* One of several leaves it; false: it is the last, and stays. */
static COLD bool leave(struct frame *table)
{
	uint32_t n = __atomic_load_n(&table->refs, __ATOMIC_RELAXED);

	do
		if (n == 1)
			return false;
	while (!__atomic_compare_exchange_n(&table->refs, &n, n - 1, true,
					    __ATOMIC_ACQ_REL,
					    __ATOMIC_RELAXED));
	return true;
}

/* The table is the space's alone, and is linked as such. */
static COLD void take(struct space *s, pte_t *slot, struct frame *table)
{
	store_relaxed(&table->flags, 0);
	kin_set_space(table, s);
	mmu_set_span(&s->mmu, slot, pte_table(frame_pa(table)));
	s->in_common--;
}

COLD void span_forget_pointers(struct space *s)
{
	struct mmu_flush f;

	flush_begin(&f, &s->mmu);
	flush_tables(&f);
	flush_run(&f);
}

/* ---- making it one's own ------------------------------------------------ */

static COLD int own(struct space *s, pte_t *slot)
{
	pte_t before = pte_load_table(slot);
	struct frame *table = table_of(before), *new;

	if (entry_is_huge(before)) {
		huge_split_locked(s, slot);
		return 0;
	}
	if (is_alone(table)) {
		take(s, slot, table);
		return 0;
	}
	new = copy(table);
	if (!new)
		return -E_NOMEM;
	take(s, slot, new);
	if (pte_is_shared(before))
		span_forget_pointers(s);
	if (!leave(table)) {
		drop_contents(table);
		frame_put(table);
	}
	return 0;
}

/* With what is in it, if others have it; else it becomes the space's own. */
static COLD void let_go(struct space *s, pte_t *slot)
{
	pte_t before = pte_load_table(slot);
	struct frame *table = table_of(before);

	if (entry_is_huge(before)) {
		huge_split_locked(s, slot);
		return;
	}
	mmu_set_span(&s->mmu, slot, 0);
	if (pte_is_shared(before))
		span_forget_pointers(s);
	if (leave(table))
		s->in_common--;
	else
		take(s, slot, table);
}

COLD int span_enter_locked(struct space *s, va_t va, unsigned access)
{
	pte_t *slot = mmu_span_slot(&s->mmu, va);
	pte_t pointer = slot ? pte_load_table(slot) : 0, p;
	struct frame *table;

	if (!in_common(pointer))
		return 0;
	table = table_of(pointer);
	if (is_alone(table) || access == PROT_W)
		return own(s, slot);
	p = pte_load(&entries(table)[PTE_INDEX(va, 0)]);
	if (!pte_valid(p) || !(pte_prot(p) & access))
		return own(s, slot);
	if (pte_is_folded(pointer)) {
		strip(table);
		mmu_set_span(&s->mmu, slot,
			     pte_table(frame_pa(table)) | PTE_SHARED);
	}
	return 0;
}

int span_slot_locked(struct space *s, va_t va, pte_t **slot)
{
	int err;

	*slot = mmu_leaf_slot_far(&s->mmu, va);
	if (*slot)
		return 0;
	err = mmu_make_slot(&s->mmu, va, 0, slot);
	if (err)
		return err;
	kin_table_begins(kin_table(*slot), s, va);
	mmu_leaf_slot_far(&s->mmu, va);
	return 0;
}

/* ---- ranges ------------------------------------------------------------- */

/* The next pointer at or above *va that is not plain, or NULL. */
static COLD pte_t *next_special(const struct space *s, va_t *va, va_t end)
{
	while (*va < end) {
		pte_t *slot = mmu_span_slot(&s->mmu, *va);

		if (slot && is_special(pte_load_table(slot)))
			return slot;
		*va = mmu_next_span(&s->mmu, *va);
	}
	return NULL;
}

/* Does all of the span lie in the range? */
static bool is_whole(va_t span, va_t start, va_t end)
{
	return span >= start && span + SPAN <= end;
}

COLD int span_own_locked(struct space *s, va_t start, va_t end)
{
	va_t va = start;
	pte_t *slot;
	int err = 0;

	huge_give_up_locked(s, start, end);
	while (!err && s->in_common &&
	       (slot = next_special(s, &va, end)) != NULL)
		err = own(s, slot);
	return err;
}

COLD int span_own_edges_locked(struct space *s, va_t start, va_t end)
{
	va_t low = round_down(start, SPAN), high = round_down(end, SPAN);
	int err = 0;

	if (!is_whole(low, start, end))
		err = span_own_locked(s, start, low + SPAN);
	if (!err && high < end)
		err = span_own_locked(s, high, end);
	return err;
}

COLD void span_let_go_locked(struct space *s, va_t start, va_t end)
{
	va_t va = start;
	pte_t *slot;

	huge_give_up_locked(s, start, end);
	while (s->in_common && (slot = next_special(s, &va, end)) != NULL) {
		assert(is_whole(round_down(va, SPAN), start, end));
		let_go(s, slot);
	}
}

/* ---- clone -------------------------------------------------------------- */

/* The pointer as both are to have it; `from` is told by *was_linked of a change. */
static COLD pte_t fold(struct space *from, pte_t *slot, struct frame *table,
		       bool *was_linked)
{
	pte_t p = pte_load_table(slot);

	if (in_common(p))
		return p;
	if (entry_is_huge(p))
		huge_ends_locked(from, table);
	p = pte_folded(frame_pa(table));
	kin_make_common(table);
	mmu_set_span(&from->mmu, slot, p);
	from->in_common++;
	*was_linked = true;
	return p;
}

static COLD int share_one(struct space *from, struct space *to, va_t va,
			  pte_t *slot, bool *was_linked)
{
	struct frame *table;
	pte_t *there;
	int err = mmu_make_slot(&to->mmu, va, 1, &there);

	if (err)
		return err;
	table = table_of(pte_load_table(slot));
	frame_get(table);
	mmu_set_span(&to->mmu, there, fold(from, slot, table, was_linked));
	to->in_common++;
	return 0;
}

/* What of the region lies at or above *va, which moves behind it. */
static COLD int share_region(struct space *from, struct space *to,
			     const struct region *r, va_t *va, bool *was_linked)
{
	int err = 0;

	if (*va < round_down(r->start, SPAN))
		*va = round_down(r->start, SPAN);
	while (!err && *va < r->end) {
		pte_t *slot = mmu_span_slot(&from->mmu, *va);

		if (slot && pte_load_table(slot))
			err = share_one(from, to, *va, slot, was_linked);
		*va = slot ? round_down(*va, SPAN) + SPAN
			   : mmu_next_span(&from->mmu, *va);
	}
	return err;
}

/* There are tables only where there are regions. */
COLD int span_share_all_locked(struct space *from, struct space *to)
{
	bool was_linked = false;
	va_t va = 0;
	int err = 0;

	huge_give_up_locked(from, 0, MMU_USER_END);
	for (struct region *r = region_first(&from->regions); r && !err;
	     r = region_after(r))
		err = share_region(from, to, r, &va, &was_linked);
	if (was_linked)
		span_forget_pointers(from);
	return err;
}

/* ---- the end ------------------------------------------------------------ */

#define LEAVE_STEP 64u

/* The table is the space's alone, or it is left: then the pointer goes. */
static COLD void leave_one(struct space *s, pte_t *slot, struct mmu_flush *f)
{
	pte_t before = pte_load_table(slot);

	if (entry_is_huge(before)) {
		huge_split_locked(s, slot);
		return;
	}
	if (!leave(table_of(before))) {
		take(s, slot, table_of(before));
		return;
	}
	mmu_set_span(&s->mmu, slot, 0);
	s->in_common--;
	if (pte_is_shared(before))
		flush_tables(f);
}

COLD bool span_leave_locked(struct space *s, va_t *va, struct mmu_flush *f)
{
	struct region *r = region_next(&s->regions, *va);

	huge_give_up_locked(s, 0, MMU_USER_END);
	for (unsigned n = 0; s->in_common && r && n < LEAVE_STEP; n++) {
		pte_t *slot;

		if (*va < round_down(r->start, SPAN))
			*va = round_down(r->start, SPAN);
		slot = next_special(s, va, r->end);
		if (slot)
			leave_one(s, slot, f);
		else
			r = region_after(r);
	}
	return !s->in_common;
}
