/* SPDX-License-Identifier: BSD-2-Clause */
/* interrupt.c - sie, sip, and the SBI calls that set them. */
#include "arch/interrupt.h"
#include "arch/riscv/csr.h"
#include "arch/riscv/sbi.h"
#include "arch/upcall.h"

uint64_t time_frequency;

void interrupt_enable(void)
{
	csr_clear(sstatus, SSTATUS_SPP | SSTATUS_SUM | SSTATUS_MXR |
				   SSTATUS_FS | SSTATUS_VS | SSTATUS_SIE);
	csr_set(sstatus, SSTATUS_SPIE);
	csr_write(scounteren, SCOUNTEREN_ALL);
	csr_write(sie, SIP_SSIP | SIP_STIP | SIP_SEIP);
}

void interrupt_poll(void)
{
	uint64_t pending = csr_read(sip);

	if (pending & SIP_SSIP) {
		csr_clear(sip, SIP_SSIP);
		/* What was queued before the IPI is seen from here on. */
		__asm__ volatile("fence iorw, iorw" : : : "memory");
		this_cpu()->ipis++;
	}
	if (pending & SIP_STIP)
		upcall_timer();
	if (pending & SIP_SEIP)
		upcall_external();
}

bool interrupt_is_pending(void)
{
	return csr_read(sip) & csr_read(sie);
}

/* wfi ends when an enabled interrupt is pending, also while sstatus.SIE=0. */
void interrupt_wait(void)
{
	__asm__ volatile("wfi" : : : "memory");
}

void interrupt_send(unsigned cpu)
{
	__asm__ volatile("fence iorw, iorw" : : : "memory");
	sbi_send_ipi(cpus[cpu].hartid);
}

/* S-mode may set SSIP (privileged spec, Supervisor Interrupt Registers). */
void interrupt_again(void)
{
	csr_set(sip, SIP_SSIP);
}

uint64_t time_now(void)
{
	return csr_read(time);
}

static bool has_stimecmp;

void interrupt_use_stimecmp(void)
{
	has_stimecmp = true;
}

void interrupt_timer_at(uint64_t when)
{
	if (has_stimecmp)
		hart_write_stimecmp(when);
	else
		sbi_set_timer(when);
}
