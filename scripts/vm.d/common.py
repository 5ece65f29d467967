# SPDX-License-Identifier: GPL-2.0-or-later
"""What every part of the harness agrees on: where things lie, how to speak,
how to give up. Exit statuses of the harness are a contract (--help)."""

import ctypes
import os
import signal
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


def die_with_parent():
    """For preexec_fn: nothing that we started outlives us, not even if we
    are killed outright. A process group of its own keeps a terminal's ^C
    away from it; we end it ourselves."""
    os.setpgid(0, 0)
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)     # PR_SET_PDEATHSIG


def contained(argv):
    """argv in mount and process namespaces of its own: when it ends or is
    killed, no mount and no process is left."""
    return [tool("unshare"), "--mount", "--pid", "--fork", "--kill-child",
            "--mount-proc", "--propagation", "private"] + argv


def step(name, argv, hint, **kwargs):
    """Run one long step with its output on stderr; name it if it fails."""
    result = subprocess.run(argv, stdin=subprocess.DEVNULL,
                            stdout=sys.stderr.fileno(),
                            preexec_fn=die_with_parent, **kwargs)
    if result.returncode != 0:
        raise Failure("failed: %s (status %d)\nscripts/vm: to go on: %s"
                      % (name, result.returncode, hint))


def tool(name):
    """The full path of a program; sbin may be missing in a user's PATH."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/bin:/bin"
    for folder in path.split(":"):
        full = os.path.join(folder, name)
        if folder and os.access(full, os.X_OK):
            return full
    raise Failure("%s is missing; as root: scripts/deps vm" % name)
