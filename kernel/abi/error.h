/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * error.h - the one list of errors.
 *
 * A call that fails returns the negative of one of these; 0 or a positive
 * value is success. The numbers are those of the Linux riscv64 ABI, so that a
 * personality passes them on unchanged; the names carry an underscore so that
 * they never meet a C library's <errno.h>, whose numbers may differ.
 */
#ifndef ABI_ERROR_H
#define ABI_ERROR_H

enum {
	E_PERM = 1,	  /* the handle lacks the right, or it may not be */
	E_NOENT = 2,	  /* nothing by that name */
	E_INTR = 4,	  /* the wait was broken off: the thread was stopped */
	E_IO = 5,	  /* the device or the pager failed */
	E_NOEXEC = 8,	  /* not a program that can run here */
	E_BADF = 9,	  /* no such handle */
	E_AGAIN = 11,	  /* would wait */
	E_NOMEM = 12,	  /* no frame, or a limit is reached */
	E_ACCES = 13,	  /* the mapping does not permit the access */
	E_FAULT = 14,	  /* a bad user address */
	E_BUSY = 16,	  /* in use */
	E_EXIST = 17,	  /* something is there already */
	E_INVAL = 22,	  /* an argument makes no sense */
	E_MFILE = 24,	  /* the handle table is full */
	E_RANGE = 34,	  /* a result does not fit */
	E_NOSYS = 38,	  /* no such call */
	E_TYPE = 91,	  /* the handle names another kind of object */
	E_PEER = 104,	  /* who should have answered is gone */
	E_TIMEDOUT = 110, /* the deadline has passed */
	E_STALE = 116,	  /* the handle was closed, or its object has ended */
	E_CANCELED = 125, /* the wait was cancelled */
};

/*
 * Not an error: the thread must wait and the whole operation starts again
 * from the top when it is woken. Never seen by a user program.
 */
#define E_WAIT 2047

/*
 * Nor is this: a step of a long operation is done, interrupts and more urgent
 * threads come first, and then the call is made again with what it has left in
 * the argument registers.
 */
#define E_STEP 2048

#endif
