/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * notify.pml - signals against a receiver to whom the notification is bound.
 *
 *	signal                          receive
 *	  lock                            link, wait word = RECEIVE
 *	  bits |= b                       fence
 *	  fence                           bits? lock
 *	  bits, and wait word RECEIVE?      still, and still RECEIVE?
 *	    claim, take them                  claim oneself back, take them
 *	  unlock; wake who was claimed      unlock
 *
 * Each side writes, then reads what the other writes: without both fences the
 * two reads can both be early, and the receiver sleeps over a bit that is set.
 * Stores go through buffers: relaxed atomics, too, as RVWMO allows, when nobody
 * uses their result. Messages come in between.
 *
 * That no wake-up is lost is that everybody comes to his end. Nobody is woken
 * for bits that another has taken: take_bits().
 */

#define SIGNALS 2 /* signallers, a bit each */
#define ALL	((1 << SIGNALS) - 1)
#define NOBODY	255
#define RECEIVER 0 /* who owns the thread: itself, ... */
#define SENDER	1  /* ... or who claimed it */
#define SIGNAL0 2

/* ---- memory ---------------------------------------------------------- */

byte bits;
bool held;    /* the notification's lock */
byte seq;     /* the wait word: sequence, ... */
bool waits;   /* ... and kind: RECEIVE or none */
bool locked;  /* the endpoint's lock */
bool linked;  /* in its queue of receivers; under the lock */

/* ---- store buffers --------------------------------------------------- */

byte or_late[SIGNALS]; /* bits that a signaller has yet to set */
bool wait_late;	       /* the receiver's wait word, ... */
bool unlock_late;      /* ... and behind it the release of the lock */

/* ---- what is not in memory: owner of the thread, what it was given ----- */

byte owner = RECEIVER;
byte got;
bool go;

inline drain_or(i)
{
	d_step { or_late[i] -> bits = bits | or_late[i]; or_late[i] = 0 }
}
inline drain_wait() { d_step { wait_late -> waits = true; wait_late = false } }
inline drain_unlock()
{
	d_step { unlock_late && !wait_late -> locked = false; unlock_late = false }
}

active proctype buffers()
{
end:	do
	:: drain_or(0)
	:: drain_or(1)
	:: drain_wait()
	:: drain_unlock()
	od
}

/* ---- steps that several take ----------------------------------------- */

#ifdef BREAK_CLAIM
#define CLAIM_ATOMIC
#else
#define CLAIM_ATOMIC atomic
#endif

/* Compare and swap of the wait word; an own store to it goes first. */
inline claim(me, s, won)
{
	CLAIM_ATOMIC {
		won = (waits && seq == s);
		if
		:: won ->
			waits = false;
			assert(owner == NOBODY);
			owner = me
		:: else
		fi
	}
}

inline wake(me)
{
	d_step { assert(owner == me); owner = RECEIVER; assert(!go); go = true }
}

/* Under the lock; bits of one's own that are still on the way go first. */
inline take_bits(me, late)
{
	d_step {
		assert(owner == me);
		assert(bits | late);
		got = got | bits | late;
		bits = 0;
		late = 0
	}
}

inline lock() { atomic { !locked -> locked = true } }
inline unlink() { lock(); linked = false; locked = false }

/* ---- who signals ------------------------------------------------------ */

inline hold() { atomic { !held -> held = true } }

/* A release store: what its hart has stored before comes out first. */
inline let_go(i) { atomic { !or_late[i] -> held = false } }

proctype signaller(byte i)
{
	byte s;
	bool won, w;

	hold();
	or_late[i] = or_late[i] | (1 << i);
#ifndef BREAK_SIGNAL_FENCE
	(!or_late[i]); /* fence: the buffer is empty */
#endif
#ifdef BREAK_LOOK_OUTSIDE
	let_go(i);
	d_step { w = waits; s = seq }
	hold();
#else
	d_step { w = waits && (bits | or_late[i]); s = seq }
#endif
	if
	:: w ->
		claim(SIGNAL0 + i, s, won);
		if
		:: won -> take_bits(SIGNAL0 + i, or_late[i])
		:: else /* who won wakes it; it will look */
		fi
	:: else -> won = false /* it will look before it sleeps */
	fi;
	let_go(i);
	if
	:: won -> unlink(); wake(SIGNAL0 + i)
	:: else
	fi
}

/* ---- who sends: pops from the queue under the lock, claims then -------- */

active proctype sender()
{
	byte s;
	bool won;

	do
	:: atomic { !locked && linked -> locked = true };
		linked = false;
		s = seq;
		claim(SENDER, s, won);
		locked = false;
		if
		:: won -> wake(SENDER); break
		:: else
		fi
	:: got == ALL -> break /* it will not wait again */
	od
}

/* ---- who receives ----------------------------------------------------- */

inline wait_for_it()
{
	go;
	d_step { go = false; assert(owner == RECEIVER); s = 0 }
}

active proctype receiver()
{
	byte s, none;
	bool won;

	do
	:: got == ALL -> break
	:: else ->
		lock();
		d_step {
			linked = true;
			seq++;
			s = seq;
			wait_late = true;
			unlock_late = true;
			owner = NOBODY
		}
#ifndef BREAK_RECEIVE_FENCE
		(!wait_late); /* fence */
#endif
#ifdef BREAK_LOOK
		wait_for_it()
#else
		if
		:: bits ->
			if
			:: wait_late -> drain_wait()
			:: else
			fi;
			hold();
			if
			:: bits ->
				claim(RECEIVER, s, won);
				if
				:: won -> take_bits(RECEIVER, none)
				:: else
				fi
			:: else -> won = false
			fi;
			held = false;
			if
			:: won -> unlink()
			:: else -> wait_for_it()
			fi
		:: else -> wait_for_it()
		fi
#endif
	od
}

init
{
	atomic { run signaller(0); run signaller(1) }
}
