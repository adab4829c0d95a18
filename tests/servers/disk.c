/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * disk - a client of the service blk, by its first argument:
 *
 *	all	reads what the image holds, writes with 16 threads at once, and
 *		asks for what cannot be
 *	read-only, broken	the same of a disk that is
 *	killed	kills the driver again and again under 16 threads
 *	limit	kills it once more than its manifest allows
 *
 * tools/lib/servercase.py makes the image (sectors.h), and looks at it afterwards.
 */
#include "proto/init.h"
#include "sectors.h"
#include "thread.h"

#define THREADS 16u
#define EACH	(HALF / THREADS) /* sectors of the second half */
#define ROUNDS	4u

static uint64_t blk, init, done;
static struct blk_info info;

/* ---- 16 threads, each with a part of the second half -------------------- */

static char buffers[THREADS][BLK_MAX];

/* Sizes of requests: from one sector to as many as there can be. */
static unsigned part_of(unsigned round, unsigned left)
{
	static const unsigned sizes[] = {1, 3, 128, 8, 17, 64};
	unsigned n = sizes[round % 6];

	return n < left ? n : left;
}

static void write_and_read(unsigned n, unsigned round)
{
	uint64_t start = HALF + n * EACH;

	for (unsigned at = 0, i = round; at < EACH; i++) {
		unsigned part = part_of(i, EACH - at);
		uint64_t sector = start + at;

		fill_all(buffers[n], sector + OTHER, part);
		CHECK_EQ(blk_write(blk, sector, buffers[n],
				   part * (size_t)BLK_SECTOR),
			 0);
		memset(buffers[n], 0, part * (size_t)BLK_SECTOR);
		CHECK_EQ(blk_read(blk, sector, buffers[n],
				  part * (size_t)BLK_SECTOR),
			 0);
		check_all(buffers[n], sector + OTHER, part);
		at += part;
	}
	CHECK_EQ(blk_flush(blk), 0);
}

static void worker(void *argument)
{
	unsigned n = (unsigned)(uintptr_t)argument;

	for (unsigned round = 0; round < ROUNDS; round++)
		write_and_read(n, round);
	notification_signal(done, 1ul << n);
}

static void start_workers(void)
{
	done = (uint64_t)notification_create();
	for (uintptr_t i = 0; i < THREADS; i++)
		CHECK(thread_begin(worker, (void *)i, i + 1, THREAD_STACK) > 0);
}

/* Whether all are done, at the latest at the deadline. */
static bool wait_for_workers(uint64_t *left, uint64_t deadline)
{
	uint64_t bits;

	while (*left) {
		if (notification_wait(done, *left, deadline, &bits))
			return false;
		*left &= ~bits;
	}
	return true;
}

/* ---- what there is to see ----------------------------------------------- */

static void read_first_half(void)
{
	static char data[BLK_MAX];

	for (uint64_t s = 0; s < HALF; s += PART_MAX) {
		CHECK_EQ(blk_read(blk, s, data, BLK_MAX), 0);
		check_all(data, s, PART_MAX);
	}
}

static void ask_for_what_cannot_be(void)
{
	static char data[BLK_MAX + BLK_SECTOR];
	struct message m = {.word = {99}};

	CHECK_EQ(blk_read(blk, SECTORS, data, 512), -E_RANGE);
	CHECK_EQ(blk_read(blk, SECTORS - 1, data, 1024), -E_RANGE);
	CHECK_EQ(blk_read(blk, ~0ul, data, 1024), -E_RANGE);
	CHECK_EQ(blk_read(blk, SECTORS - 1, data, 512), 0);
	CHECK_EQ(blk_read(blk, 0, data, 511), -E_INVAL);
	CHECK_EQ(blk_read(blk, 0, data, 0), -E_INVAL);
	CHECK_EQ(blk_write(blk, 0, data, 100), -E_INVAL);
	CHECK_EQ(blk_write(blk, 0, data, 0), -E_INVAL);
	CHECK_EQ(blk_write(blk, SECTORS, data, 512), -E_RANGE);
	CHECK_EQ(blk_read(blk, 0, data, BLK_MAX + BLK_SECTOR), -E_INVAL);
	CHECK_EQ(ipc_call(blk, &m), 0);
	CHECK_EQ(m.word[0], -E_INVAL);
}

