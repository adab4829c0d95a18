/* SPDX-License-Identifier: BSD-2-Clause */
/* rows.h - markers around what is measured; each file of rows has a function. */
#ifndef TESTS_BENCH_ROWS_H
#define TESTS_BENCH_ROWS_H

/* HINTs: no-ops for the machine (RISC-V unprivileged spec, "HINT
 * Instructions"). */
#define BEGIN(id) __asm__ volatile("slti x0, x0, %0" : : "i"(id) : "memory")
#define END(id)	  __asm__ volatile("sltiu x0, x0, %0" : : "i"(id) : "memory")

void ipc_rows(void);

#endif
