/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * thread.h - a thread: registers at its last trap, and what it waits for.
 *
 * Nothing of a thread stays on a kernel stack. One that cannot go on is parked
 * at its trap frame; when it goes on it returns to user mode, or first to what
 * `resume` names, or makes its call again.
 *
 * Who may touch a thread: its owner, of whom there is one at any time.
 *
 *	RUNNING    the hart that runs it
 *	READY      the run queue that it is in, under that queue's lock
 *	waiting    nobody: `wait` is (number << 8 | kind), and who swaps the kind
 *	           to WAIT_NONE has claimed it: thread_claim()
 *
 * To wait, a hart takes leave of the thread (thread_leave), notes what it waits
 * on, and stores `wait` as the last thing that it does with it: from then on
 * another hart may run it. The number makes each wait another one, so that a
 * time-out or a reply meant for an earlier wait claims nothing.
 *
 * From outside (stop, end, cancel, time-out): claim, then take it off the list
 * that it waits in, under `wait_lock`. From inside (a message came): take it off
 * the list under that lock, then claim, and pass over one that is claimed.
 */
#ifndef TASK_THREAD_H
#define TASK_THREAD_H
#include "abi/ipc.h"
#include "abi/thread.h"
#include "arch/cpu.h"
#include "lib/atomic.h"
#include "lib/kobject.h"
#include "lib/list.h"
#include "lib/lock.h"
#include "task/timer.h"
#include "task/watch.h"

struct task;
struct thread;
struct object;

enum wait_kind {
	WAIT_NONE, /* it has an owner */
	WAIT_NEW,
	WAIT_STOPPED,
	WAIT_SEND,    /* in an endpoint's list of senders */
	WAIT_REPLY,   /* held by who received its call */
	WAIT_RECEIVE, /* in an endpoint's list of receivers */
	WAIT_COPY,    /* held by who copies from its buffer */
	WAIT_BITS,    /* in a notification's list, or in none: sleeps */
	WAIT_PAGE,    /* in an object's list */
	WAIT_ENDED,
};

/*
 * A place that names a waiting thread: who must answer it, or copies from it.
 * `wait` is the word that it waits with, 0 if there never was one. If the thread
 * is claimed from outside thread_unlink() empties the place; if the place
 * goes, it answers with an error: thread_fail_held().
 */
struct held {
	struct thread *thread; /* NULL: none */
	uint64_t wait;
	struct thread *owner; /* whose place it is; NULL: a kept reply */
};

/* Bytes on their way from a sender's buffer; part of who receives. */
struct copy {
	struct held from;
	va_t source, target;
	uint32_t left, done;
	bool from_kernel; /* its registers, not its memory */
	bool is_reply;	  /* else a request */
};

/* thread.orders: what it is to do when it is next owned by a scheduler. */
#define ORDER_STOP   BIT(0)
#define ORDER_END    BIT(1)
#define ORDER_PINNED BIT(2) /* not to run on every hart: for the fast path */
#define ORDER_ANY    (ORDER_STOP | ORDER_END)

/* thread.mode: what keeps a thread from the fast path. */
#define MODE_EXTRA BIT(0) /* its message has more than words */
#define MODE_TIMER BIT(1) /* a deadline runs */

struct thread {
	struct trap_frame frame; /* first: a frame is its thread's */

	uint64_t wait;
	struct task *task;  /* a counted reference */
	struct held caller; /* whom it is to answer */
	struct held *held_by;
	struct list queue; /* run queue, or what it waits in */
	union {
		struct {
			uint32_t orders; /* atomic; ORDER_* */
			uint32_t mode;	 /* its owner's; MODE_* */
		};
		uint64_t special; /* 0: nothing keeps it from the fast path */
	};
	uint8_t priority; /* now; own_priority or donated */
	uint8_t own_priority;
	uint8_t cpu;   /* where it runs, or ran last */
	uint8_t harts; /* mask: where it may */
	bool ready;
	bool told;	 /* its task's: that all are to end */
	bool counted;	 /* among its task's running threads */
	bool in_handler; /* its message is the kernel's, about it */
	bool calls;	 /* it sends, and wants a reply */
	bool fpu_used;	 /* `fpu` holds its registers, unless it is an owner */
	uint32_t poked;	 /* a hart has been told to look at its orders */

	struct lock *wait_lock; /* of the list in which it waits, or NULL */
	struct kobject *bound;	/* notification; counted; ipc/notification.c */
	uint64_t badge;		/* of the handle that it sends by */
	uint64_t mask;		/* WAIT_BITS: which; WAIT_PAGE: which page */
	void (*resume)(struct thread *t); /* what it does before user mode */
	void (*then)(struct thread *t); /* what its WAIT_COPY comes before; not
					     if it is stopped or cancelled */
	struct timer timer;
	struct copy copy;
	union {
		struct ipc_extra extra;	   /* of its own message: MODE_EXTRA */
		uint64_t words[IPC_WORDS]; /* in_handler: the message */
	};

	struct kobject object __attribute__((aligned(16)));
	struct list in_task;
	struct watch watch[THREAD_WATCHERS]; /* under its task's lock */
	struct thread *poke_next;
	uint64_t name;
	int status; /* ORDER_END: with what */
	unsigned fault;

	struct object *page_object; /* of WAIT_PAGE; its request holds it */
	uint64_t page_fault;	    /* as cpu.fault; 0: it waits in a call */
	int page_error;		    /* why page `mask` of it did not come */
	struct {
		const struct object *object; /* NULL: none; never followed */
		uint64_t first, count, at;
	} sync; /* how far an object_sync() is that starts again; NULL as soon
		   as the thread may do something else */

