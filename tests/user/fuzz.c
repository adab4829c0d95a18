/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz.c - the supervisor of tasks that make random calls (fuzz.h). In rounds:
 * some tasks that know each other are started, some are ended in the midst of
 * it, others come in their place; when the round has made its calls all are ended,
 * and the kernel must have as many frames and structures in use as before.
 *
 * The boot argument words=SEED,CALLS sets both (tools/fuzz).
 */
#include "fuzz.h"
#include "archive.h"
#include "census.h"
#include "check.h"
#include "ipc.h"
#include "libc.h"
#include "spawn.h"
#include "thread.h"
#include <abi/machine.h>
#include <stdbool.h>

#define TASKS	    3u
#define ROUND_CALLS 5000ul
#define ROUND_TIME  1000000000ul /* then it ends with the calls it has */
#define PATIENCE    60000000000ul
#define SHARED	    (PROT_R | PROT_W | MAP_SHARED)
#define PRIORITY    10u /* of who fuzzes */

static struct fuzz_task {
	struct spawn spawn;
	struct fuzz_shared *shared;
	uint64_t object; /* its page */
	bool runs;
} tasks[TASKS];

static struct random r;
static struct spawn_file program;
static uint64_t seed = 1, calls = 20000, made;
static uint64_t ended; /* notification: bit i, task i */
static uint64_t handler, door, bell;
static uint64_t good[CALL_END - CALL_FIRST]; /* how often each succeeded */

/* ---- what happens once --------------------------------------------------- */

/* words=SEED,CALLS */
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
		calls = strtoul(end + 1, NULL, 0);
}

static void find_program(void)
{
	static struct machine_info info;
	struct archive a;
	struct archive_file f;
	long at;

	CHECK_EQ(machine_info(HANDLE_MACHINE, &info), 0);
	at = space_map_object(SELF, NULL, info.archive_bytes, PROT_R,
			      HANDLE_ARCHIVE, 0);
	CHECK(at > 0);
	a = (struct archive){(const void *)at, info.archive_bytes};
	CHECK_EQ(archive_find(&a, "test/fuzz", &f), 0);
	program = (struct spawn_file){.object = HANDLE_ARCHIVE,
				      .offset = f.offset,
				      .data = f.data,
				      .bytes = f.bytes};
}

/* Memory may run out later, so all that is ever touched is touched now. */
static void touch_stack(void)
{
	volatile char deep[32768];

	for (size_t i = 0; i < sizeof(deep); i += 1024)
		deep[i] = 0;
}

/* Of a thread that did what nothing permits: mostly its end. */
static void answer_faults(void *unused)
{
	struct registers registers = {.pc = FUZZ_ARENA};
	struct ipc_extra extra = {.send = (uint64_t)&registers,
				  .send_bytes = sizeof(registers),
				  .receive = (uint64_t)&registers,
				  .receive_bytes = sizeof(registers)};
	struct message m = {.extra = &extra};
	struct random mine = {seed};

	(void)unused;
	if (ipc_receive(handler, &m))
		return;
	do {
		uint64_t answer = random_below(&mine, 32);

		m = (struct message){.word = {HANDLER_END, 9}, .extra = &extra};
		if (answer <= HANDLER_END)
			m.word[0] = answer;
		registers.pc += random_below(&mine, 8);
	} while (!ipc_reply_receive(handler, &m));
}

/* ---- tasks ---------------------------------------------------------------- */

static void give(struct fuzz_task *t, uint64_t handle, unsigned rights)
{
	long n = handle_duplicate(t->spawn.task, handle, rights,
				  random_below(&r, 3));

	if (n > 0 && t->shared->given < FUZZ_GIVEN)
		t->shared->handle[t->shared->given++] = (uint64_t)n;
}

static void give_all(struct fuzz_task *t)
{
	const unsigned look = RIGHT_DUPLICATE | RIGHT_INSPECT;

	give(t, door, RIGHTS_ALL);
	give(t, bell, RIGHTS_ALL);
	give(t, HANDLE_MACHINE, RIGHT_DUPLICATE | RIGHT_LINES | RIGHT_FRAMES);
	give(t, t->spawn.task, look | RIGHT_CONTROL);
	give(t, t->spawn.space, RIGHT_DUPLICATE | RIGHT_READ | RIGHT_WRITE);
	for (unsigned i = 0; i < TASKS; i++)
		if (tasks[i].runs && &tasks[i] != t)
			give(t, tasks[i].spawn.task,
			     random_once_in(&r, 2) ? look
						   : look | RIGHT_CONTROL);
}

/* It can fail, when those that run have all the memory. */
static void task_start(struct fuzz_task *t)
{
	static const char *const arguments[] = {"fuzz", "task", NULL};
	static const char *const none[] = {NULL};
	struct spawn *s = &t->spawn;

	if (spawn_task(s, &program, "fuzz"))
		return;
	*t->shared = (struct fuzz_shared){.seed = random_word(&r),
					  .wanted = ROUND_CALLS / TASKS};
	give_all(t);
	if (space_map_object(s->space, (const void *)FUZZ_SHARED, PAGE,
			     SHARED | MAP_FIXED, t->object, 0) < 0 ||
	    t->shared->given < 5 || task_handler(s->task, handler) ||
	    handle_watch(s->task, ended, 1ul << (t - tasks)) ||
	    spawn_start(s, arguments, none, PRIORITY, ~0ul)) {
		spawn_drop(s);
		return;
	}
	t->runs = true;
}

/* It may have written there what it likes. */
static uint64_t calls_of(const struct fuzz_task *t)
{
	uint64_t n = t->shared->calls;

	return n <= ROUND_CALLS ? n : 0;
}

static void task_gone(struct fuzz_task *t)
{
	for (unsigned i = 0; i < CALL_END - CALL_FIRST; i++)
		good[i] += t->shared->good[i];
	made += calls_of(t);
	spawn_drop(&t->spawn);
	t->runs = false;
}

/* Who watches a task is said by whoever may look at it, so that may be lost. */
static void look_at_all(void)
{
	struct task_info info;

	for (unsigned i = 0; i < TASKS; i++)
		if (tasks[i].runs &&
		    (task_info(tasks[i].spawn.task, &info) || info.ended))
			task_gone(&tasks[i]);
}

static bool any_runs(void)
{
	for (unsigned i = 0; i < TASKS; i++)
		if (tasks[i].runs)
			return true;
	return false;
}

/* Until something ends, or for a while. */
static void rest(uint64_t most)
{
	uint64_t until = (uint64_t)time_now() + random_below(&r, most), bits;

	notification_wait(ended, ~0ul, until, &bits);
	look_at_all();
}

static void end_all(void)
{
	uint64_t until = (uint64_t)time_now() + PATIENCE;

	for (unsigned i = 0; i < TASKS; i++)
		if (tasks[i].runs)
			task_end(tasks[i].spawn.task, 1);
	while (any_runs()) {
		rest(1000000);
		CHECK((uint64_t)time_now() < until);
	}
}

/* ---- rounds ---------------------------------------------------------------- */

static uint64_t made_by_all(void)
{
	uint64_t n = made;

	for (unsigned i = 0; i < TASKS; i++)
		if (tasks[i].runs)
			n += calls_of(&tasks[i]);
	return n;
}

/* Something from outside. */
static void meddle(void)
{
	struct fuzz_task *t = &tasks[random_below(&r, TASKS)];
	struct message m = {.word = {1}};
	struct ipc_extra now = {.deadline = NOW};

	switch (random_below(&r, 24)) {
	case 0:
		if (t->runs)
			task_end(t->spawn.task, 2);
		break;
	case 1:
		notification_signal(bell, random_word(&r));
		break;
	case 2:
		m.extra = &now;
		ipc_send(door, &m);
		break;
	case 3:
		if (t->runs)
			thread_control(t->spawn.thread,
				       (unsigned)random_below(&r, 4));
		break;
	}
}

static void one_round(void)
{
	uint64_t start = made;
	uint64_t until = (uint64_t)time_now() + ROUND_TIME;

	door = (uint64_t)endpoint_create();
	bell = (uint64_t)notification_create();
	while (made_by_all() - start < ROUND_CALLS &&
	       (uint64_t)time_now() < until) {
		for (unsigned i = 0; i < TASKS; i++)
			if (!tasks[i].runs)
				task_start(&tasks[i]);
		rest(3000000);
		meddle();
	}
	end_all();
	handle_close(door);
	handle_close(bell);
	/* Who had `door` for a handler is told to end by that, and is less urgent. */
	sleep_until((uint64_t)time_now() + 1000000);
}

/* Whatever is left when all have ended was lost. */
static void compare(long frames, long structures)
{
	long now_structures = census_structures(), now_frames;

	now_frames = census_frames();
	now_structures = census_structures();
	if (now_frames == frames && now_structures == structures)
		return;
	printf("# fuzz: %ld frames and %ld structures lost\n",
	       frames - now_frames, now_structures - structures);
	census_print();
	task_end(SELF, 1);
}

static void supervise(void)
{
	long frames = 0, structures = 0;

	for (unsigned n = 0; made < calls; n++) {
		uint64_t before = made;

		one_round();
		if (n < 2) { /* the first ones make what stays */
			frames = census_frames();
			structures = census_structures();
		} else {
			compare(frames, structures);
		}
		CHECK(made > before || n < 100);
		if (n % 8 == 7)
			printf("# fuzz: %lu calls, seed %lu\n", made, seed);
	}
}

#define NAME(name, ...) #name,
static const char *const names[] = {QUIRE_CALL_NAMES(NAME)};
#undef NAME

/* The fuzz is worth as much as it gets through. */
static void print_good(void)
{
	for (unsigned i = 0; i < CALL_END - CALL_FIRST; i++)
		printf("#   %-18s %lu\n", names[i], good[i]);
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return fuzz_task();
	read_arguments();
	r.state = seed;
	printf("# fuzz: seed %lu, %lu calls\n", seed, calls);
	find_program();
	touch_stack();
	ended = (uint64_t)notification_create();
	handler = (uint64_t)endpoint_create();
	for (unsigned i = 0; i < TASKS; i++) {
		tasks[i].object = (uint64_t)object_create(SELF, PAGE, 0);
		tasks[i].shared = (struct fuzz_shared *)space_map_object(
			SELF, NULL, PAGE, SHARED, tasks[i].object, 0);
		CHECK((long)tasks[i].shared > 0);
	}
	CHECK(thread_begin(answer_faults, NULL, 1, THREAD_STACK) > 0);
	supervise();
	print_good();
	printf("# fuzz: %lu calls, seed %lu: done\n", made, seed);
	libc_flush();
	task_end(SELF, 0);
	return 1;
}
