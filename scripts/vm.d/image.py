# SPDX-License-Identifier: GPL-2.0-or-later
"""Second stage of an image: mpy installed into a copy of the suite's root as
a user would, then made a disk. Named after the sources that went in, so that
an edit repeats this stage alone. With `bare` nothing is installed."""

import contextlib
import fcntl
import glob
import hashlib
import os
import shutil
import tempfile

import initrd
import rootfs
import sources
from common import CACHE, HERE, TREE, Failure, contained, say, step

PARTS = ("agent.c", "install.sh", "initrd.py", "image.py", "sources.py")

SPARE = 5 << 30         # free room on the guest's disk, in bytes
KEPT = 2                # older images per suite and kind


def key(suite, bare):
    sha = hashlib.sha256(rootfs.key(suite).encode())
    wanted = [os.path.join(HERE, part) for part in PARTS]
    if not bare:
        wanted += [os.path.join(TREE, name) for name in sources.listed()]
    for path in wanted:
        sha.update(os.path.relpath(path, TREE).encode() + b"\0")
        with open(path, "rb") as file:
            data = file.read()
        sha.update(b"%d %d\0" % (os.stat(path).st_mode & 0o111, len(data)))
        sha.update(data)
    return ("bare-" if bare else "mpy-") + sha.hexdigest()[:12]


@contextlib.contextmanager
def building(suite):
    """One builder per suite at a time; the lock goes with the process."""
    os.makedirs(os.path.join(CACHE, suite), exist_ok=True)
    with open(os.path.join(CACHE, suite, "lock"), "w",
              encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another scripts/vm that builds %s" % suite)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def hold(folder):
    """Keeps a finished image from being cleared away while it is used."""
    lock = os.open(os.path.join(folder, "done"), os.O_RDONLY | os.O_CLOEXEC)
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def prepare(suite, bare):
    """The folder of the finished image, built now if need be, and held."""
    folder = os.path.join(CACHE, suite, key(suite, bare))
    with contextlib.suppress(FileNotFoundError):
        hold(folder)
        if os.path.exists(folder):
            return folder
    if os.geteuid() != 0:
        raise Failure("the image (%s) is not built for these sources, and "
                      "building one needs root: run this once as root"
                      % suite)
    install_packages()
    with building(suite):
        rootfs.build(suite)
        kept = os.path.join(CACHE, suite, "sources")
        os.makedirs(kept, exist_ok=True)
        # Somebody may be editing: the name must tell what was copied.
        folder = None
        while folder != os.path.join(CACHE, suite, key(suite, bare)):
            folder = os.path.join(CACHE, suite, key(suite, bare))
            if not bare:
                sources.copy(kept)
        if not os.path.exists(os.path.join(folder, "done")):
            build(suite, bare, folder, kept)
        hold(folder)
    return folder


def install_packages():
    step("scripts/deps vm (packages of this host)",
         [os.path.join(TREE, "scripts", "deps"), "vm"],
         "install the packages that it names, then run this again")


# Without overlayfs the root is copied.
ENTER = r"""
set -e
base=$1 work=$2 sources=$3 program=$4 mode=$5
mkdir -p "$work/up" "$work/tmp" "$work/root"
if ! mount -t overlay overlay -o "lowerdir=$base,upperdir=$work/up,\
workdir=$work/tmp" "$work/root" 2>/dev/null; then
	cp -a "$base/." "$work/root"
fi
cd "$work/root"
mount -t proc proc proc
mount -t tmpfs tmpfs tmp
mount --rbind /dev dev
mkdir tmp/vm tmp/mpy
mount --bind "$program" tmp/vm
mount --bind "$sources" tmp/mpy
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
	chroot . /bin/sh /tmp/vm/install.sh "$mode"
umount -l tmp dev proc
cp boot/vmlinuz-* "$work/vmlinuz"
size=$(( ($(du -s -k -x . | cut -f1) << 10) + $6 ))
mke2fs -q -t ext4 -F -L mpy-vm -m 0 -J size=16 -d . \
	"$work/disk.raw" $((size >> 10))k >/dev/null
"""


def build(suite, bare, folder, kept):
    base = os.path.join(rootfs.folder(suite), "root")
    version, = os.listdir(os.path.join(base, "lib/modules"))
    clear_old(suite)
    say("building the guest's image (%s, Linux %s)" % (suite, version))
    with tempfile.TemporaryDirectory(dir=os.path.dirname(folder),
                                     prefix="making-") as work:
        step("installing mpy into the guest's root",
             contained(["/bin/sh", "-c", ENTER, "enter", base, work, kept,
                        HERE, "bare" if bare else "full", str(SPARE)]),
             "see its output above, correct the sources, run it again (the "
             "copy that was built is %s)" % kept)
        initrd.make(base, version, os.path.join(work, "initrd.d"),
                    os.path.join(work, "initrd"))
        publish(work, folder)


def publish(work, folder):
    new = folder + ".new"
    shutil.rmtree(new, ignore_errors=True)
    os.makedirs(new)
    for name in ("vmlinuz", "initrd", "disk.raw"):
        os.rename(os.path.join(work, name), os.path.join(new, name))
        os.chmod(os.path.join(new, name), 0o644)
    open(os.path.join(new, "done"), "w", encoding="ascii").close()
    # An unprivileged user may run it, whatever root's umask is.
    for path in (new, os.path.dirname(folder), CACHE):
        os.chmod(path, 0o755)
    os.chmod(os.path.join(new, "done"), 0o644)
    os.rename(new, folder)


def clear_old(suite):
    """Leftovers of a builder that was killed, and images nobody uses."""
    here = os.path.join(CACHE, suite)
    for path in glob.glob(os.path.join(here, "making-*")):
        shutil.rmtree(path, ignore_errors=True)
    old = []
    for kind in ("mpy-*", "bare-*"):
        images = glob.glob(os.path.join(here, kind))
        images.sort(key=os.path.getmtime, reverse=True)
        old += images[KEPT:]
    for path in old:
        try:
            with open(os.path.join(path, "done"), "rb") as done:
                fcntl.flock(done, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path)
        except BlockingIOError:
            continue
        except FileNotFoundError:
            shutil.rmtree(path, ignore_errors=True)
