# SPDX-License-Identifier: BSD-2-Clause
"""mutation.py - breaks a piece of code, a line at a time, and looks whether the
host tests notice.

A mutation is (name, file in the folder, text, text instead); the text must
stand there once. The host tests are built again under the sanitizers with the
one change, and run until the first failure. What all tests survive is a hole in
the tests.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
C = ["gcc", "-DQUIRE_HOST", "-DQUIRE_TEST", "-DQUIRE_DEBUG", "-g", "-O1",
     "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
     "-std=gnu11"]
LIMIT = 120  # seconds, one run


def compile_one(source, obj, roots):
    flags = [f"-I{r}/{d}" for r in roots for d in ("kernel", "", "user/lib")]
    if os.path.isabs(source):  # a changed copy: its headers stayed behind
        place = os.path.relpath(os.path.dirname(source), roots[0])
        flags.append(f"-I{os.path.join(TOP, place)}")
    done = subprocess.run(C + flags + ["-w", "-c", source, "-o", obj],
                          cwd=TOP, capture_output=True, text=True)
    return done.returncode == 0, done.stderr


def name_of(source):
    return source.replace("/", "_") + ".o"


def build_all(sources, folder, roots):
    with ThreadPoolExecutor(2) as pool:
        for ok, err in pool.map(
                lambda s: compile_one(
                    s if os.path.isabs(s) else os.path.join(TOP, s),
                    os.path.join(folder, name_of(s)), roots), sources):
            if not ok:
                sys.exit(f"mutate: the tests do not build\n{err}")


def run(binary):
    """The first failure, or None."""
    with subprocess.Popen(["timeout", str(LIMIT), binary], cwd=TOP, text=True, errors="replace",
                          stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as p:
        for line in p.stdout:
            if line.startswith(("not ok", "Bail out")):
                p.kill()
                return line.strip()
    return None if p.returncode == 0 else "died"


def mutant_sources(work, folder, file, all_sources, private):
    """What to build again: the one file, or with a header its users."""
    if file.endswith(".c"):
        return {f"{folder}/{file}": os.path.join(work, folder, file)}
    if file in private:
        users = [s for s in all_sources if s.startswith(folder + "/")]
    else:
        users = [s for s in all_sources if "kernel/arch" not in s]
    return {s: os.path.join(TOP, s) for s in users}


def try_one(mutation, folder, base, all_sources, private, link):
    name, file, old, new = mutation
    with open(os.path.join(TOP, folder, file)) as f:
        text = f.read()
    if text.count(old) != 1:
        return name, f"DOES NOT APPLY ({text.count(old)} places)"
    work = tempfile.mkdtemp(prefix="mutate-")
    try:
        changed = os.path.join(work, folder, file)
        os.makedirs(os.path.dirname(changed))
        with open(changed, "w") as f:
            f.write(text.replace(old, new))
        objects = {s: os.path.join(base, name_of(s)) for s in all_sources}
        for s, path in mutant_sources(
                work, folder, file, all_sources, private).items():
            objects[s] = os.path.join(work, name_of(s))
            ok, err = compile_one(path, objects[s], [work, TOP])
            if not ok:
                return name, f"DOES NOT BUILD\n{err}"
        binary = os.path.join(work, "tests")
        subprocess.run(C + link + list(objects.values()) + ["-o", binary],
                       check=True)
        failure = run(binary)
        return name, f"caught: {failure}" if failure else "SURVIVED"
    finally:
        shutil.rmtree(work)


def mutate(mutations, folder, sources, private=(), link=()):
    """Tries all whose name has the first argument in it; gives the exit status:
    0, 1 if any survived, 2 if one does not apply any more. `private` are the
    headers that only the folder itself includes, `link` options for the linker."""
    link = list(link)
    pattern = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = [m for m in mutations if pattern in m[0]]
    bad = survived = 0
    base = tempfile.mkdtemp(prefix="mutate-")
    try:
        build_all(sources, base, [TOP])
        whole = os.path.join(base, "tests")
        subprocess.run(C + link +
                       [os.path.join(base, name_of(s)) for s in sources] +
                       ["-o", whole], check=True)
        failure = run(whole)
        if failure:
            sys.exit(f"mutate: the tests fail as they are: {failure}")
        with ThreadPoolExecutor(2) as pool:
            for name, verdict in pool.map(
                    lambda m: try_one(m, folder, base, sources, private, link),
                    chosen):
                print(f"{name:45} {verdict}", flush=True)
                survived += verdict == "SURVIVED"
                bad += verdict.startswith("DOES")
    finally:
        shutil.rmtree(base)
    print(f"{len(chosen)} mutations, {survived} survived, {bad} do not apply")
    return 2 if bad else int(survived > 0)
