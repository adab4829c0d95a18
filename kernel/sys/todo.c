/* SPDX-License-Identifier: BSD-2-Clause */
/* todo.c - calls that are not there yet; a real one takes a weak one's place. */
#include "abi/error.h"
#include "sys/sys.h"

#define TODO(name, ...)                                              \
	__attribute__((weak)) long sys_##name(const uint64_t arg[6]) \
	{                                                            \
		(void)arg;                                           \
		return -E_NOSYS;                                     \
	}
QUIRE_CALL_NAMES(TODO)
