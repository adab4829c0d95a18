/* SPDX-License-Identifier: BSD-2-Clause */
/* program_test.c - following an ELF plan; memory failing under it. */
#include "abi/error.h"
#include "boot/boot.h"
#include "boot/program.h"
#include "mm/frame_boot.h"
#include "mm/grace.h"
#include "mm/mm.h"
#include "mm/slab.h"
#include "tests/test.h"
#include "tests/unit/quiet.h"

static struct archive_entry file;

static void never(struct task *t)
{
	(void)t;
}

static void find_a_program(void)
{
	memset(&file, 0, sizeof(file));
	do
		if (!boot_archive.base ||
		    archive_next(&boot_archive, &file) != 1)
			test_skip("no boot archive with a program in it");
	while ((file.mode & ARCHIVE_TYPE) != ARCHIVE_FILE);
}

static int load_and_drop(void)
{
	struct thread *thread;
	struct task *t;
	const char *why;
	int err = program_load(&file, never, &thread, &why);

	if (err)
		return err;
	quiet_check();
	t = thread->task;
	t->on_end = NULL;
	kobject_put(&t->object); /* the thread, which never ran, goes with it */
	return 0;
}

static void trim(void)
{
	grace_flush();
	mm_trim();
	task_trim();
	thread_trim();
}

TEST(a_program_is_loaded_and_dropped_without_loss)
{
	uint64_t before;

	find_a_program();
	trim();
	before = frames_free();
	CHECK_EQ(load_and_drop(), 0);
	trim();
	CHECK_EQ(frames_free(), before);
}

TEST(loading_fails_cleanly_at_every_frame)
{
	uint64_t before;
	int err = -E_NOMEM;

	find_a_program();
	trim();
	before = frames_free();
	for (long n = 0; err; n++) {
		frame_fail_after(n);
		err = load_and_drop();
		frame_fail_after(-1);
		trim();
		CHECK_EQ(frames_free(), before);
		CHECK(n < 40);
	}
}

TEST(loading_fails_cleanly_at_every_structure)
{
	uint64_t before;
	int err = -E_NOMEM;

	find_a_program();
	trim();
	before = frames_free();
	for (uint64_t n = 0; err; n++) {
		slab_fail_after(n);
		err = load_and_drop();
		slab_fail_after(SLAB_NEVER);
		trim();
		CHECK_EQ(frames_free(), before);
		CHECK(n < 40);
	}
}

/* As cpio itself makes archives: file data at any multiple of 4. */
TEST(a_file_that_is_not_page_aligned_runs_from_a_copy)
{
	struct frame *f;
	unsigned order = 0;

	find_a_program();
	while ((PAGE_SIZE << order) < file.size + 4)
		order++;
	f = frame_alloc(order, FRAME_SLAB, 0);
	CHECK(f != NULL);
	memcpy((char *)frame_va(f) + 4, file.data, file.size);
	file.data = (char *)frame_va(f) + 4;
	CHECK_EQ(load_and_drop(), 0);
	frame_put(f);
	trim();
}

TEST(what_is_no_program_is_refused_by_name)
{
	static const char text[] = "#!/bin/sh\n";
	struct thread *thread;
	const char *why = NULL;

	file = (struct archive_entry){
		.name = "script", .data = text, .size = sizeof(text)};
	CHECK_EQ(program_load(&file, never, &thread, &why), -E_NOEXEC);
	CHECK(why != NULL && why[0] != 0);
}
