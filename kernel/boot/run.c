/* SPDX-License-Identifier: BSD-2-Clause */
/* run.c - the first program, and what its end means for the machine. */
#include "abi/error.h"
#include "abi/thread.h"
#include "arch/interrupt.h"
#include "arch/kspace.h"
#include "arch/machine.h"
#include "boot/boot.h"
#include "boot/program.h"
#include "lib/log.h"
#include "mm/frame_boot.h"
#include "platform/console.h"
#include "sys/memory.h"
#include "task/sched.h"

static int run_status;
static bool run_over;

static struct timer look_again;

/* It has ended the hart's sleep. */
static void nothing_to_do(struct timer *t, uint64_t arg)
{
	(void)t;
	(void)arg;
}

/* In the boot hart's idle loop: looks for a key ten times a second. */
static void stay(void)
{
	if (this_cpu()->index != 0 || !run_over)
		return;
	if (console_key() >= 0)
		machine_stop(run_status);
	if (!timer_is_set(&look_again))
		timer_start(&look_again, time_now() + time_frequency / 10,
			    nothing_to_do, 0);
}

static void ended(struct task *t)
{
	run_status = t->status;
	if (boot_args.expect_fault)
		run_status = t->fault ? 0 : 1;
	log_print("quire: %s ended with status %d%s\n", t->name, t->status,
		  t->fault ? ", by a fault" : "");
	kobject_put(&t->object);
	if (!boot_args.stay)
		machine_stop(run_status);
	log_print("quire: press a key to power off\n");
	run_over = true;
}

INIT struct thread *boot_load(void)
{
	struct archive_entry file = {0};
	struct thread *thread;
	const char *why;
	int err;

	if (!boot_archive.base)
		boot_fail("no boot archive; give one as the initial ramdisk");
	if (boot_args.init[0])
		err = archive_find(&boot_archive, boot_args.init, &file);
	else
		do
			err = archive_next(&boot_archive, &file) > 0 ? 0
								     : -E_NOENT;
		while (!err && (file.mode & ARCHIVE_TYPE) != ARCHIVE_FILE);
	if (err)
		boot_fail("no program \"%s\" in the boot archive",
			  boot_args.init);
	err = program_load(&file, ended, &thread, &why);
	if (err)
		boot_fail("%s: not a program that can run here: %s", file.name,
			  why);
	boot_give_handles(thread->task);
	/* It decides how urgent all others are, and must be able to. */
	thread->priority = thread->own_priority = PRIORITIES - 1;
	if (boot_args.stay)
		sched_idle_hook = stay;
	return thread;
}

static void give_init(void)
{
	struct pa_range r = kspace_drop_init();
	uint64_t before = frames_free(), given;

	frame_give(r.start, r.end);
	given = (frames_free() - before) * PAGE_SIZE;
	memory_boot_taken -= given;
	if (!boot_args.quiet)
		log_print("  %lu KiB of boot code given back\n",
			  (unsigned long)(given / KiB));
}

void boot_run(struct thread *first)
{
	give_init();
	thread_start(first);
	sched_run();
}
