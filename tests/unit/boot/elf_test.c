/* SPDX-License-Identifier: BSD-2-Clause */
/* Program files written in memory: one good one, and each way to be bad. */
#include "abi/space.h"
#include "boot/elf.h"
#include "tests/test.h"
#include "tests/unit/mutate.h"

enum { NONE, LOAD, DYNAMIC, INTERP, NOTE };
enum { X = 1, W = 2, R = 4 };

#define FILE_END 0x2000u
#define PHDR(n)	 (64u + 56u * (n))
#define DYN	 0x900u /* where the test's dynamic section lies */

/* Offsets in the file header. */
enum {
	AT_CLASS = 4,
	AT_DATA = 5,
	AT_VERSION = 6,
	AT_TYPE = 16,
	AT_MACHINE = 18,
	AT_VERSION2 = 20,
	AT_ENTRY = 24,
	AT_PHOFF = 32,
	AT_FLAGS = 48,
	AT_EHSIZE = 52,
	AT_PHENTSIZE = 54,
	AT_PHNUM = 56,
};

/* Offsets in a program header. */
enum {
	P_TYPE = 0,
	P_FLAGS = 4,
	P_OFFSET = 8,
	P_VADDR = 16,
	P_FILESZ = 32,
	P_MEMSZ = 40,
};

static _Alignas(8) uint8_t file[FILE_END];
static struct elf_image image;

static void set(size_t at, uint64_t n, unsigned width)
{
	CHECK(at + width <= sizeof(file));
	for (unsigned i = 0; i < width; i++)
		file[at + i] = (uint8_t)(n >> 8 * i);
}

/* Program header `n`. */
static void phdr(unsigned n, uint32_t type, uint32_t flags, uint64_t offset,
		 uint64_t va, uint64_t filesz, uint64_t memsz)
{
	set(PHDR(n) + P_TYPE, type, 4);
	set(PHDR(n) + P_FLAGS, flags, 4);
	set(PHDR(n) + P_OFFSET, offset, 8);
	set(PHDR(n) + P_VADDR, va, 8);
	set(PHDR(n) + P_FILESZ, filesz, 8);
	set(PHDR(n) + P_MEMSZ, memsz, 8);
}

/* Text with the headers, read-only data, data with bss; a note. */
static void make(void)
{
	memset(file, 0, sizeof(file));
	memcpy(file, "\177ELF", 4);
	set(AT_CLASS, 2, 1);
	set(AT_DATA, 1, 1);
	set(AT_VERSION, 1, 1);
	set(AT_TYPE, 2, 2);
	set(AT_MACHINE, 243, 2);
	set(AT_VERSION2, 1, 4);
	set(AT_ENTRY, 0x10200, 8);
	set(AT_PHOFF, 64, 8);
	set(AT_FLAGS, 5, 4); /* RVC, double float */
	set(AT_EHSIZE, 64, 2);
	set(AT_PHENTSIZE, 56, 2);
	set(AT_PHNUM, 4, 2);
	phdr(0, LOAD, R | X, 0, 0x10000, 0x800, 0x800);
	phdr(1, LOAD, R, 0x800, 0x11800, 0x100, 0x100);
	phdr(2, LOAD, R | W, 0x1000, 0x12000, 0x234, 0x5678);
	phdr(3, NOTE, R, 0x900, 0, 0x10, 0);
}

static const char *decode(void)
{
	enum elf_error e = elf_decode(file, sizeof(file), &image);

	return e == ELF_OK ? "" : elf_error_text(e);
}

/* The good file with one number changed. */
static const char *with(size_t at, uint64_t n, unsigned width)
{
	make();
	set(at, n, width);
	return decode();
}

#define CHECK_ERROR(e, expression) \
	CHECK_STR(expression, (e) == ELF_OK ? "" : elf_error_text(e))

/* ---- a good file ------------------------------------------------------ */

