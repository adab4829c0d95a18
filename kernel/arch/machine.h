/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine.h - ending the run, and what the machine turned out to be.
 */
#ifndef ARCH_MACHINE_H
#define ARCH_MACHINE_H
#include "lib/types.h"

/*
 * Powers off with an exit status where an emulator can carry one: by the test
 * device, by semihosting, by SBI; at last sleeps for ever.
 */
__attribute__((noreturn)) void machine_stop(int status);

/* Registers of a SiFive test device, once they are mapped; NULL: none. */
void machine_use_test_device(volatile void *registers);

/* The firmware's console: works at any time, slowly. Reading gives -1: none. */
void machine_console_write(char c);
int machine_console_read(void);

/*
 * Is `pc` the breakpoint of a semihosting call? It reaches us where no debugger
 * takes it, and is stepped over.
 */
bool machine_owns_breakpoint(va_t pc);

#endif
