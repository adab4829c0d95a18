/* SPDX-License-Identifier: BSD-2-Clause */
/* machine.h - the machine as a kernel object: what a handle of it permits. */
#ifndef SYS_MACHINE_H
#define SYS_MACHINE_H
#include "abi/machine.h"
#include "lib/kobject.h"

extern const struct kind machine_kind;

/* What machine_info() tells; filled by boot. */
extern struct machine_info machine_facts;

/* What is the kernel's own of it; set by boot. */
struct board;
extern const struct board *machine_board;

/* The object, one reference, the caller's. NULL: no memory. */
struct kobject *machine_object(void);

/* 0 if the current task's handle is one of the machine, with the rights. */
long machine_may(uint64_t handle, unsigned rights);

void machine_trim(void);

#endif