static void check_segment(unsigned n, va_t va, uint64_t offset, uint64_t filesz,
			  uint64_t memsz, unsigned prot)
{
	CHECK_EQ(image.seg[n].va, va);
	CHECK_EQ(image.seg[n].offset, offset);
	CHECK_EQ(image.seg[n].filesz, filesz);
	CHECK_EQ(image.seg[n].memsz, memsz);
	CHECK_EQ(image.seg[n].prot, prot);
}

TEST(a_good_file_becomes_a_plan)
{
	make();
	CHECK_ERROR(ELF_OK, decode());
	CHECK_EQ(image.entry, 0x10200);
	CHECK_EQ(image.count, 3);
	check_segment(0, 0x10000, 0, 0x800, 0x800, PROT_R | PROT_X);
	check_segment(1, 0x11800, 0x800, 0x100, 0x100, PROT_R);
	check_segment(2, 0x12000, 0x1000, 0x234, 0x5678, PROT_R | PROT_W);
	CHECK_EQ(image.phdr, 0x10040);
	CHECK_EQ(image.phnum, 4);
}

TEST(program_headers_that_no_segment_holds_have_no_address)
{
	make();
	phdr(0, LOAD, R | X, 0x100, 0x10100, 0x700, 0x700);
	CHECK_ERROR(ELF_OK, decode());
	CHECK_EQ(image.phdr, 0);
	make();
	phdr(0, LOAD, X, 0, 0x10000, 0x800, 0x800); /* not to be read */
	CHECK_ERROR(ELF_OK, decode());
	CHECK_EQ(image.phdr, 0);
}

TEST(float_and_compressed_flags)
{
	for (uint32_t rvc = 0; rvc < 2; rvc++) {
		CHECK_ERROR(ELF_OK, with(AT_FLAGS, 0 | rvc, 4));
		CHECK_ERROR(ELF_OK, with(AT_FLAGS, 2 | rvc, 4));
		CHECK_ERROR(ELF_OK, with(AT_FLAGS, 4 | rvc, 4));
		CHECK_ERROR(ELF_QUAD_FLOAT, with(AT_FLAGS, 6 | rvc, 4));
		CHECK_ERROR(ELF_MEMORY_MODEL, with(AT_FLAGS, 0x14 | rvc, 4));
	}
}

TEST(protections)
{
	static const struct {
		uint32_t flags, prot;
	} all[] = {
		{0, PROT_NONE},		  {R, PROT_R}, {W, PROT_R | PROT_W},
		{R | W, PROT_R | PROT_W}, {X, PROT_X}, {R | X, PROT_R | PROT_X},
		{R | 0xfff00000, PROT_R}, /* bits of other systems */
	};

	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		CHECK_ERROR(ELF_OK, with(PHDR(1) + P_FLAGS, all[i].flags, 4));
		CHECK_EQ(image.seg[1].prot, all[i].prot);
	}
	CHECK_ERROR(ELF_WRITE_EXECUTE, with(PHDR(1) + P_FLAGS, W | X, 4));
	CHECK_ERROR(ELF_WRITE_EXECUTE, with(PHDR(1) + P_FLAGS, R | W | X, 4));
}

/* ---- the header ------------------------------------------------------- */

TEST(a_header_of_something_else_is_named)
{
	CHECK_ERROR(ELF_MAGIC, with(0, 'E', 1));
	CHECK_ERROR(ELF_CLASS, with(AT_CLASS, 1, 1));
	CHECK_ERROR(ELF_ENDIAN, with(AT_DATA, 2, 1));
	CHECK_ERROR(ELF_VERSION, with(AT_VERSION, 0, 1));
	CHECK_ERROR(ELF_VERSION, with(AT_VERSION2, 2, 4));
	CHECK_ERROR(ELF_TYPE, with(AT_TYPE, 1, 2)); /* relocatable */
	CHECK_ERROR(ELF_TYPE, with(AT_TYPE, 3, 2)); /* PIE, library */
	CHECK_ERROR(ELF_MACHINE, with(AT_MACHINE, 62, 2));
	CHECK_ERROR(ELF_HEADER_SIZE, with(AT_EHSIZE, 52, 2));
	CHECK_ERROR(ELF_HEADER_SIZE, with(AT_PHENTSIZE, 32, 2));
	CHECK_ERROR(ELF_HEADER_SIZE, with(AT_PHENTSIZE, 0, 2));
}

