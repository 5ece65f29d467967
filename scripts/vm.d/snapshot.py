# SPDX-License-Identifier: GPL-2.0-or-later
"""Boot once, run many: a booted guest whose agent waits, saved next to its
image as a saved disk and the machine's state. It fits only a machine with
the same QEMU, accelerator and arguments, so these are in its name."""

import contextlib
import fcntl
import hashlib
import os
import time

import health
import machine
from common import say
from guest import Died, Guest

BOOT_SECONDS = 600


def name_of(accel, append):
    sha = hashlib.sha256()
    sha.update(machine.version().encode())
    sha.update("\0".join(machine.arguments(accel, "", append)).encode())
    if accel.startswith("kvm"):
        with open("/proc/cpuinfo", "rb") as info:
            sha.update(b"".join(line for line in info
                                if line.startswith((b"model", b"flags"))))
    return sha.hexdigest()[:12]


class Snapshot:
    """`disk` and `state` are files if `there`."""

    def __init__(self, accel, image, append):
        name = name_of(accel, append)
        self.disk = os.path.join(image, "saved-%s.qcow2" % name)
        self.state = os.path.join(image, "saved-%s.state" % name)

    @property
    def there(self):
        return os.path.exists(self.state)


def take(accel, image, append, start, work):
    """The snapshot, made now if need be; None where it cannot be: then each
    run boots, which is slower and otherwise the same."""
    snap = Snapshot(accel, image, append)
    if snap.there:
        return snap
    if not os.access(image, os.W_OK):
        return None
    with open(os.path.join(image, "saving"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not snap.there:
            save(snap, accel, image, append, start, work)
    return snap


def save(snap, accel, image, append, start, work):
    say("booting the guest once and saving it (%s)" % accel.split(",")[0])
    began = time.monotonic()
    disk = snap.disk + ".new"
    state = snap.state + ".new"
    discard(disk, state)
    machine.overlay(disk, os.path.join(image, "disk.raw"), "raw")
    console = os.path.join(work, "first-boot")
    vm = machine.Machine(accel, image, disk, console, append)
    try:
        guest = Guest(vm, time.monotonic() + BOOT_SECONDS)
        guest.hello()
        health.settle(guest)
        if start:
            health.check(guest)
        health.log_is_clean(guest)
        vm.save(state, 120)
    except BaseException as error:
        if isinstance(error, Died):
            error = vm.obituary()
        vm.kill()
        discard(disk, state)
        raise error
    vm.kill()
    for new, path in ((disk, snap.disk), (state, snap.state)):
        os.chmod(new, 0o644)
        os.rename(new, path)
    say("saved after %.0f s" % (time.monotonic() - began))


def drop(snap):
    """It does not wake up: the next run may make another."""
    discard(snap.state, snap.disk)


def discard(*paths):
    for path in paths:
        with contextlib.suppress(OSError):
            os.unlink(path)
