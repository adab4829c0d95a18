/* SPDX-License-Identifier: BSD-2-Clause */
/* walk.h - one address told in the words of both architectures. */
#ifndef SYS_WALK_H
#define SYS_WALK_H
#include "abi/calls.h"
#include "mm/space.h"

/* Fills `info` for a user address. Takes the space's lock. */
void walk_describe(struct space *s, va_t va, struct walk_info *info);

#endif
