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
CSRS =
TIGHT =
OBJCOPY = llvm-objcopy
else
O ?= build
TARGET_CC = $(CROSS)gcc
TARGET_LD = $(CROSS)ld
CSRS = _zicsr_zifencei
# Constants as close as they may lie; no block of a function twice, for a jump.
TIGHT = -malign-data=natural --param max-grow-copy-bb-insns=2 \
	--param max-jump-thread-duplication-stmts=4
OBJCOPY = $(CROSS)objcopy
endif
HOST_CC ?= gcc
export O CROSS LLVM T WERROR SEEDS EVERY NOW

# ---- the inventory -----------------------------------------------------

LIB = bits.c log.c lock.c format.c random.c
ARCH = entry.S early.c cpu.c mmu.c asid.c tlb.c kspace.c sbi.c interrupt.c machine.c \
	semihost.S uaccess.S uaccess.c fpu.S fpu.c page.S page.c trial.S \
	trial.c lock.S soft_ad.S soft_ad.c
COMPAT = entry.c pagedir.c words.c control.c fault.c view.c
MM = buddy.c frame.c frame_pool.c frame_check.c slab.c region.c region_tree.c region_gap.c \
	region_check.c kin.c span.c object.c object_copy.c radix.c rmap.c revoke.c paged.c paged_sync.c ahead.c ring.c pager.c pager_create.c window.c space.c space_clone.c pages.c page_state.c advise.c count.c \
	fault.c fault_short.c around.c swap.c swap_remove.c evict.c reclaim.c pin.c huge.c sharers.c move.c compact.c ending.c grace.c mm.c check.c
TASK = handle.c watch.c task.c thread.c thread_fpu.c timer.c sched.c idle.c page_wait.c
IPC = endpoint.c message.c copy.c reply.c ipc.c handler.c notification.c interrupt.c
SYS = sys.c handle_calls.c task_calls.c thread_calls.c ipc_calls.c \
	machine_calls.c log_calls.c space_calls.c object_calls.c pager_calls.c swap_calls.c walk.c
BOOT = board.c memory.c harts.c archive.c initrd.c args.c elf.c program.c first_handles.c
PLATFORM = fdt.c fdt_find.c board.c board_cpus.c board_devices.c board_find.c console.c \
	plic.c errata.c
KERNEL = $(LIB:%=kernel/lib/%) $(ARCH:%=kernel/arch/riscv/%) \
	$(COMPAT:%=kernel/compat/%) $(MM:%=kernel/mm/%) $(TASK:%=kernel/task/%) \
	$(IPC:%=kernel/ipc/%) $(SYS:%=kernel/sys/%) $(BOOT:%=kernel/boot/%) $(PLATFORM:%=platform/%) \
	kernel/main.c kernel/trap.c kernel/report.c kernel/panic.c
RUN = kernel/boot/run.c

UNIT = $(shell find tests/unit -name '*.[cS]' | sort) \
	$(addprefix tests/x86/,seq.c tables.c sets.c)
HOST = tests/host/main.c tests/host/kernel_stubs.c
PURE = $(addprefix platform/,errata.c fdt.c fdt_find.c board.c board_cpus.c board_devices.c board_find.c) \
	$(addprefix kernel/boot/,archive.c args.c elf.c) \
	$(addprefix kernel/mm/,slab.c region.c region_tree.c region_gap.c region_check.c \
	radix.c ring.c) \
	tests/host/frames.c
