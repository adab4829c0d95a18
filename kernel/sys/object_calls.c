/* SPDX-License-Identifier: BSD-2-Clause */
/* object_calls.c - calls about memory objects. */
#include "abi/error.h"
#include "lib/bits.h"
#include "mm/compact.h"
#include "mm/object.h"
#include "mm/paged.h"
#include "mm/pager.h"
#include "mm/space.h"
#include "platform/board.h"
#include "sys/machine.h"
#include "sys/sys.h"
#include "task/handle.h"
#include "task/task.h"
#include "task/thread.h"

/* ---- mapping ------------------------------------------------------------- */

static bool has(uint64_t handle, unsigned rights)
{
	struct kobject *o;
	uint64_t badge;

	return handle_look(handle, &object_kind, rights, &o, &badge) == 0;
}

/* The most that a mapping by this handle may ever have. */
static unsigned most(uint64_t handle, bool shared)
{
	unsigned prot = 0;

	if (has(handle, RIGHT_READ))
		prot |= shared && !has(handle, RIGHT_WRITE) ? PROT_R
							    : PROT_R | PROT_W;
	if (has(handle, RIGHT_EXECUTE))
		prot |= PROT_X;
	return prot;
}

/* A private view reads, whatever it is for. */
static unsigned needed(unsigned how)
{
	unsigned prot = how & PROT_ALL;

	if (!(how & MAP_SHARED) || (prot & PROT_W))
		prot |= PROT_R;
	return prot;
}

long sys_space_map_object(const uint64_t arg[6])
{
	unsigned how = (unsigned)arg[3], max;
	uint64_t handle = arg[4];
	struct kobject *o;
	struct space *s;
	va_t va = arg[1];
	long err;

	if (arg[3] > UINT32_MAX)
		return -E_INVAL;
	s = handle_space(arg[0], RIGHT_WRITE, &err);
	if (!s)
		return err;
	err = handle_find(handle, &object_kind, 0, &o);
	if (err)
		goto out_space;
	max = most(handle, how & MAP_SHARED);
	if (needed(how) & ~max)
		err = -E_PERM;
	else
		err = space_map_object(s, &va, arg[2], how & PROT_ALL, max,
				       how & ~PROT_ALL, object_of(o), arg[5]);
	kobject_put(o);
out_space:
	space_put(s);
	return err ? err : (long)va;
}

/* ---- making ---------------------------------------------------------------- */

#define RIGHTS_BASIC (RIGHT_DUPLICATE | RIGHT_MANAGE | RIGHT_READ | RIGHT_WRITE)

/* What is made, and with which rights. */
struct made {
	struct object *object;
	unsigned rights;
};

static int make_of_machine(uint64_t bytes, uint64_t where, struct made *m)
{
	uint64_t pages = round_up(bytes, PAGE_SIZE) >> PAGE_SHIFT;
	int err;

	m->rights = RIGHTS_BASIC | RIGHT_DMA;
	if (where != OBJECT_DMA && board_drives(machine_board, where, bytes))
		return -E_ACCES;
	if (where != OBJECT_DMA) {
		m->object = object_device(where, bytes, &err);
		return err;
	}
	if (!pages || pages > OBJECT_DMA_MAX)
		return -E_INVAL;
	m->rights |= RIGHT_EXECUTE;
	m->object = object_dma(pages);
	this_cpu()->current->task->space->pinned = true; /* a driver */
	if (m->object || pages == 1)
		return m->object ? 0 : -E_NOMEM;
	return compact_step(bit_highest(pages - 1) + 1);
}

static bool pages_of(uint64_t bytes, uint64_t *pages)
{
	*pages = (bytes >> PAGE_SHIFT) + !is_aligned(bytes, PAGE_SIZE);
	return *pages > 0 && *pages <= OBJECT_PAGES_MAX;
}

static int make_anonymous(uint64_t bytes, struct made *m)
{
	uint64_t pages;

	if (!pages_of(bytes, &pages))
		return -E_INVAL;
	m->rights = RIGHTS_BASIC | RIGHT_EXECUTE;
	m->object = object_anonymous(pages);
	return m->object ? 0 : -E_NOMEM;
}

static int make_paged(struct pager *p, uint64_t bytes, uint64_t key,
		      struct made *m)
{
	uint64_t pages;
	int err;

	if (!pages_of(bytes, &pages))
		return -E_INVAL;
	m->rights = RIGHTS_BASIC | RIGHT_EXECUTE;
	m->object = object_paged(p, key, pages, &err);
	return err;
}

