#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# bochs.sh ROM OUT - run a boot ROM under Bochs, serial to OUT.  Needs: bochs bochs-term vgabios.
set -e
d=$(mktemp -d)
trap 'rm -rf "$d"' EXIT
vga=/usr/share/bochs/VGABIOS-lgpl-latest
[ -e "$vga" ] || vga=/usr/share/vgabios/vgabios.bin
cat >"$d/rc" <<RC
display_library: term
romimage: file="$1", address=0xfffe0000
vgaromimage: file="$vga"
megs: 256
cpu: model=${CPU:-corei7_skylake_x}, ips=2000000, reset_on_triple_fault=0
com1: enabled=1, mode=file, dev="$2"
log: "$d/log"
panic: action=fatal
error: action=report
info: action=report
floppya: type=none
sound: waveoutdrv=dummy
speaker: enabled=0
RC
rm -f "$2"
echo c >"$d/dbg"
TERM=xterm timeout "${LIMIT:-600}" script -qfc "bochs -q -f $d/rc -rc $d/dbg" /dev/null >"$d/tty" 2>&1 </dev/null || true
tail -n 1 "$2" | grep -q '^# end' || { tail -20 "$d/log"; exit 1; }
