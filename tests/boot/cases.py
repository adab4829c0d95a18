# SPDX-License-Identifier: BSD-2-Clause
"""cases.py - machines that are not as the kernel would like them.

Each boot must end by itself, and say why: what, where, what to do. The fields
and what they stand for when left out: class Case in tools/lib/bootcase.py.
"""

# The dtc form of a node and of all it holds, up to its closing brace.
MEMORY_NODE = r"\tmemory@[0-9a-f]+ \{.*?\n\t\};\n"

INITRD_START = r"linux,initrd-start = <[^>]*>"
INITRD_END = r"linux,initrd-end = <[^>]*>"
RAM = r"reg = <0x00 0x80000000 0x00 0x8000000>"


def initrd(start, end):
    """Where the archive is said to be, each of two cells."""
    return [(INITRD_START, f"linux,initrd-start = <{start}>"),
            (INITRD_END, f"linux,initrd-end = <{end}>")]


def reserved(cells, more=""):
    """One range more that is not ours."""
    return [(r"\Z", "\n/ { reserved-memory { #address-cells = <2>; "
             "#size-cells = <2>; ranges; "
             f"other@0 {{ reg = <{cells}>; {more} }}; }}; }};\n")]


def moved(node, start, to):
    """A device whose registers are said to be elsewhere."""
    return [(rf"({node} \{{.*?)reg = <0x00 {start} ", rf"\1reg = <0x00 {to} ")]


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

    dict(name="a1-zero", a1=0, says=[r"quire: .*no devicetree .*\(a1\)"]),
    dict(name="a1-firmware", a1=0x80000000,
         says=[r"quire: .*no devicetree .*\(a1\)"]),
    dict(name="a1-high", a1=0xffffffff00000000,
         says=[r"quire: .*no devicetree .*\(a1\)"]),

    # ---- memory: too little of it, or just enough
    dict(name="memory-10M", mem="10M", **GOOD),
    dict(name="memory-8M", mem="8M", archive=None,
         says=[r"quire: .*archive"]),

    # ---- memory maps that make no sense, or are only unusual
    dict(name="initrd-outside-ram",
         dts=initrd("0x00 0x40000000", "0x00 0x40001000"),
         says=[r"quire: .*archive at 0x40000000 does not lie in RAM"]),
    dict(name="initrd-wraps",
         dts=initrd("0xffffffff 0x40000000", "0xffffffff 0xffffffff"),
         says=[r"quire: .*archive .*does not lie in RAM"]),
    dict(name="initrd-no-map",
         dts=reserved("0x0 0x84000000 0x0 0x1000000", "no-map;"),
         says=[r"quire: .*archive .*does not lie in RAM"]),
    dict(name="image-outside-ram",
         dts=[(RAM, "reg = <0x00 0x80800000 0x00 0x7800000>")],
         says=[r"quire: .*kernel .*does not lie in RAM"]),
    dict(name="aslr-off", append="expect=fault aslr=0", status=0,
         says=[r"^tour: store page fault \(15\) at 0x3fff7fefff pc"]),
    dict(name="aslr-on", append="expect=fault", status=0,
         says=[r"^tour: store page fault \(15\) at 0x3(?!fff7fe)[0-9a-f]{6}fff "
               "pc"]),
    dict(name="image-no-map",
         dts=reserved("0x0 0x80400000 0x0 0x100000", "no-map;"),
         says=[r"quire: .*kernel .*does not lie in RAM"]),
    dict(name="fdt-no-map",
         dts=reserved("0x0 0x80200000 0x0 0x100000", "no-map;"), **GOOD),
    dict(name="reserved-huge",
         dts=reserved("0x100 0x0 0x10000000 0x0"), **GOOD),
    dict(name="ram-with-a-hole",
         dts=[(RAM, "reg = <0x00 0x80000000 0x00 0x2000000 "
               "0x00 0x83000000 0x00 0x5000000>")], **GOOD),
    dict(name="ram-unaligned",
         dts=[(RAM, "reg = <0x00 0x80000000 0x00 0x5001234 "
               "0x00 0x85003456 0x00 0x2ffcbaa>")], **GOOD),
    dict(name="plic-small",
         dts=[(r"(plic@c000000 \{.*?)reg = <0x00 0xc000000 0x00 0x[0-9a-f]+>",
               r"\1reg = <0x00 0xc000000 0x00 0x1000>")], **GOOD),
    dict(name="uart-nowhere",
         dts=moved("serial@10000000", "0x10000000", "0x60000000"),
         append="expect=fault", status=0,
         says=[r"^quire: no UART answers at 0x60000000",
               r"^quire: tour ended"]),
    dict(name="uart-faults",
         dts=moved("serial@10000000", "0x10000000", "0x1a000000"),
         append="expect=fault", status=0,
         says=[r"^quire: no UART answers at 0x1a000000",
               r"^quire: tour ended"]),
    dict(name="test-device-nowhere",
         dts=moved("test@100000", "0x100000", "0x1a000000"), **GOOD),
    dict(name="hart-absent",
         dts=[(r"cpu@1 \{(.*?)reg = <0x01>", r"cpu@1 {\1reg = <0x4d>")],
         append="expect=fault", status=0, timeout=60,
         says=[r"^quire: the firmware does not start hart 77",
               r"^quire: tour ended"]),
    # Boot's own code: what was taken, and what came back of it.
    dict(name="boot-code-given-back", harts=4, append="expect=fault", status=0,
         says=[r"^  [1-9][0-9]+ KiB of boot code given back$",
               r"^quire: tour ended"]),
    dict(name="eight-harts", harts=8, mem="256M", **GOOD),
    dict(name="ten-harts", harts=10, mem="256M", append="expect=fault",
         status=0, says=[r"^quire: 2 more harts are not used",
                         r"^quire: tour ended"]),

    # ---- a first program that is none: bytes of its ELF header
    dict(name="elf-magic", poke=[(4096, b"\x7fELK")],
         says=[r"quire: .*tour: not a program that can run here"]),
    dict(name="elf-class", poke=[(4096 + 4, b"\x01")],
         says=[r"quire: .*not a program that can run here: .*"]),
    dict(name="elf-machine", poke=[(4096 + 18, b"\x3e")],
         says=[r"quire: .*not a program that can run here: .*"]),

    # ---- the kernel's own faults
    dict(name="dies-stack-overflow", kernel="test/quire.img",
         append="test=dies_by_stack_overflow",
         says=[r"quire: panic on hart \d+: the kernel stack overflowed",
               r"#1 0x[0-9a-f]+"]),
    dict(name="dies-null-pointer", kernel="test/quire.img",
         append="test=dies_by_a_null_pointer",
         says=[r"quire: panic .*: store page fault \(15\) at 0x8 pc 0x",
               r"ra 0x[0-9a-f]{16}  sp 0x", r"walk of 0x8: .*not mapped",
               r"#1 0x[0-9a-f]+"]),
    dict(name="dies-writing-text", kernel="test/quire.img",
         append="test=dies_by_writing_to_text",
         says=[r"quire: panic .*: store page fault \(15\)",
               r"walk of 0xffffffffffe.*L0\[\d+\]=0x"]),
    dict(name="dies-illegal", kernel="test/quire.img",
         append="test=dies_by_an_illegal_instruction",
         says=[r"quire: panic .*: illegal instruction \(2\)"]),
    dict(name="dies-assert", kernel="test/quire.img",
         append="test=dies_by_a_failed_assert",
         says=[r"quire: panic .*assertion .*dies_test.c:\d+"]),
    dict(name="dies-short-assert", kernel="test/quire.img",
         append="test=dies_by_a_short_assert",
         says=[r"quire: panic .*: assertion at 0xffffffffffe[0-9a-f]+, line \d+",
               r"#1 0x[0-9a-f]+"]),
    dict(name="dies-sifive_u", kernel="test/quire.img", machine="sifive_u", harts=5,
         append="test=dies_by_a_failed_assert",
         says=[r"quire: panic .*assertion"]),
]
