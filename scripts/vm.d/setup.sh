#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Last step of the first stage, run inside the new root: turns the packages
# into a quiet server with loopback and nothing else. Timers are masked because
# the clock of a restored guest jumps, and a day's worth of them would start.
set -e

echo mpy-vm > /etc/hostname
printf '127.0.0.1\tlocalhost\n127.0.1.1\tmpy-vm\n::1\tlocalhost\n' > /etc/hosts
echo '/dev/vda / ext4 defaults,noinit_itable 0 0' > /etc/fstab
ln -sf /lib/systemd/system/multi-user.target /etc/systemd/system/default.target

mask() {
	ln -sf /dev/null "/etc/systemd/system/$1"
}
for timer in apt-daily apt-daily-upgrade dpkg-db-backup e2scrub_all fstrim \
	logrotate man-db podman-auto-update systemd-tmpfiles-clean; do
	mask "$timer.timer"
done
mask serial-getty@ttyS0.service
mask getty@tty1.service
mask systemd-timesyncd.service
mask e2scrub_reap.service
mask podman-auto-update.service
mask podman-restart.service
mask systemd-networkd-wait-online.service
# Emulated on a busy host, a CPU may well stand still for 20 seconds.
echo 'kernel.watchdog_thresh = 60' > /etc/sysctl.d/50-vm.conf
rm -f /boot/initrd.img-* /tmp/setup.sh
