# SPDX-License-Identifier: GPL-2.0-or-later
"""Which accelerator to use. A /dev/kvm may exist and still not carry a guest,
so KVM is taken only after the guest's kernel came up under it in time."""

import os
import re
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


def patches_are_safe():
    """Before 8.1 a processor could link code that another one replaced while
    it was being translated, and kept it: an int3 is then hit after it has
    gone, and the kernel takes it for a kprobe of the other kind and jumps to
    0. Fixed by deba78709ae8 ("accel/tcg: Always lock pages before
    translation"). Seen twice with 7.2, loading and unloading under load."""
    version = re.search(r"version (\d+)\.(\d+)", machine.version())
    return bool(version) and tuple(map(int, version.groups())) >= (8, 1)


def emulated(opts):
    return machine.TURNS if opts.patches_text and not patches_are_safe() \
        else machine.TCG


def kvm_carries(image):
    """The probe's result holds until the host boots again."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False
    note = note_of(image)
    if not os.path.exists(note):
        good = kvm_boots(image)
        remember(image, good)
        return good
    with open(note, encoding="ascii") as answer:
        return answer.read() == "yes"


def choose(opts, image):
    """The value of QEMU's -accel."""
    if opts.icount:
        if opts.accel not in (None, "tcg"):
            raise Failure("--icount wants --accel tcg")
        return machine.ICOUNT
    if opts.accel not in (None, "tcg"):
        return opts.accel
    if not opts.accel and kvm_carries(image):
        return "kvm"
    return emulated(opts)
