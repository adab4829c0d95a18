/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * seq.h - random page-table work: one seed, one sequence of operations, on any
 * MMU. Each operation gives one line, which must be the same on all of them:
 *
 *	SEQ 01.0a3f prot d2 081ff000 | 7 00003e05
 *	    seed, number            PDE rights, PTE; the frame field is 0..7
 *
 * Three directories, eight pages (both sides of a 2 MiB and of a 4 MiB line,
 * the end of user space) and eight frames. The choice leans to the active
 * directory and the last page: use, edit, use again shows a missing fence. No
 * address and no order of allocation is in a line.
 *
 * Freestanding: the x86 test image, the test kernel and the host share it.
 */
#ifndef TESTS_X86_SEQ_H
#define TESTS_X86_SEQ_H
#include <stdint.h>

#define SEQ_DIRS   3
#define SEQ_PAGES  8
#define SEQ_FRAMES 8
extern const uint32_t seq_pages[SEQ_PAGES];

/* Where in a page reads and writes go; a fetch goes to the page's start. */
#define SEQ_READ_AT  0x10u
#define SEQ_WRITE_AT 0x20u

struct seq_access {
	char op; /* R, W, X */
	uint32_t va;
	int user, ac;
	uint32_t err;	/* given if it faulted */
	uint32_t frame; /* given if it was a read: the number found there */
};

/* An MMU under test. Control bits: WP, SMEP, SMAP. */
struct seq_mmu {
	void (*reset)(int d); /* empty it; if it is active, it stays so */
	/* x86 words; the frame field of a present one is a frame's number. */
	void (*set_pte)(int d, uint32_t va, uint32_t pte); /* makes the PDE */
	uint32_t (*get_pte)(int d, uint32_t va);
	void (*set_pde)(int d, uint32_t va, uint32_t rights); /* if present */
	uint32_t (*get_pde)(int d, uint32_t va);	      /* P, W, U */
	void (*activate)(int d);
	void (*flush)(int d, uint32_t va); /* INVLPG, if `d` is active */
	/* "OK", "PF", or another word for what may not happen. */
	const char *(*access)(struct seq_access *a);
	void (*copy)(uint32_t to, uint32_t from); /* a frame's contents */
};

/* Runs `count` operations; `line` gets each line, without its newline. */
void seq_run(const struct seq_mmu *m, uint32_t seed, unsigned count,
	     void (*line)(const char *text));

#endif
