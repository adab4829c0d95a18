/* SPDX-License-Identifier: BSD-2-Clause */
/* handle.c - tables of handles. */
#include "task/handle.h"
#include "abi/error.h"
#include "arch/layout.h"
#include "lib/atomic.h"
#include "mm/ending.h"
#include "mm/frame.h"
#include "task/task.h"
#include "task/thread.h"

static struct task *current_task(void)
{
	return this_cpu()->current->task;
}

/* ---- looking up ------------------------------------------------------ */

/* The place was never used, or is used by another by now. */
static long missing(const struct handle_table *t, uint64_t handle)
{
	uint64_t index = handle & 0xffff;

	if (index && index < __atomic_load_n(&t->limit, __ATOMIC_RELAXED) &&
	    handle >> 16 < HANDLE_GENERATIONS)
		return -E_STALE;
	return -E_BADF;
}

long handle_look(uint64_t handle, const struct kind *kind, unsigned rights,
		 struct kobject **o, uint64_t *badge)
{
	const struct handle_table *t = &current_task()->handles;
	uint64_t word = handle_word(t, handle, badge);

	if (handle_is_free(word))
		return missing(t, handle);
	*o = handle_object(word);
	if (kind && (*o)->kind != kind)
		return -E_TYPE;
	if (rights & ~HANDLE_WORD_RIGHTS(word))
		return -E_PERM;
	return 0;
}

long handle_find(uint64_t handle, const struct kind *kind, unsigned rights,
		 struct kobject **o)
{
	uint64_t badge;
	long err = handle_look(handle, kind, rights, o, &badge);

	if (err)
		return err;
	if (!kobject_try(*o))
		return -E_STALE;
	if (!__atomic_load_n(&(*o)->dead, __ATOMIC_ACQUIRE))
		return 0;
	kobject_put(*o);
	return -E_STALE;
}

struct task *handle_task(uint64_t handle, unsigned rights, long *err)
{
	struct task *t = current_task();
	struct kobject *o;

	if (handle == SELF) {
		kobject_get(&t->object);
		return t;
	}
	*err = handle_find(handle, &task_kind, rights, &o);
	return *err ? NULL : task_of(o);
}

struct thread *handle_thread(uint64_t handle, unsigned rights, long *err)
{
	struct thread *t = this_cpu()->current;
	struct kobject *o;

	if (handle == SELF) {
		kobject_get(&t->object);
		return t;
	}
	*err = handle_find(handle, &thread_kind, rights, &o);
	return *err ? NULL : thread_of(o);
}

/* A right to a task's space comes with the right to the task. */
static unsigned task_rights(unsigned space_rights)
{
	return space_rights & RIGHT_WRITE ? RIGHT_CONTROL : RIGHT_INSPECT;
}

COLD struct space *handle_space(uint64_t handle, unsigned rights, long *err)
{
	struct kobject *o;
	struct task *t;
	struct space *s;

	if (handle != SELF) {
		*err = handle_find(handle, &space_kind, rights, &o);
		if (!*err)
			return space_of(o);
		if (*err != -E_TYPE)
			return NULL;
	}
	t = handle_task(handle, task_rights(rights), err);
	if (!t)
		return NULL;
	s = task_space(t);
	kobject_put(&t->object);
	*err = s ? 0 : -E_STALE;
	return s;
}

/* ---- adding ---------------------------------------------------------- */

/* The chunk of the next index that was never used. */
static bool grow_locked(struct handle_table *t)
{
	uint32_t n = t->limit / HANDLE_CHUNK;
	struct frame *f;

	if (t->chunk[n])
		return true;
	f = frame_alloc(0, FRAME_SLAB, FRAME_ZERO);
	if (!f)
		return false;
	store_release(&t->chunk[n], frame_va(f));
	return true;
}

static struct handle_entry *entry_at(struct handle_table *t, uint32_t index)
{
	return &t->chunk[index / HANDLE_CHUNK][index % HANDLE_CHUNK];
}

