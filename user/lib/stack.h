/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stack.h - the first page of a program's stack (System V ABI, "Process
 * Initialization"). Pure.
 *
 *	sp -> argc, arguments, NULL, environment, NULL, auxiliary vector, strings
 */
#ifndef USER_STACK_H
#define USER_STACK_H
#include <stdint.h>

#define STACK_PAGE 4096u

struct stack_words {
	const char *const *arguments;	/* ends with NULL */
	const char *const *environment; /* ends with NULL */
	uint64_t phdr, phnum, entry;
};

/*
 * Fills `page`, the one that ends at address `top` in the program's space. Gives
 * sp, 16-byte aligned, or 0 if all of that does not fit.
 */
uint64_t stack_fill(void *page, uint64_t top, const struct stack_words *w);

#endif