MODEL = $(addprefix kernel/arch/riscv/,mmu.c asid.c tlb.c) tests/host/hart.c tests/host/arena.c
REFERENCE = $(addprefix kernel/arch/riscv/,mmu.c asid.c tlb.c) kernel/lib/lock.c kernel/lib/random.c \
	$(MM:%=kernel/mm/%) tests/host/hart.c $(filter-out %/run_test.c %/fuzz.c,$(wildcard tests/host/mm/*.c))
X86 = tests/host/rig_host.c $(COMPAT:%=kernel/compat/%) $(wildcard tests/unit/compat/*_test.c) \
	tests/unit/compat/rig.c tests/unit/compat/seq_mirror.c \
	$(addprefix tests/x86/,golden_test.c golden.c sets.c seq.c tables.c shootdown_test.c)
PURE_TESTS = $(wildcard tests/unit/lib/*.c tests/unit/platform/*.c \
	tests/unit/mm/region*.c tests/unit/mm/slab*.c \
	tests/unit/mm/radix*.c tests/unit/mm/ring*.c) tests/host/board_dtb_test.c \
	$(addprefix tests/unit/boot/,archive_test.c args_test.c elf_test.c)
USER_PURE = $(addprefix user/lib/,archive.c elf.c stack.c virtqueue.c virtio.c) \
	$(addprefix user/servers/,init/manifest.c init/words.c \
	console/line.c console/ring.c console/state.c blk/disk.c net/nic.c \
	swap/header.c swap/partition.c swap/cluster.c) \
	tests/host/user/fake_virtio.c $(wildcard tests/host/user/*_test.c)
PROGRAMS = start memory pages advice statistics calls clone huge swap steps ipc objects files resize revoke handles messages cut waits watch handler signals schedule ramdisk liar liar_twice remote floating stack two_spin many_churn exhaust@15
FAULTS = null_load@13 null_store@15 null_call@12 store_to_text@15 \
	store_to_constant@15 execute_data@12 execute_stack@12 kernel_load@13 \
	kernel_store@15 kernel_jump@12 beyond_user_half@13 not_canonical@13 \
	after_unmap@13 after_protect@15 privileged@2 undefined@2 vector@2 breakpoint@3 \
	no_such_call@8 stack_overflow@15

USER_LIB = $(addprefix user/lib/,start.S libc.c service.c client.c waiters.c regions.c archive.c \
	elf.c stack.c spawn.c thread.S thread.c touch.c virtqueue.c virtio.c \
	proto/init.c proto/console.c proto/blk.c proto/net.c proto/swap.c) user/demo/show.c
TOUR = sparse.c common.c states.c clone.c huge.c draw.c second.c
SERVERS = init console blk net swap
init = manifest.c words.c device.c start.c supervise.c answer.c listing.c
console = uart.c state.c line.c ring.c
blk = disk.c share.c
net = nic.c
swap = area.c drive.c cluster.c header.c partition.c door.c
BIN = ps vmstat swaps
SERVER_TESTS = $(notdir $(basename $(wildcard tests/servers/*.c)))
MANIFESTS = $(notdir $(basename $(wildcard tests/servers/*.manifest)))

# ---- flags -------------------------------------------------------------

WARN = -Wall -Wextra -Wshadow $(if $(filter 1,$(WERROR)),-Werror)
OPT = -O2
C = -std=gnu11 $(OPT) -g $(WARN) -ffreestanding -fno-common -ffunction-sections \
	-fno-pic $(HEADERS) -MMD -MP
KERNEL_ISA = rv64imac$(CSRS)
# Addresses are absolute, at the end of the address space (linker/kernel.ld): where
# that is near enough GNU ld makes shorter instructions of it.
CODE_MODEL = medlow
KERNEL_C = $(C) -mcmodel=$(CODE_MODEL) -fdata-sections $(TIGHT) -march=$(KERNEL_ISA) -mabi=lp64 \
	-Ikernel -I.
TEST_C = $(KERNEL_C) -DQUIRE_TEST -DQUIRE_DEBUG
USER_C = $(C) -mcmodel=medany -march=rv64imafdc$(CSRS) -mabi=lp64d -Ikernel -Iuser/lib -Iuser

# The C library: picolibc; newlib, if CROSS is another gcc that has its own, or
# if there is no picolibc.
ask = $(shell PATH='$(PATH)' $(CROSS)gcc -march=$(1) -mabi=$(2) $(3) 2>/dev/null)
ifneq ($(CROSS) $(wildcard $(PICOLIBC)),riscv64-unknown-elf- $(PICOLIBC))
NEWLIB := $(filter /%,$(call ask,rv64imac,lp64,-print-file-name=libc.a))
endif
ifeq ($(NEWLIB),)
HEADERS = -isystem $(PICOLIBC)/include
libc = $(PICOLIBC)/lib/$(3)$(1)/$(2)/libc.a --defsym=vfprintf=__i_vfprintf
else
HEADERS := $(if $(filter 1,$(LLVM)),-isystem $(dir $(firstword $(filter %/string.h, \
	$(call ask,rv64imac,lp64,-M -include string.h -x c /dev/null)))))
libc = $(call ask,$(1),$(2),-print-file-name=libc.a)
endif
libs = $(call libc,$(1),$(2),$(3)) $(call ask,$(1),$(2),-print-libgcc-file-name)

# Small for the kernel, which has its own loops where it counts; fast for programs.
KERNEL_LIBS = $(call libs,rv64imac,lp64)
USER_LIBS = $(call libs,rv64imafdc,lp64d,release/) $(if $(NEWLIB),--wrap=main)
# lld cannot check it; the sources are the same.
NO_WAY_BACK = $(if $(filter 1,$(LLVM)),,linker/init.ld)
LINK = $(TARGET_LD) -nostdlib -static --gc-sections -z max-page-size=4096 \
	$(if $(filter 1,$(LLVM)),,--no-warn-rwx-segments)

# ---- what a person asks for --------------------------------------------
# Each first installs what it needs (quick if all is there), then builds in a
# second make, which sees what was installed.

BUILD = @$(MAKE) --no-print-directory
SETUP = @tools/setup
.PHONY: help all run servers test test-slow model model-fuzz bench size check doctor debug oracle clean

help: ## this list
	@awk -F': .*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile
	@echo "  T=frame selects tests, LLVM=1 builds with clang and lld, CROSS=riscv64-elf- with another gcc"

run: ## boot QEMU virt under OpenSBI and take the tour
	$(SETUP) run $(if $(filter 1,$(LLVM)),llvm)
	$(BUILD) all
	@tools/run --append 'expect=fault aslr=0'

servers: ## boot init with its services: console, disk, network; list what runs
	$(SETUP) run $(if $(filter 1,$(LLVM)),llvm)
	$(BUILD) system
	@tools/run --archive $(O)/system.cpio

test: ## all tests, on the host and in the emulator; T=pattern selects
	$(SETUP) test $(if $(filter 1,$(LLVM)),llvm)
	$(BUILD) tests
	@tools/test

test-slow: ## what takes longer: every x86 word, mutations of MMU layer and mirror, models
	$(SETUP) test slow
	$(BUILD) slow
	@$(O)/slow/words
	@tests/host/mutate
	@tests/host/mm/mutate
	@tests/host/user/mutate
	@tests/x86/mutate
	@tests/model/run

model: ## kernel/mm against a model of plain arrays; SEED=n N=operations SEEDS=n
	$(SETUP) test
	$(BUILD) $(O)/host/model
	@SEED=$(or $(SEED),1) N=$(or $(N),200000) $(O)/host/model seeds

model-fuzz: ## the same, the operations chosen by libFuzzer for SECONDS=60
	$(SETUP) fuzz
	$(BUILD) $(O)/fuzz/model
	@mkdir -p $(O)/fuzz/corpus
	@$(O)/fuzz/model -max_total_time=$(or $(SECONDS),60) -max_len=20000 -len_control=10 \
		-artifact_prefix=$(O)/fuzz/ $(O)/fuzz/corpus

fuzz: ## random native calls; SEED=n CALLS=n HARTS=n, the same again on one hart
	$(SETUP) test
	$(BUILD) $(O)/test/quire.img $(O)/stress/archive.cpio
	@tools/fuzz --seed $(or $(SEED),1) --calls $(or $(CALLS),$(N),200000) --harts $(or $(HARTS),1)

bench: ## instructions per operation against the budgets
	$(SETUP) test
	$(BUILD) benches
	@tools/bench

size: ## bytes of the kernel and lines of code, a layer
	$(SETUP) run
	$(BUILD) all
	@tools/size

check: ## format, layers, sizes, lint
	$(SETUP) check
	@tools/check

doctor: ## which tools are here, and whether they will do
	@tools/doctor || echo "make run, test, check, oracle install what they miss"

debug: ## QEMU waiting for gdb, with a gdb that knows Sv39
	$(SETUP) debug
	$(BUILD) all
	@tools/debug

oracle: ## ask the x86 MMUs of QEMU and Bochs again: no difference to the golden vectors
	$(SETUP) oracle
	@$(MAKE) --no-print-directory -C tests/x86/oracle check O=$(abspath $(O))/oracle

clean:
	rm -rf build

# ---- what is made ------------------------------------------------------

.PHONY: tests slow benches system
system: $(O)/quire.img $(O)/system.cpio
	@:
benches: all $(O)/bench/archive.cpio $(O)/servers/swap-cost.cpio $(O)/plugin/count.so $(O)/plugin/profile.so
	@:
all: $(O)/quire.img $(O)/archive.cpio
	@:
tests: all $(O)/test/quire.img $(O)/test/archive.cpio $(O)/host/pure $(O)/host/mmu $(O)/host/model $(O)/host/x86 $(O)/host/servers \
	$(O)/stress/archive.cpio \
	$(O)/system.cpio $(MANIFESTS:%=$(O)/servers/%.cpio)
	@:
slow: $(O)/slow/words
	@:

obj = $(patsubst %,$(1)/%.o,$(2))
KERNEL_O = $(call obj,$(O)/release,$(KERNEL) $(RUN))

$(O)/release/%.o: % Makefile
	@mkdir -p $(@D)
	@$(TARGET_CC) $(KERNEL_C) -c $< -o $@ $(INTO_INIT)
$(O)/test/%.o: % Makefile
	@mkdir -p $(@D)
	@$(TARGET_CC) $(TEST_C) -c $< -o $@ $(INTO_INIT)
$(O)/program/%.o: % Makefile
	@mkdir -p $(@D)
	@$(TARGET_CC) $(USER_C) -c $< -o $@

# What runs once, or seldom, or only for a person to read, is made small, and saves
# registers by a call; what is called by what is often done saves its own.
COLD = $(addprefix platform/,board%.c fdt_find.c console.c plic.c errata.c) \
	$(addprefix kernel/,main.c panic.c report.c lib/log.c lib/format.c lib/random.c boot/% compat/% \
	$(addprefix arch/riscv/,kspace.c early.c sbi.c machine.c asid.c soft_ad.c) \
	$(addprefix mm/,mm.c ending.c check.c frame_check.c grace.c region_check.c \
	rmap.c revoke.c object_copy.c paged_sync.c pager_create.c pin.c kin.c \
	swap.c swap_remove.c evict.c reclaim.c ahead.c space_clone.c page_state.c advise.c count.c fault_short.c huge.c sharers.c move.c compact.c) \
	$(addprefix task/,idle.c task.c timer.c watch.c thread_fpu.c) \
	$(addprefix ipc/,interrupt.c reply.c) \
	$(addprefix sys/,handle_calls.c thread_calls.c log_calls.c machine_calls.c object_calls.c \
	task_calls.c swap_calls.c walk.c))
COOL = platform/fdt.c $(addprefix kernel/,trap.c mm/around.c task/thread.c \
	$(addprefix ipc/,message.c endpoint.c handler.c copy.c) \
	$(addprefix sys/,ipc_calls.c))
# What nobody calls or reads once boot is over (.init in linker/kernel.ld).
INIT = $(addprefix platform/,board.c board_cpus.c board_devices.c fdt.c fdt_find.c errata.c) \
	$(addprefix kernel/,main.c arch/riscv/early.c \
	$(addprefix boot/,board.c memory.c archive.c initrd.c args.c elf.c program.c first_handles.c))
made = $(foreach t,release test,$(call obj,$(O)/$(t),$(filter $(1),$(KERNEL))))
$(call made,$(COLD)): OPT = -Os -msave-restore
$(call made,$(COOL)): OPT = -Os
$(call made,$(INIT)): INTO_INIT = && $(OBJCOPY) --prefix-alloc-sections=.init $@
$(call made,$(addprefix kernel/mm/,fault.c span.c)): TIGHT =

# Before paging is on only what is taken relative to pc is right.
$(call made,kernel/arch/riscv/early.c): CODE_MODEL = medany

# Saving floating-point registers takes the instructions, not the ABI.
%/fpu.S.o: KERNEL_ISA = rv64imafdc$(CSRS)

$(O)/quire.elf: $(KERNEL_O) linker/kernel.ld linker/init.ld
	@echo "  LD $@"
	@$(LINK) -T linker/kernel.ld $(NO_WAY_BACK) -o $@ $(KERNEL_O) --start-group $(KERNEL_LIBS) --end-group
TEST_O = $(call obj,$(O)/test,$(KERNEL) $(UNIT))
# A test that is taken away must not linger in the kernel.
$(O)/test/list: FORCE
	@mkdir -p $(@D)
	@echo $(UNIT) | cmp -s - $@ || echo $(UNIT) >$@
FORCE:
$(O)/test/quire.elf: $(TEST_O) linker/kernel.ld $(O)/test/list
	@echo "  LD $@"
	@$(LINK) -T linker/kernel.ld -o $@ $(TEST_O) --start-group $(KERNEL_LIBS) --end-group
%.img: %.elf
	@$(OBJCOPY) -O binary $< $@

# With line numbers in NAME.elf.debug: archives must fit into small machines.
USER_O = $(call obj,$(O)/program,$(USER_LIB))
$(O)/user/%.elf: $(O)/program/%.c.o $(USER_O) linker/user.ld
	@mkdir -p $(@D)
	@$(LINK) -T linker/user.ld -o $@.debug $(filter %.o,$^) --start-group $(USER_LIBS) --end-group
	@$(OBJCOPY) --strip-debug $@.debug $@
$(O)/user/tests/bench/bench.elf: $(call obj,$(O)/program,$(wildcard tests/bench/*_rows.c))
# A server is a folder of several files; its main() is in the one of its name.
server = $(O)/user/user/servers/$(1)/$(1).elf
$(foreach s,$(SERVERS),$(eval $(call server,$(s)): $(call obj,$(O)/program,$($(s):%=user/servers/$(s)/%))))
$(O)/user/user/demo/tour.elf: $(call obj,$(O)/program,$(TOUR:%=user/demo/%))
$(O)/archive.cpio: $(O)/user/user/demo/tour.elf
	@tools/archive $@ $<=tour

BENCH = bench peer scale harts
bench = $(O)/user/tests/bench/$(1).elf
$(O)/bench/archive.cpio: $(foreach b,$(BENCH),$(call bench,$(b)))
	@mkdir -p $(@D)
	@tools/archive $@ $(foreach b,$(BENCH),$(call bench,$(b))=$(b))
program = $(O)/user/tests/user/$(firstword $(subst @, ,$(1))).elf
$(O)/test/archive.cpio: $(foreach p,$(PROGRAMS) fault,$(call program,$(p)))
	@mkdir -p $(@D)
	@tools/archive $@ $(foreach p,$(PROGRAMS),$(call program,$(p))=test/$(p)) \
		$(FAULTS:%=$(call program,fault)=test/%)

# Programs that want all harts for a while: tools/fuzz, tools/test stress-4.
STRESS = fuzz stress_ipc stress_map stress_thread stress_task stress_priority stress_signal stress_cancel stress_handler stress_revoke stress_clone
$(foreach p,$(filter stress_%,$(STRESS)),$(O)/user/tests/user/$(p).elf): \
	$(call obj,$(O)/program,tests/user/stress.c)
$(O)/user/tests/user/fuzz.elf: $(call obj,$(O)/program,$(wildcard tests/user/fuzz_*.c))
$(O)/stress/archive.cpio: $(foreach p,$(STRESS),$(call program,$(p)))
	@mkdir -p $(@D)
	@tools/archive $@ $(foreach p,$(STRESS),$(call program,$(p))=test/$(p))

bin = $(O)/user/user/bin/$(1).elf
system = $(call server,init)=init $(foreach s,$(filter-out init,$(SERVERS)),$(call server,$(s))=servers/$(s)) \
	$(foreach b,$(BIN),$(call bin,$(b))=bin/$(b))
SYSTEM = $(foreach s,$(SERVERS),$(call server,$(s))) $(foreach b,$(BIN),$(call bin,$(b)))
$(O)/system.cpio: user/etc/manifest $(SYSTEM)
	@tools/archive $@ $(system) $<=etc/manifest

# Each manifest of tests/servers in an archive with all that it may start.
server_test = $(O)/user/tests/servers/$(1).elf
$(O)/servers/%.cpio: tests/servers/%.manifest $(SYSTEM) $(foreach t,$(SERVER_TESTS),$(call server_test,$(t)))
	@mkdir -p $(@D)
	@tools/archive $@ $(system) $<=etc/manifest $(foreach t,$(SERVER_TESTS),$(call server_test,$(t))=test/$(t))

$(O)/plugin/%.so: tests/bench/plugin/%.c tests/bench/plugin/plugin.h
	@mkdir -p $(@D)
	@$(HOST_CC) -std=gnu11 -O2 -fPIC -shared -fvisibility=hidden $(WARN) -I. $< -o $@

HOST_C = -DQUIRE_HOST -DQUIRE_TEST -DQUIRE_DEBUG -g -O1 -fno-sanitize-recover=all \
	-fsanitize=address,undefined -std=gnu11 $(WARN) -Ikernel -I. -Iuser/lib -MMD -MP
$(O)/host/%.o: % Makefile
	@mkdir -p $(@D)
	@$(HOST_CC) $(HOST_C) -c $< -o $@
$(O)/host/pure: $(call obj,$(O)/host,$(HOST) $(PURE) $(PURE_TESTS))
$(O)/host/mmu: $(call obj,$(O)/host,$(HOST) $(MODEL) tests/host/mmu_hostile_test.c)
$(O)/host/model: $(call obj,$(O)/host,$(HOST) $(REFERENCE) tests/host/mm/run_test.c)
$(O)/host/x86: $(call obj,$(O)/host,$(HOST) $(MODEL) $(X86))
$(O)/host/servers: $(call obj,$(O)/host,$(HOST) $(USER_PURE))
$(O)/host/pure $(O)/host/mmu $(O)/host/model $(O)/host/x86 $(O)/host/servers:
	@echo "  LD $@"
	@$(HOST_CC) $(HOST_C) $(LINK_C) $^ -o $@
$(O)/host/model $(O)/fuzz/model: LINK_C = -Wl,--wrap=frame_put,--wrap=frame_put_chain
FUZZ_CC = clang -fsanitize=fuzzer -Wno-unknown-warning-option
$(O)/fuzz/%.o: % Makefile
	@mkdir -p $(@D)
	@$(FUZZ_CC) $(HOST_C) -c $< -o $@
$(O)/fuzz/model: $(call obj,$(O)/fuzz,$(REFERENCE) tests/host/kernel_stubs.c tests/host/mm/fuzz.c)
	@echo "  LD $@"
	@$(FUZZ_CC) $(HOST_C) $(LINK_C) $^ -o $@
$(O)/slow/words: tests/x86/round_trip.c kernel/compat/entry.c
	@mkdir -p $(@D)
	@$(HOST_CC) -DQUIRE_HOST -O2 -std=gnu11 $(WARN) -Ikernel -I. $^ -o $@

-include $(shell find $(O) -name '*.d' 2>/dev/null)
.SECONDARY:
