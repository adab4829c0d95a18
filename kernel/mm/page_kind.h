/* SPDX-License-Identifier: BSD-2-Clause */
/* page_kind.h - what kind of page a leaf of a space shows. */
#ifndef MM_PAGE_KIND_H
#define MM_PAGE_KIND_H
#include "lib/types.h"

enum page_kind { PAGE_PRIVATE, PAGE_OF_ZEROS, PAGE_OF_OBJECT };

/* *refs: references of the frame, if it is private; else 0. */
enum page_kind page_kind(pte_t leaf, uint32_t *refs);

#endif
