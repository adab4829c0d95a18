/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * program.h - from an ELF file in the boot archive to a task that can run.
 *
 * Segments are private mappings of the file's own frames: text and constants
 * are shown as they lie in the archive, data is copied when it is written, and
 * the rest of .bss comes as zeros. Nothing is copied ahead but the page in
 * which file data ends and zeros begin.
 */
#ifndef BOOT_PROGRAM_H
#define BOOT_PROGRAM_H
#include "boot/archive.h"
#include "task/task.h"
#include "task/thread.h"

#define PROGRAM_STACK (8 * MiB) /* what the stack may grow to */

/*
 * A task with one NEW thread, in *thread, at the program's entry: 0, -E_NOEXEC
 * (*why says what is wrong with the file), -E_NOMEM. On an error nothing is
 * left behind. `ended` is the task's on_end.
 */
int program_load(const struct archive_entry *file,
		 void (*ended)(struct task *t), struct thread **thread,
		 const char **why);

#endif
