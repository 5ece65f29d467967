# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernels that a guest can have, each with the Debian suite that ships
it, and those that --kernel knows but that are not built yet."""

from common import Failure

SUITES = {"6.1": "bookworm", "6.12": "trixie"}

NOT_YET = {
    "5.10": "Debian 11's kernel is not built yet",
    "new": "the backported kernel of Debian 13 is not built yet",
}


def suite_of(kernel, debug):
    if debug:
        raise Failure("--debug: the debug kernel is not built yet; "
                      "leave --debug out")
    if kernel in SUITES:
        return SUITES[kernel]
    known = ", ".join(SUITES)
    if kernel in NOT_YET:
        raise Failure("--kernel %s: %s; there are: %s"
                      % (kernel, NOT_YET[kernel], known))
    raise Failure("--kernel %s: no such kernel; there are: %s"
                  % (kernel, known))
