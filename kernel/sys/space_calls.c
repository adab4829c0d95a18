/* SPDX-License-Identifier: BSD-2-Clause */
/* space_calls.c - calls about address spaces and memory. */
#include "abi/error.h"
#include "arch/uaccess.h"
#include "mm/advise.h"
#include "mm/count.h"
#include "mm/frame_boot.h"
#include "mm/page_state.h"
#include "mm/space.h"
#include "mm/swap.h"
#include "sys/memory.h"
#include "sys/sys.h"
#include "sys/walk.h"
#include "task/handle.h"
#include "task/task.h"
#include "task/thread.h"
#include <string.h>

static struct space *own_space(void)
{
	return this_cpu()->current->task->space;
}

/* The space that a handle names, for the call; NULL: *err says why. */
static struct space *enter(uint64_t handle, unsigned rights, long *err)
{
	*err = 0;
	if (handle == SELF)
		return own_space();
	return handle_space(handle, rights, err);
}

/* The end of the call, which gives `result`. */
static long leave(uint64_t handle, struct space *s, long result)
{
	if (handle != SELF)
		space_put(s);
	return result;
}

long sys_space_map(const uint64_t arg[6])
{
	va_t va = arg[1];
	unsigned flags = (unsigned)arg[4];
	struct space *s;
	long err;

	if (arg[3] > PROT_ALL || arg[4] > UINT32_MAX)
		return -E_INVAL;
	s = enter(arg[0], RIGHT_WRITE, &err);
	if (!s)
		return err;
	err = space_map(s, &va, arg[2], (unsigned)arg[3], flags, NULL,
			flags & MAP_GROW_DOWN ? arg[5] : 0);
	return leave(arg[0], s, err ? err : (long)va);
}

/* After a step, or to wait: what is left is for when the call is made again. */
static long step_done(const uint64_t arg[6], va_t va, uint64_t len, int err)
{
	if ((err && err != -E_WAIT) || !len)
		return err;
	sys_go_on_with(arg, 1, va);
	sys_go_on_with(arg, 2, len);
	return err ? err : -E_STEP;
}

/* Of any length, in any space; one step. */
static COLD __attribute__((noinline)) long
step(const uint64_t arg[6],
     int (*go)(struct space *, va_t *, uint64_t *, unsigned))
{
	uint64_t len = arg[2];
	va_t va = arg[1];
	struct space *s;
	long err;

	s = enter(arg[0], RIGHT_WRITE, &err);
	if (!s)
		return err;
	err = go(s, &va, &len, (unsigned)arg[3]);
	return leave(arg[0], s, step_done(arg, va, len, (int)err));
}

/* What programs do most needs no stack frame here. */
static bool is_simple(const uint64_t arg[6])
{
	return arg[0] == SELF && arg[2] <= SPACE_SHORT;
}

long sys_space_unmap(const uint64_t arg[6])
{
	if (!is_simple(arg))
		return step(arg, space_unmap_step);
	return space_unmap(own_space(), arg[1], arg[2]);
}

long sys_space_protect(const uint64_t arg[6])
{
	if (arg[3] > PROT_ALL)
		return -E_INVAL;
	if (!is_simple(arg))
		return step(arg, space_protect_step);
	return space_protect(own_space(), arg[1], arg[2], (unsigned)arg[3]);
}

COLD long sys_space_advise(const uint64_t arg[6])
{
	return arg[3] < ADVISE_END ? step(arg, space_advise_step) : -E_INVAL;
}

COLD long sys_space_regions(const uint64_t arg[6])
{
	struct region_info list[REGIONS_MAX];
	uint64_t max = arg[3] < REGIONS_MAX ? arg[3] : REGIONS_MAX;
	struct space *s;
	long err;
	int n;

	s = enter(arg[0], RIGHT_READ, &err);
	if (!s)
		return err;
	n = space_list(s, arg[1], list, (unsigned)max);
	leave(arg[0], s, 0);
	err = copy_to_user(arg[2], list, (size_t)n * sizeof(list[0]));
	return err ? err : n;
}

COLD long sys_space_pages(const uint64_t arg[6])
{
	bool clean = arg[4] & PAGES_CLEAN;
	uint64_t words[PAGES_MAX];
	struct space *s;
	long n, err;

	if (arg[1] >= MMU_USER_END || (arg[1] & PAGE_MASK) ||
	    arg[4] > PAGES_CLEAN)
		return -E_INVAL;
	s = enter(arg[0], RIGHT_READ | (clean ? RIGHT_WRITE : 0), &err);
	if (!s)
		return err;
	n = page_state_read(s, arg[1], words,
			    arg[3] < PAGES_MAX ? arg[3] : PAGES_MAX, clean);
	if (n >= 0) {
		err = copy_to_user(arg[2], words, (size_t)n * sizeof(words[0]));
		if (err)
			n = err;
		else if (clean)
			page_state_clean(s, arg[1], words, (unsigned)n);
	}
	return leave(arg[0], s, n);
}

COLD long sys_space_walk(const uint64_t arg[6])
{
	struct walk_info info;
	struct space *s;
	long err;

	if (arg[1] >= MMU_USER_END)
		return -E_INVAL;
	s = enter(arg[0], RIGHT_READ, &err);
	if (!s)
		return err;
	walk_describe(s, arg[1], &info);
	leave(arg[0], s, 0);
	return copy_to_user(arg[2], &info, sizeof(info));
}

uint64_t memory_boot_taken;

_Static_assert(offsetof(struct memory_info, grown) -
			       offsetof(struct memory_info, faults) ==
		       offsetof(struct space_counts, grown),
	       "the caller's own are in the same order");

COLD long sys_memory_info(const uint64_t arg[6])
{
	const struct mmu_counts m = mmu_counts_read();
	struct memory_info info = {
		.total = frames_total(),
		.free = frames_free(),
		.boot_taken = memory_boot_taken,
		.zeroed_ready = frame_pool_level(),
		.fence_all = m.fence_all,
		.fence_space = m.fence_space,
		.fence_page = m.fence_page,
		.remote = m.remote,
		.satp = m.satp,
		.harts = cpu_count,
		.lock_waits = lock_waits(),
		.zeroed_used = frame_pool_used(),
		.mm = mm_counts,
	};

	swap_figures(&info.slots, &info.slots_free);
	memcpy(&info.faults, &own_space()->counts, sizeof(info.all));
	count_spaces(&info.all, &info.tables, SPACES_SUMMED);
	return copy_to_user(arg[0], &info, sizeof(info));
}

COLD long sys_space_info(const uint64_t arg[6])
{
	struct space_info info;
	struct space *s;
	long err;

	s = enter(arg[0], RIGHT_READ, &err);
	if (!s)
		return err;
	info.counts = s->counts;
	info.regions = s->regions.count;
	info.tables = s->mmu.tables;
	info.in_common = s->in_common - s->huge - (s->coming.first != NULL);
	info.huge = s->huge;
	info.pinned = s->regions.pinned;
	leave(arg[0], s, 0);
	return copy_to_user(arg[1], &info, sizeof(info));
}
