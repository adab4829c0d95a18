/* SPDX-License-Identifier: BSD-2-Clause */
/* page_wait.c - to be joined with pagers. */
#include "task/page_wait.h"
#include "task/thread.h"

void page_wait(void)
{
}
