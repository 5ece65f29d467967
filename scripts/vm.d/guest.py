# SPDX-License-Identifier: GPL-2.0-or-later
"""The host's end of the agent's port (agent.c is the manual of the protocol):
files in, a command, its output as it comes, files back."""

import os
import select
import struct
import tarfile
import time

import kernlog
from common import TIMED_OUT, VM_DIED, Failure

FRAME_MAX = 65536


class Died(Exception):
    """The port was closed: QEMU is gone."""


class Guest:
    """Talks to the agent of one machine. Everything ends at `deadline`
    (time.monotonic); the kernel log gathers in `log`."""

    def __init__(self, machine, deadline):
        self.machine = machine
        self.port = machine.port
        self.port.setblocking(False)
        self.deadline = deadline
        self.log = kernlog.Log()
        self.pending = bytearray()

    def wait(self, read, write):
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise Failure("time-out: the guest is given up", TIMED_OUT)
        return select.select(read, write, [], left)

    def send(self, kind, payload=b""):
        """Sends one frame, however slowly the guest takes it. The agent
        answers only when it has read a request, so nothing is read here."""
        data = memoryview(kind + struct.pack("<I", len(payload)) + payload)
        while data:
            self.wait([], [self.port])
            try:
                data = data[self.port.send(data):]
            except BlockingIOError:
                continue
            except OSError as error:
                raise Died() from error

    def fill(self, size):
        while len(self.pending) < size:
            self.wait([self.port], [])
            try:
                data = self.port.recv(1 << 18)
            except BlockingIOError:
                continue
            except OSError as error:
                raise Died() from error
            if not data:
                raise Died()
            self.pending += data

    def frame(self):
        self.fill(5)
        kind, size = self.pending[:1].decode("latin-1"), \
            struct.unpack_from("<I", self.pending, 1)[0]
        if size > FRAME_MAX:
            raise Failure("the agent in the guest speaks nonsense", VM_DIED)
        self.fill(5 + size)
        payload = bytes(self.pending[5:5 + size])
        del self.pending[:5 + size]
        return kind, payload

    def finish(self, sinks=None):
        """Read frames until the request's status; sinks take the rest."""
        sinks = sinks or {}
        while True:
            kind, payload = self.frame()
            if kind == "d":
                return struct.unpack("<i", payload)[0]
            if kind == "k":
                self.log.add(payload)
            elif kind in sinks:
                sinks[kind](payload)

    def hello(self):
        """A guest that boots says H; one that is restored has said it."""
        while self.frame()[0] != "H":
            pass

    def wake(self):
        """Clock and random seed; also the proof that the agent lives."""
        now = time.time_ns()
        self.send(b"T", b"%d %d" % divmod(now, 10**9))
        clock = self.finish()
        self.send(b"S", os.urandom(256))
        if clock or self.finish():
            raise Failure("the guest refused its clock or random seed")

    def put(self, folder):
        name = os.path.basename(os.path.abspath(folder))
        with tarfile.open(fileobj=Pieces(self), mode="w|", bufsize=FRAME_MAX,
                          format=tarfile.GNU_FORMAT) as archive:
            archive.add(folder, arcname=name, filter=as_root)
        self.send(b"P")
        if self.finish():
            raise Failure("--put %s: the guest could not unpack it" % folder)

    def run(self, argv, out, err):
        """Runs argv; out and err take bytes. The command's exit status."""
        for argument in argv:
            data = os.fsencode(argument)
            if len(data) > FRAME_MAX:
                raise Failure("an argument of more than %d bytes" % FRAME_MAX)
            self.send(b"A", data)
        self.send(b"R")
        return self.finish({"o": out, "e": err})

    def get(self, path, stream):
        """What lies at path goes to stream: 0 a file, 1 a tar archive of a
        folder, negative errno."""
        self.send(b"G", os.fsencode(path))
        return self.finish({"g": stream.write})

    def read_log(self):
        self.send(b"K")
        self.finish()


def as_root(member):
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


class Pieces:
    """What tarfile writes becomes P frames."""

    def __init__(self, guest):
        self.guest = guest

    def write(self, data):
        for start in range(0, len(data), FRAME_MAX):
            self.guest.send(b"P", data[start:start + FRAME_MAX])
