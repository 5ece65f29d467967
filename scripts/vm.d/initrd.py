# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the guest's initial RAM disk: busybox, the few modules that the disk
and the port need, and one script. It saves seconds against Debian's own."""

import lzma
import os
import shutil
import subprocess

from common import Failure, tool

MODULES = ("virtio_pci", "virtio_blk", "virtio_console", "ext4")

# mpyvm.off is scripts/vm --no-start: what "systemctl disable" would do, so that
# the user can still start everything by hand. mpyvm.probe ends here.
INIT = """#!/bin/busybox sh
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t devtmpfs dev /dev
while read -r m; do $b insmod "$m"; done < /modules
case " $($b cat /proc/cmdline) " in
*" mpyvm.probe "*)
	echo mpy-probe-ok > /dev/console
	$b poweroff -f ;;
esac
i=0
while [ ! -b /dev/vda ] && [ $i -lt 100 ]; do
	$b usleep 50000
	i=$((i + 1))
done
$b mount -t ext4 -o rw /dev/vda /sysroot || $b poweroff -f
case " $($b cat /proc/cmdline) " in
*" mpyvm.off "*)
	$b rm -f /sysroot/etc/systemd/system/*.wants/mpyd.service
	$b mkdir -p /sysroot/etc/modules-load.d
	$b ln -sf /dev/null /sysroot/etc/modules-load.d/mpy.conf ;;
esac
$b umount /proc
exec $b switch_root /sysroot /sbin/init
"""


def module_files(root, version):
    """Paths in the order of loading, dependencies first."""
    files = []
    for module in MODULES:
        shown = subprocess.run(
            [tool("chroot"), root, "modprobe", "-S", version,
             "--show-depends", module],
            stdout=subprocess.PIPE, text=True, check=False)
        if shown.returncode != 0:
            raise Failure("the guest's kernel has no module %s" % module)
        for line in shown.stdout.splitlines():
            words = line.split()
            if words[0] == "insmod" and words[1] not in files:
                files.append(words[1])
    return files


def unpacked(path):
    with open(path, "rb") as module:
        data = module.read()
    return lzma.decompress(data) if path.endswith(".xz") else data


def make(root, version, work, target):
    """Write the archive to target; work is an empty folder of the caller."""
    for folder in ("bin", "dev", "proc", "sys", "sysroot", "lib"):
        os.makedirs(os.path.join(work, folder))
    shutil.copy(os.path.join(root, "usr/bin/busybox"),
                os.path.join(work, "bin/busybox"))
    names = []
    for path in module_files(root, version):
        name = "/lib/" + os.path.basename(path).removesuffix(".xz")
        with open(work + name, "wb") as module:
            module.write(unpacked(root + path))
        names.append(name)
    with open(os.path.join(work, "modules"), "w", encoding="ascii") as order:
        order.write("".join(name + "\n" for name in names))
    with open(os.path.join(work, "init"), "w", encoding="ascii") as init:
        init.write(INIT)
    os.chmod(os.path.join(work, "init"), 0o755)
    with open(target, "wb") as archive:
        subprocess.run("find . | cpio -o -H newc --quiet -R 0:0",
                       shell=True, cwd=work, stdout=archive, check=True)
