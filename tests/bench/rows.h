/* SPDX-License-Identifier: BSD-2-Clause */
/* rows.h - markers around what is measured; each file of rows has a function. */
#ifndef TESTS_BENCH_ROWS_H
#define TESTS_BENCH_ROWS_H
#include <stdio.h>
#include <stdlib.h>

/* HINTs: no-ops for the machine (RISC-V unprivileged spec, "HINT
 * Instructions"). */
#define BEGIN(id) __asm__ volatile("slti x0, x0, %0" : : "i"(id) : "memory")
#define END(id)	  __asm__ volatile("sltiu x0, x0, %0" : : "i"(id) : "memory")

/*
 * A message call between two texts of markers, with nothing else of the program
 * in between: the six words are whatever a1..a6 hold.
 */
#define BARE(number, handle, before, after)                                  \
	({                                                                   \
		register uint64_t a0_ __asm__("a0") = (handle);              \
		register long a7_ __asm__("a7") = (number);                  \
		register uint64_t t0_ __asm__("t0") = 0;                     \
		register uint64_t a1_ __asm__("a1") = 1;                     \
		__asm__ volatile(before "ecall\n" after                      \
				 : "+r"(a0_), "+r"(t0_), "+r"(a1_)           \
				 : "r"(a7_)                                  \
				 : "a2", "a3", "a4", "a5", "a6", "t1", "t2", \
				   "t3", "t4", "t5", "memory");              \
		(long)a0_ < 0 ? (long)a0_ : (long)a1_;                       \
	})
#define MARK_BEGIN(id) "slti x0, x0, " #id "\n"
#define MARK_END(id)   "sltiu x0, x0, " #id "\n"

/* A message to the peer with this first word: it takes PEER_PAGES and tables. */
#define PEER_FILLS 7u
#define PEER_PAGES 4096ul /* and as many GiB as 64, with a page each */

/* `r`, the result of a call that must not fail: else says so, and ends. */
static inline long must(const char *what, long r)
{
	if (r < 0) {
		printf("bench: %s: error %ld\n", what, r);
		exit(1);
	}
	return r;
}

void ipc_rows(void);
void task_rows(void);
void pager_rows(void);
void long_rows(void);
void clone_rows(void);

#endif
