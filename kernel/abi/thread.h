/* SPDX-License-Identifier: BSD-2-Clause */
/* thread.h - what a program says and learns about tasks and threads. */
#ifndef ABI_THREAD_H
#define ABI_THREAD_H
#include <stdint.h>

#define PRIORITIES	 32u /* 31 is the most urgent */
#define PRIORITY_DEFAULT 16u

/* thread_control() */
enum thread_operation {
	THREAD_START,  /* a new or a stopped thread goes on */
	THREAD_STOP,   /* it stops; a wait ends with -E_INTR */
	THREAD_CANCEL, /* its wait, if there is one, ends with -E_CANCELED */
	THREAD_END,    /* it ends */
};

/* thread_registers() */
enum registers_operation {
	REGISTERS_READ, /* struct registers (abi/handler.h) */
	REGISTERS_WRITE,
	REGISTERS_READ_FLOAT, /* struct float_registers */
	REGISTERS_WRITE_FLOAT,
};

struct float_registers {
	uint64_t f[32];
	uint64_t fcsr;
};

/* What a thread is doing. */
enum thread_activity {
	THREAD_IS_NEW,
	THREAD_IS_READY,
	THREAD_IS_RUNNING,
	THREAD_IS_STOPPED,
	THREAD_WAITS_SEND,    /* for somebody to receive */
	THREAD_WAITS_REPLY,   /* for the reply */
	THREAD_WAITS_RECEIVE, /* for a message */
	THREAD_WAITS_BITS,    /* for a notification, or for time to pass */
	THREAD_WAITS_COPY,    /* while its buffer is being copied */
	THREAD_WAITS_PAGE,    /* for a pager */
};

struct thread_info {
	uint64_t name;	   /* as given to thread_create() */
	uint32_t activity; /* enum thread_activity */
	uint8_t priority;  /* now: its own, or one that was donated */
	uint8_t own_priority;
	uint8_t hart;  /* where it ran last */
	uint8_t harts; /* mask of where it may run */
};
_Static_assert(sizeof(struct thread_info) == 16, "part of the ABI");

/* handle_watch(): how many notifications are told of an end. */
#define TASK_WATCHERS	4u
#define THREAD_WATCHERS 2u

#define TASK_NAME_MAX 31

struct task_info {
	char name[TASK_NAME_MAX + 1];
	uint32_t threads; /* that have not ended */
	uint32_t ended;	  /* 1: it has; then status and fault are set */
	int32_t status;
	uint32_t fault;	  /* scause that ended it, 0: none */
	uint64_t handles; /* in its table */
	uint64_t kernel;  /* bytes of the kernel's memory that it takes: tables,
			      handles, threads */
};

#endif
