# SPDX-License-Identifier: BSD-2-Clause
"""bootcase.py - runs one case of tests/boot/cases.py.

An archive is changed on its way into the machine. A devicetree cannot be: QEMU
edits it and refuses a damaged one, and the firmware edits it again. So both get
a good one, and the firmware starts a stub in the kernel's place that puts the
case's devicetree into a1 and jumps to the kernel:

    0x80200000  the stub
    0x80201000  the devicetree of the case
    0x80400000  the kernel, loaded here by QEMU (any 2 MiB boundary will do)
"""

import os
import re
import struct
import subprocess
from dataclasses import dataclass

import emulator
from ktap import Outcome, console_lines, tail
from tree import needed

STUB, DEVICETREE, KERNEL = 0x80200000, 0x80201000, 0x80400000

# OpenSBI adds this to the devicetree that it hands on; here it is skipped.
FIRMWARE = """
/ {
	reserved-memory {
		#address-cells = <2>;
		#size-cells = <2>;
		ranges;
		firmware@80000000 {
			reg = <0x0 0x80000000 0x0 0x80000>;
			no-map;
		};
	};
};
"""

# Offsets of struct fdt_header (Devicetree Specification, section 5.2), and of
# the fields in it that say where the blocks begin.
HEADER = {"magic": 0, "totalsize": 4, "off_dt_struct": 8,
          "off_dt_strings": 12, "off_mem_rsvmap": 16, "version": 20,
          "last_comp_version": 24, "boot_cpuid_phys": 28,
          "size_dt_strings": 32, "size_dt_struct": 36}
BLOCKS = {"structure": "off_dt_struct", "strings": "off_dt_strings",
          "reservations": "off_mem_rsvmap"}

FAILING = "failing"  # any status but 0, and no time-out


@dataclass
class Case:
    """One boot. The defaults are those of tools/run."""
    name: str
    says: tuple                 # each matches somewhere in a console line
    status: object = FAILING    # or a number
    machine: str = "virt"
    harts: int = emulator.HARTS
    mem: str = emulator.MEMORY
    append: str = ""
    kernel: str = "quire.img"   # or test/quire.img, below the build folder
    archive: object = "archive.cpio"  # below the build folder; None: none
    cut: int = None             # the archive ends after so many bytes
    poke: tuple = ()            # ((offset in the archive, bytes), ...)
    dts: tuple = ()             # ((regular expression, replacement), ...)
    fdt: tuple = ()             # (("header.magic" | "structure+8", u32), ...)
    a1: int = None              # this in place of the devicetree's address
    timeout: int = 60


# ---- the archive --------------------------------------------------------


def archive_of(case, folder):
    """The path of the case's archive."""
    if case.archive is None:
        return None
    path = needed(case.archive)
    if case.cut is None and not case.poke:
        return path
    with open(path, "rb") as f:
        data = bytearray(f.read())
    for offset, new in case.poke:
        data[offset:offset + len(new)] = new
    return written(folder, f"{case.name}.cpio", data[:case.cut])


def written(folder, name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(data)
    return path


# ---- the devicetree -----------------------------------------------------


def dtc(to, data, *options):
    form = "dtb" if to == "dts" else "dts"
    done = subprocess.run(["dtc", "-q", "-I", form, "-O", to, *options],
                          input=data, capture_output=True, check=False)
    if done.returncode != 0:
        raise OSError(f"dtc: {done.stderr.decode().strip()}")
    return done.stdout


def edited(text, edits):
    for what, new in edits:
        text, count = re.subn(what, new, text, flags=re.DOTALL)
        if count == 0:
            raise ValueError(f"nothing in the devicetree matches {what!r}")
    return text


def place_of(blob, name):
    """The offset that "header.magic" or "structure+8" stands for."""
    if name.startswith("header."):
        return HEADER[name.removeprefix("header.")]
    block, _, offset = name.partition("+")
    base = struct.unpack_from(">I", blob, HEADER[BLOCKS[block]])[0]
    return base + int(offset or "0", 0)


def devicetree_of(case, argv, folder):
    path = os.path.join(folder, f"{case.name}.dtb")
    emulator.dump_devicetree(argv, path)
    with open(path, "rb") as f:
        text = dtc("dts", f.read()).decode()
    blob = bytearray(dtc("dtb", (edited(text, case.dts) + FIRMWARE).encode()))
    pokes = [(place_of(blob, name), value) for name, value in case.fdt]
    for offset, value in pokes:
        struct.pack_into(">I", blob, offset, value)
    return bytes(blob)


def stub(case, blob):
    """RISC-V code: a1 = devicetree, jump to the kernel; then the blob."""
    a1 = DEVICETREE if case.a1 is None else case.a1
    code = struct.pack(
        "<4I2Q",
        0x00000297,                     # auipc t0, 0
        0x0102b583,                     # ld a1, 16(t0)
        0x0182b283,                     # ld t0, 24(t0)
        0x00028067,                     # jr t0
        a1, KERNEL)
    return code.ljust(DEVICETREE - STUB, b"\0") + blob


# ---- the run --------------------------------------------------------------


def has_own_devicetree(case):
    return case.dts or case.fdt or case.a1 is not None


def command(case, folder):
    settings = (archive_of(case, folder), case.append, case.machine,
                case.harts, case.mem)
    kernel = needed(case.kernel)

    argv = emulator.command(kernel, *settings)
    if not has_own_devicetree(case):
        return argv
    blob = devicetree_of(case, argv, folder)
    first = written(folder, f"{case.name}.stub", stub(case, blob))
    loader = f"loader,file={kernel},addr={KERNEL:#x},force-raw=on"
    return emulator.command(first, *settings, extra=["-device", loader])


def judged(case, result, lines):
    """What is wrong with how the machine ended; [] if nothing."""
    wrong = [f"no line of the console matches {s!r}" for s in case.says
             if not any(re.search(s, line) for line in lines)]

    if result.ended:
        wrong.append(f"had to be ended: {result.ended}")
    elif case.status == FAILING and result.status == 0:
        wrong.append("status 0, expected a failing one")
    elif case.status not in (FAILING, result.status):
        wrong.append(f"status {result.status}, expected {case.status}")
    return wrong


def run(case, log):
    """The outcome of the case; the console goes to the file `log`."""
    outcome = Outcome()
    try:
        argv = command(case, os.path.dirname(log))
        with open(log, "wb") as f:
            result = emulator.run(argv, case.timeout, f)
        wrong = judged(case, result, console_lines(log))
        wrong += tail(log) if wrong else []
    except (OSError, ValueError) as e:
        wrong = [str(e)]
    if wrong:
        outcome.fail(f"boot/{case.name}", *wrong)
    else:
        outcome.passed = 1
    return outcome
