/* SPDX-License-Identifier: BSD-2-Clause */
/* report.c - traps in words, for a person. */
#include "abi/error.h"
#include "arch/mmu.h"
#include "arch/riscv/csr.h"
#include "compat/view.h"
#include "kernel.h"
#include "lib/log.h"
#include "task/task.h"
#include "task/thread.h"
#include <stdio.h>

/* Privileged spec, "Supervisor cause register values after trap". */
static const char *const causes[] = {
	"instruction address misaligned",
	"instruction access fault",
	"illegal instruction",
	"breakpoint",
	"load address misaligned",
	"load access fault",
	"store/AMO address misaligned",
	"store/AMO access fault",
	"environment call from U-mode",
	"environment call from S-mode",
	NULL,
	NULL,
	"instruction page fault",
	"load page fault",
	NULL,
	"store page fault",
};

static const char *const interrupts[] = {
	NULL, "software interrupt", NULL, NULL,
	NULL, "timer interrupt",    NULL, NULL,
	NULL, "external interrupt",
};

const char *cause_name(uint64_t scause)
{
	uint64_t n = scause & ~CAUSE_INTERRUPT;

	if (scause & CAUSE_INTERRUPT)
		return n < ARRAY_LEN(interrupts) ? interrupts[n] : NULL;
	return n < ARRAY_LEN(causes) ? causes[n] : NULL;
}

/*
 * What an x86 in 64-bit mode would raise, and with what: #PF with its error
 * code and CR2; #GP for what is no address there either.
 */
static void x86_words(char *to, size_t n, struct space *s, uint64_t scause,
		      uint64_t stval)
{
	static const char *const vectors[] = {
		[0] = "#GP", [1] = "#GP", [2] = "#UD", [3] = "#BP",
		[4] = "#AC", [5] = "#GP", [6] = "#AC", [7] = "#GP",
	};
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
