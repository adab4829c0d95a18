/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * thread.c - the stack of a new thread, from the top: its thread-local
 * variables, what thread_enter reads, the stack proper, the guard.
 */
#include "thread.h"
#include "quire.h"
#include <abi/thread.h>
#include <string.h>

#define PAGE 4096ul

/* linker/user.ld: the first thread's thread-local variables. */
extern char __tls_start[], __tls_data_end[], __tls_end[];

/* thread.S loads these, in this order. */
struct enter {
	char *tls;
	void (*run)(void *);
	void *argument;
	uint64_t zero;
};
_Static_assert(sizeof(struct enter) % 16 == 0, "sp stays aligned");

extern char thread_enter[]; /* thread.S */

/* [guard][stack ... ]: the lowest address of the stack, or an error. */
static long make_stack(size_t bytes)
{
	long r = space_map(SELF, NULL, bytes + PAGE, PROT_R | PROT_W, MAP_STACK,
			   NULL);

	if (r < 0)
		return r;
	// NOLINTNEXTLINE(performance-no-int-to-ptr)
	if (space_protect(SELF, (const void *)r, PAGE, PROT_NONE)) {
		// NOLINTNEXTLINE(performance-no-int-to-ptr)
		space_unmap(SELF, (const void *)r, bytes + PAGE);
		return -E_NOMEM;
	}
	return r + (long)PAGE;
}

static struct enter *fill_stack(char *stack, size_t bytes)
{
	size_t tls = (size_t)(__tls_end - __tls_start);
	size_t data = (size_t)(__tls_data_end - __tls_start);
	char *at = stack + bytes - ((tls + 63) & ~63ul);
	struct enter *enter = (struct enter *)(void *)at - 1;

	memcpy(at, __tls_start, data);
	enter->tls = at;
	return enter;
}

long thread_begin(void (*run)(void *), void *argument, uint64_t name,
		  size_t stack_bytes)
{
	size_t bytes = (stack_bytes + PAGE - 1) & ~(PAGE - 1);
	long stack = make_stack(bytes), thread, err;
	struct enter *enter;

	if (stack < 0)
		return stack;
	// NOLINTNEXTLINE(performance-no-int-to-ptr)
	enter = fill_stack((char *)stack, bytes);
	enter->run = run;
	enter->argument = argument;
	thread = thread_create(SELF, thread_enter, enter, name);
	if (thread >= 0) {
		err = thread_control((uint64_t)thread, THREAD_START);
		if (!err)
			return thread;
		handle_close((uint64_t)thread);
		thread = err;
	}
	// NOLINTNEXTLINE(performance-no-int-to-ptr)
	space_unmap(SELF, (const char *)stack - PAGE, bytes + PAGE);
	return thread;
}

/* thread_enter's last step: thread_exit() is an inline function. */
void thread_leave(int status);
void thread_leave(int status)
{
	for (;;)
		thread_exit(status);
}
