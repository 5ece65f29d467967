#!/bin/sh
# Opens that must neither crash, hang nor consume anything: under a lease, of
# FIFOs, of pseudo files; overlay's two opens are one event.
. "${VM:-/root/vm}/lib.sh"
. "$VM/kmod/kmod.sh"
enter

dir=$(mktemp -d)
chmod 755 "$dir"
cd "$dir" || exit 1
echo 'x = 1' >leased.py
chown nobody leased.py
mkfifo pipe.py
start_client

# An unprivileged user makes its own opens fail after the hook.
setpriv --reuid=nobody --clear-groups python3 - >leases <<'PY'
import fcntl, os
holder = os.open("leased.py", os.O_RDWR)
fcntl.fcntl(holder, fcntl.F_SETLEASE, fcntl.F_WRLCK)
import signal
signal.signal(signal.SIGIO, signal.SIG_IGN)
refused = 0
for i in range(200):
    try:
        os.close(os.open("leased.py", os.O_RDONLY | os.O_NONBLOCK))
    except BlockingIOError:
        refused += 1
print(refused)
PY
same "200 opens refused by a lease" 200 "$(cat leases)"

# A FIFO without a peer: the open blocks with nothing of ours behind it.
timeout 60 python3 pipe.py &
blocked=$!
python3 -c 'import os; os.close(os.open("pipe.py", os.O_RDONLY | os.O_NONBLOCK))'
sleep 1

# Regular by name only: each is opened by an interpreter, none may be read.
mountpoint -q /sys/kernel/tracing || mount -t tracefs t /sys/kernel/tracing
mountpoint -q /sys/kernel/debug || mount -t debugfs d /sys/kernel/debug
timeout 60 python3 - <<'PY'
import os
for path in ("/proc/kmsg", "/proc/self/mem", "/proc/self/status",
             "/sys/kernel/tracing/trace_pipe", "/sys/kernel/uevent_seqnum",
             "/sys/kernel/security/lsm", "/sys/fs/cgroup/cgroup.procs",
             "/dev/null", "/dev/tty0", "/sys/kernel/debug/kprobes/list"):
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    except OSError as error:
        print(path, error)
for flags in (os.O_PATH, os.O_DIRECTORY):
    os.close(os.open("/usr", flags))
os.close(os.open("written.py", os.O_WRONLY | os.O_CREAT))
os.close(os.open("written.py", os.O_PATH))
PY
same "pseudo files opened" 0 $?

mkdir lower upper work merged
echo 'print("over")' >lower/once.py
mount -t overlay o -o lowerdir=lower,upperdir=upper,workdir=work merged
python3 -c 'import os; os.close(os.open("merged/once.py", os.O_RDONLY))'
echo '#' >>merged/once.py
python3 -c 'import os; os.close(os.open("merged/once.py", os.O_RDWR))'
dev=$(stat -c '%d %i' merged/once.py)

check "unload is refused while a work is pending or the gate is open" \
    sh -c '! rmmod mpy'
stop_client
kill $blocked 2>/dev/null
check_books hazards
same "opens that failed are no events, the holder's is one" 1 \
    "$(lines "^READ .* path=$dir/leased.py ")"
same "no event of a FIFO" 0 "$(lines '^READ .* path=.*pipe.py')"
same "no event of a pseudo file" 0 \
    "$(lines '^READ .* path=/\(proc\|sys\|dev\)/')"
same "no event of a file opened for writing or by O_PATH" 0 \
    "$(lines '^READ .* path=.*written.py')"
same "overlay: one event per open" 2 "$(lines '^READ .* path=.*once.py')"
same "overlay: path as seen through it" 2 \
    "$(lines "^READ .* path=$dir/merged/once.py .* fstype=overlay")"
same "overlay: dev and inode as stat tells" "$dev" \
    "$(field dev '^READ .*once.py') $(field ino '^READ .*once.py')"
umount merged
check "unload afterwards" unload_module
load_module
cd / && rm -r "$dir"
finish
