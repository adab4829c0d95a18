/* SPDX-License-Identifier: BSD-2-Clause */
/* area.c - see area.h. */
#include "demo/area.h"
#include "pager.h"
#include <abi/handle.h>
#include <string.h>

#define PAGE  4096ul
#define SLOTS 32u

static struct pager pager;
static struct pager_setup setup;
static uint64_t object, size; /* in bytes */
static char *memory;

/* Slot 0 is no slot. */
bool area_open(uint64_t pages)
{
	long at = space_map(SELF, NULL, pages * PAGE, PROT_R | PROT_W, 0, NULL);
	long o;

	if (at < 0)
		return false;
	memory = (char *)at; // NOLINT
	size = pages * PAGE;
	setup = (struct pager_setup){
		.notification = (uint64_t)notification_create(),
		.bits = 1,
		.slots = SLOTS,
	};
	if (space_advise(SELF, memory, size, ADVISE_POPULATE) ||
	    pager_open(&pager, &setup))
		return false;
	o = object_create(pager.handle, size, 0);
	object = (uint64_t)o;
	return o > 0 && !swap_add(HANDLE_MACHINE, object, 1);
}

bool area_close(void)
{
	long err = swap_remove(HANDLE_MACHINE, object);

	handle_close(object);
	handle_close(pager.handle);
	handle_close(setup.notification);
	// NOLINTBEGIN(performance-no-int-to-ptr)
	space_unmap(SELF, (const void *)setup.ring, sizeof(struct pager_ring));
	space_unmap(SELF, (const void *)setup.window, SLOTS * PAGE);
	// NOLINTEND(performance-no-int-to-ptr)
	space_unmap(SELF, memory, size);
	return !err;
}

static struct pager_answer answer(const struct pager_request *q)
{
	struct pager_answer a = {.slot = q->slot, .kind = PAGER_DONE};
	void *page = (void *)q->address; // NOLINT

	if (q->kind == PAGER_WRITEBACK) {
		memcpy(memory + q->index * PAGE, page, PAGE);
		return a;
	}
	memcpy(page, memory + q->index * PAGE, PAGE);
	a.kind = PAGER_SUPPLY;
	a.prot = PROT_R | PROT_W;
	return a;
}

bool area_serve(void)
{
	struct pager_request q;
	struct pager_answer a;

	if (!pager_next(&pager, &q))
		return false;
	a = answer(&q);
	pager_put(&pager, &a);
	return !pager_submit(pager.handle, 0, 0, NULL);
}
