/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * share - a client that has memory in common with the service blk, by its first
 * argument:
 *
 *	all	fetches the first half, stores the second, both with as many
 *		requests at once as there is memory for, asks for what cannot be
 *	broken	meets errors
 *	killed	kills the driver at work, and begins anew each time
 */
#include "proto/init.h"
#include "sectors.h"
#include "thread.h"

#define MEMORY	0x100000ul /* `dma` in the manifest */
#define PIECES	(MEMORY / BLK_MAX)
#define ENDED	(1ul << 60)
#define SHARED	(1ul << 61)
#define DONE(n) (1ul << (n))
#define ALL	0xfffffffful
#define FAIL(n) (1ul << (32 + (n)))

static uint64_t blk, init, memory, told;
static char *at;

static struct blk_move move(enum blk_request request, unsigned n,
			    uint64_t sector, unsigned sectors)
{
	return (struct blk_move){.request = request,
				 .sector = sector,
				 .bytes = sectors * (uint64_t)BLK_SECTOR,
				 .at = n * (uint64_t)BLK_MAX,
				 .done = DONE(n),
				 .failed = FAIL(n)};
}

static long begin(enum blk_request request, unsigned n, uint64_t sector,
		  unsigned sectors)
{
	struct blk_move m = move(request, n, sector, sectors);

	return blk_begin(blk, &m);
}

static void share(void)
{
	CHECK_EQ(blk_share(blk, memory, MEMORY, told), 0);
	notification_signal(told, SHARED);
}

/* Bits of all pieces; what came of them. */
static uint64_t wait_for(uint64_t left)
{
	uint64_t got = 0, bits;

	while (left) {
		CHECK_EQ(notification_wait(told, left | left << 32, NEVER,
					   &bits),
			 0);
		got |= bits;
		left &= ~(bits | bits >> 32);
	}
	return got;
}

/* ---- all ------------------------------------------------------------------- */

static void fetch_first_half(void)
{
	for (uint64_t s = 0; s < HALF; s += PIECES * PART_MAX) {
		memset(at, 0, MEMORY);
		for (unsigned i = 0; i < PIECES; i++)
			CHECK_EQ(
				begin(BLK_FETCH, i, s + i * PART_MAX, PART_MAX),
				0);
		CHECK_EQ(wait_for((1ul << PIECES) - 1), (1ul << PIECES) - 1);
		check_all(at, s, PIECES * PART_MAX);
	}
}

static void store_second_half(void)
{
	for (uint64_t s = HALF; s < SECTORS; s += PIECES * PART_MAX) {
		fill_all(at, s + OTHER, PIECES * PART_MAX);
		for (unsigned i = 0; i < PIECES; i++)
			CHECK_EQ(
				begin(BLK_STORE, i, s + i * PART_MAX, PART_MAX),
				0);
		CHECK_EQ(wait_for((1ul << PIECES) - 1), (1ul << PIECES) - 1);
	}
}

/* By a request with what is wrong with it. */
static void ask_for_what_cannot_be(void)
{
	struct blk_move m = move(BLK_FETCH, 0, 0, 1);

	CHECK_EQ(begin(BLK_FETCH, 0, SECTORS, 1), -E_RANGE);
	CHECK_EQ(begin(BLK_STORE, 0, SECTORS - 1, 2), -E_RANGE);
	CHECK_EQ(begin(BLK_FETCH, PIECES, 0, 1), -E_RANGE);
	CHECK_EQ(begin(BLK_FETCH, 0, 0, 0), -E_INVAL);
	CHECK_EQ(begin(BLK_FETCH, 0, 0, PART_MAX + 1), -E_INVAL);
	m.at = MEMORY - BLK_SECTOR + 1;
	CHECK_EQ(blk_begin(blk, &m), -E_RANGE);
	m.at = -(uint64_t)BLK_SECTOR;
	CHECK_EQ(blk_begin(blk, &m), -E_RANGE);
	m.at = MEMORY - BLK_SECTOR;
	CHECK_EQ(blk_begin(blk, &m), 0);
	CHECK_EQ(wait_for(1), 1);
}

static unsigned handles_of_blk(void)
{
	static char text[INIT_TEXT_MAX];
	unsigned starts, threads, handles;
	const char *line;

	text[init_list(init, text, sizeof(text) - 1)] = 0;
	line = strstr(text, "\nblk ");
	CHECK(line && sscanf(line, " blk runs %u %u %u", &starts, &threads,
			     &handles) == 3);
	return handles;
}

