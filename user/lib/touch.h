/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * touch.h - memory that is there before it is needed: for programs that others
 * wait for when memory is short.
 */
#ifndef USER_TOUCH_H
#define USER_TOUCH_H

/*
 * Every page of the caller's space that is mapped now, and `stack` bytes below
 * the caller's frame, gets its frame: written pages one of their own. What is
 * mapped and cannot be touched - a pager's window - must come later. Other threads
 * can run meanwhile.
 */
void touch_all(unsigned stack);

#endif
