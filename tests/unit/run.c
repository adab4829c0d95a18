/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run.c - the test kernel's boot_run(): the unit tests, on the boot hart's
 * stack, one after the other; then the test programs of the boot archive, each
 * a task of its own. Output is KTAP; the machine stops with the verdict.
 *
 * After each: mm_check(), and as many free frames as before.
 *
 * A test whose name starts with "dies_" ends the machine; it runs only when the
 * boot argument test= names it in full. A program named "test/x" is expected to
 * exit with 0; "test/x@15" to be ended by the fault with that scause. Of
 * "test/two_x" two run at once, on one hart, and ticks must have parted them; of
 * "test/many_x" MANY, some on each hart, a new one for each that ends.
 */
#include "abi/error.h"
#include "arch/interrupt.h"
#include "arch/machine.h"
#include "boot/boot.h"
#include "boot/program.h"
#include "kernel.h"
#include "lib/log.h"
#include "mm/frame_boot.h"
#include "mm/slab.h"
#include "task/sched.h"
#include "tests/test.h"
#include "tests/unit/quiet.h"
#include <setjmp.h>
#include <stdio.h>

extern const struct test __start_quire_tests[], __stop_quire_tests[];

static jmp_buf back;
static unsigned number, failed;
static uint64_t frames_before;
enum { DONE = 1, FAILED, SKIPPED };

/* ---- what checks call ------------------------------------------------- */

void test_fail(const char *file, int line, const char *what)
{
	log_print("# %s:%d: CHECK %s\n", file, line, what);
	longjmp(back, FAILED);
}

void test_fail_eq(const char *file, int line, const char *what, uint64_t actual,
		  uint64_t expected)
{
	log_print("# %s:%d: CHECK %s\n#   actual   0x%lx (%ld)\n"
		  "#   expected 0x%lx (%ld)\n",
		  file, line, what, (unsigned long)actual, (long)actual,
		  (unsigned long)expected, (long)expected);
	longjmp(back, FAILED);
}

void test_fail_str(const char *file, int line, const char *what,
		   const char *actual, const char *expected)
{
	log_print("# %s:%d: CHECK %s\n", file, line, what);
	log_print("#   actual   \"%s\"\n", actual);
	log_print("#   expected \"%s\"\n", expected);
	longjmp(back, FAILED);
}

void test_skip(const char *why)
{
	log_print("# %s\n", why);
	longjmp(back, SKIPPED);
}

/* ---- results ---------------------------------------------------------- */

static void result(const char *name, int outcome)
{
	uint64_t now = quiet_frames(), lost = frames_before - now;

	if (outcome == DONE && lost) {
		log_print("# %ld frames lost\n", (long)lost);
		outcome = FAILED;
	}
	frames_before = now;
	if (outcome == FAILED)
		failed++;
	log_print("%s %u %s%s\n", outcome == FAILED ? "not ok" : "ok", ++number,
		  name, outcome == SKIPPED ? " # SKIP" : "");
	if (outcome == FAILED && lost && !quiet_spoilt) {
		quiet_spoilt = true;
		log_print("# it kept %ld frames: no more mm_check()\n",
			  (long)lost);
	}
	quiet_check();
}

static bool wanted(const char *name)
{
	return strstr(name, boot_args.test) != NULL;
}

__attribute__((noreturn)) static void verdict(void)
{
	log_print("1..%u\n", number);
	machine_stop(failed ? 1 : 0);
}

/* ---- unit tests ------------------------------------------------------- */

static const char *short_path(const char *file)
{
	const char *at = strstr(file, "tests/unit/");

	return at ? at + sizeof("tests/unit/") - 1 : file;
}

static bool is_deadly(const struct test *t)
{
	return strncmp(t->name, "dies_", 5) == 0;
}

static int run_one(const struct test *t)
{
	int outcome = setjmp(back);

	if (outcome == 0) {
		t->run();
		outcome = DONE;
	}
	frame_fail_after(-1);
	slab_fail_after(SLAB_NEVER);
	return outcome;
}

static void run_units(void)
{
	for (const struct test *t = __start_quire_tests; t < __stop_quire_tests;
	     t++) {
		char name[120];

		snprintf(name, sizeof(name), "%s: %s", short_path(t->file),
			 t->name);
		if (is_deadly(t) ? strcmp(t->name, boot_args.test) != 0
				 : !wanted(name))
			continue;
		result(name, run_one(t));
	}
}

