# SPDX-License-Identifier: BSD-2-Clause
"""servercase.py - runs one case of tests/servers/cases.py: init, and services.

The archive is the one of the manifest of that name. A disk is made for each
run: HALF sectors whose bytes follow from their numbers (tests/servers/disk.c
knows how, too), and as many that are zero and may be written.
"""

import os
import re
import struct
from dataclasses import dataclass

import bootcase
import conversation
import emulator
import swapdisk
from ktap import Outcome, console_lines, tail
from tree import build, needed

SECTOR, HALF = 512, 4096
OTHER = 1000000  # added to the numbers of what the guest writes
BROKEN = 64      # this sector cannot be read from a broken disk

# A rule of blkdebug each: one sector that cannot be read, ever, and flushes
# that fail. QEMU's docs/devel/blkdebug.txt.
RULES = f"""[inject-error]
event = "read_aio"
errno = "5"
sector = "{BROKEN}"
once = "off"

[inject-error]
event = "flush_to_disk"
errno = "5"
once = "off"
"""


@dataclass
class ServerCase:
    """One boot with init."""
    name: str
    says: tuple = ()          # each matches somewhere in a console line
    never: tuple = ()         # these match nowhere
    in_order: tuple = ()      # whole lines: each once, in this order
    manifest: str = None      # tests/servers/*.manifest; None: the name
    archive: str = None       # below the build folder; None: the manifest's
    status: int = 0
    machine: str = "virt"
    harts: int = emulator.HARTS
    mem: str = emulator.MEMORY
    append: str = ""
    disk: dict = None         # options of emulator.disk()
    writes: bool = False      # the disk's second half is full afterwards
    damaged: bool = False     # nothing is said of the image afterwards
    swaps: tuple = ()         # more disks: swapdisk.SwapDisk
    wire: bool = False        # two network devices
    typed: tuple = None       # (what is awaited, what is typed then), ...
    dts: tuple = ()           # as in bootcase.py; then neither disk nor wire
    timeout: int = 120


# ---- disks --------------------------------------------------------------


def sector(number):
    """What the sector of that number holds."""
    return struct.pack("<Q", number) + bytes(
        (number * 7 + i) & 0xff for i in range(8, SECTOR))


def make_disk(path):
    with open(path, "wb") as f:
        for n in range(HALF):
            f.write(sector(n))
        f.truncate(2 * HALF * SECTOR)


def disk_options(case):
    """The QEMU options for a new disk of this case."""
    folder = build("servers")
    path = os.path.join(folder, f"{case.name}.img")
    options = dict(case.disk)
    make_disk(path)
    if options.pop("broken", False):
        rules = os.path.join(folder, f"{case.name}.rules")
        with open(rules, "w", encoding="ascii") as f:
            f.write(RULES)
        options["errors"] = rules
    return emulator.disk(path, **options)


def swap_image(case, n):
    return build("servers", f"{case.name}.swap{n}.img")


def swap_options(case):
    """The QEMU options for new disks with swap areas."""
    argv = []
    for n, disk in enumerate(case.swaps):
        path = swap_image(case, n)
        swapdisk.make(path, disk)
        argv += emulator.disk(
            path, disk.read_only, disk.slow,
            swapdisk.rules(path) if disk.broken else None, name=f"swap{n}")
    return argv


def faults_of_swaps(case):
    return [wrong for n, disk in enumerate(case.swaps)
            for wrong in swapdisk.faults(swap_image(case, n), disk)]


def faults_of_disk(case):
    """What is wrong with the image after the run."""
    if case.disk is None or case.damaged:
        return []
    with open(build("servers", f"{case.name}.img"), "rb") as f:
        data = f.read()
    wrong = []
    for n in range(2 * HALF):
        written = n >= HALF and case.writes
        if n >= HALF and not written:
            continue
        if data[n * SECTOR:(n + 1) * SECTOR] != sector(
                n + (OTHER if written else 0)):
            wrong.append(f"sector {n} of the image is not what it should be")
    return wrong[:3]


# ---- the run --------------------------------------------------------------


def command(case, folder):
    if case.dts:
        return bootcase.command(bootcase.Case(
            case.name, (), archive=f"servers/{case.manifest}.cpio",
            harts=case.harts, mem=case.mem, append=case.append,
            dts=case.dts), folder)
    extra = disk_options(case) if case.disk is not None else []
    extra += swap_options(case)
    extra += emulator.wire() if case.wire else []
    archive = needed(case.archive or
                     f"servers/{case.manifest or case.name}.cpio")
    return emulator.command(needed("quire.img"), archive, case.append,
                            case.machine, case.harts, case.mem, extra=extra)


def talker(case):
    def talk(console):
        for awaited, text in case.typed:
            console.wait(awaited)
            console.type(text)
        console.wait(None)
    return talk


def boot(case, log):
    argv = command(case, os.path.dirname(log))
    if case.typed is not None:
        return conversation.converse(argv, talker(case), log, case.timeout)
    with open(log, "wb") as f:
        return emulator.run(argv, case.timeout, f)


def judged(case, result, lines):
    wrong = [f"no line of the console matches {s!r}" for s in case.says
             if not any(re.search(s, line) for line in lines)]
    wrong += [f"a line matches {s!r}: {line}" for s in case.never
              for line in lines if re.search(s, line)]
    wrong += [line for line in lines if line.startswith("#")]
    expected = set(case.in_order)
    if [line for line in lines if line in expected] != list(case.in_order):
        wrong.append("lines are missing, there twice, or out of order")
    if result.ended:
        wrong.append(f"had to be ended: {result.ended}")
    elif result.status != case.status:
        wrong.append(f"status {result.status}, expected {case.status}")
    return wrong + faults_of_disk(case) + faults_of_swaps(case)


def run(case, log):
    """The outcome of the case; the console goes to the file `log`."""
    outcome = Outcome()
    try:
        result = boot(case, log)
        wrong = judged(case, result, console_lines(log))
        wrong += tail(log) if wrong else []
    except (OSError, ValueError) as e:
        wrong = [str(e)]
    if wrong:
        outcome.fail(f"servers/{case.name}", *wrong)
    else:
        outcome.passed = 1
    return outcome
