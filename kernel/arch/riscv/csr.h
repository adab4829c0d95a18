/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * csr.h - control and status registers, and the instructions that only a hart
 * can do. On the host (tests/host) the ones about translation are functions of
 * a model hart.
 */
#ifndef ARCH_RISCV_CSR_H
#define ARCH_RISCV_CSR_H
#include "lib/bits.h"
#include "lib/types.h"

/* satp: 63..60 MODE, 59..44 ASID, 43..0 PPN of the root table */
#define SATP_SV39	(8ul << 60)
#define SATP_ASID_SHIFT 44
#define SATP_ASID_MASK	(0xfffful << SATP_ASID_SHIFT)
#define SATP_PPN_MASK	((1ul << 44) - 1)

/* sstatus */
#define SSTATUS_SIE	 BIT(1)
#define SSTATUS_SPIE	 BIT(5)
#define SSTATUS_SPP	 BIT(8)
#define SSTATUS_VS	 (3ul << 9)  /* like FS; vectors are nobody's */
#define SSTATUS_FS	 (3ul << 13) /* 0 off, 1 initial, 2 clean, 3 dirty */
#define SSTATUS_FS_CLEAN (2ul << 13)
#define SSTATUS_SUM	 BIT(18)
#define SSTATUS_MXR	 BIT(19)

/* scounteren: user mode reads cycle, time, instret */
#define SCOUNTEREN_ALL 7

/* sie, sip: software, timer, external interrupt */
#define SIP_SSIP BIT(1)
#define SIP_STIP BIT(5)
#define SIP_SEIP BIT(9)

/* scause; an interrupt has the top bit set */
#define CAUSE_INTERRUPT	   BIT(63)
#define CAUSE_FETCH_ACCESS 1
#define CAUSE_ILLEGAL	   2
#define CAUSE_BREAKPOINT   3
#define CAUSE_USER_ECALL   8
#define CAUSE_FETCH_FAULT  12
#define CAUSE_LOAD_FAULT   13
#define CAUSE_STORE_FAULT  15

#ifndef QUIRE_HOST

#define csr_read(name)                                                       \
	({                                                                   \
		uint64_t v_;                                                 \
		__asm__ volatile("csrr %0, " #name : "=r"(v_) : : "memory"); \
		v_;                                                          \
	})
#define csr_write(name, v)                     \
	__asm__ volatile("csrw " #name ", %0"  \
			 :                     \
			 : "rK"((uint64_t)(v)) \
			 : "memory")
#define csr_set(name, v)                       \
	__asm__ volatile("csrs " #name ", %0"  \
			 :                     \
			 : "rK"((uint64_t)(v)) \
			 : "memory")
#define csr_clear(name, v)                     \
	__asm__ volatile("csrc " #name ", %0"  \
			 :                     \
			 : "rK"((uint64_t)(v)) \
			 : "memory")

static inline void hart_write_satp(uint64_t v)
{
	csr_write(satp, v);
}

static inline uint64_t hart_read_satp(void)
{
	return csr_read(satp);
}

static inline void hart_write_stimecmp(uint64_t v)
{
	csr_write(0x14d, v); /* Sstc; older assemblers lack its name */
}

/* SFENCE.VMA in its four forms; va alone and x0,x0 reach global leaves. */
static inline void hart_fence_all(void)
{
	__asm__ volatile("sfence.vma x0, x0" : : : "memory");
}

static inline void hart_fence_space(uint64_t asid)
{
	__asm__ volatile("sfence.vma x0, %0" : : "r"(asid) : "memory");
}

static inline void hart_fence_page(va_t va, uint64_t asid)
{
	__asm__ volatile("sfence.vma %0, %1" : : "r"(va), "r"(asid) : "memory");
}

static inline void hart_fence_page_global(va_t va)
{
	__asm__ volatile("sfence.vma %0, x0" : : "r"(va) : "memory");
}

/* Fetches from here on see what was stored before (FENCE.I). */
static inline void hart_sync_code(void)
{
	__asm__ volatile("fence.i" : : : "memory");
}

/* sstatus.SUM: supervisor loads and stores may use U pages. */
static inline void hart_allow_user(bool on)
{
	if (on)
		csr_set(sstatus, SSTATUS_SUM);
	else
		csr_clear(sstatus, SSTATUS_SUM);
}

#else

void hart_write_satp(uint64_t v);
uint64_t hart_read_satp(void);
void hart_fence_all(void);
void hart_fence_space(uint64_t asid);
void hart_fence_page(va_t va, uint64_t asid);
void hart_fence_page_global(va_t va);
void hart_allow_user(bool on);

static inline void hart_sync_code(void)
{
}

#endif

/*
 * The same fences on other harts (a mask of cpu indexes), done when it returns:
 * [lo, lo+len) of one ASID, of everything with len = ALL_ADDRESSES, or of every
 * ASID with asid = ALL_SPACES. By SBI RFENCE on the target.
 */
#define ALL_ADDRESSES (~0ul)
#define ALL_SPACES    (~0ul)
void harts_fence(uint64_t cpus, va_t lo, uint64_t len, uint64_t asid);

/* FENCE.I on other harts, done when it returns. By SBI RFENCE on the target. */
void harts_sync_code(uint64_t cpus);

#endif
