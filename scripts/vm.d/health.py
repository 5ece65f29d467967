# SPDX-License-Identifier: GPL-2.0-or-later
"""Is the booted guest fit for use: systemd done, mpyd healthy, kernel log
without complaints?"""

import kernlog
from common import KERNEL_COMPLAINED, Failure

HEALTHY = """
i=0
while [ $i -lt 60 ]; do
	mpyctl status >/dev/null 2>&1 && exit 0
	case $(systemctl is-active mpyd.service) in
	active | activating | reloading) ;;
	*) break ;;
	esac
	i=$((i + 1))
	sleep 1
done
mpyctl status
echo "mpyctl status ended with $?"
systemctl --no-pager -l status mpyd.service
journalctl --no-pager -b -n 40 -u mpyd.service
exit 1
"""


def collect(guest, argv):
    output = []
    status = guest.run(argv, output.append, output.append)
    return status, b"".join(output).decode(errors="replace")


def settle(guest):
    """Wait until systemd has nothing more to start; what failed matters only
    if mpyd is not healthy afterwards. Then let the disk have everything."""
    collect(guest, ["systemctl", "is-system-running", "--wait"])
    collect(guest, ["sync"])


def check(guest):
    status, output = collect(guest, ["sh", "-c", HEALTHY])
    if status:
        raise Failure("mpy is installed in the guest, but not healthy:\n%s\n"
                      "scripts/vm: look into it with: scripts/vm --no-start "
                      "-- CMD" % output.strip())


def log_is_clean(guest):
    guest.read_log()
    found = kernlog.complaints(guest.log.lines)
    if found:
        raise Failure("the guest's kernel complained while it booted:\n"
                      + "\n".join(found), KERNEL_COMPLAINED)
