# SPDX-License-Identifier: GPL-2.0-or-later
"""First stage of an image: a Debian root per suite, made by mmdebstrap. It
holds an ordinary server and what mpy is built with, but not mpy. A folder
named after what went in is built once and then only read."""

import glob
import hashlib
import os
import shutil

import mirror
from common import CACHE, HERE, Failure, contained, say, step, tool

SERVER = """
systemd systemd-sysv udev dbus libpam-systemd kmod procps psmisc login passwd
python3-full perl gcc make gdb git curl sudo util-linux bsdextrautils iproute2
openssl xxd systemd-container podman crun dpkg ca-certificates netbase file
less sqlite3 jq xz-utils bzip2 zip unzip zstd sharutils netcat-openbsd attr
strace busybox-static
""".split()

KERNEL = "linux-image-cloud-amd64 linux-headers-cloud-amd64 dkms".split()

BUILD = """
libc6-dev pkg-config libnl-3-dev libnl-genl-3-dev libssl-dev libsvm-dev
libsqlite3-dev libseccomp-dev libsystemd-dev zlib1g-dev libbz2-dev liblzma-dev
libjansson-dev
""".split()

# Nothing reads these in a guest; without them the image is a third smaller.
UNREAD = ("/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*",
          "/usr/share/doc/*")

SETUP = os.path.join(HERE, "setup.sh")


def key(suite):
    sha = hashlib.sha256()
    for part in [suite] + SERVER + KERNEL + BUILD + list(UNREAD):
        sha.update(part.encode() + b"\0")
    with open(SETUP, "rb") as script:
        sha.update(script.read())
    return sha.hexdigest()[:12]


def folder(suite):
    return os.path.join(CACHE, suite, "base-" + key(suite))


def is_built(suite):
    return os.path.exists(os.path.join(folder(suite), "done"))


def mmdebstrap_line(suite, root, debs):
    archives = "/var/cache/apt/archives"
    line = [tool("mmdebstrap"), "--variant=minbase", "--mode=root",
            "--architectures=amd64", "--components=main",
            "--keyring=" + mirror.keyring(),
            "--include=" + ",".join(SERVER + KERNEL + BUILD),
            "--skip=essential/unlink",
            "--setup-hook=mkdir -p \"$1\"" + archives,
            "--setup-hook=sync-in %s %s" % (debs, archives),
            "--customize-hook=sync-out %s %s" % (archives, debs),
            "--customize-hook=copy-in %s /tmp" % SETUP,
            "--customize-hook=chroot \"$1\" sh /tmp/setup.sh"]
    line += ["--aptopt=" + option for option in mirror.carried_options()]
    line.append("--aptopt=APT::Sandbox::User \"root\"")
    line += ["--dpkgopt=path-exclude=" + path for path in UNREAD]
    return line + [suite, root, mirror.debian_mirror()]


def build(suite):
    """Make the root if it is not there; the caller holds the suite's lock."""
    if is_built(suite):
        return
    if os.geteuid() != 0:
        raise Failure("the image of %s is not built yet, and building one "
                      "needs root: run this once as root" % suite)
    say("building a Debian root (%s), about 2 minutes" % suite)
    done = folder(suite)
    making = done + ".new"
    for old in glob.glob(os.path.join(CACHE, suite, "base-*")):
        shutil.rmtree(old)
    # What was compiled against the old root's libraries.
    shutil.rmtree(os.path.join(CACHE, suite, "sources"), ignore_errors=True)
    debs = os.path.join(CACHE, suite, "debs")
    os.makedirs(debs, exist_ok=True)
    # Set-uid programs of a guest are nobody's business on the host.
    os.makedirs(making, mode=0o700)
    line = mmdebstrap_line(suite, os.path.join(making, "root"), debs)
    try:
        step("mmdebstrap, the Debian root of %s" % suite, contained(line),
             "see its message above (network, mirror, room on the disk?) "
             "and run the same command again",
             env=dict(os.environ, INITRD="No", LC_ALL="C.UTF-8",
                      TMPDIR=making))
        open(os.path.join(making, "done"), "w", encoding="ascii").close()
        os.rename(making, done)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