/* What is no such memory, with handles that the driver must not keep. */
static void share_what_cannot_be(void)
{
	uint64_t other = (uint64_t)object_create(SELF, MEMORY, 0);
	uint64_t mute = (uint64_t)handle_duplicate(
		SELF, told, RIGHT_WAIT | RIGHT_DUPLICATE, 0);
	struct ipc_extra extra = {.handles = 2, .handle = {memory, told}};
	struct message m = {.word = {BLK_FLUSH}, .extra = &extra};
	unsigned handles = handles_of_blk();

	CHECK_EQ(blk_share(blk, memory, MEMORY + 1, told), -E_INVAL);
	CHECK_EQ(blk_share(blk, memory, 0, told), -E_INVAL);
	CHECK_EQ(blk_share(blk, memory, ~0ul, told), -E_INVAL);
	CHECK_EQ(blk_share(blk, other, MEMORY, told), -E_INVAL);
	CHECK_EQ(blk_share(blk, memory, MEMORY, memory), -E_INVAL);
	CHECK_EQ(blk_share(blk, memory, MEMORY, mute), -E_INVAL);
	CHECK_EQ(ipc_call(blk, &m), 0);
	m = (struct message){.word = {BLK_SHARE, MEMORY}, .extra = &extra};
	extra.handles = 1;
	CHECK_EQ(ipc_call(blk, &m), 0);
	CHECK_EQ(m.word[0], -E_INVAL);
	share(); /* again: in place of the former */
	CHECK_EQ(handles_of_blk(), handles);
}

/* What the driver says to new memory while the device is at work on the old. */
static long answer_at_work(void)
{
	struct ipc_extra extra = {.handles = 2, .handle = {memory, told}};
	struct message m = {.word = {BLK_SHARE, MEMORY}, .extra = &extra};

	for (unsigned i = 0; i < PIECES; i++)
		CHECK_EQ(begin(BLK_FETCH, i, i * PART_MAX, PART_MAX), 0);
	CHECK_EQ(ipc_call(blk, &m), 0);
	share();
	wait_for((1ul << PIECES) - 1);
	check_all(at, 0, PIECES * PART_MAX);
	return (long)m.word[0];
}

/* Not before the device is done, which it may be by chance. */
static void share_at_work(void)
{
	unsigned tries = 100;
	long answer;

	while ((answer = answer_at_work()) != -E_AGAIN) {
		CHECK_EQ(answer, 0);
		CHECK(--tries > 0);
	}
}

static void all(void)
{
	CHECK_EQ(begin(BLK_FETCH, 0, 0, 0), -E_NOENT);
	CHECK_EQ(blk_watch(blk), -E_NOENT);
	share();
	fetch_first_half();
	store_second_half();
	ask_for_what_cannot_be();
	share_what_cannot_be();
	share_at_work();
	fetch_first_half();
}

/* ---- errors ---------------------------------------------------------------- */

static void broken(void)
{
	share();
	CHECK_EQ(begin(BLK_FETCH, 0, 0, PART_MAX), 0); /* in the midst */
	CHECK_EQ(begin(BLK_FETCH, 1, PART_MAX, PART_MAX), 0);
	CHECK_EQ(wait_for(3), FAIL(0) | DONE(1));
	check_all(at + BLK_MAX, PART_MAX, PART_MAX);
}

static void read_only(void)
{
	share();
	CHECK_EQ(begin(BLK_STORE, 0, HALF, 1), -E_PERM);
	fetch_first_half();
}

/* ---- drivers that die ------------------------------------------------------ */

#define KILLS 4

static void watch(void *argument)
{
	uint64_t bits;
	long err;

	(void)argument;
	do {
		notification_wait(told, SHARED, NEVER, &bits);
		err = blk_watch(blk);
		notification_signal(told, ENDED);
	} while (err == -E_PEER || err == -E_NOENT);
}

static void killed(void)
{
	uint64_t bits;

	CHECK(thread_begin(watch, NULL, 1, THREAD_STACK) > 0);
	share();
	for (unsigned i = 1; i <= KILLS; i++) {
		fetch_first_half();
		for (unsigned n = 0; n < PIECES; n++)
			CHECK_EQ(begin(BLK_FETCH, n, 0, PART_MAX), 0);
		CHECK_EQ(init_end(init, "blk", 9), 0);
		CHECK_EQ(notification_wait(told, ENDED, NEVER, &bits), 0);
		CHECK_EQ(begin(BLK_FETCH, 0, 0, 1), -E_NOENT);
		notification_wait(told, ALL, NOW, &bits);
		share();
		CHECK_EQ(init_count(init, "blk"), i + 1);
	}
	store_second_half();
}

int main(int argc, char **argv, char **envp)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} modes[] = {
		{"all", all},
		{"broken", broken},
		{"read-only", read_only},
		{"killed", killed},
	};

	service_begin(envp);
	blk = service_handle("blk");
	init = service_handle("init");
	memory = service_handle("dma");
	told = (uint64_t)notification_create();
	at = service_map(memory, MEMORY);
	CHECK(argc == 2 && at);
	for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(modes[i].name, argv[1]) == 0) {
			modes[i].run();
			printf("share: %s passed\n", argv[1]);
			return 0;
		}
	}
	return 2;
}
