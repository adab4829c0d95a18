/* SPDX-License-Identifier: BSD-2-Clause */
/* pager_create.c - how a pager begins, and where its memory goes. */
#include "abi/error.h"
#include "abi/space.h"
#include "mm/pager.h"
#include "mm/reclaim.h"
#include "mm/slab.h"
#include "mm/space.h"
#include "mm/window.h"

static struct slab_cache pagers =
	SLAB_CACHE_INIT(pagers, "pager", sizeof(struct pager));

#define RING_PAGES ((sizeof(struct pager_ring) + PAGE_SIZE - 1) / PAGE_SIZE)

static struct pager *alloc(const struct pager_config *c)
{
	struct pager *p = slab_alloc(&pagers);

	if (!p)
		return NULL;
	kobject_init(&p->kobject, &pager_kind);
	lock_init(&p->lock, LOCK_PAGER);
	p->space = c->space;
	p->notification = c->notification;
	p->bits = c->bits;
	p->timeout = c->timeout;
	p->flags = c->flags;
	p->may_wait = c->may_wait;
	p->slots = p->free_slots = c->slots;
	for (unsigned i = 0; i < c->slots; i++) /* slot 0 on top */
		p->free[i] = (uint8_t)(c->slots - 1 - i);
	list_init(&p->objects);
	return p;
}

static int make_ring(struct pager *p)
{
	int err;

	p->ring_memory = object_dma(RING_PAGES);
	if (!p->ring_memory)
		return -E_NOMEM;
	ring_init(&p->ring, pa_to_va(p->ring_memory->base), p->slots);
	err = space_map_object(p->space, &p->ring_va, RING_PAGES * PAGE_SIZE,
			       PROT_R | PROT_W, PROT_R | PROT_W, MAP_SHARED,
			       p->ring_memory, 0);
	if (err)
		p->ring_va = 0;
	return err;
}

struct pager *pager_create(const struct pager_config *c)
{
	struct pager *p = alloc(c);
	int err;

	if (!p)
		return NULL;
	err = make_ring(p);
	if (!err && !c->physical)
		err = window_create(p);
	if (!err) {
		c->space->pinned = true;
		reclaim_begin();
		return p;
	}
	pager_unmap(p);
	p->space = NULL; /* they stay the caller's */
	p->notification = NULL;
	kobject_put(&p->kobject);
	return NULL;
}

void pager_unmap(struct pager *p)
{
	if (p->ring_va)
		space_unmap(p->space, p->ring_va, RING_PAGES * PAGE_SIZE);
	if (p->window_va)
		space_unmap(p->space, p->window_va,
			    (uint64_t)p->slots << PAGE_SHIFT);
}

void pager_reclaim(struct kobject *k)
{
	slab_free(&pagers, pager_of(k));
}

void pager_trim(void)
{
	slab_trim(&pagers);
}
