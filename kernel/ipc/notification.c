/* SPDX-License-Identifier: BSD-2-Clause */
/* notification.c - bits, who waits for them, and the timer. */
#include "ipc/notification.h"
#include "abi/error.h"
#include "abi/handle.h"
#include "arch/interrupt.h"
#include "lib/atomic.h"
#include "mm/slab.h"
#include "task/sched.h"

static struct slab_cache notifications = SLAB_CACHE_INIT(
	notifications, "notification", sizeof(struct notification));

/* ---- life ------------------------------------------------------------- */

struct notification *notification_create(void)
{
	struct notification *n = slab_alloc(&notifications);

	if (!n)
		return NULL;
	kobject_init(&n->object, &notification_kind);
	lock_init(&n->lock, LOCK_NOTIFICATION);
	list_init(&n->waiting);
	return n;
}

/* The first who waits, claimed, or NULL. */
static struct thread *pop_locked(struct notification *n, uint64_t *wait)
{
	struct list *e;

	while ((e = list_pop_front(&n->waiting))) {
		struct thread *t = container_of(e, struct thread, queue);

		*wait = __atomic_load_n(&t->wait, __ATOMIC_ACQUIRE);
		if (thread_claim(t, *wait))
			return t;
	}
	return NULL;
}

COLD void notification_revoke(struct notification *n)
{
	struct thread *t;
	uint64_t wait;

	do {
		lock_take(&n->lock);
		n->object.dead = 1;
		n->timer_number++;
		t = pop_locked(n, &wait);
		lock_drop(&n->lock);
		if (t)
			thread_fail(t, wait, -E_PEER);
	} while (t);
	timer_stop(&n->timer);
}

static void revoke(struct kobject *o)
{
	notification_revoke(notification_of(o));
}

static bool end(struct kobject *o)
{
	notification_revoke(notification_of(o));
	return true;
}

static void reclaim(struct kobject *o)
{
	timer_stop(&notification_of(o)->timer);
	slab_free(&notifications, notification_of(o));
}

const struct kind notification_kind = {
	.number = KIND_NOTIFICATION,
	.name = "notification",
	.end = end,
	.reclaim = reclaim,
	.revoke = revoke,
};

void notification_trim(void)
{
	slab_trim(&notifications);
}

/* ---- setting and taking ------------------------------------------------ */

static uint64_t take_locked(struct notification *n, uint64_t mask)
{
	uint64_t got = n->bits & mask;

	store_relaxed(&n->bits, n->bits & ~mask);
	return got;
}

/* One who waits for a bit that is set, claimed, with the bits; or NULL. */
static struct thread *next_served_locked(struct notification *n, uint64_t *got)
{
	list_for_each (e, &n->waiting) {
		struct thread *t = container_of(e, struct thread, queue);

		if (!(t->mask & n->bits))
			continue;
		if (!thread_claim(t,
				  __atomic_load_n(&t->wait, __ATOMIC_ACQUIRE)))
			continue; /* leaves by itself */
		list_remove(&t->queue);
		*got = take_locked(n, t->mask);
		return t;
	}
	return NULL;
}

/* A receive ends with bits in place of a message. */
static void give_bound(struct thread *t, uint64_t bits)
{
	t->frame.x[X_A1] = bits;
	t->frame.x[X_T0] = IPC_SIGNAL;
	t->frame.x[X_T1] = 0;
}

/*
 * The bound thread, claimed, with bits, if it waits to receive and there are
 * any. Both are looked at, and taken, under the lock: it cannot be unbound
 * meanwhile, nor the bits be somebody else's. The caller has set or seen bits,
 * and fenced.
 */
static struct thread *claim_bound_locked(struct notification *n, uint64_t *wait,
					 uint64_t *got)
{
	struct thread *t = n->bound;

	if (!t || !n->bits)
		return NULL;
	*wait = __atomic_load_n(&t->wait, __ATOMIC_RELAXED);
	if (wait_kind(*wait) != WAIT_RECEIVE || !thread_claim(t, *wait))
		return NULL;
	*got = take_locked(n, ~0ul);
	return t;
}

/* Claimed with it. */
static void wake_bound(struct thread *t, uint64_t wait, uint64_t bits)
{
	thread_unlink(t, wait);
	give_bound(t, bits);
	thread_wake(t, 0);
}

/* Bits have been set: serves who waits. Lets the lock go. */
static COLD __attribute__((noinline)) void serve(struct notification *n)
{
	struct thread *t;
	uint64_t wait, got;

	while ((t = next_served_locked(n, &got))) {
		thread_unlisted(t);
		t->frame.x[X_A1] = got;
		thread_set_result(t, 0);
		sched_ready(t);
	}
	if (n->bits && n->bound) {
		/* notification_recheck() */
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		t = claim_bound_locked(n, &wait, &got);
	}
	lock_drop(&n->lock);
	if (t)
		wake_bound(t, wait, got);
}

/* The first of the list takes all bits that there are: claimed, or NULL. */
static inline struct thread *first_takes_all_locked(struct notification *n)
{
	struct thread *t = container_of(n->waiting.next, struct thread, queue);

	if (list_empty(&n->waiting) || (n->bits & ~t->mask) ||
	    (t->mode & MODE_TIMER) ||
	    !thread_claim(t, __atomic_load_n(&t->wait, __ATOMIC_ACQUIRE)))
		return NULL;
	list_remove(&t->queue);
	return t;
}

