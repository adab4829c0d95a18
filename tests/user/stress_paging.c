/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stress_paging.c - everything that memory can do, at once, on all harts, in more
 * memory than there is.
 *
 *	this task                        TASKS tasks, clones of it, with
 *	pager of a swap area and of a    THREADS threads each, which do everything
 *	file; has most of the memory     (arena.h), and have clones that do so, too
 *
 * In rounds: tasks begin, do what they do, and end; then all is given back, every
 * invariant of memory is walked, and as many frames are free as after the round
 * before. The boot argument words=SEED,STEPS[,WHAT] sets what chance there is, how
 * much each thread does in a round, and, with WHAT 1, that every fault first takes
 * a step of the clock, however much memory is free (census.h).
 */
#include "arena.h"
#include "census.h"
#include "disk.h"
#include "pager.h"
#include "stress.h"
#include "thread.h"
#include <abi/machine.h>

#define TASKS	3u
#define THREADS 2u
#define ARENAS	(TASKS * THREADS)
#define ROUNDS	3u
#define LEFT	1300u	    /* frames for all */
#define SLOTS	(64ul << 8) /* of the swap area */
#define WHOLES	700u
#define FILE	1ul /* keys */
#define SWAP	2ul
#define REQUEST 1ul
#define ENDED	2ul /* and the next bits */
#define CHILD	16ul
#define FILES	(ARENAS * ARENA_FILE)
#define FOREVER (900 * SECOND)

/* What all tasks see. */
static struct shared {
	uint64_t begin;
	uint64_t file[TASKS]; /* handles in the tasks */
	uint64_t store[FILES];
} * shared;

static uint64_t seed = 1, steps = 500, is_forced;
static struct random chance;

/* ---- the tasks ---------------------------------------------------------------- */

static struct arena arenas[ARENAS];
static uint64_t finished;

static void use_arena(void *at)
{
	struct arena *a = at;

	arena_open(a);
	for (uint64_t i = 0; i < steps; i++)
		arena_do_something(a, CHILD + a->number);
	arena_close(a);
	add(&finished, 1);
}

static int be_task(uint64_t task)
{
	while (!load(&shared->begin))
		thread_yield();
	for (uint64_t n = task * THREADS; n < (task + 1) * THREADS; n++) {
		arenas[n].number = n;
		arenas[n].random.state = random_word(&chance) + n;
		arenas[n].file = shared->file[task];
		arenas[n].store = shared->store;
		if (thread_begin(use_arena, &arenas[n], n + 1, 4 * PAGE) < 0)
			return 2;
	}
	while (load(&finished) < THREADS)
		thread_yield();
	return 0;
}

int forked_child(uint64_t argument)
{
	if (argument < CHILD)
		return be_task(argument);
	arena_in_clone(&arenas[argument - CHILD]);
	return 0;
}

/* ---- the pager ---------------------------------------------------------------- */

static struct forked tasks[TASKS];
static struct disk swap, file;
static struct pager pager;
static struct pager_setup setup;
static uint64_t area, file_object, bell;
static uint64_t brought, written, refused;

/* Now and then a page of swap cannot be written, and stays. */
static bool keep(const struct pager_request *q)
{
	const uint64_t *page = (const uint64_t *)q->address;

	if (q->key == SWAP)
		return !random_once_in(&chance, 64) &&
		       disk_keep(&swap, q->index, page);
	CHECK(disk_keep(&file, q->index, page));
	return true;
}

static struct pager_answer serve(const struct pager_request *q)
{
	struct pager_answer a = {.slot = q->slot, .kind = PAGER_DONE};

	if (q->kind == PAGER_PAGEIN) {
		disk_give(q->key == SWAP ? &swap : &file, q->index,
			  (uint64_t *)q->address);
		brought++;
		a.kind = PAGER_SUPPLY;
		a.prot = q->key == SWAP || random_once_in(&chance, 2) ||
					 q->access == PROT_W
				 ? RW
				 : PROT_R;
		return a;
	}
	CHECK_EQ(q->kind, PAGER_WRITEBACK);
	if (keep(q)) {
		written++;
	} else {
		a.kind = PAGER_FAIL;
		a.error = E_IO;
		refused++;
	}
	return a;
}

static void serve_all(void)
{
	struct pager_request q;

	while (pager_next(&pager, &q)) {
		struct pager_answer a = serve(&q);

		pager_put(&pager, &a);
		if (pager.put - pager.ring->answers_taken >= 16)
			CHECK_EQ(pager_submit(pager.handle, 0, 0, NULL), 0);
	}
}

static void serve_until_all_have_ended(void)
{
	uint64_t all = ENDED * ((1ul << TASKS) - 1), ended = 0, got;

	while (ended != all) {
		serve_all();
		CHECK_EQ(pager_submit(pager.handle, REQUEST | all,
				      now() + FOREVER, &got),
			 0);
		ended |= got & all;
	}
	for (unsigned i = 0; i < TASKS; i++) {
		struct task_info info;

		CHECK_EQ(task_info(tasks[i].task, &info), 0);
		CHECK_EQ(info.fault, 0);
		CHECK_EQ(info.status, 0);
		CHECK_EQ(handle_close(tasks[i].task), 0);
	}
}

