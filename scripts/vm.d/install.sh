#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Second stage, run inside the guest's root with the sources on /tmp/mpy and
# this folder on /tmp/vm: the harness's agent, then mpy as a user installs it.
set -e
kernel=$(ls /lib/modules)

systemd-machine-id-setup
cc -O2 -Wall -Wextra -static -o /usr/local/sbin/mpy-vm-agent /tmp/vm/agent.c
cat > /etc/systemd/system/mpy-vm-agent.service <<'UNIT'
[Unit]
Description=The test harness's agent
After=basic.target mpyd.service
FailureAction=poweroff-force

[Service]
ExecStart=/usr/local/sbin/mpy-vm-agent
WorkingDirectory=/root
Environment=HOME=/root USER=root LOGNAME=root SHELL=/bin/bash
Environment=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
Environment=LANG=C.UTF-8 TERM=dumb
KillMode=mixed
Delegate=yes
OOMPolicy=continue
OOMScoreAdjust=-1000
TasksMax=infinity

[Install]
WantedBy=multi-user.target
UNIT
systemctl enable mpy-vm-agent.service 2>/dev/null

if [ "$1" = bare ]; then
	exit 0
fi
# DKMS asks for the running kernel; in the guest that will be this one.
mkdir /tmp/bin
printf '#!/bin/sh\n[ "$*" != -r ] || { echo %s; exit; }\nexec /bin/uname "$@"\n' \
	"$kernel" > /tmp/bin/uname
chmod +x /tmp/bin/uname
PATH=/tmp/bin:$PATH

cd /tmp/mpy
echo "scripts/vm: DKMS: the module for Linux $kernel"
make -s dkms-install
echo "scripts/vm: mpyd, mpyctl, mpy-judge and the bundle"
make -s -j"$(nproc)" install PREFIX=/usr
systemd-sysusers
systemctl enable mpyd.service
# Everything is emulated: deadlines are counted in a slower clock.
echo 'deadline_multiplier = 20' >> /etc/mpy/mpy.conf
