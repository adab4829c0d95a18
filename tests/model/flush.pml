/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flush.pml - a frame is used again only after every hart has forgotten it.
 *
 *	hart                              unmapper, under the space's lock
 *	  enters itself in the mask         empties the entry
 *	  full fence                        full fence
 *	  writes satp, walks                reads the mask, fences those harts
 *	                                    frees the frame: anybody may have it
 *
 * The space has one leaf table with one entry, from frames that others take, too,
 * and fill with anything. A hart fills its TLB from the tables in satp whenever it
 * likes, pointer and leaf apart, keeps it across a switch, and forgets nothing
 * unless it is fenced: a leaf by any fence, a pointer only by one of the whole
 * space. Stores go through a buffer a hart, from which they come out in any order
 * but to one address.
 *
 * The space ends when no thread runs in it; harts that still have it in satp and
 * read its tables are waited for (a grace period), then fenced, then it is freed
 * and made anew.
 *
 * Space 1 is another one, whose pages stay. With NO_ASIDS the two share one tag,
 * and a hart fences when it switches.
 */

#ifndef HARTS
#define HARTS 2
#endif
#ifndef FRAMES
#define FRAMES 2 /* that are given out; two more are space 1's */
#endif
#define NONE	7  /* no space: the kernel's tables */
#define GARBAGE 15 /* what a program writes looks like no entry */
#define ANYBODY 5  /* owner of frames that others have taken */

#ifdef NO_ASIDS
#define AT(h, s) (h)
#define TLBS	 HARTS
#else
#define AT(h, s) ((h) * 2 + (s))
#define TLBS	 (HARTS * 2)
#endif

/* ---- memory ---------------------------------------------------------- */

#define TABLE1 (FRAMES + 1)
#define PAGE1  (FRAMES + 2)

byte root[2];	       /* pointer entry: a table's frame, 0: empty */
byte leaf[FRAMES + 3]; /* of a frame that is a table: its one entry */
byte mask;	       /* harts that may hold translations of space 0 */
bool lock;	       /* space 0's */

mtype = {FREE, TABLE, DATA, LIVES, ENDS, GONE};
mtype use[FRAMES + 3] = FREE;
byte own[FRAMES + 3];
mtype life = LIVES;
byte looking; /* harts that have not been out of the kernel since it ended */

/* ---- a hart ---------------------------------------------------------- */

byte satp[HARTS] = NONE;
byte user[HARTS] = NONE;  /* the space in which it runs a program */
byte going[HARTS] = NONE; /* and of the thread that it serves, or picked */
byte pointer[TLBS];	  /* TLB: tables, ... */
byte tlb[TLBS];		  /* ... and pages */

/* Store buffers. */
bool mask_late[HARTS];
bool root_late[HARTS];
byte root_value[HARTS];
byte leaf_late[HARTS]; /* the table, 0: none */
byte leaf_value[HARTS];

#define EMPTY(h) (!mask_late[h] && !root_late[h] && !leaf_late[h])

/* What comes out of the buffer, and when, is the hart's business. */
active [HARTS] proctype buffer()
{
end:	do
	:: d_step { mask_late[_pid] -> mask = mask | (1 << _pid);
		mask_late[_pid] = false }
	:: d_step { root_late[_pid] -> root[0] = root_value[_pid];
		root_late[_pid] = false; root_value[_pid] = 0 }
	:: d_step { leaf_late[_pid] -> leaf[leaf_late[_pid]] = leaf_value[_pid];
		leaf_late[_pid] = 0; leaf_value[_pid] = 0 }
	od
}

#define SEES_TABLES(h) (satp[h] != NONE && root[satp[h]])
#define SEES_TABLE(h)  (satp[h] != NONE && pointer[AT(h, satp[h])])
#define SEES_PAGE(h)   (user[h] != NONE && tlb[AT(h, user[h])])

