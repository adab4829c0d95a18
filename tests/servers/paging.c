/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paging - a client of the swap server's areas, whose objects it maps itself (the
 * server is `plain`), by its first argument:
 *
 *	all	writes and reads every slot of every area
 *	killed	kills the disk's driver again and again meanwhile
 *	gone	kills it once too often
 *	died	kills the swap server, and looks whether all is on the disk
 *	broken	meets pages that cannot be read, and one that cannot be written
 *	look	reads what it is told about, and no more
 *
 * A new object of an area has no page yet: what is read there is on the disk.
 */
#include "check.h"
#include "proto/blk.h"
#include "proto/init.h"
#include "proto/swap.h"
#include "thread.h"
#include <abi/pager.h>

#define PAGE	4096ul
#define WORDS	(PAGE / 8)
#define THREADS 16u

/* Slots of a broken disk that cannot be read, and written: tools/lib/swapdisk.py */
#define BROKEN	   20u
#define UNWRITABLE 60u

static uint64_t swap, blk, init, done;

struct view {
	unsigned area;
	uint64_t object;
	volatile uint64_t *words;
	uint64_t slots; /* and slot 0 */
	uint64_t round; /* is part of what is written */
};

/* ---- views ----------------------------------------------------------------- */

static void view_open(struct view *v, unsigned area)
{
	struct swap_info info;
	long r;

	CHECK_EQ(swap_info(swap, area, &info), 0);
	r = swap_object(swap, area);
	CHECK(r > 0);
	*v = (struct view){.area = area,
			   .object = (uint64_t)r,
			   .slots = info.slots,
			   .round = v->round};
	r = space_map_object(SELF, NULL, (v->slots + 1) * PAGE,
			     PROT_R | PROT_W | MAP_SHARED, v->object, 0);
	CHECK(r > 0);
	v->words = (volatile uint64_t *)r;
}

static void view_close(struct view *v)
{
	CHECK_EQ(space_unmap(SELF, (const void *)v->words,
			     (v->slots + 1) * PAGE),
		 0);
	CHECK_EQ(handle_close(v->object), 0);
}

static void view_again(struct view *v)
{
	view_close(v);
	view_open(v, v->area);
}

static volatile uint64_t *page_of(const struct view *v, uint64_t slot)
{
	return v->words + slot * WORDS;
}

static uint64_t word_of(const struct view *v, uint64_t slot, unsigned i)
{
	return (slot << 32 | v->round << 20 | v->area << 16 | i) *
	       0x9e3779b97f4a7c15ul;
}

static void write_page(const struct view *v, uint64_t slot)
{
	for (unsigned i = 0; i < WORDS; i++)
		page_of(v, slot)[i] = word_of(v, slot, i);
}

static void check_page(const struct view *v, uint64_t slot)
{
	for (unsigned i = 0; i < WORDS; i++)
		CHECK_EQ(page_of(v, slot)[i], word_of(v, slot, i));
}

static void write_all(const struct view *v)
{
	for (uint64_t s = 1; s <= v->slots; s++)
		write_page(v, s);
}

static long sync_all(const struct view *v)
{
	return object_sync(v->object, PAGE, v->slots * PAGE);
}

/* What a call says that reads there: no pager is set up like this. */
static long look(const struct view *v, uint64_t slot)
{
	long r =
		pager_create((struct pager_setup *)(uintptr_t)page_of(v, slot));

	return r == -E_INVAL ? 0 : r;
}

/* ---- threads that check all of a view, each its part ----------------------- */

static struct {
	struct view *v;
	bool writes;
} job;

static void check_part(void *argument)
{
	uint64_t n = (uint64_t)argument, slots = job.v->slots;
	uint64_t each = slots / THREADS + 1, s = n;

	for (uint64_t i = 0; i < each; i++, s += THREADS) {
		if (s < slots && !job.writes)
			check_page(job.v, 1 + s);
		else if (s < slots)
			write_page(job.v, 1 + s);
	}
	notification_signal(done, 1ul << n);
}

static void start_all(struct view *v, bool writes)
{
	job.v = v;
	job.writes = writes;
	for (uintptr_t i = 0; i < THREADS; i++)
		CHECK(thread_begin(check_part, (void *)i, i + 1, THREAD_STACK) >
		      0);
}

