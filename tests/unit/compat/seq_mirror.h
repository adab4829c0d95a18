/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * seq_mirror.h - sequences (tests/x86/seq.h) through the mirror's public calls
 * and real accesses. Between rig_begin() and rig_end().
 */
#ifndef TESTS_UNIT_COMPAT_SEQ_MIRROR_H
#define TESTS_UNIT_COMPAT_SEQ_MIRROR_H
#include "tests/x86/seq.h"

extern const struct seq_mmu mirror_mmu;

void mirror_begin(void); /* frames; CR4 as the sequences want it */
void mirror_end(void);	 /* directories */

/* Faults that were run again since mirror_begin(). */
extern unsigned mirror_retries;

#endif
