/* SPDX-License-Identifier: BSD-2-Clause */
/* Program files written in memory: one good one, and each way to be bad. */
#include "tests/test.h"
#include "tests/unit/mutate.h"
#include "user/lib/elf.h"
#include <abi/space.h>

enum { X = 1, W = 2, R = 4 };
enum { LOAD = 1, INTERP = 3, NOTE = 4 };

#define FILE_END 0x2800u
#define PHDR(n)	 (64u + 56u * (n))

static _Alignas(8) uint8_t file[FILE_END];
static struct elf_image image;

static void set(size_t at, uint64_t n, unsigned width)
{
	CHECK(at + width <= sizeof(file));
	for (unsigned i = 0; i < width; i++)
		file[at + i] = (uint8_t)(n >> 8 * i);
}

static void phdr(unsigned n, uint32_t type, uint32_t flags, uint64_t offset,
		 uint64_t va, uint64_t filesz, uint64_t memsz)
{
	set(PHDR(n), type, 4);
	set(PHDR(n) + 4, flags, 4);
	set(PHDR(n) + 8, offset, 8);
	set(PHDR(n) + 16, va, 8);
	set(PHDR(n) + 32, filesz, 8);
	set(PHDR(n) + 40, memsz, 8);
}

/* Text with the headers, constants, data with bss; a note. */
static void make(void)
{
	memset(file, 0, sizeof(file));
	memcpy(file, "\177ELF\2\1\1", 7);
	set(16, 2, 2);
	set(18, 243, 2);
	set(24, 0x10200, 8);
	set(32, 64, 8);
	set(54, 56, 2);
	set(56, 4, 2);
	phdr(0, LOAD, R | X, 0, 0x10000, 0x800, 0x800);
	phdr(1, LOAD, R, 0x1000, 0x11000, 0x400, 0x400);
	phdr(2, LOAD, R | W, 0x2000, 0x12000, 0x800, 0x3000);
	phdr(3, NOTE, R, 0x7000, 0, 0x10000, 0);
}

static const char *decode(void)
{
	return elf_decode(file, sizeof(file), &image);
}

static void check_refused(const char *why)
{
	const char *got = decode();

	CHECK(got != NULL);
	if (!strstr(got, why))
		CHECK_STR(got, why);
}

TEST(a_good_program_is_a_plan)
{
	make();
	CHECK(decode() == NULL);
	CHECK_EQ(image.entry, 0x10200);
	CHECK_EQ(image.count, 3);
	CHECK_EQ(image.seg[0].prot, PROT_R | PROT_X);
	CHECK_EQ(image.seg[1].prot, PROT_R);
	CHECK_EQ(image.seg[2].prot, PROT_R | PROT_W);
	CHECK_EQ(image.seg[2].offset, 0x2000);
	CHECK_EQ(image.seg[2].filesz, 0x800);
	CHECK_EQ(image.seg[2].memsz, 0x3000);
	CHECK_EQ(image.phdr, 0x10040);
	CHECK_EQ(image.phnum, 4);
}

TEST(a_header_that_is_not_ours_is_refused)
{
	static const struct {
		unsigned at, width;
		uint64_t n;
		const char *why;
	} bad[] = {
		{0, 1, 0, "ELF"},	    {4, 1, 1, "64-bit"},
		{5, 1, 2, "little"},	    {18, 2, 62, "RISC-V"},
		{16, 2, 3, "static"},	    {54, 2, 32, "headers"},
		{56, 2, 0, "headers"},	    {56, 2, 33, "headers"},
		{32, 8, 0x2790, "headers"}, {32, 8, ~0ul - 8, "headers"},
		{24, 8, 0x10201, "entry"},  {24, 8, 0x11000, "entry"},
		{24, 8, 0x10800, "entry"},  {24, 8, 0, "entry"},
	};

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		make();
		set(bad[i].at, bad[i].n, bad[i].width);
		check_refused(bad[i].why);
	}
	CHECK(elf_decode(file, 63, &image));
}

TEST(a_segment_that_cannot_be_mapped_is_refused)
{
	static const struct {
		unsigned at;
		uint64_t n;
		const char *why;
	} bad[] = {
		{8, 0x1f00, "modulo"},
		{8, 0x3000, "outside the file"},
		{8, ~0ul, "outside the file"},
		{16, 0x11800, "modulo"},
		{16, 0x11000, "order"},
		{16, 0x10000, "order"},
		{16, 0, "outside the user"},
		{16, 1ul << 38, "outside the user"},
		{16, ~0xffful, "outside the user"},
		{40, 1ul << 38, "outside the user"},
		{40, 0x400, "outside the file"},
		{32, 0x900, "outside the file"},
		{4, W | X, "writable and executable"},
	};

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		make();
		set(PHDR(2) + bad[i].at, bad[i].n, bad[i].at == 4 ? 4 : 8);
		check_refused(bad[i].why);
	}
	make();
	set(PHDR(3), INTERP, 4);
	check_refused("interpreter");
}

TEST(segments_that_share_a_page_are_refused)
{
	make();
	phdr(1, LOAD, R, 0x1900, 0x10900, 0x100, 0x100);
	check_refused("same page");
}

TEST(headers_that_no_segment_shows_have_no_address)
{
	make();
	phdr(0, LOAD, R | X, 0x1000, 0x10000, 0x800, 0x800);
	phdr(1, LOAD, R, 0x1000, 0x11000, 0x400, 0x400);
	CHECK(decode() == NULL);
	CHECK_EQ(image.phdr, 0);
}

static void try(const uint8_t *copy, size_t bytes)
{
	uint64_t end = 0;

	if (elf_decode(copy, bytes, &image))
		return;
	CHECK(image.count > 0 && image.count <= ELF_SEGMENTS);
	for (unsigned i = 0; i < image.count; i++) {
		const struct elf_segment *s = &image.seg[i];

		CHECK((s->va & ~0xffful) >= end);
		CHECK(s->memsz > 0 && s->filesz <= s->memsz);
		CHECK(s->offset <= bytes && s->filesz <= bytes - s->offset);
		CHECK(((s->va ^ s->offset) & 0xfff) == 0);
		end = (s->va + s->memsz + 0xfff) & ~0xffful;
		CHECK(end <= ELF_USER_END);
	}
}

TEST(a_damaged_program_is_decoded_without_harm)
{
	make();
	mutate_each(MUTATE_ROUNDS / 4, file, 0x400, try);
	mutate_each(2000, file, sizeof(file) < MUTATE_MAX ? sizeof(file) : 8000,
		    try);
}