/* An index whose entry is free, or a negative error. */
static COLD long take_index_locked(struct handle_table *t)
{
	uint32_t index = t->free;

	if (index) {
		t->free = (uint32_t)entry_at(t, index)->badge;
		return index;
	}
	if (!t->limit)
		t->limit = 1; /* index 0 is SELF */
	if (t->limit > HANDLES_MAX)
		return -E_MFILE;
	if (!grow_locked(t))
		return -E_NOMEM;
	index = t->limit;
	store_release(&t->limit, index + 1);
	return index;
}

static COLD long add_locked(struct task *t, struct kobject *o, unsigned rights,
			    uint64_t badge)
{
	long index = t->ended ? -E_STALE : take_index_locked(&t->handles);
	struct handle_entry *e;
	uint64_t word;

	if (index < 0)
		return index;
	assert(((uint64_t)o & 15) == 0);
	e = entry_at(&t->handles, (uint32_t)index);
	word = handle_make(o, HANDLE_GENERATION(e->word), rights);
	store_relaxed(&e->badge, badge);
	store_release(&e->word, word);
	t->handles.used++;
	return (long)(HANDLE_GENERATION(word) << 16 | (uint64_t)index);
}

/* How many can receive changes: before it is found, after it is gone. */
static void count_receiver(struct kobject *o, unsigned rights, int change)
{
	if (o->kind->receivers && (rights & RIGHT_RECEIVE))
		o->kind->receivers(o, change);
}

COLD long handle_add_to(struct task *t, struct kobject *o, unsigned rights,
			uint64_t badge)
{
	long handle;

	count_receiver(o, rights, 1);
	lock_take(&t->lock);
	handle = add_locked(t, o, rights, badge);
	lock_drop(&t->lock);
	if (handle < 0)
		count_receiver(o, rights, -1);
	return handle;
}

long handle_add(struct kobject *o, unsigned rights, uint64_t badge)
{
	return handle_add_to(current_task(), o, rights, badge);
}

long handle_add_new(struct kobject *o, unsigned rights)
{
	long handle = handle_add(o, rights, 0);

	if (handle < 0)
		kobject_put(o);
	return handle;
}

/* ---- closing --------------------------------------------------------- */

static void free_entry_locked(struct handle_table *t, uint32_t index)
{
	struct handle_entry *e = entry_at(t, index);
	uint64_t next = (HANDLE_GENERATION(e->word) + 1) % HANDLE_GENERATIONS;

	store_release(&e->word, next << 8);
	e->badge = t->free;
	t->free = index;
	t->used--;
}

static COLD void let_go(uint64_t word)
{
	struct kobject *o = handle_object(word);

	count_receiver(o, HANDLE_WORD_RIGHTS(word), -1);
	kobject_put(o);
}

long handle_close(uint64_t handle)
{
	return handle_close_in(current_task(), handle);
}

COLD long handle_close_in(struct task *t, uint64_t handle)
{
	uint64_t word, badge;

	lock_take(&t->lock);
	word = t->ended ? 0 : handle_word(&t->handles, handle, &badge);
	if (!handle_is_free(word))
		free_entry_locked(&t->handles, handle & 0xffff);
	lock_drop(&t->lock);
	if (handle_is_free(word))
		return missing(&t->handles, handle);
	let_go(word);
	return 0;
}

/*
 * The task has ended: nothing is added any more, and nobody looks up in it.
 * Indexes from `limit` on are through.
 */
COLD bool handle_close_all(struct task *t)
{
	struct handle_table *h = &t->handles;

	for (unsigned n = 0; h->limit > 1; n++) {
		uint64_t word;

		if (n == ENDING_SMALL)
			return false;
		word = entry_at(h, --h->limit)->word;
		if (!handle_is_free(word))
			let_go(word);
	}
	h->limit = h->used = h->free = 0;
	for (unsigned i = 0; i < HANDLE_CHUNKS && h->chunk[i]; i++) {
		frame_put(frame_of(va_to_pa(h->chunk[i])));
		h->chunk[i] = NULL;
	}
	return true;
}
