# SPDX-License-Identifier: BSD-2-Clause
"""source.py - the layers of the tree, and lines of code."""

import os
import re

from tree import text_of

C_LIKE = (".c", ".h", ".S", ".ld")
COMMENT = re.compile(
    r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'',
    re.DOTALL)


def layer_of(path):
    """kernel/mm/frame.c: mm; kernel/main.c: kernel; user/bin/sh.c: user."""
    parts = path.split("/")
    if parts[0] != "kernel" or len(parts) == 1:
        return parts[0]
    if len(parts) == 2:
        return "kernel"
    if parts[1:3] == ["arch", "riscv"] and len(parts) > 3:
        return "arch/riscv"
    return parts[1]


def without_comments(text):
    """C without its comments, line for line."""
    def blank(found):
        if found[0][0] in "\"'":
            return found[0]
        return "\n" * found[0].count("\n")
    return COMMENT.sub(blank, text)


def is_script(path, *interpreters):
    """A file without a suffix says in its first line what runs it."""
    if os.path.splitext(path)[1]:
        return False
    first = text_of(path).partition("\n")[0]
    return first.startswith("#!") and any(i in first for i in interpreters)


def is_python(path):
    return path.endswith(".py") or is_script(path, "python")


def is_shell(path):
    return path.endswith(".sh") or is_script(path, "/sh", "bash", "env sh")


def code_lines(path):
    """Lines that are neither blank nor comment; None if it is no code."""
    if path.endswith(C_LIKE):
        lines = without_comments(text_of(path)).splitlines()
    elif is_python(path) or is_shell(path):
        lines = text_of(path).splitlines()
        lines = [x for x in lines if not x.lstrip().startswith("#")]
    else:
        return None
    return sum(1 for line in lines if line.strip())
