# SPDX-License-Identifier: BSD-2-Clause
"""tree.py - where things lie: the repository, the build, the sources."""

import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def die(text, status=1):
    """One line for the user, and the end."""
    name = os.path.basename(sys.argv[0])
    print(f"{name}: {text}", file=sys.stderr, flush=True)
    sys.exit(status)


def script(main):
    """Runs a program's main(); Ctrl-C and a reader that left are no faults."""
    try:
        status = main()
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:
        # Else the interpreter would complain when it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)


def build(*parts):
    """A path below the build folder: O of the environment, or build/."""
    return os.path.join(ROOT, os.environ.get("O") or "build", *parts)


def shown(path):
    """The path as a person writes it: relative, if it is in the tree."""
    short = os.path.relpath(path, ROOT)
    return path if short.startswith("..") else short


def needed(*parts):
    """A file that make builds; OSError if it is not there."""
    path = build(*parts)
    if not os.path.exists(path):
        raise OSError(f"{shown(path)} does not exist: run make first")
    return path


def product(*parts):
    """The same, but the program ends if it is not there."""
    try:
        return needed(*parts)
    except OSError as e:
        return die(str(e))


def sources():
    """Every file of the tree that git does not ignore, relative to ROOT."""
    out = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=False)
    if out.returncode != 0:
        return sorted(walked())
    names = set(out.stdout.decode().split("\0")) - {""}
    return sorted(n for n in names if os.path.isfile(os.path.join(ROOT, n)))


def walked():
    """The same without git: an unpacked archive of the tree."""
    for folder, dirs, files in os.walk(ROOT):
        dirs[:] = [d for d in dirs if d not in (".git", "build")]
        for name in files:
            yield os.path.relpath(os.path.join(folder, name), ROOT)


def text_of(name):
    with open(os.path.join(ROOT, name), encoding="utf-8",
              errors="replace") as f:
        return f.read()
