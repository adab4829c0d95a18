/* SPDX-License-Identifier: BSD-2-Clause */
/* machine.c - frames, and accesses with their faults handled. */
#include "tests/unit/compat/machine.h"
#include "arch/layout.h"
#include "arch/upcall.h"
#include "compat/entry.h"
#include "tests/test.h"
#include "tests/unit/probe.h"

#define FRAMES	24
#define RETRIES 4 /* A and D, then a stale leaf, then a stale pointer */

static pa_t frames[FRAMES];
static unsigned frame_count;
static uint32_t code_frame;
unsigned machine_retries;

static uint64_t *word_at(uint32_t frame, uint32_t offset)
{
	return (uint64_t *)((char *)machine_at(frame) + offset);
}

static bool close(void)
{
	x86_exit();
	while (frame_count > 0)
		upcall_table_free(frames[--frame_count]);
	return machine_stop();
}

void machine_begin(unsigned mode)
{
	if (frame_count > 0)
		close(); /* a test before this one failed */
	CHECK(x86_init(machine_start(mode)));
	code_frame = machine_frame(0);
	machine_copy_code(machine_at(code_frame));
}

void machine_end(void)
{
	CHECK(close());
}

uint32_t machine_frame(uint64_t magic)
{
	pa_t pa = upcall_table_alloc();
	uint32_t frame = (uint32_t)(pa - x86_base);

	CHECK(pa && frame_count < FRAMES);
	CHECK(pa - x86_base < 4 * GiB);
	frames[frame_count++] = pa;
	*word_at(frame, 0) = PROBE_STOP;
	*word_at(frame, MACHINE_READ_AT) = magic;
	return frame;
}

void *machine_at(uint32_t frame)
{
	return pa_to_va(x86_base + frame);
}

uint64_t machine_magic(uint32_t frame)
{
	return *word_at(frame, MACHINE_READ_AT);
}

struct pagedir *machine_pagedir(void)
{
	struct pagedir *pd = pagedir_create();

	CHECK(pd);
	CHECK(x86_set_pde(pd, MACHINE_CODE, X86_P | X86_W | X86_U));
	CHECK(x86_set_pte(pd, MACHINE_CODE,
			  code_frame | X86_P | X86_U | X86_A | X86_D));
	return pd;
}

uint32_t machine_code_frame(void)
{
	return code_frame;
}

static enum machine_verdict moved(enum x86_op op, uint32_t va, uint32_t frame,
				  const struct machine_trap *t)
{
	if (op == X86_READ && t->value != machine_magic(frame))
		return MACHINE_WRONG;
	if (op == X86_WRITE && *word_at(frame, MACHINE_WRITE_AT) != va)
		return MACHINE_WRONG;
	return MACHINE_OK;
}

enum machine_verdict machine_access(enum x86_op op, bool user, uint32_t page,
				    uint32_t frame, struct x86_pf *pf)
{
	uint32_t va = page + (op == X86_READ	? MACHINE_READ_AT
			      : op == X86_WRITE ? MACHINE_WRITE_AT
						: 0);

	*word_at(frame, MACHINE_WRITE_AT) = 0;
	for (machine_retries = 0; machine_retries < RETRIES;
	     machine_retries++) {
		struct machine_trap t;

		machine_try(op, user, va, &t);
		if (t.odd || (t.faulted && t.stval != va))
			return MACHINE_WRONG;
		if (!t.faulted)
			return moved(op, va, frame, &t);
		switch (x86_page_fault(op, user, machine_sum(), t.stval, pf)) {
		case X86_PF_DELIVER:
			return pf->cr2 == va && x86_read_cr2() == va
				       ? MACHINE_FAULT
				       : MACHINE_WRONG;
		case X86_PF_NATIVE:
			return MACHINE_NATIVE;
		case X86_PF_RETRY:
			break;
		}
	}
	return MACHINE_LOOP;
}
