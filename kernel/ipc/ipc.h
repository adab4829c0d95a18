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
 * The fast path of ipc_call and ipc_reply_receive, straight from the trap: the
 * frame of the thread that goes on; or, whatever is not as it should be,
 * `otherwise` of the same frame, nothing having happened.
 */
typedef struct trap_frame *trap_fn(struct trap_frame *frame);
struct trap_frame *ipc_fast_call(struct trap_frame *frame, trap_fn *otherwise);
struct trap_frame *ipc_fast_reply_receive(struct trap_frame *frame,
					  trap_fn *otherwise);

struct endpoint;

/*
 * The kernel calls in the current thread's name, by the fast path: true if it
 * was one, and the receiver is current now.
 */
bool ipc_fast_handler(struct endpoint *ep, uint64_t badge);

/*
 * For thread.resume: the receiving half of ipc_reply_receive(), after the bytes
 * of the reply have been copied.
 */
void ipc_resume_receive(struct thread *t);

#endif
