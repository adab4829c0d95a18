/* SPDX-License-Identifier: BSD-2-Clause */
/* floating.c - the floating-point unit comes at the first use, and is kept. */
#include "check.h"

int main(void)
{
	volatile double x = 1.5, sum = 0;
	uint64_t start, end;

	for (int i = 0; i < 1000; i++)
		sum += x * i;
	CHECK(sum == 749250.0);
	thread_yield();
	CHECK(sum + x == 749251.5);
	/* Registers themselves, over a call. */
	__asm__ volatile("fmv.d.x fs0, %0" : : "r"(0x4045000000000000) : "fs0");
	nothing();
	__asm__ volatile("fmv.x.d %0, fs0" : "=r"(start));
	CHECK_EQ(start, 0x4045000000000000);
	__asm__ volatile("fscsr %0" : : "r"(0x20ul)); /* round to zero */
	thread_yield();
	__asm__ volatile("frcsr %0" : "=r"(end));
	CHECK_EQ(end, 0x20);
	return 0;
}
