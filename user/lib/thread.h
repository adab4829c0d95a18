/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * thread.h - more threads in the own task.
 *
 * A thread has a stack of its own with a page below it that nobody may touch,
 * and thread-local variables of its own: those with an initial value begin with
 * what they are in the first thread at that moment, the others with zero.
 *
 * Its memory stays until the task ends: who runs on a stack cannot free it. Make
 * threads that live as long as the program.
 */
#ifndef USER_THREAD_H
#define USER_THREAD_H
#include <stddef.h>
#include <stdint.h>

#define THREAD_STACK 0x10000ul

/*
 * A thread that calls run(argument), and ends when that returns. `name` is what
 * listings and the task's handler call it; 0 is the first one's. Gives its
 * handle, or an error: -E_NOMEM, -E_MFILE.
 */
long thread_begin(void (*run)(void *), void *argument, uint64_t name,
		  size_t stack_bytes);

#endif
