/* SPDX-License-Identifier: BSD-2-Clause */
/* kin.c - rings of leaf tables copied from one another: see kin.h. */
#include "mm/kin.h"
#include "lib/assert.h"
#include "lib/atomic.h"

#define KIN_LOCKS 8u

static struct lock locks[KIN_LOCKS] = {
	LOCK_INIT(LOCK_KIN), LOCK_INIT(LOCK_KIN), LOCK_INIT(LOCK_KIN),
	LOCK_INIT(LOCK_KIN), LOCK_INIT(LOCK_KIN), LOCK_INIT(LOCK_KIN),
	LOCK_INIT(LOCK_KIN), LOCK_INIT(LOCK_KIN),
};

void kin_lock(uint64_t span)
{
	lock_take(&locks[span % KIN_LOCKS]);
}

void kin_drop(uint64_t span)
{
	lock_drop(&locks[span % KIN_LOCKS]);
}

static uint32_t number_of(const struct frame *table)
{
	return (uint32_t)(table - frame_records) + 1;
}

void kin_table_begins(struct frame *table, struct space *s, va_t va)
{
	table->next = table->prev = 0;
	table->index = va >> (PAGE_SHIFT + 9);
	__atomic_store_n(&table->owner, (uint64_t)s, __ATOMIC_RELEASE);
}

void kin_join_locked(struct frame *new, struct frame *table)
{
	struct frame *next = kin_next(table);

	new->index = table->index;
	new->owner = 0;
	new->next = number_of(next);
	new->prev = number_of(table);
	next->prev = table->next = number_of(new);
}

/* Its own record is copied by the caller. */
void kin_replace_locked(struct frame *table, struct frame *to)
{
	if (!table->next)
		return;
	kin_next(table)->prev = number_of(to);
	frame_records[table->prev - 1].next = number_of(to);
}

void kin_set_space(struct frame *table, struct space *s)
{
	kin_lock(table->index);
	__atomic_store_n(&table->owner, (uint64_t)s, __ATOMIC_RELEASE);
	kin_drop(table->index);
}

/* One that is left alone is in no ring. */
void kin_table_ends_locked(struct frame *table)
{
	struct frame *next = kin_next(table);

	table->owner = 0;
	if (next == table)
		return;
	next->prev = table->prev;
	frame_records[table->prev - 1].next = table->next;
	if (next->prev == number_of(next))
		next->next = next->prev = 0;
	table->next = table->prev = 0;
}

void kin_table_ends(struct frame *table)
{
	uint64_t span = table->index;

	kin_lock(span);
	kin_table_ends_locked(table);
	kin_drop(span);
}

/* The same place of another table that names the frame; 0 if none does. */
static uint64_t another(const struct frame *f, const pte_t *slot)
{
	struct frame *table = kin_table(slot), *t;

	for (t = kin_next(table); t != table; t = kin_next(t)) {
		pte_t *e = (pte_t *)frame_va(t) + kin_place(slot);
		pte_t p = pte_load(e);

		if (pte_has_frame(p) && pte_pa(p) == frame_pa(f))
			return (uint64_t)e;
	}
	return 0;
}

/* Where nobody else names it, who has it is about to let it go. */
void kin_frame_leaves_locked(struct frame *f, const pte_t *slot)
{
	if (f->owner == (uint64_t)slot)
		f->owner = another(f, slot);
}

void kin_frame_leaves(struct frame *f, const pte_t *slot)
{
	uint64_t span = kin_table(slot)->index;

	kin_lock(span);
	kin_frame_leaves_locked(f, slot);
	kin_drop(span);
}
