/* SPDX-License-Identifier: BSD-2-Clause */
#include "share.h"
#include "quire.h"
#include <stddef.h>

struct share *share_find(struct shares *all, uint64_t badge)
{
	for (unsigned i = 0; i < SHARES_MAX; i++) {
		struct share *s = &all->share[i];

		if (s->memory && s->badge == badge)
			return s;
	}
	return NULL;
}

static struct share *find_free(struct shares *all)
{
	for (unsigned i = 0; i < SHARES_MAX; i++) {
		if (!all->share[i].memory)
			return &all->share[i];
	}
	return NULL;
}

/* Where the memory begins, or an error. Its frames lie one behind another. */
static long physical_of(uint64_t memory, uint64_t bytes)
{
	long start = object_address(memory, 0);

	if (start < 0)
		return start;
	return bytes && object_address(memory, bytes - 1) >= 0 ? start
							       : -E_INVAL;
}

static bool may_signal(uint64_t handle)
{
	long info = handle_info(handle);

	return info >= 0 && HANDLE_KIND(info) == KIND_NOTIFICATION &&
	       HANDLE_RIGHTS(info) & RIGHT_SIGNAL;
}

int share_add(struct shares *all, uint64_t badge, uint64_t memory,
	      uint64_t notification, uint64_t bytes)
{
	long physical = physical_of(memory, bytes);
	struct share *s = share_find(all, badge);

	if (physical < 0 || !may_signal(notification))
		return -E_INVAL;
	if (s && s->working)
		return -E_AGAIN;
	if (s) {
		handle_close(s->memory);
		handle_close(s->notification);
	} else {
		s = find_free(all);
	}
	if (!s)
		return -E_NOMEM;
	*s = (struct share){.badge = badge,
			    .memory = memory,
			    .notification = notification,
			    .physical = (uint64_t)physical,
			    .bytes = bytes};
	return 0;
}

uint64_t share_address(const struct share *s, uint64_t at, uint64_t bytes)
{
	if (at > s->bytes || bytes > s->bytes - at)
		return 0;
	return s->physical + at;
}
