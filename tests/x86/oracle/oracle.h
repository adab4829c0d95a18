/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * oracle.h - what the 32-bit and the 64-bit test image share. Freestanding:
 * registers, one serial port, one way out.
 */
#ifndef TESTS_X86_ORACLE_H
#define TESTS_X86_ORACLE_H
#include "compat/x86.h"
#include <stddef.h>
#include <stdint.h>

#define CR0_WP	 (1u << 16)
#define CR0_PG	 (1u << 31)
#define CR4_PSE	 (1u << 4)
#define CR4_PAE	 (1u << 5)
#define CR4_PGE	 (1u << 7)
#define CR4_SMEP (1u << 20)
#define CR4_SMAP (1u << 21)
#define EFER	 0xc0000080u
#define EFER_NXE (1u << 11)
#define FLAGS_AC (1u << 18)

#define PWU (X86_P | X86_W | X86_U)

/* Where in a page reads and writes go, as in tests/x86/seq.h. */
#define READ_AT	 0x10u
#define WRITE_AT 0x20u

/* ---- boot32.S, boot64.S ------------------------------------------------ */

/* What the last probe() ended in. The assembly knows the order. */
struct trap {
	uintptr_t vector, error, ip, cr2, ax;
};
extern volatile struct trap trap;

/*
 * One access: goes to `stub` with `va` in cx, at ring 0 or 3, and comes back by
 * the trap that it ends in. int 0x80 (vector 128) means that it was made.
 */
void probe(uintptr_t stub, uintptr_t va, uintptr_t ring, uintptr_t flags);

/* The instructions, in a page of their own. */
extern uint8_t stub_r[], stub_w[], stub_x[], stub_page[];

/* ---- port.c ------------------------------------------------------------ */

void put_char(char c);
void put(const char *s);
void put_hex(uint64_t v, unsigned digits);
void serial_init(void);

/* Ends the run; the emulator's status is 33 (QEMU). */
__attribute__((noreturn)) void quit(void);

/* How far the access of `op` lies in its page. */
static inline uint32_t offset_of(char op)
{
	return op == 'R' ? READ_AT : op == 'W' ? WRITE_AT : 0;
}

static inline uint8_t *stub_of(char op)
{
	return op == 'R' ? stub_r : op == 'W' ? stub_w : stub_x;
}

/* As printed: the low 12 bits, NX as bit 12. */
static inline uint32_t flags_of(uint64_t e)
{
	return (uint32_t)(e & 0xfff) | (uint32_t)(e >> 63) << 12;
}

/* ---- registers --------------------------------------------------------- */

/* clang-format off */
#define REGISTER(name)                                                         \
	static inline uintptr_t read_##name(void)                              \
	{                                                                      \
		uintptr_t v;                                                   \
		__asm__ volatile("mov %%" #name ", %0" : "=r"(v));             \
		return v;                                                      \
	}                                                                      \
	static inline void write_##name(uintptr_t v)                           \
	{                                                                      \
		__asm__ volatile("mov %0, %%" #name : : "r"(v) : "memory");    \
	}
REGISTER(cr0)
REGISTER(cr3)
REGISTER(cr4)
/* clang-format on */

static inline void reload_cr3(void)
{
	write_cr3(read_cr3());
}

static inline void invlpg(uintptr_t va)
{
	__asm__ volatile("invlpg (%0)" : : "r"(va) : "memory");
}

static inline uint64_t read_msr(uint32_t msr)
{
	uint32_t a, d;

	__asm__ volatile("rdmsr" : "=a"(a), "=d"(d) : "c"(msr));
	return (uint64_t)d << 32 | a;
}

static inline void write_msr(uint32_t msr, uint64_t v)
{
	__asm__ volatile("wrmsr"
			 :
			 : "c"(msr), "a"((uint32_t)v),
			   "d"((uint32_t)(v >> 32)));
}

static inline void out(uint16_t port, uint8_t v)
{
	__asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static inline uint8_t in(uint16_t port)
{
	uint8_t v;

	__asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

/* Control bits but for paging itself; AC goes with the access. */
static inline void apply(const struct x86_ctl *c, int has_nx)
{
	uintptr_t cr4 = read_cr4() & ~(uintptr_t)(CR4_SMEP | CR4_SMAP);
	uintptr_t cr0 = read_cr0() & ~(uintptr_t)CR0_WP;

	cr4 |= (c->smep ? CR4_SMEP : 0) | (c->smap ? CR4_SMAP : 0);
	if (cr4 != read_cr4())
		write_cr4(cr4);
	write_cr0(c->wp ? cr0 | CR0_WP : cr0);
	if (has_nx)
		write_msr(EFER, (read_msr(EFER) & ~(uint64_t)EFER_NXE) |
					(c->nxe ? EFER_NXE : 0));
}

#endif