static void all(void)
{
	uint64_t left = 0xffff;

	CHECK_EQ(info.flags, BLK_HAS_FLUSH);
	read_first_half();
	ask_for_what_cannot_be();
	start_workers();
	CHECK(wait_for_workers(&left, NEVER));
	CHECK_EQ(blk_info(blk, &info), 0);
	printf("disk: at most %u at once\n", info.most);
	read_first_half();
}

static void read_only(void)
{
	static char data[BLK_SECTOR];

	CHECK(info.flags & BLK_READ_ONLY);
	read_first_half();
	CHECK_EQ(blk_write(blk, 0, data, BLK_SECTOR), -E_PERM);
	CHECK_EQ(blk_flush(blk), 0);
	read_first_half();
}

static void broken(void)
{
	static char data[BLK_MAX];

	CHECK_EQ(blk_read(blk, BROKEN, data, 512), -E_IO);
	CHECK_EQ(blk_read(blk, 0, data, BLK_MAX), -E_IO); /* in the midst */
	CHECK_EQ(blk_read(blk, BROKEN + 64, data, 512), 0);
	check_all(data, BROKEN + 64, 1);
	CHECK_EQ(blk_write(blk, HALF, data, 512), 0);
	CHECK_EQ(blk_flush(blk), -E_IO);
	CHECK_EQ(blk_read(blk, 1024, data, BLK_MAX), 0);
	check_all(data, 1024, PART_MAX);
}

/* ---- drivers that die --------------------------------------------------- */

#define KILLS 6

static void killed(void)
{
	uint64_t left = 0xffff;

	start_workers();
	for (unsigned i = 1; i <= KILLS; i++) {
		wait_for_workers(&left, (uint64_t)time_now() + 100000000ul);
		CHECK_EQ(init_end(init, "blk", 9), 0);
		while (init_count(init, "blk") < i + 1)
			thread_yield();
	}
	CHECK(wait_for_workers(&left, NEVER));
	CHECK_EQ(init_count(init, "blk"), KILLS + 1);
	read_first_half();
}

static void limit(void)
{
	static char data[BLK_SECTOR];
	long err;

	for (unsigned i = 1; i <= 3; i++) {
		CHECK_EQ(blk_read(blk, i, data, BLK_SECTOR), 0);
		check_all(data, i, 1);
		CHECK_EQ(init_end(init, "blk", 9), 0);
	}
	err = blk_read(blk, 0, data, BLK_SECTOR);
	CHECK(err == -E_STALE || err == -E_PEER);
	CHECK_EQ(blk_read(blk, 0, data, BLK_SECTOR), -E_STALE);
	CHECK_EQ(init_count(init, "blk"), 3);
	CHECK_EQ(init_end(init, "blk", 9), -E_STALE);
	CHECK_EQ(init_find(init, "blk"), -E_STALE);
	CHECK_EQ(init_find(init, "nobody"), -E_NOENT);
	CHECK_EQ(init_find(init, "disk"), -E_PERM);
	CHECK_EQ(init_end(init, "disk", 0), -E_PERM);
}

int main(int argc, char **argv, char **envp)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} modes[] = {
		{"all", all},	    {"read-only", read_only},
		{"broken", broken}, {"killed", killed},
		{"limit", limit},
	};

	service_begin(envp);
	blk = service_handle("blk");
	init = service_handle("init");
	CHECK(argc == 2 && blk);
	CHECK_EQ(blk_info(blk, &info), 0);
	CHECK_EQ(info.sectors, SECTORS);
	CHECK_EQ(info.max, BLK_MAX);
	for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(modes[i].name, argv[1]) == 0) {
			modes[i].run();
			printf("disk: %s passed\n", argv[1]);
			return 0;
		}
	}
	return 2;
}
