# SPDX-License-Identifier: GPL-2.0-or-later
"""Which files of the tree go into a guest, and a copy of them that stays, so
that make finds there what it built before."""

import os
import shutil

from common import TREE

# The parts of the tree that `make install` and `make dkms-install` read.
SOURCES = ("Makefile", "Kbuild", "dkms.conf", "COPYING", "kmod", "userland",
           "model/default.bundle")
BUILT = (".o", ".o.d", ".ko", ".mod", ".mod.c", ".cmd", ".symvers", ".order",
         ".pyc", ".swp", "~", ".md")


def listed():
    """Every source file, as paths relative to the tree, in a fixed order."""
    found = []
    for top in SOURCES:
        path = os.path.join(TREE, top)
        if os.path.isfile(path):
            found.append(top)
        for folder, folders, names in os.walk(path):
            folders.sort()
            found += [os.path.relpath(os.path.join(folder, name), TREE)
                      for name in sorted(names) if not name.endswith(BUILT)]
    return found


def copy(target):
    """Make target a copy. What make cannot know ends what it built before:
    another Makefile, a file that is gone."""
    wanted = listed()
    there = [os.path.relpath(os.path.join(folder, name), target)
             for folder, _, names in os.walk(target) for name in names]
    gone = [name for name in there
            if name.split(os.sep)[0] != "build" and name not in wanted]
    if gone or not same(os.path.join(TREE, "Makefile"),
                        os.path.join(target, "Makefile")):
        shutil.rmtree(target, ignore_errors=True)
    for name in wanted:
        source = os.path.join(TREE, name)
        mine = os.path.join(target, name)
        os.makedirs(os.path.dirname(mine), exist_ok=True)
        if not same(source, mine):
            shutil.copy(source, mine)


def same(one, other):
    try:
        with open(one, "rb") as a, open(other, "rb") as b:
            return a.read() == b.read() and \
                os.stat(one).st_mode == os.stat(other).st_mode
    except FileNotFoundError:
        return False
