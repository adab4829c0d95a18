/* SPDX-License-Identifier: BSD-2-Clause */
/* interrupt.c - who has which source. */
#include "ipc/interrupt.h"
#include "abi/error.h"
#include "abi/handle.h"
#include "ipc/notification.h"
#include "lib/lock.h"
#include "mm/slab.h"
#include "platform/plic.h"

struct interrupt {
	struct kobject object;
	struct kobject *notification; /* counted */
	uint64_t bits;
	uint32_t source;
	uint32_t context; /* of the hart that takes it */
	bool claimed;	  /* has come, and is not done */
};

static struct slab_cache interrupts =
	SLAB_CACHE_INIT(interrupts, "interrupt", sizeof(struct interrupt));
static struct lock lock = LOCK_INIT(LOCK_INTERRUPT);
static struct interrupt *owner[PLIC_SOURCES];

static struct interrupt *interrupt_of(struct kobject *o)
{
	return container_of(o, struct interrupt, object);
}

static int enter(struct interrupt *i)
{
	int err = 0;

	lock_take(&lock);
	if (owner[i->source]) {
		err = -E_BUSY;
	} else {
		owner[i->source] = i;
		plic_enable(i->context, i->source);
	}
	lock_drop(&lock);
	return err;
}

struct kobject *interrupt_create(uint32_t source, struct kobject *n,
				 uint64_t bits, int *err)
{
	uint32_t context = plic_context_here();
	struct interrupt *i;

	*err = -E_INVAL;
	if (!source || source > plic_sources() || context == PLIC_NO_CONTEXT)
		return NULL;
	*err = -E_NOMEM;
	i = slab_alloc(&interrupts);
	if (!i)
		return NULL;
	kobject_init(&i->object, &interrupt_kind);
	i->notification = n;
	i->bits = bits;
	i->source = source;
	i->context = context;
	*err = enter(i);
	if (!*err)
		return &i->object;
	slab_free(&interrupts, i);
	return NULL;
}

static void complete_locked(struct interrupt *i)
{
	if (i->claimed)
		plic_complete(i->context, i->source);
	i->claimed = false;
}

void interrupt_done(struct kobject *o)
{
	lock_take(&lock);
	if (owner[interrupt_of(o)->source] == interrupt_of(o))
		complete_locked(interrupt_of(o));
	lock_drop(&lock);
}

/* Its owner ended meanwhile; a source that is off cannot be completed. */
static void complete_late(uint32_t context, uint32_t source)
{
	plic_enable(context, source);
	plic_complete(context, source);
	plic_disable(context, source);
}

void interrupt_arrived(void)
{
	uint32_t context = plic_context_here(), source;

	while ((source = plic_claim(context))) {
		struct interrupt *i;

		lock_take(&lock);
		i = owner[source];
		if (i)
			i->claimed = true;
		else
			complete_late(context, source);
		lock_drop(&lock);
		if (i)
			upcall_signal(i->notification, i->bits);
	}
}

/* The source is free for another. */
static void revoke(struct kobject *o)
{
	struct interrupt *i = interrupt_of(o);

	lock_take(&lock);
	o->dead = 1;
	if (owner[i->source] == i) {
		complete_locked(i);
		plic_disable(i->context, i->source);
		owner[i->source] = NULL;
	}
	lock_drop(&lock);
}

static bool end(struct kobject *o)
{
	revoke(o);
	kobject_put(interrupt_of(o)->notification);
	return true;
}

static void reclaim(struct kobject *o)
{
	slab_free(&interrupts, interrupt_of(o));
}

const struct kind interrupt_kind = {
	.number = KIND_INTERRUPT,
	.name = "interrupt",
	.end = end,
	.reclaim = reclaim,
	.revoke = revoke,
};

void interrupt_trim(void)
{
	slab_trim(&interrupts);
}
