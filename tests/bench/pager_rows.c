/* SPDX-License-Identifier: BSD-2-Clause */
/* pager_rows.c - a pager outside the kernel. */
#include "rows.h"
#include <stdio.h>

#define PAGE	     4096ul
#define REMOTE_BEGIN BEGIN(40)
#define REMOTE_END   END(40)
#include "../user/remote.h"
#include "pager.h"

#define PAGED 24
#define TOLD  2ul /* that the client is done */

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
	handle_close((uint64_t)object);
	handle_close(p.handle);
	handle_close(n);
	space_unmap(SELF, (void *)setup.window, setup.slots * PAGE);
	space_unmap(SELF, p.ring, sizeof(*p.ring));
}
