# SPDX-License-Identifier: BSD-2-Clause
"""quire.py - what gdb should know of Quire: source it, or run tools/debug.

    quire-walk ADDRESS    the way of a virtual address through the page tables
                          of $satp, level by level

Page tables are read from physical memory through QEMU's monitor, so that they
need not be mapped. Names after the Privileged spec, "Sv39".
"""

import re

import gdb

PAGE_SHIFT, VPN_BITS, LEVELS = 12, 9, 3
SV39 = 8  # satp.MODE
PPN_MASK = (1 << 44) - 1
VALID, READ, WRITE, EXECUTE = 1, 2, 4, 8
FLAGS = ((128, "D"), (64, "A"), (32, "G"), (16, "U"), (8, "X"), (4, "W"),
         (2, "R"), (1, "V"))  # bits 7..0, as the tour prints them
SIZES = ("4 KiB", "2 MiB", "1 GiB")  # of a leaf at level 0, 1, 2


def physical_word(address):
    """The 8 bytes at a physical address."""
    text = gdb.execute(f"monitor xp /1gx {address:#x}", to_string=True)
    found = re.search(r":\s*0x([0-9a-fA-F]+)", text)
    if not found:
        raise gdb.GdbError(f"no memory at physical {address:#x}")
    return int(found[1], 16)


def flags_of(entry):
    return "".join(name if entry & bit else "-" for bit, name in FLAGS)


def register(name):
    value = gdb.parse_and_eval(f"${name}")
    if value.type.code == gdb.TYPE_CODE_VOID:
        raise gdb.GdbError(f"this target has no ${name}: attach to it first")
    return int(value) & (1 << 64) - 1


def is_canonical(address):
    return address >> 38 in (0, (1 << 26) - 1)


def walk(address):
    """Yields a line a level; the last says where it ended."""
    satp = register("satp")
    if satp >> 60 != SV39:
        yield f"satp {satp:#x}: no paging, physical {address:#x}"
        return
    yield (f"satp {satp:#018x}: Sv39, ASID {satp >> 44 & 0xffff}, "
           f"root at {(satp & PPN_MASK) << PAGE_SHIFT:#x}")
    if not is_canonical(address):
        yield f"{address:#x} is not canonical: page fault"
        return
    table = (satp & PPN_MASK) << PAGE_SHIFT
    for level in reversed(range(LEVELS)):
        shift = PAGE_SHIFT + VPN_BITS * level
        index = address >> shift & (1 << VPN_BITS) - 1
        entry = physical_word(table + index * 8)
        target = (entry >> 10 & PPN_MASK) << PAGE_SHIFT
        yield (f"  L{level} [{index:3}] at {table + index * 8:#x}: "
               f"{entry:#018x}  {flags_of(entry)}  -> {target:#x}")
        if not entry & VALID:
            yield f"not present at level {level}: page fault"
            return
        if entry & (READ | WRITE | EXECUTE):
            offset = address & (1 << shift) - 1
            yield (f"physical {(target & ~((1 << shift) - 1)) + offset:#x}, "
                   f"in a leaf of {SIZES[level]}")
            return
        table = target
    yield "a pointer at level 0: page fault"


class Walk(gdb.Command):
    """quire-walk ADDRESS: the way of a virtual address through $satp."""

    def __init__(self):
        super().__init__("quire-walk", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        if not argument.strip():
            raise gdb.GdbError("usage: quire-walk ADDRESS")
        value = gdb.parse_and_eval(argument)
        for line in walk(int(value) & (1 << 64) - 1):
            print(line)


Walk()
gdb.execute("set confirm off")
gdb.execute("set pagination off")
print("Quire: quire-walk ADDRESS walks the page tables of $satp. Before paging\n"
      "is on only hardware breakpoints hold: hbreak main, then continue.")
