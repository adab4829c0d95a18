# SPDX-License-Identifier: BSD-2-Clause
"""uboot.py - boots the kernel as a board does: from U-Boot.

OpenSBI starts U-Boot where it otherwise starts the kernel, and U-Boot loads
the image and the archive and passes boot arguments on. In two ways:

booti     Typed at the prompt, for an image and an archive that lie in memory.
          U-Boot moves the archive and the devicetree to where it likes.
extlinux  Unattended, from the disk's extlinux/extlinux.conf. U-Boot leaves
          archive and devicetree where they are.

The disk is laid out as a board's: first a partition for the board's firmware,
which is empty here, then the FAT one. Only by its attribute "legacy BIOS
bootable" does U-Boot look into the second one.
"""

import os
import shutil
import subprocess

import conversation
import emulator
from tree import ROOT, build, needed

UBOOT = os.environ.get("UBOOT") or \
    "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin"
CONFIGURATION = os.path.join(ROOT, "tests", "boot", "extlinux.conf")

# By itself U-Boot loads files up to 0x8c300000, for which 128 MiB are too few.
MEMORY = "256M"
IMAGE, ARCHIVE = 0x84000000, 0x88000000  # where booti finds them

SECTOR = 512
DISK_BYTES = 32 << 20      # a power of two, as SD cards are
FIRMWARE_FIRST, FAT_FIRST, FAT_SECTORS = 2048, 4096, 32768
BOOTABLE = 2               # the bit of the GPT partition's attributes

KEY, PROMPT = b"stop autoboot", b"\n=> "
SECONDS = 60


# ---- the disk -----------------------------------------------------------


def tool(*argv):
    """Runs one of the disk tools; some lie where only root looks."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    try:
        done = subprocess.run(argv, capture_output=True, text=True,
                              check=False, env=dict(os.environ, PATH=path))
    except FileNotFoundError as e:
        raise OSError(f"{argv[0]} is not here: run tools/setup test") from e
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise OSError(f"{argv[0]}: {said or f'status {done.returncode}'}")


def make_fat(path):
    if os.path.exists(path):
        os.remove(path)
    tool("mkfs.vfat", "-C", path, str(FAT_SECTORS * SECTOR // 1024))
    tool("mmd", "-i", path, "::extlinux")
    tool("mcopy", "-i", path, needed("quire.img"), needed("archive.cpio"),
         "::")
    tool("mcopy", "-i", path, CONFIGURATION, "::extlinux/extlinux.conf")


def make_disk():
    """The path of a new disk, below the build folder."""
    os.makedirs(build("uboot"), exist_ok=True)
    fat, path = build("uboot", "fat.img"), build("uboot", "disk.img")
    make_fat(fat)
    with open(path, "wb") as f:
        f.truncate(DISK_BYTES)
    tool("sgdisk", f"--new=1:{FIRMWARE_FIRST}:{FAT_FIRST - 1}",
         f"--new=2:{FAT_FIRST}:{FAT_FIRST + FAT_SECTORS - 1}",
         "--typecode=2:0700", f"--attributes=2:set:{BOOTABLE}", path)
    with open(fat, "rb") as source, open(path, "r+b") as disk:
        disk.seek(FAT_FIRST * SECTOR)
        shutil.copyfileobj(source, disk)
    return path


# ---- at the console -------------------------------------------------------


def converse(argv, commands, log):
    """Runs U-Boot and types the commands, each at a prompt of its own.

    Without commands nothing is typed. The console goes to the file `log`.
    """
    def talk(console):
        if commands:
            console.wait(KEY)
            console.type(b" ")
        for line in commands:
            console.wait(PROMPT)
            console.type(line + "\n")
        at_prompt = console.wait(None, PROMPT) == 1
        return "U-Boot is back at its prompt" if at_prompt else None

    return conversation.converse(argv, talk, log, SECONDS)


def command(*extra):
    if not os.path.exists(UBOOT):
        raise OSError(f"{UBOOT} does not exist: run tools/setup test, or set "
                      "UBOOT to an u-boot.bin for QEMU in S-mode")
    return emulator.command(UBOOT, mem=MEMORY, extra=extra)


# ---- the two ways ---------------------------------------------------------


def booti(arguments, log):
    """Boots with these boot arguments; gives emulator.Result."""
    image, archive = needed("quire.img"), needed("archive.cpio")
    argv = command(
        "-device", f"loader,file={image},addr={IMAGE:#x},force-raw=on",
        "-device", f"loader,file={archive},addr={ARCHIVE:#x},force-raw=on")
    size = os.path.getsize(archive)
    return converse(argv, (
        f"setenv bootargs {arguments}",
        "setenv initrd_high",  # these two else forbid it to move anything
        "setenv fdt_high",
        f"booti {IMAGE:x} {ARCHIVE:x}:{size:x} ${{fdtcontroladdr}}"), log)


def extlinux(log):
    """The same from a disk; the boot arguments are in extlinux.conf."""
    disk = make_disk()
    return converse(command(
        "-drive", f"file={disk},format=raw,if=none,id=disk,readonly=on",
        "-device", "virtio-blk-device,drive=disk"), (), log)