long sys_object_create(const uint64_t arg[6])
{
	uint64_t from = arg[0], bytes = arg[1], where = arg[2];
	struct kobject *k;
	struct made m = {0};
	long err;

	if (from == SELF) {
		err = make_anonymous(bytes, &m);
		goto made;
	}
	err = handle_find(from, &machine_kind,
			  where == OBJECT_DMA ? RIGHT_FRAMES : RIGHT_DEVICES,
			  &k);
	if (err == -E_TYPE) {
		err = handle_find(from, &pager_kind, RIGHT_MANAGE, &k);
		if (err)
			return err;
		err = make_paged(pager_of(k), bytes, where, &m);
	} else if (!err) {
		err = make_of_machine(bytes, where, &m);
	} else {
		return err;
	}
	kobject_put(k);
made:
	return err ? err : handle_add_new(&m.object->kobject, m.rights);
}

/* ---- looking, and writing back ----------------------------------------- */

long sys_object_address(const uint64_t arg[6])
{
	uint64_t offset = arg[1];
	const struct object *o;
	struct kobject *k;
	long result = handle_find(arg[0], &object_kind, RIGHT_DMA, &k);

	if (result)
		return result;
	o = object_of(k);
	result = -E_INVAL;
	if (object_is_run(o) && offset >> PAGE_SHIFT < o->pages)
		result = (long)(o->base + offset);
	if (result >= 0) /* a driver, whoever made the memory */
		this_cpu()->current->task->space->pinned = true;
	kobject_put(k);
	return result;
}

/* Of a call that starts again what it has done so far, else nothing. */
static uint64_t *progress(struct thread *t, const struct object *o,
			  uint64_t first, uint64_t count)
{
	if (t->sync.object != o || t->sync.first != first ||
	    t->sync.count != count) {
		t->sync.object = o;
		t->sync.first = first;
		t->sync.count = count;
		t->sync.at = 0;
	}
	return &t->sync.at;
}

static long sync(struct object *o, uint64_t first, uint64_t count)
{
	struct thread *t = this_cpu()->current;
	int err = object_sync(o, first, count, progress(t, o, first, count));

	if (err != -E_WAIT && err != -E_STEP)
		t->sync.object = NULL;
	return err;
}

long sys_object_sync(const uint64_t arg[6])
{
	uint64_t first = arg[1] >> PAGE_SHIFT, end = arg[1] + arg[2];
	struct kobject *k;
	long err = handle_find(arg[0], &object_kind, RIGHT_WRITE, &k);

	if (err) {
		this_cpu()->current->sync.object = NULL;
		return err;
	}
	err = -E_INVAL;
	if (end >= arg[1] && end <= OBJECT_PAGES_MAX << PAGE_SHIFT)
		err = sync(object_of(k), first,
			   (round_up(end, PAGE_SIZE) >> PAGE_SHIFT) - first);
	kobject_put(k);
	return err;
}

/* ---- another size, another object --------------------------------------- */

COLD long sys_object_resize(const uint64_t arg[6])
{
	struct kobject *k;
	long err = handle_find(arg[0], &object_kind, RIGHT_MANAGE, &k);

	if (err)
		return err;
	err = object_resize(object_of(k),
			    (arg[1] >> PAGE_SHIFT) +
				    !is_aligned(arg[1], PAGE_SIZE));
	kobject_put(k);
	return err;
}

/* As `first` of the progress that a thread keeps: `count` is the new handle. */
#define CLONING UINT64_MAX

/* A handle of the object that becomes the copy, which the caller has from now on. */
static long begin_clone(const struct object *from)
{
	struct object *to;

	if (from->type == OBJECT_DEVICE || from->type == OBJECT_WINDOW)
		return -E_INVAL;
	to = object_anonymous(from->pages);
	return to ? handle_add_new(&to->kobject, RIGHTS_BASIC | RIGHT_EXECUTE)
		  : -E_NOMEM;
}

/* A step; 0 at the end. */
static long go_on_cloning(struct object *from, struct thread *t)
{
	struct kobject *to;
	long err = handle_find(t->sync.count, &object_kind, RIGHT_WRITE, &to);

	if (err)
		return err;
	err = object_copy(object_of(to), from, &t->sync.at);
	kobject_put(to);
	return err;
}

static long clone(struct object *from, struct thread *t)
{
	long handle, err;

	if (t->sync.object != from || t->sync.first != CLONING) {
		handle = begin_clone(from);
		if (handle < 0)
			return handle;
		t->sync.object = from;
		t->sync.first = CLONING;
		t->sync.count = (uint64_t)handle;
		t->sync.at = 0;
	}
	handle = (long)t->sync.count;
	err = go_on_cloning(from, t);
	if (err == -E_WAIT || err == -E_STEP)
		return err;
	t->sync.object = NULL;
	if (err)
		handle_close((uint64_t)handle);
	return err ? err : handle;
}

COLD long sys_object_clone(const uint64_t arg[6])
{
	struct thread *t = this_cpu()->current;
	struct kobject *k;
	long err = handle_find(arg[0], &object_kind, RIGHT_READ, &k);

	if (!err) {
		err = clone(object_of(k), t);
		kobject_put(k);
	} else if (t->sync.object && t->sync.first == CLONING) {
		t->sync.object =
			NULL; /* it was closed, or revoked, meanwhile */
		handle_close(t->sync.count);
	}
	return err;
}
