/* SPDX-License-Identifier: BSD-2-Clause */
/* sys.c - the dispatch table, made from abi/calls.h. */
#include "sys/sys.h"

#define SYS_ENTRY(name, ...) sys_##name,
sys_fn *const sys_table[] = {QUIRE_CALL_NAMES(SYS_ENTRY)};
#undef SYS_ENTRY
