# SPDX-License-Identifier: BSD-2-Clause
# Quire. `make help` lists what can be made; lists below are the inventory.

CROSS ?= riscv64-unknown-elf-
LLVM ?= 0
WERROR ?= 0
T ?=
PICOLIBC ?= /usr/lib/picolibc/riscv64-unknown-elf

ifeq ($(LLVM),1)
O ?= build/llvm
TARGET_CC = clang --target=riscv64-unknown-elf -mno-relax -Wno-unused-command-line-argument
TARGET_LD = ld.lld
OBJCOPY = llvm-objcopy
else
O ?= build
TARGET_CC = $(CROSS)gcc
TARGET_LD = $(CROSS)ld
OBJCOPY = $(CROSS)objcopy
endif
HOST_CC ?= gcc
export O CROSS LLVM T WERROR

# ---- the inventory -----------------------------------------------------

LIB = log.c lock.c
ARCH = entry.S early.c cpu.c mmu.c tlb.c kspace.c sbi.c interrupt.c machine.c \
	semihost.S uaccess.S uaccess.c fpu.S fpu.c page.S page.c
COMPAT = $(notdir $(wildcard kernel/compat/*.c))
MM = frame.c frame_check.c slab.c region.c region_tree.c region_gap.c \
	region_check.c object.c space.c pages.c fault.c mm.c check.c
TASK = task.c thread.c sched.c
SYS = sys.c thread_calls.c log_calls.c space_calls.c walk.c
BOOT = board.c memory.c harts.c archive.c archive_find.c args.c elf.c program.c
PLATFORM = fdt.c fdt_find.c board.c board_cpus.c board_devices.c console.c \
	plic.c errata.c
KERNEL = $(LIB:%=kernel/lib/%) $(ARCH:%=kernel/arch/riscv/%) \
	$(COMPAT:%=kernel/compat/%) $(MM:%=kernel/mm/%) $(TASK:%=kernel/task/%) \
	$(SYS:%=kernel/sys/%) $(BOOT:%=kernel/boot/%) $(PLATFORM:%=platform/%) \
	kernel/main.c kernel/trap.c kernel/report.c kernel/panic.c
RUN = kernel/boot/run.c

UNIT = $(shell find tests/unit -name '*.[cS]' -not -path '*compat*' | sort)
PROGRAMS = start memory calls floating stack exhaust@15
FAULTS = null_load@13 null_store@15 null_call@12 store_to_text@15 \
	store_to_constant@15 execute_data@12 execute_stack@12 kernel_load@13 \
	kernel_store@15 kernel_jump@12 beyond_user_half@13 not_canonical@13 \
	after_unmap@13 after_protect@15 privileged@2 undefined@2 breakpoint@3 \
	no_such_call@8 stack_overflow@15

USER_LIB = user/lib/start.S user/lib/libc.c user/demo/show.c

# ---- flags -------------------------------------------------------------

WARN = -Wall -Wextra -Wshadow $(if $(filter 1,$(WERROR)),-Werror)
C = -std=gnu11 -O2 -g $(WARN) -ffreestanding -fno-common -ffunction-sections \
	-fno-pic -mcmodel=medany -isystem $(PICOLIBC)/include -MMD -MP
KERNEL_C = $(C) -march=rv64imac_zicsr_zifencei -mabi=lp64 -Ikernel -I.
TEST_C = $(KERNEL_C) -DQUIRE_TEST -DQUIRE_DEBUG
USER_C = $(C) -march=rv64imafdc_zicsr_zifencei -mabi=lp64d -Ikernel -Iuser/lib -Iuser

KERNEL_LIBS = $(PICOLIBC)/lib/release/rv64imac/lp64/libc.a \
	$(shell $(CROSS)gcc -march=rv64imac -mabi=lp64 -print-libgcc-file-name)
USER_LIBS = $(PICOLIBC)/lib/release/rv64imafdc/lp64d/libc.a \
	$(shell $(CROSS)gcc -march=rv64imafdc -mabi=lp64d -print-libgcc-file-name)
LINK = $(TARGET_LD) -nostdlib -static --gc-sections -z max-page-size=4096 \
	$(if $(filter 1,$(LLVM)),,--no-warn-rwx-segments) \
	--defsym=vfprintf=__i_vfprintf

# ---- what is made ------------------------------------------------------

.PHONY: help all
help: ## this list
	@awk -F': .*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

all: $(O)/quire.img $(O)/archive.cpio

obj = $(patsubst %,$(1)/%.o,$(2))
KERNEL_O = $(call obj,$(O)/release,$(KERNEL) $(RUN))

$(O)/release/%.o: % Makefile
	@mkdir -p $(@D)
	@$(TARGET_CC) $(KERNEL_C) -c $< -o $@
$(O)/test/%.o: % Makefile
	@mkdir -p $(@D)
	@$(TARGET_CC) $(TEST_C) -c $< -o $@
$(O)/program/%.o: % Makefile
	@mkdir -p $(@D)
	@$(TARGET_CC) $(USER_C) -c $< -o $@

$(O)/quire.elf: $(KERNEL_O) linker/kernel.ld
	@echo "  LD $@"
	@$(LINK) -T linker/kernel.ld -o $@ $(KERNEL_O) --start-group $(KERNEL_LIBS) --end-group
TEST_O = $(call obj,$(O)/test,$(KERNEL) $(UNIT))
$(O)/test/quire.elf: $(TEST_O) linker/kernel.ld
	@echo "  LD $@"
	@$(LINK) -T linker/kernel.ld -o $@ $(TEST_O) --start-group $(KERNEL_LIBS) --end-group
%.img: %.elf
	@$(OBJCOPY) -O binary $< $@

USER_O = $(call obj,$(O)/program,$(USER_LIB))
$(O)/user/%.elf: $(O)/program/%.c.o $(USER_O) linker/user.ld
	@mkdir -p $(@D)
	@$(LINK) -T linker/user.ld -o $@ $< $(USER_O) --start-group $(USER_LIBS) --end-group
$(O)/archive.cpio: $(O)/user/user/demo/tour.elf
	@tools/archive $@ $<=tour

$(O)/bench/archive.cpio: $(O)/user/tests/bench/bench.elf
	@mkdir -p $(@D)
	@tools/archive $@ $<=bench
program = $(O)/user/tests/user/$(firstword $(subst @, ,$(1))).elf
$(O)/test/archive.cpio: $(foreach p,$(PROGRAMS) fault,$(call program,$(p)))
	@mkdir -p $(@D)
	@tools/archive $@ $(foreach p,$(PROGRAMS),$(call program,$(p))=test/$(p)) \
		$(FAULTS:%=$(call program,fault)=test/%)

-include $(shell find $(O) -name '*.d' 2>/dev/null)
.SECONDARY:
