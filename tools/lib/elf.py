# SPDX-License-Identifier: BSD-2-Clause
"""elf.py - sections and functions of a 64-bit little-endian ELF file."""

import bisect
import struct
from collections import namedtuple

from tree import die, shown

Section = namedtuple("Section", "name type flags address offset size link")
Symbol = namedtuple("Symbol", "name address size")

PROGBITS, SYMTAB, NOBITS = 1, 2, 8    # ELF-64 specification, "Sections"
WRITE, ALLOC, EXECINSTR = 1, 2, 4
STT_NOTYPE, STT_FUNC = 0, 2


def string_at(data, offset):
    return data[offset:data.index(b"\0", offset)].decode()


class Elf:
    def __init__(self, path):
        try:
            with open(path, "rb") as f:
                self.data = f.read()
        except OSError as e:
            die(f"{shown(path)}: {e.strerror}: run make first")
        if self.data[:6] != b"\x7fELF\x02\x01":
            die(f"{shown(path)}: not a 64-bit little-endian ELF file")
        self.path = path
        self.sections = self.read_sections()
        self.symbols = sorted(self.read_symbols(), key=lambda s: s.address)
        self.addresses = [s.address for s in self.symbols]

    def read_sections(self):
        at, = struct.unpack_from("<Q", self.data, 40)
        size, count, names = struct.unpack_from("<HHH", self.data, 58)
        raw = [struct.unpack_from("<IIQQQQI", self.data, at + i * size)
               for i in range(count)]
        base = raw[names][4] if names < count else 0
        return [Section(string_at(self.data, base + r[0]), *r[1:])
                for r in raw]

    def read_symbols(self):
        for table in self.sections:
            if table.type != SYMTAB:
                continue
            strings = self.sections[table.link].offset
            for at in range(table.offset, table.offset + table.size, 24):
                name, info, _, section, address, size = struct.unpack_from(
                    "<IBBHQQ", self.data, at)
                text = string_at(self.data, strings + name)
                if self.is_code(section, info & 15, text):
                    yield Symbol(text, address, size)

    def is_code(self, section, kind, name):
        """A function, or a label of assembly; not the marks of $x kind."""
        return (kind in (STT_NOTYPE, STT_FUNC) and name
                and not name.startswith(("$", ".L"))
                and 0 < section < len(self.sections)
                and self.sections[section].flags & EXECINSTR)

    def function_at(self, address):
        """The symbol whose code the address lies in, or None."""
        i = bisect.bisect_right(self.addresses, address) - 1
        if i < 0 or not self.has_code(address):
            return None
        symbol = self.symbols[i]
        if symbol.size and address >= symbol.address + symbol.size:
            return None
        return symbol

    def has_code(self, address):
        return any(s.flags & EXECINSTR and
                   s.address <= address < s.address + s.size
                   for s in self.sections)


def sizes(elf):
    """Bytes of the loaded image. `init` is given away when boot is over."""
    total = {"code": 0, "constants": 0, "init": 0, "data": 0, "bss": 0}
    for s in elf.sections:
        if not s.flags & ALLOC:
            continue
        if s.name == ".init":
            total["init"] += s.size
        elif s.flags & EXECINSTR:
            total["code"] += s.size
        elif s.type == NOBITS:
            total["bss"] += s.size
        else:
            total["data" if s.flags & WRITE else "constants"] += s.size
    return total
