/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine.h - the machine that the real kernel/mm runs on in the reference model:
 * RAM, harts with hostile TLBs (tests/host/hart.h), and what they run.
 *
 *	physical address      what
 *	0x80000000            "the image": early tables, given to the frames
 *	  + 24 pages          the zero page
 *	  + 25 pages          the archive: ARCHIVE_PAGES that exist
 *	  + 25 + ARCHIVE_PAGES free RAM, up to RAM_PAGES
 *	  + RAM_PAGES         registers, DEVICE_PAGES: no RAM
 *
 * What a hart does it does as a whole: operations of the kernel do not overlap
 * here (the Spin models and the stress programs are about that).
 */
#ifndef TESTS_HOST_MM_MACHINE_H
#define TESTS_HOST_MM_MACHINE_H
#include "mm/space.h"
#include "tests/host/hart.h"

#define RAM_BASE      0x80000000ul
#define RAM_PAGES     2048u
#define IMAGE_PAGES   24u
#define ARCHIVE_PAGES 8u
#define ARCHIVE_BASE  (RAM_BASE + (IMAGE_PAGES + 1) * PAGE_SIZE)
#define DEVICE_PAGES  4u
#define DEVICE_BASE   (RAM_BASE + RAM_PAGES * PAGE_SIZE)

struct machine_kind {
	const char *name;
	unsigned stale; /* percent: tests/host/hart.h */
	unsigned asid_bits;
	bool sets_ad, soft_ad, errata;
};

/* Once; later calls do nothing. */
void machine_build(void);

/* Harts as after boot, all on the kernel's tables. */
void machine_begin(const struct machine_kind *kind);

/* Generations of ASIDs that have begun since. */
uint64_t machine_rollovers(void);

/* Every hart leaves the tables it is on; all that ended is reclaimed. */
void machine_end(void);

/* The hart that acts from now on, until told otherwise: its number. */
unsigned machine_hart(void);
void machine_use(unsigned hart);

/* The hart that acts runs in `s` from now on. */
void machine_run(struct space *s);

/* Which space that hart runs in; NULL: none, whatever its tables are. */
struct space *machine_space(unsigned hart);

/* No thread runs in the space any more; harts keep its tables for a while. */
void machine_leave(const struct space *s);

/* The hart that acts has left the kernel once, and does a step of what ends. */
void machine_quiet(void);

/* All that is ending has ended. Its memory may still wait for harts. */
void machine_end_all(void);

/*
 * The next operation meets memory running out after `n` more allocations, of
 * frames or of structures; -1: not. Whether an operation may fail so.
 */
void machine_fail_after(long n, bool structures);
bool machine_may_fail(void);

/* Of RAM only so many frames are left free, or no more are taken away: UINT64_MAX. */
void machine_squeeze(uint64_t frames);

/* The clock goes on, so many steps, as if memory were short. */
void machine_reclaim(unsigned steps);

/* The same before each fault from now on, or not. */
void machine_reclaim_at_faults(bool always);

/*
 * The hart that acts accesses `va` as a program does, faulting and trying again:
 * 0 and *word is where the word lies, or the fault's error.
 */
int machine_access(va_t va, unsigned access, uint64_t **word);

#endif
