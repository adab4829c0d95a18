/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * waiters.h - callers of a service who wait for what has not come yet, first
 * come first served.
 */
#ifndef USER_WAITERS_H
#define USER_WAITERS_H
#include <stdbool.h>
#include <stdint.h>

#define WAITERS_MAX 16u

struct waiters {
	unsigned count;
	struct {
		uint64_t reply; /* handle */
		uint32_t room;	/* what he can take */
	} who[WAITERS_MAX];
};

/* A reply with one word and `n` bytes; whether it has reached the caller. */
bool waiters_answer(uint64_t reply, uint64_t word, const void *data,
		    uint32_t n);

/*
 * The caller whose message came last waits from now on: 0, or an error to tell
 * him. If too many do, the one who came first is told -E_AGAIN.
 */
long waiters_add(struct waiters *w, uint32_t room);

/* Answers the first one, who then waits no more; whether it reached him. */
bool waiters_answer_first(struct waiters *w, uint64_t word, const void *data,
			  uint32_t n);

#endif
