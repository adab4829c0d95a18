/* SPDX-License-Identifier: BSD-2-Clause */
/* crash - ends in the way that its argument names; `never` does not. */
#include "check.h"

/* An address that the compiler knows nothing of. */
static void *nowhere(uintptr_t at)
{
	__asm__("" : "+r"(at));
	return (void *)at; // NOLINT(performance-no-int-to-ptr)
}

int main(int argc, char **argv, char **envp)
{
	const char *how = argc > 1 ? argv[1] : "";

	service_begin(envp);
	if (strcmp(how, "store") == 0)
		*(volatile int *)nowhere(8) = 1;
	if (strcmp(how, "load") == 0)
		return *(volatile int *)nowhere(16);
	if (strcmp(how, "jump") == 0)
		((void (*)(void))nowhere(32))();
	if (strcmp(how, "illegal") == 0)
		__asm__ volatile("unimp");
	if (strcmp(how, "break") == 0)
		__asm__ volatile("ebreak");
	if (strcmp(how, "call") == 0) {
		register long a7 __asm__("a7") = 64;

		__asm__ volatile("ecall" : : "r"(a7) : "a0", "memory");
	}
	while (strcmp(how, "never") == 0)
		sleep_until((uint64_t)time_now() + 1000000000ul);
	if (strcmp(how, "status") == 0)
		return 3;
	return 0;
}
