#!/bin/sh
# What goes wrong around the daemon on the second day: each has a clear
# message and exit status, and nothing already recorded is lost.
. /root/vm/lib.sh
says() { # NAME STATUS PATTERN COMMAND...
    says_name=$1 says_status=$2 says_pattern=$3
    shift 3
    "$@" >/tmp/says 2>&1
    got=$?
    if [ "$got" -eq "$says_status" ] && grep -qiE "$says_pattern" /tmp/says
    then ok "$says_name"
    else
        sed 's/^/# /' /tmp/says | head -n 10
        not_ok "$says_name (exit status $got)"
    fi
}
db=/var/lib/mpy/mpy.db
cp $VM/triggers/updater.py /srv/one.py
python3 /srv/one.py >/dev/null 2>&1
sync_all
same "first finding" 1 "$(findings | wc -l)"

says "second daemon is refused by name" 6 "already|another|registered|in use" \
    mpyd --database /tmp/second.db
check "the first goes on" mpyctl status
says "unknown command" 2 "no command" mpyctl frobnicate

# kill -9: nothing recorded is lost, systemd starts it again.
pid=$(systemctl show -p MainPID --value mpyd)
kill -9 "$pid"
for _ in $(seq 60); do
    sleep 1
    now=$(systemctl show -p MainPID --value mpyd)
    [ "$now" != 0 ] && [ "$now" != "$pid" ] && mpyctl status >/dev/null 2>&1 && break
done
check "restarted by systemd after kill -9" mpyctl status
same "nothing lost by kill -9" 1 "$(findings | wc -l)"

# Database locked by a foreign writer: kept and written later.
perl -e 'exit !-e "/usr/bin/sqlite3"' || :
cat >/tmp/lock.py <<'P'
import sqlite3, sys, time
c = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
c.execute("begin immediate")
time.sleep(float(sys.argv[2]))
c.execute("rollback")
P
python3 /tmp/lock.py $db 12 &
sleep 2
{ cat /srv/one.py; echo "# locked"; } >/srv/locked.py
python3 /srv/locked.py >/dev/null 2>&1
wait
sync_all
same "finding made while the database was locked" 2 "$(findings | wc -l)"

# Orderly stop and start.
systemctl stop mpyd
says "status without a daemon" 3 "mpyd|daemon|running" mpyctl status
same "findings without a daemon" 2 "$(findings | wc -l)"
says "module absent" 3 "modprobe|module" sh -c '
    for i in 1 2 3 4 5 6 7 8 9 10; do rmmod mpy 2>/dev/null; sleep 1
        grep -q "^mpy " /proc/modules || break; done
    mv /lib/modules/$(uname -r)/updates/dkms /lib/modules/$(uname -r)/updates/dkms.off
    mpyd --database /tmp/x.db; s=$?
    mv /lib/modules/$(uname -r)/updates/dkms.off /lib/modules/$(uname -r)/updates/dkms
    exit $s'
says "not root" 4 "root|CAP_" runuser -u nobody -- mpyd --database /tmp/y.db

# Corrupt database: kept aside or refused, never deleted.
cp $db /tmp/good.db
printf 'garbage' | dd of=$db bs=1 seek=0 conv=notrunc 2>/dev/null
says "corrupt database, read" 5 "not a database|corrupt|malformed" mpyctl findings
modprobe mpy
systemctl start mpyd
check "started beside a corrupt database, or says so" sh -c '
    mpyctl status || journalctl -u mpyd | grep -qiE "corrupt|not a database"'
same "the corrupt file is still there" 1 \
    "$(grep -l '^garbage' $db /var/lib/mpy/* 2>/dev/null | sort -u | wc -l)"
systemctl stop mpyd
rm -f $db-wal $db-shm && cp /tmp/good.db $db
chgrp mpy $db && chmod 640 $db

# Corrupt bundle.
cp /usr/share/mpy/default.bundle /tmp/bundle
head -c 1000 /dev/urandom >/usr/share/mpy/default.bundle
says "corrupt bundle" 5 "bundle" mpyd --database /tmp/z.db
cp /tmp/bundle /usr/share/mpy/default.bundle
echo 'queue_bytes = lots' >>/etc/mpy/mpy.conf
says "bad configuration names file and line" 2 "mpy.conf:[0-9]+" mpyd
sed -i '$d' /etc/mpy/mpy.conf

# Full disk: the finding waits and is written when there is space again.
mkdir -p /mnt/small && mount -t tmpfs -o size=2m tmpfs /mnt/small
sed -i '/^database/d' /etc/mpy/mpy.conf
echo 'database = /mnt/small/mpy.db' >>/etc/mpy/mpy.conf
mkdir -p /etc/systemd/system/mpyd.service.d
printf '[Service]\nReadWritePaths=/mnt/small\n' \
    >/etc/systemd/system/mpyd.service.d/small.conf
systemctl daemon-reload
modprobe mpy
check "start on a small disk" systemctl start mpyd
head -c 4m /dev/zero >/mnt/small/filler 2>/dev/null
{ cat /srv/one.py; echo "# full disk"; head -c 200000 /dev/urandom | base64 |
    sed 's/^/# /'; } >/srv/full.py
python3 /srv/full.py >/dev/null 2>&1
sleep 5
says "full disk is said" 4 "disk|space|full" mpyctl status
rm /mnt/small/filler
check "sync after space came back" mpyctl sync --timeout 120
same "finding of the full disk arrived" 1 \
    "$(mpyctl --json --db /mnt/small/mpy.db findings | wc -l)"
check "healthy again" mpyctl status
finish
