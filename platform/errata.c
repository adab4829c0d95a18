/* SPDX-License-Identifier: BSD-2-Clause */
/* errata.c - which cores have which. */
#include "platform/errata.h"

#define MARCH_U54 0x1ul
#define MARCH_U74 0x8000000000000007ul

bool errata_full_fences_only(const struct core_id *id)
{
	uint64_t impl = id->mimpid & 0xffffff;

	return id->mvendorid == VENDOR_SIFIVE &&
	       (id->marchid == MARCH_U74 || id->marchid == MARCH_U54) &&
	       impl <= 0x200630 && id->mimpid != 0x01200626;
}

bool errata_fetch_stval(const struct core_id *id)
{
	return id->mvendorid == VENDOR_SIFIVE && id->marchid == MARCH_U74 &&
	       id->mimpid >= 0x20181004 && id->mimpid <= 0x20191105;
}
