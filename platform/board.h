/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * board.h - everything that the kernel wants to know of the machine, read once
 * from the devicetree.
 *
 * board_read() copies: nothing in a struct board points into the blob, so the
 * blob's memory may be used for something else afterwards. What is absent is
 * zero; what is there and makes no sense is an error, because a kernel that
 * guesses about memory destroys it.
 *
 * Addresses are physical, as the CPU sees them; ranges are [base, base+size),
 * in bytes, not rounded to pages.
 */
#ifndef PLATFORM_BOARD_H
#define PLATFORM_BOARD_H
#include "lib/types.h"
#include "platform/fdt.h"

#define BOARD_MEMORY   8
#define BOARD_RESERVED 16
#define BOARD_CPUS     8
#define BOARD_VIRTIO   8
#define BOARD_OWN      48 /* as many as 8 sockets of QEMU have */
#define BOARD_TEXT     64
#define BOARD_BOOTARGS 512

struct board_range {
	pa_t base;
	uint64_t size;
	bool no_map; /* reserved: must not even be in the linear map */
};

/* Extensions of a hart that the kernel makes use of. */
#define BOARD_ISA_F	  1u
#define BOARD_ISA_D	  2u
#define BOARD_ISA_ZICBOZ  4u
#define BOARD_ISA_SSTC	  8u
#define BOARD_ISA_SVPBMT  16u
#define BOARD_ISA_SVINVAL 32u

#define BOARD_NO_CONTEXT (~0u)

/* A hart with an MMU. Harts without one have no S-mode and do not count. */
struct board_cpu {
	uint64_t hartid;
	uint32_t isa;	       /* BOARD_ISA_* */
	uint32_t zero_block;   /* bytes that one cbo.zero clears, 0: unknown */
	uint32_t intc;	       /* phandle of its interrupt controller, or 0 */
	uint32_t plic_context; /* of its S-mode, or BOARD_NO_CONTEXT */
};

enum board_uart_kind { UART_NONE, UART_NS16550, UART_SIFIVE };

struct board_uart {
	enum board_uart_kind kind; /* NONE: only the firmware's console */
	pa_t base;
	uint32_t irq;	    /* PLIC source, 0: none */
	uint32_t reg_shift; /* register n lies at base + (n << reg_shift) */
	uint32_t reg_width; /* of an access, in bytes: 1, 2 or 4 */
};

struct board_plic {
	pa_t base; /* 0: no PLIC */
	uint64_t size;
	uint32_t sources; /* interrupt sources 1 .. sources */
};

struct board_virtio {
	pa_t base;
	uint64_t size;
	uint32_t irq; /* PLIC source, 0: none */
};

struct board {
	char model[BOARD_TEXT]; /* cut if longer */
	char bootargs[BOARD_BOOTARGS];
	uint64_t rng_seed; /* 0: the firmware gave none */

	unsigned memory_count, reserved_count, cpu_count, virtio_count;
	struct board_range memory[BOARD_MEMORY];     /* disjoint */
	struct board_range reserved[BOARD_RESERVED]; /* may overlap */
	struct board_cpu cpus[BOARD_CPUS];	     /* in FDT order */
	struct board_virtio virtio[BOARD_VIRTIO];    /* by address */
	unsigned memory_ignored, cpus_ignored;	     /* beyond the limits */

	pa_t initrd_start, initrd_end; /* equal: no initrd */
	uint64_t timebase;	       /* ticks of the time CSR a second */
	struct board_uart uart;
	struct board_plic plic;
	pa_t test_device; /* sifive,test0: power-off and exit code; 0: none */

	/* Registers that the kernel and the firmware drive, and no program. */
	unsigned own_count;
	struct board_range own[BOARD_OWN];
};

/*
 * Fills *b. 0, or -E_INVAL and in *why a literal text that says what is wrong,
 * such as "the devicetree has no memory node"; *b is then half filled.
 */
int board_read(struct board *b, const struct fdt *f, const char **why);

/*
 * Whether a page of [pa, pa + bytes) has registers that the kernel or the firmware
 * drives: of the PLIC, the timers and software interrupts (CLINT, ACLINT), the
 * test device. The console is not among them: its driver takes it over.
 */
bool board_drives(const struct board *b, pa_t pa, uint64_t bytes);

/* The hart with this id, or NULL: it has no MMU, or was one too many. */
struct board_cpu *board_find_cpu(struct board *b, uint64_t hartid);

#endif
