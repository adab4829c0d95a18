/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * elf.h - a program file, checked and decoded into a plan for mapping it.
 * System V ABI, "Object Files"; RISC-V ELF psABI specification.
 *
 * What is decoded is what linker/user.ld makes: a static executable whose
 * segments have pages of their own. elf_decode() is pure: it reads `bytes`
 * bytes and maps nothing.
 */
#ifndef USER_ELF_H
#define USER_ELF_H
#include <stddef.h>
#include <stdint.h>

#define ELF_SEGMENTS 8
#define ELF_USER_END (1ul << 38)

/* [va, va+memsz) holds filesz bytes of the file from `offset`, then zeros. */
struct elf_segment {
	uint64_t va; /* equal to offset modulo 4096 */
	uint64_t filesz, memsz;
	uint64_t offset;
	unsigned prot; /* PROT_* of abi/space.h */
};

/* Segments are in order of address, and no two share a page. */
struct elf_image {
	uint64_t entry; /* inside an executable segment */
	unsigned count;
	struct elf_segment seg[ELF_SEGMENTS];
	uint64_t phdr;	/* address of the program headers; 0: not mapped */
	unsigned phnum; /* how many; each is ELF_HEADER_BYTES */
};
#define ELF_HEADER_BYTES 56u

/* NULL, or what is wrong: a literal text. */
const char *elf_decode(const void *file, size_t bytes, struct elf_image *image);

#endif
