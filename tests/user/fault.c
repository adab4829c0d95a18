/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fault.c - programs that must be ended by a fault. The name of the program,
 * "test/what@scause", says which (argv[0]); the runner knows the scause.
 */
#include "check.h"

static const uint64_t constant = 1;

static void at_null_load(void)
{
	volatile int *p = NULL;

	__asm__("" : "+r"(p));
	(void)*p;
}

static void at_null_store(void)
{
	volatile int *p = NULL;

	__asm__("" : "+r"(p));
	*p = 1;
}

static void at_null_call(void)
{
	void (*f)(void) = NULL;

	__asm__("" : "+r"(f));
	f();
}

static void store_to_text(void)
{
	*(volatile uint32_t *)(uintptr_t)store_to_text = 0;
}

static void store_to_constant(void)
{
	const volatile void *p = &constant;

	*(volatile uint64_t *)(uintptr_t)p = 2;
}

static void execute_data(void)
{
	static uint32_t code[2] = {0x00008067, 0x00008067}; /* ret */

	((void (*)(void))(uintptr_t)code)();
}

static void execute_stack(void)
{
	volatile uint32_t code[2] = {0x00008067, 0x00008067};

	((void (*)(void))(uintptr_t)code)();
}

static void kernel_load(void)
{
	(void)*(volatile int *)0xffffffffffe00000;
}

static void kernel_store(void)
{
	*(volatile int *)0xffffffc080200000 = 1;
}

static void kernel_jump(void)
{
	((void (*)(void))0xffffffffffe00000)();
}

static void beyond_user_half(void)
{
	(void)*(volatile int *)0x4000000000;
}

static void not_canonical(void)
{
	(void)*(volatile int *)0x0123456789abcdef;
}

static void after_unmap(void)
{
	volatile int *p =
		(volatile int *)space_map(SELF, NULL, PAGE, RW, 0, NULL);

	*p = 1;
	CHECK_EQ(space_unmap(SELF, (const void *)p, PAGE), 0);
	(void)*p;
}

static void after_protect(void)
{
	volatile int *p =
		(volatile int *)space_map(SELF, NULL, PAGE, RW, 0, NULL);

	*p = 1;
	CHECK_EQ(space_protect(SELF, (const void *)p, PAGE, PROT_R), 0);
	CHECK_EQ(*p, 1);
	*p = 2;
}

static void privileged(void)
{
	__asm__ volatile("csrr t0, sstatus" : : : "t0");
}

static void undefined(void)
{
	__asm__ volatile(".word 0");
}

/* vsetvli: nobody saves vector registers, so nobody may use them. */
static void vector(void)
{
	__asm__ volatile(".word 0x0c0072d7" : : : "t0");
}

static void breakpoint(void)
{
	__asm__ volatile("ebreak");
}

static void no_such_call(void)
{
	quire_call(93, 0, 0, 0, 0, 0, 0); /* another system's exit */
}

static __attribute__((noinline)) long deep(long n, volatile char *above)
{
	volatile char page[PAGE];

	page[0] = (char)n;
	above[1] = 1;
	if (n == 0)
		return 0;
	return deep(n + 1, page) + page[0];
}

static void stack_overflow(void)
{
	volatile char top[2];

	deep(1, top);
}

static const struct {
	const char *name;
	void (*run)(void);
} faults[] = {
	{"null_load", at_null_load},
	{"null_store", at_null_store},
	{"null_call", at_null_call},
	{"store_to_text", store_to_text},
	{"store_to_constant", store_to_constant},
	{"execute_data", execute_data},
	{"execute_stack", execute_stack},
	{"kernel_load", kernel_load},
	{"kernel_store", kernel_store},
	{"kernel_jump", kernel_jump},
	{"beyond_user_half", beyond_user_half},
	{"not_canonical", not_canonical},
	{"after_unmap", after_unmap},
	{"after_protect", after_protect},
	{"privileged", privileged},
	{"undefined", undefined},
	{"vector", vector},
	{"breakpoint", breakpoint},
	{"no_such_call", no_such_call},
	{"stack_overflow", stack_overflow},
};

int main(int argc, char **argv)
{
	const char *name = argv[0] + strlen("test/");

	(void)argc;
	for (unsigned i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (strncmp(name, faults[i].name, strlen(faults[i].name)) == 0)
			faults[i].run();
	printf("# %s: no fault came\n", name);
	return 1;
}