/* Whether all are done, at the latest at the deadline. */
static bool wait_for_all(uint64_t *left, uint64_t deadline)
{
	uint64_t bits;

	while (*left) {
		if (notification_wait(done, *left, deadline, &bits))
			return false;
		*left &= ~bits;
	}
	return true;
}

static void by_threads(struct view *v, bool writes)
{
	uint64_t left = 0xffff;

	start_all(v, writes);
	CHECK(wait_for_all(&left, NEVER));
}

/* ---- all ------------------------------------------------------------------- */

static void check_at_random(const struct view *v)
{
	uint64_t s = 1;

	for (unsigned i = 0; i < 200; i++) {
		s = (s * 6364136223846793005ul + 1442695040888963407ul);
		check_page(v, 1 + (s >> 33) % v->slots);
	}
}

static void check_counts(unsigned area, uint64_t used, uint64_t out)
{
	struct swap_info info;

	CHECK_EQ(swap_info(swap, area, &info), 0);
	CHECK_EQ(info.used, used);
	CHECK_EQ(info.out, out);
	CHECK_EQ(info.errors, 0);
}

static void sync_thread(void *argument)
{
	CHECK_EQ(sync_all(argument), 0);
	notification_signal(done, 1);
}

#define ROUNDS 8u
#define FROM   30u
#define TO     60u

/*
 * What is written while another view reads there, and ahead of what is asked for,
 * is what every later one sees.
 */
static void write_under_a_reader(struct view *v)
{
	struct view other = {.area = v->area};
	uint64_t bits;

	for (unsigned i = 0; i < ROUNDS; i++) {
		v->round++;
		for (uint64_t s = FROM; s < TO; s++)
			write_page(v, s);
		CHECK(thread_begin(sync_thread, v, 99, THREAD_STACK) > 0);
		view_open(&other, v->area);
		for (uint64_t s = FROM - 10; s < TO; s++)
			CHECK_EQ(look(&other, s), 0);
		view_close(&other);
		CHECK_EQ(notification_wait(done, 1, NEVER, &bits), 0);
		other.round = v->round;
		view_open(&other, v->area);
		for (uint64_t s = FROM; s < TO; s++)
			check_page(&other, s);
		view_close(&other);
	}
}

static void try_area(unsigned area)
{
	struct view v = {.round = 1};

	view_open(&v, area);
	CHECK(look(&v, 0) == -E_IO); /* the header is nobody's */
	CHECK_EQ(swap_object(swap, 99), -E_NOENT);
	by_threads(&v, true);
	CHECK_EQ(sync_all(&v), 0);
	view_again(&v);
	check_at_random(&v);
	by_threads(&v, false);
	v.round = 2;
	write_page(&v, v.slots);
	write_page(&v, 1);
	CHECK_EQ(sync_all(&v), 0);
	view_again(&v);
	check_page(&v, 1);
	check_page(&v, v.slots);
	v.round = 1;
	for (uint64_t s = 2; s < v.slots; s++)
		check_page(&v, s);
	if (v.slots > TO)
		write_under_a_reader(&v);
	view_close(&v);
}

static void all(void)
{
	struct swap_info info;
	struct message m = {.word = {99}};
	unsigned n = 0;

	CHECK_EQ(ipc_call(swap, &m), 0);
	CHECK_EQ(m.word[0], -E_INVAL);
	for (; swap_info(swap, n, &info) == 0; n++) {
		try_area(n);
		CHECK_EQ(swap_info(swap, n, &info), 0);
		printf("paging: %s: %lu slots, %lu used, %lu in, %lu out\n",
		       info.name, info.slots, info.used, info.in, info.out);
		check_counts(
			n, info.slots,
			info.slots + 2 +
				(info.slots > TO ? ROUNDS * (TO - FROM) : 0));
	}
	printf("paging: %u areas\n", n);
}

/* ---- what dies ------------------------------------------------------------- */

#define KILLS 6

static void kill(const char *name)
{
	long starts = init_count(init, name);

	CHECK_EQ(init_end(init, name, 9), 0);
	while (init_count(init, name) == starts)
		thread_yield();
}

