/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * long_rows.c - work on very many pages, handles, threads: what one costs, and,
 * in the column "longest", for how long no interrupt is seen meanwhile.
 */
#include "pager.h"
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

#define HUGE 0x200000ul

/* A leaf of 2 MiB: made by the first write, and split by other rights for a page. */
static void large_leaf(void)
{
	char *p = (char *)must("map",
			       space_map(SELF, NULL, 2 * HUGE, RW, 0, NULL));
	volatile char *span = (char *)(((uint64_t)p + HUGE - 1) & ~(HUGE - 1));
	struct space_info info;

	must("advice", space_advise(SELF, p, 2 * HUGE, ADVISE_HUGE));
	BEGIN(85);
	span[100 * PAGE] = 1;
	END(85);
	must("info", space_info(SELF, &info));
	must("a leaf of 2 MiB", info.huge == 1 ? 0 : -E_NOMEM);
	BEGIN(86);
	space_protect(SELF, (const void *)(span + 7 * PAGE), PAGE, PROT_R);
	END(86);
	space_unmap(SELF, p, 2 * HUGE);
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

/* Of each that ends a step's pages are almost enough for a step. */
#define CROWD 30u
#define FEW   32u

static void crowd(void)
{
	uint64_t carrier, o;
	long p;

	space = (uint64_t)must("space", space_create());
	carrier = (uint64_t)must("task", task_create(space, "carrier", 7));
	for (unsigned i = 0; i < CROWD; i++) {
		o = (uint64_t)must("object",
				   object_create(SELF, FEW * PAGE, 0));
		p = must("map", space_map_object(SELF, NULL, FEW * PAGE,
						 RW | MAP_SHARED, o, 0));
		for (unsigned n = 0; n < FEW; n++)
			((volatile char *)p)[n * PAGE] = 1;
		space_unmap(SELF, (const void *)p, FEW * PAGE);
		must("duplicate", handle_duplicate(carrier, o, ~0u, 0));
		handle_close(o);
	}
	handle_close(space);
	BEGIN(58);
	handle_close(carrier);
	END(58);
}

/* All of them at one time. */
#define TIMERS 1000u

static void timers(void)
{
	static uint64_t bell[TIMERS];
	uint64_t when = (uint64_t)time_now() + 100000000;

	for (unsigned i = 0; i < TIMERS; i++) {
		bell[i] = (uint64_t)must("bell", notification_create());
		notification_timer(bell[i], 1, when);
	}
	BEGIN(59);
	sleep_until(when);
	notification_wait(bell[TIMERS - 1], 1, NEVER, NULL);
	END(59);
	for (unsigned i = 0; i < TIMERS; i++)
		handle_close(bell[i]);
}

/* A pager with very many pages: revoked, written back, and its end. */
#define PAGED (PAGER_RING * PAGER_REVOKE_MAX)

static volatile char *paged;
static uint64_t paged_object, told;
static char client_stack[4096] __attribute__((aligned(16)));

static __attribute__((noinline)) void use_pages(uint64_t sync)
{
	if (sync)
		object_sync(paged_object, 0, PAGED * PAGE);
	else
		for (uint64_t i = 0; i < PAGED; i++)
			paged[i * PAGE] = 1;
	notification_signal(told, 2);
}

static void client(uint64_t sync)
{
	__asm__ volatile(".option push\n.option norelax\n\t"
			 "lla gp, __global_pointer$\n"
			 ".option pop");
	use_pages(sync);
	thread_exit(0);
}

static void begin_client(uint64_t sync)
{
	uint64_t t = (uint64_t)must(
		"client",
		thread_create(SELF, (const void *)client,
			      client_stack + sizeof(client_stack), sync));

	must("start", thread_control(t, THREAD_START));
	handle_close(t);
}

static void supply_all(struct pager *p)
{
	struct pager_request q;
	uint64_t got = 0;

	while (!(got & 2)) {
		while (pager_next(p, &q))
			pager_supply(p, q.slot, RW);
		pager_submit(p->handle, 1 | 2, NEVER, &got);
	}
}

static void pages_of_a_pager(void)
{
	struct pager_setup setup = {.bits = 1, .slots = 8};
	struct pager_answer revoke = {.kind = PAGER_REVOKE,
				      .count = PAGER_REVOKE_MAX};
	struct pager p;

	told = (uint64_t)must("bell", notification_create());
	setup.notification = told;
	must("pager", pager_open(&p, &setup));
	paged_object = (uint64_t)must("paged",
				      object_create(p.handle, PAGED * PAGE, 1));
	paged = (volatile char *)must(
		"map", space_map_object(SELF, NULL, PAGED * PAGE,
					RW | MAP_SHARED, paged_object, 0));
	begin_client(0);
	supply_all(&p);
	revoke.object = paged_object;
	revoke.prot = PROT_R;
	for (unsigned i = 0; i < PAGER_RING; i++) {
		revoke.index = i * PAGER_REVOKE_MAX;
		pager_put(&p, &revoke);
	}
	BEGIN(60);
	pager_submit(p.handle, 0, NOW, NULL);
	END(60);
	BEGIN(61);
	handle_revoke(p.handle);
	END(61);
	handle_close(p.handle);
	handle_close(paged_object);
	BEGIN(62); /* and the object ends with it */
	space_unmap(SELF, (const void *)paged, PAGED * PAGE);
	END(62);
	space_unmap(SELF, (void *)setup.window, setup.slots * PAGE);
	space_unmap(SELF, p.ring, sizeof(*p.ring));
	handle_close(told);
}

/* To nothing, and back: that finds nothing left to do. */
static void object_of_another_size(void)
{
	uint64_t o =
		(uint64_t)must("object", object_create(SELF, PAGED * PAGE, 0));
	volatile char *p = (volatile char *)must(
		"map", space_map_object(SELF, NULL, PAGED * PAGE,
					RW | MAP_SHARED, o, 0));

	for (uint64_t i = 0; i < PAGED; i++)
		p[i * PAGE] = 1;
	BEGIN(63);
	object_resize(o, 0);
	object_resize(o, PAGED * PAGE);
	END(63);
	space_unmap(SELF, (const void *)p, PAGED * PAGE);
	handle_close(o);
}

void long_rows(void)
{
	ranges();
	large_leaf();
	objects();
	handles();
	chain();
	threads();
	crowd();
	timers();
	pages_of_a_pager();
	object_of_another_size();
}
