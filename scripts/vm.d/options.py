# SPDX-License-Identifier: GPL-2.0-or-later
"""The command line of scripts/vm."""

import argparse
import os
import sys

from common import CACHE, Failure

EPILOG = """\
CMD runs as root in /root, without a terminal and with an empty stdin. Its
stdout and stderr come out here, byte for byte and apart; while an image has
to be built first, progress goes to stderr before it starts.

exit status: CMD's (128 + N after signal N), or
  98   the kernel log has a complaint (BUG, WARNING, Oops, Call Trace but that
       of an OOM kill, hung task, leak); its tail is on stderr
  99   the guest died before CMD ended
  124  --timeout is over
  125  scripts/vm itself failed, the message says where; also a kernel that is
       not built yet, or a --get of something that is not there

Images are kept in build/vm. Making one needs root, using one does not. An
edit of the sources repeats only the installation of mpy. To start anew:
rm -r build/vm (the packages already fetched are build/vm/SUITE/debs).
"""


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.print_usage(sys.stderr)
        raise Failure(message)


def parser():
    p = Parser(prog="scripts/vm", add_help=True, allow_abbrev=False,
               usage="scripts/vm [OPTION]... -- CMD [ARG]...",
               description="Boot a Debian guest with mpy installed, started "
               "and healthy, and run CMD in it.", epilog=EPILOG,
               formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--kernel", default="6.1", metavar="K",
                   help="5.10, 6.1, 6.12 or new (default 6.1)")
    p.add_argument("--debug", action="store_true",
                   help="a kernel with sanitizers and lock checking")
    p.add_argument("--put", action="append", default=[], metavar="DIR",
                   help="copy DIR to /root/<its base name>; repeatable")
    p.add_argument("--get", action="append", default=[], metavar="PATH",
                   help="bring PATH back as OUT/<its base name>, whatever "
                   "CMD's status was; repeatable")
    p.add_argument("--out", default=os.path.join(CACHE, "out"),
                   metavar="OUT", help="where --get puts things (default "
                   "build/vm/out)")
    p.add_argument("--accel", metavar="A",
                   help="force QEMU's accelerator, kvm or tcg (default: kvm "
                   "if a guest boots with it, else tcg with threads)")
    p.add_argument("--icount", action="store_true",
                   help="count instructions: one CPU, the time-stamp counter "
                   "is the instruction counter; for the bench; implies "
                   "--cold")
    p.add_argument("--patches-text", action="store_true",
                   help="CMD has the kernel's text replaced again and again: "
                   "where that is beyond QEMU's threads (before 8.1), the "
                   "processors take turns, which is slower")
    p.add_argument("--timeout", type=float, default=600, metavar="S",
                   help="seconds from QEMU's start until the run is given up "
                   "(default 600)")
    p.add_argument("--no-start", action="store_true",
                   help="leave module and daemon off")
    p.add_argument("--bare", action="store_true",
                   help="a guest without mpy (implies --no-start)")
    p.add_argument("--cold", action="store_true",
                   help="boot; do not restore a saved guest")
    p.add_argument("--console", metavar="FILE",
                   help="write the guest's serial console to FILE")
    return p


def parse(argv):
    if "--" in argv:
        cut = argv.index("--")
        options, command = argv[:cut], argv[cut + 1:]
    else:
        options, command = argv, []
    opts = parser().parse_args(options)
    if not command:
        raise Failure("no command: scripts/vm [OPTION]... -- CMD [ARG]...")
    if opts.timeout <= 0:
        raise Failure("--timeout wants a number of seconds above 0")
    for folder in opts.put:
        if not os.path.isdir(folder):
            raise Failure("--put %s: not a folder" % folder)
        if not os.path.basename(os.path.abspath(folder)):
            raise Failure("--put %s: has no name" % folder)
    opts.no_start |= opts.bare
    opts.cold |= opts.icount
    opts.command = command
    return opts
