/* SPDX-License-Identifier: BSD-2-Clause */
/* rig.c - frames, and accesses with their faults handled. */
#include "tests/unit/compat/rig.h"
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
unsigned rig_retries;

static uint64_t *word_at(uint32_t frame, uint32_t offset)
{
	return (uint64_t *)((char *)rig_at(frame) + offset);
}

static bool close(void)
{
	x86_exit();
	while (frame_count > 0)
		upcall_table_free(frames[--frame_count]);
	return rig_stop();
}

void rig_begin(unsigned mode)
{
	if (frame_count > 0) {
		rig_others_leave();
		close(); /* a test before this one failed */
	}
	CHECK(x86_init(rig_start(mode)));
	code_frame = rig_frame(0);
	rig_copy_code(rig_at(code_frame));
}

void rig_end(void)
{
	CHECK(close());
}

uint32_t rig_frame(uint64_t magic)
{
	pa_t pa = upcall_table_alloc();
	uint32_t frame = (uint32_t)(pa - x86_base);

	CHECK(pa && frame_count < FRAMES);
	CHECK(pa - x86_base < 4 * GiB);
	frames[frame_count++] = pa;
	*word_at(frame, 0) = PROBE_STOP;
	*word_at(frame, RIG_READ_AT) = magic;
	return frame;
}

void *rig_at(uint32_t frame)
{
	return pa_to_va(x86_base + frame);
}

uint64_t rig_magic(uint32_t frame)
{
	return *word_at(frame, RIG_READ_AT);
}

struct pagedir *rig_pagedir(void)
{
	struct pagedir *pd = pagedir_create();

	CHECK(pd);
	CHECK(x86_set_pde(pd, RIG_CODE, X86_P | X86_W | X86_U));
	CHECK(x86_set_pte(pd, RIG_CODE,
			  code_frame | X86_P | X86_U | X86_A | X86_D));
	return pd;
}

uint32_t rig_code_frame(void)
{
	return code_frame;
}

static enum rig_verdict moved(enum x86_op op, uint32_t va, uint32_t frame,
			      const struct rig_trap *t)
{
	if (op == X86_READ && t->value != rig_magic(frame))
		return RIG_WRONG;
	if (op == X86_WRITE && *word_at(frame, RIG_WRITE_AT) != va)
		return RIG_WRONG;
	return RIG_OK;
}

enum rig_verdict rig_access(enum x86_op op, bool user, uint32_t page,
			    uint32_t frame, struct x86_pf *pf)
{
	uint32_t va = page + (op == X86_READ	? RIG_READ_AT
			      : op == X86_WRITE ? RIG_WRITE_AT
						: 0);

	*word_at(frame, RIG_WRITE_AT) = 0;
	for (rig_retries = 0; rig_retries < RETRIES; rig_retries++) {
		struct rig_trap t;

		rig_try(op, user, va, &t);
		if (t.odd || (t.faulted && t.stval != va))
			return RIG_WRONG;
		if (!t.faulted)
			return moved(op, va, frame, &t);
		switch (x86_page_fault(op, user, rig_sum(), t.stval, pf)) {
		case X86_PF_DELIVER:
			return pf->cr2 == va && x86_read_cr2() == va
				       ? RIG_FAULT
				       : RIG_WRONG;
		case X86_PF_NATIVE:
			return RIG_NATIVE;
		case X86_PF_RETRY:
			break;
		}
	}
	return RIG_LOOP;
}
