/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pager.h - the ring between the kernel and a pager: a program that fills pages
 * of objects when they are first touched, and takes them back when they have
 * been written.
 *
 *	client              kernel                          pager
 *	touches a page ---> frame into a slot's page
 *	  waits             of the window
 *	                    request[] <- PAGEIN, signal --> reads request[]
 *	                                                    fills the page
 *	                    answer[] -> SUPPLY <----------- answer[], submit
 *	  goes on <-------- window page taken away
 *
 * pager_create() makes a pager, and maps into the space that it names
 *
 *	the ring	a struct pager_ring, to read and write;
 *	the window	a page a slot, [window + slot * 4096): the memory that a
 *			request is about, from when it is put into request[]
 *			until it is answered. To read and write for PAGEIN, to
 *			read for WRITEBACK; nothing is there at other times.
 *
 * A pager set up with a machine handle (RIGHT_FRAMES) has no window: `address`
 * in a request is physical then, and may be given to devices.
 *
 * Objects of a pager are made by object_create(pager, bytes, key); every request
 * carries the key. Where one page is asked for (all requests are of one page:
 * count is 1) the pager need not answer in order.
 *
 * ---- requests --------------------------------------------------------------
 *	PAGER_PAGEIN	A client needs the page, or reads in order and soon will
 *			(not with PAGER_NO_AHEAD). `access` is PROT_R, PROT_W or
 *			PROT_X. The page holds zeros, or with physical addresses
 *			anything; if the object has the page and only may not be
 *			written (see PAGER_SUPPLY), what it holds. To be answered
 *			by PAGER_SUPPLY or PAGER_FAIL.
 *	PAGER_WRITEBACK	The page was written; here is what it holds. Clients can
 *			go on writing meanwhile: then it is dirty once more, and
 *			comes again. Asked by object_sync(), by PAGER_REVOKE, and
 *			when the last mapping that could write is gone, also of an
 *			object that nobody has any more: it ends with the answers.
 *			To be answered by PAGER_DONE or PAGER_FAIL.
 *	PAGER_DIRTY	The page, clean so far, is being written. Only with
 *			PAGER_TELL_DIRTY; nobody waits for the answer PAGER_DONE,
 *			and there is no `address`.
 *
 * A request keeps its slot until it is answered. While all slots are taken the
 * kernel keeps what more it wants, in order, and asks as slots become free.
 *
 * ---- answers ---------------------------------------------------------------
 * pager_submit() takes answers in order, at most PAGER_RING a call, and writes
 * into each a `result`:
 *
 *	PAGER_SUPPLY	`slot`: its page is filled. `prot` PROT_R | PROT_W; with
 *			PROT_R alone a client's first write asks again, by a
 *			PAGEIN with access PROT_W. 0.
 *	PAGER_DONE	`slot`: written, or noted. 0.
 *	PAGER_FAIL	`slot`: it cannot be, because of `error`, one of E_IO,
 *			E_NOMEM, E_ACCES, E_TIMEDOUT; another means E_IO. Who
 *			waits for the page has the error, who touches it later (or
			was on his way to wait) asks again; a page not written is
 *			dirty still, and the next object_sync() tells. 0.
 *	PAGER_REVOKE	Clients lose the right to write the pages [index, index +
 *			count) of `object`, a handle with RIGHT_MANAGE; count is
 *			at most PAGER_REVOKE_MAX. Dirty ones come back by
 *			WRITEBACK. With `prot` PROT_R the pages stay, and the next
 *			write asks by a PAGEIN; with PROT_NONE they go, dirty ones
 *			when they are written, and who touches one then asks anew.
 *			Private copies are their owners' and stay. The result is
 *			how many pages are on their way back; -E_AGAIN: a mapping
 *			was busy, answer the same again.
 *
 * What is wrong is refused: nothing changes, `result` is an error, and
 * pager_ring.refused counts it.
 *
 *	-E_NOENT	the slot is not taken: out of range, or answered before
 *	-E_TYPE		that kind of answer does not fit the request
 *	-E_INVAL	no such kind; a `prot`, or a range, that makes no sense
 *	-E_PERM		the object is not this pager's
 *	others		what is wrong with the handle (abi/handle.h)
 *
 * ---- who writes what -------------------------------------------------------
 * Of the ring, the pager writes answers_put and answer[] but for the results.
 * The kernel writes all else, and trusts nothing in the ring but answers_put and
 * the answer that it then copies: what a pager writes elsewhere harms nobody but
 * itself. An answers_put more than PAGER_RING ahead of answers_taken makes
 * pager_submit() fail with -E_INVAL; nothing is taken.
 *
 * Indexes count up for ever; the place of index n is [n % PAGER_RING]. The kernel
 * writes a request, then requests_put (a release store); the pager reads that by
 * a load-acquire before the request. There is always room: every request has a
 * slot, and there are no more slots than places. The pager writes an answer,
 * then answers_put (release), then calls pager_submit(); it may put at most
 * PAGER_RING answers before it does.
 *
 * ---- what can go wrong -----------------------------------------------------
 * A client that waits longer than `timeout` gets -E_TIMEDOUT (its fault, or its
 * object_sync()); the request stays, and an answer is welcome still. When the
 * last handle of the pager goes, or it is revoked, all requests fail with -E_IO,
 * as does each later touch of a page that is not there; pages that are there
 * stay, dirty ones can be written back no more.
 */
