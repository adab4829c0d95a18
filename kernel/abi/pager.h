/* SPDX-License-Identifier: BSD-2-Clause */
/* pager.h - the ring between the kernel and a pager. To be written. */
#ifndef ABI_PAGER_H
#define ABI_PAGER_H
struct pager_setup;
#endif
