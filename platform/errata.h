/* SPDX-License-Identifier: BSD-2-Clause */
/* errata.h - faults of particular cores, by their identification registers. */
#ifndef PLATFORM_ERRATA_H
#define PLATFORM_ERRATA_H
#include <stdbool.h>
#include <stdint.h>

#define VENDOR_SIFIVE 0x489

struct core_id {
	uint64_t mvendorid, marchid, mimpid;
};

/*
 * SiFive CIP-1200: an SFENCE.VMA with an address or an ASID may miss; only
 * x0, x0 can be trusted.
 */
bool errata_full_fences_only(const struct core_id *id);

/*
 * SiFive CIP-453: stval of an instruction page fault or access fault is not
 * sign-extended from bit 38.
 */
bool errata_fetch_stval(const struct core_id *id);

#endif