/* The common case is a leaf. */
void notification_signal(struct notification *n, uint64_t bits)
{
	struct thread *t;

	lock_take(&n->lock);
	store_relaxed(&n->bits, n->bits | bits);
	t = bits ? first_takes_all_locked(n) : NULL;
	if (!t) {
		serve(n);
		return;
	}
	t->wait_lock = NULL;
	t->frame.x[X_A1] = n->bits;
	store_relaxed(&n->bits, 0);
	thread_set_result(t, 0);
	lock_drop(&n->lock);
	sched_ready(t);
}

void upcall_signal(struct kobject *o, uint64_t bits)
{
	notification_signal(notification_of(o), bits);
}

/* ---- waiting ----------------------------------------------------------- */

static bool has_passed(uint64_t deadline)
{
	return deadline != NEVER && timer_when(deadline) <= time_now();
}

static inline void park_locked(struct notification *n, struct thread *me,
			       uint64_t mask, uint64_t deadline)
{
	uint64_t wait = thread_next_wait(me, WAIT_BITS);

	me->mask = mask;
	me->wait_lock = &n->lock;
	me->mode &= ~(uint32_t)MODE_EXTRA;
	list_push_back(&n->waiting, &me->queue);
	if (deadline != NEVER)
		thread_set_deadline(me, deadline, wait);
	thread_leave();
	thread_wait(me, wait);
}

static __attribute__((noinline, cold)) long
wait_locked(struct notification *n, uint64_t mask, uint64_t deadline)
{
	struct thread *me = this_cpu()->current;
	long err = 0;

	if (n->object.dead)
		err = -E_STALE;
	else if (n->bits & mask)
		me->frame.x[X_A1] = take_locked(n, mask);
	else if (has_passed(deadline))
		err = -E_AGAIN;
	else
		park_locked(n, me, mask, deadline);
	lock_drop(&n->lock);
	return err;
}

/* The common case is a leaf. */
COLD long notification_wait(struct notification *n, uint64_t mask,
			    uint64_t deadline)
{
	struct cpu *cpu = this_cpu();

	lock_take(&n->lock);
	if (n->object.dead || (n->bits & mask) || deadline != NEVER ||
	    cpu->fpu_owner)
		return wait_locked(n, mask, deadline);
	park_locked(n, cpu->current, mask, NEVER);
	lock_drop(&n->lock);
	return 0;
}

COLD long notification_sleep(uint64_t deadline)
{
	struct thread *me = this_cpu()->current;
	uint64_t wait = thread_next_wait(me, WAIT_BITS);

	if (deadline == NEVER)
		return -E_INVAL;
	if (has_passed(deadline))
		return 0;
	thread_leave();
	thread_set_deadline(me, deadline, wait);
	thread_wait(me, wait);
	return 0;
}

/* ---- the timer ---------------------------------------------------------- */

static COLD void timer_fires(struct timer *timer, uint64_t number)
{
	struct notification *n =
		container_of(timer, struct notification, timer);
	uint64_t bits = 0;

	lock_take(&n->lock);
	if (number == n->timer_number && !n->object.dead)
		bits = n->timer_bits;
	lock_drop(&n->lock);
	if (bits)
		notification_signal(n, bits);
}

COLD void notification_set_timer(struct notification *n, uint64_t bits,
				 uint64_t deadline)
{
	lock_take(&n->lock);
	n->timer_number++;
	n->timer_bits = bits;
	timer_stop(&n->timer);
	if (deadline != NEVER && !n->object.dead)
		timer_start(&n->timer, timer_when(deadline), timer_fires,
			    n->timer_number);
	lock_drop(&n->lock);
}

/* ---- the bound thread ---------------------------------------------------- */

static COLD void unbind(struct thread *t)
{
	struct notification *n;

	if (!t->bound)
		return;
	n = notification_of(t->bound);
	lock_take(&n->lock);
	n->bound = NULL;
	lock_drop(&n->lock);
	t->bound = NULL;
	kobject_put(&n->object);
}

COLD int notification_bind(struct notification *n)
{
	struct thread *me = this_cpu()->current;
	int err = 0;

	if (n && me->bound == &n->object)
		return -E_EXIST; /* it is so already */
	unbind(me);
	if (!n)
		return 0;
	lock_take(&n->lock);
	if (n->object.dead)
		err = -E_STALE;
	else if (n->bound)
		err = -E_BUSY;
	else
		n->bound = me;
	lock_drop(&n->lock);
	if (!err)
		me->bound = &n->object;
	return err;
}

void upcall_thread_ended(struct thread *t)
{
	unbind(t);
}

bool notification_take_bound(struct thread *me)
{
	struct notification *n = notification_of(me->bound);
	uint64_t bits;

	if (!__atomic_load_n(&n->bits, __ATOMIC_RELAXED))
		return false;
	lock_take(&n->lock);
	bits = take_locked(n, ~0ul);
	lock_drop(&n->lock);
	if (bits)
		give_bound(me, bits);
	return bits != 0;
}

void notification_recheck(struct kobject *bound)
{
	struct notification *n = notification_of(bound);
	uint64_t wait, got;
	struct thread *t;

	__atomic_thread_fence(__ATOMIC_SEQ_CST); /* notification_signal() */
	if (!__atomic_load_n(&n->bits, __ATOMIC_RELAXED))
		return;
	lock_take(&n->lock);
	t = claim_bound_locked(n, &wait, &got);
	lock_drop(&n->lock);
	if (t)
		wake_bound(t, wait, got);
}
