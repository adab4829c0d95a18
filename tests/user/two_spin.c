/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * two_spin.c - two of these run on one hart at once (the runner starts a
 * program named "two_..." twice). Ticks take the hart from one in the middle of
 * its work; registers, floating point and memory must not mix.
 */
#include "check.h"

static volatile long mine;

int main(void)
{
	long id = time_now(), end = id + 60 * 1000 * 1000, rounds = 0;
	volatile double x = (double)(id % 1000), sum = 0;

	mine = id;
	while (time_now() < end) {
		register long saved __asm__("s5") = id;
		double y = x;

		for (int i = 0; i < 500; i++)
			__asm__ volatile("" : "+r"(saved), "+f"(y));
		CHECK_EQ(saved, id);
		CHECK(y == x);
		CHECK_EQ(mine, id);
		sum += y;
		rounds++;
	}
	CHECK(sum == x * (double)rounds);
	return 0;
}
