# SPDX-License-Identifier: GPL-2.0-or-later
"""What every part of the harness agrees on: where things lie, how to speak,
how to give up. Exit statuses of the harness are a contract (--help)."""

import os
import shlex
import subprocess
import sys

KERNEL_COMPLAINED = 98
VM_DIED = 99
TIMED_OUT = 124
HARNESS_FAILED = 125

HERE = os.path.dirname(os.path.abspath(__file__))
TREE = os.path.dirname(os.path.dirname(HERE))
CACHE = os.path.join(TREE, "build", "vm")


class Failure(Exception):
    """Ends the run: a sentence for the user and the exit status."""

    def __init__(self, text, status=HARNESS_FAILED):
        super().__init__(text)
        self.status = status


def say(text):
    """Progress goes to stderr; a run of a built image says nothing."""
    sys.stderr.write("scripts/vm: %s\n" % text)
    sys.stderr.flush()


def step(name, argv, hint, **kwargs):
    """Run one long step with its output on stderr; name it if it fails."""
    result = subprocess.run(argv, stdin=subprocess.DEVNULL,
                            stdout=sys.stderr.fileno(), **kwargs)
    if result.returncode != 0:
        raise Failure("%s failed (status %d): %s\nscripts/vm: %s" % (
            name, result.returncode, shlex.join(argv[:6]), hint))


def tool(name):
    """The full path of a program; sbin may be missing in a user's PATH."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/bin:/bin"
    for folder in path.split(":"):
        full = os.path.join(folder, name)
        if folder and os.access(full, os.X_OK):
            return full
    raise Failure("%s is missing; as root: scripts/deps vm" % name)
