/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * touch.h - memory that is there before it is needed: for programs that others
 * wait for when memory is short.
 */
#ifndef USER_TOUCH_H
#define USER_TOUCH_H

/*
 * Every page of the caller's space that is mapped now gets its frame: one of its
 * own, if it may be written. What is mapped and cannot be touched - a pager's
 * window - must come later. Other threads can run meanwhile.
 */
void touch_all(void);

/* So do `bytes` of the calling thread's stack, below where it is now. */
void touch_stack(unsigned bytes);

#endif
