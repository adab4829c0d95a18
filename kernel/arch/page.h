/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page.h - whole pages of memory, by address in the linear map. As fast as the
 * machine can: by cbo.zero where there is Zicboz, else by doublewords.
 */
#ifndef ARCH_PAGE_H
#define ARCH_PAGE_H
#include "lib/types.h"

void page_zero(void *page);
void pages_zero(void *page, unsigned n); /* that follow one another */
void page_copy(void *to, const void *from);

/* Bytes that one cbo.zero clears (a power of two), or 0: there is none. */
void page_use_cbo(unsigned block);

#endif
