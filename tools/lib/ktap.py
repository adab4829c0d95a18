# SPDX-License-Identifier: BSD-2-Clause
"""ktap.py - reads test results (KTAP) out of a console's lines.

    KTAP version 1
    # mm/frame_test.c:31: CHECK freed == 4     diagnostics of the next result
    not ok 1 mm/frame_test.c: frees_what_it_took
    ok 2 mm/frame_test.c: needs_two_harts # SKIP one hart
    1..2                                       the plan, first or last

Everything else is the boot log, and is passed over.
"""

import os
import re
from dataclasses import dataclass, field

RESULT = re.compile(r"(not )?ok (\d+)(?: -)? ?(.*)")
PLAN = re.compile(r"1\.\.(\d+)(\s|$)")
SKIP = re.compile(r"\s*# SKIP\b\s*(.*)$", re.IGNORECASE)
# How much of a console is shown when it ended badly: its last lines, or all
# from the panic on.
TAIL, PANIC_TAIL = 12, 40
PANIC = "quire: panic"


@dataclass
class Outcome:
    """What a source of tests came to."""
    passed: int = 0
    skipped: int = 0
    failed: list = field(default_factory=list)  # (name, lines about it)

    def fail(self, name, *lines):
        self.failed.append((name, list(lines)))


@dataclass
class Report:
    """The KTAP of one run."""
    outcome: Outcome = field(default_factory=Outcome)
    plan: int = None
    results: int = 0
    bail: str = None  # why the rest is not worth reading

    def complaint(self):
        """Why this is not the report of a whole run; None if it is."""
        if self.bail is not None:
            return f"broken off: {self.bail}"
        if self.plan is None:
            return f"ended after {self.results} results, without a plan (1..N)"
        if self.plan != self.results:
            return f"planned {self.plan} tests, {self.results} came"
        return None


def take_result(report, found, notes):
    outcome, name = report.outcome, found[3]
    skip = SKIP.search(name)

    report.results += 1
    if found[1]:
        outcome.fail(name, *notes)
    elif skip:
        outcome.skipped += 1
    else:
        outcome.passed += 1


def read(lines):
    report, notes = Report(), []

    for line in lines:
        found = RESULT.fullmatch(line)
        if found and int(found[2]) != report.results + 1:
            report.bail = (f"result {found[2]} came after "
                           f"{report.results} results")
            break
        if found:
            take_result(report, found, notes)
            notes = []
        elif line.startswith("#"):
            notes.append(line[1:].removeprefix(" "))
        elif PLAN.match(line):
            report.plan = int(PLAN.match(line)[1])
        elif line.startswith("Bail out!"):
            report.bail = line.removeprefix("Bail out!").strip()
    return report


def console_lines(path):
    """The lines of a saved console, without what a terminal would not show."""
    with open(path, encoding="utf-8", errors="replace", newline="") as f:
        text = f.read()
    return [line.strip("\r").rstrip() for line in text.split("\n")]


def tail(path):
    """The last lines of a saved console, marked as such."""
    if not os.path.exists(path):
        return []
    lines = [line for line in console_lines(path) if line]
    panics = [i for i, line in enumerate(lines) if PANIC in line]
    if panics:
        start = max(panics[0] - 1, 0)
        lines = lines[start:start + PANIC_TAIL]
    else:
        lines = lines[-TAIL:]
    return [f"| {line}" for line in lines]
