#!/bin/sh
# Probes switched off behind the module's back are noticed; another module's
# post_handler on the same function costs the unload, not the system.
. "${VM:-/root/vm}/lib.sh"
. "$VM/kmod/kmod.sh"
enter
mountpoint -q /sys/kernel/debug || mount -t debugfs d /sys/kernel/debug

start_client
state() { "$CLIENT" stats | sed -n "s/^SIGHT id=1 state=\\([0-9]\\).*/\\1/p"; }
same "attached" 1 "$(state)"
echo 0 >/sys/kernel/debug/kprobes/enabled
same "all kprobes switched off: failed" 2 "$(state)"
check "with the reason" sh -c "'$CLIENT' stats | grep -q 'why=probes.*switched'"
echo 1 >/sys/kernel/debug/kprobes/enabled
same "and on again: attached" 1 "$(state)"
stop_client
check_books switched
check "unload" unload_module

cp -r "$VM/kmod/rival" /tmp/rival
make -s -C "/lib/modules/$(uname -r)/build" M=/tmp/rival modules \
    >/tmp/rival.log 2>&1 || { cat /tmp/rival.log; exit 1; }
load_module
insmod /tmp/rival/rival.ko || exit 1
start_client
python3 -c 'first = 1'
rmmod rival
stop_client
check_books rival
check "the event came" grep -q '^EXEC .*first' "$OUT"

# Now the probe on security_file_open may be stuck. Whichever it is: said in
# the log if so, and the system lives.
if dmesg | grep -q 'mpy: the probe on security_file_open cannot be taken out'
then
    ok "the stuck probe is reported"
    check "the module cannot be unloaded" sh -c '! rmmod mpy 2>/dev/null'
else
    ok "the probe came out"
fi
for i in 1 2 3; do cat /etc/passwd >/dev/null; python3 -c "x = $i"; done
same "programs run on" 0 $?
start_client
same "a new daemon is welcome" 1 "$(state)"
python3 -c 'second = 1'
stop_client
check_books after
check "and sees" grep -q '^EXEC .*second' "$OUT"
same "each open once" 1 "$(lines '^EXEC .*second')"

# What root sends can be nonsense: refused, not believed.
start_client --quiet
for seed in 1 2 3; do "$CLIENT" fuzz "$seed" 20000 || not_ok "fuzz $seed"; done
stop_client
check_books fuzz
finish
