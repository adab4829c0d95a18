/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * call.pml - calls, replies, time-outs, cancelling, ending, revoking: who may
 * touch a thread, and that each wait ends once.
 *
 *	client                    server                   from outside
 *	  server waits?             senders? claim one       claim
 *	   claim it, deliver         deliver                 off its list, out of
 *	  else into the list        else into the list       the place that names it
 *	  wait word, last thing     wait word, last thing    wake it, or end it
 *	                            ...
 *	                            take the caller from its
 *	                            place, claim, answer, wake
 *
 * A wait word is (number, kind). Who swaps the kind of a waiting thread to NONE
 * has claimed it and owns it until it waits again or is given to the run queue.
 * A hart looks at threads without counting them: memory goes when every hart has
 * been out of the kernel since nothing led to it any more.
 *
 * Each thread has a hart of its own, which does its calls; "from outside" are
 * harts, too. That no wake-up is lost is that all come to their ends.
 */

#ifndef CLIENTS
#define CLIENTS 1
#endif
#ifndef SERVERS
#define SERVERS 1
#endif
#ifndef CALLS
#define CALLS 2 /* of each client */
#endif
#ifndef OUTSIDE
#define OUTSIDE 1 /* harts that cancel, end, revoke */
#endif
#define THREADS (CLIENTS + SERVERS)
#ifdef KEEP /* a second place a server: a caller kept for later */
#define PLACES	(THREADS + SERVERS)
#define KEPT(s) ((s) + SERVERS)
#define OF(p)	((p) >= THREADS -> (p) - SERVERS : (p)) /* whose place */
#else
#define PLACES THREADS
#define OF(p)  (p)
#endif
#define TIMEOUT THREADS /* the hart where time-outs come */
#define FIRST	(THREADS + 1)
#define JANITOR (FIRST + OUTSIDE) /* revokes when no client is left */

#define NOBODY 15
#define QUEUE  14 /* owner of who is READY */

mtype = {NONE, SEND, REPLY, RECEIVE, ENDED}; /* kinds of waits */
mtype = {OK, PEER, CANCELED, TIMEDOUT};	      /* how one ends */

/* ---- a thread -------------------------------------------------------- */

byte number[THREADS];
mtype kind[THREADS] = NONE;
mtype result[THREADS] = OK;
byte word[THREADS];		/* message, answer: which call it belongs to */
byte held_by[THREADS] = NOBODY; /* whose place names it */
byte caller[PLACES] = NOBODY;	/* the place: whom one is to answer, ... */
byte caller_wait[PLACES];	/* ... and the number of that wait */
bool ordered[THREADS];		/* to end */
bool ready[THREADS];		/* in a run queue */
byte alarm[THREADS];		/* number of the wait that time will end, ... */
byte alarm_hart[THREADS];	/* ... and the hart whose interrupt that is */

/* What is not in memory. */
byte owner[THREADS];
byte refs[THREADS] = 1;
byte looking[THREADS]; /* harts that have not been out since it went */
bool going[THREADS];   /* nothing leads to it */
bool freed[THREADS];
byte inside;	       /* harts in the kernel */

/* ---- the endpoint ---------------------------------------------------- */

bool dead;
byte servers = SERVERS;
chan senders = [CLIENTS] of {byte};
chan receivers = [SERVERS] of {byte};

/* ---- steps ----------------------------------------------------------- */

#define LOOK(t) assert(!freed[t])

inline enter() { inside = inside | (1 << me) }

inline out_of(t)
{
	looking[t] = looking[t] & ~(1 << me);
	freed[t] = freed[t] || (going[t] && !looking[t])
}

inline leave_in()
{
	inside = inside & ~(1 << me);
	out_of(0); out_of(1);
#if CLIENTS + SERVERS > 2
	out_of(2)
#endif
}

inline leave() { d_step { leave_in() } }

inline put(t)
{
	d_step {
		LOOK(t);
		assert(refs[t] > 0);
		refs[t]--;
		if
		:: refs[t] == 0 -> going[t] = true;
#ifdef BREAK_GRACE
			freed[t] = true;
#endif
			looking[t] = inside
		:: else
		fi
	}
}

/* thread_claim(): compare and swap. */
inline claim(t, n, k)
{
	d_step {
		LOOK(t);
		won = (number[t] == n && kind[t] == k);
		if
		:: won ->
			assert(owner[t] == NOBODY);
			kind[t] = NONE; owner[t] = me
		:: else
		fi
	}
}

