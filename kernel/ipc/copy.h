/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * copy.h - bytes from a sender's buffer into a receiver's.
 *
 * The receiver does it, as itself, in its own space: its page faults are its
 * own, and the sender's pages are brought as if the sender had touched them. At
 * most a page is moved at a time; between two the sender can be cancelled, and
 * interrupts are looked at. What is not there when it breaks off is cut; whose
 * fault that was, abi/ipc.h says how the receiver learns.
 */
#ifndef IPC_COPY_H
#define IPC_COPY_H
#include "task/thread.h"

/*
 * `to` will copy from `from`, both owned: its `resume` is copy_go() now, and the
 * caller lets `from` wait with `to->copy.from.wait`.
 */
void copy_begin(struct thread *from, struct thread *to);

/* Goes on with it; `t` is current. For thread.resume, too. */
void copy_go(struct thread *t);

#endif