TEST(program_headers_lie_inside_the_file)
{
	CHECK_ERROR(ELF_HEADER_COUNT, with(AT_PHNUM, 0, 2));
	CHECK_ERROR(ELF_HEADER_COUNT, with(AT_PHNUM, 0xffff, 2));
	CHECK_ERROR(ELF_HEADER_COUNT, with(AT_PHNUM, ELF_HEADERS + 1, 2));
	CHECK_ERROR(ELF_OK, with(AT_PHNUM, ELF_HEADERS, 2));
	CHECK_ERROR(ELF_HEADERS_OUTSIDE, with(AT_PHOFF, FILE_END - 223, 8));
	CHECK_ERROR(ELF_HEADERS_OUTSIDE, with(AT_PHOFF, FILE_END, 8));
	CHECK_ERROR(ELF_HEADERS_OUTSIDE, with(AT_PHOFF, ~0ul, 8));
	CHECK_ERROR(ELF_HEADERS_OUTSIDE, with(AT_PHOFF, -56ul, 8));
}

TEST(a_cut_file_is_refused)
{
	make();
	for (size_t len = 0; len < 0x1234; len++) {
		enum elf_error e = elf_decode(file, len, &image);

		CHECK(e == (len < 64	    ? ELF_TRUNCATED
			    : len < PHDR(4) ? ELF_HEADERS_OUTSIDE
					    : ELF_OUTSIDE_FILE));
	}
	CHECK_EQ(elf_decode(file, 0x1234, &image), ELF_OK);
}

/* ---- segments --------------------------------------------------------- */

TEST(an_error_names_its_program_header)
{
	CHECK_ERROR(ELF_INTERPRETER, with(PHDR(3) + P_TYPE, INTERP, 4));
	CHECK_EQ(image.header, 3);
	CHECK(elf_error_has_header(ELF_INTERPRETER));
	CHECK(elf_error_has_header(ELF_SHARED_PAGE));
	CHECK(!elf_error_has_header(ELF_HEADER_COUNT));
	CHECK(!elf_error_has_header(ELF_EMPTY));
}

TEST(sizes_fit_the_file)
{
	CHECK_ERROR(ELF_FILE_SIZE, with(PHDR(1) + P_FILESZ, 0x101, 8));
	CHECK_ERROR(ELF_FILE_SIZE, with(PHDR(1) + P_FILESZ, ~0ul, 8));
	CHECK_ERROR(ELF_OUTSIDE_FILE, with(PHDR(1) + P_OFFSET, ~0x7fful, 8));
	CHECK_ERROR(ELF_OUTSIDE_FILE, with(PHDR(1) + P_OFFSET, FILE_END, 8));
	make();
	phdr(2, LOAD, R | W, 0x1000, 0x12000, 0x1000, 0x1000);
	CHECK_ERROR(ELF_OK, decode());
	phdr(2, LOAD, R | W, 0x1000, 0x12000, 0x1001, 0x1001);
	CHECK_ERROR(ELF_OUTSIDE_FILE, decode());
	CHECK_EQ(image.header, 2);
}

TEST(addresses_are_the_users)
{
	size_t va = PHDR(2) + P_VADDR, memsz = PHDR(2) + P_MEMSZ;

	CHECK_ERROR(ELF_LOW, with(PHDR(0) + P_VADDR, 0, 8));
	CHECK_ERROR(ELF_LOW, with(PHDR(0) + P_VADDR, 0xfff, 8));
	CHECK_ERROR(ELF_WRAP, with(va, ~0xffful, 8));
	CHECK_ERROR(ELF_WRAP, with(memsz, -0x11000ul, 8));
	CHECK_ERROR(ELF_KERNEL_HALF, with(va, 0xffffffc000000000, 8));
	CHECK_ERROR(ELF_HIGH, with(va, 1ul << 38, 8));
	CHECK_ERROR(ELF_HIGH, with(va, (1ul << 38) - 0x5000, 8));
	CHECK_ERROR(ELF_OK, with(va, (1ul << 38) - 0x6000, 8));
	CHECK_ERROR(ELF_OK, with(memsz, (1ul << 38) - 0x12000, 8));
	CHECK_ERROR(ELF_HIGH, with(memsz, (1ul << 38) - 0x11fff, 8));
}

