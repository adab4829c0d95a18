/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ipc.h - the message calls, whole: the fast path first, and the other for every
 * doubt. Each acts for the current thread, `arg` being its a0..a7, and gives
 * what goes into a0 (abi/ipc.h, abi/calls.h).
 */
#ifndef IPC_IPC_H
#define IPC_IPC_H
#include "task/thread.h"

long ipc_call(const uint64_t *arg);
long ipc_send(const uint64_t *arg);
long ipc_receive(const uint64_t *arg);
long ipc_reply(const uint64_t *arg);
long ipc_reply_receive(const uint64_t *arg);

/*
 * For thread.resume: the receiving half of ipc_reply_receive(), after the bytes
 * of the reply have been copied.
 */
void ipc_resume_receive(struct thread *t);

#endif