/*
 * thread_claim_settled(): waits while somebody has it in hand for a moment, and
 * neither runs it nor gives it to a queue.
 */
#ifdef BREAK_SETTLED
#define SETTLED(t) true
#else
#define SETTLED(t) (kind[t] != NONE || ready[t] || owner[t] == t)
#endif

inline claim_settled(t, n, k)
{
	atomic { SETTLED(t) -> claim(t, n, k) }
}

/* thread_wait(): the last thing that an owner does with it. */
inline wait(t, k)
{
	d_step {
		LOOK(t);
		assert(owner[t] == me);
		owner[t] = NOBODY;
		number[t]++; kind[t] = k
	}
}

inline wake(t, how)
{
	d_step {
		LOOK(t);
		assert(owner[t] == me && !ready[t] && kind[t] == NONE);
		owner[t] = QUEUE; ready[t] = true; result[t] = how
	}
}

/* Of a claimed thread: it waits in no list, for no time, in no place. */
inline unlink(t, k)
{
#ifdef BREAK_CANCEL_KEEPS_PLACE
	if
	:: k == REPLY -> alarm[t] = 0
#else
	if
	:: d_step { k == REPLY ->
		LOOK(t);
		assert(owner[t] == me);
		alarm[t] = 0;
		LOOK(OF(held_by[t])); /* compare and swap */
		if
		:: caller[held_by[t]] == t -> caller[held_by[t]] = NOBODY
		:: else
		fi;
		held_by[t] = NOBODY }
#endif
	:: d_step { k != REPLY ->
		LOOK(t);
		assert(owner[t] == me);
		alarm[t] = 0;
		if
		:: k == SEND && senders??[eval(t)] -> senders??eval(t)
		:: k == RECEIVE && receivers??[eval(t)] -> receivers??eval(t)
		:: else
		fi }
	fi
}

/* thread_fail_held(): who is named there gets an error for an answer. */
inline fail_caller(p)
{
	d_step { LOOK(OF(p)); c = caller[p]; n = caller_wait[p];
		caller[p] = NOBODY; caller_wait[p] = 0; won = false }
	atomic {
		if
		:: c != NOBODY -> claim_settled(c, n, REPLY)
		:: else
		fi;
		if
		:: won -> unlink(c, REPLY); wake(c, PEER)
		:: else
		fi;
		c = NOBODY; n = 0; won = false
	}
}

/* The endpoint dies: who waits there gets an error. */
inline fail_all(list, k)
{
	do
	:: nempty(list) ->
		list?c; LOOK(c); n = number[c];
		claim(c, n, k);
		if
		:: won -> alarm[c] = 0; wake(c, PEER)
		:: else
		fi
	:: empty(list) -> break
	od
}

inline revoke()
{
	atomic {
		enter();
		dead = true;
		fail_all(senders, SEND);
		fail_all(receivers, RECEIVE);
		c = NOBODY; n = 0; won = false;
		leave()
	}
}

/* Owned, and running nowhere. */
inline finish(t)
{
	fail_caller(t);
#ifdef KEEP
	if
	:: t >= CLIENTS -> fail_caller(KEPT(t))
	:: else
	fi;
#endif
	atomic {
		wait(t, ENDED);
		put(t);
		if
		:: t >= CLIENTS -> servers--
		:: else
		fi;
		if
		:: servers == 0 && !dead -> revoke()
		:: else
		fi;
		leave()
	}
}

/* ---- from outside ---------------------------------------------------- */

/* A handle leads to who is not dead. */
#define NAMES(t) (kind[t] != ENDED)

inline cancel(t)
{
	atomic {
		NAMES(t) ->
		enter(); LOOK(t); n = number[t]; k = kind[t];
		if
		:: k == SEND || k == REPLY || k == RECEIVE -> claim(t, n, k)
		:: else
		fi
	}
	if
#ifdef BREAK_UNLINK_LATE
	:: won -> wake(t, CANCELED); unlink(t, k)
#else
	:: won -> unlink(t, k); wake(t, CANCELED)
#endif
	:: else
	fi;
	leave()
}

/* Has it in hand for a moment, and lets it wait on: thread_registers(). */
inline peek(t)
{
	atomic {
		NAMES(t) ->
		enter(); LOOK(t); n = number[t]; k = kind[t];
		if
		:: k == REPLY -> claim(t, n, k)
		:: else
		fi
	}
	if
	:: d_step { won -> assert(owner[t] == me);
		owner[t] = NOBODY; kind[t] = REPLY }
	:: else
	fi;
	leave()
}

