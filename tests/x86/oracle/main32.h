/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * main32.h - the 32-bit image's tables. The kernel is mapped one to one below
 * 16 MiB, the code for ring 3 at CODE.
 */
#ifndef TESTS_X86_ORACLE_MAIN32_H
#define TESTS_X86_ORACLE_MAIN32_H
#include "tests/x86/oracle/oracle.h"

#define VA     0x08048000u /* the page under test */
#define CODE   0x40000000u
#define TARGET 0x00600000u /* its frame */
#define TABLE  0x00400000u /* its table; 4 MiB aligned, so a page too */
#define BIG    (TABLE + (VA & 0x3fffff)) /* where VA leads if TABLE is a page */
#define FRAMES 0x00c00000u		 /* those of the sequences */
#define MAGIC  0xc0def00du
#define PAGE   4096u

extern uint32_t pd[1024];
extern uint64_t pdpt[4], pae_pd[2][512];

#define PDE	(&pd[VA >> 22])
#define PTE	(&((uint32_t *)TABLE)[VA >> 12 & 1023])
#define PAE_PDE (&pae_pd[0][VA >> 21])
#define PAE_PTE (&((uint64_t *)TABLE)[VA >> 12 & 511])

/* A frame for tests: int 0x80 at 0, `magic` to read. */
void fill(uint32_t frame, uint32_t magic);

/* OK, PF, GP; or BR, BW, BX, BI: it worked, or not, in a wrong way. */
const char *access(char op, uint32_t page, int ring, uint32_t frame, int ac);

/* Named experiments: "TLB name : verdicts". */
void experiments(void);
void experiment_pdpte(void); /* under PAE */

/* Lines of tests/x86/seq.c, on real tables. */
void sequences(uint32_t seed, uint32_t end, unsigned count);

#endif