TEST(address_and_offset_agree_within_the_page)
{
	CHECK_ERROR(ELF_OFFSET, with(PHDR(2) + P_VADDR, 0x12004, 8));
	CHECK_ERROR(ELF_OFFSET, with(PHDR(1) + P_OFFSET, 0x804, 8));
	CHECK_ERROR(ELF_OK, with(PHDR(1) + P_OFFSET, 0x1800, 8));
}

TEST(segments_are_in_order_and_disjoint)
{
	make();
	phdr(1, LOAD, R, 0x800, 0xf800, 0x100, 0x100);
	CHECK_ERROR(ELF_ORDER, decode());
	make();
	phdr(0, LOAD, R | X, 0, 0x10000, 0x800, 0x1801);
	CHECK_ERROR(ELF_OVERLAP, decode());
	CHECK_EQ(image.header, 1);
	make();
	phdr(0, LOAD, R | X, 0, 0x10000, 0x800, 0x1800);
	CHECK_ERROR(ELF_SHARED_PAGE, decode());
	phdr(0, LOAD, R | X, 0, 0x10000, 0x800, 0x1001);
	CHECK_ERROR(ELF_SHARED_PAGE, decode());
	phdr(0, LOAD, R | X, 0, 0x10000, 0x800, 0x1000);
	CHECK_ERROR(ELF_OK, decode());
	phdr(1, LOAD, R | X, 0x800, 0x10800, 0x100, 0x100);
	phdr(0, LOAD, R | X, 0, 0x10000, 0x800, 0x800);
	CHECK_ERROR(ELF_OK, decode());
}

TEST(empty_segments_are_passed_over)
{
	make();
	phdr(1, LOAD, R | W | X, 0x800, ~0ul, 0, 0);
	CHECK_ERROR(ELF_OK, decode());
	CHECK_EQ(image.count, 2);
	phdr(0, LOAD, R | X, 0, 0, 0, 0);
	phdr(2, NOTE, R | X, 0, 0, 0, 0);
	CHECK_ERROR(ELF_EMPTY, decode());
}

TEST(there_are_at_most_eight_segments)
{
	make();
	for (unsigned n = 0; n <= ELF_SEGMENTS; n++)
		phdr(n, LOAD, R | X, 0, 0x10000 + 0x1000 * n, 0x800, 0x800);
	set(AT_PHNUM, ELF_SEGMENTS, 2);
	CHECK_ERROR(ELF_OK, decode());
	CHECK_EQ(image.count, ELF_SEGMENTS);
	set(AT_PHNUM, ELF_SEGMENTS + 1, 2);
	CHECK_ERROR(ELF_SEGMENT_COUNT, decode());
	CHECK_EQ(image.header, ELF_SEGMENTS);
}

/* ---- what needs a loader, and where it starts ------------------------- */

static const char *with_dynamic(uint64_t tag, uint64_t size)
{
	make();
	phdr(3, DYNAMIC, R, DYN, 0, size, size);
	set(DYN, 4, 8); /* DT_HASH: harmless */
	set(DYN + 16, tag, 8);
	set(DYN + 48, 1, 8); /* DT_NEEDED, after DT_NULL */
	return decode();
}