/* So is what it caches. A program's accesses are here, too. */
active [HARTS] proctype mmu()
{
	byte h, f;

	h = _pid - HARTS;
end:	do
	:: d_step { SEES_TABLES(h) ->
		assert(satp[h] != 0 || life != GONE); /* its root is read */
		pointer[AT(h, satp[h])] = root[satp[h]] }
	:: d_step { SEES_TABLE(h) ->
		f = pointer[AT(h, satp[h])];
		assert(use[f] == TABLE && leaf[f] != GARBAGE);
		if
		:: leaf[f] -> tlb[AT(h, satp[h])] = leaf[f]
		:: else
		fi;
		f = 0 }
	:: d_step { SEES_PAGE(h) ->
		f = tlb[AT(h, user[h])];
		assert(use[f] == DATA && own[f] == user[h]);
		f = 0 }
	od
}

/* ---- frames ---------------------------------------------------------- */

/* The lowest that is free, 0 if none is; nobody has cleared it. */
inline frame_alloc(f, what, s)
{
	f = 1;
	do
	:: f <= FRAMES && use[f] != FREE -> f++
	:: f <= FRAMES && use[f] == FREE ->
		use[f] = what; own[f] = s; leaf[f] = GARBAGE; break
	:: f > FRAMES -> f = 0; break
	od
}

inline frame_put(f)
{
	use[f] = FREE; own[f] = 0; leaf[f] = GARBAGE
}

/* Others take frames, and give them back. */
active proctype anybody()
{
	byte f;

end:	do
	:: d_step { frame_alloc(f, DATA, ANYBODY); f = 0 }
	:: d_step { own[1] == ANYBODY -> frame_put(1) }
	:: d_step { own[2] == ANYBODY -> frame_put(2) }
#if FRAMES > 2
	:: d_step { own[3] == ANYBODY -> frame_put(3) }
#endif
	od
}

/* ---- fences ---------------------------------------------------------- */

#define FENCE EMPTY(me)

inline forget_all(h, s)
{
	d_step { tlb[AT(h, s)] = 0; pointer[AT(h, s)] = 0 }
}

/* The firmware interrupts hart h, which fences; who asked waits for it. */
inline fence_one(h, tables)
{
	if
	:: d_step { m & (1 << h) ->
		tlb[AT(h, 0)] = 0;
#ifndef BREAK_TABLE_FENCE
		if
		:: tables -> pointer[AT(h, 0)] = 0
		:: else
		fi
#endif
		}
	:: else
	fi
}

/* flush_run(): on return no hart uses what was there. */
inline flush(tables)
{
#ifndef BREAK_FLUSH_FENCE
	FENCE;
#endif
	m = mask;
#ifdef BREAK_REMOTE
	m = m & (1 << me);
#endif
#ifdef BREAK_ALONE /* as it was before the entry was emptied */
	m = m & before;
#endif
	fence_one(0, tables);
	fence_one(1, tables);
#if HARTS > 2
	fence_one(2, tables);
#endif
	m = 0
}

/* ---- what a hart does in the kernel ----------------------------------- */

inline enter_mask()
{
#ifdef BREAK_MASK
	skip
#else
	if
	:: !(mask & (1 << me)) ->
		mask_late[me] = true;
#ifndef BREAK_ENTER_FENCE
		FENCE
#endif
	:: else
	fi
#endif
}

/* mmu_switch(), but for the mask */
inline switch(s)
{
	satp[me] = s;
#ifdef NO_ASIDS
	if
	:: held != s ->
#ifndef BREAK_SWITCH_FENCE
		forget_all(me, s);
#endif
		held = s
	:: else
	fi
#endif
}

/* A fault brings the page, and its table. */
inline map()
{
	atomic { !lock -> lock = true; t = root[0] }
	if
	:: !t ->
		d_step { frame_alloc(t, TABLE, 0); leaf_late[me] = t;
			leaf_value[me] = 0 }
		if
		:: t ->
#ifndef BREAK_PUBLISH
			FENCE; /* zeroed before it can be reached */
#endif
			d_step { root_late[me] = true; root_value[me] = t }
			FENCE
		:: else
		fi
	:: else
	fi;
	if
	:: t && !leaf[t] ->
		d_step {
			frame_alloc(f, DATA, 0);
			if
			:: f -> leaf_late[me] = t; leaf_value[me] = f
			:: else
			fi
		}
	:: else
	fi;
	d_step { EMPTY(me) -> lock = false; t = 0; f = 0 } /* a release */
}

