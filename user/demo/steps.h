/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * steps.h - the steps of the tour that need more than a function: each prints its
 * headline, and leaves nothing behind.
 */
#ifndef DEMO_STEPS_H
#define DEMO_STEPS_H

void step_overcommit(void);   /* sparse.c */
void step_gap(void);	      /* as well */
void step_common_pages(void); /* common.c */
void step_page_states(void);  /* states.c */
void step_clone(void);	      /* clone.c */
void step_huge_page(void);    /* huge.c */

#endif
