# SPDX-License-Identifier: GPL-2.0-or-later
"""Which accelerator to use. A /dev/kvm may exist and still not carry a guest,
so KVM is taken only after the guest's kernel came up under it in time."""

import os
import tempfile

import machine
from common import Failure, say

PROBE_SECONDS = 20


def boot_id():
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as ident:
        return ident.read().strip()


def kvm_boots(image):
    """Boot the kernel as far as the initrd, which says so and powers off."""
    with tempfile.TemporaryDirectory(prefix="mpy-vm-") as work:
        disk = os.path.join(work, "disk.qcow2")
        console = os.path.join(work, "console")
        machine.overlay(disk, os.path.join(image, "disk.raw"), "raw")
        vm = machine.Machine("kvm", image, disk, console, "mpyvm.probe")
        try:
            vm.process.wait(PROBE_SECONDS)
        except Exception:  # a time-out: it hangs
            return False
        finally:
            vm.kill()
        return "mpy-probe-ok" in vm.console_text()


def note_of(image):
    return os.path.join(os.path.dirname(image), "kvm-" + boot_id())


def remember(image, good):
    """For the runs to come; a user who may not write here asks each time."""
    try:
        with open(note_of(image), "w", encoding="ascii") as answer:
            answer.write("yes" if good else "no")
        os.chmod(note_of(image), 0o644)
    except OSError:
        return
    if not good:
        say("/dev/kvm does not carry a guest here: emulating (TCG)")


def choose(wanted, icount, image):
    """The value of QEMU's -accel. The probe's result holds until the host
    boots again."""
    if icount:
        if wanted not in (None, "tcg"):
            raise Failure("--icount wants --accel tcg")
        return machine.ICOUNT
    if wanted:
        return machine.TCG if wanted == "tcg" else wanted
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return machine.TCG
    note = note_of(image)
    if not os.path.exists(note):
        good = kvm_boots(image)
        remember(image, good)
        return "kvm" if good else machine.TCG
    with open(note, encoding="ascii") as answer:
        return "kvm" if answer.read() == "yes" else machine.TCG
