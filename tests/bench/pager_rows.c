/* SPDX-License-Identifier: BSD-2-Clause */
/* pager_rows.c - a pager outside the kernel. */
#include "rows.h"
#include <stdio.h>

#define PAGE	     4096ul
#define REMOTE_BEGIN BEGIN(40)
#define REMOTE_END   END(40)
#include "../user/remote.h"
#include "pager.h"

#define PAGED 48
#define TOLD  2ul /* that the client is done */

/* The pages that the client has touched, by a mapping of this program's own. */
static volatile char *map(long object, unsigned how)
{
	return (volatile char *)must("the pager's pages",
				     space_map_object(SELF, NULL, PAGED * PAGE,
						      how, (uint64_t)object,
						      0));
}

static void cached_pages(long object)
{
	volatile char *p = map(object, PROT_R);

	BEGIN(16);
	for (unsigned i = 0; i < PAGED; i++)
		(void)p[i * PAGE];
	END(16);
	space_unmap(SELF, (const void *)p, PAGED * PAGE);
	p = map(object, PROT_R | PROT_W | MAP_SHARED);
	BEGIN(15);
	for (unsigned i = 0; i < PAGED; i++)
		p[i * PAGE] = 1;
	END(15);
	space_unmap(SELF, (const void *)p, PAGED * PAGE);
}

/*
 * A client in another space touches pages of this program's object: its fault,
 * the request, this program's answer, until its next instruction. Frames come
 * from the zeroed pool.
 */
void pager_rows(void)
{
	uint64_t n = (uint64_t)notification_create(), got = 0;
	struct pager_setup setup = {.notification = n, .bits = 1, .slots = 8};
	struct remote_task client;
	struct pager_request q;
	struct pager p;
	long object;

	sleep_until((uint64_t)time_now() + 10000000); /* the pool fills */
	if (pager_open(&p, &setup)) {
		printf("bench: no pager\n");
		return;
	}
	object = object_create(p.handle, PAGED * PAGE, 1);
	if (remote_open(&client, (uint64_t)object, PAGED * PAGE, n, TOLD) ||
	    remote_start(&client, PAGED, 0))
		printf("bench: no client\n");
	while (!(got & TOLD)) {
		while (pager_next(&p, &q)) {
			*(volatile uint64_t *)q.address = 1;
			pager_supply(&p, q.slot, PROT_R | PROT_W);
		}
		pager_submit(p.handle, 1 | TOLD, NEVER, &got);
	}
	if (client.data->sum != PAGED)
		printf("bench: the client read %lu\n", client.data->sum);
	remote_close(&client);
	cached_pages(object);
	handle_close((uint64_t)object);
	handle_close(p.handle);
	handle_close(n);
	space_unmap(SELF, (void *)setup.window, setup.slots * PAGE);
	space_unmap(SELF, p.ring, sizeof(*p.ring));
}
