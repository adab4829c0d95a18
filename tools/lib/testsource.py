# SPDX-License-Identifier: BSD-2-Clause
"""testsource.py - the kinds of sources of tests.

A source is a function run(pattern, log) -> Outcome. It leaves what was said in
the file `log`. With a pattern it runs only what fits, perhaps nothing.
"""

import os
import re
import subprocess

import bootcase
import emulator
import ktap
import servercase
import transcript
import uboot
from elf import Elf
from ktap import Outcome, console_lines, tail
from symbols import symbolized
from tree import ROOT, build, needed, shown

# The tour ends in a fault of its own making, and that is its success.
TOUR = os.path.join(ROOT, "tests", "boot", "tour.expected")
TOUR_ARGUMENTS = "expect=fault aslr=0"
ALL_HARTS = re.compile(rf"  {emulator.HARTS} harts, boot hart ")
HOST_SECONDS, TARGET_SECONDS, TOUR_SECONDS = 1200, 600, 120
FUZZ_SECONDS, STRESS_SECONDS = 1200, 1200


def judge(name, log, status, ended, pattern):
    """A run's KTAP, and whether the run itself went wrong."""
    report = ktap.read(console_lines(log))
    outcome = report.outcome
    complaint = report.complaint()

    if ended:
        outcome.fail(name, f"had to be ended: {ended}", *tail(log))
    elif complaint:
        outcome.fail(name, f"{complaint} (status {status})", *tail(log))
    elif report.results == 0 and not pattern:
        outcome.fail(name, "no tests in it")
    elif report.results and status != 0 and not outcome.failed:
        outcome.fail(name, f"all tests passed, but status {status}",
                     *tail(log))
    return outcome


def fits(pattern, name):
    return pattern in name


def host(path):
    """A program that prints KTAP; the pattern is its argument."""
    def run(pattern, log):
        argv = [path] + ([pattern] if pattern else [])
        status, ended = run_here(argv, log)
        return judge(os.path.basename(path), log, status, ended, pattern)
    return run


def run_here(argv, log):
    """The status, and why the program had to be ended or None."""
    with open(log, "wb") as f:
        try:
            done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=f,
                                  stderr=subprocess.STDOUT, cwd=ROOT,
                                  timeout=HOST_SECONDS, check=False)
            return done.returncode, None
        except subprocess.TimeoutExpired:
            return emulator.TIMED_OUT, f"too slow ({HOST_SECONDS} s)"


def target(name, machine, harts, mem, append):
    """The kernel with its unit tests, on one machine."""
    def run(pattern, log):
        words = ["aslr=0"] + append.split() + ([f"test={pattern}"] if pattern else [])
        argv = emulator.command(
            needed("test/quire.img"), needed("test/archive.cpio"),
            " ".join(words), machine, harts, mem)
        with open(log, "wb") as f:
            result = emulator.run(argv, TARGET_SECONDS, f)
        outcome = judge(name, log, result.status, result.ended, pattern)
        return with_symbols(outcome, "test/quire.elf")
    return run


def stress_command(words, harts, mem, program=""):
    """The programs that want all harts: fuzz, stress_*."""
    append = f"test=test/{program}" + (f" words={words}" if words else "")
    return emulator.command(needed("test/quire.img"),
                            needed("stress/archive.cpio"), append,
                            harts=harts, mem=mem)


def fuzz_command(seed, calls, harts, mem):
    argv = stress_command(f"{seed},{calls}", harts, mem, "fuzz")
    if harts == 1:
        argv += ["-icount", "shift=0,sleep=off"]
    return argv


def stress(name, harts, mem, argv_of, seconds):
    """argv_of(pattern) gives the machine, or None: nothing fits."""
    def run(pattern, log):
        argv = argv_of(pattern, harts, mem)
        if not argv:
            return Outcome()
        with open(log, "wb") as f:
            result = emulator.run(argv, seconds, f)
        outcome = judge(name, log, result.status, result.ended, pattern)
        return with_symbols(outcome, "test/quire.elf")
    return run


def fuzz_source(name, harts, mem, calls):
    def argv_of(pattern, harts, mem):
        if not fits(pattern, name):
            return None
        return fuzz_command(1, calls, harts, mem)
    return stress(name, harts, mem, argv_of, FUZZ_SECONDS)


def stress_source(name, harts, mem):
    """All of the archive but the fuzz, which has a source of its own."""
    def argv_of(pattern, harts, mem):
        if "stress_" in pattern:
            return stress_command("", harts, mem, pattern)
        if not fits(pattern, name):
            return None
        return stress_command("", harts, mem, "stress_")
    return stress(name, harts, mem, argv_of, STRESS_SECONDS)


def with_symbols(outcome, kernel):
    """Names for the addresses of a backtrace."""
    if outcome.failed and os.path.exists(build(kernel)):
        elf = Elf(build(kernel))
        outcome.failed = [(name, symbolized(elf, lines))
                          for name, lines in outcome.failed]
    return outcome


def boot_case(case):
    """One of tests/boot/cases.py."""
    def run(pattern, log):
        if not fits(pattern, f"boot/{case.name}"):
            return Outcome()
        return with_symbols(bootcase.run(case, log), "quire.elf")
    return run


def server_case(case):
    """One of tests/servers/cases.py."""
    def run(pattern, log):
        if not fits(pattern, f"servers/{case.name}"):
            return Outcome()
        return with_symbols(servercase.run(case, log), "quire.elf")
    return run


def tour(name, boot):
    """The tour, against tour.expected; boot(log) gives emulator.Result."""
    def run(pattern, log):
        outcome = Outcome()
        if not fits(pattern, name):
            return outcome
        if not os.path.exists(TOUR):
            outcome.fail(name, f"{shown(TOUR)} does not exist")
            return outcome
        result = boot(log)
        wrong = judge_tour(result, console_lines(log))
        if wrong:
            outcome.fail(name, *wrong, *tail(log))
        else:
            outcome.passed = 1
        return with_symbols(outcome, "quire.elf")
    return run


def judge_tour(result, lines):
    """What is wrong with a tour; [] if nothing."""
    wrong = transcript.difference(console_lines(TOUR), lines) or []
    if not wrong and not any(ALL_HARTS.match(line) for line in lines):
        wrong.append(f"the console never says: {emulator.HARTS} harts")
    if result.ended:
        wrong.append(f"had to be ended: {result.ended}")
    elif result.status != 0:
        wrong.append(f"status {result.status}, expected 0")
    return wrong


def plain(log):
    """QEMU puts the kernel and its archive into memory."""
    argv = emulator.command(needed("quire.img"), needed("archive.cpio"),
                            TOUR_ARGUMENTS)
    with open(log, "wb") as f:
        return emulator.run(argv, TOUR_SECONDS, f)


def booti(log):
    return uboot.booti(TOUR_ARGUMENTS, log)


TOURS = {"tour": plain, "uboot-booti": booti, "uboot-extlinux": uboot.extlinux}


def script(path):
    """A script: its KTAP if it prints any, or else its status."""
    name = f"host/{os.path.basename(path)}"

    def run(pattern, log):
        outcome = Outcome()
        if not fits(pattern, name):
            return outcome
        status, ended = run_here([path], log)
        if ktap.read(console_lines(log)).results:
            return judge(name, log, status, ended, pattern)
        if status != 0:
            outcome.fail(name, f"status {status}", *tail(log))
        else:
            outcome.passed = 1
        return outcome
    return run
