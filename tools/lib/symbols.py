# SPDX-License-Identifier: BSD-2-Clause
"""symbols.py - addresses to functions and source lines, by addr2line."""

import os
import re
import shutil
import subprocess

from tree import ROOT, die

# In a backtrace (perhaps quoted with a |), and after the words pc and ra.
KERNEL = r"0x(ffffffff[89a-f][0-9a-f]{7})\b"
ADDRESS = re.compile(rf"((?:^[\s|]*#\d+\s+|\b(?:pc|ra)[ :=]+)){KERNEL}")


def addr2line():
    cross = os.environ.get("CROSS") or "riscv64-unknown-elf-"
    names = (cross + "addr2line", "llvm-addr2line", "llvm-addr2line-14")
    for name in names:
        if shutil.which(name):
            return name
    return die(f"none of {', '.join(names)} is here: run tools/setup run")


def locations(path, addresses):
    """address -> "file:line", for those that have one."""
    addresses = sorted(set(addresses))
    if not addresses:
        return {}
    done = subprocess.run([addr2line(), "-e", path],
                          input="".join(f"{a:#x}\n" for a in addresses),
                          capture_output=True, text=True, check=False)
    found = {}
    for address, line in zip(addresses, done.stdout.splitlines()):
        name, _, number = line.split(" ")[0].rpartition(":")
        if name and not name.startswith("?") and number not in ("0", "?"):
            found[address] = f"{os.path.relpath(name, ROOT)}:{number}" \
                if name.startswith(ROOT + "/") else f"{name}:{number}"
    return found


def symbolized(elf, lines):
    """The lines, with names after the kernel addresses that mean code."""
    where = locations(elf.path, [code_of(elf, found) for line in lines
                                 for found in ADDRESS.finditer(line)])
    return [ADDRESS.sub(lambda found: told(elf, where, found), line)
            for line in lines]


def code_of(elf, found):
    """The address of the instruction meant: a return address is after it.

    #0 may be either; at the start of a function it returns from a call that
    ends the function before, which panic() does.
    """
    address, word = int(found[2], 16), found[1].strip(" \t|:=")
    symbol = elf.function_at(address)
    is_start = symbol is not None and symbol.address == address
    is_exact = word == "pc" or (word == "#0" and not is_start)
    return address - (not is_exact)


def told(elf, where, found):
    address, code = int(found[2], 16), code_of(elf, found)
    symbol = elf.function_at(code)
    if not symbol:
        return found[0]
    text = f"{found[0]} {symbol.name}+{address - symbol.address:#x}"
    return text + (f" ({where[code]})" if code in where else "")