	struct fpu_state fpu;
};
_Static_assert(sizeof(struct thread) <= 1024, "a thread is at most 1 KiB");

extern const struct kind thread_kind;

static inline struct thread *thread_of(struct kobject *o)
{
	return container_of(o, struct thread, object);
}

/* ---- life ------------------------------------------------------------ */

/*
 * A NEW thread that will start at `pc` with stack `sp`, of which the task has a
 * reference until it ends. NULL: no memory, or the task has ended.
 */
struct thread *thread_create(struct task *t, va_t pc, va_t sp, uint64_t name);

/*
 * Ends the current thread; the caller then picks another (sched_next()). With
 * the last one its task ends.
 */
void thread_exit(int status, unsigned fault);

/* ---- waiting --------------------------------------------------------- */

static inline unsigned wait_kind(uint64_t wait)
{
	return wait & 0xff;
}

/* Makes the thread the caller's, if it still waits with `wait`. */
static inline bool thread_claim(struct thread *t, uint64_t wait)
{
	uint64_t w = wait;

	return wait_kind(wait) != WAIT_NONE &&
	       __atomic_compare_exchange_n(&t->wait, &w, wait & ~0xfful, false,
					   __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/*
 * The same, for who may not miss it, because nobody else will end that wait: while
 * somebody has the thread in hand only for a moment, and it will wait on, this
 * waits, too. No lock is held.
 */
bool thread_claim_settled(struct thread *t, uint64_t wait);

/* The word that a thread waits with, once nobody has it in hand for a moment. */
uint64_t thread_settled_wait(const struct thread *t);

/* The word of the next wait of a thread that one owns. */
static inline uint64_t thread_next_wait(const struct thread *t,
					enum wait_kind kind)
{
	return ((t->wait >> 8) + 1) << 8 | kind;
}

/* The last thing that an owner does with it. */
static inline void thread_wait(struct thread *t, uint64_t wait)
{
	store_release(&t->wait, wait);
}

/* The current thread leaves this hart for now; saves what it dirtied. */
void thread_fpu_leave(struct thread *t);

/*
 * The current thread leaves this hart: its floating-point registers are saved,
 * the hart runs nobody. The caller still owns it.
 */
static inline struct thread *thread_leave(void)
{
	struct cpu *cpu = this_cpu();
	struct thread *t = cpu->current;

	if (cpu->fpu_owner)
		thread_fpu_leave(t);
	cpu->current = NULL;
	cpu->frame = NULL; /* it may run elsewhere before it comes back */
	return t;
}

/* The deadline of a wait about to begin, with `wait`; 0 is none. */
void thread_set_deadline(struct thread *t, uint64_t ns, uint64_t wait);

/* Of a claimed thread: it waits in no list, for no time, in no place. */
void thread_unlink(struct thread *t, uint64_t wait);

/* The same of one that has just been taken off its list. */
void thread_stop_timer(struct thread *t);

static inline void thread_unlisted(struct thread *t)
{
	t->wait_lock = NULL;
	if (t->mode & MODE_TIMER)
		thread_stop_timer(t);
}

/* A claimed thread, in no list any more, goes on; its call gives `result`. */
void thread_wake(struct thread *t, long result);

/* A claimed thread does what it waited before, if there is such: true. */
bool thread_go_on(struct thread *t);

/*
 * A claimed thread will not get what it waited for with `wait`. One that waited
 * with something else to do afterwards does that; others get `err`.
 */
void thread_fail(struct thread *t, uint64_t wait, int err);

/* Who is named there gets an error for an answer, if it waits still. */
void thread_fail_held(struct held *h, int err);

static inline void thread_set_result(struct thread *t, long result)
{
	t->frame.x[X_A0] = (uint64_t)result;
}

/* Is it told to stop, or to end? */
static inline bool thread_has_orders(const struct thread *t)
{
	return __atomic_load_n(&t->orders, __ATOMIC_RELAXED) & ORDER_ANY;
}

/* ---- from outside ---------------------------------------------------- */

/* 0, -E_INVAL (it runs, or has ended). */
int thread_start(struct thread *t);

/* 0: it is stopped; -E_AGAIN: soon; -E_INVAL: it has ended. */
int thread_stop(struct thread *t);

/* Its wait ends with -E_CANCELED, if it is in one. */
void thread_cancel(struct thread *t);

/* It ends, now or as soon as its hart looks. */
void thread_end(struct thread *t, int status);

/*
 * When it has ended the notification gets `bits`: task/watch.h. 0, -E_BUSY, or
 * -E_STALE: it has ended, and nobody is told.
 */
int thread_watch(struct thread *t, struct kobject *notification, uint64_t bits);

/*
 * An owner, about to make it READY or to run it, does what its orders say
 * instead: true, and it is the owner no more.
 */
bool thread_obey(struct thread *t);

/*
 * Orders were given: they are obeyed here and now (true), or where it runs, soon.
 * Nothing about the current thread: sched_check().
 */
bool thread_enforce(struct thread *t);

/* Threads that this hart was told to look at. */
void thread_look_at_poked(void);

/* ---- floating point -------------------------------------------------- */

/*
 * An illegal instruction of the current thread: if it was a floating-point one
 * met with the unit off, turns it on and gives true: run it again.
 */
bool thread_claim_fpu(uint64_t instruction);

void thread_trim(void);

/*
 * A thread has ended: what the layers above have of it goes. An upcall;
 * ipc/notification.c.
 */
void upcall_thread_ended(struct thread *t);

#endif
