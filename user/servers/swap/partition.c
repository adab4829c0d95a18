/* SPDX-License-Identifier: BSD-2-Clause */
#include "partition.h"
#include <abi/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct search {
	partition_read *read;
	void *context;
	uint64_t sectors; /* of the disk */
	struct partition *to;
	unsigned count;
};

static void found(struct search *s, unsigned number, uint64_t first,
		  uint64_t sectors)
{
	if (first == 0 || sectors == 0 || first >= s->sectors ||
	    sectors > s->sectors - first || s->count == PARTITIONS_MAX)
		return;
	s->to[s->count++] = (struct partition){number, first, sectors};
}

/* ---- MBR ------------------------------------------------------------------ */

struct mbr_entry {
	uint8_t status;
	uint8_t start_chs[3];
	uint8_t type;
	uint8_t end_chs[3];
	uint8_t first[4], sectors[4]; /* little endian, not aligned */
};
_Static_assert(sizeof(struct mbr_entry) == 16, "MBR");

struct mbr {
	uint8_t code[446];
	struct mbr_entry entry[4];
	uint8_t signature[2];
};
_Static_assert(sizeof(struct mbr) == PARTITION_SECTOR, "MBR");

enum {
	TYPE_EXTENDED = 0x05,
	TYPE_EXTENDED_LBA = 0x0f,
	TYPE_EXTENDED_LINUX = 0x85,
	TYPE_GPT = 0xee,
};
#define LOGICAL_FIRST 5u

static uint32_t number_of(const uint8_t b[4])
{
	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
	       (uint32_t)b[3] << 24;
}

static bool is_extended(const struct mbr_entry *e)
{
	return e->type == TYPE_EXTENDED || e->type == TYPE_EXTENDED_LBA ||
	       e->type == TYPE_EXTENDED_LINUX;
}

static bool is_mbr(const struct mbr *m)
{
	unsigned used = 0;

	if (m->signature[0] != 0x55 || m->signature[1] != 0xaa)
		return false;
	for (unsigned i = 0; i < 4; i++) {
		if (m->entry[i].status & 0x7f)
			return false; /* a boot block without a table */
		used += m->entry[i].type != 0;
	}
	return used > 0;
}

/*
 * Logical partitions are a chain of tables: in each the first entry, counted
 * from that table, is a partition; the second, counted from the beginning of the
 * extended one, the next table.
 */
static long find_logical(struct search *s, uint64_t extended)
{
	uint64_t at = extended;
	struct mbr m;
	long err;

	for (unsigned n = 0; n < PARTITIONS_MAX && at < s->sectors; n++) {
		err = s->read(s->context, at, &m);
		if (err)
			return err;
		if (m.signature[0] != 0x55 || m.signature[1] != 0xaa)
			break;
		if (m.entry[0].type)
			found(s, LOGICAL_FIRST + n,
			      at + number_of(m.entry[0].first),
			      number_of(m.entry[0].sectors));
		if (!is_extended(&m.entry[1]))
			break;
		at = extended + number_of(m.entry[1].first);
	}
	return 0;
}

static long find_mbr(struct search *s, const struct mbr *m)
{
	long err = 0;

	for (unsigned i = 0; i < 4 && !err; i++) {
		const struct mbr_entry *e = &m->entry[i];

		if (is_extended(e))
			err = find_logical(s, number_of(e->first));
		else if (e->type)
			found(s, i + 1, number_of(e->first),
			      number_of(e->sectors));
	}
	return err;
}

/* ---- GPT ------------------------------------------------------------------ */

struct gpt {
	char signature[8];
	uint32_t revision;
	uint32_t bytes; /* of the header */
	uint32_t crc;
	uint32_t zero;
	uint64_t here, other;
	uint64_t first, last;
	uint8_t guid[16];
	uint64_t entries; /* sector */
	uint32_t count;
	uint32_t entry_bytes;
	uint32_t entries_crc;
	char rest[PARTITION_SECTOR - 92];
} __attribute__((packed));
_Static_assert(sizeof(struct gpt) == PARTITION_SECTOR, "GPT");

struct gpt_entry {
	uint8_t type[16]; /* all 0: not used */
	uint8_t guid[16];
	uint64_t first, last;
	char rest[80];
};
_Static_assert(sizeof(struct gpt_entry) == 128, "GPT");

#define GPT_BYTES     92u
#define GPT_COUNT_MAX 1024u

/* CRC-32 as in Ethernet. */
static uint32_t crc32(const void *data, size_t bytes)
{
	const uint8_t *at = data;
	uint32_t crc = ~0u;

	for (; bytes; bytes--) {
		crc ^= *at++;
		for (unsigned i = 0; i < 8; i++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static bool is_gpt(const struct gpt *g, uint64_t here)
{
	struct gpt without = *g;

	if (memcmp(g->signature, "EFI PART", 8) != 0 || g->here != here ||
	    g->bytes < GPT_BYTES || g->bytes > PARTITION_SECTOR)
		return false;
	without.crc = 0;
	return crc32(&without, g->bytes) == g->crc &&
	       g->entry_bytes >= sizeof(struct gpt_entry) &&
	       PARTITION_SECTOR % g->entry_bytes == 0;
}

static bool is_used(const struct gpt_entry *e)
{
	static const uint8_t none[16];

	return memcmp(e->type, none, sizeof(none)) != 0;
}

static long find_entries(struct search *s, const struct gpt *g)
{
	uint32_t count = g->count < GPT_COUNT_MAX ? g->count : GPT_COUNT_MAX;
	uint32_t each = PARTITION_SECTOR / g->entry_bytes;
	char sector[PARTITION_SECTOR];
	struct gpt_entry e;
	long err;

	for (uint32_t i = 0; i < count; i++) {
		if (i % each == 0) {
			uint64_t at = g->entries + i / each;

			err = at < s->sectors ? s->read(s->context, at, sector)
					      : -E_RANGE;
			if (err)
				return err == -E_RANGE ? 0 : err;
		}
		memcpy(&e, sector + (size_t)(i % each) * g->entry_bytes,
		       sizeof(e));
		if (is_used(&e)) /* one that ends before it begins is too long */
			found(s, i + 1, e.first, e.last - e.first + 1);
	}
	return 0;
}

/* By the header in sector 1, or by the one in the last. */
static long find_gpt(struct search *s)
{
	const uint64_t places[] = {1, s->sectors - 1};
	struct gpt g;
	long err;

	for (unsigned i = 0; i < 2; i++) {
		err = s->read(s->context, places[i], &g);
		if (err)
			return err;
		if (is_gpt(&g, places[i]))
			return find_entries(s, &g);
	}
	return 0;
}

/* --------------------------------------------------------------------------- */

long partitions_find(partition_read *read, void *context, uint64_t sectors,
		     struct partition *to)
{
	struct search s = {
		.read = read, .context = context, .sectors = sectors, .to = to};
	bool gpt = false;
	struct mbr m;
	long err;

	if (sectors < 2)
		return -E_NOENT;
	err = read(context, 0, &m);
	if (err)
		return err;
	if (!is_mbr(&m))
		return -E_NOENT;
	for (unsigned i = 0; i < 4; i++)
		gpt |= m.entry[i].type == TYPE_GPT;
	err = gpt ? find_gpt(&s) : find_mbr(&s, &m);
	return err ? err : (long)s.count;
}
