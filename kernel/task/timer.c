/* SPDX-License-Identifier: BSD-2-Clause */
/* timer.c - per-hart lists of timers. */
#include "task/timer.h"
#include "arch/cpu.h"
#include "arch/interrupt.h"
#include "lib/lock.h"

#define NS_PER_SECOND 1000000000ul
#define NEVER_SET     (~0ul)

uint64_t timer_slice;

static struct hart_timers {
	struct lock lock;
	struct list list; /* by time */
	uint64_t armed;	  /* what the hart's timer is set for */
} __attribute__((aligned(64))) harts[MAX_HARTS];

INIT void timer_init(void)
{
	for (unsigned i = 0; i < MAX_HARTS; i++) {
		lock_init(&harts[i].lock, LOCK_TIMER);
		list_init(&harts[i].list);
		harts[i].armed = NEVER_SET;
	}
}

static __attribute__((noinline)) struct hart_timers *here(void)
{
	return &harts[this_cpu()->index];
}

static struct timer *timer_of(struct list *e)
{
	return container_of(e, struct timer, link);
}

/* The earliest thing to do on this hart. */
static void arm_locked(struct hart_timers *h)
{
	uint64_t when = this_cpu()->slice_end;

	if (!when)
		when = NEVER_SET;
	if (!list_empty(&h->list) && timer_of(h->list.next)->when < when)
		when = timer_of(h->list.next)->when;
	if (when == h->armed)
		return;
	h->armed = when;
	interrupt_timer_at(when);
}

/* Later ones are mostly put in later, so from the end. */
static void insert_locked(struct hart_timers *h, struct timer *t)
{
	struct list *after = h->list.prev;

	while (after != &h->list && timer_of(after)->when > t->when)
		after = after->prev;
	list_insert(&t->link, after, after->next);
}

void timer_start(struct timer *t, uint64_t when, timer_fire *fire, uint64_t arg)
{
	struct hart_timers *h = here();

	lock_take(&h->lock);
	t->when = when;
	t->fire = fire;
	t->arg = arg;
	t->hart = (uint32_t)this_cpu()->index;
	insert_locked(h, t);
	arm_locked(h);
	lock_drop(&h->lock);
}

/* The hart's own interrupt finds nothing due, and arms for the next. */
void timer_stop(struct timer *t)
{
	struct hart_timers *h = &harts[t->hart];

	if (!timer_is_set(t))
		return;
	lock_take(&h->lock);
	if (list_linked(&t->link))
		list_remove(&t->link);
	lock_drop(&h->lock);
}

void timer_start_slice(void)
{
	struct hart_timers *h = here();

	lock_take(&h->lock);
	this_cpu()->slice_end = time_now() + timer_slice;
	arm_locked(h);
	lock_drop(&h->lock);
}

/* The first timer that is due, off the list. */
static struct timer *take_due(struct hart_timers *h, uint64_t now,
			      timer_fire **fire, uint64_t *arg)
{
	struct timer *t = NULL;

	lock_take(&h->lock);
	if (!list_empty(&h->list) && timer_of(h->list.next)->when <= now) {
		t = timer_of(h->list.next);
		list_remove(&t->link);
		*fire = t->fire;
		*arg = t->arg;
	}
	lock_drop(&h->lock);
	return t;
}

/* So many at a time; then others may come first. */
#define AT_ONCE 32u

bool timer_tick(void)
{
	struct hart_timers *h = here();
	uint64_t now = time_now(), arg;
	struct timer *t;
	timer_fire *fire;
	bool over;

	for (unsigned n = 0; n < AT_ONCE && (t = take_due(h, now, &fire, &arg));
	     n++)
		fire(t, arg);
	lock_take(&h->lock);
	over = this_cpu()->slice_end && this_cpu()->slice_end <= now;
	if (over)
		this_cpu()->slice_end = 0;
	h->armed = 0; /* the interrupt that came is to be taken back */
	arm_locked(h);
	lock_drop(&h->lock);
	return over;
}

/* Whole seconds apart, so that the products do not overflow. */
uint64_t timer_ns(uint64_t when)
{
	uint64_t f = time_frequency;

	return when / f * NS_PER_SECOND + when % f * NS_PER_SECOND / f;
}

uint64_t timer_when(uint64_t ns)
{
	uint64_t s = ns / NS_PER_SECOND, f = time_frequency;

	if (s > (1ul << 62) / f)
		return 1ul << 62;
	return s * f +
	       (ns % NS_PER_SECOND * f + NS_PER_SECOND - 1) / NS_PER_SECOND;
}
