/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sbi.h - calls to the firmware below us (RISC-V SBI specification 1.0, and
 * DBCN of 2.0). Each function names its extension; errors are SBI's, negative.
 */
#ifndef ARCH_RISCV_SBI_H
#define ARCH_RISCV_SBI_H
#include "lib/types.h"

struct sbi_result {
	long error, value;
};

/* Probes extensions; before any other function but sbi_console_write(). */
void sbi_init(void);

/* DBCN, or the legacy console where there is none. Works at any time. */
void sbi_console_write(const char *s, size_t n);
int sbi_console_read(void); /* a byte, or -1 */

int sbi_hart_start(uint64_t hartid, pa_t entry, uint64_t opaque); /* HSM */
void sbi_send_ipi(uint64_t hartid);				  /* IPI */
void sbi_set_timer(uint64_t time);				  /* TIME */
void sbi_system_off(bool failed); /* SRST; returns if it is not done */
bool sbi_has_remote_fence(void);  /* RFENCE */

struct sbi_machine {
	uint64_t mvendorid, marchid, mimpid; /* BASE */
	long spec_version, impl_id, impl_version;
	bool dbcn;
};
extern struct sbi_machine sbi_machine;

#endif