TEST(a_dynamic_section_is_harmless_unless_it_asks_for_a_loader)
{
	static const uint8_t tags[] = {1, 7, 17, 22, 23, 36};

	CHECK_ERROR(ELF_OK, with_dynamic(5, 64));
	CHECK_ERROR(ELF_OK, with_dynamic(5, 0));
	CHECK_ERROR(ELF_OK, with_dynamic(7, 16));
	for (unsigned i = 0; i < sizeof(tags); i++)
		CHECK_ERROR(ELF_DYNAMIC, with_dynamic(tags[i], 64));
	CHECK_ERROR(ELF_DYNAMIC, with_dynamic(5, 0x1000));
	CHECK_ERROR(ELF_OUTSIDE_FILE, with_dynamic(5, FILE_END));
	CHECK_ERROR(ELF_OUTSIDE_FILE, with_dynamic(5, ~0ul));
}

TEST(the_entry_point_is_even_and_executable)
{
	CHECK_ERROR(ELF_ENTRY_ODD, with(AT_ENTRY, 0x10201, 8));
	CHECK_ERROR(ELF_ENTRY, with(AT_ENTRY, 0, 8));
	CHECK_ERROR(ELF_ENTRY, with(AT_ENTRY, 0x12000, 8));
	CHECK_ERROR(ELF_ENTRY, with(AT_ENTRY, 0x10800, 8));
	CHECK_ERROR(ELF_OK, with(AT_ENTRY, 0x107fe, 8));
	CHECK_ERROR(ELF_OK, with(AT_ENTRY, 0x10000, 8));
	CHECK_ERROR(ELF_ENTRY, with(AT_ENTRY, 0xfffe, 8));
}

TEST(every_error_has_its_own_text)
{
	const char *other = elf_error_text(ELF_ERRORS);

	for (unsigned i = 0; i < ELF_ERRORS; i++) {
		const char *text = elf_error_text((enum elf_error)i);

		CHECK(strcmp(text, other) != 0);
		for (unsigned j = 0; j < i; j++)
			CHECK(strcmp(text, elf_error_text((enum elf_error)j)));
	}
}

/* ---- damage ----------------------------------------------------------- */

/* What elf.h promises of an accepted file, checked in another way. */
static void check_plan(const uint8_t *copy, size_t len)
{
	bool entry = false;
	va_t end = 0x1000;

	if (elf_decode(copy, len, &image) != ELF_OK)
		return;
	CHECK(image.count >= 1 && image.count <= ELF_SEGMENTS);
	for (unsigned i = 0; i < image.count; i++) {
		const struct elf_segment *s = &image.seg[i];

		CHECK(s->va >= end && s->memsz > 0);
		end = s->va + s->memsz;
		CHECK(end > s->va && end <= 1ul << 38);
		CHECK(s->filesz <= s->memsz && s->filesz <= len);
		CHECK(s->offset <= len - s->filesz);
		CHECK_EQ(s->offset % 4096, s->va % 4096);
		CHECK((s->prot & (PROT_W | PROT_X)) != (PROT_W | PROT_X));
		CHECK((s->prot & (PROT_W | PROT_R)) != PROT_W);
		CHECK(s->prot <= PROT_ALL);
		if (image.entry >= s->va && image.entry < end)
			entry = s->prot & PROT_X;
		if (i > 0)
			CHECK(s[-1].prot == s->prot ||
			      (s[-1].va + s[-1].memsz - 1) / 4096 <
				      s->va / 4096);
	}
	CHECK(entry && image.entry % 2 == 0);
}

TEST(damaged_files_are_refused_or_keep_every_promise)
{
	make();
	set(AT_PHNUM, 3, 2);
	/* Only the headers matter: the rest is cut away, and so are sizes. */
	phdr(0, LOAD, R | X, 0, 0x10000, PHDR(3), 0x800);
	phdr(1, LOAD, R, 0, 0x11000, 8, 0x100);
	phdr(2, LOAD, R | W, 0, 0x12000, 8, 0x5678);
	CHECK_EQ(elf_decode(file, PHDR(3), &image), ELF_OK);
	mutate_each(MUTATE_ROUNDS, file, PHDR(3), check_plan);
}
