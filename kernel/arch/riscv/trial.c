/* SPDX-License-Identifier: BSD-2-Clause */
/* trial.c - where the trials stand. */
#include "arch/trial.h"

extern char trial_begin[], trial_fail[];

bool trial_owns(va_t pc)
{
	return pc >= (va_t)trial_begin && pc < (va_t)trial_fail;
}

va_t trial_failure(void)
{
	return (va_t)trial_fail;
}