/* space_unmap(), with or without the table, in the order of mm/pages.h. */
inline unmap()
{
	atomic { !lock -> lock = true; t = root[0] }
	if
	:: t && leaf[t] ->
#ifdef BREAK_ALONE
		before = mask;
#endif
		d_step {
			f = leaf[t];
			leaf_late[me] = t; leaf_value[me] = 0;
#ifdef BREAK_FREE_FIRST
			frame_put(f)
#endif
		}
		if
		:: d_step { cut = true; root_late[me] = true; root_value[me] = 0 }
		:: true
		fi;
		flush(cut);
		d_step {
#ifndef BREAK_FREE_FIRST
			frame_put(f);
#endif
			if
			:: cut -> frame_put(t)
			:: else
			fi
		}
	:: else
	fi;
	d_step { EMPTY(me) -> lock = false; t = 0; f = 0; cut = false }
}

#define OUT(h) (user[h] != 0 && going[h] != 0)
#if HARTS > 2
#define NOBODY_RUNS (OUT(0) && OUT(1) && OUT(2))
#else
#define NOBODY_RUNS (OUT(0) && OUT(1))
#endif
#define MAY_END	    (life == LIVES && !lock && NOBODY_RUNS)
#define MAY_RECLAIM (life == ENDS && !looking)

/* No thread is left in it and none can be made: its memory waits. */
inline space_end()
{
	life = ENDS;
#ifndef BREAK_GRACE
	looking = (1 << HARTS) - 1;
#endif
#ifdef BREAK_DESTROY_EARLY /* the fence first, then the grace period */
	flush(true)
#endif
}

inline space_reclaim()
{
	life = GONE;
#if !defined(BREAK_DESTROY_FENCE) && !defined(BREAK_DESTROY_EARLY)
	flush(true);
#endif
	d_step {
		t = root[0];
		f = (t -> leaf[t] : 0);
		if
		:: t -> frame_put(t)
		:: else
		fi;
		if
		:: f -> frame_put(f)
		:: else
		fi;
		f = 0; t = 0; root[0] = 0; mask = 0;
		life = LIVES /* another one, with the same ASID */
	}
}

/* This hart holds no pointer to anything. */
#define QUIET looking = looking & ~(1 << me)

proctype hart(byte me)
{
	byte m, t, f;
	bool cut;
#ifdef NO_ASIDS
	byte held = NONE;
#endif
#ifdef BREAK_ALONE
	byte before;
#endif

end:	do
	/* In a program: a fault, a call, an interrupt; or it leaves. */
	:: atomic { user[me] == 0 -> going[me] = 0; user[me] = NONE }
		if
		:: map()
		:: unmap()
		fi;
		atomic { going[me] = NONE; user[me] = 0 }
	:: d_step { user[me] != NONE -> QUIET }
	:: d_step { user[me] != NONE -> user[me] = NONE }
	/* No thread: picks one, if only of the same space; or is idle. */
	:: atomic { user[me] == NONE && life == LIVES -> going[me] = 0 }
		if
		:: satp[me] != 0 -> enter_mask(); switch(0)
		:: else
		fi;
		d_step { user[me] = 0; going[me] = NONE }
	:: user[me] == NONE && satp[me] != 1 ->
		switch(1);
		user[me] = 1
	:: d_step { user[me] == NONE && satp[me] == 1 -> user[me] = 1 }
	:: d_step { user[me] == NONE ->
#ifndef BREAK_IDLE
		satp[me] = NONE; /* the kernel's tables */
#endif
		QUIET }
	/* It may also end the space, or give back one that has ended. */
	:: atomic { user[me] == NONE && MAY_END -> space_end() }
	:: atomic { user[me] == NONE && MAY_RECLAIM -> space_reclaim() }
	od
}

init
{
	byte i;

	d_step {
		leaf[1] = GARBAGE; leaf[2] = GARBAGE; leaf[FRAMES] = GARBAGE;
		use[TABLE1] = TABLE; own[TABLE1] = 1; leaf[TABLE1] = PAGE1;
		use[PAGE1] = DATA; own[PAGE1] = 1; leaf[PAGE1] = GARBAGE;
		root[1] = TABLE1
	}
	atomic {
		do
		:: i < HARTS -> run hart(i); i++
		:: else -> break
		od
	}
}