/* ---- test programs ---------------------------------------------------- */

static struct archive_entry file;
/* Instances of it, and the starter while it starts them. */
static unsigned running;
static bool good; /* all of them so far */
static uint64_t ticks_before;

static uint32_t all_ended; /* the boot hart is to report */

static void run_programs(void);

#define MANY 100
static int many_left;

static bool start(unsigned hart);

static bool are_many(void)
{
	return strncmp(file.name, "test/many_", 10) == 0;
}

/* Three on each hart; program_ended() starts the rest. */
static bool start_many(void)
{
	bool fine = true;

	many_left = MANY;
	for (unsigned i = 1; i < 3 * cpu_count; i++)
		fine = start(i % cpu_count) && fine;
	return fine;
}

static void start_next_of_many(void)
{
	int n = __atomic_fetch_sub(&many_left, 1, __ATOMIC_ACQ_REL);

	if (n > 0)
		start((unsigned)n % cpu_count);
}

static bool are_two(void)
{
	return strncmp(file.name, "test/two_", 9) == 0;
}

static uint64_t all_ticks(void)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < cpu_count; i++)
		n += cpus[i].ticks;
	return n;
}

static void report(void)
{
	if (are_two() && all_ticks() == ticks_before) {
		log_print("# no tick came\n");
		good = false;
	}
	result(file.name, good ? DONE : FAILED);
}

/* Whoever is last reports and goes on. */
static bool is_last(void)
{
	return __atomic_sub_fetch(&running, 1, __ATOMIC_ACQ_REL) == 0;
}

static unsigned expected_fault(const char *name)
{
	const char *at = strchr(name, '@');
	unsigned n = 0;

	while (at && *++at)
		n = n * 10 + (unsigned)(*at - '0');
	return n;
}

static void program_ended(struct task *t)
{
	unsigned want = expected_fault(file.name);
	bool fine = want ? t->fault == want : !t->fault && t->status == 0;

	if (!fine)
		log_print("# status %d, fault %u\n", t->status, t->fault);
	if (!fine)
		good = false;
	kobject_put(&t->object);
	if (are_many())
		start_next_of_many();
	if (is_last())
		__atomic_store_n(&all_ended, 1, __ATOMIC_RELEASE);
}

/* In the idle loop, where nothing of the programs is left on a stack. */
static void go_on(void)
{
	if (this_cpu()->index == 0 &&
	    __atomic_exchange_n(&all_ended, 0, __ATOMIC_ACQ_REL)) {
		report();
		run_programs();
	}
}

static bool is_test_program(void)
{
	return strncmp(file.name, "test/", 5) == 0 && wanted(file.name);
}

static bool start(unsigned hart)
{
	struct thread *thread;
	const char *why;

	if (program_load(&file, program_ended, &thread, &why)) {
		log_print("# %s\n", why);
		return false;
	}
	__atomic_add_fetch(&running, 1, __ATOMIC_RELAXED);
	if (are_two() || are_many())
		thread->harts = (uint8_t)BIT(hart);
	thread->cpu = (uint8_t)hart;
	boot_give_handles(thread->task);
	thread_start(thread);
	return true;
}

/* On this hart or another: the programs take turns on all of them. */
static void run_programs(void)
{
	do {
		unsigned hart = number % cpu_count;

		do
			if (archive_next(&boot_archive, &file) != 1)
				verdict();
		while (!is_test_program());
		good = true;
		ticks_before = all_ticks();
		running = 1; /* none is the last before all are started */
		if (!start(hart))
			good = false;
		if (are_two() && !start(hart))
			good = false;
		if (are_many() && !start_many())
			good = false;
		if (!is_last())
			return;
		report();
	} while (true);
}

struct thread *boot_load(void)
{
	return NULL;
}

void boot_run(struct thread *first)
{
	(void)first;
	log_print("KTAP version 1\n");
	frame_pool_limit(0);
	sched_hold_frames(true);
	frames_before = frames_free();
	run_units();
	sched_hold_frames(false);
	frame_pool_limit(FRAME_POOL_MAX);
	if (!boot_archive.base)
		verdict();
	sched_idle_hook = go_on;
	trap_test_call = quiet_call;
	run_programs();
	sched_run();
}