static void kill_under(struct view *v, bool writes)
{
	uint64_t left = 0xffff;

	start_all(v, writes);
	for (unsigned i = 0; i < KILLS; i++) {
		wait_for_all(&left, (uint64_t)time_now() + 60000000ul);
		kill("blk");
	}
	CHECK(wait_for_all(&left, NEVER));
}

static void killed(void)
{
	struct view v = {.round = 3};
	uint64_t left = 1;

	view_open(&v, 0);
	write_all(&v);
	CHECK(thread_begin(sync_thread, &v, 99, THREAD_STACK) > 0);
	for (unsigned i = 0; i < KILLS; i++) {
		wait_for_all(&left, (uint64_t)time_now() + 60000000ul);
		kill("blk");
	}
	CHECK(wait_for_all(&left, NEVER));
	view_again(&v);
	kill_under(&v, false);
	CHECK_EQ(init_count(init, "blk"), 2 * KILLS + 1);
	CHECK_EQ(init_count(init, "swap"), 1);
}

static void gone(void)
{
	struct view v = {.round = 4};
	struct swap_info info;

	view_open(&v, 0);
	write_all(&v);
	CHECK_EQ(sync_all(&v), 0);
	view_again(&v);
	check_page(&v, 7);
	kill("blk");
	check_page(&v, 8);
	CHECK_EQ(init_end(init, "blk", 9), 0);
	CHECK_EQ(look(&v, 109), -E_IO);
	CHECK_EQ(look(&v, 60), -E_IO);
	check_page(&v, 8); /* it is there */
	v.round = 5;
	write_page(&v, 8);
	CHECK_EQ(sync_all(&v), -E_IO);
	CHECK_EQ(swap_info(swap, 0, &info), 0);
	CHECK_EQ(info.errors, 3);
	CHECK_EQ(init_count(init, "swap"), 1);
}

/* Also while its requests are under way. */
static void died(void)
{
	struct view v = {.round = 6}, old;

	view_open(&v, 0);
	write_all(&v);
	CHECK_EQ(sync_all(&v), 0);
	for (unsigned i = 0; i < 5; i++) {
		old = v;
		view_open(&v, 0);
		check_page(&v, 5 + i);
		kill("swap");
		CHECK_EQ(look(&v, 30), -E_IO);
		check_page(&v, 5 + i);
		view_close(&old);
	}
	view_again(&v);
	by_threads(&v, false);
}

/* ---- errors ---------------------------------------------------------------- */

static void broken(void)
{
	struct view v = {.round = 7};
	struct swap_info info;

	view_open(&v, 0);
	for (uint64_t s = 1; s <= v.slots; s++) {
		if (s != BROKEN)
			write_page(&v, s);
	}
	CHECK_EQ(look(&v, BROKEN), -E_IO);
	CHECK_EQ(sync_all(&v), -E_IO);
	view_again(&v);
	for (uint64_t s = 1; s <= v.slots; s++) {
		if (s == BROKEN)
			CHECK_EQ(look(&v, s), -E_IO);
		else if (s != UNWRITABLE)
			check_page(&v, s);
	}
	CHECK_EQ(swap_info(swap, 0, &info), 0);
	CHECK(info.errors >= 3); /* more if it was asked for ahead, too */
	CHECK_EQ(info.out, v.slots - 2);
	CHECK_EQ(info.used, v.slots - 2);
}

static void look_only(void)
{
	struct swap_info info;
	unsigned n = 0;

	for (; swap_info(swap, n, &info) == 0; n++)
		printf("paging: %s: %lu slots\n", info.name, info.slots);
	CHECK_EQ(swap_object(swap, 0), n ? -E_PERM : -E_STALE);
}

int main(int argc, char **argv, char **envp)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} modes[] = {
		{"all", all},	{"killed", killed}, {"gone", gone},
		{"died", died}, {"broken", broken}, {"look", look_only},
	};

	service_begin(envp);
	swap = service_handle("swap");
	blk = service_handle("blk");
	init = service_handle("init");
	done = (uint64_t)notification_create();
	CHECK(argc == 2 && swap);
	for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(modes[i].name, argv[1]) == 0) {
			modes[i].run();
			printf("paging: %s passed\n", argv[1]);
			return 0;
		}
	}
	return 2;
}
