/* SPDX-License-Identifier: BSD-2-Clause */
/* fuzz_argument.h - arguments for fuzz_call.c. */
#ifndef TESTS_USER_FUZZ_ARGUMENT_H
#define TESTS_USER_FUZZ_ARGUMENT_H
#include "random.h"

/* A good one mostly; SELF; stale; of another task; nonsense. */
uint64_t handle_of(struct random *r, unsigned kind);
uint64_t any_handle(struct random *r);

/* In the arena, at its edges, in text or stack, in the kernel, anywhere. */
uint64_t any_address(struct random *r);
uint64_t any_length(struct random *r);
uint64_t any_offset(struct random *r);
uint64_t any_word(struct random *r);

/* Mostly soon: who waits is to come back. */
uint64_t any_deadline(struct random *r);
uint64_t any_prot(struct random *r);
uint64_t any_flags(struct random *r);
uint64_t any_code(struct random *r);
uint64_t any_stack(struct random *r);

#endif
