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
 * from the zeroed pool. By steps, or pages would be there already; or in order,
 * and then all counts that both programs do.
 */
static void read_by(uint64_t step, uint64_t how)
{
	uint64_t n = (uint64_t)notification_create(), got = 0;
	struct pager_setup setup = {.notification = n, .bits = 1, .slots = 32};
	struct remote_task client;
	struct pager_request q;
	struct pager p;
	long object;

	sleep_until((uint64_t)time_now() + 10000000); /* the pool fills */
	must("a pager", pager_open(&p, &setup));
	object = object_create(p.handle, PAGED * PAGE, 1);
	must("a client",
	     remote_open(&client, (uint64_t)object, PAGED * PAGE, n, TOLD));
	client.data->step = step;
	if (how == REMOTE_QUIETLY)
		BEGIN(41);
	must("its thread", remote_start(&client, PAGED, how));
	while (!(got & TOLD)) {
		while (pager_next(&p, &q)) {
			*(volatile uint64_t *)q.address = 1;
			pager_supply(&p, q.slot, PROT_R | PROT_W);
		}
		pager_submit(p.handle, 1 | TOLD, NEVER, &got);
	}
	if (how == REMOTE_QUIETLY)
		END(41);
	else
		cached_pages(object);
	if (client.data->sum != PAGED)
		printf("bench: the client read %lu\n", client.data->sum);
	remote_close(&client);
	handle_close((uint64_t)object);
	handle_close(p.handle);
	handle_close(n);
	space_unmap(SELF, (void *)setup.window, setup.slots * PAGE);
	space_unmap(SELF, p.ring, sizeof(*p.ring));
}

void pager_rows(void)
{
	read_by(7, 0);
	read_by(1, REMOTE_QUIETLY);
}
