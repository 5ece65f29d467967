# SPDX-License-Identifier: GPL-2.0-or-later
"""--get: what comes back from the guest, which may be hostile by then: only
files and folders below OUT are written, and never through a link."""

import os
import shutil
import tarfile
import tempfile

from common import HARNESS_FAILED, Failure, say


def check_room(paths, out):
    """Before the guest runs: can anything be written there?"""
    if not paths:
        return
    try:
        os.makedirs(out, exist_ok=True)
    except OSError as error:
        raise Failure("--out %s: %s" % (out, error.strerror)) from None
    if not os.access(out, os.W_OK | os.X_OK):
        raise Failure("--out %s: cannot be written; name another" % out)


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


def unpack(stream, target):
    os.mkdir(target)
    with tarfile.open(fileobj=stream, mode="r:") as archive:
        for member in archive:
            path = os.path.normpath(member.name)
            if path.startswith(("/", "..")):
                continue
            full = os.path.join(target, path)
            if member.isdir():
                os.makedirs(full, exist_ok=True)
            elif member.isreg():
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, "xb") as file:
                    shutil.copyfileobj(archive.extractfile(member), file)


def one(guest, path, out):
    name = os.path.basename(path.rstrip("/"))
    if name in ("", ".", ".."):
        raise Failure("--get %s: has no name" % path)
    target = os.path.join(out, name)
    with tempfile.TemporaryFile(dir=out) as stream:
        kind = guest.get(path, stream)
        if kind < 0:
            say("--get %s: %s" % (path, os.strerror(-kind)))
            return HARNESS_FAILED
        stream.seek(0)
        remove(target)
        if kind == 1:
            unpack(stream, target)
        else:
            with open(target, "xb") as file:
                shutil.copyfileobj(stream, file)
    return 0


def all_of(guest, paths, out):
    return max([one(guest, path, out) for path in paths], default=0)
