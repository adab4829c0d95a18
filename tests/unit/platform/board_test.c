/* SPDX-License-Identifier: BSD-2-Clause */
/* A board is read from a devicetree, part by part; what is wrong is named. */
#include "abi/error.h"
#include "platform/board.h"
#include "tests/test.h"
#include "tests/unit/mutate.h"
#include "tests/unit/platform/board_build.h"

static struct board board;

/* Reads the planned board; "", or what is wrong with it. */
static const char *read_plan(const struct plan *p)
{
	struct fdt_build *b = build_board(p);
	const char *why = NULL;
	struct fdt f;
	int err;

	CHECK_EQ(fdt_open(&f, b->blob, fb_finish(b)), 0);
	err = board_read(&board, &f, &why);
	CHECK_EQ(err, why ? -E_INVAL : 0);
	return why ? why : "";
}

static void read_good(void)
{
	CHECK_STR(read_plan(&good), "");
}

static void check_range(const struct board_range *r, pa_t base, uint64_t size,
			bool no_map)
{
	CHECK_EQ(r->base, base);
	CHECK_EQ(r->size, size);
	CHECK_EQ(r->no_map, no_map);
}

/* ---- memory ----------------------------------------------------------- */

TEST(memory_and_what_is_reserved_in_it)
{
	read_good();
	CHECK_EQ(board.memory_count, 2);
	check_range(&board.memory[0], 0x80000000, 0x8000000, false);
	check_range(&board.memory[1], 0x100000000, 0x4000000, false);
	CHECK_EQ(board.reserved_count, 2);
	check_range(&board.reserved[0], 0x83000000, 0x1001, false);
	check_range(&board.reserved[1], 0x80000000, 0x40000, true);
}

static void second_memory(struct fdt_build *b)
{
	fb_begin(b, "memory@87fff000");
	fb_string(b, "device_type", "memory");
	FB_CELLS(b, "reg", 0, 0x87fff000, 0, 0x2000);
	fb_end(b);
}

static void cut_memory(struct fdt_build *b)
{
	fb_begin(b, "memory@0");
	fb_string(b, "device_type", "memory");
	FB_CELLS(b, "reg", 0, 0, 0);
	fb_end(b);
}

static void many_memories(struct fdt_build *b)
{
	for (uint32_t i = 0; i < BOARD_MEMORY; i++) {
		fb_begin(b, "memory");
		fb_string(b, "device_type", "memory");
		FB_CELLS(b, "reg", 2, 0x1000 * i, 0, 0x1000);
		fb_end(b);
	}
}

TEST(memory_that_makes_no_sense_is_refused)
{
	struct plan p = good;

	p.more = second_memory;
	CHECK_STR(read_plan(&p), "two memory ranges of the devicetree overlap");
	p.more = cut_memory;
	CHECK_STR(read_plan(&p), "a memory node has a bad reg");
	p.more = NULL;
	p.no_memory = true;
	CHECK_STR(read_plan(&p), "the devicetree has no memory node");
}

TEST(memory_beyond_the_limit_is_counted_and_reservations_are_an_error)
{
	struct plan p = good;

	p.more = many_memories;
	CHECK_STR(read_plan(&p), "");
	CHECK_EQ(board.memory_count, BOARD_MEMORY);
	CHECK_EQ(board.memory_ignored, 2);
	p.reservations = BOARD_RESERVED - 1;
	CHECK_STR(read_plan(&p), "");
	p.reservations = BOARD_RESERVED;
	CHECK_STR(read_plan(&p),
		  "the devicetree reserves more than 16 memory ranges");
}

static void disabled_reservation(struct fdt_build *b)
{
	fb_begin(b, "reserved-memory");
	fb_begin(b, "unused");
	fb_string(b, "status", "disabled");
	FB_CELLS(b, "reg", 0, 0x80000000, 0x1000);
	fb_end(b);
	fb_end(b);
}

TEST(reservations_wrap_or_are_disabled)
{
	struct fdt_build *b = fb_start();
	const char *why;
	struct fdt f;

	/* The first /reserved-memory counts, so this tree has no other. */
	fb_reserve(b, ~0xffful, 0x2000);
	fb_begin(b, "");
	fb_begin(b, "memory");
	fb_string(b, "device_type", "memory");
	FB_CELLS(b, "reg", 0, 0x80000000, 0x1000);
	fb_end(b);
	disabled_reservation(b);
	fb_end(b);
	CHECK_EQ(fdt_open(&f, b->blob, fb_finish(b)), 0);
	CHECK_EQ(board_read(&board, &f, &why), -E_INVAL);
	CHECK_STR(why, "a memory reservation wraps around");
	fb_word(b, FB_RESERVE, 0);
	CHECK_EQ(board_read(&board, &f, &why), -E_INVAL);
	CHECK_EQ(board.reserved_count, 1);
}

/* ---- /chosen ---------------------------------------------------------- */

TEST(chosen_gives_arguments_seed_and_console)
{
	read_good();
	CHECK_STR(board.model, "a board");
	CHECK_STR(board.bootargs, "quiet test=x");
	CHECK_EQ(board.rng_seed, 0x1122334455667788);
	CHECK_EQ(board.uart.kind, UART_NS16550);
	CHECK_EQ(board.uart.base, 0x10000000);
	CHECK_EQ(board.uart.irq, 10);
	CHECK_EQ(board.uart.reg_shift, 2);
	CHECK_EQ(board.uart.reg_width, 4);
}

TEST(a_console_of_another_kind_or_none_is_no_error)
{
	struct plan p = good;

	p.uart = "sifive,uart0";
	CHECK_STR(read_plan(&p), "");
	CHECK_EQ(board.uart.kind, UART_SIFIVE);
	p.uart = "vendor,unknown";
	CHECK_STR(read_plan(&p), "");
	CHECK_EQ(board.uart.kind, UART_NONE);
	p.stdout_path = NULL;
	CHECK_STR(read_plan(&p), "");
	CHECK_EQ(board.uart.kind, UART_NONE);
	p.stdout_path = "/soc/none";
	CHECK_STR(read_plan(&p), "");
	CHECK_EQ(board.uart.kind, UART_NONE);
}

static void console_moved(struct fdt_build *b)
{
	FB_CELLS(b, "reg-offset", 0x40);
}

static void console_shifted(struct fdt_build *b)
{
	FB_CELLS(b, "reg-shift", 5);
}

static void console_wide(struct fdt_build *b)
{
	FB_CELLS(b, "reg-io-width", 8);
}

TEST(the_registers_of_the_console)
{
	struct plan p = good;

	p.console = console_moved;
	CHECK_STR(read_plan(&p), "");
	CHECK_EQ(board.uart.base, 0x10000040);
	p.console = console_shifted;
	CHECK_STR(read_plan(&p), "the console's reg-shift is above 4");
	p.console = console_wide;
	CHECK_STR(read_plan(&p), "the console's reg-io-width is not 1, 2 or 4");
}

TEST(boot_arguments_have_a_longest_length)
{
	static char line[BOARD_BOOTARGS + 1];
	struct plan p = good;

	memset(line, 'a', BOARD_BOOTARGS);
	p.bootargs = line;
	CHECK_STR(read_plan(&p),
		  "the boot arguments are longer than 511 characters");
	line[BOARD_BOOTARGS - 1] = '\0';
	CHECK_STR(read_plan(&p), "");
	CHECK_STR(board.bootargs, line);
}

static void initrd_one_cell(struct fdt_build *b)
{
	FB_CELLS(b, "linux,initrd-start", 0x84000000);
	FB_CELLS(b, "linux,initrd-end", 0x84012345);
}

static void initrd_two_cells(struct fdt_build *b)
{
	FB_CELLS(b, "linux,initrd-start", 1, 0x84000000);
	FB_CELLS(b, "linux,initrd-end", 1, 0x84012345);
}

static void initrd_three_cells(struct fdt_build *b)
{
	FB_CELLS(b, "linux,initrd-start", 0, 0, 0x84000000);
	FB_CELLS(b, "linux,initrd-end", 0x84012345);
}

static void initrd_backwards(struct fdt_build *b)
{
	FB_CELLS(b, "linux,initrd-start", 0x84000001);
	FB_CELLS(b, "linux,initrd-end", 0x84000000);
}

TEST(the_initrd_is_of_one_or_two_cells)
{
	struct plan p = good;

	read_good();
	CHECK_EQ(board.initrd_start, board.initrd_end);
	p.chosen = initrd_one_cell;
	CHECK_STR(read_plan(&p), "");
	CHECK_EQ(board.initrd_start, 0x84000000);
	CHECK_EQ(board.initrd_end, 0x84012345);
	p.chosen = initrd_two_cells;
	CHECK_STR(read_plan(&p), "");
	CHECK_EQ(board.initrd_start, 0x184000000);
	CHECK_EQ(board.initrd_end, 0x184012345);
	p.chosen = initrd_three_cells;
	CHECK_STR(read_plan(&p),
		  "linux,initrd-start or -end is not one or two cells");
	p.chosen = initrd_backwards;
	CHECK_STR(read_plan(&p),
		  "linux,initrd-end lies before linux,initrd-start");
}

/* ---- harts ------------------------------------------------------------ */

TEST(harts_without_an_mmu_do_not_count)
{
	struct plan p = good;

	read_good();
	CHECK_EQ(board.cpu_count, 2);
	CHECK_EQ(board.cpus[0].hartid, 1);
	CHECK_EQ(board.cpus[1].hartid, 2);
	CHECK_EQ(board.timebase, 10000000);
	CHECK(board_find_cpu(&board, 0) == NULL);
	CHECK(board_find_cpu(&board, 2) == &board.cpus[1]);
	p.mmu = NULL;
	CHECK_STR(read_plan(&p),
		  "the devicetree has no cpu node with an mmu-type");
	p.mmu = "riscv,none";
	CHECK_STR(read_plan(&p),
		  "the devicetree has no cpu node with an mmu-type");
}

/* After the status of "okay" that each has. */
static void second_status(struct fdt_build *b)
{
	fb_string(b, "status", "disabled");
}

TEST(the_first_of_two_equal_properties_counts)
{
	struct plan p = good;

	p.cpu = second_status;
	CHECK_STR(read_plan(&p), "");
	CHECK_EQ(board.cpu_count, 2);
}

TEST(only_cpus_that_are_okay_count)
{
	struct plan p = good;

	p.cpu_status = "ok";
	CHECK_STR(read_plan(&p), "");
	p.cpu_status = "disabled";
	CHECK_STR(read_plan(&p),
		  "the devicetree has no cpu node with an mmu-type");
	p.cpu_status = "okay";
	p.cpu_type = "cache";
	CHECK_STR(read_plan(&p),
		  "the devicetree has no cpu node with an mmu-type");
	p.cpu_type = "cpu";
	p.same_reg = true;
	CHECK_STR(read_plan(&p), "two cpu nodes have the same reg");
}

static void own_timebase(struct fdt_build *b)
{
	FB_CELLS(b, "timebase-frequency", 0, 1000000);
}

TEST(the_timebase_may_stand_in_a_cpu_node_but_must_stand_somewhere)
{
	struct plan p = good;

	p.timebase = 0;
	CHECK_STR(read_plan(&p), "the devicetree has no timebase-frequency");
	p.cpu = own_timebase;
	CHECK_STR(read_plan(&p), "");
	CHECK_EQ(board.timebase, 1000000);
}

TEST(harts_beyond_the_limit_are_counted)
{
	struct plan p = good;

	p.harts = BOARD_CPUS + 3;
	CHECK_STR(read_plan(&p), "");
	CHECK_EQ(board.cpu_count, BOARD_CPUS);
	CHECK_EQ(board.cpus_ignored, 2);
}

TEST(isa_strings)
{
	enum {
		F = BOARD_ISA_F,
		FD = BOARD_ISA_F | BOARD_ISA_D,
		ZICBOZ = BOARD_ISA_ZICBOZ,
		SSTC = BOARD_ISA_SSTC,
	};
	static const struct {
		const char *isa;
		uint32_t flags;
	} all[] = {
		{"rv64imac", 0},
		{"rv64imaf", F},
		{"rv64gc", FD},
		{"RV64IMAFDC_Zicboz", FD | ZICBOZ},
		{"rv64imafdcsu", FD},
		{"rv64imacsstc", SSTC},
		{"rv64imaczicboz_sstc", ZICBOZ | SSTC},
		{"rv64i2p1m2p0a2p1f2p2d2p2_zicboz1p0_sstc1p0",
		 FD | ZICBOZ | SSTC},
		{"rv64imac_zicbozz_xsstc_zfh_zdinx", 0},
		{"rv64imac_svpbmt_svinval",
		 BOARD_ISA_SVPBMT | BOARD_ISA_SVINVAL},
		{"rv64imac__sstc_", SSTC},
		{"rv64imacxfd_sstc", SSTC},
		{"rv64", 0},
		{"rv6", 0},
		{"", 0},
		{"fd_sstc", 0},
	};
	struct plan p = good;

	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		p.isa = all[i].isa;
		CHECK_STR(read_plan(&p), "");
		CHECK_EQ(board.cpus[0].isa, all[i].flags);
	}
}

static void extension_list(struct fdt_build *b)
{
	fb_prop(b, "riscv,isa-extensions", "i\0m\0a\0f\0zicboz\0svpbmt", 22);
	FB_CELLS(b, "riscv,cboz-block-size", 64);
}

static void odd_block(struct fdt_build *b)
{
	FB_CELLS(b, "riscv,cboz-block-size", 48);
}

TEST(a_list_of_extensions_wins_over_the_string)
{
	struct plan p = good;

	p.cpu = extension_list;
	CHECK_STR(read_plan(&p), "");
	CHECK_EQ(board.cpus[0].isa,
		 BOARD_ISA_F | BOARD_ISA_ZICBOZ | BOARD_ISA_SVPBMT);
	CHECK_EQ(board.cpus[0].zero_block, 64);
	CHECK_EQ(board.cpus[1].isa,
		 BOARD_ISA_F | BOARD_ISA_D | BOARD_ISA_ZICBOZ | BOARD_ISA_SSTC);
	CHECK_EQ(board.cpus[1].zero_block, 0);
	p.cpu = odd_block;
	CHECK_STR(read_plan(&p),
		  "riscv,cboz-block-size is no power of two in a page");
}

/* ---- devices ---------------------------------------------------------- */

TEST(the_plic_has_a_context_for_each_hart)
{
	read_good();
	CHECK_EQ(board.plic.base, 0x0c000000);
	CHECK_EQ(board.plic.size, 0x4000000);
	CHECK_EQ(board.plic.sources, 53);
	CHECK_EQ(board.cpus[0].plic_context, 2);
	CHECK_EQ(board.cpus[1].plic_context, 3);
}

TEST(a_plic_that_makes_no_sense_is_refused)
{
	static const char sources[] = "the PLIC's riscv,ndev is not 1 to 1023";
	struct plan p = good;

	p.sources = 1024;
	CHECK_STR(read_plan(&p), sources);
	p.sources = 0;
	CHECK_STR(read_plan(&p), sources);
	p.sources = 1023;
	CHECK_STR(read_plan(&p), "");
	p.cut_plic = true;
	CHECK_STR(read_plan(&p), "the PLIC's interrupts-extended is not a list "
				 "of pairs");
}

TEST(a_hart_that_the_plic_does_not_know_has_no_context)
{
	struct plan p = good;

	p.harts = 4;
	CHECK_STR(read_plan(&p), "");
	CHECK_EQ(board.cpus[2].plic_context, BOARD_NO_CONTEXT);
}

TEST(virtio_slots_are_sorted_by_address)
{
	struct plan p = good;

	p.slots = BOARD_VIRTIO + 1;
	CHECK_STR(read_plan(&p), "");
	CHECK_EQ(board.virtio_count, BOARD_VIRTIO);
	for (unsigned i = 0; i < BOARD_VIRTIO; i++) {
		CHECK_EQ(board.virtio[i].base, 0x10001000 + 0x1000 * i);
		CHECK_EQ(board.virtio[i].irq, i + 1);
	}
}

TEST(the_test_device_is_found)
{
	read_good();
	CHECK_EQ(board.test_device, 0x100000);
}

TEST(what_the_kernel_drives_is_kept_from_programs)
{
	read_good();
	CHECK_EQ(board.own_count, 2); /* the test device has two names */
	CHECK(board_drives(&board, 0x0c000000, 1));
	CHECK(board_drives(&board, 0x0fffffff, 1));
	CHECK(board_drives(&board, 0x0bfffff0, 0x11));
	CHECK(board_drives(&board, 0x100ff8, 8)); /* the same page */
	CHECK(!board_drives(&board, 0x0bfffff0, 0x10));
}

/* ---- damage ----------------------------------------------------------- */

static void read_copy(const uint8_t *copy, size_t len)
{
	const char *why = NULL;
	struct fdt f;
	int err;

	if (fdt_open(&f, copy, len) != 0)
		return;
	err = board_read(&board, &f, &why);
	CHECK_EQ(err, why ? -E_INVAL : 0);
	CHECK(board.memory_count <= BOARD_MEMORY);
	CHECK(board.cpu_count <= BOARD_CPUS);
	CHECK(err || board.memory_count > 0);
	CHECK(err || board.initrd_start <= board.initrd_end);
}

TEST(damaged_blobs_give_a_board_or_a_reason)
{
	struct plan p = good;
	struct fdt_build *b;

	p.chosen = initrd_two_cells;
	b = build_board(&p);
	mutate_each(MUTATE_ROUNDS / 20, b->blob, fb_finish(b), read_copy);
}
