/* SPDX-License-Identifier: BSD-2-Clause */
/* fpu.c - sstatus.FS: off, initial, clean, dirty (privileged spec, 3.1.6.6). */
#include "arch/fpu.h"
#include "arch/riscv/csr.h"

bool fpu_present;

void fpu_store_all(struct fpu_state *to);
void fpu_load_all(const struct fpu_state *from);

static void set_field(uint64_t fs)
{
	csr_clear(sstatus, SSTATUS_FS);
	csr_set(sstatus, fs);
}

void fpu_set(bool on)
{
	set_field(on ? SSTATUS_FS_CLEAN : 0);
}

bool fpu_is_on(void)
{
	return csr_read(sstatus) & SSTATUS_FS;
}

bool fpu_is_dirty(void)
{
	return (csr_read(sstatus) & SSTATUS_FS) == SSTATUS_FS;
}

void fpu_save(struct fpu_state *to)
{
	fpu_store_all(to);
	set_field(SSTATUS_FS_CLEAN);
}

void fpu_load(const struct fpu_state *from)
{
	set_field(SSTATUS_FS_CLEAN); /* the loads need it on */
	fpu_load_all(from);
	set_field(SSTATUS_FS_CLEAN);
}
