/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * asid.pml - ASIDs in generations, given out anew while harts run and flush.
 *
 *	asid_take: context of this generation? -- yes, and active swapped --> go
 *	                 | no (lock)
 *	            is it what a hart was left with? its number free? -- yes --> keep
 *	                 | no
 *	            a free number? -- no --> next generation: harts keep what they
 *	                                     run, and owe a full fence each
 *
 * Two harts switch among four spaces with three numbers. What a TLB holds is the
 * set of all that it can hold: whatever the tables in satp offered under a number
 * since the last fence. With FLUSH there are two spaces, numbers run out when they
 * like, and once somebody empties the entry of space 0, and fences the harts in its
 * mask for the number that it has then. Stores of the entry and of contexts go
 * through buffers, and a lock's release behind them.
 *
 * A hart uses no other space's entry, and none of space 0's after the flush. That
 * is looked at for space 0 and hart 1 alone: spaces are alike, and so are harts.
 */

#define HARTS	2
#define SPACES	4
#define NUMBERS 3 /* 1 .. 3; 0 is the kernel's */
#ifndef LAST
#define LAST 2 /* generation in which the model ends */
#endif
#define NONE 7

/* What a TLB can have under a number: entries of space 0, and of the others. */
#define OURS   1
#define OTHERS 2

#define CONTEXT(g, n) ((g) * 4 + (n))
#define NUMBER(c)     ((c) & 3)
#define AGE(c)	      ((c) >> 2)
#define CHECKED	      1 /* the hart whose TLB is looked at */

/* ---- memory ---------------------------------------------------------- */

byte context[SPACES];
byte generation = 1;
byte used = 1; /* numbers, under the lock */
bool lock;
byte running[HARTS], reserved[HARTS];
bool owes[HARTS] = true;
byte mask;	     /* harts that may hold entries of space 0 */
bool mapped = true;  /* space 0's entry is there */
bool asked, flushed; /* it is to go; and the flush has returned */

/* ---- a hart ---------------------------------------------------------- */

byte satp[HARTS] = NONE; /* space, ... */
byte satp_number[HARTS]; /* ... and number */
bool switching[HARTS];	 /* no program runs, whatever satp says */
byte tlb[NUMBERS + 1];	 /* of hart 1 */

bool entry_late[HARTS];
byte context_late[HARTS] = NONE; /* the space, ... */
byte context_value[HARTS];	 /* ... and its context */
bool unlock_late[HARTS];

active [HARTS] proctype buffer()
{
end:	do
	:: d_step { entry_late[_pid] -> mapped = false; entry_late[_pid] = false }
	:: d_step { context_late[_pid] != NONE ->
		context[context_late[_pid]] = context_value[_pid];
		context_late[_pid] = NONE; context_value[_pid] = 0 }
	:: d_step { unlock_late[_pid] && context_late[_pid] == NONE ->
		unlock_late[_pid] = false; lock = false }
	od
}

/* The hart walks whatever is in satp, and runs a program there. */
#define SEEN tlb[satp_number[CHECKED]]

inline fill()
{
	if
	:: satp[CHECKED] == 0 && mapped -> SEEN = SEEN | OURS
	:: satp[CHECKED] != 0 && satp[CHECKED] != NONE -> SEEN = SEEN | OTHERS
	:: else
	fi
}

inline access()
{
	if
	:: satp[CHECKED] == NONE || switching[CHECKED]
	:: satp[CHECKED] == 0 && !switching[CHECKED] ->
		assert(!(SEEN & OTHERS));
		assert(!flushed || !(SEEN & OURS))
	:: else ->
		assert(!(SEEN & OURS))
	fi
}

/* ---- asid.c ---------------------------------------------------------- */

#define TAKEN(n)      (used & (1 << (n)))
#define IS_CURRENT(c) ((c) && AGE(c) == generation)

inline fence_all()
{
	if
	:: me == CHECKED -> tlb[1] = 0; tlb[2] = 0; tlb[3] = 0; fill()
	:: else
	fi
}

/* What hart `i` runs stays its own. */
inline keep(i)
{
	if
	:: running[i] -> reserved[i] = running[i]
	:: else
	fi;
	running[i] = 0;
#ifndef BREAK_RESERVE
	used = used | (1 << NUMBER(reserved[i]));
#endif
#ifndef BREAK_OWES
	owes[i] = true
#endif
}

