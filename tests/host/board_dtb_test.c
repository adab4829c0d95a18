/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The devicetrees of real machines: QEMU writes its own, for several machines
 * and sizes, and they are read. Passed over where there is no QEMU.
 */
#include "abi/error.h"
#include "platform/board.h"
#include "tests/test.h"
#include "tests/unit/mutate.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DTB_MAX (2u << 20)

static uint8_t blob[DTB_MAX];
static struct board board;

/* The file replaces one of that name that is there already. */
static size_t read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t len = 0;

	if (f) {
		len = fread(blob, 1, sizeof(blob), f);
		fclose(f);
	}
	return len;
}

/* Has QEMU write the devicetree of this machine; its length. */
static size_t dump(const char *machine, const char *options)
{
	char path[] = "/tmp/quire-dtb-XXXXXX", command[480];
	int fd = mkstemp(path);
	size_t len = 0;

	CHECK(fd >= 0);
	close(fd);
	snprintf(command, sizeof(command),
		 "timeout 20 qemu-system-riscv64 -M %s,dumpdtb=%s -display none"
		 " %s >/dev/null 2>&1",
		 machine, path, options);
	if (system(command) == 0)
		len = read_file(path);
	unlink(path);
	if (len == 0)
		test_skip("no qemu-system-riscv64 that knows this machine");
	return len;
}

static void read_board(const char *machine, const char *options)
{
	const char *why = "";
	struct fdt f;

	CHECK_EQ(fdt_open(&f, blob, dump(machine, options)), 0);
	if (board_read(&board, &f, &why) != 0)
		CHECK_STR(why, "");
}

TEST(virt_with_one_hart)
{
	read_board("virt", "-smp 1 -m 128M");
	CHECK_EQ(board.memory_count, 1);
	CHECK_EQ(board.memory[0].base, 0x80000000);
	CHECK_EQ(board.memory[0].size, 128ul << 20);
	CHECK_EQ(board.cpu_count, 1);
	CHECK_EQ(board.cpus[0].hartid, 0);
	CHECK_EQ(board.cpus[0].plic_context, 1);
	CHECK_EQ(board.cpus[0].isa & (BOARD_ISA_F | BOARD_ISA_D),
		 BOARD_ISA_F | BOARD_ISA_D);
	CHECK_EQ(board.timebase, 10000000);
	CHECK_EQ(board.uart.kind, UART_NS16550);
	CHECK_EQ(board.uart.base, 0x10000000);
	CHECK_EQ(board.uart.irq, 10);
	CHECK_EQ(board.plic.base, 0x0c000000);
	CHECK_EQ(board.virtio_count, 8);
	CHECK_EQ(board.virtio[0].base, 0x10001000);
	CHECK_EQ(board.virtio[7].irq, 8);
	CHECK_EQ(board.test_device, 0x100000);
	CHECK_EQ(board.own_count, 3); /* PLIC, CLINT, test device */
	CHECK(board_drives(&board, 0x02004000, 8));
	CHECK(!board_drives(&board, 0x02010000, 8));
	CHECK(!board_drives(&board, board.uart.base, 0x100));
	CHECK_STR(board.model, "riscv-virtio,qemu");
	CHECK(board.rng_seed != 0);
}

TEST(virt_with_eight_harts_of_two_sockets)
{
	read_board("virt",
		   "-smp 8,sockets=2 -m 4G "
		   "-object memory-backend-ram,id=a,size=2G,reserve=off "
		   "-object memory-backend-ram,id=b,size=2G,reserve=off "
		   "-numa node,memdev=a,cpus=0-3,nodeid=0 "
		   "-numa node,memdev=b,cpus=4-7,nodeid=1");
	CHECK_EQ(board.memory_count, 2);
	CHECK_EQ(board.memory[0].size + board.memory[1].size, 4ul << 30);
	CHECK_EQ(board.cpu_count, 8);
	for (unsigned i = 0; i < 8; i++)
		CHECK_EQ(board.cpus[i].hartid, i);
}

TEST(virt_with_more_harts_than_the_kernel_uses)
{
	read_board("virt", "-smp 10");
	CHECK_EQ(board.cpu_count, BOARD_CPUS);
	CHECK_EQ(board.cpus_ignored, 2);
}

TEST(virt_with_the_extensions_that_the_kernel_uses)
{
	read_board("virt", "-cpu rv64,svpbmt=on,svinval=on,d=off,f=off");
	CHECK_EQ(board.cpus[0].isa & ~(uint32_t)BOARD_ISA_ZICBOZ,
		 BOARD_ISA_SSTC | BOARD_ISA_SVPBMT | BOARD_ISA_SVINVAL);
}

TEST(virt_with_an_aclint)
{
	read_board("virt,aclint=on", "-smp 4");
	CHECK_EQ(board.own_count, 1 + 1 + 1 + 2 + 1);
	CHECK(board_drives(&board, 0x02000000, 4)); /* mswi */
	CHECK(board_drives(&board, 0x02004000, 8)); /* mtimer */
	CHECK(board_drives(&board, 0x02f00000, 4)); /* sswi */
}

TEST(sifive_u_has_four_usable_harts)
{
	read_board("sifive_u", "-smp 5 -m 1G");
	CHECK_EQ(board.cpu_count, 4);
	for (unsigned i = 0; i < 4; i++) {
		CHECK_EQ(board.cpus[i].hartid, i + 1);
		CHECK_EQ(board.cpus[i].plic_context, 2 * (i + 1));
		CHECK_EQ(board.cpus[i].isa, BOARD_ISA_F | BOARD_ISA_D);
	}
	CHECK_EQ(board.timebase, 1000000);
	CHECK_EQ(board.uart.kind, UART_SIFIVE);
	CHECK_EQ(board.uart.base, 0x10010000);
	CHECK_EQ(board.uart.irq, 4);
	CHECK_EQ(board.plic.size, 0x4000000);
	CHECK_EQ(board.virtio_count, 0);
	CHECK_EQ(board.test_device, 0);
	CHECK_EQ(board.own_count, 2);
	CHECK(board_drives(&board, 0x02000000, 4));
	CHECK(!board_drives(&board, board.uart.base, 0x1000));
	CHECK_EQ(board.memory[0].size, 1ul << 30);
}

static void read_copy(const uint8_t *copy, size_t len)
{
	const char *why = NULL;
	struct fdt f;

	if (fdt_open(&f, copy, len) == 0)
		CHECK_EQ(board_read(&board, &f, &why), why ? -E_INVAL : 0);
}

/* Only the start of the blob is in use, QEMU pads it; so is the copy. */
TEST(a_damaged_devicetree_of_virt)
{
	size_t len = dump("virt", "-smp 2");
	uint32_t used = 16384;

	if (len > used) {
		blob[4] = blob[5] = 0;
		blob[6] = (uint8_t)(used >> 8);
		blob[7] = 0;
		len = used;
	}
	mutate_each(2000, blob, len, read_copy);
}
