#!/bin/sh
# Thirty times: load, open the gate, close it and unload, in the middle of
# execs, opens and Python programs on all processors.
. "${VM:-/root/vm}/lib.sh"
. "$VM/kmod/kmod.sh"
enter
unload_module || exit 1

storm() {
    while [ ! -e /tmp/storm.stop ]; do
        /bin/true
        python3 -S -c 'import os; [open("/etc/passwd").close() for i in range(50)]'
        cat /etc/hosts >/dev/null
    done
}
rm -f /tmp/storm.stop
# It has the processors whenever we wait; the rest need not take as long.
for _ in 1 2 3; do
    storm &
    renice -n 10 $! >/dev/null
done
sleep 1

rounds=0
for round in $(seq 30); do
    load_module || break
    start_client --quiet || break
    sleep 0.2
    case $((round % 3)) in
    0) kill -9 "$client_pid"; wait "$client_pid" 2>/dev/null; client_pid= ;;
    *) stop_client || break ;;
    esac
    unload_module || break
    rounds=$round
done
touch /tmp/storm.stop
wait
same "rounds of load and unload" 30 "$rounds"
load_module
"$CLIENT" stats >/tmp/stats
check "and it still answers" grep -q '^STATS' /tmp/stats
finish
