/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tables.h - the model of an x86 MMU for sequences: real two-level tables in
 * memory, the rule of compat/x86.h, and no TLB. The oracle's answer without the
 * oracle.
 */
#ifndef TESTS_X86_TABLES_H
#define TESTS_X86_TABLES_H
#include "tests/x86/seq.h"

extern const struct seq_mmu tables_mmu;

#endif