#ifndef ABI_PAGER_H
#define ABI_PAGER_H
#include <stdint.h>

#define PAGER_SLOTS_MAX	 64u
#define PAGER_RING	 64u
#define PAGER_REVOKE_MAX 48u

/* pager_setup.flags */
#define PAGER_TELL_DIRTY 1u
#define PAGER_NO_AHEAD	 2u

struct pager_setup {
	/* What the pager wants. */
	uint64_t space; /* handle (WRITE): where ring and window are */
	uint64_t
		notification; /* handle (SIGNAL): is told of new requests, ... */
	uint64_t bits;	      /* ... by these */
	uint64_t machine;     /* SELF; a handle (FRAMES): no window */
	uint64_t timeout;     /* nanoseconds; 0: clients wait for ever */
	uint32_t slots;	      /* 1 .. PAGER_SLOTS_MAX */
	uint32_t flags;
	/* What it gets. */
	uint64_t ring;	 /* address of the struct pager_ring */
	uint64_t window; /* of slot 0's page; 0: there is none */
};
_Static_assert(sizeof(struct pager_setup) == 64, "part of the ABI");

enum pager_request_kind {
	PAGER_PAGEIN = 1,
	PAGER_WRITEBACK,
	PAGER_DIRTY,
};

struct pager_request {
	uint16_t kind; /* enum pager_request_kind */
	uint16_t access;
	uint16_t slot;
	uint16_t count; /* pages: 1 */
	uint64_t key;	/* of the object */
	uint64_t index; /* of the page in it */
	uint64_t address;
};
_Static_assert(sizeof(struct pager_request) == 32, "part of the ABI");

enum pager_answer_kind {
	PAGER_SUPPLY = 1,
	PAGER_DONE,
	PAGER_FAIL,
	PAGER_REVOKE,
};

struct pager_answer {
	uint16_t kind; /* enum pager_answer_kind */
	uint16_t prot;
	uint16_t slot;
	uint16_t count;	 /* PAGER_REVOKE */
	uint64_t object; /* PAGER_REVOKE: a handle */
	uint64_t index;	 /* PAGER_REVOKE */
	int32_t error;	 /* PAGER_FAIL */
	int32_t result;	 /* the kernel's */
};
_Static_assert(sizeof(struct pager_answer) == 32, "part of the ABI");

struct pager_ring {
	/* The kernel's. */
	uint32_t requests_put;
	uint32_t answers_taken;
	uint32_t refused; /* answers, so far */
	uint32_t slots;
	uint32_t zero[12];
	/* The pager's. */
	uint32_t answers_put;
	uint32_t free[15];

	struct pager_request request[PAGER_RING];
	struct pager_answer answer[PAGER_RING];
};
_Static_assert(sizeof(struct pager_ring) == 128 + 2 * 32 * PAGER_RING,
	       "part of the ABI");

#endif
