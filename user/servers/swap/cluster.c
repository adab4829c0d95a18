/* SPDX-License-Identifier: BSD-2-Clause */
#include "cluster.h"
#include <string.h>

void cluster_add(struct cluster *c, const struct want *w)
{
	unsigned at = c->count++;

	/* Mostly they come in order: from the end is near. */
	for (; at > 0 && c->want[at - 1].sector > w->sector; at--)
		c->want[at] = c->want[at - 1];
	c->want[at] = *w;
}

/* Where the sweep goes on: the first that is not below. */
static unsigned place(const struct cluster *c)
{
	unsigned at = 0;

	while (at < c->count && c->want[at].sector < c->next)
		at++;
	return at < c->count ? at : 0;
}

static unsigned length(const struct cluster *c, unsigned at, unsigned max)
{
	const struct want *w = &c->want[at];
	unsigned n = 1;

	while (at + n < c->count && n < max && !w[0].alone && !w[n].alone &&
	       w[n].sector == w[0].sector + n * CLUSTER_SECTORS &&
	       w[n].area == w[0].area)
		n++;
	return n;
}

unsigned cluster_take(struct cluster *c, unsigned max, struct want *run)
{
	unsigned at = place(c), n;

	if (c->count == 0)
		return 0;
	n = length(c, at, max);
	memcpy(run, &c->want[at], n * sizeof(*run));
	c->next = run[n - 1].sector + 1;
	c->count -= n;
	memmove(&c->want[at], &c->want[at + n], (c->count - at) * sizeof(*run));
	return n;
}
