# SPDX-License-Identifier: GPL-2.0-or-later
"""scripts/vm: options, image, machine, command, verdict."""

import os
import signal
import sys
import tempfile
import time
import traceback

import accel
import fetch
import health
import image
import kernels
import kernlog
import machine
import options
import snapshot
from common import (HARNESS_FAILED, KERNEL_COMPLAINED, TIMED_OUT, VM_DIED,
                    Failure, say)
from guest import Died, Guest

RESTORE_SECONDS = 60
NO_START = "mpyvm.off"      # read by the script in initrd.py
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stopped(BaseException):
    """A signal asked us to go; everything on the way out cleans up."""


def stop(number, _frame):
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(number)


def pass_to(guest, descriptor):
    """A sink that hands bytes on. A reader that left is not our failure; one
    that stands still must not hold the time-out up (a pipe that select calls
    writable takes 4096 bytes without blocking)."""
    def write(data):
        view = memoryview(data)
        try:
            while view:
                guest.wait([], [descriptor])
                view = view[os.write(descriptor, view[:4096]):]
        except BrokenPipeError:
            pass
    return write


def wake_up(opts, how, folder, snap, console, work):
    """A started machine and its answering guest."""
    append = NO_START if opts.no_start else ""
    disk = os.path.join(work, "disk.qcow2")
    if snap:
        machine.overlay(disk, snap.disk, "qcow2")
        vm = machine.Machine(how, folder, disk, console, append, snap.state)
    else:
        machine.overlay(disk, os.path.join(folder, "disk.raw"), "raw")
        vm = machine.Machine(how, folder, disk, console, append)
    guest = Guest(vm, vm.started + opts.timeout)
    try:
        if snap:
            guest.deadline = min(guest.deadline,
                                 vm.started + RESTORE_SECONDS)
            vm.resume(RESTORE_SECONDS)
        else:
            guest.hello()
        guest.wake()
        guest.deadline = vm.started + opts.timeout
        if not snap:
            health.settle(guest)
            if not opts.no_start:
                health.check(guest)
    except (Died, Failure) as error:
        if isinstance(error, Died):
            error = vm.obituary()
        vm.kill()
        if not snap or time.monotonic() > vm.started + opts.timeout:
            raise error
        say("the saved guest did not wake up (%s): booting instead" % error)
        if error.status != TIMED_OUT:
            snapshot.drop(snap)
        return wake_up(opts, how, folder, None, console, work)
    except BaseException:
        vm.kill()
        raise
    return vm, guest


def command(opts, vm, guest):
    """Puts, runs, gets; the exit status."""
    try:
        for folder in opts.put:
            guest.put(folder)
        status = guest.run(opts.command, pass_to(guest, 1), pass_to(guest, 2))
        lost = fetch.all_of(guest, opts.get, opts.out)
        guest.read_log()
    except Died:
        vm.process.wait()
        say("the guest died before the command ended")
        status, lost = VM_DIED, 0
    except Failure as error:
        if error.status != TIMED_OUT:
            raise
        say("time-out: %g s are over, the guest is given up" % opts.timeout)
        status, lost = TIMED_OUT, 0
    lines = guest.log.lines
    if status in (VM_DIED, TIMED_OUT):
        lines = lines + vm.console_text().splitlines()
    found = kernlog.complaints(lines)
    if found:
        say("the guest's kernel complained:")
        print("\n".join(found), file=sys.stderr)
        return KERNEL_COMPLAINED
    if status in (VM_DIED, TIMED_OUT):
        print("\n".join(lines[-20:]), file=sys.stderr)
    return status or lost


def saved_guest(opts, how, folder, work):
    """The snapshot, if any, and the accelerator that it was made with."""
    append = NO_START if opts.no_start else ""
    if opts.cold:
        return None, how
    try:
        return snapshot.take(how, folder, append, not opts.no_start,
                             work), how
    except Failure:
        if how != "kvm" or opts.accel:
            raise
    # The probe came up, a whole guest did not: then not with KVM.
    accel.remember(folder, False)
    return saved_guest(opts, accel.emulated(opts), folder, work)


def run(opts):
    suite = kernels.suite_of(opts.kernel, opts.debug)
    folder = image.prepare(suite, opts.bare)
    how = accel.choose(opts, folder)
    fetch.check_room(opts.get, opts.out)
    with tempfile.TemporaryDirectory(prefix="mpy-vm-") as work:
        console = os.path.abspath(opts.console) if opts.console \
            else os.path.join(work, "console")
        snap, how = saved_guest(opts, how, folder, work)
        vm, guest = wake_up(opts, how, folder, snap, console, work)
        try:
            return command(opts, vm, guest)
        finally:
            vm.kill()


def main():
    for number in SIGNALS:
        signal.signal(number, stop)
    try:
        status = run(options.parse(sys.argv[1:]))
    except Failure as failure:
        say(failure)
        status = failure.status
    except Exception as error:
        traceback.print_exc()
        say("an error that should not be: %s" % error)
        status = HARNESS_FAILED
    except Stopped as stopped:
        number = stopped.args[0]
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    sys.exit(status)


main()
