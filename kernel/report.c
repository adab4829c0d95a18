/* SPDX-License-Identifier: BSD-2-Clause */
/* report.c - traps in words, for a person. */
#include "abi/error.h"
#include "arch/mmu.h"
#include "arch/riscv/csr.h"
#include "compat/view.h"
#include "kernel.h"
#include "lib/log.h"
#include "lib/text.h"
#include "task/task.h"
#include "task/thread.h"
#include <stdio.h>

/* Privileged spec, "Supervisor cause register values after trap". */
static const char causes[] = "instruction address misaligned\0"
			     "instruction access fault\0"
			     "illegal instruction\0"
			     "breakpoint\0"
			     "load address misaligned\0"
			     "load access fault\0"
			     "store/AMO address misaligned\0"
			     "store/AMO access fault\0"
			     "environment call from U-mode\0"
			     "environment call from S-mode\0"
			     "\0"
			     "\0"
			     "instruction page fault\0"
			     "load page fault\0"
			     "\0"
			     "store page fault";
#define CAUSES 16

/* Those of machine mode are between them. */
static const char interrupts[] = "\0"
				 "software interrupt\0\0\0\0"
				 "timer interrupt\0\0\0\0"
				 "external interrupt";
#define INTERRUPTS 10

const char *cause_name(uint64_t scause)
{
	uint64_t n = scause & ~CAUSE_INTERRUPT;
	bool interrupt = scause != n;
	const char *name = "";

	if (n < (interrupt ? INTERRUPTS : CAUSES))
		name = text_nth(interrupt ? interrupts : causes, (unsigned)n);
	return *name ? name : NULL;
}

/*
 * What an x86 in 64-bit mode would raise, and with what: #PF with its error
 * code and CR2; #GP for what is no address there either.
 */
static void x86_words(char *to, size_t n, struct space *s, uint64_t scause,
		      uint64_t stval)
{
	static const char vectors[8][4] = {"#GP", "#GP", "#UD", "#BP",
					   "#AC", "#GP", "#AC", "#GP"};
	enum x86_op op = scause == CAUSE_FETCH_FAULT  ? X86_EXEC
			 : scause == CAUSE_LOAD_FAULT ? X86_READ
						      : X86_WRITE;
	uint64_t top = stval >> 47;

	if (!cause_is_page_fault(scause))
		snprintf(to, n, "%s",
			 scause < ARRAY_LEN(vectors) ? vectors[scause] : "-");
	else if (top != 0 && top != 0x1ffff)
		snprintf(to, n, "#GP 0x0, not canonical");
	else
		snprintf(to, n, "#PF 0x%x, CR2 0x%lx",
			 (unsigned)x86_view_error(&s->mmu, stval, op, true),
			 (unsigned long)stval);
}

void report_user_fault(const struct thread *t, const struct trap_frame *frame,
		       uint64_t scause, uint64_t stval, int err)
{
	const char *name = cause_name(scause);
	char x86[48];

	if (scause == CAUSE_USER_ECALL) {
		log_print("%s: no such call: %lu (a7), pc 0x%lx\n",
			  t->task->name, (unsigned long)stval,
			  (unsigned long)frame->pc);
		return;
	}
	x86_words(x86, sizeof(x86), t->task->space, scause, stval);
	log_print("%s: %s (%lu) at 0x%lx pc 0x%lx (x86: %s)%s\n", t->task->name,
		  name ? name : "reserved cause", (unsigned long)scause,
		  (unsigned long)stval, (unsigned long)frame->pc, x86,
		  err == -E_NOMEM ? ": no memory left" : "");
}
