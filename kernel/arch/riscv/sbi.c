/* SPDX-License-Identifier: BSD-2-Clause */
/* sbi.c - the SBI calls, one function each. */
#include "arch/riscv/sbi.h"
#include "arch/cpu.h"
#include "arch/riscv/csr.h"
#include "lib/assert.h"

#define EXT_BASE	   0x10
#define EXT_TIME	   0x54494d45
#define EXT_IPI		   0x735049
#define EXT_RFENCE	   0x52464e43
#define EXT_HSM		   0x48534d
#define EXT_SRST	   0x53525354
#define EXT_DBCN	   0x4442434e
#define LEGACY_SET_TIMER   0
#define LEGACY_PUTCHAR	   1
#define LEGACY_GETCHAR	   2
#define RFENCE_I	   0
#define RFENCE_VMA	   1
#define RFENCE_VMA_ASID	   2
#define SRST_SHUTDOWN	   0
#define SRST_COLD_REBOOT   1
#define SRST_REASON_FAILED 1

struct sbi_machine sbi_machine;
static bool has_time, has_ipi, has_rfence, has_hsm, has_srst;

/* SBI spec, "Binary Encoding": a7 extension, a6 function, a0.. arguments. */
static struct sbi_result call(long ext, long fn, uint64_t x0, uint64_t x1,
			      uint64_t x2, uint64_t x3, uint64_t x4)
{
	register uint64_t a0 __asm__("a0") = x0;
	register uint64_t a1 __asm__("a1") = x1;
	register uint64_t a2 __asm__("a2") = x2;
	register uint64_t a3 __asm__("a3") = x3;
	register uint64_t a4 __asm__("a4") = x4;
	register long a6 __asm__("a6") = fn;
	register long a7 __asm__("a7") = ext;

	__asm__ volatile("ecall"
			 : "+r"(a0), "+r"(a1)
			 : "r"(a2), "r"(a3), "r"(a4), "r"(a6), "r"(a7)
			 : "memory");
	return (struct sbi_result){(long)a0, (long)a1};
}

INIT static long base(long fn, uint64_t arg)
{
	return call(EXT_BASE, fn, arg, 0, 0, 0, 0).value;
}

INIT void sbi_init(void)
{
	sbi_machine = (struct sbi_machine){
		.spec_version = base(0, 0),
		.impl_id = base(1, 0),
		.impl_version = base(2, 0),
		.mvendorid = (uint64_t)base(4, 0),
		.marchid = (uint64_t)base(5, 0),
		.mimpid = (uint64_t)base(6, 0),
		.dbcn = base(3, EXT_DBCN) != 0,
	};
	has_time = base(3, EXT_TIME) != 0;
	has_ipi = base(3, EXT_IPI) != 0;
	has_rfence = base(3, EXT_RFENCE) != 0;
	has_hsm = base(3, EXT_HSM) != 0;
	has_srst = base(3, EXT_SRST) != 0;
}

bool sbi_has_remote_fence(void)
{
	return has_rfence;
}

/* DBCN wants a physical address; a byte at a time it needs none. */
void sbi_console_write(const char *s, size_t n)
{
	for (; n > 0; n--, s++) {
		if (sbi_machine.dbcn)
			call(EXT_DBCN, 2, (uint8_t)*s, 0, 0, 0, 0);
		else
			call(LEGACY_PUTCHAR, 0, (uint8_t)*s, 0, 0, 0, 0);
	}
}

int sbi_console_read(void)
{
	long c = call(LEGACY_GETCHAR, 0, 0, 0, 0, 0, 0).error;

	return c >= 0 && c < 256 ? (int)c : -1;
}

INIT int sbi_hart_start(uint64_t hartid, pa_t entry, uint64_t opaque)
{
	if (!has_hsm)
		return -1;
	return (int)call(EXT_HSM, 0, hartid, entry, opaque, 0, 0).error;
}

void sbi_send_ipi(uint64_t hartid)
{
	if (has_ipi)
		call(EXT_IPI, 0, 1, hartid, 0, 0, 0);
}

void sbi_set_timer(uint64_t time)
{
	if (has_time)
		call(EXT_TIME, 0, time, 0, 0, 0, 0);
	else
		call(LEGACY_SET_TIMER, 0, time, 0, 0, 0, 0);
}

void sbi_system_off(bool failed)
{
	if (!has_srst)
		return;
	call(EXT_SRST, 0, SRST_SHUTDOWN, failed ? SRST_REASON_FAILED : 0, 0, 0,
	     0);
	call(EXT_SRST, 0, SRST_COLD_REBOOT, failed ? SRST_REASON_FAILED : 0, 0,
	     0, 0);
}

/*
 * SBI spec, "RFENCE Extension": done on every hart named when it returns. A
 * mask has 64 hart ids from a base; ours are spread, so one call a window.
 */
static void each_window(uint64_t mask, long fn, va_t lo, uint64_t len,
			uint64_t asid)
{
	assert(has_rfence);
	while (mask) {
		uint64_t first = cpus[bit_lowest(mask)].hartid, ids = 0;
		uint64_t window = round_down(first, 64);
		struct sbi_result r;

		for (unsigned i = 0; i < MAX_HARTS; i++)
			if ((mask & BIT(i)) &&
			    round_down(cpus[i].hartid, 64) == window) {
				ids |= BIT(cpus[i].hartid - window);
				mask &= ~BIT(i);
			}
		r = call(EXT_RFENCE, fn, ids, window, lo, len, asid);
		assert(r.error == 0); /* or a frame is reused too early */
	}
}

void harts_fence(uint64_t mask, va_t lo, uint64_t len, uint64_t asid)
{
	if (asid == ALL_SPACES)
		each_window(mask, RFENCE_VMA, lo, len, 0);
	else
		each_window(mask, RFENCE_VMA_ASID, lo, len, asid);
}

void harts_sync_code(uint64_t mask)
{
	each_window(mask, RFENCE_I, 0, 0, 0);
}
