# SPDX-License-Identifier: GPL-2.0-or-later
"""What the guest's kernel said, and whether it complained."""

import re

COMPLAINT = re.compile(
    r"BUG: |WARNING: (CPU|possible|suspicious)|Oops|Call Trace|"
    r"blocked for more than \d+ seconds|new suspected memory leaks|Objects remaining in|detected memory leak")

# Root may crash the guest on purpose; the trace that follows is no finding.
ON_PURPOSE = "sysrq: Trigger a crash"

TAIL = 60


class Log:
    """Lines of the kernel log, from /dev/kmsg's records."""

    def __init__(self):
        self.lines = []

    def add(self, record):
        text = record.decode(errors="replace")
        self.lines.append(text.split("\n", 1)[0].partition(";")[2])


def complaints(lines):
    """The first complaint and what follows it; empty if there is none. A
    guest that ran out of memory has a trace too, which is no complaint: the
    kernel did its work."""
    out_of_memory = False
    for number, line in enumerate(lines):
        if ON_PURPOSE in line:
            return []
        if "invoked oom-killer" in line:
            out_of_memory = True
        if out_of_memory and "Call Trace" in line:
            out_of_memory = False
            continue
        if COMPLAINT.search(line):
            return lines[max(0, number - 5):number + TAIL]
    return []
