# SPDX-License-Identifier: BSD-2-Clause
"""emulator.py - the one place that knows how QEMU is started and ended.

A machine has the number of harts and the memory given; a sifive_u always has
five harts, of which the first cannot run the kernel.
"""

import atexit
import collections
import os
import shlex
import subprocess
import threading
import time

from tree import die

QEMU = os.environ.get("QEMU") or "qemu-system-riscv64"
# A machine, and the CPU in place of its usual one.
MACHINES = {"virt": None, "sifive_u": None, "virt+v": "rv64,v=true"}
HARTS, MEMORY = 4, "128M"
TIMED_OUT = 124  # the status of a guest that had to be ended, as timeout(1)
OUTPUT_MAX = 8 << 20  # bytes; a guest that says more goes round in circles

# Beyond 1 GiB the host need not have what the guest is promised.
LAZY_MEMORY = "memory-backend-ram,id=ram,size={},reserve=off"

# `ended`: why the guest had to be ended from outside; None if it was not.
Result = collections.namedtuple("Result", "status ended")

started = set()
started_lock = threading.Lock()


def base(machine, harts, mem):
    """The board and its firmware, without anything to run."""
    if machine not in MACHINES:
        die(f"no such machine: {machine} (there are: {' '.join(MACHINES)})")
    cpu = MACHINES[machine]
    machine = machine.partition("+")[0]
    argv = [QEMU, "-M", machine, "-m", mem, "-bios", "default",
            "-smp", "5" if machine == "sifive_u" else str(harts)]
    if mem.upper().endswith("G"):
        argv[2] += ",memory-backend=ram"
        argv += ["-object", LAZY_MEMORY.format(mem)]
    if machine == "virt":
        argv += ["-global", "virtio-mmio.force-legacy=false"]
    if cpu:
        argv += ["-cpu", cpu]
    return argv


def command(kernel, archive=None, append="", machine="virt", harts=HARTS,
            mem=MEMORY, console=False, extra=()):
    """The command line. `console`: the user sits at it; Ctrl-A X leaves."""
    argv = base(machine, harts, mem)
    argv += ["-kernel", kernel]
    if archive:
        argv += ["-initrd", archive]
    if append:
        argv += ["-append", append]
    argv += ["-semihosting-config", "enable=on,target=native", "-no-reboot",
             "-display", "none"]
    if console:
        argv += ["-serial", "mon:stdio"]
    else:
        argv += ["-serial", "stdio", "-monitor", "none"]
    return argv + list(extra)


def disk(path, read_only=False, slow=0, errors=None, name="disk"):
    """A virtio disk. `slow`: requests a second; `errors`: rules of blkdebug;
    `name`: QEMU's own for it.

    What the device cannot do the guest is told, and the machine goes on.
    """
    drive = "driver=raw,file."
    if errors:
        drive += f"driver=blkdebug,file.config={errors},file.image."
    drive += f"driver=file,file.{'image.' if errors else ''}filename={path}"
    drive += f",if=none,id={name},cache=writeback,rerror=report,werror=report"
    if read_only:
        drive += ",readonly=on"
    if slow:
        drive += f",throttling.iops-total={slow}"
    return ["-drive", drive, "-device", f"virtio-blk-device,drive={name}"]


def wire():
    """Two network devices on one wire, and nobody else."""
    argv = []
    for n in range(2):
        argv += ["-netdev", f"hubport,id=net{n},hubid=0",
                 "-device", f"virtio-net-device,netdev=net{n}"]
    return argv


def counting(plugin, *options):
    """One hart whose clock is its instructions, watched by a plugin."""
    return ["-icount", "shift=0,sleep=off",
            "-plugin", ",".join([plugin, *options])]


def run(argv, timeout, output=None, stdin=subprocess.DEVNULL):
    """Runs QEMU to its end, at most `timeout` seconds (None: for ever).

    `output` is an open file for the console and for QEMU's own messages;
    None leaves both where they are. The status is the guest's.
    """
    process = start(argv, output, stdin)
    try:
        return watch(process, timeout, output)
    finally:
        end(process)


def start(argv, output=None, stdin=subprocess.DEVNULL, detached=False):
    """A QEMU that runs; end() ends it, at the latest when the program does.

    `detached`: Ctrl-C at the terminal is not for it.
    """
    try:
        process = subprocess.Popen(
            argv, stdin=stdin, stdout=output, start_new_session=detached,
            stderr=subprocess.STDOUT if output else None)
    except OSError as e:
        die(f"cannot start {argv[0]}: {e.strerror}; run tools/setup run")
    with started_lock:
        started.add(process)
    return process


def watch(process, timeout, output):
    start = time.monotonic()
    while True:
        try:
            return Result(process.wait(0.5), None)
        except subprocess.TimeoutExpired:
            pass
        if timeout and time.monotonic() - start >= timeout:
            return Result(TIMED_OUT, f"still running after {timeout:g} s")
        if output and os.fstat(output.fileno()).st_size > OUTPUT_MAX:
            return Result(TIMED_OUT, "it printed without end")


def end(process):
    """Ends a QEMU that this program has started; nothing if it has ended."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    with started_lock:
        started.discard(process)


@atexit.register
def end_all():
    for process in list(started):
        end(process)


def dump_devicetree(argv, path):
    """Writes the devicetree that QEMU would hand to the firmware."""
    argv = list(argv)
    argv[argv.index("-M") + 1] += f",dumpdtb={path}"
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, check=False,
                          capture_output=True, timeout=30)
    if done.returncode != 0:
        raise OSError(done.stderr.decode().strip())


def shown(argv):
    return " ".join(shlex.quote(a) for a in argv)
