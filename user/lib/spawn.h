/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spawn.h - a program file becomes a task.
 *
 *	spawn_task()	a space with the program in it, a task, no thread yet
 *	...		the caller gives it handles: handle_duplicate(s.task, ...)
 *	spawn_start()	a stack with arguments and environment, and a thread
 *
 * Text, constants and the whole pages of data are private views of the file's
 * own pages: nothing is copied before it is written. Two pages are filled here:
 * the one in which data ends and zeros begin, and the top of the stack.
 *
 *	top of the stack: strings, auxiliary vector, environment, arguments;
 *	then it grows down, SPAWN_STACK at most. It lies where the kernel places
 *	maps: elsewhere in each space, without aslr=0.
 */
#ifndef USER_SPAWN_H
#define USER_SPAWN_H
#include <stddef.h>
#include <stdint.h>

#define SPAWN_STACK   (8ul << 20)
#define SPAWN_STRINGS 64 /* arguments and environment, at most */

/* Where the file is: in an object, and visible here. */
struct spawn_file {
	uint64_t object; /* READ, EXECUTE */
	uint64_t offset; /* in the object; a multiple of 4096 */
	const void *data;
	size_t bytes;
};

struct spawn {
	uint64_t task, space, thread; /* handles, all rights; 0: none yet */
	uint64_t entry;
	uint64_t phdr, phnum; /* for the auxiliary vector */
	const char *why;      /* after -E_NOEXEC: what is wrong with the file */
};

/* 0, -E_NOEXEC, or an error of a call. On an error nothing is left. */
long spawn_task(struct spawn *s, const struct spawn_file *file,
		const char *name);

/*
 * Both lists end with NULL. The thread has the name 0, this priority and these
 * harts, and runs. 0, -E_RANGE (the strings are more than fit in a page), or an
 * error of a call; then the task is there still, without a thread that runs.
 */
long spawn_start(struct spawn *s, const char *const *arguments,
		 const char *const *environment, unsigned priority,
		 uint64_t harts);

/* Closes the handles of space and thread; that of the task stays. */
void spawn_release(struct spawn *s);

/* Ends the task, if there is one, and closes all handles. */
void spawn_drop(struct spawn *s);

#endif
