/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * uaccess.h - the only way the kernel touches user memory.
 *
 * Addresses are checked against the user half; a page that is not there is
 * faulted in as if the program had touched it. Each gives 0, -E_FAULT, or
 * -E_WAIT (see abi/error.h: the call starts again later). On an error part of
 * the bytes may have been copied. The current space is the one meant; called
 * without a lock that a page fault takes (LOCK_SPACE and below).
 */
#ifndef ARCH_UACCESS_H
#define ARCH_UACCESS_H
#include "lib/types.h"

int copy_from_user(void *to, va_t from, size_t n);
int copy_to_user(va_t to, const void *from, size_t n);

/* Did a trap at `pc` happen inside a copy? Then where does it go on, failed? */
bool uaccess_owns(va_t pc);
va_t uaccess_failure(void);

#endif
