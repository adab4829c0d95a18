/* SPDX-License-Identifier: BSD-2-Clause */
/* pager_calls.c - calls of pagers: abi/pager.h. */
#include "abi/error.h"
#include "arch/interrupt.h"
#include "arch/uaccess.h"
#include "ipc/notification.h"
#include "mm/paged.h"
#include "mm/pager.h"
#include "mm/space.h"
#include "sys/machine.h"
#include "sys/sys.h"
#include "task/handle.h"
#include "task/sched.h"
#include "task/task.h"

/* ---- pager_create ------------------------------------------------------------ */

static bool makes_sense(const struct pager_setup *s)
{
	return s->slots > 0 && s->slots <= PAGER_SLOTS_MAX &&
	       !(s->flags & ~(PAGER_TELL_DIRTY | PAGER_NO_AHEAD)) && s->bits;
}

/* May who made the pager wait for its requests, too? */
static bool may_wait(uint64_t notification)
{
	struct kobject *o;
	uint64_t badge;

	return handle_look(notification, &notification_kind, RIGHT_WAIT, &o,
			   &badge) == 0;
}

/* The references that the setup asks for. */
static long find_all(const struct pager_setup *s, struct pager_config *c)
{
	long err = 0;

	c->physical = s->machine != SELF;
	if (c->physical)
		err = machine_may(s->machine, RIGHT_FRAMES);
	if (err)
		return err;
	err = handle_find(s->notification, &notification_kind, RIGHT_SIGNAL,
			  &c->notification);
	if (err)
		return err;
	c->may_wait = may_wait(s->notification);
	c->space = handle_space(s->space, RIGHT_WRITE, &err);
	if (!c->space)
		kobject_put(c->notification);
	return err;
}

/* What cannot be told to the program is made undone. */
static long hand_over(struct pager *p, struct pager_setup *s, va_t to)
{
	long result;

	s->ring = p->ring_va;
	s->window = p->window_va;
	kobject_get(&p->kobject); /* for pager_unmap() below */
	result = copy_to_user(to, s, sizeof(*s));
	if (result)
		kobject_put(&p->kobject);
	else
		result = handle_add_new(&p->kobject,
					RIGHT_DUPLICATE | RIGHT_MANAGE);
	if (result < 0)
		pager_unmap(p);
	kobject_put(&p->kobject);
	return result;
}

COLD long sys_pager_create(const uint64_t arg[6])
{
	struct pager_setup s;
	struct pager_config c;
	struct pager *p;
	long err = copy_from_user(&s, arg[0], sizeof(s));

	if (err)
		return err;
	if (!makes_sense(&s))
		return -E_INVAL;
	c = (struct pager_config){.bits = s.bits,
				  .timeout = s.timeout,
				  .slots = s.slots,
				  .flags = s.flags};
	err = find_all(&s, &c);
	if (err)
		return err;
	p = pager_create(&c);
	if (p)
		return hand_over(p, &s, arg[0]);
	kobject_put(c.notification);
	space_put(c.space);
	return -E_NOMEM;
}

/* ---- pager_submit ------------------------------------------------------------ */

static __attribute__((noinline)) int revoke(struct pager *p,
					    const struct pager_answer *a)
{
	struct kobject *k;
	long err = handle_find(a->object, &object_kind, RIGHT_MANAGE, &k);

	if (err)
		return (int)err;
	err = object_revoke(object_of(k), p, a->index, a->count, a->prot);
	kobject_put(k);
	return (int)err;
}

/* handle_look(), inline where all is as it should be. */
static inline long look(const struct thread *me, uint64_t handle,
			struct kobject **k)
{
	uint64_t badge;
	uint64_t word = handle_word(&me->task->handles, handle, &badge);

	*k = handle_object(word);
	if ((word & RIGHT_MANAGE) && (*k)->kind == &pager_kind)
		return 0;
	return handle_look(handle, &pager_kind, RIGHT_MANAGE, k, &badge);
}

/*
 * One answer is a PAGER_REVOKE, which is a step: with others behind it the call is
 * made again, after who is more urgent.
 */
static __attribute__((noinline, cold)) int take_revoke(struct pager *p,
						       struct pager_taking *t)
{
	pager_result(p, t->at, revoke(p, &t->answer));
	if (ring_is_empty(&p->ring))
		return 0;
	interrupt_again();
	return -E_STEP;
}

/* Waits as notification_wait() does; what the answers woke may run now. */
static inline long wait(struct pager *p, uint64_t mask, uint64_t deadline)
{
	if (!p->may_wait)
		return -E_PERM;
	return notification_wait(notification_of(p->notification), mask,
				 deadline);
}

/*
 * The pager is not counted: the hart does not leave the kernel before it is done.
 * A client that the answers woke goes on in this thread's place, if this waits.
 */
long sys_pager_submit(const uint64_t arg[6])
{
	struct thread *me = this_cpu()->current;
	struct pager_taking taking;
	struct kobject *k;
	long err = look(me, arg[0], &k);

	if (err)
		return err;
	if (k->dead)
		return -E_STALE;
	sched_keep();
	taking.left = PAGER_RING;
	err = pager_take(pager_of(k), &taking);
	if (err == PAGER_REVOKE)
		err = take_revoke(pager_of(k), &taking);
	if (err == -E_STEP) {
		sched_settle();
		return err;
	}
	if (!err && taking.left && arg[1])
		err = wait(pager_of(k), arg[1], arg[2]);
	else
		me->frame.x[X_A1] = 0; /* no bits */
	if (!this_cpu()->current) {
		sched_settle(); /* it waits */
		return 0;
	}
	thread_set_result(me, err);
	sched_settle();
	sched_check(); /* clients may be more urgent */
	return err;
}
