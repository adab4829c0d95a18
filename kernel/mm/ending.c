/* SPDX-License-Identifier: BSD-2-Clause */
/* ending.c - a list a hart of what has no reference any more: see ending.h. */
#include "mm/ending.h"
#include "arch/interrupt.h"
#include "lib/atomic.h"
#include "mm/grace.h"
#include "mm/wait.h"

/* cpu.ending is the list; the first of it is the one that is at it. */
static struct ending {
	bool busy;
	uint8_t priority; /* of the most urgent thread that left work behind */
	unsigned spent;	  /* by this step, in pages */
} endings[MAX_HARTS];

/* True if it has ended. */
static bool end_some(struct kobject *o)
{
	const struct kind *kind = o->kind;

	if (!kind->end(o))
		return false;
	if (kind->reclaim)
		grace_add(o);
	return true;
}

static struct kobject *take(struct cpu *c)
{
	struct kobject *o = c->ending;

	store_release(&c->ending, o->next); /* `busy` is seen before */
	return o;
}

static void add(struct cpu *c, struct kobject *o)
{
	o->next = c->ending;
	store_relaxed(&c->ending, o);
}

void ending_spent(unsigned pages)
{
	endings[this_cpu()->index].spent += pages;
}

void ending_step(void)
{
	struct cpu *c = this_cpu();
	struct ending *e = &endings[c->index];

	store_relaxed(&e->busy, true);
	for (e->spent = 0; c->ending && e->spent < ENDING_PAGES;) {
		struct kobject *o = take(c);

		e->spent += ENDING_WHOLE;
		if (end_some(o))
			continue;
		add(c, o);
		break;
	}
	store_release(&e->busy, false);
	if (!c->ending)
		e->priority = 0;
}

/* No step is done, now, for who finds others' work left: locks may be held. */
static __attribute__((noinline)) void last_went(struct kobject *o, bool now)
{
	struct cpu *c = this_cpu();
	struct ending *e = &endings[c->index];
	bool first = now && !c->ending && !e->busy;

	add(c, o);
	if (first)
		ending_step();
	if (e->busy || !c->ending)
		return;
	if (upcall_priority() > e->priority)
		e->priority = (uint8_t)upcall_priority();
	interrupt_again();
}

static bool is_last(struct kobject *o)
{
	uint32_t before = __atomic_fetch_sub(&o->refs, 1, __ATOMIC_ACQ_REL);

	assert(before > 0);
	return before == 1;
}

void kobject_put(struct kobject *o)
{
	if (is_last(o))
		last_went(o, true);
}

void kobject_put_later(struct kobject *o)
{
	if (is_last(o))
		last_went(o, false);
}

void ending_interrupt(unsigned priority)
{
	struct ending *e = &endings[this_cpu()->index];

	if (priority > e->priority)
		return;
	ending_step();
	if (ending_has_work())
		interrupt_again();
}

bool ending_anywhere(void)
{
	for (unsigned i = 0; i < cpu_count; i++)
		if (__atomic_load_n(&cpus[i].ending, __ATOMIC_ACQUIRE) ||
		    __atomic_load_n(&endings[i].busy, __ATOMIC_ACQUIRE))
			return true;
	return false;
}
