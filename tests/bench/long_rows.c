/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * long_rows.c - work on very many pages, handles, threads: what one costs, and,
 * in the column "longest", for how long no interrupt is seen meanwhile.
 */
#include "quire.h"
#include "rows.h"

#define PAGE  4096ul
#define PAGES 8192ul /* 32 MiB */
#define RW    (PROT_R | PROT_W)

static uint64_t space;

static volatile char *touched(uint64_t object)
{
	long r = object ? space_map_object(SELF, NULL, PAGES * PAGE,
					   RW | MAP_SHARED, object, 0)
			: space_map(SELF, NULL, PAGES * PAGE, RW, 0, NULL);
	volatile char *p = (volatile char *)must("map", r);

	for (uint64_t i = 0; i < PAGES; i++)
		p[i * PAGE] = 1;
	return p;
}

static void ranges(void)
{
	const void *p = (const void *)touched(0);
	struct region_info part;

	BEGIN(50);
	space_protect(SELF, p, PAGES * PAGE, PROT_R);
	END(50);
	BEGIN(51);
	for (uint64_t from = 0;
	     space_regions(SELF, (void *)from, &part, 1) > 0;)
		from = part.end;
	END(51);
	BEGIN(52);
	space_unmap(SELF, p, PAGES * PAGE);
	END(52);
}

/* An object, by its last handle; nothing shows it any more. */
static void objects(void)
{
	uint64_t o =
		(uint64_t)must("object", object_create(SELF, PAGES * PAGE, 0));

	space_unmap(SELF, (const void *)touched(o), PAGES * PAGE);
	BEGIN(53);
	handle_close(o);
	END(53);
}

/* Handles of one task, and tasks that end with it: a chain. */
#define HANDLES 4000u
#define TASKS	200u

static void handles(void)
{
	uint64_t task, bell = (uint64_t)must("bell", notification_create());

	space = (uint64_t)must("space", space_create());
	task = (uint64_t)must("task", task_create(space, "handles", 7));
	for (unsigned i = 0; i < HANDLES; i++)
		must("duplicate",
		     handle_duplicate(task, bell, RIGHT_SIGNAL, 0));
	handle_close(space);
	BEGIN(55);
	handle_close(task);
	END(55);
	handle_close(bell);
}

static void chain(void)
{
	uint64_t last = 0;

	space = (uint64_t)must("space", space_create());
	for (unsigned i = 0; i < TASKS; i++) {
		uint64_t t =
			(uint64_t)must("task", task_create(space, "link", 4));

		if (last) {
			must("duplicate", handle_duplicate(t, last, ~0u, 0));
			handle_close(last);
		}
		last = t;
	}
	handle_close(space);
	BEGIN(56);
	handle_close(last);
	END(56);
}

static char stack[64] __attribute__((aligned(16)));

static void threads(void)
{
	uint64_t task;

	space = (uint64_t)must("space", space_create());
	task = (uint64_t)must("task", task_create(space, "threads", 7));
	for (unsigned i = 0; i < 500; i++)
		handle_close((uint64_t)must(
			"thread", thread_create(task, stack, stack, i)));
	handle_close(space);
	BEGIN(57);
	task_end(task, 0);
	END(57);
	handle_close(task);
}

void long_rows(void)
{
	ranges();
	objects();
	handles();
	chain();
	threads();
}
