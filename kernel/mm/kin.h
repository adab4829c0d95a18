/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * kin.h - the reverse map of private memory: from a frame to every leaf that
 * names it.
 *
 * A clone never moves an address. So every leaf table that can name a private
 * frame is a copy of a copy of one table, all for the same 2 MiB of addresses,
 * and all such tables are linked in a ring. The frame says where one of its leaves
 * is; the others are at the same place in the other tables of the ring. Nothing is
 * recorded for a single leaf.
 *
 *	frame.owner ----> slot 17 of table A      A, B, C: frame.next and .prev
 *	                    |                     of the tables' own records
 *	              A --- B --- C --- A
 *	              17    17    17
 *
 * The record of a leaf table says whose it is: `owner` the space that alone has
 * it, 0 while it is in common (span.h), or not in any space's tables any more;
 * `index` which 2 MiB.
 *
 * Invariant: frame.owner of a private frame is a slot that names it; who empties
 * that slot while others have the frame calls kin_frame_leaves().
 *
 * Locking: the ring, and entries of tables in common when they are copied or when
 * a page is taken out of them, by the lock of its 2 MiB (LOCK_KIN), of which there
 * are few. A table that one space alone has is changed under that space's lock.
 * `owner` of a table is changed under the space's lock, and to a space under both.
 */
#ifndef MM_KIN_H
#define MM_KIN_H
#include "arch/mmu.h"
#include "lib/lock.h"
#include "mm/frame.h"

struct space;

/* The table that the slot is in. */
static inline struct frame *kin_table(const pte_t *slot)
{
	return frame_of(
		va_to_pa((void *)((uintptr_t)slot & ~(uintptr_t)PAGE_MASK)));
}

/* Where in it. */
static inline unsigned kin_place(const pte_t *slot)
{
	return (unsigned)((uintptr_t)slot / sizeof(*slot)) % 512u;
}

static inline struct space *kin_space(const struct frame *table)
{
	return (struct space *)__atomic_load_n(&table->owner, __ATOMIC_ACQUIRE);
}

void kin_lock(uint64_t span);
void kin_drop(uint64_t span);

/* A new leaf table, of `s` alone, for the 2 MiB around `va`. */
void kin_table_begins(struct frame *table, struct space *s, va_t va);

/* `new` is a copy of `table`. Called with the lock of their 2 MiB held. */
void kin_join_locked(struct frame *new, struct frame *table);

/* From now on `s`, which is locked, alone has it. */
void kin_set_space(struct frame *table, struct space *s);

/*
 * From now on several may have it. Its space's lock is enough for that: who has the
 * lock of kin, and thinks that the table is the space's alone, tries that, too.
 */
static inline void kin_make_common(struct frame *table)
{
	__atomic_store_n(&table->owner, 0, __ATOMIC_RELEASE);
}

/* `to` takes the place of `table` in its ring. The lock of their 2 MiB is held. */
void kin_replace_locked(struct frame *table, struct frame *to);

/* The table goes: nothing is in it any more. */
void kin_table_ends(struct frame *table);
void kin_table_ends_locked(struct frame *table);

/* The next in the ring, at last the first again. */
static inline struct frame *kin_next(struct frame *table)
{
	return table->next ? &frame_records[table->next - 1] : table;
}

/* `slot` names `f`, which others have, no more. */
void kin_frame_leaves(struct frame *f, const pte_t *slot);
void kin_frame_leaves_locked(struct frame *f, const pte_t *slot);

#endif
