# SPDX-License-Identifier: GPL-2.0-or-later
"""One QEMU process: its command line, its monitor, its end. The guest is
reached through one socket pair (guest.py speaks on it); nothing has a name in
the file system but the disk's overlay and the console's text."""

import json
import os
import shlex
import socket
import subprocess
import tempfile
import time

from common import TIMED_OUT, VM_DIED, Failure, die_with_parent, tool

APPEND = ("console=ttyS0,115200 root=/dev/vda rw quiet loglevel=4 panic=-1 "
          "oops=panic mitigations=off systemd.show_status=0 "
          "rcupdate.rcu_cpu_stall_timeout=100 apparmor=0 net.ifnames=0")

# With QEMU 7.2 two guests died of flags that no processor can have, the trap of
# one right behind a cmpxchg16b. Linux does without it where it is missing.
EMULATED = "max,-cx16"
TCG = "tcg,thread=multi,tb-size=512"
# With counted instructions the guest's clock leaps while it waits for its disk.
LEAPING = (" nowatchdog rcupdate.rcu_cpu_stall_suppress=1 "
           "sysctl.kernel.hung_task_timeout_secs=0")
ICOUNT = "icount"
# All processors on one thread of the host, see accel.py.
TURNS = "tcg,thread=single,tb-size=512"


def version():
    """What QEMU says of itself."""
    return subprocess.run([tool("qemu-system-x86_64"), "--version"],
                          stdout=subprocess.PIPE, text=True, check=True).stdout


def arguments(accel, image, append):
    """What decides whether a saved state fits; the back ends come apart."""
    cpu = "host" if accel.startswith("kvm") else EMULATED
    append = (APPEND + " " + append).strip()
    if accel == ICOUNT:
        append += LEAPING
    line = ["-name", "mpy-vm", "-M", "q35",
            "-accel", TURNS if accel == ICOUNT else accel, "-cpu", cpu,
            "-smp", "1" if accel == ICOUNT else "2", "-m", "1024",
            "-nodefaults", "-no-user-config",
            "-no-reboot", "-display", "none", "-rtc", "base=utc",
            "-kernel", os.path.join(image, "vmlinuz"),
            "-initrd", os.path.join(image, "initrd"),
            "-append", append,
            "-device", "virtio-blk-pci,drive=disk",
            "-device", "virtio-serial-pci",
            "-device", "virtserialport,chardev=port,name=mpy.vm",
            "-serial", "chardev:console"]
    if accel == ICOUNT:
        line += ["-icount", "shift=0,sleep=off"]
    return line


def overlay(path, backing, form):
    subprocess.run([tool("qemu-img"), "create", "-q", "-f", "qcow2", "-F",
                    form, "-b", os.path.abspath(backing), path],
                   stdin=subprocess.DEVNULL, check=True)


class Machine:
    """A started QEMU. `port` is the guest's socket; kill() always works."""

    def __init__(self, accel, image, disk, console, append="", state=None):
        self.port, port = socket.socketpair()
        self.monitor, monitor = socket.socketpair()
        self.started = time.monotonic()
        self.console = console
        line = [tool("qemu-system-x86_64")] + arguments(accel, image, append)
        line += ["-drive", "if=none,id=disk,format=qcow2,cache=unsafe,"
                 "file=" + disk.replace(",", ",,"),
                 "-chardev", "socket,id=port,fd=%d" % port.fileno(),
                 "-chardev", "file,id=console,path="
                 + console.replace(",", ",,"),
                 "-chardev", "socket,id=monitor,fd=%d" % monitor.fileno(),
                 "-mon", "chardev=monitor,mode=control"]
        if state:
            line += ["-incoming", "exec:cat " + shlex.quote(state)]
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            line, stdin=subprocess.DEVNULL, stdout=self.errors,
            stderr=self.errors, preexec_fn=die_with_parent,
            pass_fds=(port.fileno(), monitor.fileno()))
        port.close()
        monitor.close()
        self.answers = self.monitor.makefile("rb")

    def ask(self, command, **arguments_):
        """One QMP command; events in between are passed over."""
        request = {"execute": command}
        if arguments_:
            request["arguments"] = arguments_
        try:
            self.monitor.sendall(json.dumps(request).encode() + b"\n")
            return self.answer()
        except TimeoutError:
            raise Failure("QEMU does not answer", TIMED_OUT) from None
        except OSError:
            raise Failure("QEMU ended: " + self.last_words()) from None

    def answer(self):
        while True:
            line = self.answers.readline()
            if not line:
                raise Failure("QEMU ended: " + self.last_words())
            answer = json.loads(line)
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise Failure("QEMU: %s" % answer["error"]["desc"])

    def save(self, path, limit):
        """Write the machine's state to path; it stands still from the start.
        A state that was written while the processors went on had a page as it
        was before a slab object was freed, and the slab's own record as it was
        after (QEMU 7.2, which of its faults did it is not known)."""
        self.monitor.settimeout(limit)
        self.ask("qmp_capabilities")
        self.ask("stop")
        self.ask("migrate-set-parameters", **{"max-bandwidth": 10 << 30})
        self.ask("migrate", uri="exec:cat > " + shlex.quote(path))
        end = time.monotonic() + limit
        while time.monotonic() < end:
            state = self.ask("query-migrate").get("status")
            if state == "completed":
                self.ask("quit")
                self.process.wait(limit)
                return
            if state in ("failed", "cancelled"):
                break
            time.sleep(0.1)
        raise Failure("saving the guest's state failed")

    def resume(self, limit):
        """Let a machine go on that was started from a saved state."""
        self.monitor.settimeout(limit)
        self.ask("qmp_capabilities")
        end = time.monotonic() + limit
        while self.ask("query-status")["status"] == "inmigrate":
            if time.monotonic() > end:
                raise Failure("reading the saved state takes too long",
                              TIMED_OUT)
            time.sleep(0.02)
        self.ask("cont")

    def last_words(self):
        self.errors.seek(0)
        words = self.errors.read(2000).decode(errors="replace").strip()
        return words or "status %s" % self.process.poll()

    def obituary(self):
        """Why there is no guest: QEMU could not start, or it died early."""
        try:
            code = self.process.wait(5)
        except subprocess.TimeoutExpired:
            code = 0
        if code > 0:
            return Failure("QEMU does not start: " + self.last_words())
        return Failure("the guest died while it booted:\n%s\n%s"
                       % (self.console_text()[-3000:], self.last_words()),
                       VM_DIED)

    def console_text(self):
        try:
            with open(self.console, "rb") as text:
                return text.read().decode(errors="replace")
        except OSError:
            return ""

    def kill(self):
        """The overlay is thrown away: there is nothing to shut down."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.port.close()
        self.monitor.close()
        self.errors.close()
