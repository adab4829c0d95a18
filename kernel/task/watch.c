/* SPDX-License-Identifier: BSD-2-Clause */
/* watch.c - who is told of an end. */
#include "task/watch.h"
#include "abi/error.h"
#include "mm/wait.h"
#include <string.h>

/* Its bits are nobody's: it is revoked, or nobody else can name it. */
static bool is_free(const struct kobject *n)
{
	return !n || n->dead ||
	       __atomic_load_n(&n->refs, __ATOMIC_RELAXED) == 1;
}

/* The place that `n` has, else one that it can have, or NULL. */
static struct watch *place_for(struct watch *w, unsigned places,
			       const struct kobject *n)
{
	struct watch *room = NULL;

	for (; places > 0; places--, w++) {
		if (w->notification == n)
			return w;
		if (is_free(w->notification))
			room = w;
	}
	return room;
}

int watch_set_locked(struct watch *w, unsigned places, struct kobject *n,
		     uint64_t bits, struct kobject **old)
{
	struct watch *place = place_for(w, places, n);

	*old = NULL;
	if (!bits && (!place || place->notification != n))
		return 0;
	if (!place)
		return -E_BUSY;
	*old = place->notification;
	*place = (struct watch){bits ? n : NULL, bits};
	if (bits)
		kobject_get(n);
	return 0;
}

void watch_take_locked(struct watch *w, unsigned places, struct watch *to)
{
	for (unsigned i = 0; i < places; i++)
		to[i] = w[i];
	memset(w, 0, places * sizeof(*w));
}

void watch_tell(const struct watch *w, unsigned places)
{
	for (; places > 0; places--, w++) {
		if (!w->notification)
			continue;
		upcall_signal(w->notification, w->bits);
		kobject_put(w->notification);
	}
}