inline find()
{
	n = 1;
	do
	:: n <= NUMBERS && TAKEN(n) -> n++
	:: n <= NUMBERS && !TAKEN(n) -> used = used | (1 << n); break
	:: n > NUMBERS -> n = 0; break
	od
}

inline renew(i)
{
	if
	:: reserved[i] == c -> reserved[i] = CONTEXT(generation, NUMBER(c));
		found = true
	:: else
	fi
}

/* Under the lock, no other hart looks but at `active` and `generation`. */
inline new_context()
{
	found = false;
#ifndef BREAK_RENEW
	if
	:: c -> renew(0); renew(1)
	:: else
	fi;
#endif
	if
	:: c && !found && !TAKEN(NUMBER(c)) ->
		used = used | (1 << NUMBER(c)); found = true
	:: else
	fi;
	n = NUMBER(c);
	if
	:: !found -> find()
	:: else
	fi;
	if
	:: !found && (n == 0 || early) && generation < LAST ->
		generation++;
		used = 1;
		keep(0);
		keep(1);
		find();
		assert(n)
	:: else
	fi;
	c = CONTEXT(generation, n);
	found = false
}

#ifdef BREAK_SWAP
#define SWAP_ATOMIC
#else
#define SWAP_ATOMIC atomic
#endif

/* Gives the context in c; n is 0 where the model ends. */
inline asid_take(s)
{
	c = context[s];
	old = running[me];
	n = 0;
	if
#ifdef BREAK_CURRENT
	:: old && c ->
#else
	:: old && IS_CURRENT(c) ->
#endif
		SWAP_ATOMIC {
			if
			:: running[me] == old ->
				running[me] = c; n = NUMBER(c)
			:: else
			fi
		}
	:: else
	fi;
	if
	:: n
	:: else ->
#ifdef FLUSH
		if
		:: early = true
		:: true
		fi;
#endif
		d_step {
			!lock -> lock = true;
			c = context[s];
			n = NUMBER(c);
			if
			:: !IS_CURRENT(c) ->
				new_context();
				if
				:: n -> context_late[me] = s; context_value[me] = c
				:: else
				fi
			:: else
			fi
		}
#ifndef BREAK_CONTEXT_FENCE
		(context_late[me] == NONE); /* fence */
#endif
		d_step {
			if
			:: n && owes[me] ->
#ifndef BREAK_PAY
				fence_all();
#endif
				owes[me] = false
			:: else
			fi;
			if
			:: n -> running[me] = c
			:: else
			fi;
			unlock_late[me] = true
		}
	fi;
	d_step { old = 0; early = false }
}

/* ---- a hart's kernel --------------------------------------------------- */

proctype hart(byte me)
{
	byte s, c, old, n, m;
	bool found, early;

end:	do
	/* mmu_switch() */
	:: switching[me] = true;
		if
		:: satp[me] != 0 -> s = 0;
			mask = mask | (1 << me) /* with its fence: flush.pml */
		:: satp[me] != 1 -> s = 1
#ifndef FLUSH
		:: satp[me] != 2 && context[1] -> s = 2 /* alike: in order */
		:: satp[me] != 3 && context[2] -> s = 3
#endif
		fi;
		asid_take(s);
		if
		:: d_step { n -> satp[me] = s; satp_number[me] = n;
			switching[me] = false;
			if
			:: me == CHECKED -> fill(); access()
			:: else
			fi }
		:: else -> break
		fi;
		d_step { s = 0; c = 0; n = 0 }
#ifdef FLUSH
	/* Somebody unmaps in space 0, from wherever. */
	:: d_step { me == 0 && !asked -> asked = true; entry_late[me] = true }
		(!entry_late[me]); /* fence */
		d_step { m = mask; n = NUMBER(context[0]) }
		d_step {
			if
			:: n && (m & (1 << CHECKED)) -> tlb[n] = 0; fill()
			:: else
			fi;
			flushed = true;
			access();
			m = 0; n = 0
		}
#endif
	od
}

init
{
	atomic { run hart(0); run hart(1) }
}
