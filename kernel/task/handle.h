/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * handle.h - a task's table of handles: number to object, rights and badge.
 *
 *	chunk[0] --> 256 entries, one frame       word:
 *	chunk[1] --> ...                          63       29 28        8 7      0
 *	  ...                                     | address  | generation| rights |
 *	                                          address 0: free, and `badge`
 *	                                          is the next free index
 *
 * The address is bits 38..4 of the object's: it lies in the linear map, aligned
 * to 16, so its sign brings back the rest.
 *
 * Looking up takes no lock: an entry is one word, and a generation that moves on
 * whenever the entry is given back. What was found may be used without a
 * reference until the hart leaves the kernel (lib/kobject.h).
 */
#ifndef TASK_HANDLE_H
#define TASK_HANDLE_H
#include "abi/handle.h"
#include "arch/cpu.h"
#include "lib/kobject.h"
#include "lib/types.h"

#define HANDLE_CHUNK  256u
#define HANDLE_CHUNKS 64u

struct handle_entry {
	uint64_t word, badge;
};

struct handle_table {
	struct handle_entry *chunk[HANDLE_CHUNKS];
	uint32_t limit; /* indexes below were used at least once; 0 never is */
	uint32_t free;	/* index of the first free one below, 0: none */
	uint32_t used;
};

struct task;
struct space;

#define HANDLE_GENERATIONS	(1ul << 21)
#define HANDLE_GENERATION(word) ((word) << 35 >> 43)
#define HANDLE_WORD_RIGHTS(w)	((unsigned)(w)&0xff)

static inline bool handle_is_free(uint64_t word)
{
	return word >> 29 == 0;
}

static inline struct kobject *handle_object(uint64_t word)
{
	return (struct kobject *)((int64_t)word >> 29 << 4);
}

static inline uint64_t handle_make(struct kobject *o, uint64_t generation,
				   unsigned rights)
{
	return (uint64_t)o >> 4 << 29 | generation << 8 | (rights & 0xff);
}

/*
 * The entry's word if the handle's generation is the current one, else 0: a word
 * without rights if the entry is free. Not counted.
 */
static inline uint64_t handle_word(const struct handle_table *t,
				   uint64_t handle, uint64_t *badge)
{
	uint64_t index = handle & 0xffff, word;
	const struct handle_entry *e;

	if (index >= HANDLE_CHUNK * HANDLE_CHUNKS)
		return 0;
	e = __atomic_load_n(&t->chunk[index / HANDLE_CHUNK], __ATOMIC_ACQUIRE);
	if (!e)
		return 0;
	e += index % HANDLE_CHUNK;
	word = __atomic_load_n(&e->word, __ATOMIC_ACQUIRE);
	if (HANDLE_GENERATION(word) != handle >> 16)
		return 0;
	*badge = __atomic_load_n(&e->badge, __ATOMIC_ACQUIRE);
	if (__atomic_load_n(&e->word, __ATOMIC_RELAXED) != word)
		return 0;
	return word;
}

/*
 * The object in *o, not counted; 0 or why not. `kind` NULL: any. For who locks
 * it and looks whether it is dead.
 */
long handle_look(uint64_t handle, const struct kind *kind, unsigned rights,
		 struct kobject **o, uint64_t *badge);

/* The same with a counted reference; a dead object is -E_STALE. */
long handle_find(uint64_t handle, const struct kind *kind, unsigned rights,
		 struct kobject **o);

/*
 * A space with a counted reference, by SELF, a space's handle or a task's; NULL
 * and *err if not.
 */
struct space *handle_space(uint64_t handle, unsigned rights, long *err);

/* A task, or a thread, with a counted reference: SELF is the current one. */
struct task *handle_task(uint64_t handle, unsigned rights, long *err);
struct thread *handle_thread(uint64_t handle, unsigned rights, long *err);

/*
 * Puts an object into the current task's table, or into `t`'s; the caller's
 * reference becomes the table's. The handle, or -E_MFILE, -E_NOMEM, -E_STALE
 * (`t` has ended); then the reference is the caller's still.
 */
long handle_add(struct kobject *o, unsigned rights, uint64_t badge);
long handle_add_to(struct task *t, struct kobject *o, unsigned rights,
		   uint64_t badge);

/*
 * handle_add() of an object just made: on failure it ends again.
 */
long handle_add_new(struct kobject *o, unsigned rights);

/* Of the current task, or of `t`: 0, -E_BADF, -E_STALE. */
long handle_close(uint64_t handle);
long handle_close_in(struct task *t, uint64_t handle);

/* Of an ended task: handles go, a step's worth; true when all have. */
bool handle_close_all(struct task *t);

#endif
