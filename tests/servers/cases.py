# SPDX-License-Identifier: BSD-2-Clause
"""cases.py - init, its services, and what they must do.

Each case boots the archive of a manifest of this folder. The fields and what
they stand for when left out: class ServerCase in tools/lib/servercase.py.
"""

CRASHES = [
    r"^init: store: store page fault \(15\) at 0x8 pc 0x[0-9a-f]+ in thread 0 "
    r"\(x86: #PF 0x6, CR2 0x8\)$",
    r"^init: load: load page fault \(13\) at 0x10 ",
    r"^init: jump: instruction page fault \(12\) at 0x20 pc 0x20 in thread 0 "
    r"\(x86: #PF 0x14, CR2 0x20\)$",
    r"^init: illegal: illegal instruction \(2\)",
    r"^init: break: breakpoint \(3\)",
    r"^init: call: no such call \(8\) at 0x40 ",
    r"^init: status ended with status 3",
    r"^init: nowhere: test/nowhere: no such file in the archive",
    r"^init: no-program: etc/manifest: not a 64-bit .*ELF file",
    r"^init: no-device: this machine has no such device",
    r"^init: store is not started again",
    r"^init +runs ", r"^store +failed +3$", r"^status +failed +1$",
    r"^done +done +1$", r"^nowhere +absent +0$", r"^look +runs +1 +1 ",
    r"^  thread 0 +waits +priority 16, hart \d",
]

CASES = [
    # ---- the system that `make servers` boots; the disk is there, the net not
    dict(name="system", archive="system.cpio", disk={},
         says=[r"init: net: .* no such device$",
               r"^console +runs +1 +1 ", r"^blk +runs +1 +1 ",
               r"^net +absent +0$", r"priority 20, "]),

    # ---- init
    dict(name="crash", says=CRASHES, never=[r"^init: done"]),
    dict(name="crash-one-hart", manifest="crash", harts=1, says=CRASHES),
    dict(name="wrong", status=1,
         says=[r"^init: etc/manifest:4: colour: no such word"]),
    dict(name="given", disk={},
         says=[r"^argument 0: look$",
               r"^given door=\d+: kind 5, rights 0x8$",
               r"^given other=\d+: kind 5, rights 0x4$",
               r"^given registers=\d+: kind 2, rights 0xc$",
               r"^given signal=\d+: kind 6, rights 0xc$",
               r"^given interrupt=\d+: kind 7, rights 0x0$",
               r"^given dma=\d+: kind 2, rights 0x2d$",
               r"^given keep=\d+: kind 2, rights 0xc$",
               r"^given machine=\d+: kind 10, rights 0x20$",
               r"^given archive=\d+: kind 2, rights 0x14$"],
         never=[r"^given (init|stdio|look)="]),
    dict(name="churn", harts=1, says=[r"^churn: -?[0-7] frames are missing$"]),
    dict(name="hostile", disk={}, wire=True, damaged=True,
         says=[r"^hostile: passed$"], never=[r"^init: (console|blk|net)"]),

    # ---- disks
    dict(name="disk", disk={}, writes=True,
         says=[r"^disk: all passed$"]),
    dict(name="disk-slow", manifest="disk", disk=dict(slow=300), writes=True,
         says=[r"^disk: at most 16 at once$", r"^disk: all passed$"]),
    dict(name="disk-one-hart", manifest="disk", harts=1, disk={}, writes=True,
         says=[r"^disk: all passed$"]),
    dict(name="disk-read-only", disk=dict(read_only=True),
         says=[
               r"^disk: read-only passed$"]),
    dict(name="disk-broken", disk=dict(broken=True),
         says=[r"^disk: broken passed$"]),
    dict(name="disk-killed", disk=dict(slow=300), writes=True,
         says=[r"^init: blk ended with status 9$", r"^disk: killed passed$"]),
    dict(name="disk-limit", disk={},
         says=[r"^init: blk is not started again$",
               r"^disk: limit passed$"]),

    # ---- a client that has memory in common with the driver
    dict(name="share", disk={}, writes=True, says=[r"^share: all passed$"]),
    dict(name="share-slow", manifest="share", disk=dict(slow=400),
         writes=True, says=[r"^share: all passed$"]),
    dict(name="share-read-only", disk=dict(read_only=True),
         says=[r"^share: read-only passed$"]),
    dict(name="share-broken", disk=dict(broken=True),
         says=[r"^share: broken passed$"]),
    dict(name="share-killed", disk=dict(slow=300), writes=True,
         says=[r"^init: blk ended with status 9$",
               r"^share: killed passed$"]),

    # ---- a wire
    dict(name="wire", wire=True, says=[r"^net: ([0-9a-f]{2}:){5}[0-9a-f]{2}$",
                                       r"^wire: passed$"]),

    # ---- a person at the console
    dict(name="console",
         typed=[("talk: ready", "hello\r"),
                ("<hello>", "helpx\x7f\x7flo\n"),
                ("<hello>", "one two three\x17four\r"),
                ("<one two four>", "nothing\x15something\r"),
                ("<something>", "half a line\x03"),
                ("<interrupt>", "wait\r"),
                ("waiting", "\x03"),
                ("waited", "long\r"),
                ("line 799 ", "later\r"), ("<later>", "half of "),
                ("half of ", ""), ("status 9", "a line\r"),
                ("<half of a line>", "\x04")],
         says=[r"talk: the end", r"init: console ended with status 9$"],
         in_order=[f"line {n:03} {'-' * 51}" for n in range(800)]),
    dict(name="console-polled", manifest="console",
         dts=[(r"(serial@10000000 \{.*?)interrupts = <[^>]*>;", r"\1")],
         typed=[("talk: ready", "hello\r"), ("<hello>", "long\r"),
                ("line 799 ", "kill\r"), ("status 9", "again\r"),
                ("<again>", "\x04")],
         says=[r"talk: the end"],
         in_order=[f"line {n:03} {'-' * 51}" for n in range(800)]),
    dict(name="console-sifive_u", manifest="console", machine="sifive_u",
         typed=[("talk: ready", "hello\r"), ("<hello>", "kill\r"),
                ("status 9", "again\r"), ("<again>", "\x04")],
         says=[r"talk: the end"]),
]