/* ---- a round -------------------------------------------------------------------- */

static void begin_tasks(void)
{
	chance.state = seed++;
	store(&shared->begin, 0);
	for (unsigned i = 0; i < TASKS; i++) {
		tasks[i].over = bell;
		CHECK_EQ(fork_off(&tasks[i], i), 0);
		CHECK_EQ(handle_watch(tasks[i].task, bell, ENDED << i), 0);
	}
}

static void open_pager(void)
{
	setup = (struct pager_setup){
		.notification = bell, .bits = REQUEST, .slots = 32};
	CHECK_EQ(pager_open(&pager, &setup), 0);
	area = (uint64_t)object_create(pager.handle, SLOTS * PAGE, SWAP);
	file_object = (uint64_t)object_create(pager.handle, FILES * PAGE, FILE);
	CHECK((long)area > 0 && (long)file_object > 0);
	CHECK_EQ(swap_add(HANDLE_MACHINE, area, 1), 0);
	for (unsigned i = 0; i < FILES; i++)
		file.number[i] = file.place[i] = 0;
	for (unsigned i = 0; i < TASKS; i++) {
		long h = handle_duplicate(tasks[i].task, file_object,
					  RIGHTS_ALL, 0);

		CHECK(h > 0);
		shared->file[i] = (uint64_t)h;
		CHECK(space_map_object(
			      tasks[i].task, (const void *)ARENA_FILE_AT,
			      FILES * PAGE, RW | MAP_SHARED | MAP_FIXED,
			      file_object, 0) > 0);
	}
}

/* What the tasks had may be on its way still. */
static void close_pager(void)
{
	while (counts().slots_free != counts().slots) {
		serve_all();
		CHECK_EQ(pager_submit(pager.handle, 0, 0, NULL), 0);
		thread_yield();
	}
	CHECK_EQ(swap_remove(HANDLE_MACHINE, area), 0);
	CHECK_EQ(handle_close(area), 0);
	CHECK_EQ(handle_close(file_object), 0);
	CHECK_EQ(handle_close(pager.handle), 0);
	CHECK_EQ(space_unmap(SELF, (const void *)setup.ring,
			     sizeof(struct pager_ring)),
		 0);
	CHECK_EQ(space_unmap(SELF, (const void *)setup.window,
			     setup.slots * PAGE),
		 0);
}

/* All but so many frames are this task's, whose pages stay. */
static void take_most(void)
{
	uint64_t free = counts().free;

	if (free > LEFT)
		disk_memory((free - LEFT) * PAGE);
}

static void one_round(void)
{
	struct memory_info before = counts(), after;

	begin_tasks();
	open_pager();
	census_force((int)is_forced);
	store(&shared->begin, 1);
	serve_until_all_have_ended();
	census_force(0);
	close_pager();
	after = counts();
	printf("# %lu faults; %lu out, %lu in, %lu stolen; %lu large\n",
	       after.all.faults - before.all.faults,
	       after.mm.swapped_out - before.mm.swapped_out,
	       after.mm.swapped_in - before.mm.swapped_in,
	       after.mm.stolen - before.mm.stolen,
	       after.mm.huge_made - before.mm.huge_made);
	CHECK(after.mm.swapped_in > before.mm.swapped_in + steps);
}

/* ---- what happens once ------------------------------------------------------------ */

static void read_arguments(void)
{
	static struct machine_info info;
	const char *at;
	char *end;

	CHECK_EQ(machine_info(HANDLE_MACHINE, &info), 0);
	at = strstr(info.arguments, "words=");
	if (!at)
		return;
	seed = strtoul(at + 6, &end, 0);
	if (*end == ',')
		steps = strtoul(end + 1, &end, 0);
	if (*end == ',')
		is_forced = strtoul(end + 1, &end, 0);
}

static void prepare(void)
{
	long o = object_create(SELF, sizeof(*shared), 0);

	shared = (struct shared *)space_map_object(
		SELF, NULL, sizeof(*shared), RW | MAP_SHARED, (uint64_t)o, 0);
	CHECK((long)shared > 0);
	bell = (uint64_t)notification_create();
	disk_open(&swap, SLOTS, WHOLES);
	disk_open(&file, FILES, FILES + 1);
	file.number = shared->store;
	take_most();
}

int main(void)
{
	long frames = 0, structures = 0;

	read_arguments();
	printf("# paging: seed %lu, %lu steps\n", seed, steps);
	prepare();
	for (unsigned n = 0; n < ROUNDS; n++) {
		one_round();
		if (n > 0)
			CHECK_EQ(census_frames(), frames);
		frames = census_frames();
		if (n > 0)
			CHECK_EQ(census_structures(), structures);
		structures = census_structures();
	}
	printf("# paging: %lu brought, %lu written, %lu refused\n", brought,
	       written, refused);
	stress_well("paging");
}
