/* SPDX-License-Identifier: BSD-2-Clause */
/* uaccess.c - the range check in front of the copies. */
#include "arch/uaccess.h"
#include "abi/error.h"
#include "arch/mmu.h"

long uaccess_copy(void *to, const void *from, size_t n);
extern char uaccess_fail[], uaccess_end[];

static bool is_user(va_t va, size_t n)
{
	return range_within(va, n, 0, MMU_USER_END);
}

int copy_from_user(void *to, va_t from, size_t n)
{
	if (!is_user(from, n))
		return -E_FAULT;
	return (int)uaccess_copy(to, (const void *)from, n);
}

int copy_to_user(va_t to, const void *from, size_t n)
{
	if (!is_user(to, n))
		return -E_FAULT;
	return (int)uaccess_copy((void *)to, from, n);
}

bool uaccess_owns(va_t pc)
{
	return pc >= (va_t)uaccess_copy && pc < (va_t)uaccess_end;
}

va_t uaccess_failure(void)
{
	return (va_t)uaccess_fail;
}
