/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * handler.h - the kernel speaks for a thread that did what nothing permits: it
 * calls the task's handler endpoint in the thread's name (abi/handler.h).
 */
#ifndef IPC_HANDLER_H
#define IPC_HANDLER_H
#include "lib/types.h"

/*
 * The current thread is parked until the answer. False: the task has no handler,
 * or it is gone; then nothing has happened.
 */
bool handler_call(uint64_t scause, uint64_t stval, int why);

#endif
