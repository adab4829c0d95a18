/* SPDX-License-Identifier: BSD-2-Clause */
/* stubs.c - of the layers around mm what it needs on the host. */
#include "arch/interrupt.h"
#include "arch/page.h"
#include "mm/frame.h"
#include "mm/wait.h"
#include "tests/host/mm/machine.h"
#include "tests/test.h"

void page_zero(void *page)
{
	memset(page, 0, PAGE_SIZE);
}

void pages_zero(void *page, unsigned n)
{
	memset(page, 0, n * PAGE_SIZE);
}

void page_copy(void *to, const void *from)
{
	memcpy(to, from, PAGE_SIZE);
}

void interrupt_again(void)
{
}

void interrupt_send(unsigned cpu)
{
	(void)cpu;
}

void interrupt_poll(void)
{
}

unsigned upcall_priority(void)
{
	return 0;
}

void upcall_signal(struct kobject *notification, uint64_t bits)
{
	(void)notification;
	(void)bits;
}

/* ---- frames that go ------------------------------------------------------- */

/*
 * The linker leads who gives a frame back here first (--wrap): by then no TLB may
 * lead to it. What happens between that and the flush no sequence of operations
 * shows, but another hart, which may have the frame by then, does.
 */
void __real_frame_put(struct frame *f);
void __wrap_frame_put(struct frame *f);
void __real_frame_put_chain(uint32_t chain);
void __wrap_frame_put_chain(uint32_t chain);

/* Of an old generation of ASIDs a TLB may keep what it can use no more. */
static void check_forgotten(const struct frame *f)
{
	bool any_asid = !machine_rollovers();

	for (uint64_t i = 0; f->refs == 1 && i < 1ul << f->order; i++)
		CHECK(!harts_keep(frame_pa(f + i), any_asid));
}

void __wrap_frame_put(struct frame *f)
{
	check_forgotten(f);
	__real_frame_put(f);
}

void __wrap_frame_put_chain(uint32_t chain)
{
	for (uint32_t n = chain; n; n = frame_records[n - 1].next)
		check_forgotten(&frame_records[n - 1]);
	__real_frame_put_chain(chain);
}
