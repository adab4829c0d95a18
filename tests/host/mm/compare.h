/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compare.h - the real thing against the model, without touching anything.
 *
 *  - Regions say what the model's pages say.
 *  - A leaf's page holds what the model says; so does what lies in swap, wherever
 *    it is there; where there is neither, nothing was ever written, or it was
 *    allowed to go.
 *  - A page that swap has, and that was not written since, is there as it is here.
 *  - A page that is pinned stays.
 *  - Swap keeps what is named, and no more.
 *  - What a hart could use by what its TLB has kept is what it would use if that
 *    had kept nothing, with no right more.
 *  - An object's pages hold what the model says; or else its pager has it.
 *  - A window shows nothing but what is being asked about.
 */
#ifndef TESTS_HOST_MM_COMPARE_H
#define TESTS_HOST_MM_COMPARE_H

/* What objects that were revoked still show, once all has ended. */
void compare_settle(void);

/* Some pages of the hart that acts. */
void compare_some(void);

/* Everything, while something may be ending. */
void compare_now(void);

/* Everything, and mm_check(), when all that ends has ended. */
void compare_all(void);

#endif
