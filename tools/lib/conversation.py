# SPDX-License-Identifier: BSD-2-Clause
"""conversation.py - somebody sits at a guest's console and types."""

import socket
import time

import emulator

try:
    import pexpect
    from pexpect import fdpexpect
except ImportError:
    pexpect = None


class Endless(Exception):
    """The guest goes round in circles."""


class Log:
    """The file for the console, of which there may not be too much.

    An escape would make the terminal that shows the log do what the guest says.
    """

    def __init__(self, file):
        self.file, self.room = file, emulator.OUTPUT_MAX

    def write(self, data):
        self.room -= len(data)
        if self.room < 0:
            raise Endless
        self.file.write(data.replace(b"\x1b", b"^["))

    def flush(self):
        self.file.flush()


class Console:
    """What the guest says, awaited; what it is told, typed."""

    def __init__(self, spawned, deadline):
        self.spawned, self.deadline = spawned, deadline

    def wait(self, *what):
        """Which of these it says first; None is the end of the machine."""
        what = [pexpect.EOF if w is None else w for w in what]
        return self.spawned.expect_exact(
            what, max(self.deadline - time.monotonic(), 0.1))

    def type(self, text):
        self.spawned.send(text)


def tell(talk, console, seconds):
    """Why the machine has to be ended; None if it is off."""
    try:
        return talk(console)
    except pexpect.EOF:
        return "the machine went off in the midst of the conversation"
    except pexpect.TIMEOUT:
        return f"still running after {seconds} s"
    except Endless:
        return "it printed without end"


def converse(argv, talk, log, seconds):
    """Runs QEMU; talk(Console) says why to end it, or None: it is off.

    The console goes to the file `log`; gives emulator.Result.
    """
    if pexpect is None:
        raise OSError("python3-pexpect is not here: run tools/setup test")
    deadline = time.monotonic() + seconds
    here, there = socket.socketpair()
    with here, there, open(log, "wb") as f:
        process = emulator.start(argv, there, there)
        try:
            there.close()  # so that the end of QEMU is the end of file
            spawned = fdpexpect.fdspawn(here)
            spawned.logfile_read = Log(f)
            ended = tell(talk, Console(spawned, deadline), seconds)
            if ended:
                return emulator.Result(emulator.TIMED_OUT, ended)
            return emulator.watch(process, seconds, None)
        finally:
            emulator.end(process)
