# SPDX-License-Identifier: BSD-2-Clause
"""swapdisk.py - disks with swap areas for tests/servers, made as a person makes
them: mkswap of util-linux, and sgdisk for partitions (sgdisk writes a GPT, which
it can turn into an MBR).

A disk that is not swap, and each partition that is not, is filled with bytes that
follow from the place; they must be there afterwards.
"""

import os
import subprocess
from dataclasses import dataclass

MIB = 1 << 20
FIRST = 2048          # sector of the first partition: sgdisk's alignment
PATH = os.environ["PATH"] + ":/usr/sbin:/sbin"

# Sectors that cannot be read, or written: those of slots 20 and 60 of an area
# that is the whole disk (tests/servers/paging.c). QEMU's docs/devel/blkdebug.txt.
RULES = """[inject-error]
event = "read_aio"
errno = "5"
sector = "160"
once = "off"

[inject-error]
event = "write_aio"
errno = "5"
sector = "480"
once = "off"
"""


@dataclass
class SwapDisk:
    """One image. Sizes are in MiB."""
    mib: int = 16
    parts: tuple = ()      # (label or None: not swap, size); (): the whole disk
    table: str = "gpt"     # of parts; or "mbr"
    label: str = "area"    # of the whole disk; None: not swap
    options: tuple = ()    # of mkswap
    patches: tuple = ()    # (offset, bytes) that are written over it
    truncate: int = None   # the size that is left, MiB
    broken: bool = False   # RULES
    read_only: bool = False
    slow: int = 0          # requests a second


def run(*argv):
    done = subprocess.run(argv, check=False, capture_output=True, text=True,
                          env=dict(os.environ, PATH=PATH), timeout=60)
    if done.returncode != 0:
        raise OSError(f"{argv[0]}: {(done.stderr or done.stdout).strip()}")


def filler(start, size):
    """Bytes of a partition that is not swap."""
    return b"".join(b"%015x\n" % (start + i) for i in range(0, size, 16))


def mkswap(path, label, options=()):
    run("mkswap", "-q", "-L", label, *options, path)


def fill_area(f, path, offset, label, size, options):
    """What stands at `offset` of the image f: a swap area, or filler."""
    f.seek(offset)
    if label is None:
        f.write(filler(offset, size))
        return
    part = path + ".part"
    with open(part, "wb") as p:
        p.truncate(size)
    mkswap(part, label, options)
    with open(part, "rb") as p:
        f.write(p.read(0x10000))  # all behind it is zero
    os.unlink(part)


def places(disk):
    """(offset, label, size) of each partition, in bytes."""
    at = FIRST * 512
    for label, mib in disk.parts:
        yield at, label, mib * MIB
        at += mib * MIB


def partition(path, disk):
    argv = ["sgdisk"]
    for i, (at, _, size) in enumerate(places(disk)):
        argv += ["-n", f"{i + 1}:{at // 512}:{(at + size) // 512 - 1}"]
    if disk.table == "mbr":
        argv += ["-m", ":".join(str(i + 1) for i in range(len(disk.parts)))]
    run(*argv, path)


def make(path, disk):
    with open(path, "wb") as f:
        f.truncate(disk.mib * MIB)
    if disk.parts:
        partition(path, disk)
    with open(path, "r+b") as f:
        for at, label, size in places(disk):
            fill_area(f, path, at, label, size, disk.options)
        if not disk.parts:
            fill_area(f, path, 0, disk.label, disk.mib * MIB, disk.options)
        for at, data in disk.patches:
            f.seek(at)
            f.write(data)
        if disk.truncate:
            f.truncate(disk.truncate * MIB)


def faults(path, disk):
    """What is wrong with the image after the run."""
    areas = list(places(disk))
    if not disk.parts:
        areas = [(0, disk.label, disk.mib * MIB)]
    with open(path, "rb") as f:
        for at, label, size in areas:
            f.seek(at)
            if label is None and f.read(size) != filler(at, size):
                return [f"{os.path.basename(path)}: what is not swap has been "
                        f"written, in the {size} bytes at {at}"]
    return []


def rules(path):
    """The file of RULES."""
    path += ".rules"
    with open(path, "w", encoding="ascii") as f:
        f.write(RULES)
    return path