/* Makes a thread one's own, wherever it is; not if it runs. */
inline grab(t)
{
	atomic {
		LOOK(t); n = number[t]; k = kind[t];
		if
		:: k == NONE && ready[t] -> /* off the run queue */
			ready[t] = false; owner[t] = me; won = true
		:: k == ENDED || (k == NONE && !ready[t]) -> won = false
		:: else -> claim(t, n, k)
		fi
	}
	if
	:: won && k != NONE -> unlink(t, k)
	:: else
	fi
}

inline order_end(t)
{
	enter(); LOOK(t); assert(refs[t] > 0); ordered[t] = true; refs[t]++
}

/* thread_end(): now, or where it runs, which is asked again until it is done. */
inline end_thread(t)
{
	do
	:: kind[t] == ENDED -> break
	:: else ->
		grab(t);
		if
		:: won -> finish(t); break
		:: d_step { else -> leave_in() }
		fi;
		/* poke: that hart takes an interrupt, and looks */
		atomic { kind[t] != NONE || ready[t] || owner[t] == NOBODY ->
			enter() }
	od;
	atomic { put(t); leave() }
}

proctype outside(byte me)
{
	byte n, c = NOBODY;
	mtype k = NONE;
	bool won;

	if
	:: cancel(0)
#ifdef PEEK
	:: peek(0)
#endif
	:: d_step { NAMES(0) -> order_end(0) } end_thread(0)
	:: d_step { NAMES(THREADS - 1) -> order_end(THREADS - 1) }
		end_thread(THREADS - 1)
	:: revoke()
	:: true
	fi
}

/* Interrupts are off in the kernel: a wait is there before its time-out. */
#ifdef BREAK_ALARM_HART
#define RINGS(t) alarm[t]
#else
#define RINGS(t) (alarm[t] && !(inside & (1 << alarm_hart[t])))
#endif
#if CLIENTS > 1
#define RINGS_1 RINGS(1)
#else
#define RINGS_1 false
#endif

/* Time-outs come whenever one is set; each names the wait that it is for. */
active proctype time_out()
{
	byte me = TIMEOUT, t, n, meant;
	bool won;
	mtype k;

end:	do
	:: atomic { RINGS(0) || RINGS_1 ->
		if
		:: RINGS(0) -> t = 0
		:: RINGS_1 -> t = 1
		fi;
		meant = alarm[t]; alarm[t] = 0; alarm_hart[t] = 0; enter() }
		atomic {
			SETTLED(t) ->
			LOOK(t); k = kind[t];
#ifdef BREAK_TIMEOUT_NUMBER
			n = number[t];
#else
			n = meant;
#endif
			if
			:: k == SEND || k == REPLY -> claim(t, n, k)
			:: else
			fi
		}
		if
		:: won -> assert(n == meant); unlink(t, k); wake(t, TIMEDOUT)
		:: else
		fi;
		atomic { won = false; t = 0; n = 0; meant = 0; k = NONE; leave() }
	od
}

#if CLIENTS > 1
#define NO_CLIENTS (kind[0] == ENDED && kind[1] == ENDED)
#else
#define NO_CLIENTS (kind[0] == ENDED)
#endif

proctype janitor(byte me)
{
	byte n, c = NOBODY;
	bool won;

	NO_CLIENTS;
	revoke()
}

/* ---- a thread's own hart ---------------------------------------------- */

/* Until it gets the hart back, in the kernel still. */
inline be_woken()
{
	atomic {
		leave();
		if
		:: ready[me] -> ready[me] = false; owner[me] = me; enter()
		:: kind[me] == ENDED -> goto ended
		fi
	}
}

/* Of two owned threads: `s` is to answer `c`. */
inline deliver(s, c)
{
	caller[s] = c;
	caller_wait[s] = number[c] + 1;
	held_by[c] = s;
	word[s] = word[c]
}

/* For the wait that begins. */
inline set_alarm(t)
{
#ifdef DEADLINES
	alarm[t] = number[t] + 1;
	alarm_hart[t] = me
#else
	skip
#endif
}

inline ipc_call()
{
	atomic { /* under the lock */
		enter();
		do
		:: !dead && !won && nempty(receivers) ->
			receivers?r; LOOK(r); n = number[r];
			claim(r, n, RECEIVE)
		:: dead || won || empty(receivers) -> break
		od;
		if
		:: dead -> result[me] = PEER; goto called
		:: won -> deliver(r, me); set_alarm(me)
		:: else -> set_alarm(me); senders!me;
#ifndef BREAK_UNLOCK_FIRST
			wait(me, SEND)
#endif
		fi
	}
	if
#ifdef BREAK_WAKE_FIRST
	:: won -> wake(r, OK); wait(me, REPLY)
#else
	:: won -> wait(me, REPLY); wake(r, OK)
#endif
	:: else ->
#ifdef BREAK_UNLOCK_FIRST
		wait(me, SEND)
#endif
	fi;
	be_woken();
called:
	atomic { r = 0; n = 0; won = false;
		assert(ordered[me] || result[me] != OK || word[me] == calls);
		word[me] = 0; result[me] = OK; leave_in() }
}

proctype client(byte me)
{
	byte calls, r, n, c = NOBODY;
	bool won;

	do
	:: ordered[me] -> break /* in the kernel or not: its hart is told */
	:: atomic { !ordered[me] && calls < CALLS ->
		calls++; word[me] = calls }
		ipc_call()
	:: calls == CALLS -> break
	od;
	enter();
	finish(me);
ended:
	skip
}

inline ipc_receive()
{
	fail_caller(me);
	atomic { /* under the lock */
		do
		:: !dead && !won && nempty(senders) ->
			senders?r; LOOK(r); n = number[r];
			claim(r, n, SEND)
		:: dead || won || empty(senders) -> break
		od;
		if
		:: dead -> result[me] = PEER; goto received
		:: won -> deliver(me, r); result[me] = OK;
#ifdef BREAK_REARM /* it may just have gone off, for the last wait */
			if
			:: alarm[r] -> set_alarm(r)
			:: else
			fi
#else
			set_alarm(r)
#endif
		:: else -> receivers!me; wait(me, RECEIVE)
		fi
	}
	if
	:: atomic { won -> wait(r, REPLY) }
	:: else -> be_woken()
	fi;
received:
	atomic { r = 0; n = 0; won = false }
}

inline ipc_reply(p)
{
	d_step { enter(); c = caller[p]; n = caller_wait[p];
		caller[p] = NOBODY; caller_wait[p] = 0 }
	atomic {
		if
		:: c != NOBODY ->
#ifdef BREAK_REPLY_NUMBER
			LOOK(c); n = number[c];
#endif
			claim_settled(c, n, REPLY)
		:: else
		fi
	}
	if
	:: atomic { won -> alarm[c] = 0; held_by[c] = NOBODY;
		word[c] = word[me]; wake(c, OK) }
	:: else
	fi;
	atomic { c = NOBODY; n = 0; won = false; word[me] = 0; leave() }
}

#ifdef KEEP
/* The caller waits on, the same wait, in another place. */
inline reply_keep()
{
	d_step { enter(); c = caller[me]; n = caller_wait[me];
		caller[me] = NOBODY; caller_wait[me] = 0 }
	atomic {
		if
		:: c != NOBODY -> claim_settled(c, n, REPLY)
		:: else
		fi
	}
	if
	:: d_step { won ->
		caller_wait[KEPT(me)] = n; caller[KEPT(me)] = c;
		held_by[c] = KEPT(me);
		owner[c] = NOBODY; kind[c] = REPLY }
	:: else
	fi;
	atomic { c = NOBODY; n = 0; won = false; word[me] = 0; leave() }
}
#endif

proctype server(byte me)
{
	byte r, n, c = NOBODY;
	bool won;

	do
	:: ordered[me] -> enter(); break
	:: atomic { !ordered[me] -> enter() }
		ipc_receive();
		if
		:: ordered[me] || result[me] == PEER -> break
		:: d_step { !ordered[me] && result[me] == OK -> leave_in() }
			if
			:: ipc_reply(me)
#ifdef KEEP
			:: caller[KEPT(me)] == NOBODY -> reply_keep()
			:: caller[KEPT(me)] != NOBODY -> ipc_reply(KEPT(me))
#endif
			:: true /* it forgets to answer */
#ifdef DEADLINES
			:: true -> /* it waits for something else */
				(ordered[me] || NO_CLIENTS)
#endif
			:: enter(); break
			fi
		:: d_step { else -> leave_in() }
		fi
	od;
	finish(me);
ended:
	skip
}

init
{
	byte i;

	atomic {
		do
		:: i < THREADS -> owner[i] = i;
			if
			:: i < CLIENTS -> run client(i)
			:: else -> run server(i)
			fi;
			i++
		:: else -> break
		od;
		i = 0;
		do
		:: i < OUTSIDE -> run outside(FIRST + i); i++
		:: else -> break
		od;
		run janitor(JANITOR)
	}
}
