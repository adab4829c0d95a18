# SPDX-License-Identifier: BSD-2-Clause
"""transcript.py - compares a console with what it is expected to say.

Each line of the expected text stands for itself, but for:

    {hex}     hexadecimal digits             0x{hex}
    {dec}     decimal digits                 {dec} pages free
    {any}     anything, also nothing
    {lines}   alone in a line: any number of lines

What comes before the first expected line is the firmware's, and is not
compared; from there to the end of the console all of it is. Blanks at the end
of a line and empty lines at the end do not count.
"""

import re

HOLES = {"{hex}": "[0-9a-fA-F]+", "{dec}": "[0-9]+", "{any}": ".*"}
LINES = "{lines}"


def pattern(line):
    parts = re.split("(" + "|".join(map(re.escape, HOLES)) + ")", line)
    return re.compile("".join(HOLES.get(p) or re.escape(p) for p in parts))


def trimmed(lines):
    lines = [line.rstrip() for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def difference(expected, actual):
    """None, or lines that tell the first difference."""
    expected, actual = trimmed(expected), trimmed(actual)
    if not expected:
        return ["the expected text is empty"]
    first = pattern(expected[0])
    at = next((i for i, line in enumerate(actual) if first.fullmatch(line)),
              None)
    if at is None:
        return [f"the console never says: {expected[0]}"]
    return compare(expected, actual[at:], at)


def compare(expected, actual, offset):
    a, is_loose = 0, False

    for e, line in enumerate(expected):
        if line == LINES:
            is_loose = True
            continue
        wanted, start = pattern(line), a
        while is_loose and a < len(actual) and not wanted.fullmatch(actual[a]):
            a += 1
        if a >= len(actual) or not wanted.fullmatch(actual[a]):
            return told(e, line, min(start, a), actual, offset)
        a, is_loose = a + 1, False
    if a < len(actual) and not is_loose:
        return [f"line {offset + a + 1} of the console is not expected:",
                f"  actual   {actual[a]}"]
    return None


def told(e, line, a, actual, offset):
    found = actual[a] if a < len(actual) else "(the console ends)"
    return [f"line {e + 1} expected, line {offset + a + 1} of the console:",
            f"  expected {line}", f"  actual   {found}"]
