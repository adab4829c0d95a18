# SPDX-License-Identifier: BSD-2-Clause
"""cases.py - machines that are not as the kernel would like them.

Each boot must end by itself, and say why: what, where, what to do. The fields
and what they stand for when left out: class Case in tools/lib/bootcase.py.
"""

# The dtc form of a node and of all it holds, up to its closing brace.
MEMORY_NODE = r"\tmemory@[0-9a-f]+ \{.*?\n\t\};\n"

# A boot as it should be. The tour ends in a fault, which is its success.
GOOD = dict(append="expect=fault", status=0,
            says=[r"^Quire on ", r"^quire: tour ended"])

CASES = [
    # ---- arguments and the archive
    dict(name="unknown-argument", append="quiet colour=blue",
         says=[r"quire: .*colour=blue"]),
    dict(name="argument-value", append="asid=7",
         says=[r"quire: .*asid=7"]),
    dict(name="init-missing", append="init=nobody",
         says=[r"quire: .*nobody"]),
    dict(name="no-archive", archive=None,
         says=[r"quire: .*archive"]),
    dict(name="archive-cut", cut=2048,
         says=[r"quire: .*archive"]),
    dict(name="archive-garbage", poke=[(0, b"\xa5" * 512)],
         says=[r"quire: .*archive"]),
    dict(name="archive-size-field", poke=[(54, b"FFFFFFFF")],
         says=[r"quire: .*archive"]),

    # ---- the devicetree; first an undamaged one, by the same way
    dict(name="fdt-unchanged", a1=0x80201000, **GOOD),
    dict(name="no-memory-node", dts=[(MEMORY_NODE, "")],
         says=[r"quire: .*memory"]),
    dict(name="fdt-magic", fdt=[("header.magic", 0x0dd0feed)],
         says=[r"quire: .*devicetree"]),
    dict(name="fdt-size", fdt=[("header.totalsize", 0xfffffff0)],
         says=[r"quire: .*devicetree"]),
    dict(name="fdt-token", fdt=[("structure+0", 0x5a5a5a5a)],
         says=[r"quire: .*devicetree"]),
    dict(name="fdt-length", fdt=[("structure+12", 0x7fffffff)],
         says=[r"quire: .*devicetree"]),
    dict(name="fdt-misaligned", a1=0x80201002,
         says=[r"quire: .*devicetree"]),

    # ---- memory: too little of it, or just enough
    dict(name="memory-10M", mem="10M", **GOOD),
    dict(name="memory-8M", mem="8M", archive=None,
         says=[r"quire: .*archive"]),
]
