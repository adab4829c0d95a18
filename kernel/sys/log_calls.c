/* SPDX-License-Identifier: BSD-2-Clause */
/* log_calls.c - a program's line on the console. */
#include "arch/uaccess.h"
#include "lib/log.h"
#include "sys/sys.h"

long sys_log_write(const uint64_t arg[6])
{
	char text[LOG_MAX];
	size_t n = arg[1] < LOG_MAX ? arg[1] : LOG_MAX;
	int err = copy_from_user(text, arg[0], n);

	if (err)
		return err;
	log_write(text, n);
	return (long)n;
}
